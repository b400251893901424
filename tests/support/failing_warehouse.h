// FailingWarehouse: passes every call on to another warehouse until it is told to fail.
#pragma once

#include <atomic>

#include "ports/warehouse.h"

namespace forgehouse::testing_support {

/// Counts the calls that write or read. From call `fail_from` on (counted from 1; 0: never) every
/// call fails, as for a process that is dead. With `lose_answer` the first failing insert or
/// amendment is stored all the same, and only its acknowledgement is lost.
class FailingWarehouse final : public ports::Warehouse {
public:
    explicit FailingWarehouse(ports::Warehouse& inner) : inner_(inner) {}

    std::atomic<std::size_t> fail_from = 0;
    std::atomic<bool> lose_answer = false;
    std::atomic<std::size_t> calls = 0;

    Result<ports::Prepared> prepare(exec::Context& ctx) override { return inner_.prepare(ctx); }
    Result<void> insert(exec::Context& ctx, const schema::Batch& rows,
                        std::string_view token) override {
        return write([&] { return inner_.insert(ctx, rows, token); });
    }
    Result<void> amend(exec::Context& ctx, const Amendment& amendment) override {
        return write([&] { return inner_.amend(ctx, amendment); });
    }
    Result<ports::Answer> ask(exec::Context& ctx, const ports::Query& query) override {
        if (fails(++calls)) return dead();
        return inner_.ask(ctx, query);
    }
    Result<void> read(exec::Context& ctx, const ports::Query& query, const schema::TableInfo& shape,
                      const ports::BlockSink& sink) override {
        if (fails(++calls)) return dead();
        return inner_.read(ctx, query, shape, sink);
    }
    Result<void> pass_through(exec::Context& ctx, const ports::Query& query,
                              std::string_view format, const ports::ByteSink& sink) override {
        return inner_.pass_through(ctx, query, format, sink);
    }
    Result<std::string> version(exec::Context& ctx) override { return inner_.version(ctx); }

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

    ports::Warehouse& inner_;
};

}  // namespace forgehouse::testing_support
