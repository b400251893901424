// What a client keeps between its requests under a `session_id`: settings, a database, and, unless
// it may only read, temporary tables.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "engine/chdb.h"
#include "engine/policy.h"
#include "engine/request.h"
#include "exec/guarded.h"

namespace forgehouse::engine {

/// A session of the library that holds a client's tables. Its statements run here and nowhere else.
struct TablesSession {
    SqlSession session;
    std::set<std::string> applied{};  ///< settings that the last statement had
};

struct ClientSession {
    std::string database;
    Pairs settings;
    std::optional<TablesSession> tables;

    void keep(const Pairs& more);
};

/// All sessions of an engine. Threads: all functions may be called from many threads at once.
class Sessions {
public:
    /// One session for the time of a request; gives it back when it goes.
    class Lease {
    public:
        /// `ends`: the session goes with the lease.
        Lease(Sessions& owner, std::string key, ClientSession& session, bool ends)
            : owner_(&owner), key_(std::move(key)), session_(&session), ends_(ends) {}
        Lease(Lease&& other) noexcept;
        Lease& operator=(Lease&&) = delete;
        ~Lease();
        ClientSession& operator*() const { return *session_; }

    private:
        Sessions* owner_;  // null when moved from
        std::string key_;
        ClientSession* session_;
        bool ends_;
    };

    /// Makes it where it is not there, unless it is asked to check. Sessions of different roles
    /// and of different users have nothing in common. Errors, with ClickHouse's codes: another
    /// request uses it, it is not there, its timeout is too long, there are too many.
    SqlResult<Lease> take(const Asker& asker, const SessionName& name);
    /// Drops those that nobody used for their time.
    void forget_old();
    /// Drops them all. No request may run.
    void end_all();

private:
    struct Entry {
        std::unique_ptr<ClientSession> session;
        std::chrono::steady_clock::time_point until;
        std::chrono::seconds timeout;
        bool taken = true;
    };
    using Entries = std::map<std::string, Entry>;
    void give_back(const std::string& key, bool ends);

    exec::Guarded<Entries> entries_;
};

}  // namespace forgehouse::engine
