// plain_git: repositories that are named one by one, by a path of this machine or by a URL that git
// can fetch from. No forge is asked anything.
#pragma once

#include "sources/registry.h"

namespace forgehouse::sources::plain_git {

/// Makes the source; its paths are looked at when repositories() is called.
Result<std::unique_ptr<Source>> make(SourceOptions options);

/// The repository that `path` lies in, looked for upwards as git does; a `file://` URL is its path.
/// Errors: NotFound, Denied and Corrupt, each with a hint.
Result<Repo> local_repository(std::string_view data_source, const std::string& path);

/// The repository behind a URL or `host:path`. Does no I/O. Errors: Invalid.
Result<Repo> remote_repository(std::string_view data_source, const Input& input);

}  // namespace forgehouse::sources::plain_git
