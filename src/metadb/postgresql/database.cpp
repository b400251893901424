#include "metadb/postgresql/database.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "metadb/checked_session.h"
#include "metadb/postgresql/reader_pool.h"
#include "metadb/writer_queue.h"

namespace forgehouse::metadb {
namespace {

using postgresql::Connection;
using postgresql::Libpq;
using postgresql::ReaderPool;

// What ends a transaction is done whether it is still wanted or not; but not for ever.
constexpr std::chrono::seconds kEndingLimit{30};
constexpr std::chrono::milliseconds kFirstPause{50};
constexpr std::chrono::milliseconds kLongestPause{1'000};

exec::Context ending() {
    return exec::Context().with_timeout(kEndingLimit);
}

class ConnectionSession final : public ports::Session {
public:
    ConnectionSession(const exec::Context& ctx, Connection& connection)
        : ctx_(ctx), connection_(connection) {}
    Result<void> query(const ports::Sql& sql, const TakeRow& take) override {
        TRY(ctx_.check());
        return connection_.query(ctx_, sql, take);
    }
    Result<std::uint64_t> execute(const ports::Sql& sql) override {
        TRY(ctx_.check());
        return connection_.execute(ctx_, sql);
    }

private:
    const exec::Context& ctx_;
    Connection& connection_;
};

class PostgresqlTransactions final : public Transactions {
public:
    PostgresqlTransactions(const Libpq& pq, const Connection::Target& target,
                           std::chrono::milliseconds patience,
                           std::unique_ptr<Connection> connection)
        : pq_(pq), target_(target), patience_(patience), connection_(std::move(connection)) {}

    Result<void> begin(const exec::Context& ctx) override {
        const std::string text = "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE";
        if (connection_ && connection_->usable()) {
            auto begun = do_it(ctx, text);
            if (begun || !connection_->broken()) return begun;
        }
        TRY(reconnect(ctx));
        return do_it(ctx, text);
    }
    Result<void> run(const exec::Context& ctx, const ports::Metadb::Work& work) override {
        TRY(ctx.check());
        ConnectionSession session(ctx, *connection_);
        return CheckedSession(session, CheckedSession::Kind::Write).run(work);
    }
    Result<void> commit() override {
        auto said = connection_->command(ending(), "COMMIT");
        // The server undoes a transaction in which something failed, and calls that well.
        if (said && *said == "COMMIT") return {};
        if (said)
            return Failure(Error(Errc::Unavailable, "the database undid the transaction")
                               .with("command", *said));
        if (!connection_->broken() && said.error().code() != Errc::Cancelled)
            return Failure(std::move(said).error());
        return Failure(Error(Errc::Unavailable, "the database went away while it answered")
                           .with("database", target_.name)
                           .with("outcome", "unknown")
                           .with("because", said.error().describe())
                           .hint("see whether it was done before you do it again"));
    }
    void rollback() override {
        if (!connection_ || connection_->broken()) return;
        // A connection that cannot even do this is of no use.
        if (!connection_->command(ending(), "ROLLBACK")) connection_.reset();
    }
    Result<void> mark() override { return do_it(ending(), "SAVEPOINT job"); }
    Result<void> keep() override { return do_it(ending(), "RELEASE SAVEPOINT job"); }
    Result<void> undo() override {
        return do_it(ending(), "ROLLBACK TO SAVEPOINT job; RELEASE SAVEPOINT job");
    }
    Standing standing() const override {
        if (!connection_ || connection_->broken()) return Standing::Lost;
        return postgresql::collided(connection_->sqlstate()) ? Standing::Repeat : Standing::Open;
    }

private:
    Result<void> do_it(const exec::Context& ctx, const std::string& text) {
        TRY(connection_->command(ctx, text));
        return {};
    }

    Result<void> reconnect(const exec::Context& ctx) {
        connection_.reset();
        const exec::Context limit = ctx.with_timeout(patience_);
        for (auto pause = kFirstPause;; pause = std::min(2 * pause, kLongestPause)) {
            auto opened = Connection::open(limit, pq_, target_);
            if (opened) {
                connection_ = std::move(*opened);
                return {};
            }
            TRY(ctx.check());
            if (opened.error().code() != Errc::Unavailable || !limit.sleep(pause))
                return Failure(unreachable(std::move(opened).error()));
        }
    }

    /// The patience that ended was ours.
    static Error unreachable(Error error) {
        if (error.code() != Errc::Cancelled) return error;
        return Error(Errc::Unavailable, "the database does not answer").hint("try again");
    }

    const Libpq& pq_;
    const Connection::Target& target_;
    const std::chrono::milliseconds patience_;
    std::unique_ptr<Connection> connection_;
};

class PostgresqlTarget final : public MigrationTarget {
public:
    PostgresqlTarget(const exec::Context& ctx, Connection& connection)
        : ctx_(ctx), connection_(connection) {}

    Result<void> in_transaction(const Work& work) override {
        TRY(connection_.command(ctx_, "BEGIN"));
        ConnectionSession session(ctx_, connection_);
        auto done = CheckedSession(session, CheckedSession::Kind::Write).run(work);
        auto ended = connection_.command(ending(), done ? "COMMIT" : "ROLLBACK");
        if (done && !ended) return Failure(std::move(ended).error());
        return done;
    }
    Result<void> script(const std::string& text) override {
        TRY(connection_.command(ctx_, text));
        return {};
    }

private:
    const exec::Context& ctx_;
    Connection& connection_;
};

class PostgresqlDatabase final : public ports::Metadb {
public:
    PostgresqlDatabase(const Libpq& pq, Connection::Target target, PostgresqlOptions options,
                       std::unique_ptr<Connection> first)
        : pq_(pq),
          target_(std::move(target)),
          options_(options),
          readers_(pq_, target_, options_.readers),
          transactions_(pq_, target_, options_.patience, std::move(first)),
          writer_(transactions_, "metadb-write") {}

    Result<void> read(const exec::Context& ctx, const Work& work) override {
        TRY(ctx.check());
        TRY_LET(reader, readers_.begin(ctx));
        ConnectionSession session(ctx, *reader);
        auto done = CheckedSession(session, CheckedSession::Kind::Read).run(work);
        // Nothing is lost where this fails: the connection is given up then.
        if (!reader->broken() && reader->command(ending(), "COMMIT")) reader.keep();
        if (!done && done.error().field("sqlstate") == "25006")
            return Failure(
                Error(Errc::Invalid, "a read does not write").hint("write it by write()"));
        return done;
    }

    Result<void> write(const exec::Context& ctx, const Work& work) override {
        return writer_.write(ctx, work);
    }

    Result<void> migrate(const exec::Context& ctx) override {
        TRY_LET(connection, Connection::open(ctx, pq_, target_));
        // Kept until the connection ends: one process after the other.
        TRY(connection->command(ctx, "SELECT pg_advisory_lock(5073219704811742057)"));
        PostgresqlTarget target(ctx, *connection);
        return metadb::migrate(target, {.parts = options_.parts,
                                        .migrations = options_.migrations,
                                        .dialect = kPostgresqlDialect,
                                        .clock = options_.clock});
    }

    Result<std::string> version(const exec::Context& ctx) override {
        TRY(ctx.check());
        TRY_LET(reader, readers_.begin(ctx));
        TRY(reader->command(ctx, "COMMIT"));
        const std::string version = reader->version();
        reader.keep();
        return "postgresql " + version;
    }

private:
    const Libpq pq_;
    const Connection::Target target_;
    const PostgresqlOptions options_;
    ReaderPool readers_;
    PostgresqlTransactions transactions_;
    WriterQueue writer_;
};

}  // namespace

Result<std::unique_ptr<ports::Metadb>> open_postgresql(const exec::Context& ctx,
                                                       const Address& address,
                                                       PostgresqlOptions options) {
    TRY_LET(pq, Libpq::load());
    Connection::Target target{.url = address.target, .name = address.name};
    TRY_LET(first, Connection::open(ctx, pq, target));
    return std::make_unique<PostgresqlDatabase>(pq, std::move(target), options, std::move(first));
}

}  // namespace forgehouse::metadb
