#include "git/snapshot.h"

#include <utility>

#include "base/text.h"
#include "exec/process.h"
#include "git/commit_parser.h"
#include "git/file_content.h"
#include "git/tree_entry.h"

namespace forgehouse::git {
namespace {

constexpr int kMostTags = 100;  // a tag of a tag of …
constexpr std::size_t kPiece = std::size_t{64} << 10;

Error at_path(Errc code, Literal what, std::string_view path) {
    return Error(code, what).with("path", text::json_quoted(path));
}

std::string flag_of(ArchiveFormat format) {
    switch (format) {
        case ArchiveFormat::Tar: return "--format=tar";
        case ArchiveFormat::TarGz: return "--format=tar.gz";
        case ArchiveFormat::Zip: return "--format=zip";
    }
    return {};
}

}  // namespace

Result<Snapshot> Snapshot::open(const exec::Context& ctx, ObjectAccess& objects,
                                ObjectFormat format, const ObjectId& id) {
    auto at = id;
    for (int tags = 0; tags < kMostTags; ++tags) {
        TRY_LET(object, objects.read(ctx, at));
        std::optional<ObjectId> next;
        switch (object.type) {
            case ObjectType::Missing:
                if (is_empty_tree(at)) return Snapshot(objects, format, at);
                return Failure(
                    Error(Errc::NotFound, "an object is not there").with("object", at.hex()));
            case ObjectType::Tree: return Snapshot(objects, format, at);
            case ObjectType::Blob:
                return Failure(
                    Error(Errc::Invalid, "an object has no files").with("object", id.hex()));
            case ObjectType::Commit: next = tree_of_commit(object.content()); break;
            case ObjectType::Tag: next = parse_tag(at, object.content()).target; break;
        }
        if (!next) return Failure(broken_tree(at, "an object is damaged"));
        at = *next;
    }
    return Failure(Error(Errc::Invalid, "a tag leads nowhere").with("object", id.hex()));
}

Result<PathEntry> Snapshot::find(const exec::Context& ctx, const std::string& path) {
    if (path.empty()) return PathEntry{.mode = kFolderMode, .id = tree_};
    TRY_LET(paths, TreePaths::make(*objects_, format_, {path}));
    return paths.entry(ctx, tree_, 0);
}

Result<StoredObject> Snapshot::read(const exec::Context& ctx, const std::string& path) {
    TRY_LET(entry, find(ctx, path));
    if (entry.mode == 0) return Failure(at_path(Errc::NotFound, "there is no such file", path));
    if (entry.is_folder()) return Failure(at_path(Errc::Invalid, "that is a folder", path));
    if (entry.mode == kSubmoduleMode)
        return Failure(at_path(Errc::Invalid, "that is a submodule", path));
    return content_of(ctx, *objects_, entry.id, entry.mode);
}

Result<void> Snapshot::list(const exec::Context& ctx, const ListRequest& request,
                            const Take& take) {
    TRY_LET(entry, find(ctx, request.path));
    if (!entry.is_folder())
        return Failure(at_path(Errc::NotFound, "there is no such folder", request.path));
    const auto folder = request.path.empty() ? std::string() : request.path + "/";
    return list_tree(ctx, request, entry.id, folder, 1, take);
}

Result<void> Snapshot::list_tree(const exec::Context& ctx, const ListRequest& request,
                                 const ObjectId& tree, const std::string& folder, unsigned depth,
                                 const Take& take) {
    TRY(ctx.check());
    if (depth > kMostTreeDepth) return Failure(broken_tree(tree, "a tree is too deep"));
    TRY_LET(object, read_tree(ctx, *objects_, tree));
    for (auto rest = object.content(); !rest.empty();) {
        const auto entry = take_tree_entry(rest, id_size(format_));
        if (!entry) return Failure(broken_tree(tree, "a tree is damaged"));
        const auto path = folder + std::string(entry->name);
        SnapshotEntry found{.path = path, .mode = entry->mode, .id = entry->id};
        if (request.with_sizes && !entry->is_tree() && entry->mode != kSubmoduleMode) {
            TRY_LET(bytes, objects_->size(ctx, entry->id));
            found.bytes = bytes;
        }
        const bool is_entered = entry->is_tree() && depth < request.most_depth;
        if (!is_entered || request.with_folders) TRY(take(std::move(found)));
        if (is_entered) TRY(list_tree(ctx, request, entry->id, path + "/", depth + 1, take));
    }
    return {};
}

Result<void> write_archive(const exec::Context& ctx, const Repository& repository,
                           const ArchiveRequest& request,
                           const std::function<Result<void>(std::string_view)>& take) {
    std::vector<std::string> operands{request.commit.hex()};
    if (!request.path.empty()) operands.push_back(request.path);
    auto command = repository.command(commands::kArchive, std::move(operands),
                                      {flag_of(request.format), "--prefix=" + request.prefix});
    TRY_LET(process, exec::Process::spawn(std::move(command)));
    std::vector<char> piece(kPiece);
    for (;;) {
        TRY_LET(size, process.read(ctx, piece));
        if (size == 0) break;
        TRY(take({piece.data(), size}));
    }
    TRY_LET(exit, process.finish(ctx));
    if (exit.ok()) return {};
    const auto words = process.error_text();
    if (words.contains("did not match any files"))
        return Failure(at_path(Errc::NotFound, "there is no such file or folder", request.path));
    return Failure(repository.failure(commands::kArchive, exit, words));
}

}  // namespace forgehouse::git
