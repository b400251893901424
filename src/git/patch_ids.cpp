#include "git/patch_ids.h"

#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "exec/process.h"
#include "git/file_content.h"
#include "git/patch_text.h"
#include "git/repository.h"

namespace forgehouse::git {
namespace {

constexpr std::size_t kReadBytes = std::size_t{256} << 10;

}  // namespace

PatchIds::PatchIds(const Repository& repository, ObjectAccess& objects, PairCounter& pairs)
    : repository_(&repository),
      objects_(&objects),
      pairs_(&pairs),
      id_(repository.traits().format) {}

void PatchIds::begin() {
    id_.finish();
    is_whole_ = true;
}

Result<void> PatchIds::add(const exec::Context& ctx, FileChange& file) {
    patch_.clear();
    if (file.old_blob == file.new_blob) {
        append_patch_head(patch_, file);
        id_.add(patch_);
        return pairs_->count(ctx, file);
    }
    const auto before = content_of(*objects_, file.old_blob, file.old_mode);
    const auto after = before ? content_of(*objects_, file.new_blob, file.new_mode) : before;
    if (!before || !after) {
        is_whole_ = false;
        return pairs_->count(ctx, file);
    }
    append_patch(patch_, file, before->content(), after->content(), lines_);
    id_.add(patch_);
    if (has_changed_kind(file)) return pairs_->count(ctx, file);
    LineCounts counts{.is_binary = is_binary(before->content()) || is_binary(after->content())};
    if (!counts.is_binary)
        for (const auto& change : lines_.changes()) {
            counts.removed += change.removed;
            counts.added += change.added;
        }
    pairs_->note(file, counts);
    return {};
}

Result<std::optional<std::string>> PatchIds::finish(const exec::Context& ctx,
                                                    const ObjectId& commit) {
    auto id = id_.finish();
    if (!is_whole_) return ask_git(ctx, commit);
    return id;
}

Result<std::optional<std::string>> PatchIds::ask_git(const exec::Context& ctx,
                                                     const ObjectId& commit) {
    TRY_LET(process, exec::Process::spawn(repository_->command(commands::kPatch, {commit.hex()})));
    std::vector<char> buffer(kReadBytes);
    std::size_t held = 0;  // the beginning of a line whose end is still to come
    for (;;) {
        TRY_LET(size, process.read(ctx, std::span(buffer).subspan(held)));
        const std::string_view text(buffer.data(), held + size);
        if (size == 0) {
            id_.add(text);
            break;
        }
        const auto end = text.rfind('\n') + 1;
        // A line that fills the buffer goes on in the next part.
        const auto taken = end == 0 && text.size() == buffer.size() ? text.size() : end;
        id_.add(text.substr(0, taken));
        held = text.size() - taken;
        std::memmove(buffer.data(), buffer.data() + taken, held);
    }
    TRY_LET(exit, process.finish(ctx));
    auto id = id_.finish();
    if (!exit.ok())
        return Failure(repository_->failure(commands::kPatch, exit, process.error_text()));
    return id;
}

}  // namespace forgehouse::git
