// Observers: several that hear the same run.
#pragma once

#include <vector>

#include "collect/collect.h"

namespace forgehouse::app {

/// Tells each of them, in order. They outlive it.
class Observers final : public collect::Observer {
public:
    explicit Observers(std::vector<collect::Observer*> all) : all_(std::move(all)) {}

    void planned(std::string_view run_id, const std::vector<sources::Repo>& repos) override {
        for (auto* one : all_) one->planned(run_id, repos);
    }
    void started(const sources::RepoRef& repo) override {
        for (auto* one : all_) one->started(repo);
    }
    void progress(const collect::Progress& moment) override {
        for (auto* one : all_) one->progress(moment);
    }
    void finished(const collect::RepoReport& report) override {
        for (auto* one : all_) one->finished(report);
    }
    void api(const collect::ApiState& state) override {
        for (auto* one : all_) one->api(state);
    }

private:
    std::vector<collect::Observer*> all_;
};

}  // namespace forgehouse::app
