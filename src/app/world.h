// World: what a verb works with. Composition happens here and nowhere else: the only file that
// names concrete adapters (world.cpp), each made when first asked for, so that a verb pays only for
// what it uses.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/parse.h"
#include "app/exit.h"
#include "app/signals.h"
#include "app/terminal/screen.h"
#include "config/load.h"
#include "engine/launcher.h"
#include "exec/clock.h"
#include "exec/context.h"
#include "git/tool.h"
#include "ports/objects.h"
#include "ports/warehouse.h"

namespace forgehouse::app {

/// Not shared between threads, but for what context() and warehouse() return.
class World {
public:
    struct Given {
        const cli::Program& program;
        const cli::Arguments& arguments;
        const config::Inputs& inputs;
        const config::Loaded& config;
        std::filesystem::path self;  ///< our own executable
    };

    explicit World(Given given);
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    const cli::Program& program() const noexcept { return given_.program; }
    const cli::Arguments& arguments() const noexcept { return given_.arguments; }
    const config::Loaded& config() const noexcept { return given_.config; }
    const config::Settings& settings() const noexcept { return given_.config.settings; }
    const config::Environment& environment() const noexcept { return given_.inputs.environment; }
    const std::filesystem::path& folder() const noexcept { return given_.inputs.folder; }
    const std::filesystem::path& self() const noexcept { return given_.self; }

    const terminal::Screen& out() const noexcept { return out_; }
    const terminal::Screen& err() const noexcept { return err_; }
    bool json() const noexcept { return arguments().has("--json"); }
    bool quiet() const noexcept { return arguments().has("--quiet"); }
    const exec::Clock& clock() const noexcept { return clock_; }

    /// Writes to standard output. Cancelled once nobody reads it, and reader_gone() says so then.
    Result<void> print(std::string_view bytes);
    bool reader_gone() const noexcept { return reader_gone_; }
    /// Writes to standard error; nothing with -q.
    void tell(std::string_view text) const;
    /// Shows an error on standard error, as JSON with --json.
    void complain(const Error& error) const;
    /// The same, for a command line that cannot be right.
    Exit usage(const Error& error) const;

    /// Stops at Ctrl-C. The first call starts the signals' thread: call it before anything that
    /// starts threads.
    exec::Context& context();
    bool interrupted() const noexcept { return signals_ && signals_->token().stop_requested(); }

    /// Whether the warehouse is our own engine.
    bool embedded() const noexcept { return settings().warehouse.url.empty(); }
    engine::Launcher launcher();
    /// The warehouse, answering. With `tables` they are made where they are missing.
    Result<ports::Warehouse*> warehouse();
    Result<ports::Objects*> checkpoints();
    Result<git::Tool*> git();

    /// The secret that a configuration refers to; empty where it refers to none.
    /// Errors: NotFound for an unset variable or a missing file; Denied, Invalid by a command.
    Result<Secret> secret(const config::SecretRef& reference, std::string_view key);

private:
    struct Adapters;

    Given given_;
    terminal::Screen out_;
    terminal::Screen err_;
    exec::SystemClock clock_;
    bool reader_gone_ = false;
    std::unique_ptr<Signals> signals_;
    exec::Context context_;
    std::unique_ptr<Adapters> adapters_;
};

}  // namespace forgehouse::app
