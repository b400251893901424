#include "collect/logins.h"

#include <gtest/gtest.h>

#include "schema/batch.h"
#include "schema/git_commits.h"
#include "support/memory_warehouse.h"

namespace forgehouse::collect {
namespace {

schema::GitUser user(std::optional<std::string> login, std::optional<std::string> email) {
    schema::GitUser row{};
    row.login = std::move(login);
    row.email = std::move(email);
    return row;
}

TEST(Logins, FindsPeopleByTheirAddress) {
    Logins logins;
    logins.add(user("ada", "Ada@Example.com"));
    logins.add(user("zoe", "shared@x"));
    logins.add(user("bob", "SHARED@x"));
    logins.add(user(std::nullopt, "nobody@x"));
    logins.add(user("silent", std::nullopt));
    logins.add(user("empty", ""));
    EXPECT_EQ(logins.find("ADA@example.COM"), "ada");
    EXPECT_EQ(logins.find("shared@X"), "bob");
    EXPECT_EQ(logins.find("nobody@x"), std::nullopt);
    EXPECT_EQ(logins.find(""), std::nullopt);
    EXPECT_EQ(logins.find("1+ada@users.noreply.github.com"), std::nullopt);
}

TEST(Logins, ReadsTheNameInANoreplyAddress) {
    Logins logins("users.noreply.GitHub.com");
    logins.add(user("renamed", "7+old@users.noreply.github.com"));
    EXPECT_EQ(logins.find("1+Ada@users.noreply.github.com"), "Ada");
    EXPECT_EQ(logins.find("Ada@Users.NoReply.github.com"), "Ada");
    EXPECT_EQ(logins.find("7+old@users.noreply.github.com"), "renamed");
    for (const std::string_view nobody :
         {"@users.noreply.github.com", "1+@users.noreply.github.com", "ada@github.com",
          "ada@evilusers.noreply.github.com"})
        EXPECT_EQ(logins.find(nobody), std::nullopt) << nobody;
}

TEST(Logins, HaveAFingerprintOfWhatTheySay) {
    Logins one, other;
    one.add(user("a", "a@x"));
    one.add(user("b", "b@x"));
    other.add(user("b", "B@x"));
    EXPECT_NE(one.fingerprint(), other.fingerprint());
    other.add(user("a", "a@x"));
    EXPECT_EQ(one.fingerprint(), other.fingerprint());
    EXPECT_NE(Logins("host").fingerprint(), Logins().fingerprint());
}

TEST(Logins, AreGivenToCommitsThatAreStored) {
    testing_support::MemoryWarehouse house;
    exec::Context ctx;
    const auto commit = [](std::string source, std::string hash, std::string email,
                           std::optional<std::string> login) {
        schema::GitCommit row{};
        row.data_source = {std::move(source)};
        row.project_key = "P";
        row.repo_slug = "r";
        row.commit_hash = std::move(hash);
        row.author_email = std::move(email);
        row.author_login = std::move(login);
        row._version = 1;
        return row;
    };
    schema::Batch batch(schema::git_commits.info());
    batch.append(schema::git_commits, commit("s", "1", "ada@x", "old"));
    batch.append(schema::git_commits, commit("s", "2", "ADA@x", std::nullopt));
    batch.append(schema::git_commits, commit("s", "3", "left@x", "left"));
    batch.append(schema::git_commits, commit("s", "4", "bob@x", "bob"));
    batch.append(schema::git_commits, commit("other", "5", "ada@x", "old"));
    ASSERT_TRUE(house.insert(ctx, batch, "token"));
    Logins logins;
    logins.add(user("ada", "ada@x"));
    logins.add(user("bob", "bob@x"));
    const auto amended = amend_logins(ctx, house, "s", logins, 7);
    ASSERT_TRUE(amended) << amended.error().describe();
    EXPECT_EQ(*amended, 3u);
    std::map<std::string, std::string> stored;
    for (const auto& row : house.rows("git_commits")) {
        const auto& login = row.find("author_login")->second;
        stored[row.find("commit_hash")->second.text] =
            (login.null ? "NULL" : login.text) + " " + row.find("_version")->second.text;
    }
    EXPECT_EQ(
        stored,
        (std::map<std::string, std::string>{
            {"1", "ada 7"}, {"2", "ada 7"}, {"3", "NULL 7"}, {"4", "bob 1"}, {"5", "old 1"}}));
    const auto again = amend_logins(ctx, house, "s", logins, 8);
    ASSERT_TRUE(again);
    EXPECT_EQ(*again, 0u);
}

}  // namespace
}  // namespace forgehouse::collect
