// Picking: the parts of the archive that somebody asks for.
#pragma once

#include "collect/archive/archive.h"
#include "collect/replay.h"

namespace forgehouse::collect {

struct PickedPart {
    PartName name;
    ports::ObjectInfo info;
};

/// The pattern for what belongs to the whole forge: lists of repositories and users.
inline constexpr std::string_view kWholeForge = "@";

/// Whether a part is of a repository that one of the patterns matches, or of the whole forge where
/// one is kWholeForge.
bool is_picked(const PartName& name, const std::vector<std::string>& patterns);

/// In the order of their keys: repository by repository, the oldest first. Errors: the archive's.
Result<std::vector<PickedPart>> pick_parts(exec::Context& ctx, ports::Objects& archive,
                                           const ArchivePick& pick);

}  // namespace forgehouse::collect
