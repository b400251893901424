#include "forge/repositories.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "base/text.h"
#include "forge/accounts.h"
#include "forge/audit.h"
#include "forge/names.h"
#include "forge/outbox.h"
#include "forge/projects.h"
#include "forge/records.h"
#include "forge/visible.h"
#include "git/hosted/hosted_folder.h"

namespace forgehouse::forge {
namespace {

Error invalid(Literal field, const char* hint) {
    return Error(Errc::Invalid, "this is no valid value")
        .with("field", std::string(field.view()))
        .hint(hint);
}

Result<void> apply_texts(Repository& made, const RepositoryChange& change) {
    if (change.slug) {
        TRY_LET(slug, check_repository_slug(*change.slug));
        made.slug = std::move(slug);
    }
    if (change.name) {
        TRY_LET(name, check_title(*change.name, "name"));
        made.name = std::move(name);
    }
    if (change.description) {
        TRY_LET(description, check_description(*change.description));
        made.description = std::move(description);
    }
    if (change.website) {
        TRY_LET(website, check_description(*change.website));
        made.website = std::move(website);
    }
    if (change.language) {
        TRY_LET(language, check_description(*change.language));
        made.language = text::lower_ascii(language);
    }
    return {};
}

Result<void> apply(Repository& made, const RepositoryChange& change) {
    TRY(apply_texts(made, change));
    if (change.is_private) made.is_private = *change.is_private;
    if (change.has_issues) made.has_issues = *change.has_issues;
    if (change.has_wiki) made.has_wiki = *change.has_wiki;
    if (change.main_branch) made.main_branch = *change.main_branch;
    if (change.fork_policy) made.fork_policy = *change.fork_policy;
    if (change.object_format) made.object_format = *change.object_format;
    if (made.fork_policy != "allow_forks" && made.fork_policy != "no_public_forks" &&
        made.fork_policy != "no_forks")
        return Failure(
            invalid("fork_policy", "it is one of allow_forks, no_public_forks and no_forks"));
    if (made.object_format != "sha1" && made.object_format != "sha256")
        return Failure(invalid("object_format", "it is sha1 or sha256"));
    return {};
}

Event event_of(Literal name, const Repository& repository, const Actor& actor) {
    return {.name = name,
            .workspace = repository.workspace,
            .repository = repository.id,
            .actor = actor.user,
            .payload = R"({"repository":"{)" + repository.uuid + R"(}"})"};
}

AuditNote note_of(Literal action, const Repository& repository) {
    return {.action = action,
            .workspace = repository.workspace,
            .object = audited("repository", repository.uuid),
            .detail = fmt::format("{} {}", repository.slug,
                                  repository.is_private ? "private" : "public")};
}

Result<void> insert(ports::Session& session, const Repository& r) {
    const auto number = [](const auto& id) {
        return id ? std::optional(id->value) : std::optional<std::int64_t>();
    };
    TRY(session.execute(ports::Sql(
        "INSERT INTO repositories (workspace_id, id, uuid, project_id, slug, name, description, "
        "website, language, is_private, fork_policy, has_issues, has_wiki, main_branch, "
        "object_format, size, parent_workspace_id, parent_id, created_by, created_on, updated_on, "
        "version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, "
        "$17, $18, $19, $20, $20, 1)",
        {r.workspace.value,
         r.id.value,
         r.uuid,
         r.project.value,
         r.slug,
         r.name,
         r.description,
         r.website,
         r.language,
         r.is_private,
         r.fork_policy,
         r.has_issues,
         r.has_wiki,
         r.main_branch,
         r.object_format,
         r.size,
         number(r.parent_workspace),
         number(r.parent),
         number(r.created_by),
         r.created_on})));
    TRY(session.execute(
        ports::Sql("DELETE FROM repository_redirects WHERE workspace_id = $1 AND slug = $2",
                   {r.workspace.value, r.slug})));
    return {};
}

/// From the old name to the new one, which leads nowhere else any more.
Result<void> write_redirect(ports::Session& session, const Repository& old,
                            const Repository& made) {
    TRY(session.execute(
        ports::Sql("DELETE FROM repository_redirects WHERE workspace_id = $1 AND slug = $2",
                   {made.workspace.value, made.slug})));
    TRY(session.execute(ports::Sql(
        "INSERT INTO repository_redirects (workspace_id, slug, to_workspace_id, to_repository_id) "
        "VALUES ($1, $2, $1, $3) ON CONFLICT (workspace_id, slug) DO UPDATE SET to_workspace_id = "
        "excluded.to_workspace_id, to_repository_id = excluded.to_repository_id",
        {made.workspace.value, old.slug, made.id.value})));
    return {};
}

Result<void> check_privacy(const Project& project, const Repository& repository) {
    if (!project.is_private || repository.is_private) return {};
    return Failure(Error(Errc::Conflict, "a private project has private repositories only")
                       .with("field", "is_private")
                       .hint("make it private, or put it into another project"));
}

/// A repository as it is to be, without its number.
Result<Repository> draft(Deps& deps, const ProjectCreate& project, const RepositoryChange& given) {
    Repository made{
        .workspace = project.workspace().id,
        .uuid = new_uuid(deps.random),
        .project = project.project().id,
        .is_private = project.workspace().private_by_default || project.project().is_private,
        .fork_policy = "allow_forks",
        .main_branch = "main",
        .object_format = "sha1",
        .created_by = project.actor().user,
        .version = 1};
    RepositoryChange all = given;
    if (!all.slug) all.slug = "";
    if (!all.name || all.name->empty()) all.name = all.slug;
    TRY(apply(made, all));
    TRY(check_privacy(project.project(), made));
    made.created_on = made.updated_on = deps.clock.now();
    return made;
}

/// Takes a number for it, makes its folder by `make`, then its row.
Result<Repository> settle(Deps& deps, const exec::Context& ctx, Repository made, const Actor& actor,
                          const Event& event,
                          const std::function<Result<void>(const std::string&)>& make) {
    ports::Metadb& state = deps.state.of(made.workspace.value);
    // The folder wants the number, and must be there before the row is.
    TRY(state.write(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(taken, session.first(ports::Sql("SELECT 1 FROM repositories WHERE workspace_id = "
                                                "$1 AND slug = $2",
                                                {made.workspace.value, made.slug}),
                                     [](const ports::SqlRow&) { return true; }));
        if (taken)
            return Failure(Error(Errc::Conflict, "a repository of this name is there already")
                               .with("field", "slug")
                               .with("object", made.slug));
        TRY_LET(id, next_id(session, made.workspace));
        made.id = {id};
        return {};
    }));
    const std::string folder = folder_of(deps, made).string();
    TRY(make(folder));
    auto written = state.write(ctx, [&](ports::Session& session) -> Result<void> {
        TRY(insert(session, made));
        Event said = event;
        said.repository = made.id;
        TRY(note_audit(session, deps, actor, note_of("repository:created", made)));
        return emit(session, deps, said);
    });
    // With an unknown outcome the row may be there: the folder stays, and fsck looks after it.
    if (!written && written.error().field("outcome").empty()) (void)git::remove_bare(folder);
    TRY(written);
    return made;
}

Result<std::vector<Repository>> list(ports::Metadb& state, const exec::Context& ctx,
                                     const ports::Sql& sql) {
    std::vector<Repository> all;
    TRY(state.read(ctx, [&](ports::Session& session) -> Result<void> {
        TRY_LET(found,
                session.all(sql, [](const ports::SqlRow& row) { return repository_of(row); }));
        all = std::move(found);
        return {};
    }));
    return all;
}

ports::Sql select_repositories() {
    ports::Sql sql("SELECT ");
    sql.add(kRepositoryColumns).add(" FROM repositories r WHERE ");
    return sql;
}

}  // namespace

