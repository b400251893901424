// Metadb: the forge's state in a relational database. Interface only; adapters live in src/metadb.
//
// One SQL serves every adapter, and so it keeps to what SQLite and PostgreSQL mean alike: places
// for values are `$1`, `$2`, …; types are whole numbers of 64 bits, text and bytes; flags are 0 and
// 1, times milliseconds since 1970; `INSERT … ON CONFLICT … DO UPDATE`, `RETURNING`, `WITH`, row
// values and window functions are there. Text is compared by its bytes. What tables there are
// stands in src/metadb/migrations.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/literal.h"
#include "base/result.h"
#include "base/time.h"
#include "exec/context.h"

namespace forgehouse::ports {

/// A value to bind. Owns its text.
class SqlValue {
public:
    struct Bytes {
        std::string value;
    };

    SqlValue(std::nullopt_t) {}                           // NOLINT(google-explicit-constructor)
    SqlValue(std::int64_t value) : value_(value) {}       // NOLINT(google-explicit-constructor)
    SqlValue(int value) : value_(std::int64_t{value}) {}  // NOLINT(google-explicit-constructor)
    SqlValue(bool value)
        : value_(std::int64_t{value ? 1 : 0}) {}  // NOLINT(google-explicit-constructor)
    SqlValue(Time value) : value_(value.ms()) {}  // NOLINT(google-explicit-constructor)
    SqlValue(std::string value)
        : value_(std::move(value)) {}  // NOLINT(google-explicit-constructor)
    SqlValue(std::string_view value)
        : value_(std::string(value)) {}  // NOLINT(google-explicit-constructor)
    SqlValue(const char* value)
        : value_(std::string(value)) {}                  // NOLINT(google-explicit-constructor)
    SqlValue(Bytes value) : value_(std::move(value)) {}  // NOLINT(google-explicit-constructor)
    template <class T>
    SqlValue(std::optional<T> value) {  // NOLINT(google-explicit-constructor)
        if (value) *this = SqlValue(std::move(*value));
    }

    const std::variant<std::monostate, std::int64_t, std::string, Bytes>& get() const noexcept {
        return value_;
    }

private:
    std::variant<std::monostate, std::int64_t, std::string, Bytes> value_;
};

/// A statement with its values. Text comes from our source alone, whatever else is bound.
class Sql {
public:
    explicit Sql(Literal text, std::initializer_list<SqlValue> values = {})
        : text_(text.view()), values_(values) {}

    /// Appends text.
    Sql& add(Literal text) & {
        text_ += text.view();
        return *this;
    }
    /// Appends a place, `$N`, and binds the value to it.
    Sql& bind(SqlValue value) &;

    std::string_view text() const noexcept { return text_; }
    std::span<const SqlValue> values() const noexcept { return values_; }

private:
    std::string text_;
    std::vector<SqlValue> values_;
};

/// One row of an answer, valid during the call that hands it out. Columns count from 0; asking for
/// one that is not there or of another type is a programming error and aborts.
class SqlRow {
public:
    virtual ~SqlRow() = default;
    virtual bool is_null(std::size_t column) const = 0;
    /// 0 for NULL.
    virtual std::int64_t integer(std::size_t column) const = 0;
    /// "" for NULL. Text and bytes alike.
    virtual std::string_view text(std::size_t column) const = 0;

    bool flag(std::size_t column) const { return integer(column) != 0; }
    Time time(std::size_t column) const { return Time::from_ms(integer(column)); }
    std::optional<std::int64_t> maybe_integer(std::size_t column) const {
        return is_null(column) ? std::nullopt : std::optional(integer(column));
    }
    std::optional<std::string> maybe_text(std::size_t column) const {
        return is_null(column) ? std::nullopt : std::optional(std::string(text(column)));
    }
    std::optional<Time> maybe_time(std::size_t column) const {
        return is_null(column) ? std::nullopt : std::optional(time(column));
    }
};

/// A snapshot, or a transaction under way. One thread at a time; ends with the call it was handed
/// to.
/// Errors of all: Invalid for a statement that the database refuses; Conflict where a unique key,
/// a reference or a check forbids it; Unavailable where the database is away, full or read-only;
/// Cancelled by the Context; Corrupt where it is damaged.
class Session {
public:
    virtual ~Session() = default;

    /// An error of `take` ends the reading and is returned.
    using TakeRow = std::function<Result<void>(const SqlRow&)>;
    virtual Result<void> query(const Sql& sql, const TakeRow& take) = 0;
    /// Returns how many rows were written. In a read: Invalid.
    virtual Result<std::uint64_t> execute(const Sql& sql) = 0;

    /// What `make` makes of the first row; nullopt where there is none.
    template <class Make>
    auto first(const Sql& sql, Make make)
        -> Result<std::optional<decltype(make(std::declval<const SqlRow&>()))>> {
        std::optional<decltype(make(std::declval<const SqlRow&>()))> found;
        TRY(query(sql, [&](const SqlRow& row) -> Result<void> {
            if (!found) found.emplace(make(row));
            return {};
        }));
        return found;
    }
    /// What `make` makes of each row.
    template <class Make>
    auto all(const Sql& sql, Make make)
        -> Result<std::vector<decltype(make(std::declval<const SqlRow&>()))>> {
        std::vector<decltype(make(std::declval<const SqlRow&>()))> found;
        TRY(query(sql, [&](const SqlRow& row) -> Result<void> {
            found.push_back(make(row));
            return {};
        }));
        return found;
    }
};

/// One database. Threads: all functions may be called from many threads and processes at once.
class Metadb {
public:
    using Work = std::function<Result<void>(Session&)>;

    virtual ~Metadb() = default;

    /// Runs `work` on a snapshot, on this thread. Never waits for a writer.
    virtual Result<void> read(const exec::Context& ctx, const Work& work) = 0;

    /// Runs `work` as one transaction. Once it returns well, what was written is durable and seen
    /// by every read that begins; an error of `work` undoes what it did and is returned. Writes run
    /// one after the other, mostly on a thread of the database's: several that wait become durable
    /// together. `work` may run again where the transaction had to be repeated, so it must do
    /// nothing but write; it must be short, and must not call the Metadb.
    /// Errors: those of `work` and of Session. Unavailable with field `outcome=unknown` where the
    /// database went away while it answered.
    virtual Result<void> write(const exec::Context& ctx, const Work& work) = 0;

    /// Brings the tables to this version's state. Safe to repeat, and by several processes at once.
    /// Errors: Conflict where a newer version has been there.
    virtual Result<void> migrate(const exec::Context& ctx) = 0;

    /// `sqlite 3.40.1`, `postgresql 15.6`. Cheap: for readiness checks.
    virtual Result<std::string> version(const exec::Context& ctx) = 0;
};

/// Which database holds what: the global one has users, tokens, keys, groups and workspaces' names;
/// all that belongs to a workspace lies in the database of its shard. They may all be the same.
class Metadbs {
public:
    static constexpr std::int64_t kShards = 16;

    virtual ~Metadbs() = default;
    virtual Metadb& global() noexcept = 0;
    /// The database of the logical shard `workspace_id % kShards`.
    virtual Metadb& of(std::int64_t workspace_id) noexcept = 0;
    /// Each database once, for migrations, checks and readers of all outboxes.
    virtual std::span<Metadb* const> all() noexcept = 0;
};

}  // namespace forgehouse::ports
