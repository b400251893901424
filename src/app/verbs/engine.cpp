#include <fmt/format.h>

#include <array>

#include "app/terminal/password.h"
#include "app/verbs/verbs.h"
#include "app/world.h"
#include "base/log.h"
#include "base/password_hash.h"
#include "engine/serve.h"
#include "exec/process.h"

namespace forgehouse::app::verbs {
namespace {

constexpr std::array kOptions{
    cli::Option{.name = "--listen", .value = "ADDRESS:PORT", .key = "engine.listen"},
    cli::Option{.name = "--writable", .key = "engine.writable"},
    cli::Option{.name = "--users",
                .value = "FILE",
                .key = "engine.users",
                .completes = cli::Completes::Files},
    cli::Option{.name = "--tls-certificate",
                .value = "FILE",
                .key = "engine.tls_certificate",
                .completes = cli::Completes::Files},
    cli::Option{.name = "--tls-key",
                .value = "FILE",
                .key = "engine.tls_key",
                .completes = cli::Completes::Files},
    cli::Option{.name = "--idle", .value = "SPAN", .key = "engine.idle"},
    cli::Option{.name = "--memory", .value = "SIZE", .key = "engine.memory"},
    cli::Option{.name = "--library",
                .value = "FILE",
                .key = "engine.library",
                .completes = cli::Completes::Files},
    cli::Option{.name = "--allow-remote", .key = "engine.allow_remote"},
    cli::Option{.name = "--allow-unconfined", .key = "engine.allow_unconfined"},
    cli::Option{.name = "--stop",
                .doc = "Asks the engine that runs for this data directory to finish its queries "
                       "and leave, and waits for it."},
    cli::Option{.name = "--hash-password",
                .doc = "Asks for a password, twice on a terminal, else one line of standard input, "
                       "and prints its Argon2id hash for engine.users."},
};
constexpr std::array kExamples{
    cli::Example{"engine --listen 127.0.0.1:8123", "For Grafana, DBeaver, @clickhouse/client."},
    cli::Example{"engine --listen 127.0.0.1:0", "On a free port, which it prints."},
    cli::Example{"engine --hash-password", "For a line of the file of users."},
    cli::Example{"engine --listen 0.0.0.0:8443 --users users --tls-certificate tls.pem --tls-key "
                 "tls.key",
                 "For other machines."},
    cli::Example{"engine --stop", "Ends the one that runs."}};

constexpr cli::Verb kEngine{
    .name = "engine",
    .group = "warehouse",
    .summary = "serve the warehouse to ClickHouse clients",
    .about =
        "Loads ClickHouse into this process and serves its HTTP interface on a Unix socket "
        "of the data directory and, with --listen, on TCP. The other verbs start it "
        "themselves when they need it, and it leaves when nobody asks for a while; with "
        "--listen it takes over from such a one and stays until it is stopped.\n\n"
        "Clients read only; with --users they need a password, and may do what the file says. The "
        "process is confined to its data directory.",
    .options = kOptions,
    .examples = kExamples};

engine::Options options_of(const World& world) {
    const config::EngineSettings& settings = world.settings().engine;
    engine::Options options;
    options.data_dir = world.settings().data;
    options.library = settings.library;
    options.idle = std::chrono::ceil<std::chrono::seconds>(settings.idle);
    if (!settings.listen.empty()) options.listen = settings.listen;
    options.memory_bytes = settings.memory.count;
    options.writable = settings.writable;
    options.users = settings.users;
    options.tls_certificate = settings.tls_certificate;
    options.tls_key = settings.tls_key;
    options.allow_remote = settings.allow_remote;
    options.allow_unconfined = settings.allow_unconfined;
    options.environment = engine::Environment(world.variables());
    options.announce = [&world](std::string_view line) { world.tell(fmt::format("{}\n", line)); };
    return options;
}

/// Clients of a listener find the tables and views in a new data directory too. Another process
/// makes them, with an engine started in passing that this one takes over from: serving wants a
/// process without further threads, and making tables has some. What hinders it will hinder us, and
/// is told of then.
void make_tables(World& world) {
    std::error_code ignored;
    const std::filesystem::path& data = world.settings().data;
    // The last that `init` makes.
    if (std::filesystem::exists(data / "clickhouse/metadata/gitlab.sql", ignored)) return;
    const config::EngineSettings& settings = world.settings().engine;
    std::vector<std::string> variables = world.variables();
    variables.push_back(fmt::format("FORGEHOUSE_ENGINE_MEMORY={}", settings.memory.count));
    if (!settings.library.empty())
        variables.push_back("FORGEHOUSE_ENGINE_LIBRARY=" + settings.library.string());
    if (settings.allow_unconfined)
        variables.emplace_back("FORGEHOUSE_ENGINE_ALLOW_UNCONFINED=true");
    // Not the world's Context, which has a thread of its own.
    const auto made =
        exec::run(exec::Context().with_timeout(std::chrono::minutes(1)),
                  {.program = world.self().string(),
                   .arguments = {"--config", "/dev/null", "init", "--data", data.string()},
                   .environment = std::move(variables),
                   .ends_with_thread = true});
    if (made && !made->exit.ok())
        log::debug("app", "the tables could not be made", {{"init", made->error}});
}

/// What concerns a listener has no effect without one, and whoever asks for it believes to have it.
Result<void> check_listener(const World& world) {
    if (!world.settings().engine.listen.empty()) return {};
    for (const std::string_view option :
         {"--writable", "--users", "--tls-certificate", "--tls-key", "--allow-remote"})
        if (world.arguments().has(option) || world.arguments().value(option))
            return Failure(Error(Errc::Invalid, "this option is for a listener, and there is none")
                               .with("option", std::string(option))
                               .hint("add --listen ADDRESS:PORT"));
    return {};
}

Result<Exit> print_hash(World& world) {
    TRY_LET(password, terminal::ask_new_password(world.err()));
    TRY_LET(hash, hash_password(password));
    TRY(world.print(hash + "\n"));
    return Exit::Done;
}

/// The engine confines its process for good and must not run destructors: it ends here.
Result<Exit> run(World& world) {
    if (world.arguments().has("--hash-password")) return print_hash(world);
    if (world.arguments().has("--stop")) {
        TRY(world.launcher().stop(world.context()));
        return Exit::Done;
    }
    TRY(check_listener(world));
    if (!world.settings().engine.listen.empty() && world.embedded()) make_tables(world);
    const auto ending = engine::serve(options_of(world));
    if (!ending) {
        world.complain(ending.error());
        // No address, or one that is not to be listened on as things are said.
        const bool usage =
            ending.error().code() == Errc::Invalid && !ending.error().field("address").empty();
        engine::leave(static_cast<int>(usage ? Exit::Usage : Exit::Failed));
    }
    if (*ending == engine::Ending::AlreadyRunning)
        world.tell("an engine serves this data directory already\n");
    engine::leave(static_cast<int>(Exit::Done));
}

}  // namespace

Verb engine() {
    return {&kEngine, run};
}

}  // namespace forgehouse::app::verbs
