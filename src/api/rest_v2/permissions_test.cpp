#include "api/rest_v2/tables.h"
#include "api/testing/forge_fixture.h"
#include "forge/grants.h"

namespace forgehouse::api::rest_v2 {
namespace {

class PermissionRoutes : public testing::ForgeFixture {
protected:
    PermissionRoutes()
        : ForgeFixture({permission_routes(), reviewer_routes(), restriction_routes(),
                        branching_model_routes()}) {
        make_repository("tools");
    }
    const std::string tools = "/repositories/acme/tools";
    const std::string core = "/workspaces/acme/projects/CORE";
};

TEST_F(PermissionRoutes, GiveAndTakeGrants) {
    const std::string ben_at = tools + "/permissions-config/users/ben";
    EXPECT_EQ(get(ben_at).at("permission"), "none");
    const auto given = put(ben_at, R"({"permission":"write"})");
    EXPECT_EQ(given.status, 200U);
    EXPECT_EQ(given.at("type"), "repository_user_permission");
    EXPECT_EQ(given.at("repository.full_name"), "acme/tools");
    const auto all = get(tools + "/permissions-config/users");
    EXPECT_EQ(all.count(), 1U);
    EXPECT_EQ(all.at("values.0.user.username"), "ben");
    EXPECT_EQ(all.at("values.0.permission"), "write");
    EXPECT_EQ(put(ben_at, R"({"permission":"create-repo"})").status, 400U);
    EXPECT_EQ(put(ben_at, R"({"permission":"none"})").status, 400U);
    EXPECT_EQ(put(ben_at, R"({})").status, 400U);
    EXPECT_EQ(ask(ben(), {.target = ben_at}).status, 403U);
    EXPECT_EQ(put(core + "/permissions-config/users/ben", R"({"permission":"create-repo"})")
                  .at("permission"),
              "create-repo");
    EXPECT_EQ(remove(ben_at).status, 204U);
    EXPECT_EQ(remove(ben_at).status, 404U);
    EXPECT_EQ(get(tools + "/permissions-config/users/eve").status, 404U);
}

TEST_F(PermissionRoutes, GiveGroupsGrants) {
    ASSERT_TRUE(forge::create_group(deps_, ctx_, workspace_proof(), "Developers"));
    const std::string at = core + "/permissions-config/groups/developers";
    EXPECT_EQ(put(at, R"({"permission":"admin"})").at("group.full_slug"), "acme:developers");
    EXPECT_EQ(get(core + "/permissions-config/groups").count(), 1U);
    EXPECT_EQ(get(at).at("type"), "project_group_permission");
    EXPECT_EQ(remove(at).status, 204U);
}

TEST_F(PermissionRoutes, TellWhatUsersMayDo) {
    for (const char* slug : {"one", "two", "three"}) {
        make_repository(slug);
        put("/repositories/acme/" + std::string(slug) + "/permissions-config/users/ben",
            R"({"permission":"read"})");
    }
    put(core + "/permissions-config/users/ada", R"({"permission":"create-repo"})");
    const auto own = ask(ben(), {.target = "/user/permissions/repositories?pagelen=2"});
    EXPECT_EQ(own.count(), 2U);
    EXPECT_EQ(own.at("values.0.repository.full_name"), "acme/one");
    EXPECT_EQ(own.at("values.0.permission"), "read");
    ASSERT_TRUE(own.at("next").starts_with("https://forge.example/2.0/user/"));
    const auto rest = ask(ben(), {.target = own.at("next").substr(25)});
    EXPECT_EQ(rest.count(), 1U);
    EXPECT_EQ(rest.at("values.0.repository.full_name"), "acme/three");
    EXPECT_EQ(ask(ben(), {.target = "/user/workspaces/acme/permissions/repositories"}).count(), 3U);
    EXPECT_EQ(ask(nobody(), {.target = "/user/permissions/repositories"}).status, 401U);

    const auto first = get("/workspaces/acme/permissions/repositories?pagelen=2");
    EXPECT_EQ(first.count(), 2U);
    EXPECT_EQ(get(first.at("next").substr(25)).count(), 1U);
    EXPECT_EQ(get("/workspaces/acme/permissions/repositories/one").count(), 1U);
    EXPECT_EQ(ask(ben(), {.target = "/workspaces/acme/permissions/repositories"}).status, 403U);
}

TEST_F(PermissionRoutes, KeepDefaultReviewers) {
    const std::string ben_at = tools + "/default-reviewers/ben";
    EXPECT_EQ(put(ben_at, "").status, 400U) << "ben may not read it";
    put(tools + "/permissions-config/users/ben", R"({"permission":"read"})");
    EXPECT_EQ(put(ben_at, "").at("username"), "ben");
    EXPECT_EQ(get(ben_at).status, 200U);
    EXPECT_EQ(put(core + "/default-reviewers/ada", "").status, 200U);
    EXPECT_EQ(get(core + "/default-reviewers").at("values.0.reviewer_type"), "project");
    const auto all = get(tools + "/effective-default-reviewers");
    EXPECT_EQ(all.at("values.0.user.username"), "ada");
    EXPECT_EQ(all.at("values.1.reviewer_type"), "repository");
    EXPECT_EQ(get(tools + "/default-reviewers").count(), 1U);
    EXPECT_EQ(remove(ben_at).status, 204U);
    EXPECT_EQ(get(ben_at).status, 404U);
}

TEST_F(PermissionRoutes, KeepBranchRestrictions) {
    const std::string at = tools + "/branch-restrictions";
    const auto made = post(at, R"({"kind":"push","pattern":"main","users":[{"username":"ben"}]})");
    EXPECT_EQ(made.status, 201U);
    EXPECT_EQ(made.at("users.0.username"), "ben");
    EXPECT_EQ(made.at("branch_match_kind"), "glob");
    EXPECT_EQ(made.at("value"), "-");
    EXPECT_EQ(post(at, R"({"kind":"push","pattern":"main"})").status, 409U);
    EXPECT_EQ(post(at, R"({"kind":"push","pattern":"x","users":[{"username":"eve"}]})").status,
              400U);
    EXPECT_EQ(
        post(at, R"({"kind":"require_approvals_to_merge","pattern":"main","value":2})").at("value"),
        "2");
    EXPECT_EQ(get(at + "?kind=push").count(), 1U);
    EXPECT_EQ(get(at + "?pattern=main").count(), 2U);
    EXPECT_EQ(get(at + "?pagelen=1").at("next").empty(), false);
    const auto changed = put(at + "/1", R"({"pattern":"release/*","users":[]})");
    EXPECT_EQ(changed.at("pattern"), "release/*");
    EXPECT_EQ(changed.at("users"), "[]");
    EXPECT_EQ(changed.at("kind"), "push");
    EXPECT_EQ(remove(at + "/1").status, 204U);
    EXPECT_EQ(get(at + "/1").status, 404U);
    EXPECT_EQ(get(at + "/x").status, 404U);
}

TEST_F(PermissionRoutes, KeepBranchingModels) {
    const std::string head = commit("tools", "main", {{.path = "a", .content = "a"}}, "first");
    const auto live = get(tools + "/branching-model");
    EXPECT_EQ(live.at("development.branch.target.hash"), head);
    EXPECT_EQ(live.at("production"), "-");
    EXPECT_EQ(live.at("branch_types.0.prefix"), "feature/");
    const std::string settings = tools + "/branching-model/settings";
    EXPECT_EQ(get(settings).at("production.enabled"), "false");
    EXPECT_EQ(put(settings, R"({"production":{"name":"live"}})").status, 400U);
    commit("tools", "live", {{.path = "b", .content = "b"}}, "second");
    const auto set =
        put(settings,
            R"({"production":{"name":"live"},"branch_types":[{"kind":"bugfix","enabled":false}]})");
    EXPECT_EQ(set.at("production.name"), "live");
    EXPECT_EQ(set.at("production.is_valid"), "true");
    EXPECT_EQ(get(tools + "/effective-branching-model").at("production.branch.name"), "live");
    EXPECT_EQ(put(settings, R"({"branch_types":[{"kind":"feature","prefix":"*"}]})").status, 400U);
    EXPECT_EQ(get(tools + "/override-settings").at("override_settings.branching_model"), "true");
    EXPECT_EQ(put(tools + "/override-settings", R"({"branching_model":false})").status, 204U);
    EXPECT_EQ(get(settings).at("production.enabled"), "false");
    EXPECT_EQ(put(core + "/branching-model/settings",
                  R"({"branch_types":[{"kind":"feature","prefix":"feat/"}]})")
                  .status,
              200U);
    EXPECT_EQ(get(tools + "/branching-model").at("branch_types.0.prefix"), "feat/");
    EXPECT_EQ(get(core + "/branching-model").at("type"), "project_branching_model");
}

}  // namespace
}  // namespace forgehouse::api::rest_v2
