// FailingWarehouse: passes every call on to another warehouse until it is told to fail.
#pragma once

#include <atomic>

#include "ports/forwarding_warehouse.h"

namespace forgehouse::testing_support {

/// Counts the calls that write or read. From call `fail_from` on (counted from 1; 0: never) every
/// call fails, as for a process that is dead. With `lose_answer` the first failing insert or
/// amendment is stored all the same, and only its acknowledgement is lost.
class FailingWarehouse final : public ports::ForwardingWarehouse {
public:
    explicit FailingWarehouse(ports::Warehouse& inner) : ForwardingWarehouse(inner) {}

    std::atomic<std::size_t> fail_from = 0;
    std::atomic<bool> lose_answer = false;
    std::atomic<std::size_t> calls = 0;

    Result<void> insert(exec::Context& ctx, const schema::Batch& rows,
                        std::string_view token) override {
        return write([&] { return inner().insert(ctx, rows, token); });
    }
    Result<void> amend(exec::Context& ctx, const Amendment& amendment) override {
        return write([&] { return inner().amend(ctx, amendment); });
    }
    Result<ports::Answer> ask(exec::Context& ctx, const ports::Query& query) override {
        if (fails(++calls)) return dead();
        return inner().ask(ctx, query);
    }
    Result<void> read(exec::Context& ctx, const ports::Query& query, const schema::TableInfo& shape,
                      const ports::BlockSink& sink) override {
        if (fails(++calls)) return dead();
        return inner().read(ctx, query, shape, sink);
    }

private:
    bool fails(std::size_t call) const { return fail_from != 0 && call >= fail_from; }
    static Failure dead() {
        return Failure(Error(Errc::Unavailable, "the warehouse does not answer"));
    }
    template <class Write>
    Result<void> write(Write&& write) {
        const std::size_t call = ++calls;
        if (!fails(call)) return write();
        if (lose_answer && call == fail_from) TRY(write());
        return dead();
    }
};

}  // namespace forgehouse::testing_support
