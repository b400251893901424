#include "engine/serve.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>

#include "base/log.h"
#include "engine/confinement.h"
#include "engine/data_dir.h"
#include "engine/database.h"
#include "engine/early_files.h"
#include "engine/front.h"
#include "engine/library.h"
#include "engine/log_bound.h"
#include "engine/sockets.h"

namespace forgehouse::engine {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLook{100};
constexpr std::chrono::seconds kDrainPatience{30};
// After that long in the library's own end the process ends itself: nothing is lost by it.
constexpr unsigned kCloseSeconds = 20;
constexpr std::size_t kUnixWorkers = 32, kTcpWorkers = 32;

sigset_t stop_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    return set;
}

void prepare_process() {
    ::umask(0077);
    ::signal(SIGPIPE, SIG_IGN);
    const sigset_t stops = stop_signals();
    pthread_sigmask(SIG_BLOCK, &stops, nullptr);
    // A core would be gigabytes of other people's rows.
    const rlimit none{.rlim_cur = 0, .rlim_max = 0};
    ::setrlimit(RLIMIT_CORE, &none);
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &files);
    }
}

ConfinementPlan plan_for(const DataDir& dir, const std::filesystem::path& library) {
    ConfinementPlan plan{.read_write = {dir.clickhouse},
                         .read_only = system_paths(),
                         .remove_from = {dir.socket.parent_path()}};
    plan.read_only.push_back(library);
    return plan;
}

Result<void> check_listen(const Options& options) {
    const bool users = !options.users.empty(), tls = !options.tls_certificate.empty();
    TRY(check_listen_address(*options.listen,
                             {.users = users, .tls = tls, .at_own_risk = options.allow_remote}));
    if (!users && !is_loopback(*options.listen))
        log::warn("engine", "whoever reaches the address is served without a password",
                  {{"address", *options.listen}, {"hint", "set engine.users"}});
    return {};
}

/// What has to be seen inside bubblewrap, where locks, token and log are opened again.
ConfinementPlan wrap_plan_for(const DataDir& dir, const std::filesystem::path& library) {
    ConfinementPlan plan = plan_for(dir, library);
    plan.private_folder = dir.root;
    for (const auto& file :
         {dir.lock, dir.takeover, dir.log, std::filesystem::path(dir.log.string() + ".1")})
        plan.read_write.push_back(file);
    plan.read_only.push_back(dir.token);
    plan.read_only.push_back(dir.root / "format");
    return plan;
}

/// Without a listener there is nobody to ask for a password, and nothing to encrypt.
EarlyPaths early_paths(const Options& options) {
    if (!options.listen) return {};
    return {.users = options.users, .certificate = options.tls_certificate, .key = options.tls_key};
}

/// Makes sure that something will confine us. May run the whole program again inside bubblewrap.
Result<void> find_confinement(const Options& options, const ConfinementSupport& support,
                              const DataDir& dir, const std::filesystem::path& library) {
    if (support.landlock_abi > 0 || support.wrapped_pid > 0) return {};
    if (support.bubblewrap) {
        ConfinementPlan plan = wrap_plan_for(dir, library);
        TRY_LET(inherited, pass_on(early_paths(options)));
        plan.inherited = inherited;
        return Failure(enter_bubblewrap(plan));
    }
    if (options.allow_unconfined) {
        log::warn("engine", "serving UNCONFINED: SQL can reach every file that this user can");
        return {};
    }
    return Failure(Error(Errc::Invalid, "nothing here can confine the engine's process")
                       .hint("use a kernel with Landlock (5.13 or newer), or install bubblewrap; "
                             "--allow-unconfined serves without, at your own risk"));
}

struct Sockets {
    SocketPath unix_socket;
    std::optional<net::Listener> tcp;
};

