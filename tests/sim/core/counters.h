// Counters: what was asked, by kind.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "exec/guarded.h"

namespace forgehouse::sim {

/// Threads: everything from any thread.
class Counters {
public:
    void asked(std::string_view kind);
    void answered(unsigned status, std::size_t bytes);
    void fault(std::string_view name);
    void reset();
    /// As README.md says.
    std::string json() const;

private:
    struct State {
        std::uint64_t total = 0, bytes = 0;
        std::map<std::string, std::uint64_t, std::less<>> calls, status, faults;
    };
    exec::Guarded<State> state_;
};

}  // namespace forgehouse::sim
