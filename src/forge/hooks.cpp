#include "forge/hooks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "forge/audit.h"
#include "forge/identity/secret_box.h"
#include "forge/names.h"
#include "forge/outbox.h"

namespace forgehouse::forge {
namespace {

constexpr std::array kEvents{
    HookEvent{"repo:push", "Repository", "Push", "Whenever a repository push occurs", false},
    HookEvent{"repo:fork", "Repository", "Fork", "Whenever a repository fork occurs", false},
    HookEvent{"repo:updated", "Repository", "Updated", "Whenever a repository update occurs",
              false},
    HookEvent{"repo:transfer", "Repository", "Transfer accepted",
              "Whenever a repository transfer is accepted", false},
    HookEvent{"repo:created", "Repository", "Created", "Whenever a repository is created", true},
    HookEvent{"repo:deleted", "Repository", "Deleted", "Whenever a repository is deleted", true},
    HookEvent{"repo:imported", "Repository", "Imported", "Whenever a repository is imported",
              false},
    HookEvent{"repo:commit_comment_created", "Repository", "Commit comment created",
              "Whenever a comment on a commit is created", false},
    HookEvent{"repo:commit_status_created", "Repository", "Build status created",
              "Whenever a build status is created", false},
    HookEvent{"repo:commit_status_updated", "Repository", "Build status updated",
              "Whenever a build status is updated", false},
    HookEvent{"issue:created", "Issue", "Created", "Whenever an issue is created", false},
    HookEvent{"issue:updated", "Issue", "Updated", "Whenever an issue is updated", false},
    HookEvent{"issue:comment_created", "Issue", "Comment created",
              "Whenever a comment on an issue is created", false},
    HookEvent{"pullrequest:created", "Pull Request", "Created",
              "Whenever a pull request is created", false},
    HookEvent{"pullrequest:updated", "Pull Request", "Updated",
              "Whenever a pull request is updated", false},
    HookEvent{"pullrequest:approved", "Pull Request", "Approved",
              "Whenever a pull request is approved", false},
    HookEvent{"pullrequest:unapproved", "Pull Request", "Approval removed",
              "Whenever an approval of a pull request is removed", false},
    HookEvent{"pullrequest:changes_request_created", "Pull Request", "Changes requested",
              "Whenever changes are requested of a pull request", false},
    HookEvent{"pullrequest:changes_request_removed", "Pull Request", "Changes request removed",
              "Whenever a request for changes is removed", false},
    HookEvent{"pullrequest:fulfilled", "Pull Request", "Merged",
              "Whenever a pull request is merged", false},
    HookEvent{"pullrequest:rejected", "Pull Request", "Declined",
              "Whenever a pull request is declined", false},
    HookEvent{"pullrequest:comment_created", "Pull Request", "Comment created",
              "Whenever a comment on a pull request is created", false},
    HookEvent{"pullrequest:comment_updated", "Pull Request", "Comment updated",
              "Whenever a comment on a pull request is updated", false},
    HookEvent{"pullrequest:comment_deleted", "Pull Request", "Comment deleted",
              "Whenever a comment on a pull request is deleted", false},
    HookEvent{"pullrequest:comment_resolved", "Pull Request", "Comment resolved",
              "Whenever a comment on a pull request is resolved", false},
    HookEvent{"pullrequest:comment_reopened", "Pull Request", "Comment reopened",
              "Whenever a comment on a pull request is reopened", false},
    HookEvent{"project:updated", "Project", "Updated", "Whenever a project is updated", true},
};

constexpr std::size_t kMostSecret = 128;

/// A hook that is to be written, with its secret in plain.
struct Draft {
    Hook hook;
    std::optional<Secret> secret;
};

bool is_for(const HookEvent& event, ObjectKind kind) {
    return kind == ObjectKind::Workspace || !event.is_of_workspace;
}

Result<std::vector<std::string>> check_events(std::vector<std::string> events, ObjectKind kind) {
    std::ranges::sort(events);
    events.erase(std::ranges::unique(events).begin(), events.end());
    for (const std::string& event : events)
        if (std::ranges::none_of(kEvents, [&](const HookEvent& e) {
                return e.name.view() == event && is_for(e, kind);
            }))
            return Failure(Error(Errc::Invalid, "there is no such event")
                               .with("field", "events")
                               .with("event", event)
                               .hint("GET /2.0/hook_events lists them"));
    if (events.empty())
        return Failure(
            Error(Errc::Invalid, "a webhook wants at least one event").with("field", "events"));
    return events;
}

Result<void> apply(Draft& draft, const Hooked& on, const HookChange& change) {
    if (change.description) {
        TRY_LET(description, check_description(*change.description));
        draft.hook.description = std::move(description);
    }
    if (change.url) {
        const std::string& url = *change.url;
        const bool web = url.starts_with("http://") || url.starts_with("https://");
        if (!web || url.size() > 2000 || url.find_first_of(" \t\r\n") != std::string::npos)
            return Failure(Error(Errc::Invalid, "this is no address for a webhook")
                               .with("field", "url")
                               .hint("use an http or https URL"));
        draft.hook.url = url;
    }
    if (change.events) {
        TRY_LET(events, check_events(*change.events, on.kind()));
        draft.hook.events = std::move(events);
    }
    if (change.is_active) draft.hook.is_active = *change.is_active;
    if (!change.secret) return {};
    if (change.secret->reveal().size() > kMostSecret)
        return Failure(Error(Errc::Invalid, "the secret is too long")
                           .with("field", "secret")
                           .with("limit", std::int64_t{kMostSecret}));
    draft.secret = change.secret;
    draft.hook.has_secret = !change.secret->empty();
    return {};
}

std::string joined(const std::vector<std::string>& events) {
    return fmt::format("{}", fmt::join(events, " "));
}

Hook hook_of(const ports::SqlRow& row) {
    Hook hook{.id = {row.integer(0)},
              .uuid = std::string(row.text(1)),
              .description = std::string(row.text(2)),
              .url = std::string(row.text(3)),
              .is_active = row.flag(5),
              .has_secret = row.flag(6),
              .created_on = row.time(7)};
    for (const std::string_view event : text::split(row.text(4), ' '))
        if (!event.empty()) hook.events.emplace_back(event);
    return hook;
}

ports::Sql select_hooks(const Hooked& on) {
    ports::Sql sql(
        "SELECT id, uuid, description, url, events, is_active, secret IS NOT NULL, "
        "created_on FROM webhooks WHERE workspace_id = ");
    sql.bind(on.workspace().id.value).add(" AND object_kind = ").bind(static_cast<int>(on.kind()));
    sql.add(" AND object_id = ").bind(on.id());
    return sql;
}

/// Sealed to the hook's row. nullopt for none.
std::optional<std::string> sealed(const Deps& deps, const Draft& draft) {
    if (!draft.secret || draft.secret->empty()) return std::nullopt;
    std::array<std::uint8_t, SecretBox::kNonce> nonce;
    deps.random.fill(nonce);
    return deps.secrets.seal(
        *draft.secret, {.table = "webhooks", .column = "secret", .row = draft.hook.uuid}, nonce);
}

Event event_of(Literal name, const Hooked& on, const Hook& hook) {
    return {.name = name,
            .workspace = on.workspace().id,
            .repository = on.kind() == ObjectKind::Repository ? std::optional(RepositoryId{on.id()})
                                                              : std::nullopt,
            .actor = on.actor().user,
            .payload = fmt::format(R"({{"hook":"{{{}}}"}})", hook.uuid)};
}

AuditNote note_of(Literal action, const Hooked& on, const Hook& hook) {
    return {.action = action,
            .workspace = on.workspace().id,
            .object = audited(on.kind() == ObjectKind::Repository ? "repository" : "workspace",
                              on.uuid()),
            .detail = fmt::format("{} {}", audited("hook", hook.uuid), hook.url)};
}

}  // namespace

std::span<const HookEvent> hook_events() noexcept {
    return kEvents;
}

Result<Hook> create_hook(Deps& deps, const exec::Context& ctx, const Hooked& on,
                         const HookChange& given) {
    Draft draft{.hook = {.uuid = new_uuid(deps.random), .created_on = deps.clock.now()},
                .secret = {}};
    HookChange all = given;
    if (!all.url) all.url = "";
    if (!all.events) all.events.emplace();
    TRY(apply(draft, on, all));
    Hook& hook = draft.hook;
    const auto secret = sealed(deps, draft);
    TRY(deps.state.of(on.workspace().id.value)
            .write(ctx, [&](ports::Session& session) -> Result<void> {
                TRY_LET(id, next_id(session, on.workspace().id));
                hook.id = {id};
                TRY(session.execute(ports::Sql(
                    "INSERT INTO webhooks (workspace_id, id, object_kind, object_id, uuid, "
                    "description, url, events, is_active, secret, created_on) VALUES ($1, $2, $3, "
                    "$4, $5, $6, $7, $8, $9, $10, $11)",
                    {on.workspace().id.value, id, static_cast<int>(on.kind()), on.id(), hook.uuid,
                     hook.description, hook.url, joined(hook.events), hook.is_active, secret,
                     hook.created_on})));
                TRY(note_audit(session, deps, on.actor(), note_of("hook:set", on, hook)));
                return emit(session, deps, event_of("webhook:created", on, hook));
            }));
    return std::move(hook);
}

Result<Hook> change_hook(Deps& deps, const exec::Context& ctx, const Hooked& on,
                         std::string_view uuid, const HookChange& change) {
    TRY_LET(found, find_hook(deps, ctx, on, uuid));
    Draft draft{.hook = std::move(found), .secret = {}};
    TRY(apply(draft, on, change));
    Hook& hook = draft.hook;
    const auto secret = sealed(deps, draft);
    TRY(deps.state.of(on.workspace().id.value)
            .write(ctx, [&](ports::Session& session) -> Result<void> {
                TRY(session.execute(ports::Sql(
                    "UPDATE webhooks SET description = $1, url = $2, events = $3, is_active = $4 "
                    "WHERE workspace_id = $5 AND id = $6",
                    {hook.description, hook.url, joined(hook.events), hook.is_active,
                     on.workspace().id.value, hook.id.value})));
                if (draft.secret)
                    TRY(session.execute(
                        ports::Sql("UPDATE webhooks SET secret = $1 WHERE "
                                   "workspace_id = $2 AND id = $3",
                                   {secret, on.workspace().id.value, hook.id.value})));
                TRY(note_audit(session, deps, on.actor(), note_of("hook:set", on, hook)));
                return emit(session, deps, event_of("webhook:updated", on, hook));
            }));
    return std::move(hook);
}

Result<void> delete_hook(Deps& deps, const exec::Context& ctx, const Hooked& on,
                         std::string_view uuid) {
    TRY_LET(hook, find_hook(deps, ctx, on, uuid));
    return deps.state.of(on.workspace().id.value)
        .write(ctx, [&](ports::Session& session) -> Result<void> {
            TRY(
                session.execute(ports::Sql("DELETE FROM webhooks WHERE workspace_id = $1 AND id = "
                                           "$2",
                                           {on.workspace().id.value, hook.id.value})));
            TRY(note_audit(session, deps, on.actor(), note_of("hook:removed", on, hook)));
            return emit(session, deps, event_of("webhook:deleted", on, hook));
        });
}

Result<Hook> find_hook(const Deps& deps, const exec::Context& ctx, const Hooked& on,
                       std::string_view uuid) {
    ports::Sql sql = select_hooks(on);
    sql.add(" AND uuid = ").bind(uuid_in_braces(uuid));
    std::optional<Hook> found;
    TRY(deps.state.of(on.workspace().id.value)
            .read(ctx, [&](ports::Session& session) -> Result<void> {
                TRY_LET(hook, session.first(sql, hook_of));
                found = std::move(hook);
                return {};
            }));
    if (!found)
        return Failure(
            Error(Errc::NotFound, "there is no such webhook").with("hook", std::string(uuid)));
    return std::move(*found);
}

Result<std::vector<Hook>> hooks_of(const Deps& deps, const exec::Context& ctx, const Hooked& on,
                                   const Listing& listing) {
    ports::Sql sql = select_hooks(on);
    add_listing(sql, listing, "id");
    std::vector<Hook> all;
    TRY(deps.state.of(on.workspace().id.value)
            .read(ctx, [&](ports::Session& session) -> Result<void> {
                TRY_LET(found, session.all(sql, hook_of));
                all = std::move(found);
                return {};
            }));
    return all;
}

}  // namespace forgehouse::forge
