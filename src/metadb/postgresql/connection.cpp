#include "metadb/postgresql/connection.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <optional>
#include <vector>

#include "base/text.h"
#include "metadb/postgresql/parameters.h"

namespace forgehouse::metadb::postgresql {
namespace {

constexpr std::size_t kMostStatements = 512;
constexpr std::chrono::seconds kConnectLimit{10};
/// How long a server may take to stop a statement before we give the connection up.
constexpr std::chrono::seconds kCancelLimit{5};

/// A role that does not wait for the disk would break the promise of write().
constexpr const char* kGreeting =
    "SELECT set_config('synchronous_commit', 'on', false) "
    "WHERE current_setting('synchronous_commit') = 'off'";
/// Where we vanish in the middle of a statement, the server shall notice (15 and later know it).
constexpr const char* kWatch = "SET client_connection_check_interval = '5s'";

constexpr Literal kLost = "the connection to the database was lost";
constexpr std::string_view kStopped = "57014";

struct Parsed {
    const Libpq& pq;
    PQconninfoOption* options;
    ~Parsed() { pq.conninfoFree(options); }
};

/// Libpq's words on one line.
std::string words(const char* message) {
    std::string line(text::trim(message));
    std::ranges::replace(line, '\n', ' ');
    return line;
}

Error unreachable(const std::string& name, const char* message) {
    return Error(Errc::Unavailable, "the database cannot be reached")
        .with("database", name)
        .with("because", words(message))
        .hint("see that PostgreSQL runs there, and that user, password and database are right");
}

}  // namespace

Result<std::unique_ptr<Connection>> Connection::open(const exec::Context& ctx, const Libpq& pq,
                                                     const Target& target) {
    std::unique_ptr<Connection> made(new Connection(pq, target.name));
    made->wake_ = exec::Descriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!made->wake_) return Failure(unreachable(target.name, "no descriptor is left"));
    const exec::Context soon = ctx.with_timeout(kConnectLimit);
    auto done = made->connect(soon, target.url);
    if (done) done = made->greet(soon);
    if (done) return made;
    // Our own limit is the server's fault, not the caller's wish.
    if (done.error().code() == Errc::Cancelled && ctx.check())
        return Failure(unreachable(target.name, "it does not answer"));
    return Failure(std::move(done).error());
}

Connection::~Connection() {
    pq_.finish(connection_);
}

Result<void> Connection::connect(const exec::Context& ctx, const std::string& url) {
    // Its own message would show the URL.
    const Parsed parsed{pq_, pq_.conninfoParse(url.c_str(), nullptr)};
    if (parsed.options == nullptr)
        return Failure(Error(Errc::Invalid, "the database's URL cannot be read")
                           .with("database", name_)
                           .hint("write special characters of the password as %XX"));
    // What stands before `dbname` is for URLs that do not say it, what stands after it is so.
    constexpr std::array<const char*, 8> kNames = {
        "tcp_user_timeout", "keepalives_idle",           "keepalives_interval", "keepalives_count",
        "dbname",           "fallback_application_name", "client_encoding",     nullptr};
    const std::array<const char*, 8> values = {"30000",     "30",         "10",   "3",
                                               url.c_str(), "forgehouse", "UTF8", nullptr};
    connection_ = pq_.connectStartParams(kNames.data(), values.data(), 1);
    if (connection_ == nullptr) return Failure(unreachable(name_, "no memory is left"));
    if (pq_.status(connection_) == CONNECTION_BAD)
        return Failure(unreachable(name_, pq_.errorMessage(connection_)));
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;
    while (state != PGRES_POLLING_OK) {
        if (state == PGRES_POLLING_FAILED)
            return Failure(unreachable(name_, pq_.errorMessage(connection_)));
        TRY(wait(ctx, state == PGRES_POLLING_READING ? POLLIN : POLLOUT));
        state = pq_.connectPoll(connection_);
    }
    return {};
}

