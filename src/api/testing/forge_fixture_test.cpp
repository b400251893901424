#include "api/testing/forge_fixture.h"

#include "api/rest_v2/tables.h"

namespace forgehouse::api::testing {
namespace {

class ForgeFixtureTest : public ForgeFixture {
protected:
    ForgeFixtureTest() : ForgeFixture({rest_v2::repository_routes()}) {}
};

TEST_F(ForgeFixtureTest, IsAForge) {
    make_repository("tools");
    const std::string hash =
        commit("tools", "main", {{.path = "a.txt", .content = "a\n"}}, "first\n");
    EXPECT_EQ(git("tools", {"rev-parse", "main"}), hash);
    const Reply reply = get("/repositories/acme/tools");
    EXPECT_EQ(reply.status, 200U);
    EXPECT_EQ(reply.at("full_name"), "acme/tools");
    EXPECT_EQ(reply.at("mainbranch.name"), "main");
    EXPECT_EQ(get("/repositories/acme").count(), 1U);
    EXPECT_EQ(ask(ben(), {.target = "/repositories/acme/tools"}).status, 404U);
    EXPECT_EQ(ask(nobody(), {.target = "/repositories/acme/tools"}).status, 404U);
    EXPECT_EQ(events().back().substr(0, 12), "repo:created");
}

}  // namespace
}  // namespace forgehouse::api::testing
