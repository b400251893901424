// Amendments: stored commits whose branch or reachability has changed, gathered by their new value
// and written in large steps.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "collect/git_rows.h"
#include "exec/context.h"
#include "ports/warehouse.h"

namespace forgehouse::collect {

/// Threads: one at a time.
class Amendments {
public:
    /// Both outlive it.
    Amendments(ports::Warehouse& warehouse, const Stamp& stamp)
        : warehouse_(warehouse), stamp_(stamp) {}

    /// Takes note of a commit; may write what has gathered. Errors: the warehouse's.
    Result<void> add(const exec::Context& ctx, std::string commit_hash, const CommitLabel& label);
    /// Writes the rest.
    Result<void> flush(const exec::Context& ctx);
    /// Commits noted so far.
    std::uint64_t count() const noexcept { return count_; }

private:
    using Label = std::tuple<std::string, bool, bool>;
    Result<void> write(const exec::Context& ctx, const Label& label,
                       std::vector<std::string>& members);

    ports::Warehouse& warehouse_;
    const Stamp& stamp_;
    std::map<Label, std::vector<std::string>> waiting_;
    std::size_t gathered_ = 0;
    std::uint64_t count_ = 0;
};

}  // namespace forgehouse::collect
