// Load: from files, environment and flags to the effective settings, in that order of strength:
//   default < configuration file < .env < environment variable < command-line option
//
// The file .env of the working directory stands in for the environment, but for what runs code and
// for FORGEHOUSE_CONFIG. With `--config /dev/null` it is not read either.
//
// One file is used: the one named by --config, else by FORGEHOUSE_CONFIG, else ./forgehouse.yaml,
// else forgehouse/forgehouse.yaml in the user's configuration folder (XDG_CONFIG_HOME, ~/.config).
// A file that merely lies in the working directory may come from somebody else, with a clone for
// example: it must belong to the user (or root), and it cannot set what runs code. Where it lies in
// a git working tree, or its group may write it, it cannot use secrets either: it also names the
// address that they would be sent to.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/dotenv.h"
#include "config/settings.h"

namespace forgehouse::config {

using Environment = std::map<std::string, std::string, std::less<>>;

/// An option given on the command line.
struct Override {
    std::string key;   ///< `engine.idle`
    std::string text;  ///< the value as it was given
    std::string flag;  ///< `--idle`: its name in messages
};

struct Inputs {
    std::optional<std::filesystem::path> file;  ///< --config
    Environment environment;
    std::filesystem::path folder;  ///< the working directory
    std::vector<Override> overrides;
};

struct Loaded {
    Settings settings;
    std::optional<std::filesystem::path> file;  ///< the one that was read
    /// Where each key's value comes from: `default`, `forgehouse.yaml:3`, `FORGEHOUSE_DATA`,
    /// `.env:3`, `--data`. Keys of the list are `sources[0].name`.
    std::map<std::string, std::string, std::less<>> origins;
    /// What .env says, for the secrets that are referred to by variables.
    DotEnv dotenv;
    /// All that is wrong, in the order of the file; such a value keeps its default. Each has the
    /// field `at` with its place. Nothing should run while there are any.
    std::vector<Error> problems;
    /// What is probably a mistake and no error: an environment variable that nearly has the name
    /// of an option.
    std::vector<std::string> remarks;
};

/// Reads a file at most; asks no network and runs no command.
Loaded load(const Inputs& inputs);

/// Where the user's own configuration belongs, by XDG_CONFIG_HOME and HOME.
std::filesystem::path user_file(const Environment& environment);

}  // namespace forgehouse::config
