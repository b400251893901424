#include "engine/launcher.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "base/text.h"
#include "engine/data_dir.h"
#include "engine/front.h"
#include "engine/knock.h"

namespace forgehouse::engine {
namespace fs = std::filesystem;
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kAsk{10};
constexpr std::chrono::milliseconds kTell{200};
constexpr std::chrono::seconds kStartPatience{60};
// An engine that leaves as ours starts makes ours start in vain once. More is an error.
constexpr int kMaxStarts = 3;
constexpr std::size_t kLogTail = 2000;

/// A process that was started to live on without us.
class Detached {
public:
    Detached() = default;
    explicit Detached(int pidfd) : pidfd_(pidfd) {}
    Detached(Detached&& other) noexcept : pidfd_(std::exchange(other.pidfd_, -1)) {}
    Detached& operator=(Detached&& other) noexcept {
        std::swap(pidfd_, other.pidfd_);
        return *this;
    }
    ~Detached() {
        if (pidfd_ >= 0) ::close(pidfd_);
    }
    bool alive() const {
        if (pidfd_ < 0) return false;
        pollfd p{.fd = pidfd_, .events = POLLIN, .revents = 0};
        return ::poll(&p, 1, 0) == 0;
    }

private:
    int pidfd_ = -1;
};

struct Words {
    explicit Words(std::vector<std::string> texts) : owned(std::move(texts)) {
        for (std::string& text : owned) raw.push_back(text.data());
        raw.push_back(nullptr);
    }
    std::vector<std::string> owned;
    std::vector<char*> raw;
};

/// Between fork and exec only system calls are safe: other threads may have held any lock.
[[noreturn]] void become(const Words& program, const Words& environment, int null, int log) {
    ::setsid();
    ::dup2(null, STDIN_FILENO);
    ::dup2(null, STDOUT_FILENO);
    ::dup2(log, STDERR_FILENO);
    ::syscall(SYS_close_range, 3U, ~0U, 0U);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    (void)!::chdir("/");
    ::execve(program.raw[0], program.raw.data(), environment.raw.data());
    constexpr char kWhy[] = "error engine: the program cannot be executed\n";
    (void)!::write(STDERR_FILENO, kWhy, sizeof kWhy - 1);
    ::_exit(127);
}

/// Forks twice: the engine belongs to init then, and is nobody's zombie.
Result<Detached> start(const Words& program, const Words& environment, const fs::path& log_path) {
    const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    const int log =
        ::open(log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
    int report[2] = {-1, -1};
    const bool piped = ::pipe2(report, O_CLOEXEC) == 0;
    const pid_t between = piped && null >= 0 && log >= 0 ? ::fork() : -1;
    if (between == 0) {
        const pid_t engine = ::fork();
        if (engine == 0) become(program, environment, null, log);
        (void)!::write(report[1], &engine, sizeof engine);
        ::_exit(0);
    }
    const int code = errno;
    pid_t engine = -1;
    int pidfd = -1;
    if (between > 0) {
        if (::read(report[0], &engine, sizeof engine) == static_cast<ssize_t>(sizeof engine) &&
            engine > 0)
            pidfd = static_cast<int>(::syscall(SYS_pidfd_open, engine, 0U));
        ::waitpid(between, nullptr, 0);
    }
    for (const int fd : {null, log, report[0], report[1]})
        if (fd >= 0) ::close(fd);
    if (between < 0)
        return Failure(Error(Errc::Unavailable, "the engine's process cannot be started")
                           .with("reason", std::strerror(code)));
    return Detached(pidfd);
}

std::uint64_t size_of(const fs::path& file) {
    struct stat found{};
    return ::stat(file.c_str(), &found) == 0 ? static_cast<std::uint64_t>(found.st_size) : 0;
}

/// What the log has gained since it was `from` bytes long.
std::string gained(const fs::path& log, std::uint64_t from) {
    std::ifstream file(log, std::ios::binary);
    const std::uint64_t size = size_of(log);
    if (size > from + kLogTail) from = size - kLogTail;
    file.seekg(static_cast<std::streamoff>(size < from ? 0 : from));
    std::string text(kLogTail, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    return std::string(text::trim(text));
}

/// Where the running engine listens: at our path, or where its lock says (another environment may
/// have led it to another folder). NotFound where none serves this directory: an engine at our path
/// then belongs to a directory that stood here before, and is gone.
Result<fs::path> where_it_listens(const DataDir& dir) {
    TRY_LET(holder, lock_holder(dir.lock));
    if (holder && holder->socket.is_absolute()) return holder->socket;
    // While one engine takes over from another, neither may hold the lock for a moment.
    TRY_LET(next, lock_holder(dir.takeover));
    if (!holder && !next)
        return Failure(Error(Errc::NotFound, "no engine serves this data directory")
                           .with("path", dir.root.string()));
    return dir.socket;
}

}  // namespace

Result<Endpoint> Launcher::find(exec::Context& ctx) const {
    TRY_LET(dir, open_data_dir(options_.data_dir, options_.environment.value("XDG_RUNTIME_DIR")));
    TRY_LET(token, writer_token(dir));
    TRY_LET(socket, where_it_listens(dir));
    TRY_LET(answer, knock(ctx, socket, "GET", "/ping", Secret()));
    if (answer.status != 200)
        return Failure(Error(Errc::Unavailable, "the engine does not answer as it should")
                           .with("status", std::int64_t{answer.status}));
    return Endpoint{.socket = socket, .writer_token = token};
}

Result<Endpoint> Launcher::ensure(exec::Context& caller) const {
    exec::Context ctx = caller.with_timeout(kStartPatience);
    TRY_LET(dir, open_data_dir(options_.data_dir, options_.environment.value("XDG_RUNTIME_DIR")));
    const auto began = Steady::now();
    auto told = began;
    std::uint64_t log_before = size_of(dir.log);
    Detached engine;
    int starts = 0;
    for (;;) {
        // In slices: an engine that opens its database takes the connection and answers later.
        exec::Context slice = ctx.with_timeout(kTell);
        auto found = find(slice);
        if (found || found.error().code() == Errc::Denied || found.error().code() == Errc::Invalid)
            return found;
        TRY(caller.check());
        if (!ctx.check())
            return Failure(Error(Errc::Unavailable, "the engine did not answer within a minute")
                               .with("log", gained(dir.log, log_before))
                               .hint("look into " + dir.log.string()));
        TRY_LET(holder, lock_holder(dir.lock));
        if (!holder && !engine.alive()) {
            if (starts++ == kMaxStarts)
                return Failure(
                    Error(Errc::Invalid, "the engine cannot start")
                        .with("log", gained(dir.log, log_before))
                        .hint("mend what the log says, or look into " + dir.log.string()));
            std::vector<std::string> command = options_.program;
            command.insert(command.end(), {"--data", dir.root.string(), "--idle",
                                           std::to_string(options_.idle.count())});
            log_before = size_of(dir.log);
            TRY_LET(started, start(Words(command),
                                   Words(options_.environment.passed_on().variables()), dir.log));
            engine = std::move(started);
        }
        const auto now = Steady::now();
        if (options_.progress && now - told >= kTell) {
            told = now;
            options_.progress(holder ? "opening the database" : "starting the engine",
                              std::chrono::duration_cast<std::chrono::milliseconds>(now - began));
        }
        TRY(ctx.sleep(kAsk));
    }
}

Result<void> Launcher::stop(exec::Context& ctx) const {
    TRY_LET(dir, open_data_dir(options_.data_dir, options_.environment.value("XDG_RUNTIME_DIR")));
    TRY_LET(token, writer_token(dir));
    const auto socket = where_it_listens(dir);
    if (!socket)
        return socket.error().code() == Errc::NotFound ? Result<void>() : Failure(socket.error());
    auto asked = knock(ctx, *socket, "POST", kLeavePath, token);
    if (!asked && asked.error().code() == Errc::Cancelled) return Failure(std::move(asked.error()));
    for (;;) {
        TRY_LET(holder, lock_holder(dir.lock));
        if (!holder) return {};
        TRY(ctx.sleep(kAsk));
    }
}

}  // namespace forgehouse::engine
