#include "collect/api/fetcher.h"

#include <fmt/format.h>

#include "base/log.h"
#include "base/text.h"

namespace forgehouse::collect {
namespace {

using sources::Call;
using sources::Page;
using std::chrono::milliseconds;

// A single answer, from the first byte sent to the last received.
constexpr auto kAnswerTime = std::chrono::minutes(5);

// So many failures in a row, over so long a time, mean that the server is down: further requests
// would each wait for it in vain.
constexpr unsigned kFailuresOfOneDown = 20;
constexpr auto kDownAfter = std::chrono::minutes(5);

std::optional<double> number_of(std::string_view text) {
    const auto whole = text::to_int(text::trim(text));
    if (!whole || *whole < 0) return std::nullopt;
    return static_cast<double>(*whole);
}

std::optional<double> number_at(const net::Response& response,
                                std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names)
        if (const auto number = number_of(response.header(name))) return number;
    return std::nullopt;
}

exec::RetryPolicy policy_of(const ApiOptions& options) {
    exec::RetryPolicy policy;
    policy.attempts = static_cast<int>(options.max_retries) + 1;
    return policy;
}

// Lists are what servers put a mark on; the pages of one item are read when it has changed.
bool is_list(sources::Stream stream) {
    return stream == sources::Stream::Repositories || stream == sources::Stream::Users ||
           stream == sources::Stream::PullRequests;
}

// The time limit of one answer is ours, not the caller's.
Error as_timeout(Error error, const exec::Context& ctx) {
    if (error.code() != Errc::Cancelled || !ctx.check()) return error;
    return Error(Errc::Unavailable, "the server did not finish its answer in time")
        .hint("Try again later; a smaller page_limit makes smaller answers.");
}

Error long_pause(milliseconds pause) {
    return Error(Errc::RateLimited, "the server asks for a longer pause than a run waits")
        .with("retry_after_ms", pause.count())
        .hint(
            "Run again after that time, or ask the server's administrators to exempt the "
            "collector from its rate limit.");
}

}  // namespace

exec::LimitSigns limit_signs(const net::Response& response, Time now) {
    exec::LimitSigns signs;
    signs.size = number_at(response, {"x-ratelimit-limit", "ratelimit-limit"});
    signs.remaining = number_at(response, {"x-ratelimit-remaining", "ratelimit-remaining"});
    const auto fill = number_at(response, {"x-ratelimit-fillrate"});
    if (fill) {
        const double interval = number_at(response, {"x-ratelimit-interval-seconds"}).value_or(1.0);
        signs.per_second = *fill / std::max(1.0, interval);
    }
    if (const auto reset = number_at(response, {"x-ratelimit-reset", "ratelimit-reset"})) {
        // Some say when, as seconds since 1970, others how long.
        const auto seconds = static_cast<std::int64_t>(*reset);
        signs.full_at = seconds > 1'000'000'000 ? Time::from_seconds(seconds)
                                                : now.plus(milliseconds(seconds * 1000));
    }
    return signs;
}

Fetcher::Fetcher(const Deps& deps, const sources::Forge& forge, const ForgeAccess& access,
                 const ApiOptions& options, AnswerCache* cache)
    : deps_(deps),
      forge_(forge),
      access_(access),
      policy_(policy_of(options)),
      uniform_(deps.uniform ? deps.uniform : exec::seeded_uniform(1)),
      cache_(cache),
      limits_(Limits(options.max_workers, 1 + access.others.size())) {}

Result<Page> Fetcher::fetch(exec::Context& ctx, const Call& call, std::uint64_t version,
                            const Check& check) {
    for (int failures = 1;; ++failures) {
        TRY(ctx.check());
        TRY(check_health());
        auto page = attempt(ctx, call);
        Result<void> fine;
        if (page) {
            page->version = version;
            if (check) fine = check(*page);
            if (fine) return page;
            ++invalid_;
        }
        Error error = page ? fine.error() : page.error();
        // What is no page may be one the next time: a proxy or a restart was in the way.
        const bool corrupt = error.code() == Errc::Corrupt;
        const Error judged = corrupt ? Error(Errc::Unavailable, "not a page") : error;
        const auto delay = exec::retry_delay(policy_, judged, failures, uniform_());
        if (!delay) {
            if (page && corrupt) {
                ++quarantined_;
                if (quarantine_) quarantine_(*page, error);
            }
            if (error.field("target").empty()) error.with("target", call.target);
            return Failure(std::move(error));
        }
        ++retries_;
        log::write(log::Level::Debug, "collect", "a request is tried again", error,
                   {{"target", call.target}, {"delay_ms", delay->count()}});
        TRY(deps_.sleep(ctx, *delay));
    }
}

