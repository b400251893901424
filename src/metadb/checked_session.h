// CheckedSession: what every adapter does alike around its own session, so that a program which
// works on one database works on the other.
//
// - Text that PostgreSQL could not hold (a zero byte, broken UTF-8) is Invalid everywhere.
// - BEGIN, COMMIT and their like are Invalid: transactions are the database's.
// - A statement that failed ends its transaction, as in PostgreSQL: those after it fail by the same
//   error, and so does the whole work, even if it went on as if nothing had been.
#pragma once

#include <optional>

#include "ports/metadb.h"

namespace forgehouse::metadb {

/// Threads: one. `inner` has to outlive it.
class CheckedSession final : public ports::Session {
public:
    enum class Kind : std::uint8_t { Read, Write };

    CheckedSession(ports::Session& inner, Kind kind) : inner_(inner), kind_(kind) {}

    Result<void> query(const ports::Sql& sql, const TakeRow& take) override;
    Result<std::uint64_t> execute(const ports::Sql& sql) override;

    /// Runs `work` here: its error, or that of a statement that it did not mind.
    Result<void> run(const std::function<Result<void>(ports::Session&)>& work);

private:
    Result<void> check(const ports::Sql& sql) const;

    ports::Session& inner_;
    const Kind kind_;
    std::optional<Error> failed_;
};

}  // namespace forgehouse::metadb
