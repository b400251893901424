#include "forge/keys.h"

#include "base/text.h"
#include "forge/audit.h"
#include "forge/identity/ssh_public_key.h"
#include "forge/names.h"
#include "forge/outbox.h"

namespace forgehouse::forge {
namespace {

// Named, because g++ 12 takes no literal for one in a list of initializers.
constexpr Literal kUserColumn = "user_id";
constexpr Literal kRepositoryColumn = "repository_id";

/// Whose keys are meant: the one column that says it, and its value.
struct Owner {
    Literal column;
    std::int64_t id;
    std::optional<std::int64_t> user, workspace, repository;
    std::string audit_name;
    Actor actor;

    explicit Owner(const SignedIn& proof)
        : column(kUserColumn),
          id(proof.user().value),
          user(id),
          audit_name(audited("user", proof.actor().uuid)),
          actor(proof.actor()) {}
    Owner(const SiteAdmin& by, const User& whose)
        : column(kUserColumn),
          id(whose.id.value),
          user(id),
          audit_name(audited("user", whose.uuid)),
          actor(by.actor()) {}
    explicit Owner(const RepoAdmin& proof)
        : column(kRepositoryColumn),
          id(proof.repository().id.value),
          workspace(proof.workspace().id.value),
          repository(id),
          audit_name(audited("repository", proof.repository().uuid)),
          actor(proof.actor()) {}

    Event event(Literal name) const {
        return {.name = name,
                .workspace = workspace ? std::optional(WorkspaceId{*workspace}) : std::nullopt,
                .repository = repository ? std::optional(RepositoryId{*repository}) : std::nullopt,
                .actor = actor.user};
    }
    AuditNote note(Literal action, const SshKey& key) const {
        return {.action = action,
                .workspace = workspace ? std::optional(WorkspaceId{*workspace}) : std::nullopt,
                .object = audit_name,
                .detail = key.fingerprint};
    }
};

SshKey key_of(const ports::SqlRow& row) {
    return {.id = {row.integer(0)},
            .uuid = std::string(row.text(1)),
            .key = std::string(row.text(2)),
            .comment = std::string(row.text(3)),
            .label = std::string(row.text(4)),
            .fingerprint = std::string(row.text(5)),
            .created_on = row.time(6),
            .last_used_on = row.maybe_time(7)};
}

ports::Sql select_keys(const Owner& owner) {
    ports::Sql sql(
        "SELECT id, uuid, key_text, comment, label, fingerprint, created_on, "
        "last_used_on FROM ssh_keys WHERE ");
    sql.add(owner.column).add(" = ").bind(owner.id);
    return sql;
}

Result<std::string> check_label(std::string_view label) {
    if (text::trim(label).empty()) return std::string();
    return check_title(label, "label");
}

Result<SshKey> add(Deps& deps, const exec::Context& ctx, const Owner& owner, std::string_view line,
                   std::string_view given) {
    TRY_LET(parsed, parse_ssh_public_key(line));
    TRY_LET(label, check_label(given));
    SshKey made{.uuid = new_uuid(deps.random),
                .key = parsed.type + " " + text::to_base64(parsed.blob),
                .comment = parsed.comment,
                .label = label,
                .fingerprint = parsed.fingerprint(),
                .created_on = deps.clock.now()};
    TRY(deps.state.global().write(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(other, session.first(ports::Sql("SELECT 1 FROM ssh_keys WHERE fingerprint = $1 AND "
                                                "(user_id IS NOT NULL OR $2 = 1)",
                                                {made.fingerprint, owner.user.has_value()}),
                                     [](const ports::SqlRow&) { return true; }));
        if (other)
            return Failure(Error(Errc::Conflict, "this key is in use already")
                               .with("field", "key")
                               .hint("make a new key with ssh-keygen: one key stands for one user, "
                                     "or for repositories"));
        TRY_LET(id, next_global_id(session));
        made.id = {id};
        TRY(session.execute(ports::Sql(
            "INSERT INTO ssh_keys (id, uuid, fingerprint, user_id, workspace_id, repository_id, "
            "key_text, comment, label, created_on) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, "
            "$10)",
            {id, made.uuid, made.fingerprint, owner.user, owner.workspace, owner.repository,
             made.key, made.comment, made.label, made.created_on})));
        TRY(note_audit(session, deps, owner.actor, owner.note("key:added", made)));
        return emit(session, deps, owner.event("ssh_key:created"));
    }));
    return made;
}

Result<std::vector<SshKey>> list(const Deps& deps, const exec::Context& ctx, const Owner& owner,
                                 const Listing& listing) {
    ports::Sql sql = select_keys(owner);
    add_listing(sql, listing, "id");
    std::vector<SshKey> all;
    TRY(deps.state.global().read(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(found, session.all(sql, key_of));
        all = std::move(found);
        return {};
    }));
    return all;
}

