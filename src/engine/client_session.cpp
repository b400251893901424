#include "engine/client_session.h"

#include <algorithm>
#include <vector>

#include "engine/exceptions.h"

namespace forgehouse::engine {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::seconds kLongest{3600};
constexpr std::size_t kMostSessions = 1000;

}  // namespace

void ClientSession::keep(const Pairs& more) {
    for (const auto& [name, value] : more) {
        std::erase_if(settings, [&](const auto& old) { return old.first == name; });
        settings.emplace_back(name, value);
    }
}

Sessions::Lease::Lease(Lease&& other) noexcept
    : owner_(std::exchange(other.owner_, nullptr)),
      key_(std::move(other.key_)),
      session_(other.session_),
      ends_(other.ends_) {}

Sessions::Lease::~Lease() {
    if (owner_ != nullptr) owner_->give_back(key_, ends_);
}

SqlResult<Sessions::Lease> Sessions::take(const Asker& asker, const SessionName& name) {
    if (name.timeout > kLongest || name.timeout <= std::chrono::seconds(0))
        return FailureOf(exception(
            Code::InvalidSessionTimeout,
            fmt::format("Invalid session timeout: it is 1 to {} seconds", kLongest.count())));
    forget_old();
    // A name has no line feed, so no two of them make one key.
    const std::string key =
        fmt::format("{}{}\n{}", static_cast<int>(asker.role), asker.user, name.id);
    return entries_.with([&](Entries& entries) -> SqlResult<Lease> {
        const auto found = entries.find(key);
        if (found != entries.end()) {
            if (found->second.taken)
                return FailureOf(
                    exception(Code::SessionIsLocked, "Session is locked by a concurrent client"));
            found->second.taken = true;
            found->second.timeout = name.timeout;
            return Lease(*this, key, *found->second.session, name.ends);
        }
        if (name.must_exist)
            return FailureOf(exception(Code::SessionNotFound, "Session not found"));
        if (entries.size() >= kMostSessions)
            return FailureOf(exception(Code::TooManySimultaneousQueries, "Too many sessions"));
        auto& made = entries[key];
        made = {.session = std::make_unique<ClientSession>(), .until = {}, .timeout = name.timeout};
        return Lease(*this, key, *made.session, name.ends);
    });
}

void Sessions::forget_old() {
    // What goes is destroyed outside of the lock: it closes a session of the library.
    const auto now = Steady::now();
    std::vector<std::unique_ptr<ClientSession>> gone;
    entries_.with([&](Entries& entries) {
        for (auto at = entries.begin(); at != entries.end();) {
            const bool old = !at->second.taken && at->second.until < now;
            if (old) gone.push_back(std::move(at->second.session));
            at = old ? entries.erase(at) : std::next(at);
        }
    });
}

void Sessions::end_all() {
    const Entries ended = entries_.with([](Entries& all) { return std::exchange(all, {}); });
}

void Sessions::give_back(const std::string& key, bool ends) {
    const auto now = Steady::now();
    std::unique_ptr<ClientSession> gone;
    entries_.with([&](Entries& entries) {
        Entry& entry = entries.at(key);
        entry.taken = false;
        entry.until = now + entry.timeout;
        if (!ends) return;
        gone = std::move(entry.session);
        entries.erase(key);
    });
}

}  // namespace forgehouse::engine
