// Tool: the git program of this machine and all that its runs have in common: the built
// environment, a configuration file of ours, and a scratch folder.
//
// Children of git see nothing of the caller's environment but the few names listed in
// kPassedNames, no system or user configuration, no hooks, no replace refs, no attributes, no
// prompt. Which subcommands may run, with which flags, stands in commands.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "exec/context.h"
#include "exec/process.h"
#include "git/commands.h"

namespace forgehouse::git {

/// What a child of git may know of the caller's environment: how to find programs, how to get out
/// to the network, and the user's SSH agent.
std::span<const std::string_view> passed_names() noexcept;

struct ToolOptions {
    /// `NAME=value` of the caller's environment; only passed_names() are used, the rest is ignored.
    std::vector<std::string> environment;
    /// Where the scratch folder is made; empty: $TMPDIR of `environment`, else /tmp.
    std::string scratch_parent;
    /// Bytes of memory that each process of git may have; 0: no limit. Packs, which git maps, do
    /// not count.
    std::uint64_t memory = 0;
};

/// Threads: const functions may be called from many threads at once. Outlives every Repository and
/// Mirror that was made from it.
class Tool {
public:
    /// Finds git in PATH, asks for its version, makes the scratch folder and removes those that
    /// killed processes left beside it.
    /// Errors: NotFound where there is no git (hint says how to install it); Invalid where it is
    /// older than 2.36; Unavailable where no scratch folder can be made.
    static Result<Tool> open(const exec::Context& ctx, ToolOptions options);

    Tool(Tool&&) noexcept;
    Tool& operator=(Tool&&) noexcept;
    /// Removes the scratch folder.
    ~Tool();

    /// `2.39.5`.
    const std::string& version() const noexcept;
    /// Absolute path of the program.
    const std::string& program() const noexcept;
    /// A folder of ours, private to this process, gone when the Tool goes.
    const std::string& scratch() const noexcept;

    /// The command for one subcommand of the table. `operands` are URLs, refspecs and ids:
    /// they stand after `--end-of-options`. `flags` are names of ours with
    /// values after `=`. The child ends with the thread that starts it.
    exec::Command command(const Subcommand& subcommand, std::vector<std::string> operands = {},
                          std::vector<std::string> flags = {}) const;

private:
    struct State;
    explicit Tool(std::unique_ptr<State> state) noexcept;
    std::unique_ptr<State> state_;
};

}  // namespace forgehouse::git
