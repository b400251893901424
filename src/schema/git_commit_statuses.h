#pragma once

#include "schema/docs.h"
#include "schema/table.h"

namespace forgehouse::schema {

/// What one outside check says about one commit.
struct GitCommitStatus {
    Word data_source;
    std::string project_key;
    std::string repo_slug;
    std::string commit_hash;
    std::string status_key;
    std::optional<std::string> name;
    Word state;
    std::optional<std::string> description;
    std::optional<std::string> author_name;
    std::optional<Time> created_on;
    std::optional<Time> updated_on;
    std::optional<std::string> web_url;
    Json metadata;
    Time collected_at;
    std::uint64_t _version;
    std::uint8_t is_deleted;
};

inline constexpr auto git_commit_statuses = table<GitCommitStatus>(
    "git_commit_statuses", "What one check or build outside says about one commit.",
    repository_key("commit_hash", "status_key"), "",
    column<&GitCommitStatus::commit_hash>(docs::kCommitHash),
    column<&GitCommitStatus::status_key>(
        "The reporter's own key of the check, one for each commit."),
    column<&GitCommitStatus::name>(docs::kName),
    column<&GitCommitStatus::state>(
        "In upper case, in the forge's words, such as SUCCESSFUL or INPROGRESS."),
    column<&GitCommitStatus::description>(docs::kDescription),
    column<&GitCommitStatus::author_name>("Who reported it; NULL where unknown."),
    column<&GitCommitStatus::created_on>(docs::kCreatedOn),
    column<&GitCommitStatus::updated_on>(docs::kUpdatedOn),
    column<&GitCommitStatus::web_url>(docs::kWebUrl),
    column<&GitCommitStatus::metadata>(docs::kMetadata));

}  // namespace forgehouse::schema
