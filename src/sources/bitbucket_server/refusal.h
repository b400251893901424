// Refusal: what an answer that is no list and no object of Bitbucket Server means, and what to do.
#pragma once

#include <optional>
#include <string_view>

#include "sources/forge.h"

namespace forgehouse::sources::bitbucket_server {

/// As Forge::refusal; `address` is that of the server, for hints.
std::optional<Error> refusal(const Call& call, const ApiAnswer& answer, std::string_view address);

/// Errors: Invalid where it is no answer of this product.
Result<std::string> read_hello(std::string_view body);

}  // namespace forgehouse::sources::bitbucket_server
