// Moving runs of changed lines to where they read best, as git does.
//
// A run that begins with the line that follows it, or ends with the line before it, can be moved by
// one line without changing what the diff says.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "git/indexed_text.h"

namespace forgehouse::git {

/// Changed lines of one text in a row. Unchanged lines are the same in both texts, so how many of
/// them stand before a run says which runs of the two texts belong together.
struct ChangeRun {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    std::uint32_t unchanged = 0;  ///< lines before it that are not changed

    std::uint32_t size() const noexcept { return end - begin; }
};

/// Moves the runs of `text` as git does: joins those that meet, lines them up with those of the
/// other text (`others`) where it can, and puts the rest where indentation and blank lines suggest.
/// Both lists are in order, with unchanged lines between runs; so is what is left in `runs`.
/// Time: linear in the lines that runs are moved over.
void settle_runs(std::vector<ChangeRun>& runs, const IndexedText& text,
                 std::span<const ChangeRun> others);

}  // namespace forgehouse::git
