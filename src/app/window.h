// Window: what --since, --until, --hours and --days mean together.
#pragma once

#include "app/cli/parse.h"
#include "base/result.h"
#include "base/time.h"
#include "collect/collect.h"

namespace forgehouse::app {

/// Reads a point in time as people write it: ISO 8601 (UTC where it names no zone), `today` and
/// `yesterday` (midnight UTC), `now`, or a span before `now` such as `2w` or `36 hours`.
/// Errors: Invalid.
Result<Time> point_in_time(std::string_view text, Time now);

/// The window that the options ask for; open where they ask for none.
/// Errors: Invalid for a time or number that cannot be read, for options that contradict each
/// other, and for a window that is empty.
Result<collect::Window> window_of(const cli::Arguments& arguments, Time now);

}  // namespace forgehouse::app
