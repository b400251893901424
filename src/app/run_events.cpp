#include "app/run_events.h"

#include <fmt/format.h>

#include "app/notice.h"
#include "base/text.h"

namespace forgehouse::app {
namespace {

/// So often a run of many repositories says how far it is.
constexpr std::uint64_t kStep = 10;

}  // namespace

/// An event in both of its forms.
class RunEvents::Event {
public:
    Event(Time now, std::string message)
        : notice_(now, message), line_(fmt::format("{} {}", to_text(now), message)) {}

    Event& text(std::string_view name, std::string_view value) {
        notice_.text(name, value);
        line_ += fmt::format(" {}={}", name, text::printable(value));
        return *this;
    }
    Event& count(std::string_view name, std::uint64_t value) {
        notice_.count(name, value);
        line_ += fmt::format(" {}={}", name, value);
        return *this;
    }
    std::string take(bool json) { return json ? notice_.take() : line_ + '\n'; }

private:
    Notice notice_;
    std::string line_;
};

void RunEvents::say(Event event) {
    event.text("run_id", run_id_);
    options_.say(event.take(options_.json));
}

void RunEvents::planned(std::string_view run_id, const std::vector<sources::Repo>& repositories) {
    run_id_ = run_id;
    planned_ = repositories.size();
    say(Event(options_.now(), "Starting ETL run").count("repositories", planned_));
}

void RunEvents::finished(const collect::RepoReport& report) {
    ++done_;
    if (report.outcome == collect::Outcome::Failed && report.error)
        say(Event(options_.now(), "Failed to collect commits")
                .text("repository", sources::full_name(report.repo))
                .text("error", report.error->describe()));
    if (done_ % kStep == 0 && done_ < planned_) processed();
}

void RunEvents::processed() {
    say(Event(options_.now(), fmt::format("Processed {} repositories", done_))
            .count("repositories", done_)
            .count("of", planned_));
}

void RunEvents::ended(const collect::Report& report) {
    run_id_ = report.run_id;
    processed();
    say(Event(options_.now(), "ETL completed")
            .text("status", schema::name_of(report.status))
            .count("duration_ms",
                   static_cast<std::uint64_t>((report.completed - report.started).count()))
            .count("commits", report.totals.commits)
            .count("pull_requests", report.totals.pull_requests)
            .count("records", report.totals.rows)
            .count("records_per_second", static_cast<std::uint64_t>(report.records_per_second()))
            .count("api_calls", report.api.calls)
            .count("retries", report.api.retries)
            .count("validation_failures", report.validation_failures())
            .count("peak_memory", report.peak_memory));
}

}  // namespace forgehouse::app
