#pragma once

#include "schema/table.h"

namespace forgehouse::schema {

/// How complete one stream of one repository is in one window.
struct GitCoverage {
    Word data_source;
    std::string project_key;
    std::string repo_slug;
    std::string stream;
    std::string window;
    std::optional<std::uint64_t> expected;
    std::uint64_t stored;
    std::optional<std::uint64_t> missing;
    Time last_checked_at;
    Time collected_at;
    std::uint64_t _version;
    std::uint8_t is_deleted;
};

inline constexpr auto git_coverage = table<GitCoverage>(
    "git_coverage", "How complete one stream of one repository is in one window of time.",
    repository_key("stream", "window"), "",
    column<&GitCoverage::stream>("Such as commits or pull_requests."),
    column<&GitCoverage::window>("The window's name, such as 2024-02 or all."),
    column<&GitCoverage::expected>(
        "Items that the source says it has; NULL where it does not say."),
    column<&GitCoverage::stored>("Items that the warehouse holds."),
    column<&GitCoverage::missing>("Expected and not stored; NULL where unknown."),
    column<&GitCoverage::last_checked_at>("When this was counted."));

}  // namespace forgehouse::schema
