// ForgeFixture: a whole forge in a temporary folder, with a SQLite database and hosted
// repositories, whose routes tests call as clients would, without sockets.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/router.h"
#include "api/services.h"
#include "base/json.h"
#include "exec/clock.h"
#include "exec/random.h"
#include "forge/accounts.h"
#include "forge/identity/secret_box.h"
#include "forge/permission.h"
#include "forge/role.h"
#include "forge/sign_in.h"
#include "forge/workspaces.h"
#include "git/hosted/commit_writer.h"
#include "git/hosted/served_repository.h"
#include "git/tool.h"

namespace forgehouse::api::testing {

/// What a route answered. An error is what the client would see of it.
struct Reply {
    unsigned status = 0;
    std::string type = {};
    std::string body = {};
    Answer::Headers headers = {};
    /// Why a body that is written as it comes broke off; "" where it is whole.
    std::string cut_off = {};

    /// The first header of that name, "" where there is none.
    std::string header(std::string_view name) const;
    /// The JSON at a path: `values.0.target.hash`. Texts as they are, anything else as JSON; `-`
    /// where there is nothing.
    std::string at(std::string_view path) const;
    /// How many values a page has.
    std::size_t count() const;
};

/// A user `ada` who administers the installation, a user `ben` who does not, ada's workspace `acme`
/// with a project `CORE`, and as many repositories as a test makes.
class ForgeFixture : public ::testing::Test {
protected:
    /// `tables`: the routes that can be called; they live longer.
    explicit ForgeFixture(std::vector<std::span<const Route>> tables);
    ~ForgeFixture() override;

    struct Request {
        std::string method = "GET";
        std::string target;  ///< below `/2.0`: `/repositories/acme/tools?pagelen=2`
        std::string body = {};
        std::string type = "application/json";
        std::vector<std::pair<std::string, std::string>> headers = {};
    };
    Reply ask(const forge::Actor& actor, const Request& request);
    Reply get(const std::string& target) { return ask(ada(), {.target = target}); }
    Reply post(const std::string& target, std::string body,
               const std::string& type = "application/json") {
        return ask(ada(),
                   {.method = "POST", .target = target, .body = std::move(body), .type = type});
    }
    Reply put(const std::string& target, std::string body) {
        return ask(ada(), {.method = "PUT", .target = target, .body = std::move(body)});
    }
    Reply remove(const std::string& target) {
        return ask(ada(), {.method = "DELETE", .target = target});
    }

    const forge::Actor& ada() const noexcept { return ada_; }
    const forge::Actor& ben() const noexcept { return ben_; }
    static forge::Actor nobody();

    /// An empty private repository in `acme`, of the project CORE. Its main branch is `main`.
    forge::Repository make_repository(const std::string& slug);
    /// A proof of ada's for it.
    template <forge::Role least>
    forge::RepoProof<least> proof(const std::string& slug) {
        return permissions_.repository<least>(ctx_, ada_, "acme", slug).value();
    }
    forge::WorkspaceAdmin workspace_proof() {
        return permissions_.workspace<forge::Role::Admin>(ctx_, ada_, "acme").value();
    }
    std::shared_ptr<git::ServedRepository> open(const std::string& slug);

    /// A commit of ada's on a branch, on top of what is there, its time one minute behind the one
    /// before. Returns its hash.
    std::string commit(const std::string& slug, const std::string& branch,
                       std::vector<git::FileWrite> changes, std::string message = "a change");
    /// What git itself says in the repository, without the line's end.
    std::string git(const std::string& slug, std::vector<std::string> arguments);

    /// Names and payloads of the events so far, one `name payload` each.
    std::vector<std::string> events();

    exec::Context ctx_;
    exec::ManualClock clock_{Time::from_seconds(1'700'000'000)};
    exec::SeededRandom random_{1};

private:
    std::filesystem::path folder_;
    std::unique_ptr<ports::Metadbs> state_;
    std::optional<git::Tool> tool_;
    forge::SecretBox secrets_;
    Router router_;

protected:
    forge::Deps deps_;
    forge::Permissions permissions_;

private:
    forge::SignIn sign_in_;
    std::optional<git::ServedRepositories> repositories_;

protected:
    std::optional<Services> services_;

private:
    forge::Actor ada_, ben_;
    std::int64_t commits_ = 0;
};

}  // namespace forgehouse::api::testing
