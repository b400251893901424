// Two strengths of assertion. Neither is for input: what comes from outside is an `if` and an
// Error.
#pragma once

namespace forgehouse::detail {
[[noreturn]] void check_failed(const char* what, const char* file, int line) noexcept;
void bug_found(const char* what, const char* file, int line) noexcept;
}  // namespace forgehouse::detail

/// Always on; aborts. For what would mean that our memory is wrong.
#define CHECK(COND)                                                                 \
    do {                                                                            \
        if (!(COND)) ::forgehouse::detail::check_failed(#COND, __FILE__, __LINE__); \
    } while (0)

/// Evaluates to COND. When false: aborts a debug build; in a release build it is logged and the
/// caller must cope, usually by returning Errc::Corrupt.
#define SOUND(COND) ((COND) || (::forgehouse::detail::bug_found(#COND, __FILE__, __LINE__), false))
