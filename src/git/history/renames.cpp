#include "git/history/renames.h"

#include <vector>

#include "base/text.h"
#include "exec/process.h"
#include "git/commit.h"
#include "git/diff_output.h"
#include "git/tree_diff.h"

namespace forgehouse::git {
namespace {

// Of the names of removed files, as arguments: the system takes some 2 MB.
constexpr std::size_t kMostNames = std::size_t{1} << 20;
constexpr std::size_t kMostAnswer = std::size_t{64} << 20;

}  // namespace

std::optional<std::string> old_name_of(std::string_view path, std::string_view raw) {
    const auto parts = text::split(raw, '\0');
    for (std::size_t i = 0; i + 2 < parts.size();) {
        FileChange file;
        if (!parse_raw_entry(parts[i], file)) break;
        // Entries of other files have one path, those that were renamed two.
        const bool has_two =
            file.change == ChangeType::Renamed || file.change == ChangeType::Copied;
        if (has_two && parts[i + 2] == path) return std::string(parts[i + 1]);
        i += has_two ? 3 : 2;
    }
    return std::nullopt;
}

Result<std::optional<std::string>> renamed_from(const exec::Context& ctx,
                                                const Repository& repository, ObjectAccess& objects,
                                                const CommitTree& before, const CommitTree& after,
                                                const std::string& path) {
    std::vector<std::string> operands{before.id.hex(), after.id.hex(), "--", path};
    std::size_t bytes = 0;
    const auto files = TreeDiff(objects, repository.traits().format)
                           .compare_without_renames(before.tree, after.tree);
    if (files)
        for (const auto& file : *files) {
            if (file.change != ChangeType::Deleted) continue;
            bytes += file.path.size() + 1;
            operands.push_back(file.path);
        }
    if (files && operands.size() == 4) return std::nullopt;
    // With all that has changed git matches the other new files, too, and may match this one
    // otherwise: rarely, and only where a megabyte of names was removed.
    if (!files || bytes > kMostNames) operands.resize(2);
    TRY_LET(said, exec::run(ctx, repository.command(commands::kRenames, std::move(operands)), {},
                            kMostAnswer));
    if (!said.exit.ok())
        return Failure(repository.failure(commands::kRenames, said.exit, said.error));
    return old_name_of(path, said.out);
}

}  // namespace forgehouse::git
