// LineCounter: how many lines a change of a file added and removed, to the very numbers that
// `git diff --numstat` of git 2.39 shows, without asking git.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

namespace forgehouse::git {

struct LineCounts {
    std::uint64_t added = 0;
    std::uint64_t removed = 0;
    bool is_binary = false;

    friend bool operator==(const LineCounts&, const LineCounts&) = default;
};

/// Compares two contents by git's default algorithm (Myers), its approximations included: where git
/// gives up looking for the shortest answer, so does this, at the same place. Attributes, text
/// conversions and white space options have no part in it. A file that is not there is an empty
/// one. A content with a NUL in its first 8000 bytes is binary, and has no counts.
///
/// The caller passes no content over 512 MB (git's core.bigFileThreshold: to git it is binary,
/// whatever is in it), nor submodules, whose one line (`Subproject commit ID`) git makes up.
///
/// What it costs: time is that of reading both, plus what the lines from the first to the last
/// changed one take; at worst that of git. Memory of large comparisons is given back, that of
/// ordinary ones is kept for the next call. Threads: one at a time.
class LineCounter {
public:
    LineCounter();
    ~LineCounter();
    LineCounter(LineCounter&&) noexcept;
    LineCounter& operator=(LineCounter&&) noexcept;

    LineCounts count(std::string_view before, std::string_view after);

private:
    class Comparison;
    std::unique_ptr<Comparison> comparison_;
};

}  // namespace forgehouse::git
