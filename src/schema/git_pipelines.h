#pragma once

#include "schema/docs.h"
#include "schema/table.h"

namespace forgehouse::schema {

/// How far a pipeline or step is.
enum class PipelineState : std::uint8_t { Pending, Running, Completed };

constexpr std::string_view name_of(PipelineState value) noexcept {
    switch (value) {
        case PipelineState::Pending: return "PENDING";
        case PipelineState::Running: return "RUNNING";
        case PipelineState::Completed: return "COMPLETED";
    }
    return "";
}

/// How a completed pipeline or step ended.
enum class PipelineResult : std::uint8_t { Successful, Failed, Stopped, Error, Skipped };

constexpr std::string_view name_of(PipelineResult value) noexcept {
    switch (value) {
        case PipelineResult::Successful: return "SUCCESSFUL";
        case PipelineResult::Failed: return "FAILED";
        case PipelineResult::Stopped: return "STOPPED";
        case PipelineResult::Error: return "ERROR";
        case PipelineResult::Skipped: return "SKIPPED";
    }
    return "";
}

/// One run of a build pipeline.
struct GitPipeline {
    Word data_source;
    std::string project_key;
    std::string repo_slug;
    std::string pipeline_id;
    std::optional<std::int64_t> number;
    std::optional<std::string> name;
    std::optional<Word> trigger;
    std::optional<std::string> ref;
    std::optional<std::string> commit_hash;
    PipelineState state;
    std::optional<PipelineResult> result;
    Time created_on;
    std::optional<Time> started_on;
    std::optional<Time> completed_on;
    std::optional<std::uint64_t> duration_seconds;
    std::optional<std::string> web_url;
    Json metadata;
    Time collected_at;
    std::uint64_t _version;
    std::uint8_t is_deleted;
};

inline constexpr auto git_pipelines = table<GitPipeline>(
    "git_pipelines", "One run of a build pipeline.", repository_key("pipeline_id"), "created_on",
    column<&GitPipeline::pipeline_id>("The forge's own id."),
    column<&GitPipeline::number>("The number that people see; NULL where there is none."),
    column<&GitPipeline::name>(docs::kName),
    column<&GitPipeline::trigger>("What started it, in the forge's words; NULL where unknown."),
    column<&GitPipeline::ref>("Branch or tag that it ran for; NULL where for none."),
    column<&GitPipeline::commit_hash>("The commit that it ran for; NULL where unknown."),
    column<&GitPipeline::state>("How far it is."),
    column<&GitPipeline::result>("How it ended; NULL until it is completed."),
    column<&GitPipeline::created_on>("When it was asked for."),
    column<&GitPipeline::started_on>("When it began; NULL until it starts."),
    column<&GitPipeline::completed_on>("When it ended; NULL until it is completed."),
    column<&GitPipeline::duration_seconds>("As the forge counts it; NULL until it is completed."),
    column<&GitPipeline::web_url>(docs::kWebUrl), column<&GitPipeline::metadata>(docs::kMetadata));

}  // namespace forgehouse::schema
