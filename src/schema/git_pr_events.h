#pragma once

#include "schema/docs.h"
#include "schema/table.h"

namespace forgehouse::schema {

/// One thing that happened to a pull request.
struct GitPrEvent {
    Word data_source;
    std::string project_key;
    std::string repo_slug;
    std::int64_t pr_id;
    std::string event_id;
    Word action;
    std::optional<std::string> actor_name;
    std::optional<std::string> actor_uuid;
    Time occurred_at;
    std::optional<std::string> from_hash;
    std::optional<std::string> to_hash;
    std::optional<std::string> previous_from_hash;
    std::optional<std::string> previous_to_hash;
    Json metadata;
    Time collected_at;
    std::uint64_t _version;
    std::uint8_t is_deleted;
};

inline constexpr auto git_pr_events = table<GitPrEvent>(
    "git_pr_events", "One thing that happened to a pull request.",
    repository_key("pr_id", "event_id"), "occurred_at", column<&GitPrEvent::pr_id>(docs::kPrId),
    column<&GitPrEvent::event_id>("The forge's own id of the event."),
    column<&GitPrEvent::action>(
        "OPENED, UPDATED, RESCOPED, APPROVED, UNAPPROVED, REVIEWED, COMMENTED, MERGED, DECLINED, "
        "REOPENED, LABELED, or what else the forge reports."),
    column<&GitPrEvent::actor_name>(docs::kPersonName),
    column<&GitPrEvent::actor_uuid>(docs::kPersonUuid),
    column<&GitPrEvent::occurred_at>("When it happened."),
    column<&GitPrEvent::from_hash>("Source head after a rescope; else NULL."),
    column<&GitPrEvent::to_hash>("Destination head after a rescope; else NULL."),
    column<&GitPrEvent::previous_from_hash>("Source head before a rescope; else NULL."),
    column<&GitPrEvent::previous_to_hash>("Destination head before a rescope; else NULL."),
    column<&GitPrEvent::metadata>(docs::kMetadata));

}  // namespace forgehouse::schema
