// Result, Error and the two macros that pass errors on.
//
// Failure is data here: a repository that answers 404 or a page that does not parse is counted,
// classified and written to git_collection_runs. So functions return Result<T>; we do not throw.
// Exceptions of libraries are caught at the adapter's edge and become an Error.
// This is the only header that names <expected>.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/literal.h"

namespace forgehouse {

/// What the caller should DO about a failure, never what went wrong in detail.
enum class Errc : unsigned char {
    Invalid,      ///< The request itself is wrong: a person must change it. Never retried.
    NotFound,     ///< The thing is not there. Skip it and record that.
    Denied,       ///< No right to it. Skip it and record that.
    Conflict,     ///< Somebody else holds or has changed it. Read again, then decide.
    RateLimited,  ///< Come back after `retry_after_ms` (a field of the error).
    Unavailable,  ///< It may work later: retry with backoff.
    Cancelled,    ///< We were asked to stop, or the deadline passed.
    Corrupt,      ///< Bytes that cannot be right. Quarantine them and go on.
};

/// The lower-case name: `invalid`, `not_found`, …
std::string_view name_of(Errc code) noexcept;

/// A class of failure, a fixed text, facts as fields, and what a person can do about it.
/// Cheap to move; copyable. Fields must never carry a secret (Secret has no formatter).
class [[nodiscard]] Error {
public:
    Error(Errc code, Literal text) : code_(code), text_(text) {}

    /// Adds a fact that the callee did not know. Returns *this so that it chains.
    Error& with(Literal key, std::string value) &;
    Error& with(Literal key, std::int64_t value) &;
    Error&& with(Literal key, std::string value) && { return std::move(with(key, value)); }
    Error&& with(Literal key, std::int64_t value) && { return std::move(with(key, value)); }
    /// What to do about it, for a person: one sentence.
    Error& hint(std::string sentence) &;
    Error&& hint(std::string sentence) && { return std::move(hint(sentence)); }

    Errc code() const noexcept { return code_; }
    std::string_view text() const noexcept { return text_.view(); }
    const std::vector<std::pair<Literal, std::string>>& fields() const noexcept { return fields_; }
    /// The value of a field, "" where it is not there.
    std::string_view field(std::string_view key) const noexcept;
    std::string_view hint() const noexcept { return hint_; }

    /// `text (key=value, key=value)`, without the hint: one line for logs and run records.
    std::string describe() const;

private:
    Errc code_;
    Literal text_;
    std::vector<std::pair<Literal, std::string>> fields_;
    std::string hint_;
};

template <class T>
using Result = std::expected<T, Error>;
using Failure = std::unexpected<Error>;

/// The same for the few places where a failure is something else than an Error.
template <class T, class E>
using ResultOf = std::expected<T, E>;
template <class E>
using FailureOf = std::unexpected<E>;

}  // namespace forgehouse

// Binds NAME to the value of EXPR, or returns its error. A declaration on purpose: GCC cannot
// compile co_await inside ({ }).
#define TRY_LET(NAME, EXPR)                                                             \
    auto NAME##_result = (EXPR);                                                        \
    if (!NAME##_result) return ::forgehouse::Failure(std::move(NAME##_result).error()); \
    auto& NAME = *NAME##_result

// The counter lets one TRY stand in a lambda that is handed to a call inside of another.
#define TRY(EXPR) FORGEHOUSE_TRY_COUNTED(EXPR, __COUNTER__)
#define FORGEHOUSE_TRY_COUNTED(EXPR, COUNT) FORGEHOUSE_TRY_JOINED(EXPR, COUNT)
#define FORGEHOUSE_TRY_JOINED(EXPR, COUNT) FORGEHOUSE_TRY_NAMED(EXPR, try_result_##COUNT)
#define FORGEHOUSE_TRY_NAMED(EXPR, NAME)                                                      \
    do {                                                                                      \
        if (auto NAME = (EXPR); !NAME) return ::forgehouse::Failure(std::move(NAME).error()); \
    } while (0)
