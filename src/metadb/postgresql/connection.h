// Connection: one session with a PostgreSQL server, and the statements prepared in it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "exec/descriptor.h"
#include "metadb/postgresql/answer.h"
#include "metadb/postgresql/libpq.h"
#include "ports/metadb.h"

namespace forgehouse::metadb::postgresql {

/// Threads: one at a time; it may be handed from one to another. Errors of all functions: those of
/// ports::Session. A Context that ends makes the server stop the statement; the connection stays
/// usable where the server answers to that.
class Connection {
public:
    /// `url` may hold a password, and is never shown; `name` is what errors say.
    struct Target {
        std::string url;
        std::string name;
    };

    /// Errors: Invalid for a URL that is none, or a database that does not speak UTF-8; Unavailable
    /// where the server is not there or refuses; Cancelled by the Context.
    static Result<std::unique_ptr<Connection>> open(const exec::Context& ctx, const Libpq& pq,
                                                    const Target& target);
    ~Connection();

    /// Statements divided by semicolons, without values. The answer of the last one's command:
    /// `COMMIT`, `ROLLBACK`, …
    Result<std::string> command(const exec::Context& ctx, const std::string& text);
    Result<void> query(const exec::Context& ctx, const ports::Sql& sql,
                       const ports::Session::TakeRow& take);
    Result<std::uint64_t> execute(const exec::Context& ctx, const ports::Sql& sql);

    /// Of the last statement, where it failed; "" where the server had no time to say anything.
    const std::string& sqlstate() const noexcept { return sqlstate_; }
    /// Nothing more can be done with it.
    bool broken() const noexcept;
    /// Looks whether the server has ended it meanwhile; does not wait.
    bool usable();
    /// `15.6`.
    std::string version() const;

private:
    Connection(const Libpq& pq, std::string name) : pq_(pq), name_(std::move(name)) {}
    Result<void> connect(const exec::Context& ctx, const std::string& url);
    Result<void> greet(const exec::Context& ctx);
    Result<std::string> prepared(const exec::Context& ctx, const ports::Sql& sql);
    Result<Answer> run(const exec::Context& ctx, const ports::Sql& sql);
    /// Sends what was queued and waits for the answer. `sent`: what libpq's sending said.
    Result<Answer> answer(const exec::Context& ctx, int sent);
    Result<void> flush(const exec::Context& ctx);
    Result<void> wait_for_answer(const exec::Context& ctx);
    Result<void> wait(const exec::Context& ctx, short events);
    void cancel();
    Failure refused(const Answer& answer);
    Error lost(Literal text);

    const Libpq pq_;
    const std::string name_;
    exec::Descriptor wake_;
    PGconn* connection_ = nullptr;
    bool broken_ = false;
    std::string sqlstate_;
    /// Names by the statement's text and its values' types.
    std::unordered_map<std::string, std::string> statements_;
    std::int64_t last_statement_ = 0;
};

}  // namespace forgehouse::metadb::postgresql
