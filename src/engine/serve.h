// serve: the whole life of an engine process, for the verb `forgehouse engine`.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/environment.h"

namespace forgehouse::engine {

struct Options {
    /// The data directory: made where it is missing.
    std::filesystem::path data_dir;
    /// libchdb.so; empty: $FORGEHOUSE_LIBCHDB and the usual places are searched (library.h).
    std::filesystem::path library{};
    /// Leaves after that long without a request or a running query. Ignored with `listen`.
    std::chrono::seconds idle{60};
    /// What the engine may use of the machine's memory, shared out as database.cpp says. 0: all.
    std::uint64_t memory_bytes = 0;
    /// `ADDRESS:PORT` of a TCP listener besides the Unix socket; port 0 takes a free one. Such an
    /// engine takes over from one that runs already, and stays until it is told to leave.
    std::optional<std::string> listen;
    /// Clients of the TCP listener may also create, fill, alter and drop tables that are not ours.
    bool writable = false;
    /// A file of users (users.h) of the TCP listener: without a name and a password nobody is
    /// served there then, and what he may do stands in the file. "": whoever can connect is served.
    std::filesystem::path users{};
    /// The TCP listener speaks TLS, with this certificate and its key (PEM). Both or none.
    std::filesystem::path tls_certificate{};
    std::filesystem::path tls_key{};
    /// Accepts a `listen` address that is not loopback without users or without TLS.
    bool allow_remote = false;
    /// Serves even where the kernel offers nothing to confine the process with.
    bool allow_unconfined = false;
    /// False: as on a kernel without it, so that the way through bubblewrap can be tried anywhere.
    bool use_landlock = true;
    /// Of the process: XDG_RUNTIME_DIR, XDG_CACHE_HOME, HOME and FORGEHOUSE_LIBCHDB are looked at.
    Environment environment{};
    /// Receives one line for a person: `ready on http://127.0.0.1:8123`. May be empty.
    std::function<void(std::string_view line)> announce;
};

/// How serve() ended well.
enum class Ending : unsigned char {
    Idle,            ///< nobody asked for `idle` seconds
    Stopped,         ///< SIGTERM, SIGINT or a request to stop; running queries were finished
    TakenOver,       ///< another engine has the directory now
    AlreadyRunning,  ///< one serves this directory: nothing to do
    DirectoryGone,   ///< somebody removed it, or put another one in its place
};

/// Serves until it is idle, stopped or taken over. Blocks. Call it from main() before any other
/// thread exists: it blocks signals and confines the whole process for good, so nothing but
/// leaving should follow. Leave by leave() below.
/// Errors: Invalid (no library, wrong architecture, a directory of a newer version, an address that
/// is refused), Denied (rights), Conflict (the lock is held and nobody answers), Unavailable (disk
/// full, address in use). All carry a hint.
Result<Ending> serve(const Options& options);

/// Ends the process at once without running the library's destructors, which abort while its
/// threads live. Flushes standard output and error first.
[[noreturn]] void leave(int exit_code) noexcept;

}  // namespace forgehouse::engine
