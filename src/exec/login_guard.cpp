#include "exec/login_guard.h"

#include <sys/random.h>

#include <algorithm>

#include "base/check.h"
#include "base/digest.h"
#include "base/password_hash.h"

namespace forgehouse::exec {
namespace {

// A client that stays is verified anew now and then, though nothing may have changed: what is in
// the table need not be there for ever.
constexpr std::chrono::hours kGood{12};
constexpr std::chrono::seconds kBad{60};
constexpr std::size_t kMostWrong = 4096, kMostPeers = 4096;
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

LoginGuard::LoginGuard(Bounds bounds, Now now, Verify verify)
    : bounds_(bounds),
      now_(std::move(now)),
      verify_(verify ? std::move(verify) : Verify(password_matches)) {
    CHECK(bounds_.places > 0);
    // Without them anybody who saw our memory's table could try passwords against it.
    CHECK(::getrandom(inner_.data(), inner_.size(), 0) == static_cast<ssize_t>(inner_.size()));
    CHECK(::getrandom(outer_.data(), outer_.size(), 0) == static_cast<ssize_t>(outer_.size()));
    state_.with([&](State& state) { state.places.resize(bounds_.places); });
}

LoginGuard::Key LoginGuard::key_of(std::initializer_list<std::string_view> parts) const {
    std::string text(bytes_of(inner_));
    std::size_t size = text.size();
    for (const std::string_view part : parts) size += part.size() + 24;
    text.reserve(size);  // or what it grows out of would keep the password
    for (const std::string_view part : parts) (text += std::to_string(part.size()) + ":") += part;
    const Key first = sha256(text);
    const Secret wiped(std::move(text));  // goes with what it holds
    return sha256(std::string(bytes_of(outer_)) + std::string(bytes_of(first)));
}

std::size_t LoginGuard::stand_in(std::string_view name, std::size_t many) const {
    const Key key = key_of({name});
    return (key[0] * 65'536U + key[1] * 256U + key[2]) % many;
}

LoginGuard::Answer LoginGuard::check(const Context& ctx, const LoginTry& one) {
    if (one.password.reveal().size() > kMostPassword) return FailureOf(Refusal{.wrong = true});
    const Key key =
        key_of({one.name, one.password.reveal(), one.hash, one.exists ? "exists" : "stands in"});
    // An address has no blank, so no two make one. Names that are long are no user's.
    const std::string who =
        std::string(one.address) + " " + std::string(one.name.substr(0, kLongestName));
    if (auto answer = known(key, who)) return *answer;
    return run(ctx, one, key, who);
}

/// What can be said without a run.
std::optional<LoginGuard::Answer> LoginGuard::known(const Key& key, const std::string& who) {
    const auto now = now_();
    return state_.with([&](State& state) -> std::optional<Answer> {
        const auto seen = state.seen.find(key);
        if (seen != state.seen.end() && now < seen->second.until) {
            if (seen->second.good) return Answer();
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
std::uint64_t LoginGuard::next_of(const State& state) {
    for (const Waiting& one : state.waiting)
        if (one.name != state.last_name) return one.ticket;
    return state.waiting.front().ticket;
}

/// Takes a place where there is one and it is the ticket's turn.
std::optional<std::size_t> LoginGuard::free_place(State& state, std::uint64_t ticket) const {
    const auto now = now_();
    const auto free = std::ranges::find_if(
        state.places, [&](const Place& place) { return !place.taken && now >= place.rests_until; });
    if (free == state.places.end() || next_of(state) != ticket) return std::nullopt;
    free->taken = true;
    return static_cast<std::size_t>(free - state.places.begin());
}

/// Waits for a place where Argon2 may run. nullopt where too many wait, or for too long.
std::optional<std::size_t> LoginGuard::enter(const Context& ctx, const std::string& name) {
    const std::uint64_t ticket = state_.with([&](State& state) -> std::uint64_t {
        const auto same =
            static_cast<std::size_t>(std::ranges::count(state.waiting, name, &Waiting::name));
        if (state.waiting.size() >= bounds_.waiting || same >= bounds_.waiting_of_name) return 0;
        state.waiting.push_back({.ticket = ++state.last_ticket, .name = name});
        return state.last_ticket;
    });
    if (ticket == 0) return std::nullopt;
    const Context patience = ctx.with_timeout(kPatience);
    std::optional<std::size_t> place;
    do {
        place = state_.with([&](State& state) {
            const auto found = free_place(state, ticket);
            if (found) state.last_name = name;
            return found;
        });
    } while (!place && patience.sleep(kLook));
    state_.with([&](State& state) {
        std::erase_if(state.waiting, [&](const Waiting& one) { return one.ticket == ticket; });
    });
    return place;
}

LoginGuard::Answer LoginGuard::run(const Context& ctx, const LoginTry& one, const Key& key,
                                   const std::string& who) {
    const auto place = enter(ctx, std::string(one.name.substr(0, kLongestName)));
    if (!place) return FailureOf(Refusal{.after = std::chrono::seconds(1)});
    // Another of its requests may have been first, or the address may have failed meanwhile.
    if (auto answer = known(key, who)) {
        state_.with([&](State& state) { state.places[*place].taken = false; });
        return *answer;
    }
    const auto began = now_();
    // Run whoever it is: no name is told from another by the time.
    const bool matches = verify_(std::string(one.hash), one.password);
    const bool good = matches && one.exists;
    const auto ended = now_();
    state_.with([&](State& state) {
        Place& mine = state.places[*place];
        mine.taken = false;
        if (good) {
            state.peers.erase(who);
            remember(state, key, {.good = true, .until = ended + kGood});
            return;
        }
        mine.rests_until = ended + (ended - began);
        note_failure(state, who);
        remember(state, key, {.good = false, .until = ended + kBad});
    });
    if (good) return {};
    return FailureOf(Refusal{.wrong = true});
}

void LoginGuard::note_failure(State& state, const std::string& who) const {
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

void LoginGuard::remember(State& state, const Key& key, Seen seen) const {
    // Apart: guessing cannot push the right ones out.
    auto& of_kind = seen.good ? state.good : state.wrong;
    if (state.seen.insert_or_assign(key, seen).second) of_kind.push_back(key);
    while (of_kind.size() > (seen.good ? bounds_.good : kMostWrong)) {
        state.seen.erase(of_kind.front());
        of_kind.pop_front();
    }
}

}  // namespace forgehouse::exec
