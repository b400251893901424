// Inventory: sums over what the warehouse holds of one repository's history. Taken once at a run's
// begin, while git lists the commits; what the run stores is added as the warehouse acknowledges
// it, so that nothing has to be scanned a second time at the end (README.md says when it is).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/result.h"
#include "exec/context.h"
#include "ports/warehouse.h"
#include "sources/source.h"

namespace forgehouse::collect {

struct Inventory {
    std::uint64_t reachable = 0;         ///< commits that refs reach
    std::uint64_t files_of_commits = 0;  ///< files that the commits' rows speak of
    std::uint64_t file_rows = 0;
    /// Lines added less removed over the default branch's commits that are no merges.
    std::map<std::string, std::int64_t, std::less<>> languages;

    /// Whether each file row has its commit: what a run that died left behind shows here.
    bool is_sound() const noexcept { return files_of_commits == file_rows; }
    Inventory& operator+=(const Inventory& more);
    /// The language of most lines, the first by name where several have as many.
    std::optional<std::string> main_language() const;
};

/// Three questions, two of them side by side. Errors: the warehouse's; Cancelled.
Result<Inventory> take_inventory(exec::Context& ctx, ports::Warehouse& warehouse,
                                 const sources::RepoRef& repo);
/// The same where no commit is stored: one question.
Result<Inventory> take_inventory_of_files(exec::Context& ctx, ports::Warehouse& warehouse,
                                          const sources::RepoRef& repo);

}  // namespace forgehouse::collect
