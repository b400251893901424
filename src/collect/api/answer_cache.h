// AnswerCache: the last answers that a server put a mark (ETag) on, so that it can say "as before".
#pragma once

#include <set>

#include "exec/guarded.h"
#include "ports/objects.h"

namespace forgehouse::collect {

struct CachedAnswer {
    std::string etag;
    std::string body;
};

/// Kept among the checkpoints, as `answers/<source>/<hash of the target>`: the etag, a newline, and
/// the body packed. Threads: all functions may be called from many threads at once.
class AnswerCache {
public:
    /// Errors: those of the objects.
    static Result<std::unique_ptr<AnswerCache>> open(exec::Context& ctx, ports::Objects& objects,
                                                     std::string_view data_source);

    /// nullopt where none is kept; a damaged one counts as none.
    Result<std::optional<CachedAnswer>> find(exec::Context& ctx, std::string_view target);
    Result<void> keep(exec::Context& ctx, std::string_view target, const CachedAnswer& answer);

private:
    AnswerCache(ports::Objects& objects, std::string prefix)
        : objects_(objects), prefix_(std::move(prefix)) {}
    std::string key_of(std::string_view target) const;

    ports::Objects& objects_;
    const std::string prefix_;
    /// What is there: most servers put marks on nothing, and then no file is ever looked for.
    exec::Guarded<std::set<std::string, std::less<>>> keys_;
};

}  // namespace forgehouse::collect
