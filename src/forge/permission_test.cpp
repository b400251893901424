#include "forge/permission.h"

#include "forge/repository_permissions.h"
#include "forge/testing/forge_fixture.h"

namespace forgehouse::forge {
namespace {

class PermissionTest : public testing::ForgeTest {
protected:
    std::vector<std::string> listed(const Actor& who, Role least = Role::None) const {
        const auto proof = permissions.workspace<Role::None>(ctx, who, "acme").value();
        std::vector<std::string> slugs;
        for (const Repository& one :
             list_repositories(deps, ctx, proof, {.most = 100}, least).value())
            slugs.push_back(one.slug);
        return slugs;
    }
    Actor token(const Binding& binding) const {
        return {.user = {},
                .name = "ci",
                .uuid = "0",
                .token = TokenId{1},
                .binding = binding,
                .scopes = Scopes::all(),
                .address = {}};
    }
    using Slugs = std::vector<std::string>;
};

TEST_F(PermissionTest, RolesComeFromMembersGroupsProjectsAndRepositories) {
    make_repository("tools");
    EXPECT_EQ(role(actor("ada"), "tools"), Role::Admin);
    EXPECT_EQ(role(actor("root"), "tools"), Role::Admin) << "administers the installation";
    EXPECT_EQ(role(actor("ben"), "tools"), Role::None);
    EXPECT_EQ(role(nobody(), "tools"), Role::None);

    ASSERT_TRUE(set_grant(deps, ctx, repo("tools"), user("ben"), Role::Write));
    EXPECT_EQ(role(actor("ben"), "tools"), Role::Write);

    const Group group = create_group(deps, ctx, acme(), "Developers").value();
    ASSERT_TRUE(set_member(deps, ctx, acme(), user("cay").id, Role::None));
    ASSERT_TRUE(set_group_member(deps, ctx, acme(), group.id, user("cay").id, true));
    EXPECT_EQ(role(actor("cay"), "tools"), Role::None);
    ASSERT_TRUE(set_grant(deps, ctx, repo("tools"), group, Role::Read));
    EXPECT_EQ(role(actor("cay"), "tools"), Role::Read);
    ASSERT_TRUE(set_grant(deps, ctx, core(), group, Role::Create));
    EXPECT_EQ(role(actor("cay"), "tools"), Role::Create) << "the greatest of all";
    ASSERT_TRUE(remove_grant(deps, ctx, core(), SubjectKind::Group, group.id.value));
    ASSERT_TRUE(set_group_member(deps, ctx, acme(), group.id, user("cay").id, false));
    EXPECT_EQ(role(actor("cay"), "tools"), Role::None);

    ASSERT_TRUE(set_member(deps, ctx, acme(), user("cay").id, Role::Write));
    EXPECT_EQ(role(actor("cay"), "tools"), Role::Write);
}

TEST_F(PermissionTest, RefusalsTellWhoMaySeeItFromWhoMayNot) {
    make_repository("tools");
    make_repository("open", false, make_project("OPEN", false).key);
    ASSERT_TRUE(set_grant(deps, ctx, repo("tools"), user("ben"), Role::Read));
    const auto wanted = [&](const Actor& who, const char* slug) {
        return permissions.repository<Role::Admin>(ctx, who, "acme", slug);
    };
    EXPECT_EQ(testing::code_of(wanted(actor("ben"), "tools")), Errc::Denied);
    EXPECT_EQ(testing::code_of(wanted(actor("cay"), "tools")), Errc::NotFound);
    EXPECT_EQ(testing::code_of(wanted(actor("cay"), "nothing")), Errc::NotFound);
    EXPECT_EQ(role(nobody(), "open"), Role::Read);
    EXPECT_EQ(wanted(nobody(), "open").error().field("needs"), "sign_in");
}

TEST_F(PermissionTest, NamesAreSlugsOrUuidsInBraces) {
    const Repository tools = make_repository("tools");
    const auto seen = [&](const std::string& workspace, const std::string& name) {
        return permissions.repository<Role::Read>(ctx, actor("ada"), workspace, name).has_value();
    };
    const std::string uuid = "{" + tools.uuid + "}";
    EXPECT_TRUE(seen("ACME", "Tools"));
    EXPECT_TRUE(seen("{" + acme().workspace().uuid + "}", uuid));
    EXPECT_TRUE(seen("{}", uuid));
    EXPECT_FALSE(seen("{}", "tools"));
    EXPECT_FALSE(seen("ada", uuid)) << "it is in another workspace";
    EXPECT_FALSE(seen("acme", tools.uuid)) << "braces are what tells a uuid from a name";
    EXPECT_EQ(testing::code_of(permissions.repository<Role::Read>(ctx, actor("ben"), "{}", uuid)),
              Errc::NotFound);
    EXPECT_TRUE(permissions.project<Role::Read>(ctx, actor("ada"), "acme", "core"));
}

/// That a private workspace is there must not show, whatever is asked of it.
TEST_F(PermissionTest, APrivateWorkspaceIsNotTold) {
    ASSERT_TRUE(create_workspace(deps, ctx, signed_in("ada"),
                                 {.slug = "secret", .name = "", .is_private = true}));
    const auto said = [&](const char* workspace) {
        std::string all;
        all += permissions.workspace<Role::None>(ctx, actor("ben"), workspace).error().text();
        for (const auto& error :
             {permissions.repository<Role::Read>(ctx, actor("ben"), workspace, "x").error(),
              permissions.project<Role::Read>(ctx, actor("ben"), workspace, "X").error()})
            all += error.describe();
        return all;
    };
    EXPECT_EQ(said("secret"), said("nothing"));
    EXPECT_TRUE(permissions.workspace<Role::Admin>(ctx, actor("ada"), "secret"));
    EXPECT_TRUE(permissions.workspace<Role::Admin>(ctx, actor("root"), "secret"));
}

/// A member without a role of its own was shown all private repositories of the workspace.
TEST_F(PermissionTest, ListsHoldWhatMayBeSeenOnly) {
    make_repository("one");
    make_repository("two");
    make_repository("open", false, make_project("OPEN", false).key);
    ASSERT_TRUE(set_grant(deps, ctx, repo("one"), user("ben"), Role::Read));
    EXPECT_EQ(listed(actor("ben")), (Slugs{"one", "open"}));
    EXPECT_EQ(listed(actor("ben"), Role::Read), Slugs{"one"});
    EXPECT_EQ(listed(actor("ben"), Role::Write), Slugs{}) << "a grant to read is none to write";
    EXPECT_EQ(listed(actor("cay")), Slugs{"open"});
    EXPECT_EQ(listed(nobody()), Slugs{"open"});
    EXPECT_EQ(listed(actor("ada"), Role::Admin), (Slugs{"one", "two", "open"}));
    const auto proof = permissions.workspace<Role::Read>(ctx, actor("ben"), "acme").value();
    EXPECT_EQ(proof.role(), Role::Read);
    EXPECT_EQ(proof.role_within(), Role::None);
    const auto projects = list_projects(deps, ctx, proof, {.most = 100}).value();
    ASSERT_EQ(projects.size(), 1U);
    EXPECT_EQ(projects[0].key, "OPEN");
}

TEST_F(PermissionTest, TokensActWithinWhatTheyAreBoundTo) {
    const Repository one = make_repository("one");
    make_repository("two");
    make_project("SIDE", true);
    make_repository("three", true, "SIDE");
    const Actor of_repository = token({acme().workspace().id, one.project, one.id});
    const Actor of_project = token({acme().workspace().id, one.project, {}});
    const Actor of_workspace = token({acme().workspace().id, {}, {}});
    const Actor of_another = token({WorkspaceId{acme().workspace().id.value + 16}, {}, {}});
    EXPECT_EQ(listed(of_repository), Slugs{"one"});
    EXPECT_EQ(listed(of_project), (Slugs{"one", "two"}));
    EXPECT_EQ(listed(of_workspace), (Slugs{"one", "two", "three"}));
    EXPECT_EQ(listed(of_another), Slugs{});
    EXPECT_EQ(role(of_repository, "one"), Role::Admin);
    EXPECT_EQ(role(of_repository, "two"), Role::None);
    EXPECT_EQ(role(of_project, "three"), Role::None);
    EXPECT_FALSE(permissions.project<Role::Read>(ctx, of_repository, "acme", "CORE"));
    const auto proof = permissions.workspace<Role::None>(ctx, of_repository, "acme").value();
    EXPECT_TRUE(list_projects(deps, ctx, proof, {.most = 100}).value().empty());
    EXPECT_EQ(testing::code_of(permissions.signed_in(of_workspace)), Errc::Denied);
    EXPECT_EQ(testing::code_of(permissions.site_admin(of_workspace)), Errc::Denied);
}

TEST_F(PermissionTest, GrantsMakeMembersAndGoWithThem) {
    make_repository("tools");
    EXPECT_EQ(testing::code_of(set_grant(deps, ctx, repo("tools"), user("ben"), Role::Create)),
              Errc::Invalid);
    EXPECT_EQ(testing::code_of(set_grant(deps, ctx, repo("tools"), user("ben"), Role::None)),
              Errc::Invalid);
    EXPECT_FALSE(member_of(deps, ctx, acme(), "ben"));
    ASSERT_TRUE(set_grant(deps, ctx, repo("tools"), user("ben"), Role::Write));
    EXPECT_EQ(member_of(deps, ctx, acme(), "ben").value().role, Role::None);
    ASSERT_TRUE(remove_member(deps, ctx, acme(), user("ben").id));
    ASSERT_TRUE(set_member(deps, ctx, acme(), user("ben").id, Role::None));
    EXPECT_EQ(role(actor("ben"), "tools"), Role::None) << "its grants went with it";
}

/// The last administrator was refused to leave after its grants had been removed.
TEST_F(PermissionTest, TheLastAdministratorStaysAsItWas) {
    make_repository("tools");
    ASSERT_TRUE(set_grant(deps, ctx, repo("tools"), user("ada"), Role::Read));
    EXPECT_EQ(testing::code_of(remove_member(deps, ctx, acme(), user("ada").id)), Errc::Conflict);
    EXPECT_EQ(testing::code_of(set_member(deps, ctx, acme(), user("ada").id, Role::Write)),
              Errc::Conflict);
    EXPECT_EQ(grant_of(deps, ctx, repo("tools"), SubjectKind::User, user("ada").id.value).value(),
              Role::Read);
    EXPECT_EQ(testing::code_of(remove_member(deps, ctx, acme(), user("cay").id)), Errc::NotFound);
    const auto site = site_admin();
    EXPECT_EQ(testing::code_of(change_user(
                  deps, ctx, site, user("root").id,
                  {.display_name = {}, .password_hash = {}, .is_admin = {}, .is_active = false})),
              Errc::Conflict);
    EXPECT_TRUE(user("root").is_active);
}

TEST_F(PermissionTest, GroupsOfOthersAreNotFound) {
    const auto other = permissions.workspace<Role::Admin>(ctx, actor("ada"), "ada").value();
    const Group group = create_group(deps, ctx, other, "Team").value();
    ASSERT_TRUE(set_member(deps, ctx, acme(), user("ben").id, Role::None));
    EXPECT_EQ(testing::code_of(set_group_member(deps, ctx, acme(), group.id, user("ben").id, true)),
              Errc::NotFound);
}

TEST_F(PermissionTest, TellsWhatSomebodyMayDoInEachRepository) {
    make_repository("one");
    make_repository("two");
    make_repository("three");
    ASSERT_TRUE(set_grant(deps, ctx, repo("one"), user("ben"), Role::Read));
    ASSERT_TRUE(set_grant(deps, ctx, repo("three"), user("ben"), Role::Admin));
    ASSERT_TRUE(set_grant(deps, ctx, repo("three"), user("cay"), Role::Write));
    const auto own =
        own_permissions(deps, ctx, permissions, signed_in("ben"), {.most = 100}).value();
    ASSERT_EQ(own.size(), 2U);
    EXPECT_EQ(own[0].repository.slug, "one");
    EXPECT_EQ(own[0].role, Role::Read);
    EXPECT_EQ(own[1].role, Role::Admin);
    const auto second =
        own_permissions(deps, ctx, permissions, signed_in("ben"), {.skip = 1, .most = 1}).value();
    ASSERT_EQ(second.size(), 1U);
    EXPECT_EQ(second[0].repository.slug, "three");

    auto page = repository_permissions(deps, ctx, acme(), {}, 0, 2).value();
    ASSERT_EQ(page.size(), 2U);
    EXPECT_EQ(page[1].user.username, "ben");
    page = repository_permissions(deps, ctx, acme(),
                                  PermissionPlace{page[1].repository.id, page[1].user.id}, 0, 2)
               .value();
    ASSERT_EQ(page.size(), 1U);
    EXPECT_EQ(page[0].user.username, "cay");
}

}  // namespace
}  // namespace forgehouse::forge