std::filesystem::path folder_of(const Deps& deps, const Repository& repository) {
    // 256 folders, so that none grows too large. The last four bits are the shard's.
    return deps.repositories /
           fmt::format("{:02x}/{}.git", (repository.id.value >> 4) & 0xff, repository.id.value);
}

Result<Repository> create_repository(Deps& deps, const exec::Context& ctx,
                                     const ProjectCreate& project, const RepositoryChange& given) {
    TRY_LET(made, draft(deps, project, given));
    const auto format =
        made.object_format == "sha256" ? git::ObjectFormat::Sha256 : git::ObjectFormat::Sha1;
    const Event event = event_of("repo:created", made, project.actor());
    return settle(deps, ctx, made, project.actor(), event, [&](const std::string& folder) {
        return git::create_bare(folder, format, made.main_branch);
    });
}

Result<Repository> fork_repository(Deps& deps, const exec::Context& ctx, const RepoRead& from,
                                   const ProjectCreate& project, const RepositoryChange& given) {
    const Repository& parent = from.repository();
    RepositoryChange all = given;
    if (!all.slug) all.slug = parent.slug;
    if (!all.description) all.description = parent.description;
    if (!all.language) all.language = parent.language;
    if (!all.is_private) all.is_private = parent.is_private;
    all.main_branch = parent.main_branch;
    all.object_format = parent.object_format;
    TRY_LET(made, draft(deps, project, all));
    const bool leaks =
        !made.is_private && (parent.is_private || parent.fork_policy != "allow_forks");
    if (parent.fork_policy == "no_forks" || leaks)
        return Failure(Error(Errc::Denied, "the repository may not be forked so")
                           .with("needs", parent.fork_policy)
                           .hint("its fork_policy, or its privacy, forbids it: ask for a private "
                                 "fork, or its administrators"));
    made.parent_workspace = parent.workspace;
    made.parent = parent.id;
    made.size = 0;
    Event event = event_of("repo:fork", made, project.actor());
    event.payload =
        fmt::format(R"({{"repository":"{{{}}}","parent":"{{{}}}"}})", made.uuid, parent.uuid);
    return settle(deps, ctx, made, project.actor(), event, [&](const std::string& folder) {
        return git::fork_bare(folder_of(deps, parent).string(), folder);
    });
}

