// Check: what no single option can say, about the sources and the addresses as a whole.
#pragma once

#include <string>
#include <vector>

#include "config/load.h"

namespace forgehouse::config {

/// Adds what is wrong to `loaded.problems`. `places` says where each source begins.
void check_sources(Loaded& loaded, const std::vector<std::string>& places);

/// The warehouse's address, and where its password may come from.
void check_warehouse(Loaded& loaded);

}  // namespace forgehouse::config
