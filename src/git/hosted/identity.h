// Identity: who does something to a repository, and when, as git writes it down.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "exec/process.h"

namespace forgehouse::git {

struct Identity {
    std::string name;
    std::string email;              ///< without the angle brackets
    Time time;                      ///< git keeps whole seconds
    std::int32_t zone_minutes = 0;  ///< east of UTC
};

/// Whether git can write it down, and read it again as it was. Errors: Invalid, with field
/// `identity`, for a name without a letter, for angle brackets, line ends and NUL, for a time
/// before 1970 and a zone of more than 14 hours.
Result<void> check_identity(const Identity& identity);

/// `Name <email> 1700000000 +0200`.
std::string signature_of(const Identity& identity);

/// Makes it the committer of a command of git: for reflogs.
void set_committer(exec::Command& command, const Identity& identity);

}  // namespace forgehouse::git
