#include "app/server.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <thread>

#include "api/rest_v2/tables.h"
#include "app/exposition.h"
#include "app/world.h"
#include "base/password_hash.h"
#include "base/text.h"
#include "exec/random.h"
#include "forge/accounts.h"
#include "forge/identity/secret_key_file.h"
#include "git/hosted/served_repository.h"
#include "metadb/databases.h"

namespace forgehouse::app {
namespace {

namespace fs = std::filesystem;

/// Of a password that nobody knows: what a name that is not there is held against.
constexpr std::string_view kStandIn =
    "$argon2id$v=19$m=19456,t=2,p=1$KazpbK1Zmw7qu9MEWJBCwA$zrsOembJLcwwUM2bjLehM+XtxiIU7QmUdBzkN4O0"
    "krg";

constexpr std::size_t kOpenRepositories = 256;

/// The password, which no configuration holds, into an URL that has none.
std::string with_password(const std::string& url, const Secret& password) {
    const std::size_t user = url.find("://");
    const std::size_t at = url.find('@');
    if (password.empty() || user == std::string::npos || at == std::string::npos) return url;
    return url.substr(0, at) + ":" + api::percent_encoded(password.reveal()) + url.substr(at);
}

Result<metadb::Options> database_options(World& world, const fs::path& data) {
    const config::ServerSettings& settings = world.settings().server;
    TRY_LET(password, world.secret(settings.database_password, "server.database_password"));
    metadb::Options options{.url = settings.database.empty()
                                       ? "sqlite:" + (data / "forge.db").string()
                                       : with_password(settings.database, password),
                            .clock = world.clock()};
    for (const std::string& shard : settings.shards)
        options.shard_urls.push_back(with_password(shard, password));
    return options;
}

Result<void> make_folder(const fs::path& folder) {
    std::error_code failed;
    fs::create_directories(folder, failed);
    if (!failed) fs::permissions(folder, fs::perms::owner_all, failed);
    if (!failed) return {};
    return Failure(Error(Errc::Unavailable, "a folder cannot be made")
                       .with("path", folder.string())
                       .with("reason", failed.message()));
}

}  // namespace

struct Server::Parts {
    exec::SystemRandom random;
    std::unique_ptr<ports::Metadbs> state;
    std::optional<forge::SecretBox> secrets;
    std::optional<forge::Deps> deps;
    std::optional<forge::Permissions> permissions;
    std::optional<forge::SignIn> sign_in;
    std::optional<git::ServedRepositories> repositories;
    std::optional<api::Services> services;
    std::optional<api::Router> router;
    std::optional<api::Front> front;
};

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Server::~Server() = default;

forge::Deps& Server::deps() noexcept {
    return *parts_->deps;
}
forge::SignIn& Server::sign_in() noexcept {
    return *parts_->sign_in;
}
const forge::Permissions& Server::permissions() const noexcept {
    return *parts_->permissions;
}
api::Front& Server::front() noexcept {
    return *parts_->front;
}

Result<std::unique_ptr<Server>> Server::open(World& world) {
    auto parts = std::make_unique<Parts>();
    Parts& p = *parts;
    TRY_LET(data, world.data_dir());
    for (const char* folder : {"repositories", "downloads"}) TRY(make_folder(data.root / folder));
    std::array<std::uint8_t, forge::SecretBox::kKeyRandomness> randomness;
    p.random.fill(randomness);
    const auto& variables = world.environment();
    const auto named = variables.find("FORGEHOUSE_SECRET_KEY_FILE");
    TRY_LET(secrets,
            forge::open_secret_keys(
                named != variables.end() ? named->second : (data.root / "secret.key").string(),
                randomness));
    p.secrets = std::move(secrets);
    TRY_LET(options, database_options(world, data.root));
    TRY_LET(state, metadb::open_metadbs(world.context(), std::move(options)));
    p.state = std::move(state);
    for (ports::Metadb* database : p.state->all()) TRY(database->migrate(world.context()));
    TRY_LET(git, world.git());
    p.deps.emplace(*p.state, world.clock(), p.random, *p.secrets, data.root / "repositories");
    p.permissions.emplace(*p.state);
    const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
    p.sign_in.emplace(*p.deps, std::vector<std::string>{std::string(kStandIn)},
                      exec::LoginGuard::Bounds{.places = cores, .waiting = 8 * cores});
    p.repositories.emplace(*git, kOpenRepositories);
    p.services.emplace(*p.deps, *p.permissions, *p.sign_in, *p.repositories, "",
                       data.root / "downloads");
    p.router.emplace(api::rest_v2::all_tables());
    const config::ServerSettings& settings = world.settings().server;
    p.front.emplace(*p.services, *p.router,
                    api::Front::Options{
                        .origin = settings.url,
                        .trusts_proxy = settings.trust_proxy,
                        .requests_an_hour = settings.requests_per_hour,
                        .anonymous_requests_an_hour = settings.anonymous_requests_per_hour,
                        .metrics = [raw = parts.get()] {
                            Exposition out;
                            out.family("forgehouse_http_requests_total", Exposition::Kind::Counter,
                                       "Requests answered.")
                                .sample(raw->front->requests());
                            out.family("forgehouse_http_failures_total", Exposition::Kind::Counter,
                                       "Answers with a status of 500 or more.")
                                .sample(raw->front->failures());
                            out.family("forgehouse_open_repositories", Exposition::Kind::Gauge,
                                       "Repositories held open for reading.")
                                .sample(std::uint64_t{raw->repositories->size()});
                            return out.text();
                        }});
    return std::unique_ptr<Server>(new Server(std::move(parts)));
}

forge::Actor Server::operator_of_the_machine() {
    return {.user = forge::UserId{0},
            .name = "operator",
            .uuid = "",
            .is_admin = true,
            .token = {},
            .binding = {},
            .scopes = forge::Scopes::all(),
            .address = "local"};
}

Result<std::string> Server::make_first_admin(World& world) {
    TRY_LET(some, forge::has_users(deps(), world.context()));
    if (some) return std::string();
    const auto given = world.environment().find("FORGEHOUSE_ADMIN_PASSWORD");
    const bool is_given = given != world.environment().end() && !given->second.empty();
    const Secret password(is_given ? given->second : text::to_base64url(parts_->random.bytes(18)));
    TRY_LET(hash, hash_password(password));
    TRY_LET(made, forge::create_first_admin(deps(), world.context(),
                                            {.username = "admin",
                                             .display_name = "Administrator",
                                             .email = "",
                                             .password_hash = hash,
                                             .is_admin = true}));
    if (!made) return std::string();
    return is_given ? std::string(
                          "the first administrator is `admin`, with the password of "
                          "FORGEHOUSE_ADMIN_PASSWORD\n")
                    : fmt::format(
                          "the first administrator is `admin`, its password {}\n"
                          "it is shown this once: note it, or change it with "
                          "`{} admin user password admin`\n",
                          password.reveal(), world.command());
}

}  // namespace forgehouse::app