/// Gets the directory's lock, from a running engine if need be, and binds the sockets: before the
/// database is open, so that early clients wait in the queue and do not fail.
/// nullopt: another engine serves the directory, and we did not mean to take over.
Result<std::optional<Sockets>> claim(const Options& options, const DataDir& dir,
                                     const LockFile& lock, const LockFile& takeover,
                                     const Secret& token, long pid) {
    exec::Context patience = exec::Context().with_timeout(std::chrono::seconds(10));
    while (!takeover.try_lock()) {
        if (!options.listen) return std::optional<Sockets>();
        if (!patience.sleep(std::chrono::milliseconds(20)))
            return Failure(Error(Errc::Conflict, "another engine is just starting")
                               .with("path", dir.root.string())
                               .hint("try again in a moment"));
    }
    const bool free = lock.try_lock();
    if (!free && !options.listen) return std::optional<Sockets>();

    std::optional<net::Listener> tcp;
    if (options.listen) {
        auto bound = net::Listener::tcp(*options.listen, kTcpListener);
        if (bound) tcp = std::move(*bound);
        // The engine that we take over from may hold the port.
        if (!bound && (free || bound.error().code() != Errc::Unavailable))
            return Failure(std::move(bound.error()));
    }
    std::filesystem::path old_name;
    if (!free) {
        old_name = dir.socket.string() + ".old";
        ::unlink(old_name.c_str());
        TRY_LET(holder, lock_holder(dir.lock));
        // An engine without a name is leaving already: there is nobody to ask.
        if (!holder || ::link(holder->socket.c_str(), old_name.c_str()) != 0) old_name.clear();
    }
    TRY_LET(unix_socket, SocketPath::bind(dir.socket));
    if (!free) {
        const auto taken = take_over(dir, lock, token, old_name);
        if (!taken) {
            // It lives on: its clients must find it as before.
            if (!old_name.empty()) ::rename(old_name.c_str(), dir.socket.c_str());
            return Failure(taken.error());
        }
        if (!old_name.empty()) ::unlink(old_name.c_str());
    }
    if (options.listen && !tcp) {
        TRY_LET(bound, net::Listener::tcp(*options.listen, kTcpListener));
        tcp = std::move(bound);
    }
    TRY(lock.describe({.pid = pid, .socket = dir.socket}));
    takeover.unlock();
    return Sockets{.unix_socket = std::move(unix_socket), .tcp = std::move(tcp)};
}

/// The engine once its database is open.
class Engine {
public:
    Engine(const Options& options, const DataDir& dir, const LockFile& lock,
           const LogBound& log_bound, Database& database, Secret token, std::vector<User> users)
        : options_(options),
          dir_(dir),
          lock_(lock),
          log_bound_(log_bound),
          database_(database),
          front_(database,
                 {.token = std::move(token),
                  .users = std::move(users),
                  .tcp_writable = options.writable,
                  .tcp_remote =
                      options.allow_remote || (options.listen && !is_loopback(*options.listen)),
                  .leave = [this](bool hand_over) { (hand_over ? hand_over_ : leave_) = true; }}),
          unix_server_(server_options(kUnixWorkers)),
          tcp_server_(server_options(kTcpWorkers)) {}

    Ending run(Sockets sockets, const LockFile& takeover) {
        unix_server_.add(sockets.unix_socket.take_listener());
        std::string where = "unix:" + dir_.socket.string();
        if (sockets.tcp) {
            where = (sockets.tcp->tls() ? "https://" : "http://") + sockets.tcp->address();
            tcp_server_.add(std::move(*sockets.tcp));
        }
        log::info("engine", "serving", {{"at", where}, {"clickhouse", database_.version()}});
        if (options_.announce) options_.announce("ready on " + where);
        const Ending ending = wait_for_end();
        // New clients must not find us from here on. A name that somebody is about to put in place
        // is his: he holds the takeover lock while he does.
        if (ending == Ending::DirectoryGone)
            log::warn("engine", "the data directory is gone", {{"path", dir_.root.string()}});
        if (ending != Ending::TakenOver && takeover.try_lock()) {
            sockets.unix_socket.remove_name();
            takeover.unlock();
        }
        drain();
        return ending;
    }

    /// Whether no request runs any more, after run().
    bool is_quiet() const noexcept { return quiet_; }
    /// Closes what is open at the database. Only where it is quiet.
    void end_sessions() { front_.end_sessions(); }

private:
    net::HttpServer::Options server_options(std::size_t workers) {
        return {
            .handler =
                [this](exec::Context& ctx, const net::HttpRequest& request, net::BodyReader& body,
                       net::ResponseWriter& response) {
                    front_.handle(ctx, request, body, response);
                },
            .doorman = [this](const net::HttpRequest& request) { return front_.greet(request); },
            .party = [this](const net::HttpRequest& request) { return front_.party_of(request); },
            .workers = workers,
            .limits = {}};
    }

