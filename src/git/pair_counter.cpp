#include "git/pair_counter.h"

#include <algorithm>
#include <vector>

#include "exec/process.h"
#include "git/diff_output.h"
#include "git/file_content.h"
#include "git/repository.h"

namespace forgehouse::git {
namespace {

/// Counts the lines of one content that comes in pieces.
class Lines {
public:
    void add(std::string_view piece) {
        const auto first = piece.substr(0, size_ < kSeenForBinary ? kSeenForBinary - size_ : 0);
        is_binary_ |= first.find('\0') != std::string_view::npos;
        size_ += piece.size();
        lines_ += static_cast<std::uint64_t>(std::ranges::count(piece, '\n'));
        ends_open_ = piece.back() != '\n';
    }
    bool is_binary() const noexcept { return is_binary_ || size_ > kMostTextBytes; }
    std::uint64_t lines() const noexcept { return lines_ + (ends_open_ ? 1 : 0); }

private:
    std::uint64_t size_ = 0;
    std::uint64_t lines_ = 0;
    bool is_binary_ = false;
    bool ends_open_ = false;
};

}  // namespace

Result<void> PairCounter::count(const exec::Context& ctx, FileChange& file) {
    auto counts = memo_->with([&file](const BlobMemo& memo) { return memo.find(file); });
    if (counts) {
        ++stats_.known;
    } else {
        TRY_LET(compared, compare(ctx, file));
        counts = compared;
    }
    fill_in(file, *counts);
    return {};
}

void PairCounter::note(FileChange& file, const LineCounts& counts) {
    ++stats_.counted;
    fill_in(file, counts);
}

void PairCounter::fill_in(FileChange& file, const LineCounts& counts) {
    file.lines_added = counts.added;
    file.lines_removed = counts.removed;
    file.is_binary = counts.is_binary;
    memo_->with([&file](BlobMemo& memo) { memo.remember(file); });
}

Result<LineCounts> PairCounter::compare(const exec::Context& ctx, const FileChange& file) {
    const auto before = content_of(*objects_, file.old_blob, file.old_mode);
    const auto after = before ? content_of(*objects_, file.new_blob, file.new_mode) : before;
    if (!before || !after) {
        ++stats_.by_git;
        return ask_git(ctx, file);
    }
    ++stats_.counted;
    return counter_.count(before->content(), after->content());
}

Result<LineCounts> PairCounter::ask_git(const exec::Context& ctx, const FileChange& file) {
    const bool has_submodule = file.old_mode == kSubmoduleMode || file.new_mode == kSubmoduleMode;
    const bool has_both = !file.old_blob.is_null() && !file.new_blob.is_null();
    if (has_submodule && has_both) {
        const bool is_old = file.old_mode == kSubmoduleMode;
        TRY_LET(other, objects_->read(ctx, is_old ? file.new_blob : file.old_blob));
        const auto line = submodule_line(is_old ? file.old_blob : file.new_blob);
        if (other.size > kMostTextBytes) return LineCounts{.is_binary = true};
        return is_old ? counter_.count(line.content(), other.content())
                      : counter_.count(other.content(), line.content());
    }
    if (has_both && file.old_blob != file.new_blob) return ask_for_both(ctx, file);
    TRY_LET(counts,
            count_one(ctx, has_both || file.old_blob.is_null() ? file.new_blob : file.old_blob));
    if (has_both) return LineCounts{.is_binary = counts.is_binary};  // moved, and nothing else
    if (file.new_blob.is_null()) std::swap(counts.added, counts.removed);
    return counts;
}

Result<LineCounts> PairCounter::ask_for_both(const exec::Context& ctx, const FileChange& file) {
    auto command =
        repository_->command(commands::kDiffBlobs, {file.old_blob.hex(), file.new_blob.hex()});
    TRY_LET(said, exec::run(ctx, std::move(command)));
    if (!said.exit.ok())
        return Failure(repository_->failure(commands::kDiffBlobs, said.exit, said.error));
    const std::string_view line(said.out);
    const auto counts = parse_numstat(line.substr(0, line.find('\0')));
    if (counts) return *counts;
    return Failure(Error(Errc::Corrupt, "git compares two blobs in an unknown form")
                       .with("old", file.old_blob.hex())
                       .with("new", file.new_blob.hex()));
}

Result<LineCounts> PairCounter::count_one(const exec::Context& ctx, const ObjectId& blob) {
    TRY_LET(process,
            exec::Process::spawn(repository_->command(commands::kWriteBlob, {"blob", blob.hex()})));
    Lines lines;
    std::vector<char> buffer(std::size_t{128} << 10);
    for (;;) {
        TRY_LET(size, process.read(ctx, buffer));
        if (size == 0) break;
        lines.add({buffer.data(), size});
    }
    TRY_LET(exit, process.finish(ctx));
    if (!exit.ok())
        return Failure(repository_->failure(commands::kWriteBlob, exit, process.error_text()));
    if (lines.is_binary()) return LineCounts{.is_binary = true};
    return LineCounts{.added = lines.lines()};
}

}  // namespace forgehouse::git
