#include "forge/restrictions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "forge/audit.h"
#include "forge/branching_model.h"
#include "forge/names.h"
#include "forge/outbox.h"

namespace forgehouse::forge {
namespace {

constexpr std::array kKinds{
    RestrictionKind{"push", false, true},
    RestrictionKind{"force", false, false},
    RestrictionKind{"delete", false, false},
    RestrictionKind{"restrict_merges", false, true},
    RestrictionKind{"require_tasks_to_be_completed", false, false},
    RestrictionKind{"require_approvals_to_merge", true, false},
    RestrictionKind{"require_default_reviewer_approvals_to_merge", true, false},
    RestrictionKind{"require_review_group_approvals_to_merge", true, false},
    RestrictionKind{"require_passing_builds_to_merge", true, false},
    RestrictionKind{"require_commits_behind", true, false},
    RestrictionKind{"require_no_changes_requested", false, false},
    RestrictionKind{"require_all_comments_resolved", false, false},
    RestrictionKind{"require_all_dependencies_merged", false, false},
    RestrictionKind{"allow_auto_merge_when_builds_pass", false, false},
    RestrictionKind{"enforce_merge_checks", false, false},
    RestrictionKind{"reset_pullrequest_approvals_on_change", false, false},
    RestrictionKind{"smart_reset_pullrequest_approvals", false, false},
    RestrictionKind{"reset_pullrequest_changes_requested_on_change", false, false},
};

bool is_branch_type(std::string_view type) {
    return type == "development" || type == "production" ||
           std::ranges::find(kBranchTypes, type) != kBranchTypes.end();
}

Error invalid(Literal field, const char* hint) {
    return Error(Errc::Invalid, "this is no valid value")
        .with("field", std::string(field.view()))
        .hint(hint);
}

const RestrictionKind* kind_named(std::string_view name) {
    const auto found = std::ranges::find_if(
        kKinds, [&](const RestrictionKind& k) { return k.name.view() == name; });
    return found == kKinds.end() ? nullptr : &*found;
}

Result<Restriction> checked(Restriction made) {
    const RestrictionKind* kind = kind_named(made.kind);
    if (!kind)
        return Failure(invalid("kind",
                               "it is push, force, delete, restrict_merges or "
                               "another that the API's description lists"));
    if (made.match_kind.empty()) made.match_kind = "glob";
    if (made.match_kind == "glob") {
        made.branch_type.clear();
        if (made.pattern.empty() || made.pattern.size() > kMostName)
            return Failure(invalid("pattern", "use a glob of 1 to 255 bytes, such as release/*"));
    } else if (made.match_kind == "branching_model") {
        made.pattern.clear();
        if (!is_branch_type(made.branch_type))
            return Failure(invalid("branch_type",
                                   "it is feature, bugfix, release, hotfix, "
                                   "development or production"));
    } else {
        return Failure(invalid("branch_match_kind", "it is glob or branching_model"));
    }
    if (!kind->has_value) {
        made.value.reset();
    } else if (!made.value || *made.value < 0 || *made.value > 10'000) {
        return Failure(invalid("value", "this kind wants a number"));
    }
    if (!kind->has_subjects) {
        made.users.clear();
        made.groups.clear();
    }
    return made;
}

Event event_of(Literal name, const RepoAdmin& proof) {
    return {.name = name,
            .workspace = proof.workspace().id,
            .repository = proof.repository().id,
            .actor = proof.actor().user};
}

AuditNote note_of(Literal action, const RepoAdmin& proof, const Restriction& made) {
    return {
        .action = action,
        .workspace = proof.workspace().id,
        .object = audited("repository", proof.repository().uuid),
        .detail = fmt::format("{} {} {}{}", made.id, made.kind, made.pattern, made.branch_type)};
}

/// The exceptions, anew.
Result<void> write_subjects(ports::Session& session, const RepoAdmin& proof,
                            const Restriction& made) {
    const std::int64_t workspace = proof.workspace().id.value;
    const std::int64_t repository = proof.repository().id.value;
    TRY(
        session.execute(ports::Sql("DELETE FROM branch_restriction_subjects WHERE workspace_id = "
                                   "$1 AND repository_id = $2 AND restriction_id = $3",
                                   {workspace, repository, made.id})));
    const auto add = [&](SubjectKind kind, std::int64_t subject) -> Result<void> {
        TRY(session.execute(
            ports::Sql("INSERT INTO branch_restriction_subjects (workspace_id, repository_id, "
                       "restriction_id, subject_kind, subject_id) VALUES ($1, $2, $3, $4, $5) "
                       "ON CONFLICT DO NOTHING",
                       {workspace, repository, made.id, static_cast<int>(kind), subject})));
        return {};
    };
    for (const UserId user : made.users) TRY(add(SubjectKind::User, user.value));
    for (const GroupId group : made.groups) TRY(add(SubjectKind::Group, group.value));
    return {};
}

Result<void> check_is_alone(ports::Session& session, const RepoAdmin& proof,
                            const Restriction& made) {
    TRY_LET(other,
            session.first(
                ports::Sql("SELECT 1 FROM branch_restrictions WHERE workspace_id = $1 "
                           "AND repository_id = $2 AND kind = $3 AND branch_match_kind "
                           "= $4 AND branch_type = $5 AND pattern = $6 AND id <> $7",
                           {proof.workspace().id.value, proof.repository().id.value, made.kind,
                            made.match_kind, made.branch_type, made.pattern, made.id}),
                [](const ports::SqlRow&) { return true; }));
    if (!other) return {};
    return Failure(Error(Errc::Conflict, "this restriction is there already for these branches")
                       .with("kind", made.kind)
                       .hint("change that one"));
}

Result<void> add_subjects(ports::Session& session, WorkspaceId workspace, RepositoryId repository,
                          std::vector<Restriction>& all) {
    return session.query(
        ports::Sql("SELECT restriction_id, subject_kind, subject_id FROM "
                   "branch_restriction_subjects WHERE workspace_id = $1 AND repository_id = $2 "
                   "ORDER BY restriction_id, subject_kind, subject_id",
                   {workspace.value, repository.value}),
        [&](const ports::SqlRow& row) -> Result<void> {
            const auto found = std::ranges::find(all, row.integer(0), &Restriction::id);
            if (found == all.end()) return {};
            if (row.integer(1) == 1)
                found->users.push_back({row.integer(2)});
            else
                found->groups.push_back({row.integer(2)});
            return {};
        });
}

Result<std::vector<Restriction>> select(const Deps& deps, const exec::Context& ctx,
                                        WorkspaceId workspace, RepositoryId repository,
                                        const Listing& listing) {
    ports::Sql sql(
        "SELECT id, kind, branch_match_kind, branch_type, pattern, value FROM "
        "branch_restrictions WHERE workspace_id = ");
    sql.bind(workspace.value).add(" AND repository_id = ").bind(repository.value);
    add_listing(sql, listing, "id");
    std::vector<Restriction> all;
    TRY(deps.state.of(workspace.value).read(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(found, session.all(sql, [](const ports::SqlRow& row) {
            return Restriction{.id = row.integer(0),
                               .kind = std::string(row.text(1)),
                               .match_kind = std::string(row.text(2)),
                               .branch_type = std::string(row.text(3)),
                               .pattern = std::string(row.text(4)),
                               .value = row.maybe_integer(5),
                               .users = {},
                               .groups = {}};
        }));
        all = std::move(found);
        return add_subjects(session, workspace, repository, all);
    }));
    return all;
}

}  // namespace

