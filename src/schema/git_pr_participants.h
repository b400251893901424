#pragma once

#include "schema/docs.h"
#include "schema/git_pr_reviewers.h"
#include "schema/table.h"

namespace forgehouse::schema {

/// The part that a person takes in a pull request.
enum class ParticipantRole : std::uint8_t { Author, Reviewer, Participant };

constexpr std::string_view name_of(ParticipantRole value) noexcept {
    switch (value) {
        case ParticipantRole::Author: return "AUTHOR";
        case ParticipantRole::Reviewer: return "REVIEWER";
        case ParticipantRole::Participant: return "PARTICIPANT";
    }
    return "";
}

/// One person who takes part in a pull request.
struct GitPrParticipant {
    Word data_source;
    std::string project_key;
    std::string repo_slug;
    std::int64_t pr_id;
    std::string participant_uuid;
    std::optional<std::string> participant_name;
    std::optional<std::string> participant_email;
    ParticipantRole role;
    std::optional<ReviewStatus> status;
    bool approved;
    std::optional<std::string> last_reviewed_commit;
    Json metadata;
    Time collected_at;
    std::uint64_t _version;
    std::uint8_t is_deleted;
};

inline constexpr auto git_pr_participants = table<GitPrParticipant>(
    "git_pr_participants", "One person who takes part in a pull request.",
    repository_key("pr_id", "participant_uuid"), "", column<&GitPrParticipant::pr_id>(docs::kPrId),
    column<&GitPrParticipant::participant_uuid>(
        "The forge's id of the person (git_users.user_uuid)."),
    column<&GitPrParticipant::participant_name>(docs::kPersonName),
    column<&GitPrParticipant::participant_email>(
        "The person's e-mail address; NULL where the forge does not say."),
    column<&GitPrParticipant::role>("The part that the person takes."),
    column<&GitPrParticipant::status>("The person's verdict; NULL where there is none."),
    column<&GitPrParticipant::approved>("Whether the verdict is an approval that still stands."),
    column<&GitPrParticipant::last_reviewed_commit>(
        "The commit that the person reviewed last; NULL where there is none or the forge does not "
        "say."),
    column<&GitPrParticipant::metadata>(docs::kMetadata));

}  // namespace forgehouse::schema
