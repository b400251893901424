// Where libchdb lies, and whether it can be loaded, before it is.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/environment.h"

namespace forgehouse::engine {

/// Where to look, in order. What the environment says is passed in, so that it can be tested.
struct LibrarySearch {
    std::filesystem::path named;    ///< by option or $FORGEHOUSE_LIBCHDB; nothing else counts then
    std::filesystem::path program;  ///< our executable
    std::filesystem::path cache_home;  ///< $XDG_CACHE_HOME
    std::filesystem::path home;        ///< $HOME

    /// For this program, with that environment.
    static LibrarySearch here(const std::filesystem::path& option, const Environment& environment);
};

/// The places, first wins: the named one; beside the program; `../lib/forgehouse`; the user's cache
/// under the pinned version.
std::vector<std::filesystem::path> library_places(const LibrarySearch& search);

/// The library to load. Errors: NotFound where it is in none of the places, Invalid where it is no
/// shared library of this machine's architecture. Both say how to get it.
Result<std::filesystem::path> find_library(const LibrarySearch& search);

/// Reads the ELF header alone: dlopen's own message for a wrong file does not help anybody.
Result<void> check_architecture(const std::filesystem::path& library);

}  // namespace forgehouse::engine
