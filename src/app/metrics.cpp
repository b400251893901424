#include "app/metrics.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <utility>

#include "app/exposition.h"
#include "base/json.h"

namespace forgehouse::app {
namespace {

using Kind = Exposition::Kind;

double seconds(Time time) {
    return static_cast<double>(time.ms()) / 1000.0;
}

void add(collect::ApiCounts& sum, const collect::ApiCounts& more) {
    sum.calls += more.calls;
    sum.saved += more.saved;
    sum.waits += more.waits;
    sum.retries += more.retries;
    sum.bytes += more.bytes;
    sum.invalid += more.invalid;
    sum.quarantined += more.quarantined;
    for (const auto& [stream, calls] : more.by_stream) {
        const auto at =
            std::ranges::find(sum.by_stream, stream, [](const auto& p) { return p.first; });
        if (at == sum.by_stream.end())
            sum.by_stream.emplace_back(stream, calls);
        else
            at->second += calls;
    }
    for (const auto& answers : more.by_status) {
        const auto at = std::ranges::find_if(sum.by_status, [&](const auto& one) {
            return one.stream == answers.stream && one.status == answers.status;
        });
        if (at == sum.by_status.end())
            sum.by_status.push_back(answers);
        else
            at->count += answers.count;
    }
}

}  // namespace

void Metrics::run_began(std::string_view source, Time now) {
    of(source, [&](Source& s) {
        s.running = true;
        s.last_began = now;
        s.planned = s.done = 0;
        s.api_now = {};
    });
}

void Metrics::planned(std::string_view source, std::size_t repositories) {
    of(source, [&](Source& s) { s.planned = repositories; });
}

void Metrics::api(std::string_view source, const collect::ApiState& state) {
    of(source, [&](Source& s) { s.api_now = state; });
}

void Metrics::finished(std::string_view source, const collect::RepoReport& report, Time now) {
    of(source, [&](Source& s) {
        ++s.done;
        const bool good = report.outcome == collect::Outcome::Collected ||
                          report.outcome == collect::Outcome::Unchanged;
        if (good) s.fresh.insert_or_assign(sources::full_name(report.repo), now);
        ++s.repositories[std::string(collect::name_of(report.outcome))];
    });
}

void Metrics::run_ended(std::string_view source, const collect::Report& report) {
    of(source, [&](Source& s) {
        s.running = false;
        s.last_ended = report.completed;
        s.last_status = schema::name_of(report.status);
        s.last_error.clear();
        if (report.status == schema::RunStatus::Completed) s.last_completed = report.completed;
        s.last_seconds = static_cast<double>((report.completed - report.started).count()) / 1000.0;
        s.records_per_second = report.records_per_second();
        s.peak_memory = report.peak_memory;
        s.validation_failures += report.validation_failures();
        s.counts += report.totals;
        // What was renamed or deleted does not lag behind.
        std::set<std::string> names;
        for (const collect::RepoReport& one : report.repositories)
            names.insert(sources::full_name(one.repo));
        if (!names.empty())
            std::erase_if(s.fresh, [&](const auto& one) { return !names.contains(one.first); });
        add(s.api, report.api);
        s.api_now = {};
        ++s.runs[s.last_status];
    });
}

void Metrics::run_failed(std::string_view source, Time now, std::string_view why) {
    of(source, [&](Source& s) {
        s.running = false;
        s.last_ended = now;
        s.last_status = "failed";
        s.last_error = why;
        add(s.api, std::exchange(s.api_now, {}).counts);
        ++s.runs[s.last_status];
    });
}

void Metrics::keep_only(const std::set<std::string>& names) {
    state_.with([&](State& state) {
        std::erase_if(state.sources, [&](const auto& one) { return !names.contains(one.first); });
    });
}

void Metrics::inserted(std::string_view table, std::uint64_t rows, std::chrono::milliseconds took,
                       bool done) {
    state_.with([&](State& state) {
        state.inserting += took;
        if (done)
            state.rows[std::string(table)] += rows;
        else
            ++state.failed_inserts;
    });
}

Result<void> MeteredWarehouse::insert(exec::Context& ctx, const schema::Batch& rows,
                                      std::string_view token) {
    const auto began = std::chrono::steady_clock::now();
    auto done = ForwardingWarehouse::insert(ctx, rows, token);
    metrics_.inserted(rows.table().name, rows.rows(),
                      std::chrono::duration_cast<std::chrono::milliseconds>(
                          std::chrono::steady_clock::now() - began),
                      done.has_value());
    return done;
}

void Metrics::next_run(std::optional<Time> at) {
    state_.with([&](State& state) { state.next = at; });
}

collect::ApiCounts Metrics::total_api(const Source& source) {
    collect::ApiCounts sum = source.api;
    add(sum, source.api_now.counts);
    return sum;
}

/// Writes the families; here because each is a line of the reference.
class MetricsText {
public:
    using Source = Metrics::Source;

