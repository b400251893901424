#include "forge/repositories.h"

#include "base/text.h"
#include "forge/downloads.h"
#include "forge/testing/forge_fixture.h"

namespace forgehouse::forge {
namespace {

class RepositoriesTest : public testing::ForgeTest {
protected:
    static RepositoryChange slug(std::string name) {
        RepositoryChange change;
        change.slug = std::move(name);
        return change;
    }
    std::string redirected(const char* from) {
        const auto found = permissions.repository<Role::Read>(ctx, actor("ada"), "acme", from);
        return found && found->repository().slug != text::lower_ascii(from)
                   ? found->repository().slug
                   : "";
    }
    Result<Repository> fork(std::string_view who, const std::string& from,
                            RepositoryChange change) {
        const auto source =
            permissions.repository<Role::Read>(ctx, actor(who), "acme", from).value();
        const auto in = permissions.workspace<Role::Create>(ctx, actor(who), who).value();
        const std::string key = default_project_key(deps, ctx, in).value();
        const auto project = permissions.project<Role::Create>(ctx, actor(who), who, key).value();
        return fork_repository(deps, ctx, source, project, change);
    }
};

TEST_F(RepositoriesTest, RenamesLeaveRedirectsUntilTheNameIsTaken) {
    make_repository("one");
    ASSERT_TRUE(change_repository(deps, ctx, repo("one"), slug("two")));
    EXPECT_EQ(redirected("one"), "two");
    EXPECT_EQ(redirected("ONE"), "two");
    ASSERT_TRUE(change_repository(deps, ctx, repo("two"), slug("three")));
    EXPECT_EQ(redirected("one"), "three");
    EXPECT_EQ(redirected("two"), "three");
    make_repository("one");
    EXPECT_EQ(redirected("one"), "");
    // A name that is taken by a rename leads nowhere else any more.
    ASSERT_TRUE(change_repository(deps, ctx, repo("one"), slug("two")));
    EXPECT_EQ(redirected("two"), "");
    EXPECT_EQ(redirected("one"), "two");
    EXPECT_EQ(testing::code_of(change_repository(deps, ctx, repo("two"), slug("three"))),
              Errc::Conflict);
}

TEST_F(RepositoriesTest, KeepToThePrivacyOfTheirProject) {
    RepositoryChange change;
    change.is_private = false;
    make_repository("tools");
    EXPECT_EQ(testing::code_of(change_repository(deps, ctx, repo("tools"), change)),
              Errc::Conflict);
    make_project("OPEN", false);
    make_repository("site", false, "OPEN");
    const auto open = permissions.project<Role::Admin>(ctx, actor("ada"), "acme", "OPEN").value();
    ProjectChange hide;
    hide.is_private = true;
    EXPECT_EQ(testing::code_of(change_project(deps, ctx, open, hide)), Errc::Conflict);
    EXPECT_EQ(testing::code_of(delete_project(deps, ctx, open)), Errc::Conflict);
}

TEST_F(RepositoriesTest, ForksKeepToThePolicy) {
    make_project("OPEN", false);
    make_repository("site", false, "OPEN");
    make_repository("tools");
    ASSERT_TRUE(set_grant(deps, ctx, repo("tools"), user("ben"), Role::Read));
    const auto made = fork("ben", "site", {});
    ASSERT_TRUE(made) << made.error().describe();
    EXPECT_EQ(made->slug, "site");
    EXPECT_EQ(made->parent, repo("site").repository().id);
    EXPECT_EQ(testing::code_of(fork("ben", "site", {})), Errc::Conflict);

    RepositoryChange shown = slug("shown");
    shown.is_private = false;
    EXPECT_EQ(testing::code_of(fork("ben", "tools", shown)), Errc::Denied)
        << "what is private does not become public";
    EXPECT_TRUE(fork("ben", "tools", slug("hidden")));

    RepositoryChange policy;
    policy.fork_policy = "no_public_forks";
    ASSERT_TRUE(change_repository(deps, ctx, repo("site"), policy));
    EXPECT_EQ(testing::code_of(fork("ben", "site", shown)), Errc::Denied);
    policy.fork_policy = "no_forks";
    ASSERT_TRUE(change_repository(deps, ctx, repo("site"), policy));
    EXPECT_EQ(testing::code_of(fork("ben", "site", slug("again"))), Errc::Denied);
    EXPECT_EQ(forks_of(deps, ctx, repo("tools"), {}).value().size(), 0U) << "it is private";
    EXPECT_EQ(forks_of(deps, ctx, repo("site"), {}).value().size(), 1U);
}

TEST_F(RepositoriesTest, DeletesTakeEverythingAlong) {
    const Repository tools = make_repository("tools");
    ASSERT_TRUE(set_grant(deps, ctx, repo("tools"), user("ben"), Role::Read));
    ASSERT_TRUE(change_repository(deps, ctx, repo("tools"), slug("gear")));
    EXPECT_TRUE(std::filesystem::exists(folder_of(deps, tools)));
    ASSERT_TRUE(delete_repository(deps, ctx, repo("gear")));
    EXPECT_FALSE(std::filesystem::exists(folder_of(deps, tools)));
    EXPECT_EQ(redirected("tools"), "");
    EXPECT_EQ(role(actor("ada"), "gear"), Role::None);
    make_repository("gear");
    EXPECT_EQ(role(actor("ben"), "gear"), Role::None) << "a new one of the name is another one";
}

/// Forks borrow objects: their parent's folder has to stay.
TEST_F(RepositoriesTest, ADeletedParentLeavesItsForksWhole) {
    const Repository tools = make_repository("tools");
    ASSERT_TRUE(fork("ada", "tools", slug("fork")));
    ASSERT_TRUE(delete_repository(deps, ctx, repo("tools")));
    EXPECT_TRUE(std::filesystem::exists(folder_of(deps, tools)));
}

TEST_F(RepositoriesTest, DownloadsAreThereOrNot) {
    make_repository("tools");
    const auto place = folder / "downloads";
    const auto files = [&] {
        std::size_t count = 0;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(place))
            count += entry.is_regular_file() ? 1 : 0;
        return count;
    };
    const auto put = [&](std::string_view name, std::string_view bytes) {
        std::vector<Upload> uploads;
        uploads.push_back(Upload::begin(deps, place, repo("tools"), name).value());
        EXPECT_TRUE(uploads[0].write(bytes));
        EXPECT_TRUE(uploads[0].finish());
        return keep_downloads(deps, ctx, place, repo("tools"), uploads);
    };
    for (const std::string_view name : {"", ".", "..", "a/b", "a\nb", "\xff"})
        EXPECT_EQ(testing::code_of(Upload::begin(deps, place, repo("tools"), name)), Errc::Invalid);
    {
        const auto dropped = Upload::begin(deps, place, repo("tools"), "dropped").value();
    }
    EXPECT_EQ(files(), 0U) << "what was not kept is removed";
    ASSERT_TRUE(put("a.txt", "one"));
    ASSERT_TRUE(put("a.txt", "longer"));
    EXPECT_EQ(files(), 1U) << "the file of the one before goes";
    const auto found = find_download(deps, ctx, repo("tools"), "a.txt").value();
    EXPECT_EQ(found.size, 6);
    ASSERT_TRUE(count_download(deps, ctx, repo("tools"), found));
    EXPECT_EQ(find_download(deps, ctx, repo("tools"), "a.txt").value().downloads, 1);
    ASSERT_TRUE(put("b.txt", "two"));
    EXPECT_EQ(list_downloads(deps, ctx, repo("tools"), {}).value().size(), 2U);
    ASSERT_TRUE(delete_download(deps, ctx, place, repo("tools"), "a.txt"));
    EXPECT_EQ(testing::code_of(delete_download(deps, ctx, place, repo("tools"), "a.txt")),
              Errc::NotFound);
    EXPECT_EQ(files(), 1U);
    ASSERT_TRUE(remove_downloads(place, repo("tools").repository()));
    EXPECT_EQ(files(), 0U);
}

}  // namespace
}  // namespace forgehouse::forge
