// The forge's own objects as the tables keep them: compact JSON, members as sent, without what
// changes although nothing has happened (who looks at it, whether it merges cleanly just now, the
// whole repository that it is in), and without what has rows of its own.
#pragma once

#include <optional>
#include <string>

#include "base/json.h"

namespace forgehouse::sources::bitbucket_server {

/// Of a list's item. What this gives is what a change of the item is told by.
std::string pull_request_metadata(const json::Value& item);
/// Of an activity; of its comment only the id.
std::string event_metadata(const json::Value& activity);
/// Of a comment without those below it; `anchor` (nullopt: none) as its member.
std::string comment_metadata(const json::Value& comment, const std::optional<json::Value>& anchor);
/// Of a repository; of its project only id and key.
std::string repository_metadata(const json::Value& repository);
/// Of everything else.
std::string plain_metadata(const json::Value& thing);

}  // namespace forgehouse::sources::bitbucket_server
