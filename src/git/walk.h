// Walk: every commit that any ref reaches, once, children before parents, with the branch that it
// is named after. One pass over git's own output; memory grows with the refs and with the width of
// the history, not with its length.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "exec/context.h"
#include "git/object_id.h"
#include "git/refs.h"

namespace forgehouse::git {

class Repository;

struct WalkedCommit {
    ObjectId id;
    std::vector<ObjectId> parents;
    /// Index into Walk::branches().
    std::uint32_t branch = 0;
    bool is_in_default_branch = false;
};

/// Threads: one at a time.
class Walk {
public:
    /// Starts git. `refs` is copied as far as needed. A repository without commits is an empty
    /// walk.
    static Result<Walk> start(const exec::Context& ctx, const Repository& repository,
                              const Refs& refs);

    Walk(Walk&&) noexcept;
    Walk& operator=(Walk&&) noexcept;
    ~Walk();

    /// The next commit, children before their parents, the same order for the same refs; nullopt
    /// after the last. Errors: those of Repository::failure(), Corrupt for output that cannot be
    /// git's, Cancelled.
    Result<std::optional<WalkedCommit>> next(const exec::Context& ctx);

    /// The names that commits are called after, best first: the default branch, then the other
    /// heads by name, remote-tracking branches, tags, PR refs, all others. Short names for heads,
    /// full names for all others.
    const std::vector<std::string>& branches() const noexcept;

private:
    struct State;
    explicit Walk(std::unique_ptr<State> state) noexcept;
    std::unique_ptr<State> state_;
};

}  // namespace forgehouse::git
