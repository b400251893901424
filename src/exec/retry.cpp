#include "exec/retry.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <random>

#include "base/text.h"
#include "exec/guarded.h"

namespace forgehouse::exec {
namespace {

using std::chrono::milliseconds;

milliseconds scaled(milliseconds span, double factor) {
    return milliseconds(std::llround(static_cast<double>(span.count()) * factor));
}

milliseconds backoff(const RetryPolicy& policy, int failures, double uniform) {
    const double growth = std::pow(policy.factor, failures - 1);
    const double full = std::min(static_cast<double>(policy.first_delay.count()) * growth,
                                 static_cast<double>(policy.longest_delay.count()));
    return scaled(milliseconds(std::llround(full)), 0.5 + uniform / 2);
}

}  // namespace

std::optional<milliseconds> retry_delay(const RetryPolicy& policy, const Error& error, int failures,
                                        double uniform) {
    if (failures >= policy.attempts) return std::nullopt;
    if (error.code() != Errc::Unavailable && error.code() != Errc::RateLimited) return std::nullopt;
    const auto asked = text::to_int(error.field("retry_after_ms"));
    if (!asked || *asked < 0) return backoff(policy, failures, uniform);
    const milliseconds pause(*asked);
    if (pause > policy.longest_pause) return std::nullopt;
    return scaled(pause, 1 + uniform / 10);
}

Uniform seeded_uniform(std::uint64_t seed) {
    // Shared by the copies of the function object, and dies with the last of them.
    auto engine = std::make_shared<Guarded<std::mt19937_64>>(std::mt19937_64(seed));
    return [engine] {
        return engine->with([](std::mt19937_64& e) {
            constexpr double kOneOver2To53 = 1.0 / 9007199254740992.0;
            return static_cast<double>(e() >> 11) * kOneOver2To53;
        });
    };
}

Result<void> sleep_in_context(Context& ctx, milliseconds span) {
    return ctx.sleep(span);
}

}  // namespace forgehouse::exec
