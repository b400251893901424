// Deps: what the forge works with. Made once by `app`; lives longer than all that is handed it.
#pragma once

#include <filesystem>

#include "exec/clock.h"
#include "exec/random.h"
#include "ports/metadb.h"

namespace forgehouse::forge {

class SecretBox;

/// Threads: all members may be used from many threads at once.
struct Deps {
    ports::Metadbs& state;
    const exec::Clock& clock;
    exec::Random& random;
    const SecretBox& secrets;
    std::filesystem::path repositories;  ///< the folder of all hosted repositories
};

}  // namespace forgehouse::forge
