#include "metadb/sqlite/connection.h"

#include <fcntl.h>
#include <sqlite3.h>

#include <cerrno>
#include <system_error>

#include "base/check.h"
#include "base/text.h"
#include "exec/descriptor.h"
#include "metadb/sqlite/failure.h"

namespace forgehouse::metadb::sqlite {
namespace {

// Between two questions to the Context: some 10 µs of a statement's work.
constexpr int kInstructions = 1000;
constexpr std::size_t kMostStatements = 512;

constexpr std::array<const char*, 7> kSteps = {
    "BEGIN",
    "BEGIN IMMEDIATE",
    "COMMIT",
    "ROLLBACK",
    "SAVEPOINT job",
    "RELEASE job",
    // Undone, the mark itself still stands.
    "ROLLBACK TO job",
};

// Every answered write survives a power cut: FULL flushes the log at each COMMIT.
constexpr const char* kEach =
    "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA mmap_size = 268435456; "
    "PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF; PRAGMA case_sensitive_like = ON; "
    "PRAGMA journal_size_limit = 67108864;";

/// SQLite would make it readable for all. Never opens a file that is there: closing it would give
/// up the locks of this process on it.
Result<void> make_private(const std::string& path) {
    const exec::Descriptor made(
        ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (made || errno == EEXIST) return {};
    const std::string reason = std::generic_category().message(errno);
    return Failure(Error(Errc::Unavailable, "the database's file cannot be made")
                       .with("path", path)
                       .with("because", reason)
                       .hint("see that its folder exists and that this user may write it"));
}

class Row final : public ports::SqlRow {
public:
    explicit Row(sqlite3_stmt* statement) : statement_(statement) {}
    bool is_null(std::size_t column) const override { return type_of(column) == SQLITE_NULL; }
    std::int64_t integer(std::size_t column) const override {
        const int type = type_of(column);
        if (type == SQLITE_NULL) return 0;
        CHECK(type == SQLITE_INTEGER);
        return sqlite3_column_int64(statement_, static_cast<int>(column));
    }
    std::string_view text(std::size_t column) const override {
        const int type = type_of(column);
        if (type == SQLITE_NULL) return {};
        CHECK(type == SQLITE_TEXT || type == SQLITE_BLOB);
        const void* bytes = sqlite3_column_blob(statement_, static_cast<int>(column));
        const int size = sqlite3_column_bytes(statement_, static_cast<int>(column));
        return {static_cast<const char*>(bytes), static_cast<std::size_t>(size)};
    }

private:
    int type_of(std::size_t column) const {
        CHECK(column < static_cast<std::size_t>(sqlite3_data_count(statement_)));
        return sqlite3_column_type(statement_, static_cast<int>(column));
    }
    sqlite3_stmt* statement_;
};

int bind_value(sqlite3_stmt* statement, int index, const ports::SqlValue& value) {
    // The values outlive the statement's use.
    if (const auto* number = std::get_if<std::int64_t>(&value.get()))
        return sqlite3_bind_int64(statement, index, *number);
    if (const auto* text = std::get_if<std::string>(&value.get()))
        return sqlite3_bind_text64(statement, index, text->data(), text->size(), SQLITE_STATIC,
                                   SQLITE_UTF8);
    if (const auto* bytes = std::get_if<ports::SqlValue::Bytes>(&value.get()))
        return sqlite3_bind_blob64(statement, index, bytes->value.data(), bytes->value.size(),
                                   SQLITE_STATIC);
    return sqlite3_bind_null(statement, index);
}

}  // namespace

/// A statement in somebody's hands; one of them at a time.
class Connection::Use {
public:
    explicit Use(Statement& cached) : statement_(&cached) { statement_->busy = true; }
    explicit Use(std::unique_ptr<Statement> own) : own_(std::move(own)), statement_(own_.get()) {}
    Use(Use&& other) noexcept
        : own_(std::move(other.own_)), statement_(std::exchange(other.statement_, nullptr)) {}
    Use& operator=(Use&&) = delete;
    ~Use() {
        if (statement_ == nullptr) return;
        sqlite3_reset(statement_->handle.get());
        sqlite3_clear_bindings(statement_->handle.get());
        statement_->busy = false;
    }
    const Statement& operator*() const noexcept { return *statement_; }
    sqlite3_stmt* handle() const noexcept { return statement_->handle.get(); }

private:
    std::unique_ptr<Statement> own_;
    Statement* statement_;
};

/// Makes a Context the one that SQLite's callbacks ask.
class Connection::Watch {
public:
    Watch(Connection& connection, const exec::Context& ctx)
        : connection_(connection), before_(std::exchange(connection.ctx_, &ctx)) {}
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch() { connection_.ctx_ = before_; }

