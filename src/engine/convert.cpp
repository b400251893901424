#include "engine/convert.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

#include "engine/exceptions.h"
#include "engine/statement.h"
#include "engine/tokens.h"

namespace forgehouse::engine {
namespace {

constexpr const char* kBetween = "RowBinaryWithNamesAndTypes";
constexpr std::size_t kRead = 128 * 1024;

struct Pipe {
    Pipe() {
        if (::pipe2(ends, O_CLOEXEC) != 0) ends[0] = ends[1] = -1;
    }
    ~Pipe() {
        close(0);
        close(1);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    void close(int which) {
        if (ends[which] >= 0) ::close(ends[which]);
        ends[which] = -1;
    }
    int ends[2];
};

SqlError broken(std::string_view why) {
    return exception(Code::NotImplemented, why);
}

/// Reads the client's answer and appends it to the conversion.
SqlResult<bool> feed(SqlStream& stream, SqlSession& writer, const std::string& format, int pipe) {
    auto part = stream.next();
    if (!part) return FailureOf(std::move(part.error()));
    if (part->view().empty()) return false;
    const std::string header(part->view().substr(0, header_length(kBetween, part->view())));
    const std::string structure = structure_of(header);
    if (structure.empty()) return FailureOf(broken("The answer has no columns"));
    auto insert =
        SqlInsert::start(writer,
                         fmt::format("INSERT INTO FUNCTION file('/proc/self/fd/{}', {}, {})", pipe,
                                     quoted_text(format), quoted_text(structure)),
                         kBetween, {});
    if (!insert) return FailureOf(std::move(insert.error()));
    std::string_view bytes = part->view();
    while (!bytes.empty()) {
        if (auto taken = insert->append(bytes); !taken) return FailureOf(std::move(taken.error()));
        part = stream.next();
        if (!part) return FailureOf(std::move(part.error()));
        bytes = part->view();
        if (bytes.empty()) break;
        if (!bytes.starts_with(header))
            return FailureOf(broken("The answer's parts do not fit together"));
        bytes.remove_prefix(header.size());
    }
    auto finished = insert->finish();
    if (!finished) return FailureOf(std::move(finished.error()));
    return true;
}

/// Gives what comes out of the pipe to the sink, until its end or until somebody says stop: where a
/// conversion has failed, the library keeps its own end open for as long as the session lives.
SqlResult<void> drain(int pipe, int stop, const PartSink& sink) {
    std::string buffer(kRead, '\0');
    for (;;) {
        pollfd wanted[] = {{.fd = pipe, .events = POLLIN, .revents = 0},
                           {.fd = stop, .events = POLLIN, .revents = 0}};
        if (::poll(wanted, 2, -1) < 0 && errno != EINTR)
            return FailureOf(broken("The pipe of the conversion broke"));
        if (wanted[1].revents != 0) return {};
        if (wanted[0].revents == 0) continue;
        const ssize_t n = ::read(pipe, buffer.data(), buffer.size());
        if (n == 0) return {};
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return FailureOf(broken("The pipe of the conversion broke"));
        if (auto taken = sink({buffer.data(), static_cast<std::size_t>(n)}); !taken) return taken;
    }
}

}  // namespace

SqlResult<bool> convert(SqlSession& reader, SqlSession& writer, const std::string& sql,
                        const std::string& format, const SqlParameters& parameters,
                        const PartSink& sink) {
    auto stream = SqlStream::start(reader, without_format(sql), kBetween, parameters);
    if (!stream) return FailureOf(std::move(stream.error()));
    Pipe pipe, stop;
    if (pipe.ends[0] < 0 || stop.ends[0] < 0) return FailureOf(broken("No pipe can be made"));

    SqlResult<bool> fed;
    SqlResult<void> sunk;
    {
        // The library wants a stream on the thread that began it, so it is the sink that moves.
        const std::jthread drainer([&] {
            pthread_setname_np(pthread_self(), "engine-convert");
            sunk = drain(pipe.ends[0], stop.ends[0], sink);
            // The writer must not wait for a reader that is gone: it gets EPIPE.
            pipe.close(0);
        });
        fed = feed(*stream, writer, format, pipe.ends[1]);
        pipe.close(1);
        if (!fed) stop.close(1);
    }
    if (fed && !sunk) return FailureOf(std::move(sunk.error()));
    return fed;
}

}  // namespace forgehouse::engine
