// The files around and in a mirror's folder that are ours and not git's: lock, marker, leftovers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "exec/descriptor.h"

namespace forgehouse::git {

/// Takes `<folder>.lock`, making it and the folders above where they are missing.
/// Errors: Conflict while another process, or a git that it has started, holds it (field `pid`);
/// Denied and Unavailable for the folders.
Result<exec::Descriptor> lock_mirror(const std::string& folder);

/// What we write down in a mirror: that it is ours, whose it is, how far it got.
struct MirrorMarker {
    std::string url;
    bool is_complete = false;  ///< all slices have been fetched once
};
/// nullopt where the folder is no mirror of ours.
std::optional<MirrorMarker> read_marker(const std::string& folder);
/// Replaces it at once, as a whole. Errors: Denied, Unavailable.
Result<void> write_marker(const std::string& folder, const MirrorMarker& marker);

/// Removes what a killed git has left: half-written packs and objects, locks of refs. The caller
/// holds the mirror's lock, so nobody is writing.
void clean_leftovers(const std::string& folder);

/// Renames the folder to the first free `<folder>.broken-N`, which is returned.
Result<std::string> set_aside(const std::string& folder);

/// Whether there is nothing at all in the folder, or no folder.
bool is_vacant(const std::string& folder);

struct PackTotals {
    std::uint64_t packs = 0;
    std::uint64_t bytes = 0;
};
PackTotals count_packs(const std::string& folder);

}  // namespace forgehouse::git
