// RateLimiter: how fast and how many at once one peer may be asked. A state machine without clock,
// lock and waiting: whoever uses it says what the time is and what the answers said.
//
//   tokens       a bucket as most forges keep one. Its size and rate are taken from the answers
//                where they say, and learned from refusals (429) where they do not: then the rate
//                is what got through lately, less a little at each refusal, more while all goes
//                well. A server that never says and never refuses is not slowed down.
//   concurrency  grows by one for each round of good answers and is halved by refusals and
//                failures, between 1 and the most that is allowed.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

#include "base/time.h"

namespace forgehouse::exec {

/// What an answer says about the limit; what it does not say is nullopt.
struct LimitSigns {
    std::optional<double> size = {};        ///< tokens in a full bucket
    std::optional<double> remaining = {};   ///< tokens after this answer
    std::optional<double> per_second = {};  ///< tokens that come back
    std::optional<Time> full_at = {};       ///< when all of them are back (a fixed window)
};

/// Threads: one at a time.
class RateLimiter {
public:
    /// `most`: requests in flight, at least 1.
    explicit RateLimiter(unsigned most);

    /// Whether a request may go now: then it counts as in flight. Else not before `again`, or,
    /// where that is empty, not before another one has been answered.
    struct Turn {
        bool go;
        std::optional<Time> again;
    };
    Turn ask(Time now);

    /// Exactly one of these for each request that went.
    void answered(Time now, const LimitSigns& signs);
    /// The peer wants a pause; nullopt where it does not say how long.
    void refused(Time now, std::optional<std::chrono::milliseconds> pause, const LimitSigns& signs);
    void failed(Time now);
    /// The request was given up on this side.
    void abandoned() noexcept { --in_flight_; }
    /// The turn is for somebody else, who asks the same peer in a moment and tells us nothing: for
    /// a few seconds the peer's number of what remains is read as one less.
    void set_aside(Time now) {
        --in_flight_;
        set_aside_.push_back(now);
    }

    unsigned in_flight() const noexcept { return in_flight_; }
    unsigned concurrency() const noexcept { return static_cast<unsigned>(concurrency_); }
    /// Requests a second that get through in the long run; nullopt while nothing is known.
    std::optional<double> per_second() const noexcept { return rate_; }
    /// Until the next request may go; 0: at once.
    std::chrono::milliseconds pause(Time now) const;

private:
    void refill(Time now);
    void learn(Time now, const LimitSigns& signs);
    void shrink(Time now);
    double rate_lately(Time now) const;

    const unsigned most_;
    double concurrency_;
    unsigned in_flight_ = 0;
    std::optional<double> rate_;  ///< tokens a second
    bool rate_is_told_ = false;   ///< by the peer, so that there is nothing to learn
    double size_ = 1;
    double tokens_ = 0;
    Time filled_;                       ///< when tokens_ was right
    std::optional<Time> closed_until_;  ///< after a refusal
    Time shrunk_;                       ///< when concurrency was halved last
    unsigned refusals_ = 0;             ///< one after the other
    unsigned volleys_ = 0;              ///< refusals in all, those of one moment counted once
    std::deque<Time> sent_;             ///< of the last seconds
    std::deque<Time> set_aside_;        ///< likewise
};

}  // namespace forgehouse::exec
