// Doctor: looks at everything that forgehouse stands on, one check each, and says how to mend it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace forgehouse::app {

class World;

namespace doctor {

enum class State : unsigned char { Ok, Warn, Fail };
/// `ok`, `warn`, `fail`.
std::string_view name_of(State state) noexcept;

struct Check {
    std::string name;
    State state;
    std::string fact;
    std::string advice;  ///< what to do; empty where all is well
};

/// All checks, in the order in which they build on each other. Starts the engine.
std::vector<Check> examine(World& world);

}  // namespace doctor
}  // namespace forgehouse::app
