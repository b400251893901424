// Tickets: keys of a tracker outside (ABC-123) in a text, by Jira's own rule.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "collect/collect.h"

namespace forgehouse::collect {

/// Projects that look like keys and are none: UTF-8, SHA-256, ISO-8601, … Sorted.
std::span<const std::string_view> denied_projects() noexcept;

/// Threads: find() may be called from many threads at once.
class TicketFinder {
public:
    explicit TicketFinder(const TicketRules& rules);

    /// The keys in the order of their first appearance, each once, in upper case. Linear time.
    std::vector<std::string> find(std::string_view text) const;

private:
    bool wanted(std::string_view project) const;
    std::vector<std::string> allowed_;
    bool ignore_case_;
};

}  // namespace forgehouse::collect
