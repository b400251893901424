// Password: asks a person for a new one, without showing it.
#pragma once

#include "app/terminal/screen.h"
#include "base/result.h"
#include "base/secret.h"

namespace forgehouse::app::terminal {

/// From a terminal on standard input: asked for twice, on `err`. Else its first line, without the
/// end of the line. Errors: Invalid where the two differ, Cancelled where there is none.
Result<Secret> ask_new_password(const Screen& err);

}  // namespace forgehouse::app::terminal
