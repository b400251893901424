// Secrets: from a reference in the configuration to the secret itself.
#pragma once

#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "config/well_known.h"
#include "exec/context.h"

namespace forgehouse::app {

/// The secret; empty where the reference is. The end of the line is not part of it: of a file or a
/// command's output the first line counts. `key` names the option in errors.
/// Errors: NotFound for an unset variable, a missing file or program; Denied for a file that others
/// may read or that we may not; Invalid for a command that fails or says nothing.
Result<Secret> resolve_secret(exec::Context& ctx, const config::SecretRef& reference,
                              const config::Variables& variables, std::string_view key);

}  // namespace forgehouse::app
