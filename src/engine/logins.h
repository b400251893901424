// Logins: whose a name and a password are. A run of Argon2 is dear on purpose, so:
//
// - what was verified is remembered, by a hash under a key that lives and dies with the process: a
//   client that stays is asked of a table, and no password is kept;
// - one run at a time, a few wait for it, others are told to come back: guessing takes neither all
//   memory nor all processors. After a wrong one the place stays empty for as long as it took;
// - of those that wait, no name takes all places, and names take turns: who guesses at one user
//   holds up no other, from the same address neither (a proxy has but one);
// - an address that fails with a name is let try that name again after growing pauses;
// - a name that is not there costs a run too, of a hash of somebody's: the time tells nothing.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/credentials.h"
#include "engine/users.h"
#include "exec/context.h"
#include "exec/guarded.h"

namespace forgehouse::engine {

/// Threads: check() may be called from many threads at once.
class Logins {
public:
    using Steady = std::chrono::steady_clock;
    using Now = std::function<Steady::time_point()>;
    using Verify = std::function<bool(const std::string& hash, const Secret& password)>;

    struct Refusal {
        bool wrong = false;                 ///< else: too many tries, nothing was looked at
        std::chrono::milliseconds after{};  ///< try again after that long
    };

    /// At least one user. `now` and `verify` (password_matches) are for tests to set.
    explicit Logins(std::vector<User> users, Now now = Steady::now, Verify verify = {});

    /// The user, who lives as long as this object. `peer` is the address that the request comes
    /// from, with or without its port. Blocks for a run of Argon2 where the pair was not seen
    /// before.
    ResultOf<const User*, Refusal> check(const exec::Context& ctx, const Credentials& credentials,
                                         std::string_view peer);

private:
    using Key = std::array<std::uint8_t, 32>;
    struct Seen {
        const User* user = nullptr;  ///< null: the pair is wrong
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
    struct State {
        std::map<Key, Seen> seen;
        std::deque<Key> wrong;              ///< the wrong ones of `seen`, the oldest first
        std::map<std::string, Peer> peers;  ///< by address and name
        std::deque<Waiting> waiting;        ///< who came first stands first
        std::uint64_t last_ticket = 0;
        std::string last_name;  ///< of whom the place was last
        bool running = false;
        Steady::time_point rests_until;
    };

    Key key_of(std::string_view name, const Secret& password) const;
    const User* named(std::string_view name) const;
    const User& stand_in(std::string_view name) const;
    std::optional<ResultOf<const User*, Refusal>> known(const Key& key, const std::string& who);
    ResultOf<const User*, Refusal> run(const exec::Context& ctx, const Credentials& credentials,
                                       const Key& key, const std::string& who);
    bool enter(const exec::Context& ctx, const std::string& name);
    static std::uint64_t next_of(const State& state);
    void note_failure(State& state, const std::string& who) const;
    void remember(State& state, const Key& key, Seen seen) const;

    const std::vector<User> users_;
    const Now now_;
    const Verify verify_;
    Key inner_{}, outer_{};
    exec::Guarded<State> state_;
};

}  // namespace forgehouse::engine
