// From a source as configured to the adapter that reads it.
#pragma once

#include <memory>

#include "base/result.h"
#include "config/settings.h"
#include "sources/source.h"

namespace forgehouse::app {

class World;

/// Errors: those of World::secret, and of the adapter.
Result<std::unique_ptr<sources::Source>> configured_source(World& world,
                                                           const config::SourceSettings& source);

}  // namespace forgehouse::app
