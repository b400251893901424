// DiffOutput: what `git diff-tree --stdin --raw [--numstat] -z` writes, file by file.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "base/result.h"
#include "exec/context.h"
#include "git/commit.h"
#include "git/stream.h"

namespace forgehouse::git {

/// Reads one `:OLDMODE NEWMODE OLD NEW STATUS` into `file`, whose paths are not touched.
/// False for anything else.
bool parse_raw_entry(std::string_view token, FileChange& file) noexcept;

/// Reads `ADDED\tREMOVED\tPATH` into `file`; PATH is empty for renames, whose paths follow.
bool parse_numstat(std::string_view token, FileChange& file, std::string_view& path) noexcept;

/// The raw entries of one commit, which all come before its line counts: packed, because a commit
/// may change a million files.
class RawEntries {
public:
    void add(const FileChange& file, std::uint32_t path_hash);
    bool empty() const noexcept { return blocks_.empty(); }
    std::uint32_t front_hash() const noexcept;
    /// The first entry, without paths; it is gone then.
    void take(FileChange& file);

private:
    std::deque<std::string> blocks_;
    std::size_t at_ = 0;  ///< in the first block
};

class DiffOutput {
public:
    enum class Step : unsigned char {
        Commit,      ///< `commit()` is the one whose files follow
        File,        ///< `file()` is the next of them
        EndOfBatch,  ///< git has answered everything up to the mark
        EndOfOutput  ///< git has ended
    };
    /// A line that is no id: git passes it through and flushes its output.
    static constexpr std::string_view kMark = "=\n";

    /// `with_counts`: of commands::kDiffCounted, else of commands::kDiffStructure.
    DiffOutput(exec::Process process, bool with_counts)
        : stream_(std::move(process)), with_counts_(with_counts) {}

    /// Errors: Corrupt for what cannot be git's; those of Process::read().
    Result<Step> next(const exec::Context& ctx);
    const ObjectId& commit() const noexcept { return commit_; }
    FileChange& file() noexcept { return file_; }

    exec::Process& process() noexcept { return stream_.process(); }

private:
    Result<Step> take_raw(const exec::Context& ctx, std::string_view token);
    Result<Step> take_counts(const exec::Context& ctx, std::string_view token);
    Result<void> read_path(const exec::Context& ctx, std::string& path);

    Stream stream_;
    bool with_counts_;
    ObjectId commit_;
    FileChange file_;
    RawEntries entries_;
    bool is_cut_ = false;  ///< the output has ended within an entry
};

}  // namespace forgehouse::git
