// The part of doctor that looks at the configured sources.
#pragma once

#include <vector>

#include "app/doctor.h"

namespace forgehouse::app::doctor {

/// One check for each source: local repositories are opened, remote ones are asked for their refs.
/// Nothing is kept.
std::vector<Check> sources(World& world);

}  // namespace forgehouse::app::doctor
