// Files that are there as a whole after a crash, or as they were before.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

#include "base/result.h"

namespace forgehouse::git {

/// Denied where the right is missing, Conflict where something is there already, NotFound where
/// nothing is, else Unavailable; with fields `path` and `reason`, and a hint.
Error disk_failure(const std::string& path, const std::error_code& error);
/// The same for what errno says.
Error disk_failure(const std::string& path);

/// Whether what is done first in a folder's file system is never lost where what was done later is
/// there after a crash: ext4 and xfs keep one journal of all names. Then one sync at the end puts
/// everything before it on the disk, in the time of one.
bool keeps_order(const std::string& folder) noexcept;

enum class Syncing : std::uint8_t {
    Whole,     ///< all that is known of the file
    BytesOnly  ///< where keeps_order() says that a later sync of anything takes the rest along
};
/// Makes a file that was not there, its bytes on the disk; its name is not before its folder is
/// synced. Errors: those of disk_failure().
Result<void> write_new_file(const std::string& path, std::string_view bytes, Syncing syncing);
/// Replaces a file at once, as a whole, its name too. Errors: those of disk_failure().
Result<void> replace_file(const std::string& path, std::string_view bytes);
/// Puts the names in a folder on the disk. Errors: those of disk_failure().
Result<void> sync_folder(const std::string& folder);

/// All bytes of a regular file. Errors: NotFound where there is none; those of disk_failure().
Result<std::string> read_small_file(const std::string& path);

}  // namespace forgehouse::git
