// Which commits one set of tips reaches and another does not, exactly, whatever the clocks.
#pragma once

#include <cstdint>
#include <span>

#include "base/result.h"
#include "exec/context.h"
#include "git/history/commit_queue.h"
#include "git/history/commit_table.h"

namespace forgehouse::git {

/// Marks that mark_sides() sets, and leaves free.
enum SideMark : std::uint8_t { kLeft = 1, kRight = 2, kWaited = 4, kFreeMarks = 0xf8 };

struct SideOptions {
    bool is_left_first_parent = false;  ///< what is left is reached by first parents only
    /// Go on until it is known what is right only, too.
    bool is_symmetric = false;
};

struct SideCounts {
    std::uint64_t left_only = 0;
    std::uint64_t right_only = 0;  ///< where SideOptions::is_symmetric, else of no meaning
};

/// Sets kLeft and kRight. At the end a commit is left only where `(marks & 3) == kLeft`. Walks by
/// generation, children before parents, and ends when nothing new can be left only (or right only).
/// `left` and `right` are loaded. Errors: those of CommitTable::settle(); Cancelled.
Result<SideCounts> mark_sides(const exec::Context& ctx, CommitTable& commits,
                              std::span<const CommitTable::Number> left,
                              std::span<const CommitTable::Number> right,
                              const SideOptions& options, CommitMarks& marks);

}  // namespace forgehouse::git
