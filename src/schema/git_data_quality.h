#pragma once

#include "schema/table.h"

namespace forgehouse::schema {

/// How much a finding matters.
enum class Severity : std::uint8_t { Info, Warning, Error };

constexpr std::string_view name_of(Severity value) noexcept {
    switch (value) {
        case Severity::Info: return "INFO";
        case Severity::Warning: return "WARNING";
        case Severity::Error: return "ERROR";
    }
    return "";
}

/// What one check of one run found in one table.
struct GitDataQuality {
    Word data_source;
    std::string project_key;
    std::string repo_slug;
    std::string run_id;
    std::string check;
    std::string table_name;
    std::uint64_t checked;
    std::uint64_t failed;
    TextList sample;
    Severity severity;
    Time collected_at;
    std::uint64_t _version;
    std::uint8_t is_deleted;
};

inline constexpr auto git_data_quality = table<GitDataQuality>(
    "git_data_quality", "What one check of one run found in one table.",
    repository_key("run_id", "check", "table_name"), "",
    column<&GitDataQuality::run_id>("The run, as in git_collection_runs."),
    column<&GitDataQuality::check>("Name of the check."),
    column<&GitDataQuality::table_name>("The table that was looked at."),
    column<&GitDataQuality::checked>("Rows or items looked at."),
    column<&GitDataQuality::failed>("Those that were not right."),
    column<&GitDataQuality::sample>("Some of those that were not right, by their keys."),
    column<&GitDataQuality::severity>("How much a failure of the check matters."));

}  // namespace forgehouse::schema
