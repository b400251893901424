#include "git/chunk_reader.h"

#include <deque>

namespace forgehouse::git {
namespace {

// Of one worker, before it gives away what it can.
constexpr std::size_t kHeldBytes = 4u << 20;
// Of raw commits that are compared together; an ordinary chunk stays far below.
constexpr std::size_t kBatchBytes = 2u << 20;

}  // namespace

ChunkReader::ChunkReader(const Repository& repository, ObjectStore* store,
                         const ReadOptions& options, exec::Guarded<BlobMemo>& memo,
                         ReadingBoard& board)
    : repository_(repository),
      options_(options),
      board_(board),
      objects_(repository, store,
               {.cache_bytes = options.cache_bytes, .object_bytes = options.most_blob_bytes}),
      pairs_(repository, objects_, memo),
      patch_ids_(repository, objects_, pairs_),
      trees_(objects_, repository.traits().format) {}

Result<void> ChunkReader::read(const exec::Context& ctx, const Chunk& chunk) {
    chunk_ = chunk.number;
    std::span<const ObjectId> ids(chunk.ids);
    Result<void> all_there;
    while (!ids.empty() && all_there) {
        slots_.clear();
        tree_of_.clear();
        put_ = held_ = 0;
        all_there = read_commits(ctx, ids);
        if (auto compared = compare(ctx, 0, slots_.size()); !compared) {
            if (compared.error().code() == Errc::Cancelled) return compared;
            TRY(one_by_one(ctx, std::move(compared).error()));
        }
        TRY(put(ctx, slots_.size(), false));
    }
    const auto pairs = pairs_.take_stats();
    stats_.pairs_known = pairs.known;
    stats_.pairs_counted = pairs.counted;
    stats_.pairs_by_git = pairs.by_git;
    board_.count(std::exchange(stats_, {}));
    return all_there;
}

Result<void> ChunkReader::read_commits(const exec::Context& ctx, std::span<const ObjectId>& ids) {
    std::size_t bytes = 0;
    while (!ids.empty() && bytes < kBatchBytes) {
        const auto before = slots_.size();
        TRY(read_commit(ctx, ids.front()));
        if (slots_.size() > before) bytes += bytes_of(*slots_.back().commit);
        ids = ids.subspan(1);
    }
    return {};
}

Result<void> ChunkReader::read_commit(const exec::Context& ctx, const ObjectId& id) {
    auto object = objects_.read(ctx, id);
    if (!object) return Failure(std::move(object).error().with("commit", id.hex()));
    if (object->type == ObjectType::Missing)
        return Failure(Error(Errc::Corrupt, "a commit is not there")
                           .with("commit", id.hex())
                           .with("repository", repository_.location().common_dir)
                           .hint("Run `git fsck` there; fetch it again or restore a backup."));
    if (object->type != ObjectType::Commit)
        return Failure(Error(Errc::Invalid, "an object is no commit").with("object", id.hex()));
    auto commit = parse_commit(id, object->content());
    if (!is_wanted(commit)) {
        ++stats_.skipped;
        return {};
    }
    const auto tree = tree_of_commit(object->content(), commit.parents.size());
    if (tree) tree_of_.emplace(id, *tree);
    const bool wants_patch_id = options_.patch_ids && !commit.is_merge();
    slots_.push_back({.commit = std::move(commit),
                      .files = {},
                      .id = id,
                      .tree = tree,
                      .wants_patch_id = wants_patch_id});
    ++stats_.commits;
    return {};
}

bool ChunkReader::is_wanted(const Commit& commit) const noexcept {
    const auto time = commit.committer.time;
    return (!options_.since || time >= *options_.since) &&
           (!options_.until || time < *options_.until);
}

/// Completes the slots from `begin` to `end`, as many at a time as may be held.
Result<void> ChunkReader::compare(const exec::Context& ctx, std::size_t begin, std::size_t end) {
    while (begin < end) {
        const auto until = look_ahead(begin, end);
        TRY(complete(ctx, begin, until));
        begin = until;
    }
    return {};
}

/// Finds out which files the slots changed, without counts, until they take too much; returns the
/// first one that was not looked at.
std::size_t ChunkReader::look_ahead(std::size_t begin, std::size_t end) {
    std::size_t bytes = 0;
    while (begin < end && bytes <= kHeldBytes) {
        auto& slot = slots_[begin++];
        slot.is_asked = !find_files(slot);
        for (const auto& file : slot.files) bytes += bytes_of(file);
    }
    return begin;
}

/// False where git must be asked.
bool ChunkReader::find_files(Slot& slot) {
    // At its edge git takes commits for roots whose parents are not there.
    if (!slot.tree || repository_.traits().is_shallow) return false;
    const auto before = parent_tree(*slot.commit);
    if (!before) return false;
    auto files = trees_.compare(*before, *slot.tree);
    if (!files) return false;
    slot.files = std::move(*files);
    return true;
}

/// The tree to compare with, a null id for a root; nullopt where it is not known here.
std::optional<ObjectId> ChunkReader::parent_tree(const Commit& commit) {
    if (commit.parents.empty()) return ObjectId::null(repository_.traits().format);
    const auto& parent = commit.parents.front();
    if (const auto known = tree_of_.find(parent); known != tree_of_.end()) return known->second;
    const auto object = objects_.read_own(parent);
    if (!object || object->type != ObjectType::Commit) return std::nullopt;
    return tree_of_commit(object->content());
}

/// Counts what was found, and takes from git what only git can say.
Result<void> ChunkReader::complete(const exec::Context& ctx, std::size_t begin, std::size_t end) {
    TRY(ask(begin, end));
    for (auto i = begin; i < end; ++i) {
        auto& slot = slots_[i];
        if (slot.wants_patch_id) patch_ids_.begin();
        TRY(complete_one(ctx, i));
        if (slot.wants_patch_id) {
            TRY_LET(patch_id, patch_ids_.finish(ctx, slot.id));
            slot.patch_id = patch_id.value_or("");
        }
        if (held_ > kHeldBytes) TRY(put(ctx, i + 1, false));
    }
    if (!is_hearing_) return {};
    return Failure(Error(Errc::Corrupt, "git compares a commit nobody asked for")
                       .with("compared", heard_ ? heard_->hex() : std::string()));
}

Result<void> ChunkReader::complete_one(const exec::Context& ctx, std::size_t slot) {
    if (!slots_[slot].is_asked) {
        for (auto& file : slots_[slot].files) TRY(count(ctx, slots_[slot], file));
        return {};
    }
    // Git says nothing of commits that change no file: then it tells of a later one.
    for (;;) {
        TRY_LET(is_more, hear(ctx, slot));
        if (!is_more) return {};
        TRY(take_file(ctx, slot, structure_->file()));
    }
}

Result<void> ChunkReader::count(const exec::Context& ctx, const Slot& slot, FileChange& file) {
    TRY(slot.wants_patch_id ? patch_ids_.add(ctx, file) : pairs_.count(ctx, file));
    held_ += bytes_of(file);
    ++stats_.files;
    return {};
}

Result<void> ChunkReader::ask(std::size_t begin, std::size_t end) {
    std::string lines;
    for (auto i = begin; i < end; ++i)
        if (slots_[i].is_asked) lines.append(slots_[i].id.hex()).append("\n");
    heard_.reset();
    if (lines.empty()) return {};
    if (!structure_) {
        TRY_LET(started, DiffOutput::start(repository_));
        structure_.emplace(std::move(started));
    }
    lines += DiffOutput::kMark;
    structure_->process().feed(lines);
    is_hearing_ = true;
    return {};
}

/// Whether git tells another file of the slot's commit, which is structure_->file() then. The
/// answer is read to its mark after the last commit.
Result<bool> ChunkReader::hear(const exec::Context& ctx, std::size_t slot) {
    const auto& id = slots_[slot].id;
    while (is_hearing_ && (!heard_ || *heard_ == id)) {
        TRY_LET(step, structure_->next(ctx));
        switch (step) {
            case DiffOutput::Step::Commit: heard_ = structure_->commit(); break;
            case DiffOutput::Step::File:
                if (heard_) return true;
                return Failure(Error(Errc::Corrupt, "git compares a commit nobody asked for"));
            case DiffOutput::Step::EndOfBatch: is_hearing_ = false; break;
            case DiffOutput::Step::EndOfOutput:
                return Failure(structure_->failure(ctx, repository_));
        }
    }
    return false;
}

Result<void> ChunkReader::take_file(const exec::Context& ctx, std::size_t slot, FileChange& file) {
    TRY(count(ctx, slots_[slot], file));
    slots_[slot].files.push_back(std::move(file));
    return held_ > kHeldBytes ? put(ctx, slot, true) : Result<void>();
}

/// Gives away the slots before `end`, and what there is of the next one.
Result<void> ChunkReader::put(const exec::Context& ctx, std::size_t end, bool with_part) {
    std::deque<Piece> pieces;
    for (std::size_t i = put_; i < end + (with_part ? 1 : 0); ++i) {
        auto& slot = slots_[i];
        for (const auto& file : slot.files) held_ -= bytes_of(file);
        pieces.push_back({.begins = std::exchange(slot.commit, std::nullopt),
                          .files = std::exchange(slot.files, {}),
                          .ends = i < end,
                          .patch_id = std::exchange(slot.patch_id, {})});
    }
    put_ = end;
    return board_.put(ctx, chunk_, std::move(pieces));
}

/// Something has failed on one of several commits: compares them again one at a time, so that those
/// before it are delivered and it can be named.
Result<void> ChunkReader::one_by_one(const exec::Context& ctx, Error first) {
    structure_.reset();
    held_ = 0;
    for (auto& slot : slots_) slot.files.clear();
    for (std::size_t i = put_; i < slots_.size(); ++i) {
        const auto& id = slots_[i].id;
        // A part of it is delivered already: it cannot be begun again.
        if (!slots_[i].commit) return Failure(std::move(first).with("commit", id.hex()));
        if (auto compared = compare(ctx, i, i + 1); !compared) {
            structure_.reset();
            return Failure(std::move(compared).error().with("commit", id.hex()));
        }
        TRY(put(ctx, i + 1, false));
    }
    return {};
}

}  // namespace forgehouse::git
