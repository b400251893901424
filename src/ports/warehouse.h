// Warehouse: where the git_* rows go and where they are asked for. Interface only; adapters live in
// src/warehouse. Written in terms of `schema`, so that an adapter needs to know no table by name.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/literal.h"
#include "base/result.h"
#include "exec/context.h"
#include "schema/batch.h"

namespace forgehouse::ports {

/// One value of a bound parameter: `{name:Type}` in the text, the value's plain text here.
struct Parameter {
    std::string name;
    std::string value;
};

/// A read. Our own statements are Literals with bound parameters; only the `query` verb and the API
/// behind it pass a user's text.
class Query {
public:
    explicit Query(Literal sql, std::vector<Parameter> parameters = {})
        : sql_(sql.view()), parameters_(std::move(parameters)) {}
    /// A user's own SQL. It runs with no right to write.
    static Query from_user(std::string sql) {
        Query query("");
        query.sql_ = std::move(sql);
        return query;
    }

    std::string_view sql() const noexcept { return sql_; }
    std::span<const Parameter> parameters() const noexcept { return parameters_; }

private:
    std::string sql_;
    std::vector<Parameter> parameters_;
};

/// One column of an answer, with the warehouse's own name for its type.
struct AnswerColumn {
    std::string name;
    std::string type;
};

/// A small answer, read whole. Values are text as TSV would show them unescaped; NULL is nullopt.
struct Answer {
    std::vector<AnswerColumn> columns;
    std::vector<std::vector<std::optional<std::string>>> rows;
};

/// What prepare() found and did.
struct Prepared {
    std::vector<std::string> created;  ///< tables and views that were not there
    std::vector<std::string> evolved;  ///< `table.column` that were added
};

/// Receives a part of an answer's bytes; an error stops the transfer and is returned to the caller.
using ByteSink = std::function<Result<void>(std::string_view)>;

/// Receives the decoded blocks of an answer whose columns are those asked for, in that order.
/// Valid during the call only.
using BlockSink = std::function<Result<void>(const schema::Batch&)>;

/// Threads: all functions may be called from many threads at once.
/// Errors: Unavailable after the retries that make sense; Invalid for a statement that the
/// warehouse refuses (field `code` has its number); Denied for a missing right; Cancelled by the
/// Context.
class Warehouse {
public:
    virtual ~Warehouse() = default;

    /// Makes what is missing: database, tables, new columns of older tables, views. Loses nothing,
    /// and does nothing where all is there. Conflict where a newer version has made the tables.
    virtual Result<Prepared> prepare(exec::Context&) = 0;

    /// Writes the rows. Once it returns they are durable. `token` names the content: the same token
    /// written twice within the warehouse's window is stored once, so a retry is safe.
    virtual Result<void> insert(exec::Context&, const schema::Batch& rows,
                                std::string_view token) = 0;

    /// Writes the newest version of some rows again with other values: for each table row
    /// (tombstones apart) whose `key` columns begin with `prefix` and that the rest does not leave
    /// out, sets the columns of `changes` and `_version`. Nothing passes through this process.
    /// Values are plain text as for Parameter. Safe to repeat.
    struct Amendment {
        const schema::TableInfo* table;
        std::vector<std::string> prefix;  ///< values of the first key columns, at least one
        /// Only rows with one of these in `member_column`; nullopt: all rows of the prefix. An
        /// empty list is no row.
        std::optional<std::vector<std::string>> members;
        /// Column, value; nullopt is NULL.
        std::vector<std::pair<std::string, std::optional<std::string>>> changes;
        std::uint64_t version;
        std::string member_column = {};  ///< '': the key column after the prefix
        /// Only rows whose newest `_version` is less: what a reading of that version has not
        /// written again, and so is not there any more.
        std::optional<std::uint64_t> older_than = {};
    };
    virtual Result<void> amend(exec::Context&, const Amendment&) = 0;

    /// A small answer in memory (at most `kAnswerRows`; more is Errc::Invalid).
    static constexpr std::size_t kAnswerRows = 1'000'000;
    virtual Result<Answer> ask(exec::Context&, const Query&) = 0;

    /// A typed answer of any size, block by block. `shape` says the columns that the query returns;
    /// an answer of another shape is Errc::Invalid.
    virtual Result<void> read(exec::Context&, const Query&, const schema::TableInfo& shape,
                              const BlockSink&) = 0;

    /// The answer in one of the warehouse's own formats, byte for byte, streamed.
    virtual Result<void> pass_through(exec::Context&, const Query&, std::string_view format,
                                      const ByteSink&) = 0;

    /// The server's version, as text. Cheap: for `doctor` and readiness checks.
    virtual Result<std::string> version(exec::Context&) = 0;
};

}  // namespace forgehouse::ports