void Fetcher::put_aside(const Page& page, const std::vector<sources::Unreadable>& entries) {
    if (entries.empty()) return;
    invalid_ += entries.size();
    quarantined_ += entries.size();
    if (put_aside_) put_aside_(page, entries);
}

Result<std::size_t> Fetcher::take_turn(exec::Context& ctx, const Ask& ask) {
    for (bool waited = false;;) {
        const Time now = deps_.clock.now();
        const auto [turn, in_flight] = limits_.with(
            [&](Limits& limits) { return std::pair(ask(limits, now), limits.in_flight()); });
        if (turn.go) return turn.pass;
        if (turn.is_busy) {
            // An answer, or the time that another pass waits for, whichever comes first.
            const exec::Context until =
                turn.again ? ctx.with_timeout(std::max(milliseconds(1), *turn.again - now)) : ctx;
            const auto answered = limits_.when(
                until, [&](const Limits& limits) { return limits.in_flight() < in_flight; },
                [](Limits&) { return true; });
            if (!answered) TRY(ctx.check());
            continue;
        }
        const milliseconds pause = turn.again ? *turn.again - now : milliseconds(1);
        if (pause > policy_.longest_pause) return Failure(long_pause(pause));
        if (!std::exchange(waited, true)) ++waits_;
        TRY(deps_.sleep(ctx, std::max(milliseconds(1), pause)));
    }
}

Result<void> Fetcher::check_health() const {
    return health_.with([](const Health& health) -> Result<void> {
        if (health.failures < kFailuresOfOneDown || health.until - health.since < kDownAfter)
            return {};
        return Failure(Error(Errc::Unavailable, "the server has failed at everything for minutes")
                           .with("failures", std::int64_t{health.failures})
                           .hint("Run again when it is up: what is missing is read then."));
    });
}

void Fetcher::note_health(bool answered, Time now) {
    health_.with([&](Health& health) {
        if (answered) {
            health.failures = 0;
            return;
        }
        if (health.failures++ == 0) health.since = now;
        health.until = now;
    });
}

Access& Fetcher::access_of_git() {
    return access(limits_.with([](const Limits& limits) { return limits.first_open(); }));
}

Result<void> Fetcher::leave_room(exec::Context& ctx, unsigned requests) {
    for (unsigned i = 0; i < requests; ++i) {
        TRY_LET(which, take_turn(ctx, [](Limits& limits, Time now) {
                    return limits.ask(now, limits.first_open());
                }));
        const Time now = deps_.clock.now();
        limits_.with([&](Limits& limits) { limits[which].set_aside(now); });
    }
    return {};
}

Result<Fetcher::Sent> Fetcher::send(exec::Context& ctx, const Call& call,
                                    const std::optional<CachedAnswer>& cached,
                                    std::span<const std::size_t> but) {
    for (;;) {
        TRY_LET(which,
                take_turn(ctx, [but](Limits& limits, Time now) { return limits.ask(now, but); }));
        const auto pass = access(which).pass(ctx);
        if (pass) {
            TRY_LET(response, send_as(ctx, call, which, *pass, cached));
            return Sent{.response = std::move(response), .which = which, .number = pass->number};
        }
        // Without the others it is the run's error.
        const bool is_left_out = limits_.with([&](Limits& limits) {
            limits[which].abandoned();
            return ctx.check() && limits.close(which);
        });
        if (!is_left_out) return Failure(pass.error());
        tell_left_out(which, pass.error());
    }
}

Result<net::Response> Fetcher::send_as(exec::Context& ctx, const Call& call, std::size_t which,
                                       const Pass& pass,
                                       const std::optional<CachedAnswer>& cached) {
    net::Request request;
    request.url = forge_.address() + call.target;
    request.accept_packed = true;
    request.headers = pass.fields;
    request.headers.push_back({.name = "Accept", .value = "application/json"});
    if (cached) request.headers.push_back({.name = "If-None-Match", .value = cached->etag});
    ++calls_;
    by_stream_.with([&](auto& streams) { ++streams[call.stream]; });
    exec::Context timed = ctx.with_timeout(kAnswerTime);
    auto response = access_.http.send(timed, request);
    const Time now = deps_.clock.now();
    limits_.with([&](Limits& limits) {
        exec::RateLimiter& limiter = limits[which];
        if (!response) return ctx.check() ? limiter.failed(now) : limiter.abandoned();
        const exec::LimitSigns signs = limit_signs(*response, now);
        if (response->status == 429)
            limiter.refused(now, net::retry_after(*response, now), signs);
        else if (response->status == 503)
            limiter.failed(now);
        else
            limiter.answered(now, signs);
    });
    by_status_.with(
        [&](auto& answers) { ++answers[{call.stream, response ? response->status : 0}]; });
    if (response || ctx.check()) note_health(response && response->status < 500, now);
    if (!response) return Failure(as_timeout(std::move(response).error(), ctx));
    bytes_ += response->body.size();
    return response;
}