std::span<const RestrictionKind> restriction_kinds() noexcept {
    return kKinds;
}

Result<Restriction> create_restriction(Deps& deps, const exec::Context& ctx, const RepoAdmin& proof,
                                       const Restriction& given) {
    TRY_LET(made, checked(given));
    const WorkspaceId workspace = proof.workspace().id;
    TRY(deps.state.of(workspace.value).write(ctx, [&](ports::Session& session) -> Result<void> {
        made.id = 0;
        TRY(check_is_alone(session, proof, made));
        TRY_LET(id, next_of_repository(session, workspace, proof.repository().id,
                                       "branch_restriction"));
        made.id = id;
        TRY(session.execute(ports::Sql(
            "INSERT INTO branch_restrictions (workspace_id, repository_id, id, kind, "
            "branch_match_kind, branch_type, pattern, value) VALUES ($1, $2, $3, $4, $5, $6, $7, "
            "$8)",
            {workspace.value, proof.repository().id.value, made.id, made.kind, made.match_kind,
             made.branch_type, made.pattern, made.value})));
        TRY(write_subjects(session, proof, made));
        TRY(note_audit(session, deps, proof.actor(), note_of("restriction:set", proof, made)));
        return emit(session, deps, event_of("branch_restriction:created", proof));
    }));
    return std::move(made);
}

Result<Restriction> change_restriction(Deps& deps, const exec::Context& ctx, const RepoAdmin& proof,
                                       const Restriction& changed) {
    TRY_LET(made, checked(changed));
    const WorkspaceId workspace = proof.workspace().id;
    TRY(deps.state.of(workspace.value).write(ctx, [&](ports::Session& session) -> Result<void> {
        TRY(check_is_alone(session, proof, made));
        TRY_LET(written,
                session.execute(ports::Sql(
                    "UPDATE branch_restrictions SET kind = $1, branch_match_kind = $2, "
                    "branch_type = $3, pattern = $4, value = $5 WHERE workspace_id = $6 AND "
                    "repository_id = $7 AND id = $8",
                    {made.kind, made.match_kind, made.branch_type, made.pattern, made.value,
                     workspace.value, proof.repository().id.value, made.id})));
        if (written == 0)
            return Failure(
                Error(Errc::NotFound, "there is no such restriction").with("restriction", made.id));
        TRY(write_subjects(session, proof, made));
        TRY(note_audit(session, deps, proof.actor(), note_of("restriction:set", proof, made)));
        return emit(session, deps, event_of("branch_restriction:updated", proof));
    }));
    return std::move(made);
}

