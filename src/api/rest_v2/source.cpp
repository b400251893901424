#include <fmt/format.h>

#include <algorithm>

#include "api/http/etag.h"
#include "api/rest_v2/common.h"
#include "api/rest_v2/file_upload.h"
#include "api/rest_v2/git_objects.h"
#include "api/rest_v2/source_listing.h"
#include "api/rest_v2/tables.h"
#include "forge/pushes.h"
#include "forge/restrictions.h"

namespace forgehouse::api::rest_v2 {
namespace {

using forge::RepoRead;
using forge::RepoWrite;
using git::PathEntry;

constexpr std::int64_t kUsualHistory = 50;
constexpr std::size_t kWhole = std::size_t{1} << 20, kPiece = std::size_t{64} << 10;
constexpr std::string_view kUsualMessage = "Files changed through the API.\n";

/// A commit, and a path in it.
struct Address {
    git::ObjectId commit;
    std::string path;
};

/// `main/src/a.c`. The first name is the commit; where it is none, as many names as a branch or a
/// tag has.
Result<Address> address_in(Call& call, const OpenRepository& in, std::string_view text) {
    const auto behind = [text](std::size_t slash) {
        std::string_view path = text.substr(std::min(text.size(), slash));
        while (path.starts_with('/')) path.remove_prefix(1);
        while (path.ends_with('/')) path.remove_suffix(1);
        return std::string(path);
    };
    const auto first = text.find('/');
    auto found = resolve(call, in, text.substr(0, first));
    if (found) return Address{.commit = found->commit, .path = behind(first)};
    if (found.error().code() != Errc::NotFound) return Failure(std::move(found).error());
    TRY_LET(refs, in.git->refs());
    for (auto slash = first; slash != std::string_view::npos;) {
        slash = text.find('/', slash + 1);
        const std::string name(text.substr(0, slash));
        if (!refs->find_branch(name) && !refs->find_tag(name)) continue;
        TRY_LET(longer, resolve(call, in, name));
        return Address{.commit = longer.commit, .path = behind(slash)};
    }
    return Failure(std::move(found).error());
}

/// The two variables of a path, or the one that takes the rest.
Result<Address> asked_for(Call& call, const OpenRepository& in, bool is_split) {
    if (!is_split) return address_in(call, in, call.path("commit"));
    return address_in(call, in, call.path("commit") + "/" + call.path("path"));
}

Error no_path(std::string_view path) {
    return Error(Errc::NotFound, "no such file or directory").with("object", std::string(path));
}

/// What stands at the path. Errors: NotFound where nothing does.
Result<PathEntry> entry_at(Call& call, const OpenRepository& in, const Address& at) {
    if (at.path.empty()) return PathEntry{.mode = git::kFolderMode, .id = {}};
    auto entry = in.git->find(call.ctx(), at.commit, at.path);
    if (!entry && entry.error().code() != Errc::Invalid) return entry;
    if (!entry || entry->mode == 0) return Failure(no_path(at.path));
    return entry;
}

bool is_binary(std::string_view content) {
    constexpr std::size_t kLookedAt = 8000;  // as far as git looks
    return content.substr(0, kLookedAt).contains('\0');
}

/// What a file holds; of a submodule the commit that it stands for.
struct Content {
    git::StoredObject object{};
    std::string submodule{};
    std::string_view bytes() const noexcept {
        return submodule.empty() ? object.content() : submodule;
    }
};

Result<Content> content_of(Call& call, const OpenRepository& in, const Address& at,
                           const PathEntry& entry) {
    if (entry.mode == git::kSubmoduleMode)
        return Content{.object = {}, .submodule = entry.id.hex() + "\n"};
    TRY_LET(file, in.git->read(call.ctx(), at.commit, at.path));
    return Content{.object = std::move(file.content), .submodule = {}};
}

/// A file as it is. What a browser might run is handed to it as something to be saved.
Result<Answer> raw_file(Call& call, const OpenRepository& in, const Address& at,
                        const PathEntry& entry) {
    const std::string tag = etag_of({"file", entry.id.hex(), std::to_string(entry.mode)});
    Answer made = Answer::text("", "text/plain");
    made.headers = {
        {"ETag", tag}, {"Vary", "Authorization"}, {"Cache-Control", "private, no-cache"}};
    if (check_preconditions(call.request(), {.etag = tag}) == Precondition::NotModified) {
        made.status = 304;
        made.type.clear();
        return made;
    }
    TRY_LET(content, content_of(call, in, at, entry));
    if (is_binary(content.bytes())) {
        const auto slash = at.path.rfind('/');
        made.type = "application/octet-stream";
        made.headers.emplace_back(
            "Content-Disposition",
            fmt::format(
                "attachment; filename*=UTF-8''{}",
                percent_encoded(at.path.substr(slash == std::string::npos ? 0 : slash + 1))));
    }
    if (content.bytes().size() <= kWhole) {
        made.body = content.bytes();
        return made;
    }
    made.stream = [content = std::move(content)](const exec::Context& ctx,
                                                 const Answer::Take& take) -> Result<void> {
        for (std::string_view left = content.bytes(); !left.empty();) {
            TRY(ctx.check());
            TRY(take(left.substr(0, kPiece)));
            left.remove_prefix(std::min(left.size(), kPiece));
        }
        return {};
    };
    return made;
}

Result<Answer> meta(Call& call, const OpenRepository& in, const Address& at,
                    const PathEntry& entry) {
    git::SnapshotEntry shown{.path = at.path, .mode = entry.mode, .id = entry.id, .bytes = {}};
    bool binary = false;
    if (entry.is_file()) {
        TRY_LET(content, content_of(call, in, at, entry));
        shown.bytes = content.bytes().size();
        binary = is_binary(content.bytes());
    }
    return written([&](json::Writer& out) { tree_entry(out, call, in, at.commit, shown, binary); });
}

/// The text of a file as harmless HTML, as it stands there: markup is not interpreted.
Result<Answer> rendered_file(Call& call, const OpenRepository& in, const Address& at,
                             const PathEntry& entry) {
    TRY_LET(content, content_of(call, in, at, entry));
    if (is_binary(content.bytes()))
        return Failure(Error(Errc::Invalid, "a binary file cannot be rendered")
                           .with("object", at.path)
                           .with("field", "format"));
    return written([&](json::Writer& out) {
        out.object();
        out.name("type").text("rendered");
        out.name("raw").text(content.bytes());
        out.name("markup").text("plaintext");
        out.name("html").text(fmt::format("<pre>{}</pre>", html_escaped(content.bytes())));
        out.end();
    });
}

Result<Answer> at_address(Call& call, const OpenRepository& in, const Address& at) {
    TRY_LET(format, call.query().one("format"));
    if (format && *format != "meta" && *format != "rendered")
        return Failure(Error(Errc::Invalid, "there is no such format")
                           .with("field", "format")
                           .hint("use meta or rendered"));
    TRY_LET(entry, entry_at(call, in, at));
    if (format == "meta") return meta(call, in, at, entry);
    if (entry.is_folder()) return list_folder(call, in, at.commit, at.path);
    return format ? rendered_file(call, in, at, entry) : raw_file(call, in, at, entry);
}

Result<Answer> get_root(Call& call, const RepoRead& proof) {
    TRY_LET(in, open_repository(call, proof));
    TRY_LET(refs, in.git->refs());
    const git::NamedRef* const main = refs->find_branch(proof.repository().main_branch);
    if (main == nullptr && refs->all().empty())
        return Answer::json(PageEnvelope{.size = 0, .page = 1}.json("[]"));
    if (main == nullptr)
        return Failure(Error(Errc::NotFound, "branch not found")
                           .with("object", proof.repository().main_branch));
    const std::string query = call.query().text();
    return Answer::redirect(fmt::format("{}/src/{}/{}{}", in.api_address(call), main->id.hex(),
                                        query.empty() ? "" : "?", query));
}

template <bool is_split>
Result<Answer> get_source(Call& call, const RepoRead& proof) {
    TRY_LET(in, open_repository(call, proof));
    TRY_LET(at, asked_for(call, in, is_split));
    return at_address(call, in, at);
}

void history_entry(json::Writer& out, const Call& call, const OpenRepository& in,
                   const CommitList& list, const git::CommitDetails& one,
                   const git::SnapshotEntry& entry) {
    const std::string address = fmt::format("{}/src/{}/{}", in.api_address(call),
                                            one.commit.id.hex(), path_in_address(entry.path));
    out.object();
    out.name("type").text("commit_file");
    out.name("path").text(entry.path);
    out.name("escaped_path").text(path_in_address(entry.path));
    out.name("attributes");
    attributes(out, entry.mode, false);
    out.name("commit");
    commit(out, call, in, list, one);
    out.name("links").object();
    link(out, "self", address);
    link(out, "meta", address + "?format=meta");
    link(out, "history",
         fmt::format("{}/filehistory/{}/{}", in.api_address(call), one.commit.id.hex(),
                     path_in_address(entry.path)));
    out.end().end();
}

Result<Answer> history_page(Call& call, const OpenRepository& in, const git::FileLogPage& page,
                            std::size_t size) {
    std::vector<git::ObjectId> ids;
    for (const auto& entry : page.entries) ids.push_back(entry.commit);
    TRY_LET(list, read_commits(call, in, ids));
    json::Writer out;
    out.array();
    for (std::size_t i = 0; i < page.entries.size(); ++i) {
        const auto& [id, path] = page.entries[i];
        TRY_LET(found, in.git->find(call.ctx(), id, path));
        history_entry(out, call, in, list, list.commits[i],
                      {.path = path, .mode = found.mode, .id = found.id, .bytes = {}});
    }
    out.end();
    PageEnvelope envelope{.length = static_cast<std::int64_t>(size)};
    if (!page.next.empty())
        envelope.next = page_url(asked_address(call), call.query(), log_token(page.next));
    return Answer::json(envelope.json(out.take()));
}

template <bool is_split>
Result<Answer> get_history(Call& call, const RepoRead& proof) {
    TRY_LET(in, open_repository(call, proof));
    for (const std::string_view name : {"q", "sort"})
        if (!call.query().all(name).empty())
            return Failure(Error(Errc::Invalid, "the history of a file is not filtered or sorted")
                               .with("field", std::string(name)));
    TRY_LET(place, log_place(call.query(), kUsualHistory));
    TRY_LET(renames, call.query().flag("renames"));
    TRY_LET(at, asked_for(call, in, is_split));
    TRY_LET(entry, entry_at(call, in, at));
    if (entry.is_folder())
        return Failure(Error(Errc::Invalid, "this is a folder")
                           .with("object", at.path)
                           .hint("list its commits with commits?path="));
    TRY_LET(page, in.git->file_history(call.ctx(), {.commit = at.commit,
                                                    .path = at.path,
                                                    .is_following = renames.value_or(true),
                                                    .size = place.size,
                                                    .after = place.after}));
    return history_page(call, in, page, place.size);
}

/// On which commit the new one stands. Errors: Conflict where the branch is not what the client
/// takes it for.
Result<void> set_parent(Call& call, const OpenRepository& in, const FileUpload& upload,
                        git::CommitWrite& wanted) {
    std::optional<git::ObjectId> said;
    for (const std::string& one : upload.parents) {
        TRY_LET(found, resolve(call, in, one));
        said = found.commit;
    }
    TRY_LET(refs, in.git->refs());
    const git::NamedRef* const tip = refs->find_branch(wanted.branch);
    const git::NamedRef* const main = refs->find_branch(in.repository.main_branch);
    wanted.parent.reset();
    wanted.start.reset();
    if (tip == nullptr) {
        wanted.start = said ? said : main ? std::optional(main->id) : std::nullopt;
        return {};
    }
    wanted.parent = tip->id;
    if (!said || *said == tip->id) return {};
    return Failure(Error(Errc::Conflict, "the branch has moved meanwhile")
                       .with("object", wanted.branch)
                       .hint("read it again, and decide anew"));
}

/// Writes it. Who does not say on which commit stands behind whoever was faster.
Result<git::ObjectId> write_upload(Call& call, const OpenRepository& in, const FileUpload& upload,
                                   git::CommitWrite& wanted) {
    constexpr int kTries = 10;
    for (int i = 1;; ++i) {
        TRY(set_parent(call, in, upload, wanted));
        auto made = git::write_commit(to_the_end(), *in.git, wanted);
        const bool is_overtaken = !made && made.error().code() == Errc::Conflict;
        if (!is_overtaken || !upload.parents.empty() || i == kTries) return made;
    }
}

Result<Answer> create_commit(Call& call, const RepoWrite& proof) {
    TRY_LET(in, open_repository(call, proof));
    TRY_LET(upload, upload_in(call));
    const std::string branch =
        upload.branch.empty() ? proof.repository().main_branch : upload.branch;
    TRY(forge::check_branch(call.services().deps, call.ctx(), proof, branch,
                            forge::BranchAct::Push));
    TRY_LET(who, identity_of(call));
    git::CommitWrite wanted{
        .branch = branch,
        .author = upload.author.value_or(who),
        .committer = who,
        .message = upload.message.empty() ? std::string(kUsualMessage) : upload.message,
        .changes = std::move(upload.changes)};
    wanted.author.time = who.time;
    if (!wanted.message.ends_with('\n')) wanted.message += '\n';
    TRY_LET(made, write_upload(call, in, upload, wanted));
    const forge::RefMove move{.name = std::string(git::kBranches) + branch,
                              .before = wanted.parent.value_or(git::ObjectId()),
                              .after = made};
    TRY(forge::record_push(call.services().deps, proof, std::span(&move, 1)));
    return Answer{
        .status = 201,
        .type = {},
        .headers = {{"Location", fmt::format("{}/commit/{}", in.api_address(call), made.hex())}}};
}

using enum Method;
using forge::Scope;

constexpr QueryParameter kSourceQuery[]{
    {"format", "string", "`meta` tells of a file or a folder, `rendered` gives a text as HTML."},
    {"max_depth", "integer", "How many levels of folders are listed, 1 unless told otherwise."}};
constexpr QueryParameter kHistoryQuery[]{
    {"renames", "boolean", "Whether a file is followed to its older names; true otherwise."}};

constexpr std::array kRoutes{
    route<get_root>({.method = Get,
                     .path = "/repositories/{workspace}/{repo_slug}/src",
                     .operation = "getTheRootDirectoryOfTheMainBranch",
                     .tag = "Source",
                     .summary = "Leads to the files of the main branch.",
                     .scope = Scope::Repository,
                     .answer = "paginated_treeentry",
                     .query = kSourceQuery}),
    route<create_commit>({.method = Post,
                          .path = "/repositories/{workspace}/{repo_slug}/src",
                          .operation = "createACommitByUploadingAFile",
                          .tag = "Source",
                          .summary = "Makes a commit of the files that are sent, as a form.",
                          .scope = Scope::RepositoryWrite,
                          .status = 201}),
    route<get_source<true>>({.method = Get,
                             .path = "/repositories/{workspace}/{repo_slug}/src/{commit}/{path…}",
                             .operation = "getFileOrDirectoryContents",
                             .tag = "Source",
                             .summary = "A file as it is, or what is in a folder.",
                             .scope = Scope::Repository,
                             .answer = "paginated_treeentry",
                             .query = kSourceQuery}),
    route<get_source<false>>({.method = Get,
                              .path = "/repositories/{workspace}/{repo_slug}/src/{commit…}",
                              .operation = "getTheRootDirectoryOfACommit",
                              .tag = "Source",
                              .summary = "What is in the root folder of a commit; also a path "
                                         "behind a branch whose name has encoded slashes.",
                              .scope = Scope::Repository,
                              .answer = "paginated_treeentry",
                              .query = kSourceQuery}),
    route<get_history<true>>(
        {.method = Get,
         .path = "/repositories/{workspace}/{repo_slug}/filehistory/{commit}/{path…}",
         .operation = "listCommitsThatModifiedAFile",
         .tag = "Source",
         .summary = "The commits that changed a file, the newest first.",
         .scope = Scope::Repository,
         .answer = "paginated_commit_file",
         .query = kHistoryQuery,
         .is_costly = true}),
    route<get_history<false>>(
        {.method = Get,
         .path = "/repositories/{workspace}/{repo_slug}/filehistory/{commit…}",
         .operation = "listCommitsThatModifiedAFileOfABranch",
         .tag = "Source",
         .summary = "The same behind a branch whose name has encoded slashes.",
         .scope = Scope::Repository,
         .answer = "paginated_commit_file",
         .query = kHistoryQuery,
         .is_costly = true}),
};

}  // namespace

std::span<const Route> source_routes() noexcept {
    return kRoutes;
}

}  // namespace forgehouse::api::rest_v2
