// Answer: what PostgreSQL sent for one statement, in binary, and its rows as the port has them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "metadb/postgresql/failure.h"
#include "metadb/postgresql/libpq.h"
#include "ports/metadb.h"

namespace forgehouse::metadb::postgresql {

/// Owns a PGresult. Threads: one at a time.
class Answer {
public:
    Answer(const Libpq& pq, PGresult* result) noexcept : pq_(&pq), result_(result) {}
    Answer(Answer&& other) noexcept
        : pq_(other.pq_), result_(std::exchange(other.result_, nullptr)) {}
    Answer& operator=(Answer&& other) noexcept {
        std::swap(pq_, other.pq_);
        std::swap(result_, other.result_);
        return *this;
    }
    ~Answer() { pq_->clear(result_); }

    /// None is: the connection ended instead.
    bool given() const noexcept { return result_ != nullptr; }
    bool ok() const;
    /// The statement wants to copy data, which nobody here can.
    bool copies() const;
    ServerError error() const;
    /// `INSERT 0 1`, `COMMIT`, …
    std::string_view command() const { return pq_->cmdStatus(result_); }
    /// Of INSERT, UPDATE, DELETE; 0 of all others.
    std::uint64_t written() const;
    /// Errors: those of `take`; Invalid for a number that is none of 64 bits.
    Result<void> each_row(const ports::Session::TakeRow& take) const;

private:
    const Libpq* pq_;
    PGresult* result_;
};

/// A whole number as PostgreSQL sends its type `numeric`; nullopt where it has a fraction or does
/// not fit into 64 bits.
std::optional<std::int64_t> whole_numeric(std::string_view bytes) noexcept;

}  // namespace forgehouse::metadb::postgresql
