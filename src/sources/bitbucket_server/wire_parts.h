// What the parsers of several payloads share.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sources/bitbucket_server/wire.h"

namespace forgehouse::sources::bitbucket_server::wire {

/// `links.self[0].href`; nullopt where there is none or it is no text.
std::optional<std::string_view> self_link(const json::Value& thing);

/// Without `refs/heads/` or `refs/tags/`.
std::string_view short_name(std::string_view ref) noexcept;

Result<std::optional<User>> parse_optional_user(const std::optional<json::Value>& user);

/// The project's key and the slug of an embedded repository.
Result<Place> parse_place(const json::Value& repository);

/// A path as text, or as an object of `components`, `parent`, `name`, `toString`.
Result<std::string> parse_path(const json::Value& path);

/// A comment with everything below it, the first comment first, each parent before its children.
/// Needs no stack for the depth.
Result<std::vector<Comment>> parse_thread(const json::Value& comment);

Result<Anchor> parse_anchor(const json::Value& anchor);

}  // namespace forgehouse::sources::bitbucket_server::wire
