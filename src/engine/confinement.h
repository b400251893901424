// Confinement: what the engine's process may still do once it serves SQL, which is not trusted.
// Two layers, each for the case that the other is forgotten: Landlock takes away all files but
// those named here, seccomp takes away new sockets, processes and everything that reaches out.
// Both hold for the calling thread and all that it starts from then on, for good.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/environment.h"

namespace forgehouse::engine {

struct ConfinementPlan {
    std::vector<std::filesystem::path> read_write;   ///< folders: all but running programs
    std::vector<std::filesystem::path> read_only;    ///< folders and files
    std::vector<std::filesystem::path> remove_from;  ///< folders: names may be removed
    /// Of bubblewrap alone: made there with mode 0700, empty but for what of it is named above.
    std::filesystem::path private_folder{};
    /// Of bubblewrap alone: what the process inside finds in ConfinementSupport.
    std::string inherited{};
};

/// What the kernel offers.
struct ConfinementSupport {
    int landlock_abi = 0;     ///< 0 where there is none
    bool bubblewrap = false;  ///< the program `bwrap` is there
    long wrapped_pid = 0;     ///< in a bubblewrap of ours: its number outside
    std::string inherited{};  ///< there: as the plan said
};
ConfinementSupport confinement_support(const Environment& environment);

/// Applies Landlock (where it is supported) and seccomp to this thread and its children. Call it
/// while the process has one thread. Paths that do not exist are left out.
/// Errors: Unavailable where the kernel refuses.
Result<void> confine(const ConfinementPlan& plan, const ConfinementSupport& support);

/// Where Landlock is missing: runs this very command again inside bubblewrap, which shows it the
/// plan's paths alone, and ends it with us. Returns only on failure. Our own sockets and files are
/// opened inside.
Error enter_bubblewrap(const ConfinementPlan& plan);

/// What libchdb reads of the system: found with strace, and kept short.
std::vector<std::filesystem::path> system_paths();

}  // namespace forgehouse::engine
