// Repository: a repository on this machine, opened for reading in place.
//
// Nothing of it is trusted and nothing of it is written. git runs in a bare folder of ours that
// borrows the repository's objects and refs, so that its configuration, hooks, attributes, text
// conversions, file monitors, grafts and replace refs have no effect, on numbers or on safety.
// Alternates and commit graphs do work. Objects that are missing are never fetched: they are
// errors.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "exec/context.h"
#include "exec/process.h"
#include "git/commands.h"
#include "git/object_id.h"

namespace forgehouse::git {

class Tool;

/// Where a repository's parts lie, all canonical absolute paths.
struct Location {
    std::string git_dir;     ///< holds HEAD: `.git`, a bare repository, or a worktree's own folder
    std::string common_dir;  ///< holds refs and objects; equals git_dir except for a worktree
    std::string work_tree;   ///< empty for a bare repository
};

/// Finds the repository that `path` is: a bare repository, a `.git` folder, a work tree, a linked
/// worktree or a submodule (by its `.git` file). Looks at `path` itself, not at its parents.
/// Runs no program. Errors: NotFound where there is nothing or no repository, Denied where it may
/// not be read, Corrupt where a `.git` file or `commondir` leads nowhere. Each with a hint.
Result<Location> locate(const std::string& path);

/// What is particular about a repository.
struct Traits {
    ObjectFormat format = ObjectFormat::Sha1;
    bool is_shallow = false;   ///< history is cut off: some parents are not there
    bool is_partial = false;   ///< cloned with a filter: some objects may not be there
    std::uint64_t grafts = 0;  ///< lines of `info/grafts`, which have no effect here
    /// Ours, kept in packs and loose objects only: what our store does not find is not there, and
    /// git need not be asked.
    bool is_hosted = false;
};

/// Threads: const functions may be called from many threads at once.
class Repository {
public:
    /// Errors: those of locate(); Corrupt for a configuration that cannot be read or a format that
    /// this git does not know.
    static Result<Repository> open(const exec::Context& ctx, const Tool& tool,
                                   const std::string& path);

    /// The same for a repository of ours, of which it is known how it is kept: no program runs.
    /// Errors: those of locate().
    static Result<Repository> open_known(const Tool& tool, const std::string& path,
                                         const Traits& traits);

    Repository(Repository&&) noexcept;
    Repository& operator=(Repository&&) noexcept;
    ~Repository();

    const Location& location() const noexcept;
    const Traits& traits() const noexcept;
    const Tool& tool() const noexcept;

    /// The command for a subcommand that reads this repository.
    exec::Command command(const Subcommand& subcommand, std::vector<std::string> operands = {},
                          std::vector<std::string> flags = {}) const;

    /// The Error for a git command on this repository that failed: reads git's words once, here,
    /// and says what to do. Corrupt with field `object` for objects that are missing or broken,
    /// Denied for rights, Unavailable for a full disk or memory, else Corrupt with git's own line.
    Error failure(const Subcommand& subcommand, const exec::Exit& exit,
                  std::string_view error_text) const;

private:
    struct State;
    explicit Repository(std::unique_ptr<State> state) noexcept;
    std::unique_ptr<State> state_;
};

}  // namespace forgehouse::git
