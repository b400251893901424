// Services: what the functions of the API work with. Made once by `app`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "forge/deps.h"
#include "forge/permission.h"

namespace forgehouse::git {
class ServedRepositories;
}  // namespace forgehouse::git

namespace forgehouse::forge {
class SignIn;
}  // namespace forgehouse::forge

namespace forgehouse::api {

/// Threads: all members may be used from many threads at once.
struct Services {
    forge::Deps& deps;
    const forge::Permissions& permissions;
    forge::SignIn& sign_in;
    git::ServedRepositories& repositories;
    /// `forge.example.org:7999`; "" where SSH is not served.
    std::string ssh_address = {};
    std::filesystem::path downloads = {};       ///< the folder of files that were uploaded
    std::uint64_t most_download = 100'000'000;  ///< bytes of the files of one upload
};

}  // namespace forgehouse::api
