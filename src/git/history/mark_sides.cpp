#include "git/history/mark_sides.h"

namespace forgehouse::git {
namespace {

using Number = CommitTable::Number;

class Walk {
public:
    Walk(CommitTable& commits, const SideOptions& options, CommitMarks& marks)
        : commits_(&commits), options_(options), marks_(&marks) {}

    bool is_over() const noexcept { return open_ == 0; }

    void add(Number commit, std::uint8_t sides) {
        auto& marks = marks_->at(commit);
        const auto before = marks;
        marks |= sides | kWaited;
        if ((before & kWaited) == 0) {
            queue_.push(commit, commits_->generation(commit), commits_->date(commit));
            open_ += is_open(marks);
        } else {
            open_ -= is_open(before) && !is_open(marks);
        }
    }

    void step() {
        const auto commit = queue_.pop();
        const auto sides = static_cast<std::uint8_t>(marks_->of(commit) & (kLeft | kRight));
        open_ -= is_open(sides);
        counts_.left_only += sides == kLeft;
        counts_.right_only += sides == kRight;
        std::uint8_t handed = sides;
        commits_->each_parent(commit, [&](Number parent) {
            if (handed != 0) add(parent, handed);
            if (options_.is_left_first_parent) handed &= kRight;
        });
    }

    const SideCounts& counts() const noexcept { return counts_; }

private:
    /// Whether what is behind such a commit has to be known.
    bool is_open(std::uint8_t marks) const noexcept {
        const auto sides = marks & (kLeft | kRight);
        return sides == kLeft || (options_.is_symmetric && sides == kRight);
    }

    CommitTable* commits_;
    SideOptions options_;
    CommitMarks* marks_;
    CommitQueue queue_;
    std::uint64_t open_ = 0;  ///< of those in the queue
    SideCounts counts_;
};

}  // namespace

Result<SideCounts> mark_sides(const exec::Context& ctx, CommitTable& commits,
                              std::span<const Number> left, std::span<const Number> right,
                              const SideOptions& options, CommitMarks& marks) {
    for (const auto tips : {left, right})
        for (const auto tip : tips) TRY(commits.settle(ctx, tip));
    Walk walk(commits, options, marks);
    for (const auto tip : left) walk.add(tip, kLeft);
    for (const auto tip : right) walk.add(tip, kRight);
    for (std::size_t turn = 0; !walk.is_over(); ++turn) {
        if (turn % 1024 == 0) TRY(ctx.check());
        walk.step();
    }
    return walk.counts();
}

}  // namespace forgehouse::git
