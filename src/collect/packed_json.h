// packed_json: a JSON document of the checkpoints, packed. Threads: any.
#pragma once

#include <optional>
#include <string_view>

#include "base/json.h"
#include "exec/context.h"
#include "ports/objects.h"

namespace forgehouse::collect {

/// nullopt where there is none. Errors: Corrupt for a damaged one; the objects'.
Result<std::optional<json::Document>> load_packed(exec::Context& ctx, ports::Objects& objects,
                                                  std::string_view key);
/// In place of the one before. Errors: the objects'.
Result<void> save_packed(exec::Context& ctx, ports::Objects& objects, std::string_view key,
                         std::string_view json);

}  // namespace forgehouse::collect
