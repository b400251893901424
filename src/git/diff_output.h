// DiffOutput: what `git diff-tree --stdin --raw -z` writes, file by file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "exec/context.h"
#include "git/commit.h"
#include "git/line_counts.h"
#include "git/stream.h"

namespace forgehouse::git {

class Repository;

/// Reads one `:OLDMODE NEWMODE OLD NEW STATUS` into `file`, whose paths are not touched.
/// False for anything else.
bool parse_raw_entry(std::string_view token, FileChange& file) noexcept;

/// Reads the `ADDED\tREMOVED\t` before a path; nullopt for anything else.
std::optional<LineCounts> parse_numstat(std::string_view token) noexcept;

/// Threads: one at a time; where it is to go from one to another see start().
class DiffOutput {
public:
    enum class Step : unsigned char {
        Commit,      ///< `commit()` is the one whose files follow
        File,        ///< `file()` is the next of them, without line counts
        EndOfBatch,  ///< git has answered everything up to the mark
        EndOfOutput  ///< git has ended
    };
    /// A line that is no id: git passes it through and flushes its output.
    static constexpr std::string_view kMark = "=\n";

    explicit DiffOutput(exec::Process process) : stream_(std::move(process)) {}
    /// Starts commands::kDiffStructure, which waits for lines of its input. Git ends with the
    /// thread that calls this, or, where it is to serve others too, when its input does.
    /// Errors: those of Process::spawn().
    static Result<DiffOutput> start(const Repository& repository, bool ends_with_thread = true);

    /// Errors: Corrupt for what cannot be git's; those of Process::read().
    Result<Step> next(const exec::Context& ctx);
    const ObjectId& commit() const noexcept { return commit_; }
    FileChange& file() noexcept { return file_; }
    /// Why the output has ended: that of Repository::failure(); Cancelled.
    Error failure(const exec::Context& ctx, const Repository& repository);

    exec::Process& process() noexcept { return stream_.process(); }

private:
    Result<Step> take_file(const exec::Context& ctx, std::string_view token);
    Result<void> read_path(const exec::Context& ctx, std::string& path);

    Stream stream_;
    ObjectId commit_;
    FileChange file_;
    bool is_cut_ = false;  ///< the output has ended within an entry
};

}  // namespace forgehouse::git
