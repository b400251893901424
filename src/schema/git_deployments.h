#pragma once

#include "schema/docs.h"
#include "schema/table.h"

namespace forgehouse::schema {

/// One deployment.
struct GitDeployment {
    Word data_source;
    std::string project_key;
    std::string repo_slug;
    std::string deployment_id;
    std::optional<Word> environment;
    std::optional<std::string> commit_hash;
    Word state;
    std::optional<Time> started_on;
    std::optional<Time> completed_on;
    Json metadata;
    Time collected_at;
    std::uint64_t _version;
    std::uint8_t is_deleted;
};

inline constexpr auto git_deployments = table<GitDeployment>(
    "git_deployments", "One deployment of one commit to one environment.",
    repository_key("deployment_id"), "",
    column<&GitDeployment::deployment_id>("The forge's own id."),
    column<&GitDeployment::environment>("Where to; NULL where unknown."),
    column<&GitDeployment::commit_hash>("What was deployed; NULL where unknown."),
    column<&GitDeployment::state>(
        "In upper case, in the forge's words, such as COMPLETED or FAILED."),
    column<&GitDeployment::started_on>("When it began; NULL where the forge does not say."),
    column<&GitDeployment::completed_on>("When it ended; NULL until it is completed."),
    column<&GitDeployment::metadata>(docs::kMetadata));

}  // namespace forgehouse::schema
