#include "api/rest_v2/tables.h"
#include "api/testing/forge_fixture.h"

namespace forgehouse::api::rest_v2 {
namespace {

constexpr const char* kKey =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKqP3Cr632C2dNhhgKVcon4ldUSAeKiku2yP9O9/bDtY user@host";

class HookRoutes : public testing::ForgeFixture {
protected:
    HookRoutes() : ForgeFixture({hook_routes(), key_routes(), download_routes()}) {
        make_repository("tools");
    }
    static std::string form(const std::vector<std::pair<std::string, std::string>>& files) {
        std::string body;
        for (const auto& [name, bytes] : files)
            body += "--XX\r\nContent-Disposition: form-data; name=\"files\"; filename=\"" + name +
                    "\"\r\nContent-Type: text/plain\r\n\r\n" + bytes + "\r\n";
        return body + "--XX--\r\n";
    }
    static constexpr const char* kForm = "multipart/form-data; boundary=XX";
    const std::string tools = "/repositories/acme/tools";
};

TEST_F(HookRoutes, KeepHooksAndTheirSecrets) {
    const auto made =
        post(tools + "/hooks",
             R"({"url":"https://ci.example/x","description":"CI","active":true,"secret":"hush",)"
             R"("events":["repo:push","pullrequest:created"]})");
    EXPECT_EQ(made.status, 201U);
    EXPECT_EQ(made.at("secret_set"), "true");
    EXPECT_EQ(made.body.find("hush"), std::string::npos);
    EXPECT_EQ(made.at("subject_type"), "repository");
    EXPECT_EQ(made.at("events"), R"(["pullrequest:created","repo:push"])");
    std::string uuid = made.at("uuid");
    const std::string at = tools + "/hooks/%7B" + uuid.substr(1, uuid.size() - 2) + "%7D";
    EXPECT_EQ(get(at).at("description"), "CI");
    EXPECT_EQ(put(at, R"({"active":false})").at("secret_set"), "true") << "it stays";
    EXPECT_EQ(put(at, R"({"secret":null})").at("secret_set"), "false");
    EXPECT_EQ(get(tools + "/hooks").count(), 1U);
    EXPECT_EQ(get("/workspaces/acme/hooks").count(), 0U);
    EXPECT_EQ(post(tools + "/hooks", R"({"url":"https://a","events":["x"]})").status, 400U);
    EXPECT_EQ(post("/workspaces/acme/hooks",
                   R"({"url":"https://a.example","events":["project:updated"]})")
                  .status,
              201U);
    EXPECT_EQ(remove(at).status, 204U);
    EXPECT_EQ(remove(at).status, 404U);
    EXPECT_EQ(ask(ben(), {.target = tools + "/hooks"}).status, 404U);
}

TEST_F(HookRoutes, TellTheEvents) {
    EXPECT_EQ(get("/hook_events").at("workspace.links.events.href"),
              "https://forge.example/2.0/hook_events/workspace");
    const auto repository = get("/hook_events/repository");
    EXPECT_EQ(repository.at("values.0.event"), "repo:push");
    EXPECT_EQ(repository.body.find("project:updated"), std::string::npos);
    EXPECT_GT(get("/hook_events/workspace").count(), repository.count());
    EXPECT_EQ(get("/hook_events/repository?pagelen=3&page=2").count(), 3U);
    EXPECT_EQ(get("/hook_events/user").status, 404U);
}

TEST_F(HookRoutes, KeepKeysOfUsers) {
    const std::string body = R"({"key":")" + std::string(kKey) + R"(","label":"laptop"})";
    const auto made = ask(ben(), {.method = "POST", .target = "/users/ben/ssh-keys", .body = body});
    EXPECT_EQ(made.status, 201U);
    EXPECT_EQ(made.at("comment"), "user@host");
    EXPECT_EQ(made.at("owner.username"), "ben");
    std::string uuid = made.at("uuid");
    const std::string at = "/users/ben/ssh-keys/%7B" + uuid.substr(1, uuid.size() - 2) + "%7D";
    EXPECT_EQ(ask(ben(), {.target = at}).at("label"), "laptop");
    EXPECT_EQ(get(at).at("label"), "laptop") << "an administrator may read";
    EXPECT_EQ(get("/users/ben/ssh-keys").count(), 1U);
    EXPECT_EQ(remove(at).status, 403U) << "and no more than that";
    EXPECT_EQ(post("/users/ben/ssh-keys", body).status, 403U);
    EXPECT_EQ(post("/users/ada/ssh-keys", body).status, 409U) << "a key is one user's";
    EXPECT_EQ(ask(ben(), {.target = "/users/ada/ssh-keys"}).status, 403U);
    EXPECT_EQ(ask(nobody(), {.target = "/users/ben/ssh-keys"}).status, 401U);
    EXPECT_EQ(
        ask(ben(), {.method = "PUT", .target = at, .body = R"({"label":"desk"})"}).at("label"),
        "desk");
    EXPECT_EQ(ask(ben(), {.method = "DELETE", .target = at}).status, 204U);
    EXPECT_EQ(ask(ben(), {.target = at}).status, 404U);
}

TEST_F(HookRoutes, KeepDeployKeys) {
    const std::string body = R"({"key":")" + std::string(kKey) + R"(","label":"ci"})";
    const auto made = post(tools + "/deploy-keys", body);
    EXPECT_EQ(made.status, 200U);
    EXPECT_EQ(made.at("type"), "deploy_key");
    EXPECT_EQ(made.at("repository.full_name"), "acme/tools");
    const std::string at = tools + "/deploy-keys/" + made.at("id");
    EXPECT_EQ(get(at).at("label"), "ci");
    EXPECT_EQ(post(tools + "/deploy-keys", body).status, 409U);
    EXPECT_EQ(post(tools + "/deploy-keys", R"({"key":"no key"})").status, 400U);
    make_repository("other");
    EXPECT_EQ(post("/repositories/acme/other/deploy-keys", body).status, 200U)
        << "one key may be of several repositories";
    EXPECT_EQ(get("/repositories/acme/other/deploy-keys/" + made.at("id")).status, 404U);
    EXPECT_EQ(get(tools + "/deploy-keys").count(), 1U);
    EXPECT_EQ(remove(at).status, 204U);
}

TEST_F(HookRoutes, TakeAndGiveFiles) {
    const std::string at = tools + "/downloads";
    EXPECT_EQ(
        post(at, form({{"a.txt", "one"}, {"b ü.txt", std::string(200'000, 'b')}}), kForm).status,
        201U);
    const auto all = get(at);
    EXPECT_EQ(all.count(), 2U);
    EXPECT_EQ(all.at("values.0.name"), "a.txt");
    EXPECT_EQ(all.at("values.0.size"), "3");
    EXPECT_EQ(all.at("values.0.user.username"), "ada");
    EXPECT_EQ(get(at + "?sort=-size").at("values.0.size"), "200000");
    const auto one = get(at + "/a.txt");
    EXPECT_EQ(one.body, "one");
    EXPECT_EQ(one.type, "application/octet-stream");
    EXPECT_EQ(one.header("Content-Disposition"),
              "attachment; filename=\"a.txt\"; filename*=UTF-8''a.txt");
    EXPECT_EQ(get(at).at("values.0.downloads"), "1");
    EXPECT_EQ(post(at, form({{"a.txt", "another"}}), kForm).status, 201U);
    EXPECT_EQ(get(at + "/a.txt").body, "another");
    EXPECT_EQ(get(at).count(), 2U);
    EXPECT_EQ(ask(ben(), {.target = at + "/a.txt"}).status, 404U);
    EXPECT_EQ(remove(at + "/a.txt").status, 204U);
    EXPECT_EQ(get(at + "/a.txt").status, 404U);
}

TEST_F(HookRoutes, RefuseFilesThatAreNone) {
    const std::string at = tools + "/downloads";
    EXPECT_EQ(post(at, "{}").status, 400U);
    EXPECT_EQ(post(at, form({}), kForm).status, 400U);
    EXPECT_EQ(post(at, form({{"../a", "x"}}), kForm).status, 400U);
    EXPECT_EQ(post(at, form({{"a", "x"}}).substr(0, 90), kForm).status, 400U);
    services_->most_download = 10;
    EXPECT_EQ(post(at, form({{"a", "123456"}, {"b", "123456"}}), kForm).status, 413U);
    EXPECT_EQ(get(at).count(), 0U) << "all of them, or none";
}

}  // namespace
}  // namespace forgehouse::api::rest_v2
