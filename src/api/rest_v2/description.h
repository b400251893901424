// The description of the API as an OpenAPI 3.0 document, made out of the table that serves it.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "api/route.h"

namespace forgehouse::api::rest_v2 {

/// The schemas that routes name: a JSON object of them, as in `components.schemas`. Static.
std::string_view schemas_json() noexcept;

/// The document; `base` is the server's address with `/2.0`. The same tables, the same text.
std::string openapi(std::span<const std::span<const Route>> tables, std::string_view base);

}  // namespace forgehouse::api::rest_v2
