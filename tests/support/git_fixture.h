// GitFixture: small git repositories for tests, written by git itself in a temporary folder.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace forgehouse::testing_support {

/// A folder that is gone with the object.
class TemporaryFolder {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const std::filesystem::path& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
};

/// Runs git there with fixed names and dates, no configuration but its own, and `input` on its
/// standard input. Returns its output without the last newline; a failure fails the test.
std::string git(const std::filesystem::path& folder, std::vector<std::string> arguments,
                std::string_view input = {});

/// A repository with a work tree on branch `main`.
void init_repository(const std::filesystem::path& folder, std::vector<std::string> options = {});

/// Commits `file` with `content` on the branch that is checked out, and returns the commit's id.
/// The date grows by a minute from commit to commit.
std::string commit_file(const std::filesystem::path& folder, const std::string& file,
                        const std::string& content, const std::string& message);

}  // namespace forgehouse::testing_support
