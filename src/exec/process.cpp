#include "exec/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <optional>
#include <utility>

#include "exec/descriptor.h"

namespace forgehouse::exec {
namespace {

constexpr std::size_t kErrorHead = 16u << 10;
constexpr std::size_t kErrorTail = 48u << 10;
// A larger pipe lets a child that compares go on while we parse. Refused where the user has many.
constexpr int kPipeBytes = 1 << 20;

std::atomic<int> alive_children = 0;

/// The beginning and the end of a stream of text.
class Capture {
public:
    void add(std::string_view text) {
        const auto head = std::min(text.size(), kErrorHead - head_.size());
        head_.append(text.substr(0, head));
        tail_.append(text.substr(head));
        if (tail_.size() > 2 * kErrorTail) {
            tail_.erase(0, tail_.size() - kErrorTail);
            lost_ = true;
        }
    }
    std::string text() const { return lost_ ? head_ + "\n … \n" + tail_ : head_ + tail_; }

private:
    std::string head_, tail_;
    bool lost_ = false;
};

struct Ends {
    Descriptor ours, theirs;
};

Error system_failure(Literal what, int error) {
    const auto code = error == EACCES || error == EPERM ? Errc::Denied : Errc::Unavailable;
    return Error(code, what).with("reason", std::string(::strerror(error)));
}

/// A pipe that we read. Both ends stand above the numbers that the child's descriptors get, so that
/// placing one cannot overwrite another.
Result<Ends> output_pipe(int floor) {
    int fds[2];
    if (::pipe2(fds, O_CLOEXEC) != 0) return Failure(system_failure("no pipe can be made", errno));
    const Descriptor reading(fds[0]), writing(fds[1]);
    ::fcntl(reading.get(), F_SETPIPE_SZ, kPipeBytes);
    Ends ends{.ours = reading.above(floor), .theirs = writing.above(floor)};
    if (!ends.ours || !ends.theirs) return Failure(system_failure("no descriptor is left", errno));
    ::fcntl(ends.ours.get(), F_SETFL, O_NONBLOCK);
    return ends;
}

/// What we write to the child. A socket, because writing to a pipe that nobody reads raises SIGPIPE
/// in the whole process.
Result<Ends> input_socket(int floor) {
    int fds[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
        return Failure(system_failure("no pipe can be made", errno));
    const Descriptor writing(fds[0]), reading(fds[1]);
    Ends ends{.ours = writing.above(floor), .theirs = reading.above(floor)};
    if (!ends.ours || !ends.theirs) return Failure(system_failure("no descriptor is left", errno));
    ::fcntl(ends.ours.get(), F_SETFL, O_NONBLOCK);
    return ends;
}

/// glibc 2.36 declares pidfd_open() for C only.
Descriptor open_pidfd(pid_t pid) {
    return Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
    std::vector<char*> out;
    out.reserve(texts.size() + 1);
    // posix_spawn takes char*const* and writes to none of them.
    for (const auto& text : texts) out.push_back(const_cast<char*>(text.c_str()));
    out.push_back(nullptr);
    return out;
}

/// The actions and attributes of one posix_spawn, freed whatever happens.
class SpawnPlan {
public:
    SpawnPlan() {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawnattr_init(&attributes_);
        sigset_t none, all;
        ::sigemptyset(&none);
        ::sigfillset(&all);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setsigdefault(&attributes_, &all);
        ::posix_spawnattr_setpgroup(&attributes_, 0);
        ::posix_spawnattr_setflags(
            &attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    }
    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;
    ~SpawnPlan() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }

    void place(int ours, int theirs) {
        ::posix_spawn_file_actions_adddup2(&actions_, ours, theirs);
    }
    void open_null(int theirs, int flags) {
        ::posix_spawn_file_actions_addopen(&actions_, theirs, "/dev/null", flags, 0);
    }
    int start(const Command& command, int first_closed, pid_t& pid) {
        ::posix_spawn_file_actions_addclosefrom_np(&actions_, first_closed);
        ::posix_spawn_file_actions_addchdir_np(&actions_, command.directory.c_str());
        std::vector<std::string> argv{command.program};
        argv.insert(argv.end(), command.arguments.begin(), command.arguments.end());
        return ::posix_spawn(&pid, command.program.c_str(), &actions_, &attributes_,
                             pointers(argv).data(), pointers(command.environment).data());
    }

private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

Error spawn_failure(const Command& command, int error) {
    if (error == E2BIG)
        return Error(Errc::Invalid, "the arguments of a child process are too long")
            .with("program", command.program);
    const auto code = error == ENOENT || error == ENOTDIR                     ? Errc::NotFound
                      : error == EACCES || error == EPERM || error == ENOEXEC ? Errc::Denied
                                                                              : Errc::Unavailable;
    return Error(code, "a program cannot be started")
        .with("program", command.program)
        .with("directory", command.directory)
        .with("reason", std::string(::strerror(error)));
}

}  // namespace

struct Process::State {
    pid_t pid = -1;
    Descriptor pidfd, wake, in, out, err;
    std::string queued;  ///< for standard input; the first `written` bytes have gone
    std::size_t written = 0;
    bool closing_input = false;
    std::optional<Exit> exit;
    Capture capture;
    std::function<void(std::string_view)> on_error_text;

    ~State() { end(); }

    void end() noexcept {
        if (pid < 0 || exit) return;
        ::kill(-pid, SIGKILL);
        reap();
    }

    /// Waits for the child, ends what is left of its group, and takes its exit status.
    void reap() noexcept {
        siginfo_t info{};
        while (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT) != 0 &&
               errno == EINTR) {
        }
        // The zombie still holds the group's number, so this cannot hit a stranger.
        ::kill(-pid, SIGKILL);
        int status = 0;
        while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
        }
        exit = WIFSIGNALED(status)
                   ? Exit{.code = 128 + WTERMSIG(status), .signal = WTERMSIG(status)}
                   : Exit{.code = WEXITSTATUS(status), .signal = 0};
        in.close();
        --alive_children;
    }

