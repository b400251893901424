#include "sources/bitbucket_server/testing/cases.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/json.h"

namespace forgehouse::sources::bitbucket_server::cases {

namespace fs = std::filesystem;
using namespace testing_support;

const fs::path kCases = fs::path(FORGEHOUSE_ROOM_DIR) / "bitbucket_server/testdata";
const RepoRef kRepo{
    .data_source = "insight_bitbucket_server", .project_key = "CORE", .repo_slug = "app"};

std::string content_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return (std::ostringstream() << file.rdbuf()).str();
}

std::unique_ptr<Forge> forge() {
    auto made = make_forge({.kind = "bitbucket_server",
                            .data_source = {},
                            .inputs = {{.text = "https://bitbucket.example.com/",
                                        .user = "reader",
                                        .password = Secret(std::string(kPassword))}},
                            .page_limit = 25});
    EXPECT_TRUE(made) << made.error().describe();
    return std::move(*made);
}

std::string printed(const json::Value& value) {
    std::string out;
    json::print(out, value);
    return out;
}

std::optional<PullRequestGit> git_of(const json::Value& root) {
    const auto git = root.find("git");
    if (!git) return std::nullopt;
    const auto number = [&](std::string_view name) {
        return static_cast<std::uint32_t>(*git->at(name)->count());
    };
    PullRequestGit out;
    if (git->find("files_changed"))
        out.size = {.files_changed = number("files_changed"),
                    .lines_added = number("lines_added"),
                    .lines_removed = number("lines_removed")};
    const auto commits = *git->at("commits")->items();
    for (const json::Value& hash : commits) out.commits.emplace_back(*hash.text());
    return out;
}

// The streams by the names of their folders.
ForgeInput input_of(std::string_view folder, const std::string& text) {
    if (folder == "pull_requests_outgoing")
        return {.stream = Stream::PullRequests, .item = std::string(kOutgoing), .body = text};
    for (const Stream stream :
         {Stream::Repositories, Stream::Users, Stream::PullRequests, Stream::PullRequest,
          Stream::Statuses, Stream::Branches, Stream::Tags, Stream::Commits, Stream::CommitFiles,
          Stream::PullRequestCommits})
        if (name_of(stream) == folder) {
            const bool is_list = stream == Stream::PullRequests || stream == Stream::Commits;
            return {.stream = stream, .item = is_list ? "" : "9", .body = text};
        }
    EXPECT_EQ(folder, "activities");
    const auto document = json::Document::parse(text);
    EXPECT_TRUE(document) << document.error().describe();
    const json::Value root = document->root();
    ForgeInput out{.stream = Stream::Activities,
                   .item = {},
                   .body = printed(*root.at("item")),
                   .activities = {},
                   .git = git_of(root)};
    const auto pages = *root.at("activities")->items();
    for (const json::Value& page : pages) out.activities.push_back(printed(page));
    return out;
}

ForgeInput input(const std::string& name) {
    return input_of(fs::path(name).parent_path().string(), content_of(kCases / (name + ".json")));
}

std::vector<std::string> names() {
    std::vector<std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(kCases))
        if (entry.path().extension() == ".json")
            out.push_back(fs::relative(entry.path(), kCases).replace_extension().string());
    std::ranges::sort(out);
    return out;
}

fs::path golden(const std::string& name) {
    return kCases / (name + ".rows.jsonl");
}

}  // namespace forgehouse::sources::bitbucket_server::cases
