// Landlock by its system calls. Debian 12's headers know version 2 of what kernels offer up to 7.
#pragma once

#include "base/result.h"
#include "engine/confinement.h"

namespace forgehouse::engine {

/// The kernel's Landlock version, 0 where it has none.
int landlock_abi() noexcept;
/// Denies all files but the plan's, and where the kernel can: TCP, abstract sockets and signals to
/// other processes.
Result<void> apply_landlock(const ConfinementPlan& plan, int abi);

/// Denies the system calls that reach out of the process.
Result<void> apply_seccomp();

}  // namespace forgehouse::engine
