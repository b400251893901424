// Mutations: what changes between two runs of a collector.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "exec/context.h"
#include "sim/core/world.h"

namespace forgehouse::sim {

struct MutationOrder {
    std::uint64_t seed = 1;
    int rounds = 1;
    int changes = 10;  ///< in a round
    std::vector<std::string> only{};
    std::vector<std::string> without{};
};

/// Changes by kind that took place. Errors: Invalid for a kind that there is none of; what git
/// says.
Result<std::map<std::string, int>> mutate(const exec::Context& ctx, World& world,
                                          const MutationOrder& order);

}  // namespace forgehouse::sim
