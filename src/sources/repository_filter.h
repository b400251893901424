// RepositoryFilter: which of a forge's repositories are collected, by the names of projects and
// repositories.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/name_pattern.h"

namespace forgehouse::sources {

/// An empty list of includes means all; what an exclude matches stays out, whatever includes it.
struct RepositoryFilter {
    std::vector<NamePattern> projects;  ///< on the project's key
    std::vector<NamePattern> exclude_projects;
    std::vector<NamePattern> repositories;  ///< on `KEY/slug` or on the slug alone
    std::vector<NamePattern> exclude_repositories;
    std::uint32_t max_repositories = 0;  ///< the first so many that are accepted; 0: no bound

    bool accepts(std::string_view project_key, std::string_view repo_slug) const;
};

}  // namespace forgehouse::sources
