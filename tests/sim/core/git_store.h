// GitStore: the organisation's git on disk, written by git itself. Each family of forks has one
// object store; each repository is a bare folder of refs that borrows from it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "exec/context.h"
#include "exec/process.h"
#include "sim/core/model.h"

namespace forgehouse::sim {

/// Files and lines of one commit or one pull request, as git counts them.
struct FileCount {
    char status = 'M';  ///< git's letter
    std::string path;
    std::string old_path;  ///< empty unless renamed or copied
    std::string old_blob;  ///< zeros where there is none
    std::string new_blob;
    std::uint32_t added = 0;
    std::uint32_t removed = 0;
    bool is_binary = false;
};

/// Threads: all functions may be called from many threads at once, except write().
class GitStore {
public:
    explicit GitStore(std::filesystem::path folder);

    /// Writes commits and tags that git does not have yet, fills in their hashes, and sets the refs
    /// of all repositories. Errors: what git says.
    Result<void> write(const exec::Context& ctx, Organisation& organisation);

    /// The bare folder of a repository.
    std::filesystem::path folder_of(const Repository& repository) const;

    /// What git prints. Errors: Invalid with git's words where it fails.
    Result<std::string> git(const exec::Context& ctx, const std::filesystem::path& folder,
                            std::vector<std::string> arguments, std::string_view input = {}) const;
    exec::Command command(const std::filesystem::path& folder,
                          std::vector<std::string> arguments) const;

    /// Calls `visit(hash, files)` for each commit that `tips` reach, against its first parent.
    Result<void> each_commit(
        const exec::Context& ctx, const Repository& repository,
        const std::vector<std::string>& tips,
        const std::function<void(std::string_view, const std::vector<FileCount>&)>& visit) const;
    /// The files of one commit, against its first parent.
    Result<std::vector<FileCount>> files_of(const exec::Context& ctx, const Repository& repository,
                                            std::string_view hash) const;
    /// The same as git's patch.
    Result<std::string> patch_of(const exec::Context& ctx, const Repository& repository,
                                 std::string_view hash, std::int64_t context_lines) const;
    /// Hashes that `to..from` holds, newest first in topological order.
    Result<std::vector<std::string>> range(const exec::Context& ctx, const Repository& repository,
                                           std::string_view from, std::string_view to) const;
    /// What `from` changes since it left `to`.
    Result<std::vector<FileCount>> changes(const exec::Context& ctx, const Repository& repository,
                                           std::string_view from, std::string_view to) const;

private:
    Result<void> write_family(const exec::Context& ctx, Index number, Family& family);
    Result<void> write_refs(const Organisation& organisation, const Repository& repository);

    std::filesystem::path folder_;
};

}  // namespace forgehouse::sim
