// Limits: whose turn it is, where a server may be asked with several passes. Servers count the
// requests of each account apart, so that each pass has a RateLimiter of its own; together they
// have no more requests in flight than one alone would have.
#pragma once

#include <span>
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
        std::optional<Time> again;  ///< not before then, where a limit says so
        bool is_busy = false;       ///< or once a request of now has been answered
    };
    /// A turn with any pass but those, each after the other as far as their limits let them.
    Turn ask(Time now, std::span<const std::size_t> but = {});
    /// A turn with that one.
    Turn ask(Time now, std::size_t pass);

    /// For what became of a request that went with that pass.
    exec::RateLimiter& operator[](std::size_t pass) { return passes_[pass].limiter; }

    /// No turn with that pass any more. False where it is the last one, which stays.
    bool close(std::size_t pass);
    /// The server has refused it (401) what another one was given: once too often in a row, and it
    /// is closed; at once where it is nobody's right in particular (`for_all`). True where that
    /// closed it.
    bool refuse(std::size_t pass, bool for_all);
    /// It was let in.
    void accept(std::size_t pass) noexcept { passes_[pass].refusals = 0; }
    /// The first that is not closed: git's.
    std::size_t first_open() const noexcept;
    /// Whether all but those are closed.
    bool is_last(std::span<const std::size_t> but) const noexcept;

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
        unsigned refusals = 0;  ///< in a row
    };

    unsigned most_;
    std::vector<Pass> passes_;
    std::size_t next_ = 0;  ///< who is asked first
};

}  // namespace forgehouse::collect
