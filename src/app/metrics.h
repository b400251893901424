// Metrics: what a process that collects again and again has done so far, for Prometheus, and
// whether all is well with it, for whoever watches over it.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/time.h"
#include "collect/collect.h"
#include "exec/clock.h"
#include "exec/guarded.h"
#include "ports/forwarding_warehouse.h"

namespace forgehouse::app {

/// Threads: all functions may be called from many threads at once.
class Metrics {
public:
    explicit Metrics(Time started) {
        state_.with([&](State& state) { state.started = started; });
    }

    void run_began(std::string_view source, Time now);
    void planned(std::string_view source, std::size_t repositories);
    void api(std::string_view source, const collect::ApiState& state);
    void finished(std::string_view source, const collect::RepoReport& report, Time now);
    void run_ended(std::string_view source, const collect::Report& report);
    /// A run that did not come about, or broke off.
    void run_failed(std::string_view source, Time now, std::string_view why);
    void next_run(std::optional<Time> at);
    /// Forgets the sources with other names: they are not configured any more.
    void keep_only(const std::set<std::string>& names);
    /// An insert into the warehouse, whoever made it.
    void inserted(std::string_view table, std::uint64_t rows, std::chrono::milliseconds took,
                  bool done);

    /// The body of /metrics. `resident` bytes of this process, 0 where unknown.
    std::string text(std::uint64_t resident) const;
    /// The body of /healthz: JSON with `status` (`ok`, or `degraded` where the last run of a source
    /// did not complete), what runs, and when it runs again.
    std::string health(Time now) const;

private:
    struct Source {
        bool running = false;
        std::optional<Time> last_began;
        std::optional<Time> last_ended;
        std::optional<Time> last_completed;
        std::string last_status;
        std::string last_error;
        double last_seconds = 0;
        double records_per_second = 0;
        std::uint64_t planned = 0;
        std::uint64_t done = 0;
        std::uint64_t peak_memory = 0;
        std::uint64_t validation_failures = 0;
        collect::Counts counts;                             ///< of all runs that ended
        collect::ApiCounts api;                             ///< the same
        collect::ApiState api_now;                          ///< of the one that runs
        std::map<std::string, std::uint64_t> runs;          ///< by status
        std::map<std::string, std::uint64_t> repositories;  ///< by outcome
        std::map<std::string, Time> fresh;  ///< when each repository was last read to its end
    };
    struct State {
        Time started;
        std::optional<Time> next;
        std::map<std::string, Source, std::less<>> sources;
        std::map<std::string, std::uint64_t, std::less<>> rows;  ///< by table
        std::chrono::milliseconds inserting{};
        std::uint64_t failed_inserts = 0;
    };
    template <class Use>
    void of(std::string_view source, Use&& use) {
        state_.with([&](State& state) { use(state.sources[std::string(source)]); });
    }
    static collect::ApiCounts total_api(const Source& source);

    exec::Guarded<State> state_;
    friend class MetricsText;
};

/// What a run says goes into the metrics of its source. Both outlive it.
class MetricsObserver final : public collect::Observer {
public:
    MetricsObserver(Metrics& metrics, std::string source, const exec::Clock& clock)
        : metrics_(metrics), source_(std::move(source)), clock_(clock) {}
    void planned(std::string_view, const std::vector<sources::Repo>& repositories) override {
        metrics_.planned(source_, repositories.size());
    }
    void finished(const collect::RepoReport& report) override {
        metrics_.finished(source_, report, clock_.now());
    }
    void api(const collect::ApiState& state) override { metrics_.api(source_, state); }

private:
    Metrics& metrics_;
    const std::string source_;
    const exec::Clock& clock_;
};

/// A warehouse whose inserts are counted. Both outlive it.
class MeteredWarehouse final : public ports::ForwardingWarehouse {
public:
    MeteredWarehouse(ports::Warehouse& inner, Metrics& metrics)
        : ForwardingWarehouse(inner), metrics_(metrics) {}

    Result<void> insert(exec::Context& ctx, const schema::Batch& rows,
                        std::string_view token) override;

private:
    Metrics& metrics_;
};

/// Bytes of memory that this process has resident; 0 where the system does not say.
std::uint64_t resident_memory();

}  // namespace forgehouse::app
