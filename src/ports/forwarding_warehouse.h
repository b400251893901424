// ForwardingWarehouse: passes every call on to another warehouse. What wants to see or change some
// of them derives from it and overrides those.
#pragma once

#include "ports/warehouse.h"

namespace forgehouse::ports {

/// Effects, errors and threads: those of the warehouse behind it, which outlives it.
class ForwardingWarehouse : public Warehouse {
public:
    explicit ForwardingWarehouse(Warehouse& inner) : inner_(inner) {}

    Result<Prepared> prepare(exec::Context& ctx) override { return inner_.prepare(ctx); }
    Result<void> insert(exec::Context& ctx, const schema::Batch& rows,
                        std::string_view token) override {
        return inner_.insert(ctx, rows, token);
    }
    Result<void> amend(exec::Context& ctx, const Amendment& amendment) override {
        return inner_.amend(ctx, amendment);
    }
    Result<Answer> ask(exec::Context& ctx, const Query& query) override {
        return inner_.ask(ctx, query);
    }
    Result<void> read(exec::Context& ctx, const Query& query, const schema::TableInfo& shape,
                      const BlockSink& sink) override {
        return inner_.read(ctx, query, shape, sink);
    }
    Result<void> pass_through(exec::Context& ctx, const Query& query, std::string_view format,
                              const ByteSink& sink) override {
        return inner_.pass_through(ctx, query, format, sink);
    }
    Result<std::string> version(exec::Context& ctx) override { return inner_.version(ctx); }

protected:
    Warehouse& inner() noexcept { return inner_; }

private:
    Warehouse& inner_;
};

}  // namespace forgehouse::ports
