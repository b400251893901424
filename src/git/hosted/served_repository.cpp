#include "git/hosted/served_repository.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "git/commit_parser.h"
#include "git/hosted/hosted_folder.h"
#include "git/hosted/served_state.h"
#include "git/store/abbreviation.h"
#include "git/tree_entry.h"

namespace forgehouse::git {
namespace {

constexpr std::size_t kLeastDigits = 7;

Error about_rev(Errc code, Literal what, std::string_view rev) {
    return Error(code, what).with("rev", text::json_quoted(rev.substr(0, 300)));
}

bool is_hex(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    });
}

Error wrong_commit(const ObjectId& id, ObjectType type) {
    const bool is_missing = type == ObjectType::Missing;
    return Error(is_missing ? Errc::NotFound : Errc::Invalid,
                 is_missing ? Literal("a commit is not there") : Literal("an object is no commit"))
        .with("object", id.hex());
}

std::string raw_of(const Signature& who) {
    return who.name.utf8 + " <" + who.email.utf8 + ">";
}

Result<CommitDetails> details_of(const exec::Context& ctx, ObjectAccess& objects,
                                 const ObjectId& id) {
    TRY_LET(object, objects.read(ctx, id));
    if (object.type != ObjectType::Commit) return Failure(wrong_commit(id, object.type));
    const auto tree = tree_of_commit(object.content());
    if (!tree) return Failure(broken_tree(id, "a commit is damaged"));
    auto commit = parse_commit(id, object.content());
    auto author = raw_of(commit.author), committer = raw_of(commit.committer);
    return CommitDetails{.commit = std::move(commit),
                         .tree = *tree,
                         .raw_author = std::move(author),
                         .raw_committer = std::move(committer)};
}

/// The commit that a ref or an id leads to, over tags.
Result<ObjectId> peeled_commit(const exec::Context& ctx, ObjectAccess& objects, const ObjectId& id,
                               std::string_view rev) {
    constexpr int kMostTags = 100;
    auto at = id;
    for (int tags = 0; tags < kMostTags; ++tags) {
        TRY_LET(object, objects.read(ctx, at));
        if (object.type == ObjectType::Commit) return at;
        if (object.type == ObjectType::Missing)
            return Failure(
                about_rev(Errc::NotFound, "there is no such commit", rev).with("object", at.hex()));
        const auto next =
            object.type == ObjectType::Tag ? parse_tag(at, object.content()).target : std::nullopt;
        if (!next) break;
        at = *next;
    }
    return Failure(about_rev(Errc::Invalid, "that is no commit", rev));
}

/// The ref that a text names: a branch, a tag, a full name, or HEAD.
const NamedRef* ref_named(const RefSnapshot& refs, std::string_view text) {
    if (const auto* branch = refs.find_branch(text)) return branch;
    if (const auto* tag = refs.find_tag(text)) return tag;
    return refs.find(text == "HEAD" ? refs.head() : text);
}

/// Of the objects that begin with some digits the commit that is meant, or none.
Result<std::optional<ObjectId>> abbreviated(const exec::Context& ctx, ObjectAccess& objects,
                                            std::span<const ObjectId> found, std::string_view rev) {
    if (found.size() == 1) {
        TRY_LET(only, peeled_commit(ctx, objects, found.front(), rev));
        return only;
    }
    std::optional<ObjectId> commit;
    for (const auto& id : found) {
        TRY_LET(object, objects.read(ctx, id));
        if (object.type != ObjectType::Commit) continue;
        if (commit)
            return Failure(about_rev(Errc::Conflict, "several commits begin like that", rev)
                               .hint("Give more digits."));
        commit = id;
    }
    return commit;
}

}  // namespace

Result<std::shared_ptr<ServedRepository>> ServedRepository::open(const Tool& tool,
                                                                 const std::string& folder,
                                                                 const ServedLimits& limits) {
    TRY_LET(format, hosted_format(folder));
    TRY_LET(repository,
            Repository::open_known(tool, folder, {.format = format, .is_hosted = true}));
    TRY_LET(store, open_store(repository));
    auto state =
        std::make_unique<State>(folder, format, std::move(repository), std::move(store), limits);
    return std::shared_ptr<ServedRepository>(new ServedRepository(std::move(state)));
}

ServedRepository::ServedRepository(std::unique_ptr<State> state) noexcept
    : state_(std::move(state)) {}
ServedRepository::~ServedRepository() = default;

const std::string& ServedRepository::folder() const noexcept {
    return state_->folder;
}
ObjectFormat ServedRepository::format() const noexcept {
    return state_->format;
}
const Tool& ServedRepository::tool() const noexcept {
    return state_->repository.tool();
}
const Repository& ServedRepository::repository() const noexcept {
    return state_->repository;
}

Result<ServedRepository::Reading> ServedRepository::reading() {
    TRY_LET(desk, state_->room.take());
    return Reading(state_->room, std::move(desk));
}

Result<std::shared_ptr<const RefSnapshot>> ServedRepository::refs() {
    return state_->refs.current();
}

Result<void> ServedRepository::update_refs(const exec::Context& ctx,
                                           std::span<const RefUpdate> updates,
                                           const RefNote& note) {
    return git::update_refs(ctx, tool(), state_->folder, updates, note);
}

