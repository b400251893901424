// Native for clients that name a protocol version (`client_protocol_version`): the library writes
// it without one. With a version each block has a few fields in front, and each column a byte that
// says how it is serialized.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/chdb.h"

namespace forgehouse::engine {

/// `blocks`: whole blocks of Native without a version. The same as a client of `version` (above 0)
/// reads them. Errors: NOT_IMPLEMENTED for a type whose length we do not know (states of
/// aggregates). `types`: of the columns as DESCRIBE says them, where hides_time_zones().
SqlResult<std::string> native_of_version(std::string_view blocks, std::uint64_t version,
                                         const std::vector<std::string>& types = {});

/// Whether a column may be DateTime of a time zone that blocks without a version do not name.
bool hides_time_zones(std::string_view blocks);

}  // namespace forgehouse::engine
