// The data directory: made private to its owner, and marked with the version of its layout, so that
// an older program does not misread what a newer one wrote.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/result.h"

namespace forgehouse::app {

/// The layout that this program writes and reads.
inline constexpr int kDataFormat = 1;

/// Makes the folder (0700) and its mark where they are missing.
/// Errors: Invalid for one that a newer version made, or whose mark cannot be read; Denied where we
/// may not write; Unavailable where the disk is full.
Result<void> prepare_data_dir(const std::filesystem::path& dir);

/// The version in the mark, without changing anything; nullopt where there is no mark.
Result<std::optional<int>> data_format(const std::filesystem::path& dir);

}  // namespace forgehouse::app
