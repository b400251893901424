// Launcher: the client's way to the engine of a data directory. Finds its socket, starts the
// program when nobody answers, and waits until it does. Many processes may do so at once: the
// directory's lock lets exactly one engine live, the others leave quietly.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "engine/environment.h"
#include "exec/context.h"

namespace forgehouse::engine {

/// Where an engine answers, and what proves that a request comes from our own writer.
struct Endpoint {
    std::filesystem::path socket;  ///< Unix socket that speaks ClickHouse's HTTP interface
    Secret writer_token;           ///< value of the header kWriterHeader
};

/// The header that lifts `readonly` for our own writer, on the Unix socket only.
inline constexpr std::string_view kWriterHeader = "X-Forgehouse-Writer";

/// What ensure() is doing while it waits: `waited` since the start of the call.
using Progress = std::function<void(std::string_view what, std::chrono::milliseconds waited)>;

class Launcher {
public:
    struct Options {
        /// The data directory; made (0700) where it is missing.
        std::filesystem::path data_dir;
        /// What is executed to start an engine, e.g. {"/usr/bin/forgehouse", "engine"}. The
        /// launcher appends `--data DIR --idle SECONDS`.
        std::vector<std::string> program;
        /// Of the process: tells where the socket is; what an engine needs of it is passed on to
        /// it.
        Environment environment{};
        /// How long an engine stays without a request.
        std::chrono::seconds idle{60};
        /// Told at most every 200 ms while a call waits. May be empty.
        Progress progress{};
    };

    explicit Launcher(Options options) : options_(std::move(options)) {}

    /// The address of an engine that has just answered `/ping`. Starts one where none answers; an
    /// engine that died (kill -9 included) is started again, one that is opening its database is
    /// waited for.
    /// Errors: Cancelled by the Context; Invalid where the start cannot succeed (no library, wrong
    /// architecture, directory of a newer version or not ours; `log` has the last lines of its
    /// log); Denied where the socket's folder belongs to somebody else; Unavailable where the
    /// engine did not answer within a minute.
    /// Threads: may be called from many threads at once.
    Result<Endpoint> ensure(exec::Context& ctx) const;

    /// The address of an engine that answers now; NotFound where none does. Starts nothing.
    Result<Endpoint> find(exec::Context& ctx) const;

    /// Asks the running engine to finish its queries and leave, and waits until it has left.
    /// Nothing to do where none runs.
    Result<void> stop(exec::Context& ctx) const;

private:
    Options options_;
};

}  // namespace forgehouse::engine
