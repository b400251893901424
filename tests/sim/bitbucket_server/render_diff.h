// A commit's changes and its diff, as Bitbucket Server shows them.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "sim/core/git_store.h"

namespace forgehouse::sim::bitbucket_server {

/// One entry of `/changes`.
void change(json::Writer& out, const FileCount& file, const std::string& page);

/// The answer of `/diff`, made of git's patch; at most `cap` lines in all.
std::string diff(std::string_view patch, const std::string& hash, std::size_t cap);

}  // namespace forgehouse::sim::bitbucket_server
