// ForgeTest: a forge's state on a SQLite file in a folder of its own, with a few users: `root`
// administers the installation, `ada` the workspace `acme` with its project CORE, `ben` and `cay`
// have a part in neither.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/check.h"
#include "exec/clock.h"
#include "exec/random.h"
#include "forge/accounts.h"
#include "forge/grants.h"
#include "forge/identity/secret_box.h"
#include "forge/permission.h"
#include "forge/projects.h"
#include "forge/repositories.h"
#include "forge/sign_in.h"
#include "forge/workspaces.h"
#include "metadb/databases.h"

namespace forgehouse::forge::testing {

class ForgeTest : public ::testing::Test {
protected:
    ForgeTest() {
        for (ports::Metadb* database : state->all()) CHECK(database->migrate(ctx).has_value());
        CHECK(create_first_admin(deps, ctx, given("root")).value());
        for (const char* name : {"ada", "ben", "cay"})
            CHECK(create_user(deps, ctx, site_admin(), given(name)).has_value());
        CHECK(create_workspace(deps, ctx, signed_in("ada"), {.slug = "acme", .name = "Acme"})
                  .has_value());
        make_project("CORE", true);
    }
    ~ForgeTest() override {
        state.reset();
        std::error_code ignored;
        std::filesystem::remove_all(folder, ignored);
    }

    static NewUser given(std::string name) {
        return {.username = name,
                .display_name = name,
                .email = name + "@forge.example",
                .password_hash = {},
                .is_admin = name == "root"};
    }
    User user(std::string_view name) const { return find_user(deps, ctx, name).value(); }
    Actor actor(std::string_view name) const { return actor_of(user(name), "192.0.2.1"); }
    static Actor nobody() {
        return {.user = {},
                .name = {},
                .uuid = {},
                .token = {},
                .binding = {},
                .scopes = Scopes::all(),
                .address = {}};
    }
    SignedIn signed_in(std::string_view name) const {
        return permissions.signed_in(actor(name)).value();
    }
    SiteAdmin site_admin() const { return permissions.site_admin(actor("root")).value(); }
    WorkspaceAdmin acme() const {
        return permissions.workspace<Role::Admin>(ctx, actor("ada"), "acme").value();
    }
    ProjectAdmin core() const {
        return permissions.project<Role::Admin>(ctx, actor("ada"), "acme", "CORE").value();
    }
    RepoAdmin repo(const std::string& slug) const {
        return permissions.repository<Role::Admin>(ctx, actor("ada"), "acme", slug).value();
    }
    Project make_project(const std::string& key, bool is_private) {
        return create_project(
                   deps, ctx, acme(),
                   {.key = key, .name = key, .description = {}, .is_private = is_private})
            .value();
    }
    Repository make_repository(const std::string& slug, bool is_private = true,
                               const std::string& project = "CORE") {
        const auto in =
            permissions.project<Role::Create>(ctx, actor("ada"), "acme", project).value();
        RepositoryChange change;
        change.slug = slug;
        change.is_private = is_private;
        auto made = create_repository(deps, ctx, in, change);
        CHECK(made.has_value());
        return std::move(*made);
    }
    /// The role of somebody in a repository of acme; None where it may not even be seen.
    Role role(const Actor& who, const std::string& slug) const {
        auto seen = permissions.repository<Role::Read>(ctx, who, "acme", slug);
        return seen ? seen->role() : Role::None;
    }

    const std::filesystem::path folder = make_folder();
    exec::Context ctx;
    exec::ManualClock clock{Time::from_seconds(1'700'000'000)};
    exec::SeededRandom random{1};
    SecretBox secrets = make_secrets();
    std::unique_ptr<ports::Metadbs> state =
        metadb::open_metadbs(ctx,
                             {.url = "sqlite:" + (folder / "forge.db").string(), .clock = clock})
            .value();
    Deps deps{.state = *state,
              .clock = clock,
              .random = random,
              .secrets = secrets,
              .repositories = folder / "repositories"};
    Permissions permissions{*state};

private:
    static std::filesystem::path make_folder() {
        std::string name =
            (std::filesystem::temp_directory_path() / "forgehouse-forge-XXXXXX").string();
        CHECK(::mkdtemp(name.data()) != nullptr);
        return name;
    }
    static SecretBox make_secrets() {
        const std::vector<std::uint8_t> bytes(SecretBox::kKeyRandomness, 7);
        const Secret line =
            SecretBox::new_key(std::span<const std::uint8_t, SecretBox::kKeyRandomness>(bytes));
        return SecretBox::parse(line.reveal()).value();
    }
};

template <class T>
Errc code_of(const Result<T>& result) {
    EXPECT_FALSE(result.has_value());
    return result ? Errc::Corrupt : result.error().code();
}

}  // namespace forgehouse::forge::testing
