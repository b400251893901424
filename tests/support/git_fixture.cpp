#include "support/git_fixture.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <fstream>

#include "exec/process.h"

namespace forgehouse::testing_support {

namespace fs = std::filesystem;

namespace {
std::atomic<int> minutes = 0;
}

TemporaryFolder::TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "forgehouse-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) ADD_FAILURE() << "no temporary folder";
    path_ = fs::canonical(name);
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

std::string git(const fs::path& folder, std::vector<std::string> arguments,
                std::string_view input) {
    const std::string date = std::to_string(1'700'000'000 + 60 * minutes) + " +0200";
    const auto output = exec::run(
        exec::Context().with_timeout(std::chrono::minutes(2)),
        {.program = "/usr/bin/git",
         .arguments = std::move(arguments),
         .environment = {"PATH=/usr/bin:/bin", "HOME=/nonexistent", "GIT_CONFIG_NOSYSTEM=1",
                         "GIT_AUTHOR_NAME=Ann Author", "GIT_AUTHOR_EMAIL=ann@example.org",
                         "GIT_COMMITTER_NAME=Carl Committer",
                         "GIT_COMMITTER_EMAIL=carl@example.org", "GIT_AUTHOR_DATE=" + date,
                         "GIT_COMMITTER_DATE=" + date, "GIT_ALLOW_PROTOCOL=file:git"},
         .directory = folder.string(),
         .lent = {},
         .input = !input.empty(),
         .on_error_text = {}},
        input);
    if (!output || !output->exit.ok()) {
        ADD_FAILURE() << "git failed: " << (output ? output->error : output.error().describe());
        return {};
    }
    std::string out = output->out;
    if (out.ends_with('\n')) out.pop_back();
    return out;
}

void init_repository(const fs::path& folder, std::vector<std::string> options) {
    fs::create_directories(folder);
    std::vector<std::string> arguments{"init", "-q", "-b", "main"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    git(folder, arguments);
}

std::string commit_file(const fs::path& folder, const std::string& file, const std::string& content,
                        const std::string& message) {
    ++minutes;
    fs::create_directories((folder / file).parent_path());
    std::ofstream(folder / file, std::ios::binary) << content;
    git(folder, {"add", "-A", "--", file});
    git(folder, {"commit", "-q", "--allow-empty", "-m", message});
    return git(folder, {"rev-parse", "HEAD"});
}

}  // namespace forgehouse::testing_support
