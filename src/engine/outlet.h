// Outlet: the way out of one query's answer. Holds its beginning back where the client wants to be
// certain of more of it, and tells progress as long as nothing of it is out.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/progress.h"
#include "net/http_server.h"

namespace forgehouse::engine {

/// Threads: one at a time; while a Waiting lives, another one writes (progress.h).
class Outlet {
public:
    using Headers = net::ResponseWriter::Headers;

    /// `held_bytes`: so many are held back, bounded; see QueryRequest.
    Outlet(exec::Context& ctx, net::ResponseWriter& response, std::uint64_t held_bytes);

    /// Progress is told in the head, by X-ClickHouse-Progress.
    void tell_in_head(const Database& database, const std::string& query_id,
                      std::chrono::milliseconds interval);
    /// Progress is told in rows of their own among those of the answer. `headers`: of the answer.
    void tell_in_rows(const Database& database, const std::string& query_id,
                      std::chrono::milliseconds interval, Headers headers);
    bool tells_in_rows() const noexcept { return rows_.has_value(); }

    /// A stretch of time in which the query runs and nothing is written but progress.
    class Waiting {
    public:
        explicit Waiting(Outlet& outlet) : outlet_(outlet) { outlet_.resume(); }
        ~Waiting() { outlet_.pause(); }
        Waiting(const Waiting&) = delete;
        Waiting& operator=(const Waiting&) = delete;

    private:
        Outlet& outlet_;
    };

    /// The head, which goes out with the first bytes that are not held back. Once.
    void begin(Headers headers);
    bool begun() const noexcept { return head_.has_value(); }
    /// False where the client is gone.
    bool put(std::string_view bytes);
    bool finish();
    /// A whole answer instead. What was held back is dropped.
    void send(unsigned status, const Headers& headers, std::string_view body);
    /// Whether any of the answer's body is out.
    bool started() const noexcept { return response_.started(); }

private:
    void resume();
    void pause();
    bool flush();

    exec::Context& ctx_;
    net::ResponseWriter& response_;
    const std::size_t hold_;
    std::optional<Headers> head_;  // of begin()
    std::optional<Headers> rows_;  // of tell_in_rows()
    std::string held_;
    std::optional<ProgressTeller> teller_;  // last: it writes to the others
};

}  // namespace forgehouse::engine
