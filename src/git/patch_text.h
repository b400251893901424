// What `git diff` writes of one file: its head, and hunks with lines around the changes.
//
// Everything is as git 2.39 writes it by default, with `--full-index`: a patch does not depend on
// how many objects a repository has. Attributes have no part in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "git/commit.h"
#include "git/line_diff.h"

namespace forgehouse::git {

/// Changes that stand close together, with the lines around them.
struct Hunk {
    std::uint32_t before = 0;  ///< its first line of that text, from 0
    std::uint32_t before_lines = 0;
    std::uint32_t after = 0;
    std::uint32_t after_lines = 0;
    std::span<const LineChange> changes;
    /// The last line before the hunk that begins with a letter, `_` or `$` (mostly a function's
    /// head), at most 80 bytes of it; empty where there is none.
    std::string_view heading;
};

inline constexpr std::uint32_t kUsualContext = 3;

/// The hunks of a comparison, in order, with up to `context` lines before and behind each change;
/// they are views of what LineDiff holds.
std::vector<Hunk> hunks_of(const LineDiff& diff, std::uint32_t context = kUsualContext);

/// `@@ -1,3 +1,4 @@ heading` and a newline.
void append_hunk_head(std::string& out, const Hunk& hunk);
/// The head, and lines that begin with a blank, `-` or `+`; behind a last line without line end
/// `\ No newline at end of file`.
void append_hunk(std::string& out, const LineDiff& diff, const Hunk& hunk);

/// A path as git writes it in a patch: behind `prefix`, and in quotes with escapes where it has
/// quotes, backslashes, control characters or bytes that are no ASCII.
std::string patch_path(std::string_view prefix, std::string_view path);

/// Whether a file has become something else: a symlink, a submodule.
bool has_changed_kind(const FileChange& file) noexcept;

/// The lines from `diff --git` to the one before `---`. `file` has changed in one way: its modes
/// are of one kind, or one of its blobs is null.
void append_patch_head(std::string& out, const FileChange& file);
/// The whole patch of a file, from what its blobs hold (file_content.h). A change of kind (a file
/// became a symlink) is a deletion and an addition. `diff` does the work.
void append_patch(std::string& out, const FileChange& file, std::string_view before,
                  std::string_view after, LineDiff& diff, std::uint32_t context = kUsualContext);

/// The same for a file that git would not compare: its head, and that it differs.
void append_binary_patch(std::string& out, const FileChange& file);

}  // namespace forgehouse::git
