#include "sources/repository_filter.h"

#include <fmt/format.h>

#include <algorithm>

namespace forgehouse::sources {
namespace {

bool any(const std::vector<NamePattern>& patterns, std::string_view name) {
    return std::ranges::any_of(patterns,
                               [&](const NamePattern& pattern) { return pattern.matches(name); });
}

}  // namespace

bool RepositoryFilter::accepts(std::string_view project_key, std::string_view repo_slug) const {
    const std::string full = fmt::format("{}/{}", project_key, repo_slug);
    if (any(exclude_projects, project_key) || any(exclude_repositories, full) ||
        any(exclude_repositories, repo_slug))
        return false;
    return (projects.empty() || any(projects, project_key)) &&
           (repositories.empty() || any(repositories, full) || any(repositories, repo_slug));
}

}  // namespace forgehouse::sources
