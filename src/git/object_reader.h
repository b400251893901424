// ObjectReader: whole objects by id, from one git process that stays.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "exec/context.h"
#include "git/object_id.h"
#include "git/refs.h"
#include "git/stream.h"

namespace forgehouse::git {

class Repository;

/// One object; `content` stays good until the next call.
struct RawObject {
    ObjectType type;
    std::string_view content;
};

/// Threads: one at a time.
class ObjectReader {
public:
    static Result<ObjectReader> start(const Repository& repository);

    /// Asks for objects; they come back by next() in this order.
    void ask(std::span<const ObjectId> ids);
    /// The next object that was asked for. A missing one has type Missing.
    /// Errors: those of Repository::failure(), with field `object`; Cancelled.
    Result<RawObject> next(const exec::Context& ctx);
    /// The content of the last object is needed no more.
    void release() { stream_.release(); }

private:
    ObjectReader(const Repository& repository, exec::Process process)
        : repository_(&repository), stream_(std::move(process)) {}
    Error failure(const exec::Context& ctx);

    const Repository* repository_;
    Stream stream_;
};

}  // namespace forgehouse::git
