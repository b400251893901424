// Retry: which failures are worth another try, and when. The decision is a pure function; the loop
// around it receives its randomness and its waiting, so that tests never sleep.
//
//   Unavailable  tried again after a growing, jittered delay
//   RateLimited  tried again after the error's `retry_after_ms`, or the delay where it has none
//   all others   not: asking again would change nothing, or is for the caller to decide
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

#include "base/result.h"
#include "exec/context.h"

namespace forgehouse::exec {

struct RetryPolicy {
    int attempts = 5;  ///< in all; 1 means no retry
    std::chrono::milliseconds first_delay{200};
    double factor = 2.0;
    std::chrono::milliseconds longest_delay{30'000};
    /// A peer that asks for a longer pause than this gets no further try from here.
    std::chrono::milliseconds longest_pause{15 * 60'000};
};

/// The wait before the next try, or nullopt where there should be none. `failures` counts those so
/// far, this one too. `uniform` is a random number in [0, 1): the delay lies between half and all
/// of what the policy's growth gives, so that many clients do not come back at the same moment. A
/// pause that the peer asked for is never shortened, only lengthened by up to a tenth.
std::optional<std::chrono::milliseconds> retry_delay(const RetryPolicy& policy, const Error& error,
                                                     int failures, double uniform);

/// Gives a random number in [0, 1) each time. May be called from many threads at once.
using Uniform = std::function<double()>;
/// A source that is started by `seed`: the same seed, the same numbers.
Uniform seeded_uniform(std::uint64_t seed);

/// Waits; Cancelled when the Context ends first. `sleep_in_context` is the real one.
using Sleep = std::function<Result<void>(Context&, std::chrono::milliseconds)>;
Result<void> sleep_in_context(Context& ctx, std::chrono::milliseconds span);

/// What surrounds the tries of one call.
struct Retry {
    RetryPolicy policy{};
    Uniform uniform;
    Sleep sleep = sleep_in_context;
    /// Asked about failures whose class would be tried again: false ends it. May be empty.
    std::function<bool(const Error&)> worth_it{};
    /// Told of each failure that will be tried again, before the wait. May be empty.
    std::function<void(const Error&, std::chrono::milliseconds delay)> on_retry{};
};

/// Calls `attempt()` (which returns a Result) until it succeeds or retry_delay() says no, and
/// returns its last result. Where the wait would outlast the Context's deadline, the failure is
/// returned at once instead of a late Cancelled that would hide it.
template <class Attempt>
auto with_retry(Context& ctx, const Retry& retry, Attempt&& attempt) -> decltype(attempt()) {
    for (int failures = 1;; ++failures) {
        auto result = attempt();
        if (result) return result;
        const auto delay = retry_delay(retry.policy, result.error(), failures, retry.uniform());
        if (retry.worth_it && !retry.worth_it(result.error())) return result;
        if (!delay || ctx.stopped() || ctx.remaining(*delay) < *delay) return result;
        if (retry.on_retry) retry.on_retry(result.error(), *delay);
        if (!retry.sleep(ctx, *delay)) return result;
    }
}

}  // namespace forgehouse::exec
