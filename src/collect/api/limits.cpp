#include "collect/api/limits.h"

#include <algorithm>

namespace forgehouse::collect {
namespace {

// Of what others may read; one repository to which a pass has no right is no reason to close it.
constexpr unsigned kRefusals = 5;

}  // namespace

Limits::Turn Limits::ask(Time now, std::span<const std::size_t> but) {
    if (in_flight() >= most_)
        return {.go = false, .pass = 0, .again = std::nullopt, .is_busy = true};
    bool is_busy = false;
    std::optional<Time> again;
    for (std::size_t i = 0; i < passes_.size(); ++i) {
        const std::size_t at = (next_ + i) % passes_.size();
        if (passes_[at].is_closed || std::ranges::find(but, at) != but.end()) continue;
        const auto turn = passes_[at].limiter.ask(now);
        if (turn.go) {
            next_ = at + 1;
            return {.go = true, .pass = at, .again = std::nullopt};
        }
        is_busy = is_busy || !turn.again;
        if (turn.again) again = std::min(again.value_or(*turn.again), *turn.again);
    }
    // Those that were left are closed by now: then one that was left out is the only one.
    if (!is_busy && !again && !but.empty()) return ask(now);
    return {.go = false, .pass = 0, .again = again, .is_busy = is_busy};
}

Limits::Turn Limits::ask(Time now, std::size_t pass) {
    if (in_flight() >= most_)
        return {.go = false, .pass = pass, .again = std::nullopt, .is_busy = true};
    const auto turn = passes_[pass].limiter.ask(now);
    return {.go = turn.go, .pass = pass, .again = turn.again, .is_busy = !turn.go && !turn.again};
}

bool Limits::close(std::size_t pass) {
    const auto open = std::ranges::count(passes_, false, &Pass::is_closed);
    if (open == 1 && !passes_[pass].is_closed) return false;
    passes_[pass].is_closed = true;
    return true;
}

bool Limits::refuse(std::size_t pass, bool for_all) {
    if (passes_[pass].is_closed) return false;
    ++passes_[pass].refusals;
    return (for_all || passes_[pass].refusals >= kRefusals) && close(pass);
}

std::size_t Limits::first_open() const noexcept {
    const auto at = std::ranges::find(passes_, false, &Pass::is_closed);
    return static_cast<std::size_t>(at - passes_.begin());
}

bool Limits::is_last(std::span<const std::size_t> but) const noexcept {
    for (std::size_t i = 0; i < passes_.size(); ++i)
        if (!passes_[i].is_closed && std::ranges::find(but, i) == but.end()) return false;
    return true;
}

unsigned Limits::in_flight() const noexcept {
    unsigned sum = 0;
    for (const Pass& pass : passes_) sum += pass.limiter.in_flight();
    return sum;
}

unsigned Limits::concurrency() const noexcept {
    unsigned sum = 0;
    for (const Pass& pass : passes_)
        if (!pass.is_closed) sum += pass.limiter.concurrency();
    return std::min(sum, most_);
}

std::optional<double> Limits::per_second() const noexcept {
    double sum = 0;
    std::size_t open = 0, known = 0;
    for (const Pass& pass : passes_) {
        if (pass.is_closed) continue;
        ++open;
        if (!pass.limiter.per_second()) continue;
        ++known;
        sum += *pass.limiter.per_second();
    }
    if (known == 0) return std::nullopt;
    return sum * static_cast<double>(open) / static_cast<double>(known);
}

std::chrono::milliseconds Limits::pause(Time now) const {
    std::optional<std::chrono::milliseconds> least;
    for (const Pass& pass : passes_)
        if (!pass.is_closed)
            least = std::min(least.value_or(pass.limiter.pause(now)), pass.limiter.pause(now));
    return least.value_or(std::chrono::milliseconds(0));
}

}  // namespace forgehouse::collect
