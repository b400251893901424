// Faults: what goes wrong, when. Read from text (README.md has the syntax), asked once a request.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "exec/guarded.h"

namespace forgehouse::sim {

/// What happens to one request.
struct Plan {
    enum class Deed : unsigned char { None, Status, Reset, Cut, Html, Malformed, Expire, Denied };
    /// Of Retry-After: none, seconds, or a date that many seconds ahead.
    struct Wait {
        int seconds = 0;
        bool as_date = false;
    };

    std::chrono::milliseconds latency{0};
    std::chrono::milliseconds gap{0};  ///< between two parts of the body
    int parts = 1;
    std::optional<std::size_t> cap;
    bool holes = false;
    bool endless = false;
    bool misshapen = false;
    bool drift = false;
    Deed deed = Deed::None;
    unsigned code = 0;
    double at = 0.5;
    std::optional<Wait> retry_after;
    struct Quota {
        int limit = 0;
        int left = 0;
        int rate = 0;  ///< a second
    };
    std::optional<Quota> quota;        ///< where a bucket tells of itself
    std::vector<std::string> names{};  ///< of the faults that hold, for counting
};

/// What a fault's conditions look at.
struct Occasion {
    std::string_view target;
    std::string_view kind;
    std::string_view user;
};

/// Threads: everything from any thread.
class Faults {
public:
    /// Replaces what is in force. Errors: Invalid, with the line.
    Result<void> set(std::string_view lines);
    /// Counts and buckets to their start.
    void reset();
    /// `header`: more faults for this request alone. Errors: Invalid for a header that is none.
    Result<Plan> plan(const Occasion& occasion, std::string_view header);

private:
    struct Fault {
        std::string kind;
        std::map<std::string, std::string> values;
        std::uint64_t seen = 0;
    };
    struct Bucket {
        double tokens = 0;
        std::chrono::steady_clock::time_point filled;
    };
    struct State {
        std::vector<Fault> faults;
        std::map<std::string, Bucket> buckets;  ///< by user
    };

    static Result<Fault> parse_line(std::string_view line);
    static Result<std::vector<Fault>> parse(std::string_view lines);
    static bool holds(Fault& fault, const Occasion& occasion);
    static void apply(const Fault& fault, Plan& plan);
    static void draw(State& state, const Fault& fault, const Occasion& occasion, Plan& plan);

    exec::Guarded<State> state_;
};

}  // namespace forgehouse::sim
