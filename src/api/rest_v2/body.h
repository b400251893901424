// Reading a JSON body: members by name, each with an error that says which it is about.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/literal.h"
#include "base/result.h"

namespace forgehouse::api::rest_v2 {

/// nullopt where the member is not there or null. Errors of all: Invalid, with field `field`.
Result<std::optional<std::string>> text_in(const json::Value& object, Literal name);
Result<std::optional<bool>> flag_in(const json::Value& object, Literal name);
Result<std::optional<std::int64_t>> integer_in(const json::Value& object, Literal name);
Result<std::optional<std::vector<std::string>>> texts_in(const json::Value& object, Literal name);
/// The member's own member: `project.key`.
Result<std::optional<std::string>> text_in(const json::Value& object, Literal outer, Literal name);

}  // namespace forgehouse::api::rest_v2
