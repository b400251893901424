#include "git/commit_diff.h"

#include <algorithm>
#include <vector>

#include "git/file_content.h"
#include "git/history/commit_table.h"
#include "git/repository.h"

namespace forgehouse::git {

CommitDiff::CommitDiff(const Repository& repository, ObjectStore* store, const StoreLimits& limits,
                       exec::Guarded<BlobMemo>& memo)
    : repository_(&repository),
      objects_(repository, store, limits),
      pairs_(repository, objects_, memo),
      trees_(objects_, repository.traits().format) {}

Result<StoredObject> CommitDiff::read_commit(const exec::Context& ctx, const ObjectId& commit) {
    TRY_LET(object, objects_.read(ctx, commit));
    if (object.type == ObjectType::Commit) return std::move(object);
    if (object.type == ObjectType::Missing)
        return Failure(Error(Errc::NotFound, "a commit is not there").with("commit", commit.hex()));
    return Failure(Error(Errc::Invalid, "an object is no commit").with("object", commit.hex()));
}

Result<void> CommitDiff::each_file(const exec::Context& ctx, const ObjectId& base,
                                   const ObjectId& commit, const TakeFile& take, Renames renames) {
    TRY(ctx.check());
    TRY_LET(own, read_commit(ctx, commit));
    const auto by_git = [&] {
        return renames == Renames::Found ? ask_git(ctx, base, commit, take)
                                         : ask_git_and_split(ctx, base, commit, take);
    };
    // At the edge of a shallow history git takes commits for roots.
    if (base.is_null() && repository_->traits().is_shallow) return by_git();
    const auto format = repository_->traits().format;
    const auto after = parse_commit_header(own.content(), format);
    if (!after) return by_git();
    auto before_tree = ObjectId::null(format);
    if (!base.is_null() || !after->parents.empty()) {
        TRY_LET(other, read_commit(ctx, base.is_null() ? after->parents.front() : base));
        const auto before = parse_commit_header(other.content(), format);
        if (!before) return by_git();
        before_tree = before->tree;
    }
    auto files = renames == Renames::Found
                     ? trees_.compare(before_tree, after->tree)
                     : trees_.compare_without_renames(before_tree, after->tree);
    if (!files) return by_git();
    for (auto& file : *files) TRY(take(file));
    return {};
}

/// What git calls renamed is taken apart again, and the files put into the order of their paths.
Result<void> CommitDiff::ask_git_and_split(const exec::Context& ctx, const ObjectId& base,
                                           const ObjectId& commit, const TakeFile& take) {
    const auto null = ObjectId::null(repository_->traits().format);
    std::vector<FileChange> files;
    const auto split = [&](FileChange& file) -> Result<void> {
        if (file.change == ChangeType::Renamed)
            files.push_back({.path = file.old_path,
                             .old_path = {},
                             .change = ChangeType::Deleted,
                             .old_blob = file.old_blob,
                             .new_blob = null,
                             .old_mode = file.old_mode});
        if (!file.old_path.empty()) {
            file.old_path.clear();
            file.change = ChangeType::Added;
            file.similarity = 0;
            file.old_blob = null;
            file.old_mode = 0;
        }
        files.push_back(std::move(file));
        return {};
    };
    TRY(ask_git(ctx, base, commit, split));
    std::ranges::sort(files, {}, &FileChange::path);
    for (auto& file : files) TRY(take(file));
    return {};
}

Result<void> CommitDiff::ask_git(const exec::Context& ctx, const ObjectId& base,
                                 const ObjectId& commit, const TakeFile& take) {
    if (!structure_) {
        // Other threads ask it when this one is gone.
        TRY_LET(started, DiffOutput::start(*repository_, false));
        structure_.emplace(std::move(started));
    }
    // To git a commit with another one behind it is one with another parent than its own.
    const auto parent = base.is_null() ? std::string() : " " + base.hex();
    structure_->process().feed(commit.hex() + parent + "\n" + std::string(DiffOutput::kMark));
    auto heard = hear(ctx, take);
    if (!heard) structure_.reset();  // what it has not said yet is of no use
    return heard;
}

Result<void> CommitDiff::hear(const exec::Context& ctx, const TakeFile& take) {
    for (;;) {
        TRY_LET(step, structure_->next(ctx));
        switch (step) {
            case DiffOutput::Step::Commit: break;
            case DiffOutput::Step::File: TRY(take(structure_->file())); break;
            case DiffOutput::Step::EndOfBatch: return {};
            case DiffOutput::Step::EndOfOutput:
                return Failure(structure_->failure(ctx, *repository_));
        }
    }
}

Result<void> CommitDiff::append_patch(const exec::Context& ctx, std::string& out,
                                      const FileChange& file, std::uint32_t context) {
    if (file.old_blob == file.new_blob) {
        append_patch_head(out, file);
        return {};
    }
    const auto before = content_of(ctx, objects_, file.old_blob, file.old_mode);
    const auto after = before ? content_of(ctx, objects_, file.new_blob, file.new_mode) : before;
    if (before && after) {
        git::append_patch(out, file, before->content(), after->content(), lines_, context);
        return {};
    }
    const auto& error = before ? after.error() : before.error();
    if (error.code() != Errc::Invalid) return Failure(error);
    append_binary_patch(out, file);
    return {};
}

}  // namespace forgehouse::git
