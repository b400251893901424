// Native for clients that name a protocol version (`client_protocol_version`): the library writes
// it without one. With a version each block has a few fields in front, and each column a byte that
// says how it is serialized.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/chdb.h"

namespace forgehouse::engine {

/// `blocks`: whole blocks of Native without a version. The same as a client of `version` (above 0)
/// reads them. Errors: NOT_IMPLEMENTED for a type whose length we do not know (JSON, Variant,
/// Dynamic, states of aggregates), where the version is one that has the byte.
SqlResult<std::string> native_of_version(std::string_view blocks, std::uint64_t version);

}  // namespace forgehouse::engine
