// Knock: one small HTTP request on a Unix socket, with nothing but system calls: for the moments
// before there is an HTTP client, and in processes that need none.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "base/secret.h"
#include "exec/context.h"

namespace forgehouse::engine {

struct KnockAnswer {
    unsigned status = 0;
    std::string body;
};

/// Sends `METHOD PATH` and reads the answer (64 KiB at most). Errors: NotFound where nobody
/// listens, Denied without the right to connect, Cancelled by the Context, Unavailable where the
/// listener hangs up or talks no HTTP.
Result<KnockAnswer> knock(exec::Context& ctx, const std::filesystem::path& socket,
                          std::string_view method, std::string_view path, const Secret& token);

}  // namespace forgehouse::engine