    Ending wait_for_end() {
        const sigset_t stops = stop_signals();
        const timespec look{.tv_sec = 0, .tv_nsec = std::chrono::nanoseconds(kLook).count()};
        for (unsigned round = 0;; ++round) {
            if (::sigtimedwait(&stops, nullptr, &look) > 0 || leave_) return Ending::Stopped;
            if (hand_over_) return Ending::TakenOver;
            if (round % 50 == 0) log_bound_.apply();
            if (round % 10 == 0) front_.forget_old_sessions();
            if (round % 10 == 0 && !lock_.is_at(dir_.lock)) return Ending::DirectoryGone;
            if (!options_.listen && is_idle()) return Ending::Idle;
        }
    }

    bool is_idle() {
        if (unix_server_.active() > 0) return false;
        if (Steady::now() - unix_server_.last_activity() < options_.idle) return false;
        // Merges end first: what is cut off is begun again by the next engine, for nothing.
        return !database_.is_merging();
    }

    void drain() {
        log::info("engine", "leaving; running queries are finished");
        tcp_server_.close_connections_after_answers();
        const auto from = Steady::now();
        const bool in_time = unix_server_.drain(kDrainPatience);
        const auto left = kDrainPatience - (Steady::now() - from);
        const bool tcp_in_time =
            tcp_server_.drain(std::max(std::chrono::duration_cast<std::chrono::milliseconds>(left),
                                       std::chrono::milliseconds(0)));
        quiet_ = in_time && tcp_in_time;
        if (!quiet_) log::warn("engine", "queries that ran for too long were stopped");
    }

    const Options& options_;
    const DataDir& dir_;
    const LockFile& lock_;
    const LogBound& log_bound_;
    Database& database_;
    Front front_;
    std::atomic<bool> leave_ = false;
    std::atomic<bool> hand_over_ = false;
    bool quiet_ = false;
    net::HttpServer unix_server_;
    net::HttpServer tcp_server_;
};

}  // namespace

Result<Ending> serve(const Options& options) {
    prepare_process();
    if (options.listen) TRY(check_listen(options));
    TRY_LET(dir, open_data_dir(options.data_dir, options.environment.value("XDG_RUNTIME_DIR")));
    if (dir.open_to_others)
        log::warn("engine", "other users may look into the data directory",
                  {{"path", dir.root.string()}, {"hint", "chmod 700 it"}});
    const LogBound log_bound(STDERR_FILENO, dir.log);
    log_bound.apply();
    TRY_LET(library, find_library(LibrarySearch::here(options.library, options.environment)));
    TRY_LET(token, writer_token(dir));
    TRY_LET(lock, LockFile::open(dir.lock));
    TRY_LET(takeover, LockFile::open(dir.takeover));
    ConfinementSupport support = confinement_support(options.environment);
    if (!options.use_landlock) support.landlock_abi = 0;
    TRY(find_confinement(options, support, dir, library));
    TRY_LET(early, read_early(early_paths(options), support.inherited));
    const long pid = support.wrapped_pid > 0 ? support.wrapped_pid : ::getpid();
    TRY_LET(claimed, claim(options, dir, lock, takeover, token, pid));
    if (!claimed) return Ending::AlreadyRunning;
    if (claimed->tcp) claimed->tcp->speak_tls(std::move(early.tls));
    TRY(confine(plan_for(dir, library), support));
    // A name without a `/` at its front is no file's then: there is none that may be read.
    if (::chdir(dir.socket.parent_path().c_str()) != 0)
        log::warn("engine", "the working directory cannot be left");

    TRY_LET(database, Database::open(library, dir.clickhouse, options.memory_bytes));
    Ending ending = Ending::Stopped;
    {
        Engine engine(options, dir, lock, log_bound, *database, token, std::move(early.users));
        ending = engine.run(std::move(*claimed), takeover);
        // What does not end by now must not keep the next engine away.
        ::alarm(kCloseSeconds);
        // Before the workers end: merges may still run, and would go down with them.
        if (engine.is_quiet()) {
            engine.end_sessions();
            database.reset();
        }
    }
    database.reset();
    ::alarm(0);
    log::info("engine", "left");
    return ending;
}

void leave(int exit_code) noexcept {
    std::fflush(nullptr);
    ::_exit(exit_code);
}

}  // namespace forgehouse::engine