    MetricsText(const Metrics::State& state, std::uint64_t resident)
        : state_(state), resident_(resident) {}

    std::string write() {
        process();
        runs();
        stored();
        api();
        return out_.text();
    }

private:
    /// A family with one sample for each source, of those for which `value` gives one.
    template <class Value>
    void each(Literal name, Kind kind, Literal help, Value&& value) {
        out_.family(name, kind, help);
        for (const auto& [source, s] : state_.sources)
            if (const auto number = value(s)) out_.sample(*number, {{"source", source}});
    }
    template <class Value>
    void count(Literal name, Literal help, Value&& value) {
        each(name, Kind::Counter, help, [&](const Source& s) { return std::optional(value(s)); });
    }
    template <class Value>
    void gauge(Literal name, Literal help, Value&& value) {
        each(name, Kind::Gauge, help, [&](const Source& s) { return std::optional(value(s)); });
    }
    void moment(Literal name, Literal help, std::optional<Time> Source::* member) {
        each(name, Kind::Gauge, help, [&](const Source& s) -> std::optional<double> {
            if (!(s.*member)) return std::nullopt;
            return seconds(*(s.*member));
        });
    }

    void process() {
        out_.family("forgehouse_build_info", Kind::Gauge, "The version that runs.")
            .sample(std::uint64_t{1}, {{"version", FORGEHOUSE_VERSION}});
        out_.family("process_start_time_seconds", Kind::Gauge, "When this process began.")
            .sample(seconds(state_.started));
        if (resident_ > 0)
            out_.family("process_resident_memory_bytes", Kind::Gauge, "Memory of this process.")
                .sample(resident_);
        out_.family("forgehouse_next_run_timestamp_seconds", Kind::Gauge,
                    "When the next run begins; missing while one is at work.");
        if (state_.next) out_.sample(seconds(*state_.next));
    }

    void runs() {
        out_.family("forgehouse_runs_total", Kind::Counter, "Runs that ended, by how.");
        for (const auto& [source, s] : state_.sources)
            for (const auto& [status, number] : s.runs)
                out_.sample(number, {{"source", source}, {"status", status}});
        gauge("forgehouse_run_active", "Whether a run is at work.",
              [](const Source& s) { return std::uint64_t{s.running}; });
        moment("forgehouse_last_run_start_timestamp_seconds", "When the last run began.",
               &Source::last_began);
        moment("forgehouse_last_run_end_timestamp_seconds", "When the last run ended.",
               &Source::last_ended);
        moment("forgehouse_last_success_timestamp_seconds",
               "When the last run ended that completed.", &Source::last_completed);
        gauge("forgehouse_last_run_duration_seconds", "How long the last run took.",
              [](const Source& s) { return s.last_seconds; });
        gauge("forgehouse_last_run_records_per_second", "Rows stored per second in the last run.",
              [](const Source& s) { return s.records_per_second; });
        gauge("forgehouse_last_run_peak_memory_bytes", "The most memory that the last run had.",
              [](const Source& s) { return s.peak_memory; });
        gauge("forgehouse_run_repositories_planned", "Repositories of the present or last run.",
              [](const Source& s) { return s.planned; });
        gauge("forgehouse_run_repositories_done", "Repositories of it that are done.",
              [](const Source& s) { return s.done; });
        out_.family("forgehouse_repositories_total", Kind::Counter,
                    "Repositories done, by what came of them.");
        for (const auto& [source, s] : state_.sources)
            for (const auto& [outcome, number] : s.repositories)
                out_.sample(number, {{"source", source}, {"outcome", outcome}});
        out_.family("forgehouse_repository_fresh_timestamp_seconds", Kind::Gauge,
                    "When a repository was last read to its end: its lag is time() less this.");
        for (const auto& [source, s] : state_.sources)
            for (const auto& [repository, when] : s.fresh)
                out_.sample(seconds(when), {{"source", source}, {"repository", repository}});
    }

