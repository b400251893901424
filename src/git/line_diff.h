// LineDiff: which lines differ between two texts, run by run, as `git diff` of git 2.39 shows them
// by default: Myers' algorithm with git's approximations, and runs moved to where they read best
// (the indent heuristic).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "git/change_runs.h"
#include "git/edit_search.h"
#include "git/indexed_text.h"
#include "git/line_matching.h"

namespace forgehouse::git {

/// Lines `before` to `before + removed` are replaced by `after` to `after + added`. From 0.
struct LineChange {
    std::uint32_t before = 0;
    std::uint32_t removed = 0;
    std::uint32_t after = 0;
    std::uint32_t added = 0;

    friend bool operator==(const LineChange&, const LineChange&) = default;
};

/// Time: reading both texts, and what the lines from the first to the last changed one take; at
/// worst that of git. Memory of large comparisons is given back with the next call, that of
/// ordinary ones kept. Threads: one at a time.
class LineDiff {
public:
    /// Compares two texts of at most 512 MB, whatever bytes they have, and keeps views of them. The
    /// changes are in order, with lines between them, and valid until the next call.
    std::span<const LineChange> compare(std::string_view before, std::string_view after);

    std::span<const LineChange> changes() const noexcept { return changes_; }
    const IndexedText& before() const noexcept { return before_; }
    const IndexedText& after() const noexcept { return after_; }

private:
    void release_large();
    void find_runs(const TrimmedTexts& texts);
    void search(std::size_t head);
    void add_runs(const LineMatching::Middle& middle, std::size_t head,
                  const std::vector<std::uint8_t>& changed, std::vector<ChangeRun>& runs);
    void pair_runs();

    IndexedText before_, after_;
    LineMatching lines_;
    EditSearch search_;
    std::vector<std::uint8_t> removed_, added_;  ///< of what is searched
    std::vector<ChangeRun> runs_before_, runs_after_;
    std::vector<LineChange> changes_;
};

/// The two texts without what git leaves off their common end where it shows no lines around a
/// change (blame): whole blocks of 1024 bytes. What stands before them may be compared otherwise
/// than in the whole.
std::pair<std::string_view, std::string_view> without_common_blocks(
    std::string_view before, std::string_view after) noexcept;

}  // namespace forgehouse::git