Result<ResolvedRev> ServedRepository::resolve(const exec::Context& ctx, std::string_view text) {
    TRY_LET(desk, reading());
    auto& objects = desk->history.objects();
    const auto digits = 2 * id_size(state_->format);
    if (text.size() == digits && is_hex(text)) {
        const auto id = ObjectId::from_hex(text).value_or(ObjectId());
        auto commit = peeled_commit(ctx, objects, id, text);
        if (commit) return ResolvedRev{.commit = *commit, .ref = {}};
        if (commit.error().code() != Errc::NotFound) return Failure(std::move(commit).error());
    }
    TRY_LET(refs, state_->refs.current());
    if (const auto* ref = ref_named(*refs, text)) {
        TRY_LET(commit, peeled_commit(ctx, objects, ref->peeled, text));
        return ResolvedRev{.commit = commit, .ref = ref->name};
    }
    if (text.size() >= kLeastDigits && text.size() < digits && is_hex(text)) {
        const auto found = ids_beginning(state_->store, state_->format, text);
        TRY_LET(commit, abbreviated(ctx, objects, found, text));
        if (commit) return ResolvedRev{.commit = *commit, .ref = {}};
    }
    return Failure(about_rev(Errc::NotFound, "there is no such branch, tag or commit", text));
}

Result<CommitDetails> ServedRepository::commit(const exec::Context& ctx, const ObjectId& id) {
    TRY_LET(desk, reading());
    return details_of(ctx, desk->history.objects(), id);
}

Result<std::vector<CommitDetails>> ServedRepository::commits(const exec::Context& ctx,
                                                             std::span<const ObjectId> ids) {
    TRY_LET(desk, reading());
    std::vector<CommitDetails> out;
    out.reserve(ids.size());
    for (const auto& id : ids) {
        TRY_LET(details, details_of(ctx, desk->history.objects(), id));
        out.push_back(std::move(details));
    }
    return out;
}

Result<TagDetails> ServedRepository::tag(const exec::Context& ctx, const ObjectId& id) {
    TRY_LET(desk, reading());
    TRY_LET(object, desk->history.objects().read(ctx, id));
    if (object.type != ObjectType::Tag)
        return Failure(Error(object.type == ObjectType::Missing ? Errc::NotFound : Errc::Invalid,
                             "an object is no tag")
                           .with("object", id.hex()));
    auto tag = parse_tag(id, object.content()).tag;
    auto tagger = tag.tagger ? raw_of(*tag.tagger) : std::string();
    return TagDetails{.tag = std::move(tag), .raw_tagger = std::move(tagger)};
}

Result<LogPage> ServedRepository::log(const exec::Context& ctx, const LogQuery& query) {
    TRY_LET(desk, reading());
    return log_page(ctx, desk->history, query);
}

Result<FileLogPage> ServedRepository::file_history(const exec::Context& ctx,
                                                   const FileLogQuery& query) {
    TRY_LET(desk, reading());
    return file_log_page(ctx, desk->history, query);
}

Result<std::vector<LastChange>> ServedRepository::last_changes(const exec::Context& ctx,
                                                               const LastChangesQuery& query) {
    TRY_LET(desk, reading());
    return git::last_changes(ctx, desk->history, query);
}

Result<std::optional<ObjectId>> ServedRepository::merge_base(const exec::Context& ctx,
                                                             const ObjectId& a, const ObjectId& b) {
    TRY_LET(desk, reading());
    TRY_LET(bases, desk->history.merge_bases(ctx, a, b));
    if (bases.empty()) return std::nullopt;
    return bases.front();
}

Result<bool> ServedRepository::is_ancestor(const exec::Context& ctx, const ObjectId& ancestor,
                                           const ObjectId& commit) {
    TRY_LET(desk, reading());
    return desk->history.is_ancestor(ctx, ancestor, commit);
}

Result<AheadBehind> ServedRepository::ahead_behind(const exec::Context& ctx, const ObjectId& a,
                                                   const ObjectId& b) {
    TRY_LET(desk, reading());
    return desk->history.ahead_behind(ctx, a, b);
}

Result<PathEntry> ServedRepository::find(const exec::Context& ctx, const ObjectId& commit,
                                         const std::string& path) {
    TRY_LET(desk, reading());
    TRY_LET(snapshot, Snapshot::open(ctx, desk->history.objects(), state_->format, commit));
    return snapshot.find(ctx, path);
}

Result<void> ServedRepository::list(const exec::Context& ctx, const ObjectId& commit,
                                    const ListRequest& request, const Snapshot::Take& take) {
    TRY_LET(desk, reading());
    TRY_LET(snapshot, Snapshot::open(ctx, desk->history.objects(), state_->format, commit));
    return snapshot.list(ctx, request, take);
}

Result<ServedFile> ServedRepository::read(const exec::Context& ctx, const ObjectId& commit,
                                          const std::string& path) {
    TRY_LET(desk, reading());
    TRY_LET(snapshot, Snapshot::open(ctx, desk->history.objects(), state_->format, commit));
    TRY_LET(entry, snapshot.find(ctx, path));
    TRY_LET(content, snapshot.read(ctx, path));
    return ServedFile{.entry = entry, .content = std::move(content)};
}

}  // namespace forgehouse::git