Result<Repository> change_repository(Deps& deps, const exec::Context& ctx, const RepoAdmin& proof,
                                     const RepositoryChange& change, const ProjectCreate* move) {
    Repository made = proof.repository();
    RepositoryChange allowed = change;
    allowed.object_format.reset();
    TRY(apply(made, allowed));
    if (move) {
        made.project = move->project().id;
        TRY(check_privacy(move->project(), made));
    } else {
        TRY_LET(project, project_by_id(deps, ctx, made.workspace, made.project));
        TRY(check_privacy(project, made));
    }
    if (made.main_branch != proof.repository().main_branch)
        TRY(git::set_default_branch(folder_of(deps, made).string(), made.main_branch));
    made.updated_on = deps.clock.now();
    ++made.version;
    TRY(deps.state.of(made.workspace.value)
            .write(ctx, [&](ports::Session& session) -> Result<void> {
                TRY(session.execute(ports::Sql(
                    "UPDATE repositories SET slug = $1, name = $2, description = $3, website = $4, "
                    "language = $5, is_private = $6, fork_policy = $7, has_issues = $8, has_wiki = "
                    "$9, "
                    "main_branch = $10, project_id = $11, updated_on = $12, version = version + 1 "
                    "WHERE workspace_id = $13 AND id = $14",
                    {made.slug, made.name, made.description, made.website, made.language,
                     made.is_private, made.fork_policy, made.has_issues, made.has_wiki,
                     made.main_branch, made.project.value, made.updated_on, made.workspace.value,
                     made.id.value})));
                if (made.slug != proof.repository().slug)
                    TRY(write_redirect(session, proof.repository(), made));
                if (made.is_private != proof.repository().is_private)
                    TRY(note_audit(session, deps, proof.actor(),
                                   note_of("repository:visibility", made)));
                return emit(session, deps, event_of("repo:updated", made, proof.actor()));
            }));
    return made;
}

