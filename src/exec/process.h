// Process: a child program with pipes, a built environment and a process group of its own.
//
// No shell, nothing inherited: the child sees the argument vector, the environment and the
// descriptors that its Command names, default signal dispositions and an empty signal mask.
// The whole group is killed and the child reaped when the Process is destroyed, when a Context
// stops, or when a deadline passes, so no child outlives the call that wanted it.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "exec/context.h"

namespace forgehouse::exec {

/// What to run. Nothing here is interpreted by a shell.
struct Command {
    std::string program;                        ///< absolute path
    std::vector<std::string> arguments;         ///< without argv[0]
    std::vector<std::string> environment = {};  ///< `NAME=value`, exactly these
    std::string directory = "/";
    std::vector<int> lent = {};  ///< descriptors of ours; the child finds them as 3, 4, …
    bool input = false;          ///< a pipe to its standard input, else it reads /dev/null
    /// Receives standard error as it comes, besides the bounded capture. Called by the thread that
    /// reads.
    std::function<void(std::string_view)> on_error_text = {};
    /// The kernel kills the child when the thread that starts it ends, and so when this process is
    /// killed. For children that are only used while that thread lives.
    bool ends_with_thread = false;
    /// Bytes of memory of its own (RLIMIT_DATA: files that are mapped to be read do not count), for
    /// each process that comes of it. 0: no limit.
    std::uint64_t memory = 0;
};

/// How a child ended.
struct Exit {
    int code = 0;    ///< exit code; 128 + signal where a signal ended it
    int signal = 0;  ///< 0 unless a signal ended it
    bool ok() const noexcept { return code == 0; }
};

/// Threads: one at a time may use a Process; it may be handed from one to another.
class Process {
public:
    /// Starts the child. Errors: NotFound where there is no such program or directory, Denied where
    /// it may not be run, Unavailable where the system has no room for it.
    static Result<Process> spawn(Command command);

    Process(Process&&) noexcept;
    Process& operator=(Process&&) noexcept;
    ~Process();

    /// Queues bytes for standard input. They are written while read(), flush() or finish() wait, so
    /// that a child that writes before it has read everything cannot block us.
    void feed(std::string_view bytes);
    /// Bytes queued that the child's pipe has not taken yet.
    std::size_t unfed() const noexcept;
    /// Closes standard input once everything queued is written.
    void finish_input();

    /// Reads what standard output has, at least one byte; 0 at its end. A child that stops reading
    /// its input is no error here: its exit says why.
    /// Errors: Cancelled by the Context, after the child was killed.
    Result<std::size_t> read(const Context& ctx, std::span<char> into);

    /// Writes all that is queued, discarding nothing of the output: returns early where output is
    /// ready to be read.
    Result<void> flush(const Context& ctx);

    /// Closes standard input, discards the rest of standard output, and waits for the end.
    Result<Exit> finish(const Context& ctx);

    /// Kills the group at once and reaps the child; safe to call again.
    void kill() noexcept;

    /// The first 16 KiB and the last 48 KiB of standard error so far, with ` … ` where bytes are
    /// missing in between.
    std::string error_text() const;

    /// Children that are running or not yet reaped, in this process. For leak checks in tests.
    static int alive() noexcept;

private:
    struct State;
    explicit Process(std::unique_ptr<State> state) noexcept;
    std::unique_ptr<State> state_;
};

/// What a short command said.
struct Output {
    Exit exit;
    std::string out;
    std::string error;
};

/// Runs a command to its end with `input` on its standard input. Errors: those of spawn();
/// Cancelled by the Context; Corrupt where it wrote more than `limit` bytes. A non-zero exit is no
/// error here.
Result<Output> run(const Context& ctx, Command command, std::string_view input = {},
                   std::size_t limit = 64u << 20);

}  // namespace forgehouse::exec
