// The cases of testdata/: `<stream>/<case>` names a page as the server sends it; of `activities` it
// is the item, its pages and what git says.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "sources/registry.h"
#include "support/forge_text.h"

namespace forgehouse::sources::bitbucket_server::cases {

inline constexpr std::string_view kPassword = "hush-hush";
extern const RepoRef kRepo;

std::unique_ptr<Forge> forge();
/// Of all cases, sorted.
std::vector<std::string> names();
testing_support::ForgeInput input(const std::string& name);
/// What must come of it.
std::filesystem::path golden(const std::string& name);
std::string content_of(const std::filesystem::path& path);

}  // namespace forgehouse::sources::bitbucket_server::cases
