#include "app/world.h"

#include <fmt/format.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <optional>
#include <random>

#include "app/complain.h"
#include "app/secrets.h"
#include "base/log.h"
#include "base/text.h"
#include "engine/data_dir.h"
#include "net/http_client.h"
#include "objects/local/local_objects.h"
#include "warehouse/clickhouse/client.h"

namespace forgehouse::app {
namespace {

using warehouse::clickhouse::Client;
using warehouse::clickhouse::Endpoint;

/// ClickHouse's numbers for a table, a database, or a view's table that is not there.
bool misses_a_table(const Error& error) {
    const std::string_view code = error.field("code");
    return code == "60" || code == "81";
}

exec::Retry counting_retry(std::atomic<std::uint64_t>& counted) {
    exec::Retry retry;
    retry.uniform = exec::seeded_uniform(std::random_device{}());
    retry.on_retry = [&counted](const Error& error, std::chrono::milliseconds delay) {
        ++counted;
        log::write(log::Level::Info, "app", "the warehouse is asked again", error,
                   {{"delay_ms", delay.count()}});
    };
    return retry;
}

}  // namespace

// Members are destroyed from the last to the first: the client before what it stands on.
struct World::Adapters {
    std::atomic<std::uint64_t> retries{0};
    std::optional<net::HttpClient> http;
    std::unique_ptr<Client> client;
    std::unique_ptr<objects::LocalObjects> checkpoints;
    std::optional<git::Tool> git;
};

World::World(Given given)
    : given_(std::move(given)),
      out_(terminal::look_at(1, given_.inputs.environment, given_.arguments.has("--no-color"))),
      err_(terminal::look_at(2, given_.inputs.environment, given_.arguments.has("--no-color"))),
      adapters_(std::make_unique<Adapters>()) {}

World::~World() = default;

Result<void> World::print(std::string_view bytes) {
    if (terminal::write_all(out_.descriptor, bytes)) return {};
    const int reason = errno;
    reader_gone_ = reason == EPIPE;
    if (reader_gone_) return Failure(Error(Errc::Cancelled, "nobody reads the output"));
    return Failure(Error(Errc::Unavailable, "standard output cannot be written")
                       .with("reason", std::strerror(reason))
                       .hint("make room where it goes to, or send it elsewhere"));
}

void World::tell(std::string_view text) const {
    if (!quiet()) terminal::write_all(err_.descriptor, text);
}

void World::complain(const Error& error) const {
    if (!json() && settings().log.format == log::Format::Json)
        return log::write(log::Level::Error, "app", "failed", error, {{"hint", error.hint()}});
    terminal::write_all(err_.descriptor, json() ? complaint_json(error) : complaint(error, err_));
}

Exit World::usage(const Error& error) const {
    complain(error);
    return Exit::Usage;
}

void World::route_log(std::function<void(std::string_view line)> sink) {
    log::Settings settings = given_.log;
    settings.sink = std::move(sink);
    log::configure(std::move(settings));
}

std::string World::command() const {
    std::string command = given_.called;
    // A long absolute path reads better from where we are.
    if (command.starts_with('/')) {
        const auto relative = self().lexically_relative(folder());
        if (!relative.empty() && *relative.begin() != "..") command = "./" + relative.string();
    }
    if (const auto dir = arguments().value("--data")) command += fmt::format(" --data {}", *dir);
    return command;
}

exec::Context& World::context() {
    if (!signals_) {
        signals_ = std::make_unique<Signals>(notice_);
        context_ = exec::Context(signals_->token());
    }
    return context_;
}

std::vector<std::string> World::variables() const {
    std::vector<std::string> out;
    for (const auto& [name, value] : environment())
        out.push_back(fmt::format("{}={}", name, value));
    return out;
}

Result<engine::DataDir> World::data_dir() const {
    const auto runtime = environment().find("XDG_RUNTIME_DIR");
    return engine::open_data_dir(settings().data,
                                 runtime == environment().end() ? "" : runtime->second);
}

engine::Launcher World::launcher() {
    // An engine that is started in passing takes its settings from here and from nowhere else, and
    // listens on its socket only: it serves this machine's user and nobody else.
    std::vector<std::string> program;
    program.reserve(8);
    program.push_back(self().string());
    for (const char* word : {"--config", "/dev/null", "engine", "--listen="})
        program.emplace_back(word);
    if (const auto& library = settings().engine.library; !library.empty())
        program.push_back(fmt::format("--library={}", library.string()));
    program.push_back(fmt::format("--memory={}", settings().engine.memory.count));
    if (settings().engine.allow_unconfined) program.emplace_back("--allow-unconfined");
    const bool tells = err_.terminal && !quiet();
    return engine::Launcher(
        {.data_dir = settings().data,
         .program = std::move(program),
         .environment = engine::Environment(variables()),
         .idle = std::chrono::ceil<std::chrono::seconds>(settings().engine.idle),
         .progress = [this, tells, said = false](std::string_view what,
                                                 std::chrono::milliseconds waited) mutable {
             if (!tells || said || waited < std::chrono::seconds(1)) return;
             said = true;
             tell(err_.dim(fmt::format("{}…", what)) + '\n');
         }});
}

Result<ports::Warehouse*> World::warehouse() {
    if (adapters_->client) return adapters_->client.get();
    context();
    Endpoint endpoint;
    endpoint.layout.database = settings().database;
    std::function<Result<void>(exec::Context&)> revive;
    if (embedded()) {
        TRY(data_dir());
        TRY_LET(found, launcher().ensure(context()));
        endpoint.unix_socket = found.socket.string();
        endpoint.writer_headers.push_back({std::string(engine::kWriterHeader), found.writer_token});
        revive = [launcher = launcher()](exec::Context& ctx) -> Result<void> {
            TRY(launcher.ensure(ctx));
            return {};
        };
    } else {
        endpoint.url = settings().warehouse.url;
        endpoint.user = settings().warehouse.user;
        TRY_LET(password, secret(settings().warehouse.password, "warehouse.password"));
        endpoint.password = std::move(password);
    }
    adapters_->http.emplace(net::HttpClient::Settings{});
    adapters_->client = std::make_unique<Client>(
        std::move(endpoint),
        warehouse::clickhouse::Parts{.http = *adapters_->http,
                                     .retry = counting_retry(adapters_->retries),
                                     .revive = std::move(revive)});
    return adapters_->client.get();
}

Result<void> World::ask_with_tables(const std::function<Result<void>(ports::Warehouse&)>& read) {
    TRY_LET(warehouse, this->warehouse());
    auto done = read(*warehouse);
    if (done || !misses_a_table(done.error())) return done;
    TRY_LET(prepared, warehouse->prepare(context()));
    // Nothing of ours was missing: it is the question that is wrong.
    return prepared.created.empty() ? std::move(done) : read(*warehouse);
}

Result<ports::Objects*> World::checkpoints() {
    if (!adapters_->checkpoints) {
        TRY(data_dir());
        TRY_LET(opened, objects::LocalObjects::open(settings().data / "checkpoints"));
        adapters_->checkpoints = std::move(opened);
    }
    return adapters_->checkpoints.get();
}

Result<git::Tool*> World::git() {
    if (!adapters_->git) {
        TRY_LET(tool,
                git::Tool::open(context(), {.environment = variables(), .scratch_parent = {}}));
        adapters_->git.emplace(std::move(tool));
    }
    return &*adapters_->git;
}

std::uint64_t World::retries() const noexcept {
    return adapters_->retries;
}

Result<Secret> World::secret(const config::SecretRef& reference, std::string_view key) {
    return resolve_secret(context(), reference, environment(), key);
}

}  // namespace forgehouse::app