Result<SshKey> find(const Deps& deps, const exec::Context& ctx, const Owner& owner,
                    std::string_view name) {
    Listing only{.where = [&](ports::Sql& sql, Literal) {
        if (owner.user)
            sql.add(" AND uuid = ").bind(uuid_in_braces(name));
        else
            sql.add(" AND id = ").bind(text::to_int(name).value_or(0));
    }};
    TRY_LET(found, list(deps, ctx, owner, only));
    if (found.empty())
        return Failure(
            Error(Errc::NotFound, "there is no such key").with("key", std::string(name)));
    return std::move(found.front());
}

Result<SshKey> relabel(Deps& deps, const exec::Context& ctx, const Owner& owner,
                       std::string_view name, std::string_view given) {
    TRY_LET(label, check_label(given));
    TRY_LET(key, find(deps, ctx, owner, name));
    key.label = label;
    TRY(deps.state.global().write(ctx, [&](ports::Session& session) -> Result<void> {
        TRY(session.execute(
            ports::Sql("UPDATE ssh_keys SET label = $1 WHERE id = $2", {key.label, key.id.value})));
        return emit(session, deps, owner.event("ssh_key:updated"));
    }));
    return std::move(key);
}

Result<void> remove(Deps& deps, const exec::Context& ctx, const Owner& owner,
                    std::string_view name) {
    TRY_LET(key, find(deps, ctx, owner, name));
    return deps.state.global().write(ctx, [&](ports::Session& session) -> Result<void> {
        TRY(session.execute(ports::Sql("DELETE FROM ssh_keys WHERE id = $1", {key.id.value})));
        TRY(note_audit(session, deps, owner.actor, owner.note("key:removed", key)));
        return emit(session, deps, owner.event("ssh_key:deleted"));
    });
}

}  // namespace

Result<SshKey> add_key(Deps& deps, const exec::Context& ctx, const SignedIn& user,
                       std::string_view line, std::string_view label) {
    return add(deps, ctx, Owner(user), line, label);
}
Result<std::vector<SshKey>> keys_of(const Deps& deps, const exec::Context& ctx,
                                    const SignedIn& user, const Listing& listing) {
    return list(deps, ctx, Owner(user), listing);
}
Result<SshKey> find_key(const Deps& deps, const exec::Context& ctx, const SignedIn& user,
                        std::string_view uuid) {
    return find(deps, ctx, Owner(user), uuid);
}
Result<SshKey> label_key(Deps& deps, const exec::Context& ctx, const SignedIn& user,
                         std::string_view uuid, std::string_view label) {
    return relabel(deps, ctx, Owner(user), uuid, label);
}
Result<void> delete_key(Deps& deps, const exec::Context& ctx, const SignedIn& user,
                        std::string_view uuid) {
    return remove(deps, ctx, Owner(user), uuid);
}

Result<std::vector<SshKey>> keys_of(const Deps& deps, const exec::Context& ctx, const SiteAdmin& by,
                                    const User& user, const Listing& listing) {
    return list(deps, ctx, Owner(by, user), listing);
}
Result<SshKey> find_key(const Deps& deps, const exec::Context& ctx, const SiteAdmin& by,
                        const User& user, std::string_view uuid) {
    return find(deps, ctx, Owner(by, user), uuid);
}

Result<SshKey> add_key(Deps& deps, const exec::Context& ctx, const RepoAdmin& repository,
                       std::string_view line, std::string_view label) {
    return add(deps, ctx, Owner(repository), line, label);
}
Result<std::vector<SshKey>> keys_of(const Deps& deps, const exec::Context& ctx,
                                    const RepoAdmin& repository, const Listing& listing) {
    return list(deps, ctx, Owner(repository), listing);
}
Result<SshKey> find_key(const Deps& deps, const exec::Context& ctx, const RepoAdmin& repository,
                        std::string_view number) {
    return find(deps, ctx, Owner(repository), number);
}
Result<SshKey> label_key(Deps& deps, const exec::Context& ctx, const RepoAdmin& repository,
                         std::string_view number, std::string_view label) {
    return relabel(deps, ctx, Owner(repository), number, label);
}
Result<void> delete_key(Deps& deps, const exec::Context& ctx, const RepoAdmin& repository,
                        std::string_view number) {
    return remove(deps, ctx, Owner(repository), number);
}

}  // namespace forgehouse::forge
