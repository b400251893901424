#include "collect/api/api_rows.h"

#include <gmock/gmock.h>

#include "base/json.h"

namespace forgehouse::collect {
namespace {

using schema::ChangeType;
using sources::FileListing;

constexpr std::string_view kHash = "a1b2c3d4e5f60718293a4b5c6d7e8f9001122334";

schema::GitCommitFile file(std::string path, ChangeType type, std::uint32_t added,
                           std::uint32_t removed) {
    schema::GitCommitFile row{};
    row.commit_hash = kHash;
    row.file_path = std::move(path);
    row.change_type = type;
    row.lines_added = added;
    row.lines_removed = removed;
    return row;
}

FileListing page(std::vector<schema::GitCommitFile> files, bool truncated = false) {
    return {.files = std::move(files), .truncated = truncated, .next = std::nullopt};
}

class ApiRows : public testing::Test {
protected:
    ApiCommit made(CommitFiles files, const HistoryPlace& place = {}) {
        schema::GitCommit row{};
        row.commit_hash = kHash;
        row.author_email = "ADA@example.org";
        row.author_login = "by-the-forge";
        row.message = "CORE-7 adds it\n\nCo-authored-by: Bo <bo@example.org>";
        row.committed_on = Time::from_seconds(1'700'000'000);
        row.metadata.value = R"({"id":"a1"})";
        row._version = 3;
        return complete(std::move(row), std::move(files), place,
                        {.stamp = stamp, .tickets = tickets, .logins = &logins});
    }
    ApiRows() {
        schema::GitUser ada{};
        ada.login = "ada";
        ada.email = "ada@example.org";
        logins.add(ada);
    }

    const Stamp stamp{.repo = {.data_source = "s", .project_key = "P", .repo_slug = "r"},
                      .collected_at = Time::from_seconds(1'800'000'000),
                      .version = 9};
    const TicketFinder tickets{TicketRules{}};
    Logins logins;
};

TEST_F(ApiRows, AreFilledAsThoseOfGit) {
    CommitFiles files;
    files.add(page({file("src/a.cpp", ChangeType::Modified, 3, 1),
                    file("b.PY", ChangeType::Added, 5, 0), file("x", ChangeType::Deleted, 0, 2)}));
    const ApiCommit commit = made(
        std::move(files), {.branch = "main", .is_in_default_branch = true, .is_reachable = true});
    EXPECT_EQ(commit.row.branch.value, "main");
    EXPECT_TRUE(commit.row.is_in_default_branch && commit.row.is_reachable);
    EXPECT_EQ(commit.row.files_changed, 3U);
    EXPECT_EQ(commit.row.lines_added, 8U);
    EXPECT_EQ(commit.row.lines_removed, 3U);
    EXPECT_EQ(commit.row.language_breakdown.value,
              R"({"C++":{"added":3,"removed":1},"Python":{"added":5,"removed":0}})");
    EXPECT_THAT(commit.row.co_authors, testing::ElementsAre("Bo <bo@example.org>"));
    EXPECT_EQ(commit.row.author_login, "ada");
    EXPECT_EQ(commit.row.metadata.value, R"({"over_api":true,"id":"a1"})");
    EXPECT_EQ(commit.row._version, 9U);
    ASSERT_EQ(commit.tickets.size(), 1U);
    EXPECT_EQ(commit.tickets[0].external_ticket_id, "CORE-7");
    EXPECT_EQ(commit.tickets[0].commit_hash, kHash);
    ASSERT_EQ(commit.files.size(), 3U);
    EXPECT_EQ(commit.files[0].file_extension.value, "py");
    EXPECT_EQ(commit.files[0].language.value, "Python");
    EXPECT_EQ(commit.files[0].committed_on, Time::from_seconds(1'700'000'000));
    EXPECT_EQ(commit.files[0]._version, 9U);
}

TEST_F(ApiRows, SayThatADifferenceWasCut) {
    CommitFiles files;
    files.add(page({file("a", ChangeType::Modified, 2, 0)}, true));
    files.add(page({file("a", ChangeType::Modified, 0, 0), file("b", ChangeType::Copied, 0, 0)}));
    EXPECT_TRUE(files.truncated());
    const ApiCommit commit = made(std::move(files));
    EXPECT_TRUE(commit.truncated);
    EXPECT_EQ(commit.row.metadata.value, R"({"over_api":true,"truncated":true,"id":"a1"})");
    ASSERT_EQ(commit.files.size(), 2U);
    EXPECT_EQ(commit.files[0].lines_added, 2U);  // what the list of changes does not know stays
    EXPECT_EQ(commit.files[1].change_type, ChangeType::Copied);
}

TEST_F(ApiRows, AFileThatBecomesALinkIsOneFile) {
    CommitFiles files;
    files.add(
        page({file("link", ChangeType::Deleted, 0, 9), file("link", ChangeType::Added, 1, 0)}));
    const ApiCommit commit = made(std::move(files));
    ASSERT_EQ(commit.files.size(), 1U);
    EXPECT_EQ(commit.files[0].change_type, ChangeType::Modified);
    EXPECT_EQ(commit.files[0].lines_added, 1U);
    EXPECT_EQ(commit.files[0].lines_removed, 9U);
    EXPECT_EQ(commit.row.files_changed, 1U);
}

TEST_F(ApiRows, MetadataStaysJsonWhateverTheForgeSays) {
    for (const std::string_view said : {"{}", "", R"({"a":{}})"}) {
        schema::GitCommit row{};
        row.metadata.value = said;
        const ApiCommit commit = complete(std::move(row), {}, {},
                                          {.stamp = stamp, .tickets = tickets, .logins = nullptr});
        const auto document = json::Document::parse(commit.row.metadata.value);
        ASSERT_TRUE(document) << commit.row.metadata.value;
        EXPECT_TRUE(commit.row.metadata.value.starts_with(kOverApi));
    }
}

sources::RefListing::Entry entry(std::string name, char digit, bool is_default = false,
                                 std::string tag_object = {}) {
    return {.name = std::move(name),
            .hash = std::string(40, digit),
            .is_default = is_default,
            .tag_object = std::move(tag_object),
            .metadata = {}};
}

TEST(ApiRefs, StandInTheOrderInWhichCommitsAreNamedAfterThem) {
    const git::Refs refs =
        refs_of({entry("zeta", '1', true), entry("alpha", '2'), entry("alpha", '2')},
                {entry("v1", '3', false, std::string(40, '4')), entry("light", '3')},
                {{"refs/pull-requests/10/from", std::string(40, '5')},
                 {"refs/pull-requests/9/from", std::string(40, '6')},
                 {"refs/pull-requests/8/from", "no hash"}});
    EXPECT_EQ(refs.default_branch(), "refs/heads/zeta");
    std::vector<std::string> names;
    for (const std::size_t i : by_rank(refs)) names.push_back(refs.refs[i].name);
    EXPECT_THAT(names, testing::ElementsAre(
                           "refs/heads/zeta", "refs/heads/alpha", "refs/tags/light", "refs/tags/v1",
                           "refs/pull-requests/10/from", "refs/pull-requests/9/from"));
    const auto tag = std::ranges::find(refs.refs, "refs/tags/v1", &git::Ref::name);
    const schema::GitTag row = map_tag({.repo = {}, .collected_at = {}, .version = 1}, *tag);
    EXPECT_TRUE(row.is_annotated);
    EXPECT_EQ(row.target_hash, std::string(40, '3'));
    EXPECT_EQ(row.message, std::nullopt);
    EXPECT_EQ(row.tagged_on, std::nullopt);
}

}  // namespace
}  // namespace forgehouse::collect
