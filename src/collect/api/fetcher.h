// Fetcher: asks a forge's API and gives back pages that are what they should be. All that lies
// between is settled here: the pass and its renewal, the server's limit, tries, what counts as an
// answer, conditional requests, counters.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <span>

#include "collect/api/answer_cache.h"
#include "collect/api/limits.h"
#include "collect/collect.h"
#include "exec/guarded.h"
#include "exec/monitor.h"

namespace forgehouse::collect {

/// What an answer's head says about the server's limit.
exec::LimitSigns limit_signs(const net::Response& response, Time now);

/// Threads: all functions may be called from many threads at once; at most `max_workers` requests
/// are in flight.
class Fetcher {
public:
    /// Looks at a page; an error Corrupt means that it is none, and it is asked for again.
    using Check = std::function<Result<void>(const sources::Page&)>;
    /// Receives what was no page after all tries.
    using Quarantine = std::function<void(const sources::Page&, const Error&)>;
    /// Receives a page with entries that cannot be read, before the rest of it is used.
    using PutAside =
        std::function<void(const sources::Page&, const std::vector<sources::Unreadable>&)>;

    /// `cache` may be null: then no request is conditional. All references outlive it.
    Fetcher(const Deps& deps, const sources::Forge& forge, const ForgeAccess& access,
            const ApiOptions& options, AnswerCache* cache);

    void on_invalid(Quarantine quarantine) { quarantine_ = std::move(quarantine); }
    void on_unreadable(PutAside put_aside) { put_aside_ = std::move(put_aside); }

    /// Counts them and tells of them; nothing where there are none.
    void put_aside(const sources::Page& page, const std::vector<sources::Unreadable>& entries);

    /// Errors: Forge::refusal's for what the server refuses; Unavailable, RateLimited after the
    /// tries that make sense, and at once where the server has not answered anybody for minutes;
    /// Corrupt for what never became a page; Cancelled.
    Result<sources::Page> fetch(exec::Context& ctx, const sources::Call& call,
                                std::uint64_t version, const Check& check);

    /// Leaves room under the server's limit for so many requests that git makes: they count there
    /// too. Waits as for requests of our own. Errors: Cancelled.
    Result<void> leave_room(exec::Context& ctx, unsigned requests);

    /// How git enters: by the first pass that the server does not refuse.
    Access& access_of_git();

    void save(std::uint64_t calls) noexcept { saved_ += calls; }
    ApiCounts counts() const;
    ApiState state() const;

private:
    Result<sources::Page> attempt(exec::Context& ctx, const sources::Call& call);
    /// An answer, and with which pass it was asked for.
    struct Sent {
        net::Response response;
        std::size_t which;
        std::uint64_t number;  ///< of the pass
    };
    /// With any pass but those in `but`.
    Result<Sent> send(exec::Context& ctx, const sources::Call& call,
                      const std::optional<CachedAnswer>& cached, std::span<const std::size_t> but);
    Result<net::Response> send_as(exec::Context& ctx, const sources::Call& call, std::size_t which,
                                  const Pass& pass, const std::optional<CachedAnswer>& cached);
    /// Waits for a turn that `ask` gives; with which pass.
    using Ask = std::function<Limits::Turn(Limits&, Time)>;
    Result<std::size_t> take_turn(exec::Context& ctx, const Ask& ask);
    void tell_left_out(std::size_t which, const Error& why) const;
    Access& access(std::size_t which) const {
        return which == 0 ? access_.access : *access_.others[which - 1];
    }
    /// Those in `refused` were refused what the other one was given.
    void note_refused(std::span<const std::size_t> refused, const sources::Call& call,
                      std::size_t let_in);
    /// Errors: Unavailable where nothing but failures came for so long that it is down.
    Result<void> check_health() const;
    void note_health(bool answered, Time now);
    Result<sources::Page> page_of(exec::Context& ctx, const sources::Call& call,
                                  net::Response response,
                                  const std::optional<CachedAnswer>& cached);

    const Deps& deps_;
    const sources::Forge& forge_;
    const ForgeAccess& access_;
    const exec::RetryPolicy policy_;
    const exec::Uniform uniform_;
    AnswerCache* cache_;
    Quarantine quarantine_;
    PutAside put_aside_;
    struct Health {
        unsigned failures = 0;  ///< in a row, of all requests
        Time since;             ///< the first of them
        Time until;             ///< the last
    };
    exec::Guarded<Health> health_;
    mutable exec::Monitor<Limits> limits_;
    std::atomic<std::uint64_t> calls_ = 0;
    std::atomic<std::uint64_t> saved_ = 0;
    std::atomic<std::uint64_t> waits_ = 0;
    std::atomic<std::uint64_t> retries_ = 0;
    std::atomic<std::uint64_t> bytes_ = 0;
    std::atomic<std::uint64_t> invalid_ = 0;
    std::atomic<std::uint64_t> quarantined_ = 0;
    exec::Guarded<std::map<sources::Stream, std::uint64_t>> by_stream_;
    exec::Guarded<std::map<std::pair<sources::Stream, int>, std::uint64_t>> by_status_;
};

}  // namespace forgehouse::collect
