// The audit log: who changed what is of weight for security, and from where. A row is written in
// the transaction of its change, into the database that the change is in: there is no change
// without its row, and no row without its change.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/literal.h"
#include "base/result.h"
#include "forge/actor.h"
#include "forge/deps.h"
#include "forge/listing.h"
#include "forge/permission.h"

namespace forgehouse::forge {

struct AuditNote {
    Literal action;  ///< `grant:set`
    std::optional<WorkspaceId> workspace = {};
    std::string object;       ///< what it was done to: `repository {uuid}`
    std::string detail = {};  ///< what it is now; no secrets
};

/// To be called within the change's transaction. Errors: those of next_position().
Result<void> note_audit(ports::Session& session, const Deps& deps, const Actor& actor,
                        const AuditNote& note);

struct AuditRow {
    std::int64_t id = 0;
    Time happened_on;
    std::optional<UserId> actor_id;
    std::string actor;  ///< the name that it had then; "" for the installation itself
    std::string address;
    std::string action;
    std::optional<WorkspaceId> workspace;
    std::string object;
    std::string detail;
};

/// What was noted in one of the databases. Errors: those of Metadb.
Result<std::vector<AuditRow>> audit_log(const exec::Context& ctx, ports::Metadb& database,
                                        const SiteAdmin& by, const Listing& listing);

/// `KIND {UUID}`.
std::string audited(std::string_view kind, std::string_view uuid);

}  // namespace forgehouse::forge
