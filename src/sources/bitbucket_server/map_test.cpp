// Maps every testdata/<stream>/<case>.json and compares what comes with <case>.rows.jsonl as text,
// so that an unmapped column shows. UPDATE_GOLDEN=1 accepts what comes now; look at the diff.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <fstream>

#include "sources/bitbucket_server/testing/cases.h"

namespace forgehouse::sources::bitbucket_server {
namespace {

using namespace testing_support;

const RowStamp kStamp{.data_source = "insight_bitbucket_server",
                      .collected_at = Time::from_seconds(1'800'000'000),
                      .version = 7};

class BitbucketServerCases : public testing::TestWithParam<std::string> {};

TEST_P(BitbucketServerCases, GiveTheRowsOfTheGolden) {
    const std::string got = mapped(*cases::forge(), cases::kRepo, cases::input(GetParam()), kStamp);
    const std::filesystem::path golden = cases::golden(GetParam());
    if (::getenv("UPDATE_GOLDEN")) std::ofstream(golden, std::ios::binary) << got;
    EXPECT_EQ(got, cases::content_of(golden)) << "UPDATE_GOLDEN=1 accepts it";
}

INSTANTIATE_TEST_SUITE_P(All, BitbucketServerCases, testing::ValuesIn(cases::names()),
                         [](const auto& info) {
                             std::string name = info.param;
                             std::ranges::replace(name, '/', '_');
                             return name;
                         });

TEST(BitbucketServer, SaysWhichCommitAMergeMade) {
    const auto forge = cases::forge();
    const ForgeInput input = cases::input("activities/merged");
    const auto page = page_of(*forge, cases::kRepo, input, input.activities.front(), kStamp);
    ASSERT_TRUE(page) << page.error().describe();
    const auto facts = forge->merge_facts(
        {.repo = cases::kRepo, .item = input.body, .activities = {*page}, .git = std::nullopt});
    ASSERT_TRUE(facts) << facts.error().describe();
    EXPECT_EQ(facts->merge_commit, std::string(40, 'e'));
}

TEST(BitbucketServer, WantsHeadsOfPullRequestsAndNoTrialMerges) {
    const auto forge = cases::forge();
    const ForgeInput input = cases::input("repositories/kinds");
    const auto page = page_of(*forge, cases::kRepo, input, input.body, kStamp);
    ASSERT_TRUE(page) << page.error().describe();
    const auto listing = forge->read_repositories(*page);
    ASSERT_TRUE(listing) << listing.error().describe();
    const auto& place = std::get<RemotePlace>(listing->repositories.front().repo.place);
    EXPECT_EQ(place.refs, (std::vector<std::string>{"refs/heads/*", "refs/tags/*",
                                                    "refs/pull-requests/*/from"}));
}

std::string fingerprint_of(std::string_view old_text, std::string_view new_text) {
    const auto forge = cases::forge();
    ForgeInput input = cases::input("pull_request/alone");
    const auto at = input.body.find(old_text);
    EXPECT_NE(at, std::string::npos) << old_text;
    input.body.replace(at, old_text.size(), new_text);
    const auto page = page_of(*forge, cases::kRepo, input, input.body, kStamp);
    EXPECT_TRUE(page) << page.error().describe();
    const auto listing = forge->read_pull_requests(*page);
    EXPECT_TRUE(listing) << listing.error().describe();
    return listing->items.front().fingerprint;
}

TEST(BitbucketServer, FingerprintsChangeWithWhatRowsAreMadeOf) {
    const std::string before = fingerprint_of("{", "{");
    for (const auto& [from, to] : std::vector<std::pair<std::string_view, std::string_view>>{
             {R"("commentCount": 0)", R"("commentCount": 1)"},
             {R"("openTaskCount": 0)", R"("openTaskCount": 1)"},
             {R"("updatedDate": 17)", R"("updatedDate": 16)"},
             {R"("title": "CORE-9)", R"("title": "CORE-8)"},
             {R"("reviewers": [])", R"("reviewers": [{"user":{"id":1},"status":"UNAPPROVED"}])"},
             {R"("latestCommit": "a)", R"("latestCommit": "b)"}})
        EXPECT_NE(fingerprint_of(from, to), before) << from;
}

TEST(BitbucketServer, FingerprintsStayWhereNothingHappened) {
    const std::string before = fingerprint_of("{", "{");
    for (const auto& [from, to] : std::vector<std::pair<std::string_view, std::string_view>>{
             {R"("outcome": "CLEAN")", R"("outcome": "CONFLICTED")"},
             {R"("archived": false)", R"("archived": true)"},
             {R"("name": "The CORE")", R"("name": "Another name")"},
             {"\n", "\n\n  "}})
        EXPECT_EQ(fingerprint_of(from, to), before) << from;
}

TEST(BitbucketServer, ReadsAThreadOfAnyDepthOnASmallStack) {
    // 1,024 levels is what the parser takes; each reply needs two.
    constexpr int kDepth = 500;
    std::string thread;
    for (int i = 1; i <= kDepth; ++i)
        thread += fmt::format(R"({{"id":{},"text":"x","createdDate":1,"comments":[)", i);
    for (int i = 0; i < kDepth; ++i) thread += "]}";
    ForgeInput input = cases::input("pull_request/alone");
    input.stream = Stream::Activities;
    input.activities = {fmt::format(R"({{"isLastPage":true,"values":[{{"id":1,"createdDate":1,)"
                                    R"("action":"COMMENTED","comment":{}}}]}})",
                                    thread)};
    const auto rows = pull_request_of(*cases::forge(), cases::kRepo, input, kStamp);
    ASSERT_TRUE(rows) << rows.error().describe();
    ASSERT_EQ(rows->comments.size(), kDepth);
    EXPECT_EQ(rows->comments.back().parent_id, kDepth - 1);
}

}  // namespace
}  // namespace forgehouse::sources::bitbucket_server
