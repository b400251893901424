#include "sources/bitbucket_server/client.h"

#include <gtest/gtest.h>

#include "sources/registry.h"

namespace forgehouse::sources::bitbucket_server {
namespace {

const RepoRef kRepo{.data_source = "x", .project_key = "~jo", .repo_slug = "a b"};

std::string target(Stream stream, std::string_view item = {}) {
    const auto call = first_call(stream, kRepo, item, 50);
    return call ? call->target : call.error().describe();
}

TEST(BitbucketServerClient, AsksForEverythingAndNotWhatIsShownByDefault) {
    EXPECT_EQ(target(Stream::Repositories), "/rest/api/1.0/repos?archived=ALL&limit=50");
    EXPECT_EQ(target(Stream::Users), "/rest/api/1.0/users?limit=50");
    EXPECT_EQ(target(Stream::PullRequests),
              "/rest/api/1.0/projects/~jo/repos/a%20b/pull-requests"
              "?state=ALL&order=NEWEST&direction=INCOMING&limit=50");
    EXPECT_EQ(target(Stream::PullRequests, kOutgoing),
              "/rest/api/1.0/projects/~jo/repos/a%20b/pull-requests"
              "?state=ALL&order=NEWEST&direction=OUTGOING&limit=50");
    EXPECT_EQ(target(Stream::PullRequest, "7"),
              "/rest/api/1.0/projects/~jo/repos/a%20b/pull-requests/7");
    EXPECT_EQ(target(Stream::Activities, "7"),
              "/rest/api/1.0/projects/~jo/repos/a%20b/pull-requests/7/activities?limit=50");
    EXPECT_EQ(target(Stream::Statuses, "abc"), "/rest/build-status/1.0/commits/abc?limit=50");
    EXPECT_EQ(target(Stream::Commits, "refs/heads/ü&x"),
              "/rest/api/1.0/projects/~jo/repos/a%20b/commits"
              "?until=refs%2Fheads%2F%C3%BC%26x&limit=50");
    EXPECT_EQ(target(Stream::Commits, "abc..def"),
              "/rest/api/1.0/projects/~jo/repos/a%20b/commits?until=def&since=abc&limit=50");
    EXPECT_EQ(target(Stream::PullRequestCommits, "7"),
              "/rest/api/1.0/projects/~jo/repos/a%20b/pull-requests/7/commits?limit=50");
    EXPECT_EQ(target(Stream::CommitFiles, "abc"),
              "/rest/api/1.0/projects/~jo/repos/a%20b/commits/abc/diff"
              "?contextLines=0&withComments=false");
}

TEST(BitbucketServerClient, RefusesACallWithoutWhatItHangsOn) {
    EXPECT_EQ(first_call(Stream::Activities, kRepo, "", 50).error().code(), Errc::Invalid);
    EXPECT_EQ(first_call(Stream::Branches, {}, "", 50).error().code(), Errc::Invalid);
}

TEST(BitbucketServerClient, GoesOnWhereThePageSays) {
    const auto first = first_call(Stream::Users, {}, "", 50);
    ASSERT_TRUE(first);
    const Call second = call_from(*first, 73);
    EXPECT_EQ(second.target, "/rest/api/1.0/users?limit=50&start=73");
    EXPECT_EQ(call_from(second, 9000).target, "/rest/api/1.0/users?limit=50&start=9000");
    EXPECT_EQ(second.stream, first->stream);
}

TEST(BitbucketServerClient, AsksForTheNamesThatACutDifferenceLeavesOut) {
    const auto diff = first_call(Stream::CommitFiles, kRepo, "abc", 50);
    ASSERT_TRUE(diff);
    const Call changes = changes_call(*diff, 50);
    EXPECT_EQ(changes.target,
              "/rest/api/1.0/projects/~jo/repos/a%20b/commits/abc/changes?limit=50");
    EXPECT_EQ(changes.item, "abc");
    EXPECT_EQ(changes.stream, Stream::CommitFiles);
}

TEST(BitbucketServerClient, TakesTheAddressOfTheStartPageOnly) {
    EXPECT_EQ(checked_address(" https://git.example.com/bitbucket// ").value(),
              "https://git.example.com/bitbucket");
    EXPECT_EQ(checked_address("HTTP://host:7990").value(), "HTTP://host:7990");
    for (const std::string_view bad :
         {"", "git.example.com", "ssh://host/x", "https://", "https://host/rest/api/1.0",
          "https://host/x/rest", "https://host?a=1", "https://host/x#y"}) {
        const auto address = checked_address(bad);
        ASSERT_FALSE(address) << bad;
        EXPECT_EQ(address.error().code(), Errc::Invalid) << bad;
        EXPECT_FALSE(address.error().hint().empty()) << bad;
    }
    const auto secret = checked_address("https://me:hush@host/");
    ASSERT_FALSE(secret);
    EXPECT_EQ(secret.error().describe().find("hush"), std::string::npos);
}

TEST(BitbucketServerRegistry, MakesAForgeAndNoSource) {
    EXPECT_TRUE(is_forge("bitbucket_server"));
    EXPECT_FALSE(is_forge("plain_git"));
    EXPECT_FALSE(is_forge("nothing"));
    const SourceOptions options{.kind = "bitbucket_server",
                                .data_source = {},
                                .inputs = {{.text = "https://host/", .user = {}, .password = {}}},
                                .page_limit = 100};
    const auto made = make_forge(options);
    ASSERT_TRUE(made) << made.error().describe();
    EXPECT_EQ((*made)->info().data_source, "insight_bitbucket_server");
    EXPECT_EQ((*made)->address(), "https://host");
    EXPECT_EQ(make_source(options).error().code(), Errc::Invalid);
    SourceOptions git = options;
    git.kind = "plain_git";
    EXPECT_EQ(make_forge(git).error().code(), Errc::Invalid);
    SourceOptions none = options;
    none.inputs.clear();
    EXPECT_EQ(make_forge(none).error().code(), Errc::Invalid);
    none.kind = "bitbucket_sever";
    EXPECT_NE(make_forge(none).error().hint().find("bitbucket_server"), std::string_view::npos);
}

}  // namespace
}  // namespace forgehouse::sources::bitbucket_server
