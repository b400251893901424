#include "forge/outbox.h"

namespace forgehouse::forge {
namespace {

template <class Of>
std::optional<std::int64_t> number_of(const std::optional<Of>& id) {
    return id ? std::optional(id->value) : std::nullopt;
}

template <class Of>
std::optional<Of> maybe(const ports::SqlRow& row, std::size_t column) {
    if (row.is_null(column)) return std::nullopt;
    return Of{row.integer(column)};
}

}  // namespace

Result<std::int64_t> next_position(ports::Session& session) {
    TRY_LET(position, session.first(ports::Sql("UPDATE outbox_head SET position = position + 1 "
                                               "WHERE one = 1 RETURNING position"),
                                    [](const ports::SqlRow& row) { return row.integer(0); }));
    if (!position) return Failure(Error(Errc::Corrupt, "the outbox has lost its head"));
    return *position;
}

Result<void> emit(ports::Session& session, const Deps& deps, const Event& event) {
    TRY_LET(position, next_position(session));
    TRY(session.execute(ports::Sql(
        "INSERT INTO outbox (position, uuid, workspace_id, repository_id, event, actor_id, "
        "payload, happened_on) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        {position, new_uuid(deps.random), number_of(event.workspace), number_of(event.repository),
         event.name.view(), number_of(event.actor), event.payload, deps.clock.now()})));
    return {};
}

Result<std::vector<OutboxRow>> OutboxReader::next(const exec::Context& ctx,
                                                  std::size_t most) const {
    std::vector<OutboxRow> rows;
    TRY(database_.read(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(found,
                session.all(
                    ports::Sql("SELECT position, uuid, workspace_id, repository_id, actor_id, "
                               "event, payload, happened_on FROM outbox WHERE position > "
                               "coalesce((SELECT position FROM outbox_readers WHERE name = $1), 0) "
                               "ORDER BY position LIMIT $2",
                               {name_, static_cast<std::int64_t>(most)}),
                    [](const ports::SqlRow& row) {
                        return OutboxRow{.position = row.integer(0),
                                         .uuid = std::string(row.text(1)),
                                         .workspace = maybe<WorkspaceId>(row, 2),
                                         .repository = maybe<RepositoryId>(row, 3),
                                         .actor = maybe<UserId>(row, 4),
                                         .event = std::string(row.text(5)),
                                         .payload = std::string(row.text(6)),
                                         .happened_on = row.time(7)};
                    }));
        rows = std::move(found);
        return {};
    }));
    return rows;
}

Result<void> OutboxReader::advance(const exec::Context& ctx, std::int64_t position,
                                   Time now) const {
    return database_.write(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(written,
                session.execute(ports::Sql(
                    "INSERT INTO outbox_readers (name, position, moved_on) VALUES ($1, $2, $3) "
                    "ON CONFLICT (name) DO UPDATE SET position = excluded.position, "
                    "moved_on = excluded.moved_on WHERE outbox_readers.position <= "
                    "excluded.position",
                    {name_, position, now})));
        if (written == 0)
            return Failure(Error(Errc::Conflict, "this reader has been further already")
                               .with("reader", name_)
                               .hint("two programs read the outbox under one name: stop one"));
        return {};
    });
}

Result<std::uint64_t> trim_outbox(const exec::Context& ctx, ports::Metadb& database, Time until) {
    std::uint64_t removed = 0;
    TRY(database.write(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(count, session.execute(
                           ports::Sql("DELETE FROM outbox WHERE happened_on < $1 AND position <= "
                                      "coalesce((SELECT min(position) FROM outbox_readers), 0)",
                                      {until})));
        removed = count;
        return {};
    }));
    return removed;
}

}  // namespace forgehouse::forge
