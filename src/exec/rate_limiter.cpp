#include "exec/rate_limiter.h"

#include <algorithm>
#include <cmath>

namespace forgehouse::exec {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLately{10'000};
constexpr std::size_t kRemembered = 4096;
// Requests of the last seconds that tell how many a server bears, and refusals that do so too.
constexpr std::size_t kEnough = 20;
constexpr unsigned kOften = 3;
// How long who was given a turn may take to use it. Too long costs nothing: the rate is kept even
// where all that remains is set aside.
constexpr milliseconds kSetAside{15'000};
// One burst of failures counts once.
constexpr milliseconds kShrinkOnceIn{1'000};
constexpr milliseconds kFirstPause{1'000};
constexpr milliseconds kLongestPause{60'000};
constexpr double kSlower = 0.8;
constexpr double kFaster = 1.002;  // at each good answer
constexpr double kLeastRate = 0.05;

milliseconds span_of(double seconds) {
    return milliseconds(static_cast<std::int64_t>(std::ceil(seconds * 1000.0)));
}

}  // namespace

RateLimiter::RateLimiter(unsigned most)
    : most_(std::max(1U, most)), concurrency_(static_cast<double>(most_)) {}

void RateLimiter::refill(Time now) {
    if (!rate_) return;
    // A clock that was set back gives no tokens and takes none.
    const double seconds =
        static_cast<double>(std::max<std::int64_t>(0, (now - filled_).count())) / 1000.0;
    tokens_ = std::min(size_, tokens_ + seconds * *rate_);
    filled_ = now;
}

RateLimiter::Turn RateLimiter::ask(Time now) {
    if (closed_until_ && now < *closed_until_) return {.go = false, .again = closed_until_};
    closed_until_.reset();
    if (in_flight_ >= concurrency()) return {.go = false, .again = std::nullopt};
    refill(now);
    if (rate_ && tokens_ < 1.0)
        return {.go = false, .again = now.plus(span_of((1.0 - tokens_) / *rate_))};
    if (rate_) tokens_ -= 1.0;
    ++in_flight_;
    sent_.push_back(now);
    while (sent_.size() > kRemembered || now - sent_.front() > kLately) sent_.pop_front();
    return {.go = true, .again = std::nullopt};
}

double RateLimiter::rate_lately(Time now) const {
    if (sent_.empty()) return 1.0;
    const double seconds =
        std::max(1.0, static_cast<double>((now - sent_.front()).count()) / 1000.0);
    return static_cast<double>(sent_.size()) / seconds;
}

void RateLimiter::learn(Time now, const LimitSigns& signs) {
    if (signs.per_second && *signs.per_second > 0) {
        rate_ = signs.per_second;
        rate_is_told_ = true;
        size_ = std::max(1.0, signs.size.value_or(std::max(size_, *rate_)));
    } else if (signs.remaining && signs.full_at && *signs.full_at > now) {
        // A fixed window: what is left, spread over the time that is left.
        const double seconds = static_cast<double>((*signs.full_at - now).count()) / 1000.0;
        rate_ = std::max(kLeastRate, *signs.remaining / seconds);
        rate_is_told_ = true;
        size_ = std::max(1.0, *signs.remaining);
    }
    // Requests that are still under way are not in the peer's number yet.
    if (rate_is_told_ && signs.remaining) {
        while (!set_aside_.empty() && now - set_aside_.front() > kSetAside) set_aside_.pop_front();
        const auto coming = static_cast<double>(in_flight_ + set_aside_.size());
        tokens_ = std::clamp(*signs.remaining - coming, 0.0, size_);
        filled_ = now;
    }
}

void RateLimiter::answered(Time now, const LimitSigns& signs) {
    --in_flight_;
    refusals_ = 0;
    concurrency_ = std::min(static_cast<double>(most_), concurrency_ + 1.0 / concurrency_);
    if (rate_ && !rate_is_told_) rate_ = *rate_ * kFaster;
    learn(now, signs);
}

void RateLimiter::shrink(Time now) {
    if (now - shrunk_ < kShrinkOnceIn) return;
    shrunk_ = now;
    concurrency_ = std::max(1.0, concurrency_ / 2.0);
}

void RateLimiter::refused(Time now, std::optional<milliseconds> pause, const LimitSigns& signs) {
    --in_flight_;
    ++refusals_;
    // Several were under way when the bucket ran dry: only the first of them teaches something.
    const bool is_news = !closed_until_ || now >= *closed_until_;
    volleys_ += is_news;
    // Of a few requests nothing can be learned but that a pause is wanted.
    const bool is_known = rate_ || sent_.size() >= kEnough || volleys_ >= kOften;
    if (is_news && !rate_is_told_ && is_known) {
        rate_ = std::max(kLeastRate, rate_ ? *rate_ * kSlower : rate_lately(now) * kSlower);
        size_ = std::max(1.0, std::min(*rate_, static_cast<double>(most_)));
    }
    learn(now, signs);
    const auto growing = std::min(kLongestPause, kFirstPause * (1U << std::min(refusals_ - 1, 6U)));
    const Time until = now.plus(pause.value_or(is_news ? growing : milliseconds(0)));
    closed_until_ = std::max(closed_until_.value_or(until), until);
    // After the pause there is room for one at least.
    tokens_ = std::min(tokens_, 1.0);
    filled_ = std::max(filled_, now);
    shrink(now);
}

void RateLimiter::failed(Time now) {
    --in_flight_;
    shrink(now);
}

milliseconds RateLimiter::pause(Time now) const {
    if (closed_until_ && now < *closed_until_) return *closed_until_ - now;
    if (!rate_ || tokens_ >= 1.0) return milliseconds(0);
    const Time next = filled_.plus(span_of((1.0 - tokens_) / *rate_));
    return std::max(milliseconds(0), next - now);
}

}  // namespace forgehouse::exec
