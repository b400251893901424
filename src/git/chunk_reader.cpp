#include "git/chunk_reader.h"

#include <numeric>

namespace forgehouse::git {
namespace {

// Of one worker, before it gives away what it can.
constexpr std::size_t kHeldBytes = 4u << 20;
// Of raw commits that are compared together; an ordinary chunk stays far below.
constexpr std::size_t kBatchBytes = 2u << 20;

}  // namespace

Result<void> ChunkReader::read(const exec::Context& ctx, const Chunk& chunk) {
    chunk_ = chunk.number;
    if (!objects_) {
        TRY_LET(started, ObjectReader::start(repository_));
        objects_.emplace(std::move(started));
    }
    objects_->ask(chunk.ids);
    std::span<const ObjectId> ids(chunk.ids);
    Result<void> all_there;
    while (!ids.empty() && all_there) {
        slots_.clear();
        put_ = held_ = 0;
        all_there = read_commits(ctx, ids);
        if (auto compared = compare(ctx); !compared) {
            if (compared.error().code() == Errc::Cancelled) return compared;
            TRY(one_by_one(ctx, std::move(compared).error()));
        }
        TRY(put(ctx, slots_.size(), false));
    }
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
    auto object = objects_->next(ctx);
    if (!object) return Failure(std::move(object).error().with("commit", id.hex()));
    if (object->type == ObjectType::Missing)
        return Failure(Error(Errc::Corrupt, "a commit is not there")
                           .with("commit", id.hex())
                           .with("repository", repository_.location().common_dir)
                           .hint("Run `git fsck` there; fetch it again or restore a backup."));
    if (object->type != ObjectType::Commit)
        return Failure(Error(Errc::Invalid, "an object is no commit").with("object", id.hex()));
    auto commit = parse_commit(id, object->content);
    objects_->release();
    if (!is_wanted(commit)) {
        ++stats_.skipped;
        return {};
    }
    const auto state = commit.is_merge() ? Slot::State::Merge : Slot::State::Ordinary;
    slots_.push_back({.commit = std::move(commit), .files = {}, .state = state, .id = id});
    ++stats_.commits;
    return {};
}

bool ChunkReader::is_wanted(const Commit& commit) const noexcept {
    const auto time = commit.committer.time;
    return (!options_.since || time >= *options_.since) &&
           (!options_.until || time < *options_.until);
}

std::vector<std::size_t> ChunkReader::slots_in(Slot::State state, std::size_t before) const {
    std::vector<std::size_t> out;
    for (std::size_t i = put_; i < before; ++i)
        if (slots_[i].state == state) out.push_back(i);
    return out;
}

Result<void> ChunkReader::compare(const exec::Context& ctx) {
    const auto merges = slots_in(Slot::State::Merge, slots_.size());
    structure_due_ = !merges.empty();
    // Git compares the merges while we read the ordinary commits, which the memo learns from.
    if (structure_due_) TRY(ask(structure_, commands::kDiffStructure, merges));
    TRY(count(ctx, counted_, slots_in(Slot::State::Ordinary, slots_.size())));
    return count_merges(ctx, counted_, slots_.size());
}

Result<void> ChunkReader::ask(std::optional<DiffOutput>& git, const Subcommand& subcommand,
                              std::span<const std::size_t> slots) {
    if (!git) {
        auto command = repository_.command(subcommand);
        command.input = true;
        TRY_LET(process, exec::Process::spawn(std::move(command)));
        git.emplace(std::move(process), &subcommand == &commands::kDiffCounted);
    }
    std::string lines;
    for (const auto slot : slots) lines.append(slots_[slot].id.hex()).append("\n");
    lines += DiffOutput::kMark;
    git->process().feed(lines);
    return {};
}

Result<void> ChunkReader::count(const exec::Context& ctx, std::optional<DiffOutput>& git,
                                std::span<const std::size_t> slots) {
    if (slots.empty()) return {};
    TRY(ask(git, commands::kDiffCounted, slots));
    std::size_t at = 0;  // in `slots`; git says nothing of commits that change no file
    for (;;) {
        TRY_LET(step, git->next(ctx));
        switch (step) {
            case DiffOutput::Step::Commit:
                while (at < slots.size() && slots_[slots[at]].id != git->commit())
                    slots_[slots[at++]].state = Slot::State::Done;
                if (at == slots.size())
                    return Failure(Error(Errc::Corrupt, "git compares a commit nobody asked for")
                                       .with("commit", git->commit().hex()));
                break;
            case DiffOutput::Step::File: TRY(take_file(ctx, slots[at], git->file())); break;
            case DiffOutput::Step::EndOfBatch:
                while (at < slots.size()) slots_[slots[at++]].state = Slot::State::Done;
                return {};
            case DiffOutput::Step::EndOfOutput:
                return Failure(failure(ctx, *git, commands::kDiffCounted));
        }
    }
}

Result<void> ChunkReader::take_file(const exec::Context& ctx, std::size_t slot, FileChange& file) {
    memo_.with([&file](BlobMemo& memo) { memo.remember(file); });
    held_ += bytes_of(file);
    ++stats_.files;
    slots_[slot].files.push_back(std::move(file));
    return held_ > kHeldBytes ? make_room(ctx, slot) : Result<void>();
}

Result<void> ChunkReader::make_room(const exec::Context& ctx, std::size_t slot) {
    // Their turn is before this commit's, and the other process is busy with it.
    TRY(count_merges(ctx, spare_, slot));
    return put(ctx, slot, true);
}

Result<void> ChunkReader::count_merges(const exec::Context& ctx, std::optional<DiffOutput>& git,
                                       std::size_t before) {
    TRY(read_structure(ctx));
    const auto uncounted = slots_in(Slot::State::Uncounted, before);
    stats_.merges_counted += uncounted.size();
    return count(ctx, git, uncounted);
}

Result<void> ChunkReader::read_structure(const exec::Context& ctx) {
    if (!std::exchange(structure_due_, false)) return {};
    const auto merges = slots_in(Slot::State::Merge, slots_.size());
    for (const auto slot : merges) slots_[slot].state = Slot::State::Done;
    stats_.merges_from_memo += merges.size();
    std::size_t at = 0;
    for (;;) {
        TRY_LET(step, structure_->next(ctx));
        switch (step) {
            case DiffOutput::Step::Commit:
                while (at < merges.size() && slots_[merges[at]].id != structure_->commit()) ++at;
                if (at == merges.size())
                    return Failure(Error(Errc::Corrupt, "git compares a commit nobody asked for")
                                       .with("commit", structure_->commit().hex()));
                break;
            case DiffOutput::Step::File: take_known(slots_[merges[at]], structure_->file()); break;
            case DiffOutput::Step::EndOfBatch: return {};
            case DiffOutput::Step::EndOfOutput:
                return Failure(failure(ctx, *structure_, commands::kDiffStructure));
        }
    }
}

void ChunkReader::take_known(Slot& slot, FileChange& file) {
    if (slot.state == Slot::State::Uncounted) return;
    const auto known = memo_.with([&file](const BlobMemo& memo) { return memo.find(file); });
    if (!known || held_ > kHeldBytes) {
        for (const auto& dropped : slot.files) held_ -= bytes_of(dropped);
        stats_.files -= slot.files.size();
        slot.files.clear();
        slot.state = Slot::State::Uncounted;
        --stats_.merges_from_memo;
        return;
    }
    file.lines_added = known->added;
    file.lines_removed = known->removed;
    file.is_binary = known->is_binary;
    held_ += bytes_of(file);
    ++stats_.files;
    slot.files.push_back(std::move(file));
}

Result<void> ChunkReader::put(const exec::Context& ctx, std::size_t end, bool with_part) {
    std::deque<Piece> pieces;
    for (std::size_t i = put_; i < end + (with_part ? 1 : 0); ++i) {
        auto& slot = slots_[i];
        for (const auto& file : slot.files) held_ -= bytes_of(file);
        pieces.push_back({.begins = std::exchange(slot.commit, std::nullopt),
                          .files = std::exchange(slot.files, {}),
                          .ends = i < end});
    }
    put_ = end;
    return board_.put(ctx, chunk_, std::move(pieces));
}

/// Git has failed on one of several commits: asks again for one at a time, so that those before it
/// are delivered and it can be named.
Result<void> ChunkReader::one_by_one(const exec::Context& ctx, Error first) {
    counted_.reset();
    structure_.reset();
    spare_.reset();
    structure_due_ = false;
    held_ = 0;
    for (auto& slot : slots_) slot.files.clear();
    for (std::size_t i = put_; i < slots_.size(); ++i) {
        auto& slot = slots_[i];
        // A part of it is delivered already: it cannot be begun again.
        if (!slot.commit) return Failure(std::move(first).with("commit", slot.id.hex()));
        slot.state = Slot::State::Ordinary;
        const std::array one{i};
        if (auto counted = count(ctx, counted_, one); !counted)
            return Failure(std::move(counted).error().with("commit", slot.id.hex()));
        TRY(put(ctx, i + 1, false));
    }
    return {};
}

Error ChunkReader::failure(const exec::Context& ctx, DiffOutput& git,
                           const Subcommand& subcommand) {
    auto exit = git.process().finish(ctx);
    if (!exit) return std::move(exit).error();
    return repository_.failure(subcommand, *exit, git.process().error_text());
}

}  // namespace forgehouse::git
