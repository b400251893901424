// The matrix of permissions: every line of the table × every role × a private and a public
// repository. testdata/matrix.txt says who may; a line of the table without a row there fails.
#include <fmt/format.h>

#include <fstream>
#include <map>
#include <sstream>

#include "api/rest_v2/tables.h"
#include "api/testing/forge_fixture.h"
#include "base/password_hash.h"
#include "base/text.h"
#include "forge/projects.h"
#include "forge/repositories.h"

namespace forgehouse::api::rest_v2 {
namespace {

using forge::Role;

/// One row; testdata/matrix.txt says what its words mean.
struct Row {
    std::string object;
    std::string least;
    bool is_public = false;
};

std::string row_name(const Route& route) {
    return fmt::format("{} {}", name_of(route.method), route.path.view());
}

std::map<std::string, Row> rows() {
    std::map<std::string, Row> all;
    std::ifstream file(std::filesystem::path(FORGEHOUSE_ROOM_DIR) / "testdata/matrix.txt");
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line[0] == '#') continue;
        std::istringstream words(line);
        std::string method, path, object, least, more;
        words >> method >> path >> object >> least >> more;
        all.emplace(method + " " + path, Row{object, least, more == "public"});
    }
    return all;
}

class Matrix : public testing::ForgeFixture {
protected:
    Matrix() : ForgeFixture({all_tables().begin(), all_tables().end()}) {
        make_repository("tools");
        make_repository("open");
        EXPECT_TRUE(forge::create_project(
            deps_, ctx_, workspace_proof(),
            {.key = "HIDDEN", .name = "Hidden", .description = {}, .is_private = true}));
        EXPECT_TRUE(forge::change_repository(deps_, ctx_, proof<Role::Admin>("open"),
                                             {.is_private = false}));
        commit("open", "main", {{.path = "a", .content = "b\n"}});
        commit("tools", "main", {{.path = "a", .content = "b\n"}});
        const auto site = permissions_.site_admin(ada());
        for (const Role role : {Role::None, Role::Read, Role::Write, Role::Create, Role::Admin}) {
            const std::string name = fmt::format("m{}", forge::name_of(role));
            const auto user = forge::create_user(
                deps_, ctx_, *site,
                {.username = name, .display_name = name, .email = "", .password_hash = {}});
            EXPECT_TRUE(user);
            EXPECT_TRUE(forge::set_member(deps_, ctx_, workspace_proof(), user->id, role));
            members_.emplace_back(role, forge::actor_of(*user, "127.0.0.1"));
        }
    }

    static std::string target(const Route& route, const std::string& slug) {
        const std::map<std::string_view, std::string> values{
            {"{workspace}", "acme"},
            {"{repo_slug}", slug},
            {"{project_key}", slug == "open" ? "CORE" : "HIDDEN"},
            {"{commit}", "main"},
            {"{commit…}", "main"},
            {"{revision…}", "main"},
            {"{spec…}", "main"},
            {"{selected_user}", "ada"},
            {"{subject_type}", "repository"},
            {"{path…}", "a"}};
        std::string made;
        for (const std::string_view part : text::split(route.path.view().substr(1), '/')) {
            const auto found = values.find(part);
            made += '/';
            made += found != values.end() ? found->second : part.starts_with('{') ? "1" : part;
        }
        return made;
    }

    /// As if the actor asked; the status that it gets.
    unsigned ask_as(const forge::Actor& actor, const Route& route, const std::string& slug) {
        return ask(actor, {.method = std::string(name_of(route.method)),
                           .target = target(route, slug),
                           .body = "{}"})
            .status;
    }

    std::vector<std::pair<Role, forge::Actor>> members_;
};

bool is_refused(unsigned status) {
    return status == 401 || status == 403 || status == 404;
}

TEST_F(Matrix, HasARowForEveryLineOfTheTable) {
    auto expected = rows();
    for (const std::span<const Route> table : all_tables())
        for (const Route& route : table) {
            EXPECT_EQ(expected.erase(row_name(route)), 1U)
                << "testdata/matrix.txt has no row for " << row_name(route);
        }
    for (const auto& [name, row] : expected) ADD_FAILURE() << "no line of the table is " << name;
}

TEST_F(Matrix, RefusesWhoMayNot) {
    const auto expected = rows();
    for (const std::span<const Route> table : all_tables())
        for (const Route& route : table) {
            const auto found = expected.find(row_name(route));
            if (found == expected.end() || found->second.least == "anybody") continue;
            EXPECT_TRUE(is_refused(ask_as(nobody(), route, "tools"))) << row_name(route);
            if (found->second.least == "self" || found->second.least == "member")
                EXPECT_TRUE(is_refused(ask_as(ben(), route, "tools"))) << row_name(route);
            const auto least = forge::role_named(found->second.least);
            if (!least) continue;  // any user may, or the one in the path
            EXPECT_TRUE(is_refused(ask_as(ben(), route, "tools"))) << row_name(route);
            for (const auto& [role, actor] : members_)
                if (role < *least)
                    EXPECT_TRUE(is_refused(ask_as(actor, route, "tools")))
                        << row_name(route) << " as " << forge::name_of(role);
        }
}

/// Only what reads: what writes would change the object for the next one.
TEST_F(Matrix, LetsInWhoMayRead) {
    const auto expected = rows();
    for (const std::span<const Route> table : all_tables())
        for (const Route& route : table) {
            const auto found = expected.find(row_name(route));
            if (found == expected.end() || route.method != Method::Get ||
                found->second.least == "self")
                continue;
            const auto least = forge::role_named(found->second.least);
            for (const auto& [role, actor] : members_) {
                if (least && role < *least) continue;
                const unsigned status = ask_as(actor, route, "tools");
                EXPECT_TRUE(status != 401 && status != 403 && status < 500)
                    << row_name(route) << " as " << forge::name_of(role) << ": " << status;
            }
            if (!found->second.is_public) continue;
            const unsigned status = ask_as(nobody(), route, "open");
            EXPECT_TRUE(status != 401 && status != 403 && status < 500)
                << row_name(route) << ": " << status;
        }
}

}  // namespace
}  // namespace forgehouse::api::rest_v2