    static int stopped(void* self) {
        const exec::Context* ctx = static_cast<Connection*>(self)->ctx_;
        return ctx != nullptr && !ctx->check() ? 1 : 0;
    }
    /// 1: try again.
    static int busy(void* self, int tries) {
        auto& connection = *static_cast<Connection*>(self);
        const auto now = std::chrono::steady_clock::now();
        if (tries == 0) connection.busy_since_ = now;
        if (now - connection.busy_since_ >= connection.options_.patience) return 0;
        const std::chrono::milliseconds pause(std::min(1 << std::min(tries, 5), 25));
        return connection.ctx_ != nullptr && connection.ctx_->sleep(pause) ? 1 : 0;
    }

private:
    Connection& connection_;
    const exec::Context* before_;
};

void Connection::Finalize::operator()(sqlite3_stmt* statement) const noexcept {
    sqlite3_finalize(statement);
}

Result<std::unique_ptr<Connection>> Connection::open(const exec::Context& ctx, Options options) {
    if (options.writes) TRY(make_private(options.path));
    std::unique_ptr<Connection> made(new Connection(std::move(options)));
    const Watch watch(*made, ctx);
    auto done = made->set_up();
    if (!done) return Failure(std::move(done).error().with("path", made->options_.path));
    return made;
}

Result<void> Connection::set_up() {
    const int opened = sqlite3_open_v2(
        options_.path.c_str(), &db_,
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    if (opened != SQLITE_OK) return Failure(failure(opened));
    sqlite3_busy_handler(db_, Watch::busy, this);
    sqlite3_progress_handler(db_, kInstructions, Watch::stopped, this);
    sqlite3_db_config(db_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    // "x" is a column, as everywhere else, and never a text.
    sqlite3_db_config(db_, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    sqlite3_db_config(db_, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    const exec::Context& ctx = *ctx_;
    TRY(script(ctx, kEach));
    if (!options_.writes) return script(ctx, "PRAGMA query_only = ON;");
    std::string mode;
    TRY(query(ctx, ports::Sql("PRAGMA journal_mode = WAL"),
              [&](const ports::SqlRow& row) -> Result<void> {
                  mode = row.text(0);
                  return {};
              }));
    if (mode == "wal") return {};
    return Failure(
        Error(Errc::Unavailable, "the database cannot keep a write-ahead log here")
            .with("mode", mode)
            .hint("put it on a local disk: a network's file system has no shared memory"));
}

Connection::~Connection() {
    statements_.clear();
    for (Handle& handle : steps_) handle.reset();
    sqlite3_close_v2(db_);
}

bool Connection::in_transaction() const noexcept {
    return sqlite3_get_autocommit(db_) == 0;
}

Error Connection::failure(int code) const {
    Error error = sqlite::failure(db_, code);
    if (error.code() == Errc::Cancelled && ctx_ != nullptr)
        if (auto ended = ctx_->check(); !ended) return std::move(ended).error();
    return error;
}

Result<void> Connection::step(const exec::Context& ctx, Step step) {
    const Watch watch(*this, ctx);
    Handle& handle = steps_[static_cast<std::size_t>(step)];
    if (!handle) {
        Statement made;
        TRY(prepare(kSteps[static_cast<std::size_t>(step)], made));
        handle = std::move(made.handle);
    }
    const int code = sqlite3_step(handle.get());
    auto result = code == SQLITE_DONE ? Result<void>() : Failure(failure(code));
    sqlite3_reset(handle.get());
    return result;
}

Result<void> Connection::prepare(std::string_view text, Statement& into, std::string_view* rest) {
    sqlite3_stmt* made = nullptr;
    const char* tail = nullptr;
    const int code = sqlite3_prepare_v3(db_, text.data(), static_cast<int>(text.size()),
                                        SQLITE_PREPARE_PERSISTENT, &made, &tail);
    into.handle.reset(made);
    if (code != SQLITE_OK) return Failure(failure(code));
    const auto after = text.substr(static_cast<std::size_t>(tail - text.data()));
    if (rest != nullptr)
        *rest = after;
    else if (made == nullptr || !text::trim(after).empty())
        return Failure(Error(Errc::Invalid, "the text is not one statement"));
    return {};
}

Result<void> Connection::read_places(Statement& statement) {
    const int count = sqlite3_bind_parameter_count(statement.handle.get());
    std::vector<bool> seen(static_cast<std::size_t>(count) + 1);
    for (int i = 1; i <= count; ++i) {
        const char* name = sqlite3_bind_parameter_name(statement.handle.get(), i);
        const auto place = text::to_int(name != nullptr && *name == '$' ? name + 1 : "");
        if (!place || *place < 1 || *place > count)
            return Failure(Error(Errc::Invalid, "the places of a statement are $1, $2, …")
                               .with("places", count));
        statement.places.push_back(static_cast<std::size_t>(*place));
    }
    statement.values = static_cast<std::size_t>(count);
    statement.reads = sqlite3_stmt_readonly(statement.handle.get()) != 0;
    return {};
}

Result<Connection::Use> Connection::use(const ports::Sql& sql) {
    Statement* cached = nullptr;
    if (const auto found = statements_.find(sql.text()); found != statements_.end())
        cached = found->second.get();
    std::unique_ptr<Statement> made;
    if (cached == nullptr || cached->busy) {
        made = std::make_unique<Statement>();
        TRY(prepare(sql.text(), *made));
        TRY(read_places(*made));
    }
    if (cached == nullptr) {
        if (statements_.size() >= kMostStatements)
            std::erase_if(statements_, [](const auto& entry) { return !entry.second->busy; });
        cached = made.get();
        statements_.emplace(sql.text(), std::move(made));
    }
    Use in_use = made ? Use(std::move(made)) : Use(*cached);
    TRY(bind(*in_use, sql));
    return in_use;
}

Result<void> Connection::bind(const Statement& statement, const ports::Sql& sql) {
    if (sql.values().size() != statement.values)
        return Failure(Error(Errc::Invalid, "the statement has more or fewer places than values")
                           .with("places", static_cast<std::int64_t>(statement.values))
                           .with("values", static_cast<std::int64_t>(sql.values().size())));
    for (std::size_t i = 0; i < statement.places.size(); ++i) {
        const auto& value = sql.values()[statement.places[i] - 1];
        const int code = bind_value(statement.handle.get(), static_cast<int>(i) + 1, value);
        if (code != SQLITE_OK) return Failure(failure(code));
    }
    return {};
}

Result<void> Connection::script(const exec::Context& ctx, std::string_view text) {
    const Watch watch(*this, ctx);
    while (!text::trim(text).empty()) {
        Statement statement;
        TRY(prepare(text, statement, &text));
        if (!statement.handle) continue;  // a comment
        int code = SQLITE_ROW;
        while (code == SQLITE_ROW) code = sqlite3_step(statement.handle.get());
        if (code != SQLITE_DONE) return Failure(failure(code));
    }
    return {};
}

Result<void> Connection::query(const exec::Context& ctx, const ports::Sql& sql,
                               const ports::Session::TakeRow& take) {
    const Watch watch(*this, ctx);
    TRY_LET(in_use, use(sql));
    if (!options_.writes && !(*in_use).reads)
        return Failure(Error(Errc::Invalid, "a read does not write").hint("write it by write()"));
    const Row row(in_use.handle());
    for (;;) {
        const int code = sqlite3_step(in_use.handle());
        if (code == SQLITE_DONE) return {};
        if (code != SQLITE_ROW) return Failure(failure(code));
        TRY(take(row));
    }
}

Result<std::uint64_t> Connection::execute(const exec::Context& ctx, const ports::Sql& sql) {
    const sqlite3_int64 before = sqlite3_total_changes64(db_);
    TRY(query(ctx, sql, [](const ports::SqlRow&) -> Result<void> { return {}; }));
    if (sqlite3_total_changes64(db_) == before) return 0;
    return static_cast<std::uint64_t>(sqlite3_changes64(db_));
}

}  // namespace forgehouse::metadb::sqlite
