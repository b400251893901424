// The outbox: every change of the forge has a row in it, written in the change's own transaction.
// What reacts to changes (webhooks, notifications, pipelines, Jira, the warehouse) reads it, each
// with a position of its own: a row is there before its change is acknowledged, positions grow in
// the order in which rows become readable, and so nothing is lost and nothing is read twice that
// was advanced over.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/literal.h"
#include "base/result.h"
#include "exec/context.h"
#include "forge/deps.h"
#include "forge/ids.h"

namespace forgehouse::forge {

struct Event {
    Literal name;  ///< as Bitbucket's webhooks call it where they have it: `repo:created`
    std::optional<WorkspaceId> workspace = {};
    std::optional<RepositoryId> repository = {};
    std::optional<UserId> actor = {};
    std::string payload = "{}";  ///< JSON: ids and what changed, no secrets
};

/// The next position. From here on no other transaction gets one until this one ends.
/// Errors: those of Session; Corrupt where the counter is gone.
Result<std::int64_t> next_position(ports::Session& session);

/// Writes the event's row; to be called last in the transaction of the change, since no other may
/// write one until it ends. Errors: those of Session.
Result<void> emit(ports::Session& session, const Deps& deps, const Event& event);

struct OutboxRow {
    std::int64_t position = 0;
    std::string uuid;  ///< names the event, wherever it is delivered
    std::optional<WorkspaceId> workspace;
    std::optional<RepositoryId> repository;
    std::optional<UserId> actor;
    std::string event;
    std::string payload;
    Time happened_on;
};

/// A reader of one database's outbox. Threads: one at a time; of one name, one in the world.
class OutboxReader {
public:
    /// `name` names its position, and is told apart from all other readers by it. It begins at the
    /// oldest row that is kept where the name is new.
    OutboxReader(ports::Metadb& database, std::string name)
        : database_(database), name_(std::move(name)) {}

    /// The next rows, at most `most`, the oldest first; again the same until advance().
    Result<std::vector<OutboxRow>> next(const exec::Context& ctx, std::size_t most) const;
    /// All up to that position is done. Errors: Conflict where the reader has been further.
    Result<void> advance(const exec::Context& ctx, std::int64_t position, Time now) const;

private:
    ports::Metadb& database_;
    std::string name_;
};

/// Removes rows that happened before `until` and that every reader has gone by. Returns how many.
Result<std::uint64_t> trim_outbox(const exec::Context& ctx, ports::Metadb& database, Time until);

}  // namespace forgehouse::forge
