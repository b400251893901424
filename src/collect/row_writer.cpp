#include "collect/row_writer.h"

#include <fmt/format.h>

#include "schema/git_commit_files.h"
#include "schema/git_commits.h"
#include "schema/git_tickets.h"

namespace forgehouse::collect {

exec::Context storing_context() {
    return exec::Context().with_timeout(std::chrono::minutes(10));
}

RowGroup::RowGroup()
    : files(schema::git_commit_files.info()),
      tickets(schema::git_tickets.info()),
      commits(schema::git_commits.info()) {}

RowWriter::RowWriter(ports::Warehouse& warehouse, std::string token)
    : warehouse_(warehouse), token_(std::move(token)), thread_([this] { work(); }) {}

RowWriter::~RowWriter() {
    queue_.close();
}

Result<void> RowWriter::push(const exec::Context& ctx, RowGroup group) {
    ++in_hand_;
    TRY_LET(taken, queue_.push(ctx, std::move(group)));
    if (taken) return {};
    return failure();
}

Result<void> RowWriter::finish() {
    queue_.close();
    if (thread_.joinable()) thread_.join();
    return failure();
}

Result<void> RowWriter::failure() const {
    return state_.with([](const State& state) -> Result<void> {
        if (state.error) return Failure(*state.error);
        return {};
    });
}

Counts RowWriter::stored() const {
    return state_.with([](const State& state) { return state.stored; });
}

void RowWriter::work() {
    for (std::uint64_t sequence = 0;; ++sequence) {
        auto group = queue_.pop(exec::Context());
        if (!group || !*group) return;
        const auto done = store(**group, sequence);
        --in_hand_;
        state_.with([&](State& state) {
            if (done)
                state.stored += (*group)->counts;
            else
                state.error = done.error();
        });
        if (!done) return queue_.close();
    }
}

Result<void> RowWriter::store(const RowGroup& group, std::uint64_t sequence) {
    for (const schema::Batch* batch : {&group.files, &group.tickets, &group.commits}) {
        if (batch->empty()) continue;
        exec::Context ctx = storing_context();
        TRY(warehouse_.insert(ctx, *batch,
                              fmt::format("{}/{}/{}", token_, batch->table().name, sequence)));
    }
    return {};
}

}  // namespace forgehouse::collect
