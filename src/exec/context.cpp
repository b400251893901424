#include "exec/context.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace forgehouse::exec {

Context Context::with_timeout(std::chrono::milliseconds span) const {
    Context copy(*this);
    const auto wanted = Steady::now() + span;
    copy.deadline_ = deadline_ ? std::min(*deadline_, wanted) : wanted;
    return copy;
}

Context Context::with_stop(std::stop_token stop) const {
    Context copy(*this);
    copy.stop_ = std::move(stop);
    return copy;
}

std::chrono::milliseconds Context::remaining(std::chrono::milliseconds fallback) const {
    if (!deadline_) return fallback;
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(*deadline_ - Steady::now());
    return std::max(left, std::chrono::milliseconds(0));
}

Result<void> Context::check() const {
    if (stopped()) return Failure(Error(Errc::Cancelled, "stopped on request"));
    if (deadline_ && Steady::now() >= *deadline_)
        return Failure(Error(Errc::Cancelled, "the time limit has passed"));
    return {};
}

Result<void> Context::sleep(std::chrono::milliseconds span) const {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    const auto until = Steady::now() + span;
    wake.wait_until(lock, stop_, deadline_ ? std::min(*deadline_, until) : until,
                    [] { return false; });
    return check();
}

}  // namespace forgehouse::exec