    void stored() {
        count("forgehouse_rows_total", "Rows stored.",
              [](const Source& s) { return s.counts.rows; });
        out_.family("forgehouse_table_rows_total", Kind::Counter, "Rows inserted, by table.");
        for (const auto& [table, rows] : state_.rows) out_.sample(rows, {{"table", table}});
        out_.family("forgehouse_insert_seconds_total", Kind::Counter,
                    "How long inserts took, with their retries, one beside the other added up.")
            .sample(static_cast<double>(state_.inserting.count()) / 1000.0);
        out_.family("forgehouse_failed_inserts_total", Kind::Counter,
                    "Inserts that failed after all retries.")
            .sample(state_.failed_inserts);
        count("forgehouse_commits_total", "Commits stored.",
              [](const Source& s) { return s.counts.commits; });
        count("forgehouse_pull_requests_total", "Pull requests stored.",
              [](const Source& s) { return s.counts.pull_requests; });
        count("forgehouse_tombstones_total", "Rows marked as deleted at the source.",
              [](const Source& s) { return s.counts.tombstones; });
        count("forgehouse_quarantined_total", "Items put aside because they could not be right.",
              [](const Source& s) {
                  return s.counts.quarantined + Metrics::total_api(s).quarantined;
              });
        count("forgehouse_put_off_total", "Items that failed and are tried again by the next run.",
              [](const Source& s) { return s.counts.put_off; });
        count("forgehouse_validation_failures_total", "Answers and items that could not be right.",
              [](const Source& s) { return s.validation_failures; });
        count("forgehouse_git_received_bytes_total", "Bytes that git fetched.",
              [](const Source& s) { return s.counts.fetched; });
    }

    void api() {
        out_.family("forgehouse_api_calls_total", Kind::Counter, "Requests sent, by stream.");
        for (const auto& [source, s] : state_.sources)
            for (const auto& [stream, number] : Metrics::total_api(s).by_stream)
                out_.sample(number, {{"source", source}, {"stream", stream}});
        out_.family("forgehouse_api_answers_total", Kind::Counter,
                    "Answers, by stream and HTTP status; status 0: none came.");
        for (const auto& [source, s] : state_.sources)
            for (const auto& answers : Metrics::total_api(s).by_status)
                out_.sample(answers.count, {{"source", source},
                                            {"stream", answers.stream},
                                            {"status", std::to_string(answers.status)}});
        const auto api_count = [&](Literal name, Literal help,
                                   std::uint64_t collect::ApiCounts::* member) {
            count(name, help, [&](const Source& s) { return Metrics::total_api(s).*member; });
        };
        api_count("forgehouse_api_calls_saved_total",
                  "Requests spared by caches, ETags and fingerprints.", &collect::ApiCounts::saved);
        api_count("forgehouse_api_waits_total", "Waits for the rate limit.",
                  &collect::ApiCounts::waits);
        api_count("forgehouse_api_retries_total", "Requests tried again.",
                  &collect::ApiCounts::retries);
        api_count("forgehouse_api_received_bytes_total", "Bytes of answers, unpacked.",
                  &collect::ApiCounts::bytes);
        api_count("forgehouse_api_invalid_answers_total",
                  "Answers that were not what they should be.", &collect::ApiCounts::invalid);
        gauge("forgehouse_api_in_flight", "Requests under way.",
              [](const Source& s) { return std::uint64_t{s.api_now.in_flight}; });
        gauge("forgehouse_pull_requests_to_read", "Listed, and waiting to be read.",
              [](const Source& s) { return s.api_now.to_read; });
        gauge("forgehouse_pull_requests_to_store", "Read, and waiting for the store.",
              [](const Source& s) { return s.api_now.to_store; });
        gauge("forgehouse_api_concurrency", "Requests that are thought good at once.",
              [](const Source& s) { return std::uint64_t{s.api_now.concurrency}; });
        each("forgehouse_api_limit_per_second", Kind::Gauge,
             "Requests that the server lets through, as learned.",
             [](const Source& s) { return s.api_now.per_second; });
    }

    const Metrics::State& state_;
    const std::uint64_t resident_;
    Exposition out_;
};

std::string Metrics::text(std::uint64_t resident) const {
    return state_.with([&](const State& state) { return MetricsText(state, resident).write(); });
}

std::string Metrics::health(Time now) const {
    return state_.with([&](const State& state) {
        const bool degraded = std::ranges::any_of(state.sources, [](const auto& one) {
            return !one.second.last_status.empty() && one.second.last_status != "completed";
        });
        json::Writer out;
        out.object().name("status").text(degraded ? "degraded" : "ok");
        out.name("time").text(to_iso(now)).name("started").text(to_iso(state.started));
        out.name("next_run");
        state.next ? out.text(to_iso(*state.next)) : out.null();
        out.name("sources").array();
        for (const auto& [name, s] : state.sources) {
            out.object().name("source").text(name).name("running").flag(s.running);
            out.name("last_status").text(s.last_status).name("last_error").text(s.last_error);
            out.name("last_run");
            s.last_ended ? out.text(to_iso(*s.last_ended)) : out.null();
            out.end();
        }
        out.end().end();
        return out.take() + '\n';
    });
}

std::uint64_t resident_memory() {
    std::ifstream file("/proc/self/statm");
    std::uint64_t total = 0;
    std::uint64_t resident = 0;
    if (!(file >> total >> resident)) return 0;
    return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace forgehouse::app
