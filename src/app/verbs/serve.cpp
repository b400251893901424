#include <fmt/format.h>

#include <array>
#include <chrono>
#include <thread>

#include "app/server.h"
#include "app/verbs/verbs.h"
#include "app/world.h"
#include "base/log.h"
#include "engine/early_files.h"
#include "net/http_server.h"

namespace forgehouse::app::verbs {
namespace {

constexpr std::array kOptions{
    cli::Option{.name = "--listen", .value = "ADDRESS:PORT", .key = "server.listen"},
    cli::Option{.name = "--ssh-listen", .value = "ADDRESS:PORT", .key = "server.ssh_listen"},
    cli::Option{.name = "--tls-certificate",
                .value = "FILE",
                .key = "server.tls_certificate",
                .completes = cli::Completes::Files},
    cli::Option{.name = "--tls-key",
                .value = "FILE",
                .key = "server.tls_key",
                .completes = cli::Completes::Files},
};
constexpr std::array kExamples{
    cli::Example{"serve", "On 127.0.0.1:8080; the first start says how to sign in."},
    cli::Example{"serve --listen 127.0.0.1:0", "On a free port, which it prints."},
    cli::Example{"serve --listen 0.0.0.0:443 --tls-certificate tls.pem --tls-key tls.key",
                 "For other machines."}};

constexpr cli::Verb kServe{
    .name = "serve",
    .group = "forge",
    .summary = "host repositories and serve the API of Bitbucket Cloud",
    .about =
        "Serves users, workspaces, projects and repositories by Bitbucket Cloud's REST API 2.0, "
        "under /2.0 and /api/2.0. State lies in SQLite in the data directory, or in PostgreSQL "
        "(server.database). The first start makes the user admin, with the password of "
        "FORGEHOUSE_ADMIN_PASSWORD or a new one, which it prints.\n\n"
        "/healthz says that the process answers, /readyz that its databases do, /metrics is for "
        "Prometheus. SIGTERM lets running requests end first.",
    .options = kOptions,
    .examples = kExamples};

std::size_t workers_of(const config::ServerSettings& settings) {
    if (settings.workers > 0) return settings.workers;
    return std::clamp<std::size_t>(4 * std::max(1U, std::thread::hardware_concurrency()), 16, 256);
}

Result<net::Listener> listener_of(const config::ServerSettings& settings) {
    const bool is_tls = !settings.tls_certificate.empty();
    if (is_tls == settings.tls_key.empty())
        return Failure(Error(Errc::Invalid, "a certificate and its key go together")
                           .hint("give both server.tls_certificate and server.tls_key"));
    TRY_LET(listener, net::Listener::tcp(settings.listen, is_tls ? "https" : "http"));
    if (is_tls) {
        TRY_LET(files,
                engine::read_early(
                    {.users = {}, .certificate = settings.tls_certificate, .key = settings.tls_key},
                    ""));
        listener.speak_tls(std::move(files.tls));
    }
    return std::move(listener);
}

Result<Exit> run(World& world) {
    const config::ServerSettings& settings = world.settings().server;
    exec::Context& ctx = world.context();
    // Before the databases: an address that is taken says so without touching anything.
    auto listener = listener_of(settings);
    if (!listener) {
        // What cannot be an address is a slip on the command line.
        if (listener.error().code() == Errc::Invalid) return world.usage(listener.error());
        return Failure(std::move(listener.error()));
    }
    TRY_LET(server, Server::open(world));
    TRY_LET(first, server->make_first_admin(world));
    if (!first.empty()) TRY(world.print(first));
    const std::string address =
        fmt::format("{}://{}", listener->tls() ? "https" : "http", listener->address());
    net::HttpServer http(
        {.handler =
             [&](exec::Context& request_ctx, const net::HttpRequest& request, net::BodyReader& body,
                 net::ResponseWriter& response) {
                 server->front().handle(request_ctx, request, body, response);
             },
         .doorman = [&](const net::HttpRequest& request) { return server->front().greet(request); },
         .party =
             [](const net::HttpRequest& request) {
                 return std::string(net::peer_host(request.peer));
             },
         .workers = workers_of(settings),
         .limits = {.target = 16 * 1024, .body = 1024ULL * 1024 * 1024}});
    http.add(std::move(*listener));
    TRY(world.print(fmt::format("ready on {}\n", address)));
    log::info("serve", "serving", {{"at", address}});
    while (ctx.sleep(std::chrono::hours(1))) {
    }
    server->front().leave();
    http.close_connections_after_answers();
    if (!http.drain(settings.drain)) log::warn("serve", "requests that ran too long were stopped");
    return Exit::Done;
}

}  // namespace

Verb serve() {
    return {&kServe, run};
}

}  // namespace forgehouse::app::verbs
