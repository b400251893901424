// Encoding: texts in other encodings than UTF-8, over iconv.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace forgehouse::git {

/// Whether a commit's `encoding` header means UTF-8.
bool means_utf8(std::string_view encoding) noexcept;

/// `bytes` read in `encoding`; nullopt where that is unknown here or the bytes do not fit it.
std::optional<std::string> to_utf8(std::string_view bytes, std::string_view encoding);

}  // namespace forgehouse::git
