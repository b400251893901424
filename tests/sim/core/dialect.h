// Dialect: how one forge speaks. The server in `server.cpp` does for every forge what is the same:
// faults, counters, git over HTTP, its own endpoints.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "exec/context.h"
#include "sim/core/exchange.h"
#include "sim/core/faults.h"
#include "sim/core/manifest.h"

namespace forgehouse::sim {

/// Who asks, and what they may see.
enum class Viewer : unsigned char { Nobody, Reader, Administrator };

/// Threads: all functions may be called from many threads at once.
class Dialect {
public:
    virtual ~Dialect() = default;
    /// The word of the counters for a request.
    virtual std::string kind_of(const Asked& asked) const = 0;
    /// Who asks, or the refusal. `is_expired`: their token no longer counts.
    virtual std::variant<Viewer, Answer> let_in(const Asked& asked, bool is_expired) const = 0;
    virtual Answer answer(const exec::Context& ctx, const Asked& asked, Viewer viewer,
                          const Plan& plan) const = 0;
    /// The product's own words for a failure of that status.
    virtual Answer failure(unsigned status) const = 0;
    /// A request of git's: the bare folder and what follows it in the path; or the refusal;
    /// nullopt for a request that is none of git's.
    struct GitPlace {
        std::string folder;
        std::string rest;
    };
    virtual std::optional<std::variant<GitPlace, Answer>> git_place(const Asked& asked,
                                                                    Viewer viewer) const = 0;
    /// Changes something in the list that the request is about.
    virtual void drift(const exec::Context& ctx, const Asked& asked) = 0;
    /// The rows that must come out. Errors: what git says.
    virtual Result<Manifest> manifest(const exec::Context& ctx) const = 0;
};

}  // namespace forgehouse::sim
