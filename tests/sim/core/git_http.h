// git over HTTP, by git's own http-backend as a child process.
#pragma once

#include "exec/context.h"
#include "net/http_server.h"
#include "sim/core/dialect.h"
#include "sim/core/git_store.h"

namespace forgehouse::sim {

/// Answers one request of a git client. Returns the bytes of the answer's body, and its status.
struct GitAnswer {
    unsigned status = 500;
    std::size_t bytes = 0;
};
GitAnswer serve_git(exec::Context& ctx, const GitStore& store, const Dialect::GitPlace& place,
                    const Asked& asked, net::ResponseWriter& response);

}  // namespace forgehouse::sim