Result<void> delete_restriction(Deps& deps, const exec::Context& ctx, const RepoAdmin& proof,
                                std::int64_t id) {
    const WorkspaceId workspace = proof.workspace().id;
    return deps.state.of(workspace.value).write(ctx, [&](ports::Session& session) -> Result<void> {
        TRY(write_subjects(session, proof, {.id = id}));
        TRY_LET(removed,
                session.execute(ports::Sql("DELETE FROM branch_restrictions WHERE "
                                           "workspace_id = $1 AND repository_id = $2 AND "
                                           "id = $3",
                                           {workspace.value, proof.repository().id.value, id})));
        if (removed == 0)
            return Failure(
                Error(Errc::NotFound, "there is no such restriction").with("restriction", id));
        TRY(note_audit(session, deps, proof.actor(),
                       note_of("restriction:removed", proof, {.id = id})));
        return emit(session, deps, event_of("branch_restriction:deleted", proof));
    });
}

Result<Restriction> find_restriction(const Deps& deps, const exec::Context& ctx,
                                     const RepoAdmin& proof, std::int64_t id) {
    Listing only{.where = [&](ports::Sql& sql, Literal) { sql.add(" AND id = ").bind(id); }};
    TRY_LET(found, select(deps, ctx, proof.workspace().id, proof.repository().id, only));
    if (found.empty())
        return Failure(
            Error(Errc::NotFound, "there is no such restriction").with("restriction", id));
    return std::move(found.front());
}

Result<std::vector<Restriction>> restrictions_of(const Deps& deps, const exec::Context& ctx,
                                                 const RepoAdmin& proof, std::string_view kind,
                                                 std::string_view pattern, const Listing& listing) {
    Listing narrowed = listing;
    narrowed.where = [&](ports::Sql& sql, Literal id) {
        if (!kind.empty()) sql.add(" AND kind = ").bind(kind);
        if (!pattern.empty()) sql.add(" AND pattern = ").bind(pattern);
        if (listing.where) listing.where(sql, id);
    };
    return select(deps, ctx, proof.workspace().id, proof.repository().id, narrowed);
}

namespace {

/// Whether a branch is one of those that a restriction is about.
bool is_about(const Restriction& restriction, std::string_view branch, const BranchingModel& model,
              const Repository& repository) {
    if (restriction.match_kind == "glob") return text::glob_match(restriction.pattern, branch);
    return is_of_type(model, repository, restriction.branch_type, branch);
}

bool forbids(const Restriction& restriction, BranchAct act) {
    switch (act) {
        case BranchAct::Push: return restriction.kind == "push";
        case BranchAct::Force: return restriction.kind == "force" || restriction.kind == "push";
        case BranchAct::Delete: return restriction.kind == "delete";
        case BranchAct::Merge: return restriction.kind == "restrict_merges";
    }
    return true;
}

Result<bool> is_excepted(const Deps& deps, const exec::Context& ctx, const Actor& actor,
                         const Restriction& restriction) {
    if (!actor.user) return false;
    if (std::ranges::find(restriction.users, *actor.user) != restriction.users.end()) return true;
    bool found = false;
    for (const GroupId group : restriction.groups)
        TRY(deps.state.global().read(ctx, [&](ports::Session& session) -> Result<void> {
            TRY_LET(member, session.first(ports::Sql("SELECT 1 FROM group_members WHERE group_id "
                                                     "= $1 AND user_id = $2",
                                                     {group.value, actor.user->value}),
                                          [](const ports::SqlRow&) { return true; }));
            found = found || member.has_value();
            return {};
        }));
    return found;
}

}  // namespace

Result<void> check_branch(const Deps& deps, const exec::Context& ctx, const RepoWrite& proof,
                          std::string_view branch, BranchAct act) {
    TRY_LET(all, select(deps, ctx, proof.workspace().id, proof.repository().id, {.most = 100'000}));
    if (all.empty()) return {};
    TRY_LET(effective, branching_model(deps, ctx, proof));
    for (const Restriction& restriction : all) {
        if (!forbids(restriction, act) ||
            !is_about(restriction, branch, effective.model, proof.repository()))
            continue;
        // Only what names somebody has exceptions; nobody may force or delete.
        if (restriction.kind == "push" || restriction.kind == "restrict_merges") {
            TRY_LET(excepted, is_excepted(deps, ctx, proof.actor(), restriction));
            if (excepted) continue;
        }
        return Failure(Error(Errc::Denied, "a branch restriction forbids this")
                           .with("restriction", restriction.id)
                           .with("kind", restriction.kind)
                           .with("branch", std::string(branch))
                           .hint("work on another branch and open a pull request, or ask an "
                                 "administrator of the repository"));
    }
    return {};
}

}  // namespace forgehouse::forge
