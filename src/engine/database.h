// The open database: sessions with the right of each role, and the housekeeping that every session
// shares. One object a process; it lives until the process ends.
#pragma once

#include <filesystem>
#include <latch>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "engine/chdb.h"
#include "engine/policy.h"
#include "engine/request.h"
#include "exec/context.h"
#include "exec/guarded.h"
#include "exec/monitor.h"

namespace forgehouse::engine {

/// What a session is wanted for.
struct SessionWish {
    Role role = Role::Reader;
    QueryLimits limits{};    ///< of one who is not the writer; zero: those of the database
    bool may_write = false;  ///< an owner's session after its statement was checked
    /// For a statement that reads system.settings and can do nothing else: `readonly=2`, so that
    /// the table shows as open what a client may set.
    bool sees_settings = false;
    /// Expressions among the VALUES of an INSERT are evaluated: after somebody looked at them.
    bool evaluates = false;
    std::string query_id;  ///< unique among those that run; how the query is found and killed
    std::string database;
    Pairs settings;                  ///< the client's
    std::vector<std::string> extra;  ///< ours, `name=value`
};

/// How far a query that runs has come.
struct QueryProgress {
    std::uint64_t read_rows = 0;
    std::uint64_t read_bytes = 0;
    std::uint64_t total_rows = 0;  ///< to be read, as far as that is known
    std::uint64_t written_rows = 0;
    std::uint64_t written_bytes = 0;
    std::uint64_t memory = 0;
    std::uint64_t elapsed_ns = 0;
};

/// Threads: all functions may be called from many threads at once. Starts two of its own
/// (`engine-kill`, `engine-watch`). A thread that has used the library and ends takes something
/// with it that running queries and merges need (26.7.3): those that use this object outlive it.
class Database {
public:
    /// Opens it; `memory` bytes are what it may use, 0: what the machine has. Errors: as Chdb::load
    /// and Chdb::connect; Denied or Unavailable with the reason where the folder is not usable.
    static Result<std::unique_ptr<Database>> open(const std::filesystem::path& library,
                                                  const std::filesystem::path& folder,
                                                  std::uint64_t memory = 0);
    ~Database();

    SqlResult<SqlSession> session(const SessionWish& wish) const;
    /// Gives a client's kept session the settings of its next statement, and takes back those that
    /// the last one had (`applied`). It stays able to write: a statement that only reads has to say
    /// `SETTINGS readonly = 1` itself. After a failed statement call settle().
    SqlResult<void> prepare(SqlSession& session, const SessionWish& wish,
                            std::set<std::string>& applied) const;
    /// Takes out of a kept session what a failed statement left in it.
    static void settle(SqlSession& session);

    /// Claims a query id for the time that a request runs; false where one of that name runs.
    bool claim(const std::string& query_id, const Asker& asker);
    void give_back(const std::string& query_id);
    /// Kills the query, now and again until its id is given back: it may not have begun yet.
    void kill(const std::string& query_id);
    /// The same for a client, who may kill what runs under its own name and with no more rights.
    /// False where there is no such query.
    bool kill_for_client(const std::string& query_id, const Asker& asker);
    /// Waits until no query of that id runs. Errors: Cancelled by the Context.
    Result<void> wait_until_gone(const exec::Context& ctx, const std::string& query_id) const;

    /// Has the query with that id looked after from here on, as long as the object lives. Another
    /// thread does so, fifty times a second: one that has used the library and ends takes
    /// something with it that running queries need (26.7.3).
    class Watch {
    public:
        Watch(const Database& database, std::string query_id);
        ~Watch();
        Watch(const Watch&) = delete;
        Watch& operator=(const Watch&) = delete;
        /// As it was seen last. nullopt where it was not: it has not begun, or has ended.
        std::optional<QueryProgress> progress() const;

    private:
        const Database& database_;
        const std::string query_id_;
    };

    /// The statement in ClickHouse's canonical spelling, or its syntax error. Runs nothing. In a
    /// session of its own: no setting of a client's has a say in it.
    SqlResult<std::string> canonical(std::string_view sql) const;

    const QueryLimits& limits() const noexcept { return limits_; }
    const std::set<std::string>& outside() const noexcept { return outside_; }
    const std::string& timezone() const noexcept { return timezone_; }
    const std::string& version() const noexcept { return version_; }
    /// Whether merges or mutations run.
    bool is_merging() const;

private:
    Database(std::unique_ptr<Chdb> library, std::filesystem::path folder, SqlSession keeper);
    Result<void> learn();
    Pairs defaults_for(const SessionWish& wish) const;
    SqlResult<std::string> set_text(const SessionWish& wish, const Pairs& first) const;
    void kill_doomed(const std::stop_token& stop);
    void park();
    void look_at_watched(const std::stop_token& stop);
    std::optional<std::map<std::string, QueryProgress>> running_queries() const;

    struct Queries {
        struct Owner {
            Role role;
            std::string user;
        };
        std::map<std::string, Owner> running;
        std::set<std::string> doomed;
    };

    std::unique_ptr<Chdb> library_;
    std::filesystem::path folder_;
    std::uint64_t memory_ = 0;
    std::optional<SqlSession> keeper_;  // keeps the database open; runs nothing after learn()
    QueryLimits limits_;
    std::set<std::string> outside_;
    std::string timezone_;
    std::string version_;
    exec::Guarded<Queries> queries_;
    using Watched = std::map<std::string, std::optional<QueryProgress>>;
    mutable exec::Monitor<Watched> watched_;
    std::latch parked_{2};  ///< threads that will use the library no more
    std::latch closed_{1};  ///< then they may end
    std::jthread killer_;   // last, with the next: joined first
    std::jthread watcher_;
};

/// The memory that this process may use: the machine's, or its control group's where that is less.
std::uint64_t memory_of_machine();

}  // namespace forgehouse::engine
