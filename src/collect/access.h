// Access: how a forge is entered, by its API and by git alike, and how that is renewed when it
// expires. Made by app from the configuration; the engine asks for a pass before each request.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "exec/context.h"
#include "git/http_access.h"
#include "net/http_client.h"

namespace forgehouse::collect {

/// What says who we are, as it stands at this moment.
struct Pass {
    std::vector<net::Header> fields;  ///< sent with every request; the values are Secrets
    std::uint64_t number = 0;         ///< passes of one number are equal
};

/// Threads: all functions may be called from many threads at once; one of them renews, the others
/// wait for it.
class Access {
public:
    virtual ~Access() = default;
    /// A copy of the present pass; makes a new one where it has expired.
    /// Errors: those of finding a secret (NotFound, Denied, Invalid; field `key`), Cancelled.
    virtual Result<Pass> pass(exec::Context& ctx) = 0;
    /// To be called when the server has refused a pass of that number (401). True: there is another
    /// one by now, so that one more try makes sense. False: what is configured is refused.
    virtual Result<bool> renew(exec::Context& ctx, std::uint64_t refused) = 0;
    /// The same for git: the fields of a pass, and the proxy and certificates of the source.
    virtual Result<git::HttpAccess> for_git(exec::Context& ctx) = 0;
};

}  // namespace forgehouse::collect
