// The file of the keys of a SecretBox: who loses it loses every sealed secret, who reads it and the
// database reads them all. So it is written whole or not at all, and has to be ours alone.
// Threads: one of a process at a time; several processes at once.
#pragma once

#include <span>
#include <string>

#include "base/result.h"
#include "forge/identity/secret_box.h"

namespace forgehouse::forge {

using KeyRandomness = std::span<const std::uint8_t, SecretBox::kKeyRandomness>;

/// Reads the file. Errors: NotFound where there is none; Invalid where others may read it (a mode
/// beyond 0600), it is no plain file, too long, or no list of keys; Unavailable by the system.
Result<SecretBox> read_secret_keys(const std::string& path);

/// The same; where there is none, one is made with a new key, mode 0600. Of several processes that
/// make it one wins, and all read that one.
Result<SecretBox> open_secret_keys(const std::string& path, KeyRandomness random);

/// Puts a new key before the others: what is sealed from then on has it. The others stay as long as
/// something is sealed with them (SecretBox::reseal). Errors: those of reading; Conflict where
/// another is at it, or was cut short: `PATH.new` lies there.
Result<SecretBox> rotate_secret_keys(const std::string& path, KeyRandomness random);

}  // namespace forgehouse::forge
