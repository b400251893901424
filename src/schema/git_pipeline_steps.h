#pragma once

#include "schema/docs.h"
#include "schema/git_pipelines.h"
#include "schema/table.h"

namespace forgehouse::schema {

/// One step (job) of one pipeline run.
struct GitPipelineStep {
    Word data_source;
    std::string project_key;
    std::string repo_slug;
    std::string pipeline_id;
    std::string step_id;
    std::optional<std::string> name;
    std::optional<Word> kind;
    PipelineState state;
    std::optional<PipelineResult> result;
    std::optional<std::string> runner;
    std::optional<std::int64_t> exit_code;
    std::optional<Time> created_on;
    std::optional<Time> started_on;
    std::optional<Time> completed_on;
    std::optional<std::uint64_t> duration_seconds;
    std::optional<std::string> web_url;
    Json metadata;
    Time collected_at;
    std::uint64_t _version;
    std::uint8_t is_deleted;
};

inline constexpr auto git_pipeline_steps = table<GitPipelineStep>(
    "git_pipeline_steps", "One step (job) of one pipeline run.",
    repository_key("pipeline_id", "step_id"), "",
    column<&GitPipelineStep::pipeline_id>("As in git_pipelines."),
    column<&GitPipelineStep::step_id>("The forge's own id."),
    column<&GitPipelineStep::name>(docs::kName),
    column<&GitPipelineStep::kind>(
        "In the forge's words, such as a stage or deployment; NULL where it has none."),
    column<&GitPipelineStep::state>("How far it is."),
    column<&GitPipelineStep::result>("How it ended; NULL until it is completed."),
    column<&GitPipelineStep::runner>("The machine or runner that did it; NULL where unknown."),
    column<&GitPipelineStep::exit_code>("Of its command; NULL where unknown."),
    column<&GitPipelineStep::created_on>(docs::kCreatedOn),
    column<&GitPipelineStep::started_on>("When it began; NULL until it starts."),
    column<&GitPipelineStep::completed_on>("When it ended; NULL until it is completed."),
    column<&GitPipelineStep::duration_seconds>(
        "As the forge counts it; NULL until it is completed."),
    column<&GitPipelineStep::web_url>(docs::kWebUrl),
    column<&GitPipelineStep::metadata>(docs::kMetadata));

}  // namespace forgehouse::schema
