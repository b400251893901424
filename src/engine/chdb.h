// libchdb's C interface, loaded at run time: the functions that we call, and owners for what they
// return. The only place that knows libchdb's ABI (26.7).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace forgehouse::engine {

/// A statement's bound parameters: `{name:Type}` in the text, the value as TSV would escape it.
using SqlParameters = std::vector<std::pair<std::string, std::string>>;

/// An exception of ClickHouse as text, e.g. `Code: 60. DB::Exception: …`.
struct SqlError {
    int code = 0;
    std::string text;
};
template <class T>
using SqlResult = ResultOf<T, SqlError>;

/// The number after `Code: `; 1002 (UNKNOWN_EXCEPTION) where there is none.
int exception_code(std::string_view text);

struct SqlStatistics {
    std::uint64_t read_rows = 0;
    std::uint64_t read_bytes = 0;
    std::uint64_t written_rows = 0;
    std::uint64_t written_bytes = 0;
    std::uint64_t result_rows = 0;
    std::uint64_t result_bytes = 0;
    double elapsed_s = 0;
};

class Chdb;

/// The bytes of an answer or of one part of it. Owns them.
class SqlBytes {
public:
    std::string_view view() const noexcept { return bytes_; }
    const SqlStatistics& statistics() const noexcept { return statistics_; }

private:
    friend class Chdb;
    std::shared_ptr<void> owner_;  // frees the library's buffer; shared only with copies of this
    std::string_view bytes_;
    SqlStatistics statistics_;
};

/// What ClickHouse's own parser says about a text.
struct Analysis {
    enum class Class : unsigned char { ReadOnly, Mutating, MutatingGlobal, Control, Unknown };
    Class kind = Class::Unknown;
    std::uint32_t statements = 0;  ///< 0 where it does not parse
};

/// One session of the database. Threads: one at a time. Statements of different sessions run side
/// by side. After an error use it no more: the library keeps remains of the failed answer.
class SqlSession {
public:
    SqlSession(SqlSession&&) noexcept;
    SqlSession& operator=(SqlSession&&) = delete;
    ~SqlSession();

    /// A whole answer in memory.
    SqlResult<SqlBytes> query(std::string_view sql, std::string_view format,
                              const SqlParameters& parameters = {});
    Analysis classify(std::string_view sql);

private:
    friend class Chdb;
    friend class SqlStream;
    friend class SqlInsert;
    SqlSession(const Chdb& library, void* handle) : library_(&library), handle_(handle) {}
    void* connection() const;

    const Chdb* library_;
    void* handle_;
};

/// An answer in parts, each formatted as a document of its own. The session outlives it.
/// Threads: the one that began it, alone. An error that is met on another corrupts the library's
/// memory (26.7.3).
class SqlStream {
public:
    static SqlResult<SqlStream> start(SqlSession& session, std::string_view sql,
                                      std::string_view format, const SqlParameters& parameters);
    SqlStream(SqlStream&&) noexcept;
    SqlStream& operator=(SqlStream&&) = delete;
    ~SqlStream();

    /// The next part; empty at the end.
    SqlResult<SqlBytes> next();

private:
    SqlStream(SqlSession& session, void* handle) : session_(&session), handle_(handle) {}
    SqlSession* session_;
    void* handle_;
};

/// An INSERT whose data arrive in parts. Nothing is stored unless finish() succeeds. The session
/// outlives it.
class SqlInsert {
public:
    /// `sql` without FORMAT and data.
    static SqlResult<SqlInsert> start(SqlSession& session, std::string_view sql,
                                      std::string_view format, const SqlParameters& parameters);
    SqlInsert(SqlInsert&&) noexcept;
    SqlInsert& operator=(SqlInsert&&) = delete;
    ~SqlInsert();

    /// Copies the bytes; waits while the database is behind.
    SqlResult<void> append(std::string_view bytes);
    SqlResult<SqlStatistics> finish();

private:
    SqlInsert(SqlSession& session, void* handle) : session_(&session), handle_(handle) {}
    SqlSession* session_;
    void* handle_;
    bool finished_ = false;
};

/// The loaded library. Never unloaded: its threads outlive every object. Threads: all functions may
/// be called from many threads at once.
class Chdb {
public:
    /// Errors: Invalid where it cannot be loaded or lacks a function.
    static Result<std::unique_ptr<Chdb>> load(const std::filesystem::path& library);

    /// A new session on the database at `path`; the first opens it. `settings` as `name=value`.
    /// Errors: Unavailable; the library says no more than that.
    Result<SqlSession> connect(const std::filesystem::path& path,
                               const std::vector<std::string>& settings) const;
    std::string version() const;

private:
    friend class SqlSession;
    friend class SqlStream;
    friend class SqlInsert;
    struct Functions;
    explicit Chdb(std::shared_ptr<const Functions> functions) : f_(std::move(functions)) {}
    SqlResult<SqlBytes> take(void* result) const;

    std::shared_ptr<const Functions> f_;  // shared with SqlBytes, which free themselves by it
};

}  // namespace forgehouse::engine
