// EarlyFiles: what the process reads in its beginning and cannot reach once it is confined: the
// users of the listener, the certificate and its key. SQL that got around every check would still
// not find them. What is changed there holds for the next engine; `forgehouse engine --listen …`
// takes over.
//
// Inside bubblewrap the process begins a second time: there the files come as descriptors that were
// opened outside, are read, and closed.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/users.h"
#include "net/tls_server.h"

namespace forgehouse::engine {

/// Names, "" for what is not wanted.
struct EarlyPaths {
    std::filesystem::path users;
    std::filesystem::path certificate;
    std::filesystem::path key;
};

struct EarlyFiles {
    std::vector<User> users;
    std::shared_ptr<const net::TlsServer> tls;  ///< null without
};

/// Reads them. `inherited`: what pass_on() said, "" where nothing was passed on.
/// Errors: Invalid for a file that is none of its kind and for a certificate without a key;
/// NotFound; Denied for one that cannot be read, and for users and keys that others may read.
Result<EarlyFiles> read_early(const EarlyPaths& paths, std::string_view inherited);

/// Opens them for the program that this process becomes next. Returns what it has to be told.
Result<std::string> pass_on(const EarlyPaths& paths);

}  // namespace forgehouse::engine
