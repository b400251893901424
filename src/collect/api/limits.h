// Limits: whose turn it is, where a server may be asked with several passes. Servers count the
// requests of each account apart, so that each pass has a RateLimiter of its own; together they
// have no more requests in flight than one alone would have.
#pragma once

#include <vector>

#include "exec/rate_limiter.h"

namespace forgehouse::collect {

/// Threads: one at a time.
class Limits {
public:
    /// `most`: requests in flight, at least 1. `passes`: at least 1.
    Limits(unsigned most, std::size_t passes)
        : most_(std::max(1U, most)), passes_(std::max<std::size_t>(1, passes), Pass(most)) {}

    struct Turn {
        bool go;
        std::size_t pass;           ///< with which; where it goes
        std::optional<Time> again;  ///< as RateLimiter::Turn has it
    };
    /// A turn with any pass, each after the other as far as their limits let them.
    Turn ask(Time now);
    /// A turn with that one.
    Turn ask(Time now, std::size_t pass);

    /// For what became of a request that went with that pass.
    exec::RateLimiter& operator[](std::size_t pass) { return passes_[pass].limiter; }

    /// The server refuses it: no turn with that pass any more. False where it is the last one,
    /// which stays.
    bool close(std::size_t pass);
    bool is_closed(std::size_t pass) const { return passes_[pass].is_closed; }

    /// Whether a request could go if there were no limits but that of requests in flight.
    bool has_room() const noexcept;
    unsigned in_flight() const noexcept;
    unsigned concurrency() const noexcept;
    /// Of all passes together; those of which nothing is known count as the others.
    std::optional<double> per_second() const noexcept;
    std::chrono::milliseconds pause(Time now) const;

private:
    struct Pass {
        explicit Pass(unsigned most) : limiter(most) {}
        exec::RateLimiter limiter;
        bool is_closed = false;
    };

    unsigned most_;
    std::vector<Pass> passes_;
    std::size_t next_ = 0;  ///< who is asked first
};

}  // namespace forgehouse::collect
