// Connection: one open SQLite file, and the statements prepared on it.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ports/metadb.h"

struct sqlite3;
struct sqlite3_stmt;

namespace forgehouse::metadb::sqlite {

/// Threads: one at a time; it may be handed from one to another. Errors of all functions: those of
/// ports::Session.
class Connection {
public:
    struct Options {
        std::string path;
        bool writes = false;
        /// How long to wait for another process that holds the file.
        std::chrono::milliseconds patience;
    };
    /// What begins, ends and divides transactions; prepared once.
    enum class Step : std::uint8_t { Read, Write, Commit, Rollback, Mark, Keep, Undo };

    /// With `writes`: makes the file where there is none, readable for its owner alone.
    static Result<std::unique_ptr<Connection>> open(const exec::Context& ctx, Options options);
    ~Connection();

    Result<void> step(const exec::Context& ctx, Step step);
    /// Statements divided by semicolons.
    Result<void> script(const exec::Context& ctx, std::string_view text);
    Result<void> query(const exec::Context& ctx, const ports::Sql& sql,
                       const ports::Session::TakeRow& take);
    Result<std::uint64_t> execute(const exec::Context& ctx, const ports::Sql& sql);
    /// SQLite ends one by itself where the disk is full, or a write is stopped midway.
    bool in_transaction() const noexcept;

private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const noexcept;
    };
    using Handle = std::unique_ptr<sqlite3_stmt, Finalize>;
    struct Statement {
        Handle handle;
        std::vector<std::size_t> places;  ///< SQLite's parameter i is `$places[i - 1]`
        std::size_t values = 0;
        bool reads = false;
        bool busy = false;
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept {
            return std::hash<std::string_view>{}(text);
        }
    };
    class Use;
    class Watch;

    explicit Connection(Options options) : options_(std::move(options)) {}
    Result<void> set_up();
    Result<void> prepare(std::string_view text, Statement& into, std::string_view* rest = nullptr);
    Result<void> read_places(Statement& statement);
    Result<Use> use(const ports::Sql& sql);
    Result<void> bind(const Statement& statement, const ports::Sql& sql);
    Error failure(int code) const;

    const Options options_;
    sqlite3* db_ = nullptr;
    /// Of the call under way: asked by SQLite's callbacks.
    const exec::Context* ctx_ = nullptr;
    std::chrono::steady_clock::time_point busy_since_;
    std::unordered_map<std::string, std::unique_ptr<Statement>, Hash, std::equal_to<>> statements_;
    std::array<Handle, 7> steps_;
};

}  // namespace forgehouse::metadb::sqlite
