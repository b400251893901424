// What several files of the API share: links, and objects of others by their ids.
#pragma once

#include "api/call.h"
#include "api/rest_v2/render.h"
#include "api/services.h"

namespace forgehouse::api::rest_v2 {

/// The call lives longer.
inline Links links_of(const Call& call) {
    return {.base = call.base(), .origin = call.origin(), .ssh = call.services().ssh_address};
}

/// A whole answer that `write` writes.
template <class Write>
Answer written(Write write, unsigned status = 200) {
    json::Writer out;
    write(out);
    return Answer::json(out.take(), status);
}

/// Writes a repository whole, with its project and what it was forked from.
Result<void> write_repository(Call& call, json::Writer& out, const forge::Workspace& workspace,
                              const forge::Repository& repository);
/// The same with a project that is known.
Result<void> write_repository(Call& call, json::Writer& out, const forge::Workspace& workspace,
                              const forge::Project& project, const forge::Repository& repository);

}  // namespace forgehouse::api::rest_v2