Result<Page> Fetcher::attempt(exec::Context& ctx, const Call& call) {
    std::optional<CachedAnswer> cached;
    if (cache_ && is_list(call.stream)) {
        TRY_LET(found, cache_->find(ctx, call.target));
        cached = std::move(found);
    }
    std::vector<std::size_t> refused;  // passes that were refused this call
    bool renewed = false;
    for (;;) {
        TRY_LET(sent, send(ctx, call, cached, refused));
        if (sent.response.status == 429) {
            const auto pause = net::retry_after(sent.response, deps_.clock.now());
            if (!pause || *pause <= policy_.longest_pause) continue;  // the limiter waits
            return Failure(long_pause(*pause));
        }
        if (sent.response.status == 401) {
            if (!std::exchange(renewed, true)) {
                TRY_LET(again, access(sent.which).renew(ctx, sent.number));
                if (again) continue;
            }
            renewed = false;
            refused.push_back(sent.which);
            if (!limits_.with([&](const Limits& limits) { return limits.is_last(refused); }))
                continue;
        } else {
            note_refused(refused, call, sent.which);
        }
        return page_of(ctx, call, std::move(sent.response), cached);
    }
}

// Forges say 401 for missing rights too: to be refused one repository is no reason to be left out.
void Fetcher::note_refused(std::span<const std::size_t> refused, const Call& call,
                           std::size_t let_in) {
    const bool for_all = call.repo.repo_slug.empty();
    limits_.with([&](Limits& limits) { limits.accept(let_in); });
    for (const std::size_t which : refused)
        if (limits_.with([&](Limits& limits) { return limits.refuse(which, for_all); }))
            tell_left_out(which, Error(Errc::Denied, "the server does not accept it"));
}

void Fetcher::tell_left_out(std::size_t which, const Error& why) const {
    log::write(log::Level::Warn, "collect", "one of several tokens is left out", why,
               {{"data_source", forge_.info().data_source},
                {"token", static_cast<std::int64_t>(which + 1)}});
}

Result<Page> Fetcher::page_of(exec::Context& ctx, const Call& call, net::Response response,
                              const std::optional<CachedAnswer>& cached) {
    const Time now = deps_.clock.now();
    if (response.status == 304 && cached) {
        ++saved_;
        return Page{.call = call, .body = cached->body, .received = now, .version = 0};
    }
    if (auto refusal = forge_.refusal(call, {.status = response.status,
                                             .content_type = response.header("content-type"),
                                             .body = response.body}))
        return Failure(std::move(*refusal));
    const std::string_view etag = response.header("etag");
    if (cache_ && is_list(call.stream) && !etag.empty())
        TRY(cache_->keep(ctx, call.target, {.etag = std::string(etag), .body = response.body}));
    return Page{.call = call, .body = std::move(response.body), .received = now, .version = 0};
}

ApiCounts Fetcher::counts() const {
    ApiCounts counts;
    counts.calls = calls_;
    counts.saved = saved_;
    counts.waits = waits_;
    counts.retries = retries_;
    counts.bytes = bytes_;
    counts.invalid = invalid_;
    counts.quarantined = quarantined_;
    by_stream_.with([&](const auto& streams) {
        for (const auto& [stream, calls] : streams)
            counts.by_stream.emplace_back(sources::name_of(stream), calls);
    });
    by_status_.with([&](const auto& answers) {
        for (const auto& [of, count] : answers)
            counts.by_status.push_back({.stream = std::string(sources::name_of(of.first)),
                                        .status = of.second,
                                        .count = count});
    });
    return counts;
}

ApiState Fetcher::state() const {
    ApiState state;
    state.counts = counts();
    const Time now = deps_.clock.now();
    limits_.with([&](const Limits& limits) {
        state.in_flight = limits.in_flight();
        state.concurrency = limits.concurrency();
        state.per_second = limits.per_second();
        state.pause = limits.pause(now);
    });
    return state;
}

}  // namespace forgehouse::collect