Result<void> delete_repository(Deps& deps, const exec::Context& ctx, const RepoAdmin& proof) {
    const Repository& gone = proof.repository();
    bool has_forks = false;
    // Keys and tokens first: they must not outlive what they open.
    TRY(deps.state.global().write(ctx, [&](ports::Session& session) -> Result<void> {
        for (const Literal text : {Literal("DELETE FROM tokens WHERE repository_id = $1"),
                                   Literal("DELETE FROM ssh_keys WHERE repository_id = $1")})
            TRY(session.execute(ports::Sql(text, {gone.id.value})));
        return {};
    }));
    for (ports::Metadb* database : deps.state.all())
        TRY(database->read(ctx, [&](ports::Session& session) -> Result<void> {
            TRY_LET(some, session.first(
                              ports::Sql("SELECT 1 FROM repositories WHERE parent_id = $1 LIMIT 1",
                                         {gone.id.value}),
                              [](const ports::SqlRow&) { return true; }));
            has_forks = has_forks || some.has_value();
            return {};
        }));
    TRY(deps.state.of(gone.workspace.value)
            .write(ctx, [&](ports::Session& session) -> Result<void> {
                constexpr std::array kTexts{
                    Literal("DELETE FROM grants WHERE workspace_id = $1 AND object_kind = 3 AND "
                            "object_id = $2"),
                    Literal(
                        "DELETE FROM default_reviewers WHERE workspace_id = $1 AND object_kind = 3 "
                        "AND object_id = $2"),
                    Literal(
                        "DELETE FROM branching_models WHERE workspace_id = $1 AND object_kind = 3 "
                        "AND object_id = $2"),
                    Literal("DELETE FROM webhooks WHERE workspace_id = $1 AND object_kind = 3 AND "
                            "object_id = $2"),
                    Literal("DELETE FROM watchers WHERE workspace_id = $1 AND repository_id = $2"),
                    Literal("DELETE FROM branch_restriction_subjects WHERE workspace_id = $1 AND "
                            "repository_id = $2"),
                    Literal("DELETE FROM branch_restrictions WHERE workspace_id = $1 AND "
                            "repository_id = $2"),
                    Literal("DELETE FROM downloads WHERE workspace_id = $1 AND repository_id = $2"),
                    Literal("DELETE FROM repository_counters WHERE workspace_id = $1 AND "
                            "repository_id = $2"),
                    Literal("DELETE FROM repository_redirects WHERE to_workspace_id = $1 AND "
                            "to_repository_id = $2"),
                    Literal("DELETE FROM repositories WHERE workspace_id = $1 AND id = $2")};
                for (const Literal text : kTexts)
                    TRY(session.execute(ports::Sql(text, {gone.workspace.value, gone.id.value})));
                TRY(note_audit(session, deps, proof.actor(), note_of("repository:deleted", gone)));
                return emit(session, deps, event_of("repo:deleted", gone, proof.actor()));
            }));
    // Forks borrow its objects: the folder stays until fsck finds that none does any more.
    if (has_forks) return {};
    return git::remove_bare(folder_of(deps, gone).string());
}

Result<std::vector<Repository>> list_repositories(const Deps& deps, const exec::Context& ctx,
                                                  const WorkspaceVisible& workspace,
                                                  const Listing& listing, Role least) {
    ports::Sql sql = select_repositories();
    sql.add("r.workspace_id = ").bind(workspace.workspace().id.value);
    add_visible_repositories(sql, workspace, least);
    add_listing(sql, listing, "r.id");
    return list(deps.state.of(workspace.workspace().id.value), ctx, sql);
}

Result<std::vector<Repository>> list_public_repositories(const Deps& deps, const exec::Context& ctx,
                                                         const Listing& listing) {
    std::vector<Repository> all;
    for (ports::Metadb* database : deps.state.all()) {
        ports::Sql sql = select_repositories();
        sql.add("r.is_private = 0");
        add_listing(sql, listing, "r.id");
        TRY_LET(found, list(*database, ctx, sql));
        std::ranges::move(found, std::back_inserter(all));
    }
    if (deps.state.all().size() > 1) std::ranges::sort(all, {}, &Repository::id);
    if (std::ssize(all) > listing.most) all.resize(static_cast<std::size_t>(listing.most));
    return all;
}

