#include "exec/process.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
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

/// All that the child needs between vfork and exec, made before: from there on it may only make
/// system calls, in our memory.
struct Birth {
    std::vector<char*> arguments, environment;
    const char* program = nullptr;
    const char* directory = nullptr;
    std::array<int, 3> standard{};
    std::vector<int> lent;
    int first_closed = 0;
    int report = -1;
    pid_t parent = 0;
    bool ends_with_thread = false;
    rlim_t memory = 0;
};

bool arrange(const Birth& birth) noexcept {
    for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
    if (::setpgid(0, 0) != 0) return false;
    for (int i = 0; i < 3; ++i)
        if (::dup2(birth.standard[static_cast<std::size_t>(i)], i) < 0) return false;
    for (std::size_t i = 0; i < birth.lent.size(); ++i)
        if (::dup2(birth.lent[i], 3 + static_cast<int>(i)) < 0) return false;
    // Closed by exec and not here: our report of a failure goes through one of them.
    if (::syscall(SYS_close_range, birth.first_closed, ~0U, CLOSE_RANGE_CLOEXEC) != 0) return false;
    if (birth.memory > 0) {
        const rlimit limit{.rlim_cur = birth.memory, .rlim_max = birth.memory};
        if (::setrlimit(RLIMIT_DATA, &limit) != 0) return false;
    }
    if (birth.ends_with_thread) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != birth.parent) ::raise(SIGKILL);
    }
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    return ::chdir(birth.directory) == 0;
}

[[noreturn]] void become(const Birth& birth) noexcept {
    if (arrange(birth)) ::execve(birth.program, birth.arguments.data(), birth.environment.data());
    const int error = errno;
    [[maybe_unused]] const auto n = ::write(birth.report, &error, sizeof error);
    ::_exit(127);
}

/// Not posix_spawn, which cannot tie a child to us nor limit it; as fast, since it does not copy
/// our memory either. Returns the child, or -1 with errno.
pid_t give_birth(const Birth& birth) noexcept {
    sigset_t all, before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);  // no handler of ours may run in the child
    const pid_t pid = ::vfork();                    // NOLINT: what the child does stands above
    if (pid == 0) become(birth);
    const int error = errno;
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    errno = error;
    return pid;
}

/// Starts the command with these ends. 0, or the error.
int start(const Command& command, std::array<int, 3> standard, std::vector<int> lent, pid_t& pid) {
    const int floor = 3 + static_cast<int>(lent.size());
    int fds[2];
    if (::pipe2(fds, O_CLOEXEC) != 0) return errno;
    const Descriptor reading(fds[0]);
    Descriptor writing = Descriptor(fds[1]).above(floor);
    if (!writing) return errno;
    std::vector<std::string> argv{command.program};
    argv.insert(argv.end(), command.arguments.begin(), command.arguments.end());
    const Birth birth{.arguments = pointers(argv),
                      .environment = pointers(command.environment),
                      .program = command.program.c_str(),
                      .directory = command.directory.c_str(),
                      .standard = standard,
                      .lent = std::move(lent),
                      .first_closed = floor,
                      .report = writing.get(),
                      .parent = ::getpid(),
                      .ends_with_thread = command.ends_with_thread,
                      .memory = command.memory};
    pid = give_birth(birth);
    if (pid < 0) return errno;
    writing.close();
    // Its end comes when the child becomes the program.
    int error = 0;
    ssize_t got = 0;
    do got = ::read(reading.get(), &error, sizeof error);
    while (got < 0 && errno == EINTR);
    if (got != static_cast<ssize_t>(sizeof error)) return 0;
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
    return error;
}

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

    const Descriptor low_null(command.input ? -1 : ::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const Descriptor null = command.input ? Descriptor() : low_null.above(floor);
    std::vector<int> lent_numbers;
    for (const Descriptor& one : lent) lent_numbers.push_back(one.get());
    const int input = command.input ? in.theirs.get() : null.get();
    if (const int error = start(command, {input, out.theirs.get(), err.theirs.get()},
                                std::move(lent_numbers), state->pid);
        error != 0) {
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
