#include "forge/restrictions.h"

#include "forge/branching_model.h"
#include "forge/reviewers.h"
#include "forge/testing/forge_fixture.h"

namespace forgehouse::forge {
namespace {

class RestrictionsTest : public testing::ForgeTest {
protected:
    RestrictionsTest() {
        make_repository("tools");
        EXPECT_TRUE(set_grant(deps, ctx, repo("tools"), user("ben"), Role::Write));
    }
    Restriction create(const Restriction& given) {
        return create_restriction(deps, ctx, repo("tools"), given).value();
    }
    bool may(std::string_view name, std::string_view branch, BranchAct act) {
        const auto proof =
            permissions.repository<Role::Write>(ctx, actor(name), "acme", "tools").value();
        const auto checked = check_branch(deps, ctx, proof, branch, act);
        EXPECT_TRUE(checked || checked.error().code() == Errc::Denied);
        return checked.has_value();
    }
};

TEST_F(RestrictionsTest, ForbidWhatTheySay) {
    EXPECT_TRUE(may("ben", "main", BranchAct::Force)) << "without any";
    create({.kind = "push", .pattern = "release/*", .users = {user("ada").id}});
    create({.kind = "delete", .pattern = "main"});
    create({.kind = "force", .pattern = "*"});
    EXPECT_TRUE(may("ada", "release/1", BranchAct::Push)) << "excepted";
    EXPECT_FALSE(may("ben", "release/1", BranchAct::Push));
    EXPECT_TRUE(may("ben", "releases", BranchAct::Push));
    EXPECT_TRUE(may("ben", "release/1", BranchAct::Merge));
    EXPECT_FALSE(may("ada", "main", BranchAct::Delete)) << "nobody may";
    EXPECT_TRUE(may("ada", "side", BranchAct::Delete));
    EXPECT_FALSE(may("ada", "side", BranchAct::Force));
}

TEST_F(RestrictionsTest, ExceptGroups) {
    const Group group = create_group(deps, ctx, acme(), "Mergers").value();
    create({.kind = "restrict_merges", .pattern = "main", .groups = {group.id}});
    EXPECT_FALSE(may("ben", "main", BranchAct::Merge));
    ASSERT_TRUE(set_group_member(deps, ctx, acme(), group.id, user("ben").id, true));
    EXPECT_TRUE(may("ben", "main", BranchAct::Merge));
}

TEST_F(RestrictionsTest, GoByTheBranchingModel) {
    create({.kind = "push", .match_kind = "branching_model", .branch_type = "development"});
    create({.kind = "push", .match_kind = "branching_model", .branch_type = "hotfix"});
    create({.kind = "push", .match_kind = "branching_model", .branch_type = "production"});
    EXPECT_FALSE(may("ben", "main", BranchAct::Push)) << "the main branch is for development";
    EXPECT_FALSE(may("ben", "hotfix/1", BranchAct::Push));
    EXPECT_TRUE(may("ben", "live", BranchAct::Push)) << "there is none of production";
    BranchingModel model = branching_model(deps, ctx, repo("tools")).value().model;
    model.production = BranchingModel::Branch{.use_mainbranch = false, .name = "live"};
    for (BranchingModel::Type& type : model.types)
        if (type.kind == "hotfix") type.is_enabled = false;
    ASSERT_TRUE(set_branching_model(deps, ctx, repo("tools"), model));
    EXPECT_FALSE(may("ben", "live", BranchAct::Push));
    EXPECT_TRUE(may("ben", "hotfix/1", BranchAct::Push));
    model.production->is_enabled = false;
    ASSERT_TRUE(set_branching_model(deps, ctx, repo("tools"), model));
    EXPECT_TRUE(may("ben", "live", BranchAct::Push));
}

TEST_F(RestrictionsTest, AreCheckedAndAlone) {
    const auto refused = [&](const Restriction& given) {
        return testing::code_of(create_restriction(deps, ctx, repo("tools"), given));
    };
    EXPECT_EQ(refused({.kind = "pull", .pattern = "*"}), Errc::Invalid);
    EXPECT_EQ(refused({.kind = "push"}), Errc::Invalid);
    EXPECT_EQ(refused({.kind = "require_approvals_to_merge", .pattern = "*"}), Errc::Invalid);
    EXPECT_EQ(refused({.kind = "push", .match_kind = "branching_model", .branch_type = "x"}),
              Errc::Invalid);
    const Restriction first = create({.kind = "push", .pattern = "*"});
    EXPECT_EQ(first.id, 1);
    EXPECT_EQ(refused({.kind = "push", .pattern = "*"}), Errc::Conflict);
    Restriction changed = first;
    changed.pattern = "main";
    changed.users = {user("ben").id};
    ASSERT_TRUE(change_restriction(deps, ctx, repo("tools"), changed));
    const auto found = find_restriction(deps, ctx, repo("tools"), 1).value();
    EXPECT_EQ(found.pattern, "main");
    EXPECT_EQ(found.users, changed.users);
    create({.kind = "delete", .pattern = "main"});
    EXPECT_EQ(restrictions_of(deps, ctx, repo("tools"), "delete", "", {}).value().size(), 1U);
    EXPECT_EQ(restrictions_of(deps, ctx, repo("tools"), "", "main", {}).value().size(), 2U);
    ASSERT_TRUE(delete_restriction(deps, ctx, repo("tools"), 1));
    EXPECT_EQ(testing::code_of(delete_restriction(deps, ctx, repo("tools"), 1)), Errc::NotFound);
}

TEST_F(RestrictionsTest, ModelsComeFromTheRepositoryElseTheProject) {
    EXPECT_TRUE(branching_model(deps, ctx, repo("tools")).value().model.is_default);
    BranchingModel model = branching_model(deps, ctx, core()).value();
    EXPECT_EQ(model.types.size(), 4U);
    model.types[0].prefix = "feat/";
    ASSERT_TRUE(set_branching_model(deps, ctx, core(), model));
    auto effective = branching_model(deps, ctx, repo("tools")).value();
    EXPECT_TRUE(effective.is_of_project);
    EXPECT_EQ(effective.model.types[0].prefix, "feat/");
    ASSERT_TRUE(set_branching_model(deps, ctx, repo("tools"), effective.model));
    EXPECT_FALSE(branching_model(deps, ctx, repo("tools")).value().is_of_project);
    ASSERT_TRUE(inherit_branching_model(deps, ctx, repo("tools")));
    EXPECT_TRUE(branching_model(deps, ctx, repo("tools")).value().is_of_project);
    for (const char* prefix : {"", "a*", "bugfix/x", "bug", "/"}) {
        model.types[0].prefix = prefix;
        EXPECT_EQ(testing::code_of(set_branching_model(deps, ctx, core(), model)), Errc::Invalid)
            << prefix;
    }
    model.types[0].is_enabled = false;
    EXPECT_TRUE(set_branching_model(deps, ctx, core(), model)) << "it may wait until it is enabled";
}

TEST_F(RestrictionsTest, ReviewersHaveToBeAbleToRead) {
    EXPECT_EQ(testing::code_of(add_default_reviewer(deps, ctx, repo("tools"), user("cay"))),
              Errc::Invalid);
    EXPECT_EQ(testing::code_of(add_default_reviewer(deps, ctx, core(), user("cay"))),
              Errc::Invalid);
    ASSERT_TRUE(add_default_reviewer(deps, ctx, repo("tools"), user("ben")));
    ASSERT_TRUE(add_default_reviewer(deps, ctx, core(), user("ada")));
    const auto all = effective_reviewers(deps, ctx, repo("tools"), {}).value();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].user.username, "ada");
    EXPECT_TRUE(all[0].is_of_project);
    EXPECT_FALSE(all[1].is_of_project);
    ASSERT_TRUE(remove_default_reviewer(deps, ctx, repo("tools"), user("ben")));
    EXPECT_EQ(testing::code_of(remove_default_reviewer(deps, ctx, repo("tools"), user("ben"))),
              Errc::NotFound);
}

}  // namespace
}  // namespace forgehouse::forge