    void write_some() noexcept {
        while (in && written < queued.size()) {
            const auto n =
                ::send(in.get(), queued.data() + written, queued.size() - written, MSG_NOSIGNAL);
            if (n > 0) {
                written += static_cast<std::size_t>(n);
            } else if (n < 0 && errno == EINTR) {
                continue;
            } else if (n < 0 && errno == EAGAIN) {
                return;
            } else {
                drop_input();  // nobody reads any more; the exit status says why
                return;
            }
        }
        queued.clear();
        written = 0;
        if (closing_input) in.close();
    }
    void drop_input() noexcept {
        queued.clear();
        written = 0;
        in.close();
    }

    void read_errors() {
        char buffer[4096];
        while (err) {
            const auto n = ::read(err.get(), buffer, sizeof buffer);
            if (n > 0) {
                const std::string_view text(buffer, static_cast<std::size_t>(n));
                capture.add(text);
                if (on_error_text) on_error_text(text);
            } else if (n < 0 && errno == EINTR) {
                continue;
            } else if (n < 0 && errno == EAGAIN) {
                return;
            } else {
                err.close();
            }
        }
    }

    enum class Want : unsigned char { Pipes, Exit };

    /// Sleeps until something can be done, does it for input and errors, or ends the child because
    /// nobody wants it any more.
    Result<void> wait(const Context& ctx, Want want);
};

Result<void> Process::State::wait(const Context& ctx, Want want) {
    if (auto wanted = ctx.check(); !wanted) {
        end();
        return wanted;
    }
    const bool exit_only = want == Want::Exit;
    const bool to_write = in && written < queued.size();
    std::array<pollfd, 5> fds{{
        {.fd = wake.get(), .events = POLLIN, .revents = 0},
        {.fd = exit_only || !out ? -1 : out.get(), .events = POLLIN, .revents = 0},
        {.fd = err ? err.get() : -1, .events = POLLIN, .revents = 0},
        {.fd = to_write ? in.get() : -1, .events = POLLOUT, .revents = 0},
        {.fd = exit_only ? pidfd.get() : -1, .events = POLLIN, .revents = 0},
    }};
    const int signalled = wake.get();
    const std::stop_callback waker(ctx.stop_token(), [signalled]() noexcept {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto n = ::write(signalled, &one, sizeof one);
    });
    const auto longest = std::chrono::milliseconds(INT_MAX - 1);
    const auto left = std::min(ctx.remaining(longest), longest);
    // One more, so that a deadline less than a millisecond away is not waited for in a circle.
    const int timeout = ctx.deadline() ? static_cast<int>(left.count()) + 1 : -1;
    if (::poll(fds.data(), fds.size(), timeout) < 0 && errno != EINTR)
        return Failure(system_failure("waiting for a child process failed", errno));
    if (fds[2].revents != 0) read_errors();
    if (fds[3].revents != 0) write_some();
    return {};
}

Result<Process> Process::spawn(Command command) {
    const int floor = 3 + static_cast<int>(command.lent.size());
    TRY_LET(out, output_pipe(floor));
    TRY_LET(err, output_pipe(floor));
    Ends in;
    if (command.input) {
        TRY_LET(made, input_socket(floor));
        in = std::move(made);
    }
    auto state = std::make_unique<State>();
    state->wake = Descriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    std::vector<Descriptor> lent;
    for (const int fd : command.lent) lent.push_back(Descriptor::copy_above(fd, floor));

    SpawnPlan plan;
    if (command.input)
        plan.place(in.theirs.get(), 0);
    else
        plan.open_null(0, O_RDONLY);
    plan.place(out.theirs.get(), 1);
    plan.place(err.theirs.get(), 2);
    for (std::size_t i = 0; i < lent.size(); ++i)
        plan.place(lent[i].get(), 3 + static_cast<int>(i));
    if (const int error = plan.start(command, floor, state->pid); error != 0) {
        state->pid = -1;
        return Failure(spawn_failure(command, error));
    }
    ++alive_children;
    state->pidfd = open_pidfd(state->pid);
    state->in = std::move(in.ours);
    state->out = std::move(out.ours);
    state->err = std::move(err.ours);
    state->on_error_text = std::move(command.on_error_text);
    if (!state->pidfd || !state->wake)
        return Failure(system_failure("no descriptor is left", errno));
    return Process(std::move(state));
}

Process::Process(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
Process::Process(Process&&) noexcept = default;
Process& Process::operator=(Process&&) noexcept = default;
Process::~Process() = default;

void Process::feed(std::string_view bytes) {
    if (!state_->in) return;
    state_->queued.append(bytes);
    state_->write_some();
}

std::size_t Process::unfed() const noexcept {
    return state_->queued.size() - state_->written;
}

void Process::finish_input() {
    state_->closing_input = true;
    state_->write_some();
}

Result<std::size_t> Process::read(const Context& ctx, std::span<char> into) {
    for (;;) {
        if (!state_->out) return std::size_t{0};
        const auto n = ::read(state_->out.get(), into.data(), into.size());
        if (n > 0) return static_cast<std::size_t>(n);
        if (n == 0) state_->out.close();
        if (n < 0 && errno != EAGAIN && errno != EINTR)
            return Failure(system_failure("reading from a child process failed", errno));
        if (n < 0) TRY(state_->wait(ctx, State::Want::Pipes));
    }
}

Result<void> Process::flush(const Context& ctx) {
    while (unfed() > 0) {
        pollfd ready{.fd = state_->out ? state_->out.get() : -1, .events = POLLIN, .revents = 0};
        if (::poll(&ready, 1, 0) > 0) return {};
        TRY(state_->wait(ctx, State::Want::Pipes));
    }
    return {};
}

Result<Exit> Process::finish(const Context& ctx) {
    finish_input();
    std::vector<char> discarded(64u << 10);
    for (;;) {
        TRY_LET(n, read(ctx, discarded));
        if (n == 0) break;
    }
    while (!state_->exit) {
        siginfo_t info{};
        const auto pid = static_cast<id_t>(state_->pid);
        if (::waitid(P_PID, pid, &info, WEXITED | WNOWAIT | WNOHANG) == 0 && info.si_pid != 0)
            state_->reap();
        else
            TRY(state_->wait(ctx, State::Want::Exit));
    }
    state_->read_errors();
    return *state_->exit;
}

void Process::kill() noexcept {
    state_->end();
}

std::string Process::error_text() const {
    return state_->capture.text();
}

int Process::alive() noexcept {
    return alive_children.load();
}

Result<Output> run(const Context& ctx, Command command, std::string_view input, std::size_t limit) {
    command.input = !input.empty();
    TRY_LET(process, Process::spawn(std::move(command)));
    process.feed(input);
    process.finish_input();
    std::string out;
    std::vector<char> buffer(64u << 10);
    for (;;) {
        TRY_LET(n, process.read(ctx, buffer));
        if (n == 0) break;
        if (out.size() + n > limit)
            return Failure(Error(Errc::Corrupt, "a program writes more than it can have to say")
                               .with("limit_bytes", static_cast<std::int64_t>(limit)));
        out.append(buffer.data(), n);
    }
    TRY_LET(exit, process.finish(ctx));
    return Output{.exit = exit, .out = std::move(out), .error = process.error_text()};
}

}  // namespace forgehouse::exec
