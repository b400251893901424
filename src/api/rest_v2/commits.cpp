#include <fmt/format.h>

#include "api/rest_v2/common.h"
#include "api/rest_v2/git_objects.h"
#include "api/rest_v2/page.h"
#include "api/rest_v2/tables.h"
#include "net/http_server.h"

namespace forgehouse::api::rest_v2 {
namespace {

using forge::RepoRead;

constexpr std::int64_t kUsualPage = 30;
// Longer queries are left to the body of the next request, which a client repeats.
constexpr std::size_t kMostInAddress = 4000;

/// The parameters of the query, and those of the body where it is a form.
Result<QueryString> parameters_of(Call& call) {
    if (call.request().method != "POST") return call.query();
    TRY_LET(body, call.body());
    TRY_LET(form, QueryString::parse(body));
    std::vector<QueryString::Pair> all = call.query().pairs();
    all.insert(all.end(), form.pairs().begin(), form.pairs().end());
    return QueryString(std::move(all));
}

/// What `revision`, `include` and `exclude` reach; without any of the first two, all that branches
/// and tags do.
Result<void> add_tips(Call& call, const OpenRepository& in, const QueryString& asked,
                      std::string_view revision, git::LogQuery& query) {
    std::vector<std::string_view> include = asked.all("include");
    if (!revision.empty()) include.insert(include.begin(), revision);
    for (const std::string_view rev : include) {
        TRY_LET(found, resolve(call, in, rev));
        query.include.push_back(found.commit);
    }
    for (const std::string_view rev : asked.all("exclude")) {
        TRY_LET(found, resolve(call, in, rev));
        query.exclude.push_back(found.commit);
    }
    if (!include.empty()) return {};
    TRY_LET(refs, in.git->refs());
    for (const git::NamedRef& ref : refs->all())
        // A tag of a tree is no beginning of a log.
        if (!ref.name.starts_with(git::kTags) || in.git->resolve(call.ctx(), ref.name))
            query.include.push_back(ref.peeled);
    return {};
}

Answer page_of(Call& call, const OpenRepository& in, const QueryString& asked,
               const LogPlace& place, const CommitList& list, const std::string& next) {
    json::Writer out;
    out.array();
    for (const git::CommitDetails& one : list.commits) commit(out, call, in, list, one);
    out.end();
    PageEnvelope envelope{.length = static_cast<std::int64_t>(place.size)};
    if (!next.empty()) {
        const std::string page = log_token(next);
        envelope.next = page_url(asked_address(call), asked, page);
        if (envelope.next.size() > kMostInAddress + page.size())
            envelope.next = page_url(asked_address(call), call.query(), page);
    }
    return Answer::json(envelope.json(out.take()));
}

Result<Answer> list_from(Call& call, const RepoRead& proof, std::string_view revision) {
    TRY_LET(in, open_repository(call, proof));
    TRY_LET(asked, parameters_of(call));
    TRY_LET(place, log_place(asked, kUsualPage));
    TRY_LET(path, asked.one("path"));
    git::LogQuery query{.include = {}, .size = place.size, .after = place.after};
    std::string_view within = path.value_or("");
    while (within.ends_with('/')) within.remove_suffix(1);
    while (within.starts_with('/')) within.remove_prefix(1);
    query.path = within;
    TRY(add_tips(call, in, asked, revision, query));
    if (query.include.empty()) return page_of(call, in, asked, place, {}, "");
    TRY_LET(page, in.git->log(call.ctx(), query));
    TRY_LET(list, read_commits(call, in, page.commits));
    return page_of(call, in, asked, place, list, page.next);
}

Result<Answer> list_commits(Call& call, const RepoRead& proof) {
    return list_from(call, proof, "");
}

Result<Answer> list_of_revision(Call& call, const RepoRead& proof) {
    return list_from(call, proof, call.path("revision"));
}

Result<Answer> one_commit(Call& call, const OpenRepository& in, const git::ObjectId& id) {
    TRY_LET(list, read_commits(call, in, std::span(&id, 1)));
    return written([&](json::Writer& out) { commit(out, call, in, list, list.commits.front()); });
}

Result<Answer> get_commit(Call& call, const RepoRead& proof) {
    TRY_LET(in, open_repository(call, proof));
    TRY_LET(found, resolve(call, in, call.path("commit")));
    return one_commit(call, in, found.commit);
}

Result<Answer> get_merge_base(Call& call, const RepoRead& proof) {
    TRY_LET(in, open_repository(call, proof));
    TRY_LET(spec, resolve_spec(call, in, call.path("revspec")));
    if (!spec.second)
        return Failure(Error(Errc::Invalid, "this names one commit, not two")
                           .with("field", "revspec")
                           .hint("write two, with two dots between them"));
    TRY_LET(base, in.git->merge_base(call.ctx(), spec.first, *spec.second));
    if (!base)
        return Failure(Error(Errc::NotFound, "the two commits share no history")
                           .with("object", call.path("revspec")));
    return one_commit(call, in, *base);
}

using enum Method;
using forge::Scope;

constexpr QueryParameter kLogQuery[]{
    {"include", "string", "A branch, tag or commit whose history is listed. May be repeated."},
    {"exclude", "string", "One whose history is left out. May be repeated."},
    {"path", "string", "Only commits that changed this file, or something in this folder."}};

constexpr std::array kRoutes{
    route<list_commits>({.method = Get,
                         .path = "/repositories/{workspace}/{repo_slug}/commits",
                         .operation = "listCommits",
                         .tag = "Commits",
                         .summary = "The commits of all branches and tags, the newest first.",
                         .scope = Scope::Repository,
                         .answer = "paginated_commit",
                         .query = kLogQuery}),
    route<list_commits>({.method = Post,
                         .path = "/repositories/{workspace}/{repo_slug}/commits",
                         .operation = "listCommitsWithIncludeexclude",
                         .tag = "Commits",
                         .summary = "The same, with the parameters in the body, as a form.",
                         .scope = Scope::Repository,
                         .answer = "paginated_commit",
                         .query = kLogQuery}),
    route<list_of_revision>({.method = Get,
                             .path = "/repositories/{workspace}/{repo_slug}/commits/{revision…}",
                             .operation = "listCommitsForRevision",
                             .tag = "Commits",
                             .summary = "The commits of a branch, a tag or a commit.",
                             .scope = Scope::Repository,
                             .answer = "paginated_commit",
                             .query = kLogQuery}),
    route<list_of_revision>({.method = Post,
                             .path = "/repositories/{workspace}/{repo_slug}/commits/{revision…}",
                             .operation = "listCommitsForRevisionUsingIncludeexclude",
                             .tag = "Commits",
                             .summary = "The same, with the parameters in the body, as a form.",
                             .scope = Scope::Repository,
                             .answer = "paginated_commit",
                             .query = kLogQuery}),
    route<get_commit>({.method = Get,
                       .path = "/repositories/{workspace}/{repo_slug}/commit/{commit}",
                       .operation = "getACommit",
                       .tag = "Commits",
                       .summary = "A commit, by its hash or the beginning of it.",
                       .scope = Scope::Repository,
                       .answer = "commit"}),
    route<get_merge_base>({.method = Get,
                           .path = "/repositories/{workspace}/{repo_slug}/merge-base/{revspec…}",
                           .operation = "getTheCommonAncestorBetweenTwoCommits",
                           .tag = "Commits",
                           .summary = "The best common ancestor of two commits, `a..b`.",
                           .scope = Scope::Repository,
                           .answer = "commit",
                           .is_costly = true}),
};

}  // namespace

std::span<const Route> commit_routes() noexcept {
    return kRoutes;
}

}  // namespace forgehouse::api::rest_v2
