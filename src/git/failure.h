// What git's words on standard error mean: the one place that reads them.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "git/commands.h"

namespace forgehouse::git {

/// The line that says most: the last `fatal:`, else the last `error:`, else the last line. Made
/// valid UTF-8 and printable, at most 500 bytes.
std::string telling_line(std::string_view error_text);

/// The first run of 40 or 64 hex digits in the text; "" where there is none.
std::string_view object_in(std::string_view text) noexcept;

/// The Error for a command that failed while reading the repository at `path`.
Error reading_failure(const Subcommand& subcommand, const std::string& path, int exit_code,
                      std::string_view error_text, bool is_partial);

/// The Error for a command that failed while talking to the remote `url`.
Error remote_failure(const std::string& url, int exit_code, std::string_view error_text);

/// Whether a fetch failed because what we have on this side is damaged.
bool is_own_damage(std::string_view error_text) noexcept;

}  // namespace forgehouse::git
