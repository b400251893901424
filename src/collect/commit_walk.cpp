#include "collect/commit_walk.h"

#include <algorithm>

namespace forgehouse::collect {
namespace {

// Ids travel in blocks, to take the queue's lock seldom. The queue holds a million ids (44 MB):
// where there are more, the walk waits for the reader.
constexpr std::size_t kBlock = 512;
constexpr std::size_t kBlocks = 2048;

}  // namespace

CommitWalk::CommitWalk(const exec::Context& ctx, Parts parts)
    : parts_(std::move(parts)), queue_(kBlocks) {
    for (const std::string& name : parts_.walk.branches())
        branch_numbers_.push_back(parts_.names.number_of(name));
    thread_ = std::jthread([this, ctx] {
        const std::stop_callback passed_on(ctx.stop_token(), [this] { stop_.request_stop(); });
        const auto done = work(exec::Context(stop_.get_token()));
        if (!done) error_ = done.error();
        queue_.close();
    });
}

CommitWalk::~CommitWalk() {
    stop_.request_stop();
    queue_.close();
}

std::optional<std::uint64_t> CommitWalk::total() const noexcept {
    return has_total_ ? std::optional(total_.load()) : std::nullopt;
}

Result<std::optional<NewCommit>> CommitWalk::next(const exec::Context& ctx) {
    if (taken_.empty()) {
        TRY_LET(block, queue_.pop(ctx));
        if (!block) {
            // With a total the walk itself went well, and its thread may still be amending.
            if (!has_total_ && error_) return Failure(*error_);
            return std::optional<NewCommit>();
        }
        taken_ = std::move(*block);
        std::ranges::reverse(taken_);
    }
    const NewCommit commit = taken_.back();
    taken_.pop_back();
    return std::optional(commit);
}

Result<void> CommitWalk::finish() {
    if (thread_.joinable()) thread_.join();
    if (error_) return Failure(*error_);
    return {};
}

Result<void> CommitWalk::work(const exec::Context& ctx) {
    gathered_.reserve(kBlock);
    for (;;) {
        TRY_LET(commit, parts_.walk.next(ctx));
        if (!commit) break;
        ++reachable_;
        TRY(look_at(ctx, *commit));
        if (gathered_.size() == kBlock) TRY(hand_out(ctx));
    }
    TRY(hand_out(ctx));
    total_ = lacking_;
    has_total_ = true;
    queue_.close();
    TRY(mark_vanished(ctx));
    return parts_.amendments.flush(ctx);
}

Result<void> CommitWalk::look_at(const exec::Context& ctx, const git::WalkedCommit& commit) {
    const auto number = parts_.stored.find(commit.id);
    if (number) parts_.stored.mark_seen(*number);
    if (!number || parts_.stored.read_again(*number)) {
        if (number) again_.push_back(commit.id.hex());
        ++lacking_;
        gathered_.push_back({.id = commit.id,
                             .branch = commit.branch,
                             .is_in_default_branch = commit.is_in_default_branch});
        return {};
    }
    const CommitPlace now{.branch = branch_numbers_[commit.branch],
                          .is_in_default_branch = commit.is_in_default_branch,
                          .is_reachable = true};
    if (parts_.stored.place(*number) == now) return {};
    return parts_.amendments.add(ctx, commit.id.hex(),
                                 {.branch = parts_.names.name(now.branch),
                                  .is_in_default_branch = now.is_in_default_branch,
                                  .is_reachable = true});
}

Result<void> CommitWalk::hand_out(const exec::Context& ctx) {
    if (gathered_.empty()) return {};
    if (!again_.empty()) TRY(parts_.on_again(std::exchange(again_, {})));
    TRY_LET(taken, queue_.push(ctx, std::exchange(gathered_, {})));
    if (!taken) return Failure(Error(Errc::Cancelled, "nobody wants the rest of the walk"));
    gathered_.reserve(kBlock);
    return {};
}

Result<void> CommitWalk::mark_vanished(const exec::Context& ctx) {
    constexpr CommitLabel gone{.branch = "", .is_in_default_branch = false, .is_reachable = false};
    for (std::size_t i = 0; i < parts_.stored.size(); ++i)
        if (!parts_.stored.seen(i) && parts_.stored.place(i).is_reachable)
            TRY(parts_.amendments.add(ctx, parts_.stored.hex(i), gone));
    for (const std::string& hex : parts_.stored.strangers())
        TRY(parts_.amendments.add(ctx, hex, gone));
    return {};
}

}  // namespace forgehouse::collect
