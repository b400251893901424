// Scratch: repositories that tests make for themselves, by git's own plumbing, the same every time.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "exec/process.h"
#include "git/object_access.h"
#include "git/reader.h"
#include "git/refs.h"
#include "git/repository.h"
#include "git/tool.h"
#include "git/walk.h"

namespace forgehouse::git::testing {

/// Runs git in a folder with a fixed identity and clock, and without anybody's configuration.
/// A failing command fails the test.
class Git {
public:
    explicit Git(std::string folder);
    /// What it wrote to standard output, without the newline at its end.
    std::string run(std::vector<std::string> arguments, std::string_view input = {}) const;
    /// Exit code, whatever it is.
    int code(std::vector<std::string> arguments, std::string_view input = {}) const;
    /// Feeds a stream to `git fast-import`.
    void import(std::string_view stream) const;
    /// Writes any bytes as an object of that type, sound or not.
    std::string write_object(std::string_view type, std::string_view content) const;
    const std::string& folder() const noexcept { return folder_; }

private:
    exec::Output output(std::vector<std::string> arguments, std::string_view input) const;
    std::string folder_;
};

/// A temporary folder and a Tool, gone at the end. Fails the test if a child process is left.
class Scratch : public ::testing::Test {
protected:
    Scratch();
    ~Scratch() override;

    /// A new repository at `<root>/<name>`.
    Git init(std::string_view name, std::vector<std::string> flags = {"--bare"}) const;
    Repository open(const std::string& path) const;
    ObjectStore store_of(const Repository& repository) const;

    const std::filesystem::path& root() const noexcept { return root_; }
    const Tool& tool() const noexcept { return *tool_; }

    exec::Context ctx_;

private:
    std::filesystem::path root_;
    std::optional<Tool> tool_;
};

/// A file's content, "" where it is not there.
std::string bytes_of(const std::filesystem::path& path);
/// Writes a file anew, and its folder: what git writes is read-only.
void write_file(const std::filesystem::path& path, std::string_view bytes);

/// Keeps all that a reading delivers.
struct Collected final : HistorySink {
    struct Entry {
        Commit commit;
        std::vector<FileChange> files;
    };
    std::vector<Entry> entries;

    Result<void> files(const Commit& commit, std::span<FileChange> part) override;
    Result<void> commit(Commit&& commit) override;

private:
    std::vector<FileChange> pending_;
};

/// All commits of all refs, in the order of the walk.
std::vector<WalkedCommit> walk_all(const Repository& repository,
                                   std::vector<std::string>* branches = nullptr);
CommitSource source_of(std::vector<ObjectId> ids);

/// `HASH ADDED REMOVED OLD NEW` lines of a whole reading, and of git log, to be compared.
std::vector<std::string> rows_by_reader(const Repository& repository, const ReadOptions& options);
std::vector<std::string> rows_by_git_log(const Git& git);

}  // namespace forgehouse::git::testing
