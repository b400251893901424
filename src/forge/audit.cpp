#include "forge/audit.h"

#include <fmt/format.h>

#include "forge/outbox.h"

namespace forgehouse::forge {

Result<void> note_audit(ports::Session& session, const Deps& deps, const Actor& actor,
                        const AuditNote& note) {
    TRY_LET(id, next_position(session));
    TRY(session.execute(ports::Sql(
        "INSERT INTO audit_log (id, happened_on, actor_id, actor, address, action, workspace_id, "
        "object, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        {id, deps.clock.now(),
         actor.user ? std::optional(actor.user->value) : std::optional<std::int64_t>(), actor.name,
         actor.address, note.action.view(),
         note.workspace ? std::optional(note.workspace->value) : std::optional<std::int64_t>(),
         note.object, note.detail})));
    return {};
}

Result<std::vector<AuditRow>> audit_log(const exec::Context& ctx, ports::Metadb& database,
                                        const SiteAdmin&, const Listing& listing) {
    ports::Sql sql(
        "SELECT id, happened_on, actor_id, actor, address, action, workspace_id, object, detail "
        "FROM audit_log WHERE 1 = 1");
    add_listing(sql, listing, "id");
    std::vector<AuditRow> all;
    TRY(database.read(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(found, session.all(sql, [](const ports::SqlRow& row) {
            AuditRow made{.id = row.integer(0),
                          .happened_on = row.time(1),
                          .actor_id = {},
                          .actor = std::string(row.text(3)),
                          .address = std::string(row.text(4)),
                          .action = std::string(row.text(5)),
                          .workspace = {},
                          .object = std::string(row.text(7)),
                          .detail = std::string(row.text(8))};
            if (!row.is_null(2)) made.actor_id = UserId{row.integer(2)};
            if (!row.is_null(6)) made.workspace = WorkspaceId{row.integer(6)};
            return made;
        }));
        all = std::move(found);
        return {};
    }));
    return all;
}

std::string audited(std::string_view kind, std::string_view uuid) {
    return fmt::format("{} {{{}}}", kind, uuid);
}

}  // namespace forgehouse::forge
