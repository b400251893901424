#include "engine/logins.h"

#include <sys/random.h>

#include <algorithm>

#include "base/check.h"
#include "base/digest.h"
#include "base/password_hash.h"

namespace forgehouse::engine {
namespace {

// A client that stays is verified anew now and then, though the file cannot have changed: what is
// in the table need not be there for ever.
constexpr std::chrono::hours kGood{12};
constexpr std::chrono::seconds kBad{60};
constexpr std::size_t kMostWrong = 4096, kMostPeers = 4096;
constexpr std::size_t kMostWaiting = 8, kMostWaitingOfName = 4;
constexpr std::chrono::milliseconds kPatience{3'000}, kLook{10};
constexpr std::size_t kLongestName = 256;
// Typing errors are free; then the pause doubles.
constexpr unsigned kFreeFailures = 3;
constexpr std::chrono::milliseconds kFirstPause{500}, kLongestPause{30'000};
constexpr std::chrono::minutes kForgotten{15};

template <class Key>
std::string_view bytes_of(const Key& key) {
    return {reinterpret_cast<const char*>(key.data()), key.size()};
}

}  // namespace

Logins::Logins(std::vector<User> users, Now now, Verify verify)
    : users_(std::move(users)),
      now_(std::move(now)),
      verify_(verify ? std::move(verify) : Verify(password_matches)) {
    CHECK(!users_.empty());
    // Without them anybody who saw our memory's table could try passwords against it.
    CHECK(::getrandom(inner_.data(), inner_.size(), 0) == static_cast<ssize_t>(inner_.size()));
    CHECK(::getrandom(outer_.data(), outer_.size(), 0) == static_cast<ssize_t>(outer_.size()));
}

Logins::Key Logins::key_of(std::string_view name, const Secret& password) const {
    std::string text(bytes_of(inner_));
    text += std::to_string(name.size()) + ":";
    text += name;
    text += password.reveal();
    const Key first = sha256(text);
    const Secret wiped(std::move(text));  // goes with what it holds
    return sha256(std::string(bytes_of(outer_)) + std::string(bytes_of(first)));
}

const User* Logins::named(std::string_view name) const {
    const auto found = std::ranges::find(users_, name, &User::name);
    return found == users_.end() ? nullptr : &*found;
}

/// Whose hash is tried where there is no such user: always the same one for a name, so that its
/// costs look like those of a user.
const User& Logins::stand_in(std::string_view name) const {
    const Key key = key_of(name, Secret());
    return users_[(key[0] * 256U + key[1]) % users_.size()];
}

ResultOf<const User*, Logins::Refusal> Logins::check(const exec::Context& ctx,
                                                     const Credentials& credentials,
                                                     std::string_view peer) {
    if (credentials.password.reveal().size() > kMostPassword)
        return FailureOf(Refusal{.wrong = true});
    const Key key = key_of(credentials.user, credentials.password);
    // An address has no blank, so no two make one. Names that are long are no user's.
    const std::string who =
        std::string(net::peer_host(peer)) + " " + credentials.user.substr(0, kLongestName);
    if (auto answer = known(key, who)) return *answer;
    return run(ctx, credentials, key, who);
}

/// What can be said without a run.
std::optional<ResultOf<const User*, Logins::Refusal>> Logins::known(const Key& key,
                                                                    const std::string& who) {
    using Answer = std::optional<ResultOf<const User*, Refusal>>;
    const auto now = now_();
    return state_.with([&](State& state) -> Answer {
        const auto seen = state.seen.find(key);
        if (seen != state.seen.end() && now < seen->second.until) {
            if (seen->second.user != nullptr) return seen->second.user;
            return FailureOf(Refusal{.wrong = true});
        }
        const auto peer = state.peers.find(who);
        if (peer == state.peers.end() || peer->second.until <= now) return std::nullopt;
        return FailureOf(Refusal{
            .after = std::chrono::ceil<std::chrono::milliseconds>(peer->second.until - now)});
    });
}

/// Whose turn it is among those that wait: the first of another name than the last one's, so that
/// whoever sends many of one name gets every second turn at most.
std::uint64_t Logins::next_of(const State& state) {
    for (const Waiting& one : state.waiting)
        if (one.name != state.last_name) return one.ticket;
    return state.waiting.front().ticket;
}

/// Waits for the one place where Argon2 may run. False where too many wait, or for too long.
bool Logins::enter(const exec::Context& ctx, const std::string& name) {
    const std::uint64_t ticket = state_.with([&](State& state) -> std::uint64_t {
        const auto same =
            static_cast<std::size_t>(std::ranges::count(state.waiting, name, &Waiting::name));
        if (state.waiting.size() >= kMostWaiting || same >= kMostWaitingOfName) return 0;
        state.waiting.push_back({.ticket = ++state.last_ticket, .name = name});
        return state.last_ticket;
    });
    if (ticket == 0) return false;
    const exec::Context patience = ctx.with_timeout(kPatience);
    bool entered = false;
    do {
        entered = state_.with([&](State& state) {
            if (state.running || now_() < state.rests_until || next_of(state) != ticket)
                return false;
            state.last_name = name;
            return state.running = true;
        });
    } while (!entered && patience.sleep(kLook));
    state_.with([&](State& state) {
        std::erase_if(state.waiting, [&](const Waiting& one) { return one.ticket == ticket; });
    });
    return entered;
}

ResultOf<const User*, Logins::Refusal> Logins::run(const exec::Context& ctx,
                                                   const Credentials& credentials, const Key& key,
                                                   const std::string& who) {
    if (!enter(ctx, credentials.user.substr(0, kLongestName)))
        return FailureOf(Refusal{.after = std::chrono::seconds(1)});
    // Another of its requests may have been first, or the address may have failed meanwhile.
    if (auto answer = known(key, who)) {
        state_.with([](State& state) { state.running = false; });
        return *answer;
    }
    const User* const user = named(credentials.user);
    const auto began = now_();
    // Both are asked whoever it is: no name is told from another by the time.
    const bool matches =
        verify_((user != nullptr ? *user : stand_in(credentials.user)).hash, credentials.password);
    const bool good = matches && user != nullptr;
    const auto ended = now_();
    state_.with([&](State& state) {
        state.running = false;
        if (good) {
            state.peers.erase(who);
            remember(state, key, {.user = user, .until = ended + kGood});
            return;
        }
        state.rests_until = ended + (ended - began);
        note_failure(state, who);
        remember(state, key, {.user = nullptr, .until = ended + kBad});
    });
    if (good) return user;
    return FailureOf(Refusal{.wrong = true});
}

void Logins::note_failure(State& state, const std::string& who) const {
    const auto now = now_();
    if (state.peers.size() >= kMostPeers && !state.peers.contains(who)) {
        std::erase_if(state.peers,
                      [&](const auto& one) { return now - one.second.last > kForgotten; });
        if (state.peers.size() >= kMostPeers) state.peers.erase(state.peers.begin());
    }
    Peer& peer = state.peers[who];
    if (now - peer.last > kForgotten) peer.failures = 0;
    peer.last = now;
    if (++peer.failures <= kFreeFailures) return;
    const unsigned doublings = std::min(peer.failures - kFreeFailures - 1, 16U);
    peer.until = now + std::min(kFirstPause * (1U << doublings), kLongestPause);
}

void Logins::remember(State& state, const Key& key, Seen seen) const {
    // Of the right ones there is one for each user at most: guessing cannot push them out.
    if (state.seen.insert_or_assign(key, seen).second && seen.user == nullptr)
        state.wrong.push_back(key);
    while (state.wrong.size() > kMostWrong) {
        state.seen.erase(state.wrong.front());
        state.wrong.pop_front();
    }
}

}  // namespace forgehouse::engine
