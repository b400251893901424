// The view of `runs --follow`.
#pragma once

#include "app/exit.h"
#include "base/result.h"

namespace forgehouse::app {

class World;

namespace verbs {

/// Shows the run that another process makes on this data directory until it ends. The id of that
/// run; '' where none was at work.
Result<std::string> follow_run(World& world);

}  // namespace verbs
}  // namespace forgehouse::app
