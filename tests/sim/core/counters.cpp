#include "sim/core/counters.h"

#include "base/json.h"

namespace forgehouse::sim {

void Counters::asked(std::string_view kind) {
    state_.with([&](State& state) {
        ++state.total;
        ++state.calls[std::string(kind)];
    });
}

void Counters::answered(unsigned status, std::size_t bytes) {
    state_.with([&](State& state) {
        ++state.status[fmt::to_string(status)];
        state.bytes += bytes;
    });
}

void Counters::fault(std::string_view name) {
    state_.with([&](State& state) { ++state.faults[std::string(name)]; });
}

void Counters::reset() {
    state_.with([](State& state) { state = State(); });
}

std::string Counters::json() const {
    return state_.with([](const State& state) {
        json::Writer out;
        out.object().name("total").count(state.total).name("bytes").count(state.bytes);
        const auto list = [&](std::string_view name, const auto& counts) {
            out.name(name).object();
            for (const auto& [word, count] : counts) out.name(word).count(count);
            out.end();
        };
        list("calls", state.calls);
        list("status", state.status);
        list("faults", state.faults);
        return out.end().take();
    });
}

}  // namespace forgehouse::sim
