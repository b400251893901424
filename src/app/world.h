// World: what a verb works with. Composition happens here and nowhere else: the only file that
// names concrete adapters (world.cpp), each made when first asked for, so that a verb pays only for
// what it uses.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/parse.h"
#include "app/exit.h"
#include "app/signals.h"
#include "app/terminal/screen.h"
#include "base/log.h"
#include "config/load.h"
#include "engine/data_dir.h"
#include "engine/launcher.h"
#include "exec/clock.h"
#include "exec/context.h"
#include "git/tool.h"
#include "ports/objects.h"
#include "ports/warehouse.h"

namespace forgehouse::objects {
class LocalObjects;
}

namespace forgehouse::app {

/// Whether the warehouse says that a table, a database, or a view's table is not there.
bool misses_a_table(const Error& error);

/// Threads: const functions from many threads at once while reload() is not called; the rest one at
/// a time. What context() and warehouse() return may be shared.
class World {
public:
    struct Given {
        const cli::Program& program;
        const cli::Arguments& arguments;
        const config::Inputs& inputs;
        const config::Loaded& config;
        std::filesystem::path self;  ///< our own executable
        std::string called;          ///< how it was called
        log::Settings log;           ///< as configured
    };

    explicit World(Given given);
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    const cli::Program& program() const noexcept { return given_.program; }
    const cli::Arguments& arguments() const noexcept { return given_.arguments; }
    const config::Loaded& config() const noexcept { return reloaded_ ? *reloaded_ : given_.config; }
    const config::Settings& settings() const noexcept { return config().settings; }
    /// Reads the configuration anew. What is wrong with it, or what `refuse` has against it once it
    /// is in place, is returned, and it stays as it was. What stands already (data directory,
    /// warehouse, log) stays. References into the one before end.
    std::vector<Error> reload(const std::function<std::optional<Error>(const World&)>& refuse);
    const config::Environment& environment() const noexcept { return given_.inputs.environment; }
    const std::filesystem::path& folder() const noexcept { return given_.inputs.folder; }
    const std::filesystem::path& self() const noexcept { return given_.self; }

    const terminal::Screen& out() const noexcept { return out_; }
    const terminal::Screen& err() const noexcept { return err_; }
    bool json() const noexcept { return arguments().has("--json"); }
    bool quiet() const noexcept { return arguments().has("--quiet"); }
    const exec::Clock& clock() const noexcept { return *clock_; }

    /// Writes to standard output. Cancelled once nobody reads it, and reader_gone() says so then.
    Result<void> print(std::string_view bytes);
    bool reader_gone() const noexcept { return reader_gone_; }
    /// Writes to standard error, as an object a line with --log-format json; nothing with -q.
    void tell(std::string_view text) const;
    /// Shows an error on standard error: as a log line with --log-format json, else as JSON with
    /// --json.
    void complain(const Error& error) const;
    /// The same, for a command line that cannot be right.
    Exit usage(const Error& error) const;

    /// Log lines, tell() and complain() go there instead of standard error, for good. Before
    /// context(): the sink is called from any thread.
    void route_messages(std::function<void(std::string_view lines)> sink);
    /// Whether every line on standard error is to be a JSON object.
    bool json_log() const noexcept { return settings().log.format == log::Format::Json; }
    /// How to call this program from here, with --data where that was given: for commands to try.
    std::string command() const;

    /// Called at the first Ctrl-C, on another thread. Before context().
    void on_interrupt(std::function<void()> notice) { notice_ = std::move(notice); }
    /// Called at each SIGHUP, on another thread; it is no reason to stop then. Before context().
    void on_hangup(std::function<void()> notice) { hangup_ = std::move(notice); }
    /// Stops at Ctrl-C. The first call starts the signals' thread: call it before anything that
    /// starts threads.
    exec::Context& context();
    bool interrupted() const noexcept { return signals_ && signals_->token().stop_requested(); }

    /// Whether the warehouse is our own engine.
    bool embedded() const noexcept { return settings().warehouse.url.empty(); }
    engine::Launcher launcher();
    /// The data directory, made where it is missing. Errors: those of engine::open_data_dir.
    Result<engine::DataDir> data_dir() const;
    /// The environment as `NAME=value`.
    std::vector<std::string> variables() const;
    /// The warehouse, answering: the engine is started where none runs.
    Result<ports::Warehouse*> warehouse();
    /// Runs a read; where a table or view of ours is missing, makes them all and runs it again.
    /// Nothing of an answer may have been shown by a read that fails so.
    Result<void> ask_with_tables(const std::function<Result<void>(ports::Warehouse&)>& read);
    /// Requests to the warehouse that were tried again so far. Any thread.
    std::uint64_t retries() const noexcept;
    Result<ports::Objects*> checkpoints();
    /// The raw answers of servers.
    Result<ports::Objects*> archive();
    Result<git::Tool*> git();

    /// The secret that a configuration refers to; empty where it refers to none.
    /// Errors: NotFound for an unset variable or a missing file; Denied, Invalid by a command.
    Result<Secret> secret(const config::SecretRef& reference, std::string_view key);

private:
    struct Adapters;
    Result<ports::Objects*> objects_in(const char* folder,
                                       std::unique_ptr<objects::LocalObjects>& place) const;

    Given given_;
    std::unique_ptr<config::Loaded> reloaded_;  // before what asks for settings
    terminal::Screen out_;
    terminal::Screen err_;
    std::unique_ptr<exec::Clock> clock_;
    std::function<void(std::string_view)> messages_;
    bool reader_gone_ = false;
    std::function<void()> notice_;
    std::function<void()> hangup_;
    std::unique_ptr<Signals> signals_;
    exec::Context context_;
    std::unique_ptr<Adapters> adapters_;
};

}  // namespace forgehouse::app
