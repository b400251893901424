// RunEvents: the events of a run by the names that watchers of such jobs look for: "Starting ETL
// run", "Processed N repositories", "Failed to collect commits", "ETL completed", each with the
// run's id. JSON objects with --log-format json, else plain lines with -v or in a service.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "collect/collect.h"

namespace forgehouse::app {

/// Threads: as collect::Observer says, one call at a time.
class RunEvents final : public collect::Observer {
public:
    struct Options {
        bool json = false;
        std::function<Time()> now;
        std::function<void(std::string_view line)> say;
    };
    explicit RunEvents(Options options) : options_(std::move(options)) {}

    void planned(std::string_view run_id, const std::vector<sources::Repo>& repositories) override;
    void finished(const collect::RepoReport& report) override;
    /// The run is over; after the last of the others.
    void ended(const collect::Report& report);

private:
    class Event;
    void processed();
    void say(Event event);

    Options options_;
    std::string run_id_;
    std::uint64_t planned_ = 0;
    std::uint64_t done_ = 0;
};

}  // namespace forgehouse::app
