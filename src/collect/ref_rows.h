// ref_rows: branches and tags, held against what the warehouse has: rows for those that are new or
// have moved, tombstones for those that are gone.
#pragma once

#include "collect/git_rows.h"
#include "collect/row_builder.h"

namespace forgehouse::collect {

struct RefRows {
    std::uint64_t rows = 0;
    std::uint64_t bytes = 0;
    std::optional<Time> last_commit_date;  ///< the newest among all branches
};

/// The branches' commits, for RowBuilder to find the dates of.
HeadDates heads_of(const git::Refs& refs);

/// Brings git_branches and git_tags up to date. Dates that `dates` lacks are asked of the
/// warehouse; NULL where it has no such commit.
/// Errors: the warehouse's; Cancelled.
Result<RefRows> store_refs(exec::Context& ctx, ports::Warehouse& warehouse, const Stamp& stamp,
                           const git::Refs& refs, HeadDates dates, std::string_view token);

}  // namespace forgehouse::collect