Result<void> Connection::greet(const exec::Context& ctx) {
    pq_.setnonblocking(connection_, 1);
    pq_.setNoticeProcessor(connection_, [](void*, const char*) {}, nullptr);
    const char* encoding = pq_.parameterStatus(connection_, "server_encoding");
    if (encoding == nullptr || std::string_view(encoding) != "UTF8")
        return Failure(
            Error(Errc::Invalid, "the database does not keep text as UTF-8")
                .with("database", name_)
                .with("encoding", encoding != nullptr ? encoding : "")
                .hint("make it with: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0"));
    TRY(command(ctx, kGreeting));
    if (pq_.serverVersion(connection_) >= 140'000) TRY(command(ctx, kWatch));
    return {};
}

bool Connection::broken() const noexcept {
    return broken_ || pq_.status(connection_) != CONNECTION_OK;
}

bool Connection::usable() {
    if (broken()) return false;
    pollfd look{.fd = pq_.socket(connection_), .events = POLLIN, .revents = 0};
    if (::poll(&look, 1, 0) == 0) return true;
    // Nothing was asked: it is a farewell, or a notice about the server's settings.
    broken_ = pq_.consumeInput(connection_) == 0 || (look.revents & (POLLHUP | POLLERR)) != 0;
    if (broken()) return false;
    look.revents = 0;
    if (::poll(&look, 1, 0) != 0) broken_ = pq_.consumeInput(connection_) == 0;
    return !broken();
}

std::string Connection::version() const {
    const char* said = pq_.parameterStatus(connection_, "server_version");
    const std::string_view version = said != nullptr ? said : "";
    return std::string(version.substr(0, version.find(' ')));
}

Error Connection::lost(Literal text) {
    broken_ = true;
    sqlstate_.clear();
    const std::string because = words(pq_.errorMessage(connection_));
    return Error(Errc::Unavailable, text)
        .with("database", name_)
        .with("because", because)
        .hint("see that PostgreSQL runs, and its log; then try again");
}

Result<void> Connection::wait(const exec::Context& ctx, short events) {
    const std::stop_callback wake(ctx.stop_token(), [this] {
        const std::uint64_t one = 1;
        (void)!::write(wake_.get(), &one, sizeof one);
    });
    for (;;) {
        TRY(ctx.check());
        std::array<pollfd, 2> polled{
            {{pq_.socket(connection_), events, 0}, {wake_.get(), POLLIN, 0}}};
        const auto left = ctx.remaining(std::chrono::hours(1)).count() + 1;
        const int ready = ::poll(polled.data(), polled.size(),
                                 static_cast<int>(std::min<std::int64_t>(left, INT_MAX)));
        if (ready < 0 && errno != EINTR)
            return Failure(lost("the connection cannot be waited for"));
        if (ready > 0 && polled[0].revents != 0) return {};
        // Of an earlier Context, or of this one, which check() will say.
        std::uint64_t count = 0;
        if (ready > 0) (void)!::read(wake_.get(), &count, sizeof count);
    }
}

Result<void> Connection::flush(const exec::Context& ctx) {
    for (;;) {
        const int left = pq_.flush(connection_);
        if (left == 0) return {};
        if (left < 0) return Failure(lost(kLost));
        // The server may want to be read before it takes more.
        TRY(wait(ctx, POLLIN | POLLOUT));
        if (pq_.consumeInput(connection_) == 0) return Failure(lost(kLost));
    }
}

Result<void> Connection::wait_for_answer(const exec::Context& ctx) {
    while (pq_.isBusy(connection_) != 0) {
        TRY(wait(ctx, POLLIN));
        if (pq_.consumeInput(connection_) == 0) return Failure(lost(kLost));
    }
    return {};
}

void Connection::cancel() {
    PGcancel* request = pq_.getCancel(connection_);
    std::array<char, 256> ignored{};
    if (request == nullptr || pq_.cancel(request, ignored.data(), ignored.size()) == 0)
        broken_ = true;
    pq_.freeCancel(request);
}

Result<Answer> Connection::answer(const exec::Context& ctx, int sent) {
    if (broken() || sent == 0) return Failure(lost(kLost));
    std::optional<Error> stopped;
    exec::Context limit = ctx;
    Answer first_failure(pq_, nullptr);
    Answer last(pq_, nullptr);
    Result<void> waited = flush(limit);
    // Libpq hands out one result for each statement, and then none.
    for (;;) {
        if (waited) waited = wait_for_answer(limit);
        if (!waited && waited.error().code() == Errc::Cancelled && !stopped) {
            stopped = waited.error();
            limit = exec::Context().with_timeout(kCancelLimit);
            cancel();
            if (!broken_) waited = flush(limit);
            continue;
        }
        if (!waited) {
            broken_ = true;
            return Failure(stopped ? std::move(*stopped) : std::move(waited).error());
        }
        Answer next(pq_, pq_.getResult(connection_));
        if (!next.given()) break;
        if (next.copies()) return Failure(lost("a statement that copies data cannot be served"));
        (next.ok() || first_failure.given() ? last : first_failure) = std::move(next);
    }
    if (!first_failure.given() && last.given()) {
        sqlstate_.clear();
        return last;
    }
    auto failed = refused(first_failure);
    if (stopped && sqlstate_ == kStopped) return Failure(std::move(*stopped));
    return failed;
}

Failure Connection::refused(const Answer& answer) {
    const ServerError said = answer.given() ? answer.error() : ServerError{};
    if (said.sqlstate.empty()) return Failure(lost(kLost));
    sqlstate_ = said.sqlstate;
    broken_ = connection_ended(said.sqlstate) || pq_.status(connection_) != CONNECTION_OK;
    return Failure(broken_ ? failure(said).with("database", name_) : failure(said));
}

Result<std::string> Connection::command(const exec::Context& ctx, const std::string& text) {
    TRY_LET(done, answer(ctx, broken() ? 0 : pq_.sendQuery(connection_, text.c_str())));
    return std::string(done.command());
}

Result<std::string> Connection::prepared(const exec::Context& ctx, const ports::Sql& sql) {
    std::string key = type_key(sql.values());
    key += sql.text();
    if (const auto found = statements_.find(key); found != statements_.end()) return found->second;
    if (statements_.size() >= kMostStatements) {
        TRY(command(ctx, "DEALLOCATE ALL"));
        statements_.clear();
    }
    std::string name = "s" + std::to_string(++last_statement_);
    const std::vector<Oid> types = types_of(sql.values());
    const std::string text(sql.text());
    TRY(answer(ctx, pq_.sendPrepare(connection_, name.c_str(), text.c_str(),
                                    static_cast<int>(types.size()), types.data())));
    statements_.emplace(std::move(key), name);
    return name;
}

Result<Answer> Connection::run(const exec::Context& ctx, const ports::Sql& sql) {
    if (broken()) return Failure(lost(kLost));
    TRY_LET(name, prepared(ctx, sql));
    const Parameters parameters(sql.values());
    return answer(ctx, pq_.sendQueryPrepared(connection_, name.c_str(), parameters.count(),
                                             parameters.values(), parameters.lengths(),
                                             parameters.formats(), 1));
}

Result<void> Connection::query(const exec::Context& ctx, const ports::Sql& sql,
                               const ports::Session::TakeRow& take) {
    TRY_LET(found, run(ctx, sql));
    return found.each_row(take);
}

Result<std::uint64_t> Connection::execute(const exec::Context& ctx, const ports::Sql& sql) {
    TRY_LET(done, run(ctx, sql));
    return done.written();
}

}  // namespace forgehouse::metadb::postgresql
