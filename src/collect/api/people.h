// People: the users of a forge: those that it lists, and those that pull requests name and the list
// does not. The list wins.
//
//   users/<source>.json.zst    who was listed the last time, and the hash of those pages
#pragma once

#include <map>
#include <set>

#include "collect/api/fetcher.h"
#include "collect/archive/archive.h"
#include "collect/logins.h"

namespace forgehouse::collect {

/// Threads: one at a time.
class People {
public:
    People(const Deps& deps, const sources::Forge& forge, RunArchive& archive,
           std::uint64_t version)
        : deps_(deps), forge_(forge), archive_(archive), version_(version) {}

    /// Reads the list and stores it where it has changed. Who is not listed any more is marked as
    /// inactive. Pull requests that name people who are shown otherwise now are forgotten in the
    /// ledgers before that, so that this run reads them again; so no ledger may be loaded yet.
    /// Errors: the API's, the warehouse's, those of the ledgers.
    Result<void> list(exec::Context& ctx, Fetcher& fetcher);
    /// Takes a list that was read elsewhere, and stores it.
    Result<void> adopt(exec::Context& ctx, std::vector<schema::GitUser> users);
    /// Stores the rows of people that no list names.
    Result<void> met(exec::Context& ctx, std::vector<schema::GitUser> people);
    /// Stores what has gathered. Errors: the warehouse's.
    Result<void> flush(exec::Context& ctx);
    /// Once the last commit of the run is stored: gives stored commits their authors' logins of
    /// today, where those have changed. `version` is greater than that of every row of the run: it
    /// may have written these commits again for another branch. Errors: the warehouse's.
    Result<void> finish(exec::Context& ctx, std::uint64_t version);
    const Logins& logins() const noexcept { return logins_; }
    /// The next list counts as a new one. Errors: those of the objects.
    static Result<void> forget(exec::Context& ctx, ports::Objects& checkpoints,
                               std::string_view data_source);

    std::uint64_t rows() const noexcept { return rows_; }

private:
    struct Known {
        std::string fingerprint;  ///< of the pages
        std::string logins;       ///< what stored commits were named by
        std::set<std::string> listed;
        bool operator==(const Known&) const = default;
    };
    Result<Known> load(exec::Context& ctx);
    Result<void> keep(exec::Context& ctx, const Known& known);
    Result<void> store(exec::Context& ctx, const std::vector<schema::GitUser>& users);
    Result<void> read_again(exec::Context& ctx, const std::vector<schema::GitUser>& users,
                            const std::set<std::string>& gone);
    Result<void> mark_inactive(exec::Context& ctx, const std::set<std::string>& gone);

    const Deps& deps_;
    const sources::Forge& forge_;
    RunArchive& archive_;
    const std::uint64_t version_;
    Logins logins_;
    Known known_;  ///< as kept
    std::set<std::string> listed_;
    bool all_read_ = true;  ///< no entry of the list was unreadable
    std::set<std::string> met_;
    std::vector<schema::GitUser> waiting_;
    std::uint64_t rows_ = 0;
    std::uint64_t inserts_ = 0;
};

}  // namespace forgehouse::collect
