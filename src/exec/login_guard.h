// LoginGuard: who may try a password now. A run of Argon2 is dear on purpose, so:
//
// - what was verified is remembered, by a hash under a key that lives and dies with the process: a
//   client that stays is asked of a table, and no password is kept. It is bound to the very hash
//   that it was verified against: once the password is changed, the old one is of no use;
// - few runs at a time, a few wait for them, others are told to come back: guessing takes neither
//   all memory nor all processors. After a wrong one the place stays empty for as long as it took;
// - of those that wait, no name takes all places, and names take turns: who guesses at one user
//   holds up no other, from the same address neither (a proxy has but one);
// - an address that fails with a name is let try that name again after growing pauses;
// - a name that is not there costs a run too, of a hash that stands in: the time tells nothing.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "exec/context.h"
#include "exec/guarded.h"

namespace forgehouse::exec {

/// One try. Views; valid during the call.
struct LoginTry {
    std::string_view name;
    const Secret& password;
    /// Of the name's password; where there is no such name (`exists`) the hash that stands in: one
    /// that costs as much, always the same one for a name.
    std::string_view hash;
    bool exists = true;
    /// Where the request comes from, without its port.
    std::string_view address;
};

/// Threads: check() may be called from many threads at once.
class LoginGuard {
public:
    using Steady = std::chrono::steady_clock;
    using Now = std::function<Steady::time_point()>;
    using Verify = std::function<bool(const std::string& hash, const Secret& password)>;

    struct Bounds {
        std::size_t places = 1;           ///< runs at a time
        std::size_t waiting = 8;          ///< for a place
        std::size_t waiting_of_name = 4;  ///< of these with the same name
        std::size_t good = 65'536;        ///< pairs that are remembered
    };
    struct Refusal {
        bool wrong = false;                 ///< else: too many tries, nothing was looked at
        std::chrono::milliseconds after{};  ///< try again after that long
    };

    LoginGuard() : LoginGuard(Bounds()) {}
    /// `now` and `verify` (password_matches) are for tests to set.
    explicit LoginGuard(Bounds bounds, Now now = Steady::now, Verify verify = {});

    /// Whether the password is the name's. Blocks for a run of Argon2 where these three were not
    /// seen before, and up to 3 s for a place. A password longer than kMostPassword is wrong.
    ResultOf<void, Refusal> check(const Context& ctx, const LoginTry& one);

    /// Which of `many` hashes stands in for a name that is not there: the same one for as long as
    /// the process lives, and nobody outside knows which. `many` > 0.
    std::size_t stand_in(std::string_view name, std::size_t many) const;

private:
    using Key = std::array<std::uint8_t, 32>;
    struct Seen {
        bool good = false;
        Steady::time_point until;
    };
    struct Peer {
        unsigned failures = 0;
        Steady::time_point until;  ///< no try before
        Steady::time_point last;
    };
    struct Waiting {
        std::uint64_t ticket = 0;
        std::string name;
    };
    struct Place {
        bool taken = false;
        Steady::time_point rests_until;
    };
    struct State {
        std::map<Key, Seen> seen;
        std::deque<Key> good, wrong;        ///< those of `seen`, the oldest first
        std::map<std::string, Peer> peers;  ///< by address and name
        std::deque<Waiting> waiting;        ///< who came first stands first
        std::uint64_t last_ticket = 0;
        std::string last_name;  ///< of whom a place was last
        std::vector<Place> places;
    };
    using Answer = ResultOf<void, Refusal>;

    Key key_of(std::initializer_list<std::string_view> parts) const;
    std::optional<Answer> known(const Key& key, const std::string& who);
    Answer run(const Context& ctx, const LoginTry& one, const Key& key, const std::string& who);
    std::optional<std::size_t> enter(const Context& ctx, const std::string& name);
    std::optional<std::size_t> free_place(State& state, std::uint64_t ticket) const;
    static std::uint64_t next_of(const State& state);
    void note_failure(State& state, const std::string& who) const;
    void remember(State& state, const Key& key, Seen seen) const;

    const Bounds bounds_;
    const Now now_;
    const Verify verify_;
    Key inner_{}, outer_{};
    Guarded<State> state_;
};

}  // namespace forgehouse::exec
