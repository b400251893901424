// bitbucket_server: Bitbucket Server and Data Center over REST API 1.0.
#pragma once

#include "sources/registry.h"

namespace forgehouse::sources::bitbucket_server {

/// Makes the adapter for one server: exactly one input, its address. Errors: Invalid.
Result<std::unique_ptr<Forge>> make(SourceOptions options);

}  // namespace forgehouse::sources::bitbucket_server