Result<std::vector<Repository>> stored_repositories(ports::Metadb& database,
                                                    const exec::Context& ctx, RepositoryId after,
                                                    std::int64_t most) {
    ports::Sql sql = select_repositories();
    sql.add("r.id > ").bind(after.value).add(" ORDER BY r.id LIMIT ").bind(most);
    return list(database, ctx, sql);
}

Result<std::vector<Repository>> forks_of(const Deps& deps, const exec::Context& ctx,
                                         const RepoRead& proof, const Listing& listing) {
    std::vector<Repository> all;
    for (ports::Metadb* database : deps.state.all()) {
        ports::Sql sql = select_repositories();
        sql.add("r.parent_id = ").bind(proof.repository().id.value);
        if (!proof.actor().is_admin) sql.add(" AND r.is_private = 0");
        add_listing(sql, listing, "r.id");
        TRY_LET(found, list(*database, ctx, sql));
        std::ranges::move(found, std::back_inserter(all));
    }
    if (deps.state.all().size() > 1) std::ranges::sort(all, {}, &Repository::id);
    if (std::ssize(all) > listing.most) all.resize(static_cast<std::size_t>(listing.most));
    return all;
}

Result<Repository> repository_by_id(const Deps& deps, const exec::Context& ctx,
                                    WorkspaceId workspace, RepositoryId repository) {
    ports::Sql sql = select_repositories();
    sql.add("r.workspace_id = ").bind(workspace.value).add(" AND r.id = ").bind(repository.value);
    TRY_LET(found, list(deps.state.of(workspace.value), ctx, sql));
    if (found.empty())
        return Failure(Error(Errc::NotFound, "there is no such repository")
                           .with("object", std::to_string(repository.value)));
    return std::move(found.front());
}

Result<void> touch_repository(ports::Session& session, const Deps& deps,
                              const Repository& repository) {
    TRY(session.execute(
        ports::Sql("UPDATE repositories SET updated_on = $1, version = version + "
                   "1 WHERE workspace_id = $2 AND id = $3",
                   {deps.clock.now(), repository.workspace.value, repository.id.value})));
    return {};
}

Result<std::vector<User>> watchers_of(const Deps& deps, const exec::Context& ctx,
                                      const RepoRead& proof, const Listing& listing) {
    ports::Sql sql("SELECT user_id FROM watchers WHERE workspace_id = ");
    sql.bind(proof.workspace().id.value).add(" AND repository_id = ");
    sql.bind(proof.repository().id.value);
    add_listing(sql, listing, "user_id");
    std::vector<UserId> ids;
    TRY(deps.state.of(proof.workspace().id.value)
            .read(ctx, [&](ports::Session& session) -> Result<void> {
                TRY_LET(found, session.all(sql, [](const ports::SqlRow& row) {
                    return UserId{row.integer(0)};
                }));
                ids = std::move(found);
                return {};
            }));
    TRY_LET(users, users_by_id(deps, ctx, ids));
    std::ranges::sort(users, {}, &User::id);
    return std::move(users);
}

Result<void> set_watching(Deps& deps, const exec::Context& ctx, const RepoRead& proof,
                          const SignedIn& user, bool is_watching) {
    const Literal text =
        is_watching ? Literal(
                          "INSERT INTO watchers (workspace_id, repository_id, user_id) VALUES "
                          "($1, $2, $3) ON CONFLICT DO NOTHING")
                    : Literal(
                          "DELETE FROM watchers WHERE workspace_id = $1 AND repository_id = "
                          "$2 AND user_id = $3");
    return deps.state.of(proof.workspace().id.value)
        .write(ctx, [&](ports::Session& session) -> Result<void> {
            TRY(session.execute(ports::Sql(
                text,
                {proof.workspace().id.value, proof.repository().id.value, user.user().value})));
            return emit(session, deps, event_of("repo:watched", proof.repository(), user.actor()));
        });
}

}  // namespace forgehouse::forge
