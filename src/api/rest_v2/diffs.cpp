#include <fmt/format.h>

#include <algorithm>

#include "api/rest_v2/common.h"
#include "api/rest_v2/git_objects.h"
#include "api/rest_v2/page.h"
#include "api/rest_v2/tables.h"
#include "base/text.h"

namespace forgehouse::api::rest_v2 {
namespace {

using forge::RepoRead;
using git::ChangeType;
using git::FileChange;

constexpr std::int64_t kUsualPage = 500, kMostPage = 5000;
constexpr std::int64_t kMostContext = 1'000'000;
// A text up to this size is answered whole: what fails in it is an error as any other.
constexpr std::size_t kWhole = std::size_t{256} << 10;

/// Writes a text in pieces.
using Write = std::function<Result<void>(const exec::Context&, const git::ServedRepository::Take&)>;

/// A small text whole, with its length; a large one as it comes, from its beginning once more.
Result<Answer> text_answer(Call& call, Write write) {
    std::string begun;
    bool is_long = false;
    const auto done = write(call.ctx(), [&](std::string_view piece) -> Result<void> {
        is_long = begun.size() + piece.size() > kWhole;
        if (is_long) return Failure(Error(Errc::Cancelled, "the text is a long one"));
        begun += piece;
        return {};
    });
    if (!done && !is_long) return Failure(done.error());
    Answer made = Answer::text(is_long ? "" : std::move(begun), "text/plain");
    if (is_long)
        made.stream = [write = std::move(write)](const exec::Context& ctx,
                                                 const Answer::Take& take) {
            return write(ctx, take);
        };
    return made;
}

/// Whether the source is compared with where it left the destination, rather than with the
/// destination as it is: `topic`, or its older name `merge`, which is true unless told otherwise.
Result<std::optional<bool>> topic_in(const Call& call) {
    TRY_LET(topic, call.query().flag("topic"));
    TRY_LET(merge, call.query().flag("merge"));
    if (topic && merge)
        return Failure(Error(Errc::Invalid, "topic and merge cannot be used together")
                           .with("field", "merge")
                           .hint("use topic"));
    return topic ? topic : merge;
}

/// `a..b` says what has changed from b to a: the first is the source, the second the destination.
Result<git::DiffQuery> between(Call& call, const OpenRepository& in) {
    TRY_LET(spec, resolve_spec(call, in, call.path("spec")));
    TRY_LET(topic, topic_in(call));
    git::DiffQuery query{.base = spec.second.value_or(git::ObjectId()), .commit = spec.first};
    if (!spec.second || !topic.value_or(true)) return query;
    TRY_LET(base, in.git->merge_base(call.ctx(), spec.first, *spec.second));
    if (base)
        query.base = *base;
    else if (topic)
        return Failure(Error(Errc::Invalid, "the two commits share no history")
                           .with("object", call.path("spec"))
                           .hint("compare them with topic=false"));
    return query;
}

Result<git::DiffQuery> query_in(Call& call, const OpenRepository& in) {
    TRY_LET(query, between(call, in));
    for (std::string_view path : call.query().all("path")) {
        while (path.starts_with('/')) path.remove_prefix(1);
        while (path.ends_with('/')) path.remove_suffix(1);
        query.paths.emplace_back(path);
    }
    TRY_LET(context, call.query().number("context", 0, kMostContext));
    if (context) query.context = static_cast<std::uint32_t>(*context);
    TRY_LET(ignoring, call.query().flag("ignore_whitespace"));
    query.is_ignoring_whitespace = ignoring.value_or(false);
    // Patches of binary files only for who asks: they are large, and most clients show none.
    TRY_LET(binary, call.query().flag("binary"));
    query.with_binary = binary.value_or(false);
    TRY_LET(renames, call.query().flag("renames"));
    query.with_renames = renames.value_or(true);
    return query;
}

Result<Answer> get_diff(Call& call, const RepoRead& proof) {
    TRY_LET(in, open_repository(call, proof));
    TRY_LET(query, query_in(call, in));
    return text_answer(call, [git = in.git, query](const exec::Context& ctx,
                                                   const git::ServedRepository::Take& take) {
        return git->diff(ctx, query, take);
    });
}

Result<Answer> get_patch(Call& call, const RepoRead& proof) {
    TRY_LET(in, open_repository(call, proof));
    TRY_LET(spec, resolve_spec(call, in, call.path("spec")));
    return text_answer(call, [git = in.git, spec](const exec::Context& ctx,
                                                  const git::ServedRepository::Take& take) {
        return git->patch(ctx, spec.second.value_or(git::ObjectId()), spec.first, take);
    });
}

std::string_view status_of_change(ChangeType change) {
    switch (change) {
        case ChangeType::Added:
        case ChangeType::Copied: return "added";
        case ChangeType::Deleted: return "removed";
        case ChangeType::Renamed: return "renamed";
        case ChangeType::Modified: break;
    }
    return "modified";
}

/// One side of a change. A null id of the commit: the side that has no commit.
void side(json::Writer& out, const Call& call, const OpenRepository& in, std::string_view name,
          bool exists, const std::string& path, const git::ObjectId& commit) {
    out.name(name);
    if (!exists) {
        out.null();
        return;
    }
    out.object();
    out.name("type").text("commit_file").name("path").text(path);
    out.name("escaped_path").text(path_in_address(path));
    out.name("links").object();
    if (!commit.is_null())
        link(
            out, "self",
            fmt::format("{}/src/{}/{}", in.api_address(call), commit.hex(), path_in_address(path)));
    out.end().end();
}

void stat(json::Writer& out, const Call& call, const OpenRepository& in, const FileChange& file,
          const git::ObjectId& before, const git::ObjectId& after) {
    const bool is_new = file.change == ChangeType::Added || file.change == ChangeType::Copied;
    out.object();
    out.name("type").text("diffstat");
    out.name("status").text(status_of_change(file.change));
    out.name("lines_added").count(file.lines_added);
    out.name("lines_removed").count(file.lines_removed);
    side(out, call, in, "old", !is_new, file.old_path.empty() ? file.path : file.old_path, before);
    side(out, call, in, "new", file.change != ChangeType::Deleted, file.path, after);
    out.end();
}

Result<Answer> get_diffstat(Call& call, const RepoRead& proof) {
    TRY_LET(in, open_repository(call, proof));
    TRY_LET(asked, parse_page(call.query(), kUsualPage, kMostPage));
    TRY(check_cursor(asked, "", 0));
    TRY_LET(query, query_in(call, in));
    TRY_LET(files, in.git->diffstat(call.ctx(), query));
    git::ObjectId before = query.base;
    if (before.is_null()) {
        TRY_LET(details, in.git->commit(call.ctx(), query.commit));
        if (!details.commit.parents.empty()) before = details.commit.parents.front();
    }
    const auto from = std::min(asked.offset(), std::ssize(files));
    const auto to = std::min(from + asked.length, std::ssize(files));
    json::Writer out;
    out.array();
    for (auto i = from; i < to; ++i)
        stat(out, call, in, files[static_cast<std::size_t>(i)], before, query.commit);
    out.end();
    const PageEnvelope envelope =
        numbered_page(asked_address(call), call.query(), asked, std::ssize(files));
    return Answer::json(envelope.json(out.take()));
}

using enum Method;
using forge::Scope;

constexpr QueryParameter kDiffQuery[]{
    {"context", "integer", "Lines shown around what has changed, 3 unless told otherwise."},
    {"path", "string", "Only this file, or what is in this folder. May be repeated."},
    {"ignore_whitespace", "boolean", "Whether blanks do not count."},
    {"binary", "boolean", "Whether binary files are shown as patches that can be applied."},
    {"renames", "boolean", "Whether renamed files are looked for; true unless told otherwise."},
    {"topic", "boolean", "Compares the first commit with where it left the second one."},
    {"merge", "boolean", "The older name of topic; true unless told otherwise."}};

constexpr QueryParameter kStatQuery[]{kDiffQuery[1], kDiffQuery[4], kDiffQuery[5], kDiffQuery[6]};

constexpr std::array kRoutes{
    route<get_diff>({.method = Get,
                     .path = "/repositories/{workspace}/{repo_slug}/diff/{spec…}",
                     .operation = "compareTwoCommits",
                     .tag = "Commits",
                     .summary = "What a commit changed, or what differs between two, `a..b`: from "
                                "b to a.",
                     .scope = Scope::Repository,
                     .query = kDiffQuery,
                     .is_costly = true}),
    route<get_diffstat>({.method = Get,
                         .path = "/repositories/{workspace}/{repo_slug}/diffstat/{spec…}",
                         .operation = "compareTwoCommitDiffStats",
                         .tag = "Commits",
                         .summary = "The files of the same, with their counts of lines.",
                         .scope = Scope::Repository,
                         .answer = "paginated_diffstat",
                         .query = kStatQuery,
                         .is_costly = true}),
    route<get_patch>({.method = Get,
                      .path = "/repositories/{workspace}/{repo_slug}/patch/{spec…}",
                      .operation = "getAPatchForTwoCommits",
                      .tag = "Commits",
                      .summary = "A commit as a mail, or all that a has and b has not, `a..b`.",
                      .scope = Scope::Repository,
                      .is_costly = true}),
};

}  // namespace

std::span<const Route> diff_routes() noexcept {
    return kRoutes;
}

}  // namespace forgehouse::api::rest_v2
