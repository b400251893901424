// The view of `runs --follow`.
#pragma once

#include <set>
#include <string>

#include "app/exit.h"
#include "base/result.h"

namespace forgehouse::app {

class World;

namespace verbs {

/// Shows the runs that another process makes on this data directory until they have ended. Their
/// ids; none where no run was at work.
Result<std::set<std::string>> follow_runs(World& world);

}  // namespace verbs
}  // namespace forgehouse::app
