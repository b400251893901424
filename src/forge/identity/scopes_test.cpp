#include "forge/identity/scopes.h"

#include <gtest/gtest.h>

namespace forgehouse::forge {
namespace {

using enum Scope;

Scopes of(std::string_view text) {
    auto scopes = Scopes::parse(text);
    EXPECT_TRUE(scopes) << text;
    return scopes ? *scopes : Scopes();
}

TEST(Scopes, GrantWhatTheirNameImpliesAndNoMore) {
    struct Case {
        std::string_view names;
        std::vector<Scope> granted, refused;
    };
    for (const Case& one : std::vector<Case>{
             {"", {None}, {Account, Repository, Email}},
             {"repository", {None, Repository}, {RepositoryWrite, PullRequest, Wiki, Issue}},
             {"repository:write", {Repository, RepositoryWrite}, {RepositoryAdmin, PullRequest}},
             {"repository:admin",
              {RepositoryAdmin, PermissionWrite},
              {Repository, RepositoryWrite, RepositoryDelete}},
             {"repository:delete", {RepositoryDelete}, {Repository, RepositoryAdmin}},
             {"project", {Project, Repository}, {ProjectAdmin, RepositoryWrite}},
             {"project:admin", {ProjectAdmin}, {Project, Repository, RepositoryWrite}},
             {"project:write", {ProjectAdmin}, {Project, RepositoryWrite}},
             {"pullrequest", {PullRequest, Repository}, {PullRequestWrite, RepositoryWrite}},
             {"pullrequest:write",
              {PullRequestWrite, PullRequest, RepositoryWrite, Repository},
              {RepositoryAdmin}},
             {"account", {Account, Email, Workspace, SshKey}, {AccountWrite, SshKeyWrite, Team}},
             {"account:write", {AccountWrite, Account, Email, SshKeyWrite}, {TeamWrite}},
             {"email", {Email}, {Account}},
             {"team:write", {Team, TeamWrite, Workspace}, {Account}},
             {"webhook", {Webhook, WebhookRead, WebhookDelete}, {Repository}},
             {"pipeline:variable", {Pipeline, PipelineVariable}, {PipelineWrite}},
             {"pipeline:write", {Pipeline, PipelineWrite}, {PipelineVariable}},
             {"issue:write", {Issue, IssueWrite, IssueDelete}, {Repository}},
             {"snippet:write", {Snippet, SnippetWrite}, {Repository}},
             {"runner:write", {Runner, RunnerWrite}, {Pipeline}},
             // The new style implies nothing.
             {"write:repository:bitbucket", {RepositoryWrite}, {Repository}},
             {"write:pullrequest:bitbucket", {PullRequestWrite}, {PullRequest, RepositoryWrite}},
             {"read:project:bitbucket", {Project}, {Repository}},
             {"read:user:bitbucket", {Account, Email}, {AccountWrite, SshKey, Workspace}},
             {"write:ssh-key:bitbucket", {SshKeyWrite}, {AccountWrite, SshKeyDelete, Account}},
             {"read:webhook:bitbucket", {WebhookRead}, {Webhook, WebhookDelete}},
             {"admin:pipeline:bitbucket", {PipelineVariable}, {Pipeline, PipelineWrite}},
             {"read:repository:bitbucket,write:repository:bitbucket",
              {Repository, RepositoryWrite},
              {RepositoryAdmin}},
         }) {
        const Scopes scopes = of(one.names);
        for (const Scope scope : one.granted)
            EXPECT_TRUE(scopes.has(scope)) << one.names << " " << name_of(scope);
        for (const Scope scope : one.refused)
            EXPECT_FALSE(scopes.has(scope)) << one.names << " " << name_of(scope);
    }
}

TEST(Scopes, OfAPasswordAreAll) {
    for (std::size_t i = 0; i < kScopes; ++i)
        EXPECT_TRUE(Scopes::all().has(static_cast<Scope>(i))) << i;
    EXPECT_EQ(of(Scopes::all().print(",")), Scopes::all());
    EXPECT_TRUE(Scopes::all().covers(of("delete:permission:bitbucket")));
}

TEST(Scopes, AreGrantedByTheNameThatTheErrorTells) {
    for (std::size_t i = 1; i < kScopes; ++i) {
        const auto scope = static_cast<Scope>(i);
        EXPECT_TRUE(of(name_of(scope)).has(scope)) << name_of(scope);
        EXPECT_TRUE(Scopes({scope}).has(scope)) << name_of(scope);
    }
    EXPECT_TRUE(Scopes({None}).empty());
}

TEST(Scopes, AreReadAndPrinted) {
    EXPECT_EQ(of(" pullrequest:write,  account\tpullrequest:write\n").print(),
              "account pullrequest:write");
    EXPECT_EQ(of("delete:permission:bitbucket runner").print(", "),
              "runner, delete:permission:bitbucket");
    EXPECT_TRUE(of(" ,, ").empty());
    for (const std::string_view wrong :
         {"repositories", "repository:", ":", "Repository", "repository;account", "*",
          "read:repository", "read:repository:bitbucket:x"}) {
        const auto refused = Scopes::parse(wrong);
        ASSERT_FALSE(refused) << wrong;
        EXPECT_EQ(refused.error().code(), Errc::Invalid);
    }
    const auto refused = Scopes::parse("account repositry:write");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().field("scope"), "repositry:write");
    EXPECT_EQ(refused.error().hint(), "did you mean repository:write?");
}

TEST(Scopes, SayWhatIsMissing) {
    EXPECT_FALSE(of("pullrequest:write").missing({RepositoryWrite, PullRequest, None}));
    EXPECT_FALSE(Scopes().missing({None}));
    const auto missing = of("account webhook").missing({Repository, SshKey, SshKeyWrite, Account});
    ASSERT_TRUE(missing);
    EXPECT_EQ(missing->required,
              (std::vector<std::string_view>{"repository", "account", "account:write"}));
    EXPECT_EQ(missing->granted, (std::vector<std::string_view>{"account", "webhook"}));
}

TEST(Scopes, CoverWhatTheyGrantByWhateverName) {
    EXPECT_TRUE(of("repository:write").covers(of("repository")));
    EXPECT_TRUE(of("repository:write").covers(of("write:repository:bitbucket")));
    EXPECT_FALSE(of("write:repository:bitbucket").covers(of("repository:write")));
    EXPECT_TRUE(of("account").covers(Scopes()));
    EXPECT_FALSE(of("account").covers(of("team")));
}

}  // namespace
}  // namespace forgehouse::forge
