#include "metadb/sqlite/database.h"

#include <utility>
#include <vector>

#include "exec/guarded.h"
#include "metadb/checked_session.h"
#include "metadb/sqlite/connection.h"
#include "metadb/writer_queue.h"

namespace forgehouse::metadb {
namespace {

using sqlite::Connection;
using Step = Connection::Step;

// What ends a transaction is done whether it is still wanted or not.
const exec::Context kAlways;
constexpr std::size_t kMostIdleReaders = 64;

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

class SqliteTransactions final : public Transactions {
public:
    explicit SqliteTransactions(std::unique_ptr<Connection> connection)
        : connection_(std::move(connection)) {}

    Result<void> begin(const exec::Context& ctx) override {
        return connection_->step(ctx, Step::Write);
    }
    Result<void> run(const exec::Context& ctx, const ports::Metadb::Work& work) override {
        TRY(ctx.check());
        ConnectionSession session(ctx, *connection_);
        return CheckedSession(session, CheckedSession::Kind::Write).run(work);
    }
    Result<void> commit() override { return connection_->step(kAlways, Step::Commit); }
    void rollback() override {
        // Where SQLite has ended it, there is nothing to undo; else it cannot fail.
        if (connection_->in_transaction()) (void)connection_->step(kAlways, Step::Rollback);
    }
    Result<void> mark() override { return connection_->step(kAlways, Step::Mark); }
    Result<void> keep() override { return connection_->step(kAlways, Step::Keep); }
    Result<void> undo() override {
        TRY(connection_->step(kAlways, Step::Undo));
        return keep();
    }
    Standing standing() const override {
        return connection_->in_transaction() ? Standing::Open : Standing::Lost;
    }

private:
    std::unique_ptr<Connection> connection_;
};

class SqliteTarget final : public MigrationTarget {
public:
    SqliteTarget(const exec::Context& ctx, Connection& connection)
        : ctx_(ctx), connection_(connection) {}

    Result<void> in_transaction(const Work& work) override {
        TRY(connection_.step(ctx_, Step::Write));
        ConnectionSession session(ctx_, connection_);
        auto done = CheckedSession(session, CheckedSession::Kind::Write).run(work);
        if (done) done = connection_.step(kAlways, Step::Commit);
        if (connection_.in_transaction()) (void)connection_.step(kAlways, Step::Rollback);
        return done;
    }
    Result<void> script(const std::string& text) override { return connection_.script(ctx_, text); }

private:
    const exec::Context& ctx_;
    Connection& connection_;
};

class SqliteDatabase final : public ports::Metadb {
public:
    SqliteDatabase(std::string path, SqliteOptions options, std::unique_ptr<Connection> writer)
        : path_(std::move(path)),
          options_(options),
          transactions_(std::move(writer)),
          writer_(transactions_, "metadb-write") {}

    Result<void> read(const exec::Context& ctx, const Work& work) override {
        TRY(ctx.check());
        TRY_LET(reader, take_reader(ctx));
        auto done = read_on(ctx, *reader, work);
        const bool sound = done || (done.error().code() != Errc::Corrupt &&
                                    done.error().code() != Errc::Unavailable);
        if (sound && !reader->in_transaction()) give_back(std::move(reader));
        return done;
    }

    Result<void> write(const exec::Context& ctx, const Work& work) override {
        return writer_.write(ctx, work);
    }

    Result<void> migrate(const exec::Context& ctx) override {
        TRY_LET(connection, open(ctx, true));
        SqliteTarget target(ctx, *connection);
        return metadb::migrate(target, {.parts = options_.parts,
                                        .migrations = options_.migrations,
                                        .dialect = kSqliteDialect,
                                        .clock = options_.clock});
    }

    Result<std::string> version(const exec::Context& ctx) override {
        std::string found;
        // Reads the file too.
        const ports::Sql sql("SELECT sqlite_version(), count(*) FROM sqlite_schema");
        TRY(read(ctx, [&](ports::Session& session) {
            return session.query(sql, [&](const ports::SqlRow& row) -> Result<void> {
                found = "sqlite " + std::string(row.text(0));
                return {};
            });
        }));
        return found;
    }

private:
    Result<std::unique_ptr<Connection>> open(const exec::Context& ctx, bool writes) const {
        return Connection::open(ctx,
                                {.path = path_, .writes = writes, .patience = options_.patience});
    }

    Result<std::unique_ptr<Connection>> take_reader(const exec::Context& ctx) {
        auto idle = idle_.with([](auto& readers) {
            std::unique_ptr<Connection> taken;
            if (!readers.empty()) {
                taken = std::move(readers.back());
                readers.pop_back();
            }
            return taken;
        });
        if (idle) return idle;
        return open(ctx, false);
    }

    void give_back(std::unique_ptr<Connection> reader) {
        idle_.with([&](auto& readers) {
            if (readers.size() < kMostIdleReaders) readers.push_back(std::move(reader));
        });
    }

    static Result<void> read_on(const exec::Context& ctx, Connection& reader, const Work& work) {
        TRY(reader.step(ctx, Step::Read));
        ConnectionSession session(ctx, reader);
        auto done = CheckedSession(session, CheckedSession::Kind::Read).run(work);
        // An error leaves it in its transaction, and so it is not kept.
        (void)reader.step(kAlways, Step::Commit);
        return done;
    }

    const std::string path_;
    const SqliteOptions options_;
    exec::Guarded<std::vector<std::unique_ptr<Connection>>> idle_;
    SqliteTransactions transactions_;
    WriterQueue writer_;
};

}  // namespace

Result<std::unique_ptr<ports::Metadb>> open_sqlite(const exec::Context& ctx,
                                                   const std::string& path, SqliteOptions options) {
    if (path.empty() || path.starts_with(':') || path.find('\0') != std::string::npos)
        return Failure(Error(Errc::Invalid, "the database's path is no file")
                           .with("path", path)
                           .hint("name a file: sqlite:/var/lib/forgehouse/forgehouse.db"));
    TRY_LET(writer,
            Connection::open(ctx, {.path = path, .writes = true, .patience = options.patience}));
    return std::make_unique<SqliteDatabase>(path, options, std::move(writer));
}

}  // namespace forgehouse::metadb
