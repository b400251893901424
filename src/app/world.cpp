#include "app/world.h"

#include <fmt/format.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <optional>
#include <random>

#include "app/complain.h"
#include "app/notice.h"
#include "app/secrets.h"
#include "base/log.h"
#include "base/text.h"
#include "engine/data_dir.h"
#include "engine/database.h"
#include "net/http_client.h"
#include "objects/local/local_objects.h"
#include "warehouse/clickhouse/client.h"

namespace forgehouse::app {
namespace {

using warehouse::clickhouse::Client;
using warehouse::clickhouse::Endpoint;

/// What one process of git may take.
std::uint64_t memory_of_git(const config::CollectSettings& settings) {
    constexpr std::uint64_t kLeast = 1'000'000'000;
    if (settings.git_memory.count > 0) return settings.git_memory.count;
    return std::max(engine::memory_of_machine() / 2, kLeast);
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

/// Nothing is drawn and painted where programs read.
terminal::Screen standard_error(const config::Environment& environment, bool no_colour,
                                bool for_programs) {
    terminal::Screen screen = terminal::look_at(2, environment, no_colour);
    if (for_programs) screen.terminal = screen.moves = screen.colour = false;
    return screen;
}

/// The system's, unless a test moves it.
std::unique_ptr<exec::Clock> clock_of(const config::Environment& environment) {
    const auto file = environment.find("FORGEHOUSE_CLOCK_FILE");
    if (file == environment.end()) return std::make_unique<exec::SystemClock>();
    return std::make_unique<exec::ShiftedClock>(file->second);
}

}  // namespace

bool misses_a_table(const Error& error) {
    const std::string_view code = error.field("code");
    return code == "60" || code == "81";
}

// Members are destroyed from the last to the first: the client before what it stands on.
struct World::Adapters {
    std::atomic<std::uint64_t> retries{0};
    std::optional<net::HttpClient> http;
    std::unique_ptr<Client> client;
    std::unique_ptr<objects::LocalObjects> checkpoints;
    std::unique_ptr<objects::LocalObjects> archive;
    std::optional<git::Tool> git;
};

World::World(Given given)
    : given_(std::move(given)),
      out_(terminal::look_at(1, given_.inputs.environment, given_.arguments.has("--no-color"))),
      err_(standard_error(given_.inputs.environment, given_.arguments.has("--no-color"),
                          json_log())),
      clock_(clock_of(given_.inputs.environment)),
      messages_([this](std::string_view lines) { terminal::write_all(err_.descriptor, lines); }),
      adapters_(std::make_unique<Adapters>()) {}

World::~World() = default;

std::vector<Error> World::reload(const std::function<std::optional<Error>(const World&)>& refuse) {
    auto fresh = std::make_unique<config::Loaded>(config::load(given_.inputs));
    if (!fresh->problems.empty()) return std::move(fresh->problems);
    const config::Settings& now = settings();
    config::Settings& next = fresh->settings;
    if (next.data != now.data || next.database != now.database ||
        next.warehouse.url != now.warehouse.url || next.schedule.listen != now.schedule.listen)
        fresh->remarks.emplace_back(
            "data, database, warehouse and schedule.listen stay as they are until a restart");
    next.data = now.data;
    next.database = now.database;
    next.engine = now.engine;
    next.warehouse = now.warehouse;
    next.log = now.log;
    next.schedule.listen = now.schedule.listen;
    std::swap(reloaded_, fresh);
    if (auto error = refuse(*this)) {
        std::swap(reloaded_, fresh);
        return {std::move(*error)};
    }
    return {};
}

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
    if (quiet()) return;
    if (!json_log()) return messages_(text);
    for (const std::string_view line : text::split(text::trim(text), '\n'))
        messages_(Notice(clock_->now(), line).take());
}

void World::complain(const Error& error) const {
    if (json_log())
        return log::write(log::Level::Error, "app", "failed", error, {{"hint", hint_of(error)}});
    messages_(json() ? complaint_json(error) : complaint(error, err_));
}

Exit World::usage(const Error& error) const {
    complain(error);
    return Exit::Usage;
}

void World::route_messages(std::function<void(std::string_view lines)> sink) {
    messages_ = sink;
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
        signals_ = std::make_unique<Signals>(notice_, hangup_);
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

/// The folder of the data directory, opened when it is first asked for.
Result<ports::Objects*> World::objects_in(const char* folder,
                                          std::unique_ptr<objects::LocalObjects>& place) const {
    if (!place) {
        TRY(data_dir());
        TRY_LET(opened, objects::LocalObjects::open(settings().data / folder));
        place = std::move(opened);
    }
    return place.get();
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
    return objects_in("checkpoints", adapters_->checkpoints);
}

Result<ports::Objects*> World::archive() {
    return objects_in("archive", adapters_->archive);
}

Result<git::Tool*> World::git() {
    if (!adapters_->git) {
        TRY_LET(tool, git::Tool::open(context(), {.environment = variables(),
                                                  .scratch_parent = {},
                                                  .memory = memory_of_git(settings().collect)}));
        adapters_->git.emplace(std::move(tool));
    }
    return &*adapters_->git;
}

std::uint64_t World::retries() const noexcept {
    return adapters_->retries;
}

Result<Secret> World::secret(const config::SecretRef& reference, std::string_view key) {
    return resolve_secret(context(), reference,
                          {.environment = environment(), .dotenv = config().dotenv}, key);
}

}  // namespace forgehouse::app
