#pragma once

#include "schema/docs.h"
#include "schema/git_users.h"
#include "schema/table.h"

namespace forgehouse::schema {

/// What a reviewer said about a pull request.
enum class ReviewStatus : std::uint8_t {
    Approved,
    Unapproved,
    NeedsWork,
    ChangesRequested,
    Commented,
    Dismissed,
    Requested
};

constexpr std::string_view name_of(ReviewStatus value) noexcept {
    switch (value) {
        case ReviewStatus::Approved: return "APPROVED";
        case ReviewStatus::Unapproved: return "UNAPPROVED";
        case ReviewStatus::NeedsWork: return "NEEDS_WORK";
        case ReviewStatus::ChangesRequested: return "CHANGES_REQUESTED";
        case ReviewStatus::Commented: return "COMMENTED";
        case ReviewStatus::Dismissed: return "DISMISSED";
        case ReviewStatus::Requested: return "REQUESTED";
    }
    return "";
}

/// One review, or one reviewer where a forge keeps one state for each.
struct GitPrReviewer {
    Word data_source;
    std::string project_key;
    std::string repo_slug;
    std::int64_t pr_id;
    std::string reviewer_uuid;
    std::string review_id;
    std::optional<std::string> reviewer_name;
    std::optional<std::string> reviewer_email;
    std::optional<UserType> reviewer_type;
    ReviewStatus status;
    std::optional<Word> role;
    bool approved;
    std::optional<std::string> commit_hash;
    std::optional<Time> reviewed_at;
    std::optional<std::string> body;
    Json metadata;
    Time collected_at;
    std::uint64_t _version;
    std::uint8_t is_deleted;
};

inline constexpr auto git_pr_reviewers = table<GitPrReviewer>(
    "git_pr_reviewers",
    "One review of a pull request; where a reviewer has one present state and not numbered "
    "reviews, one row for each reviewer.",
    repository_key("pr_id", "reviewer_uuid", "review_id"), "",
    column<&GitPrReviewer::pr_id>(docs::kPrId),
    column<&GitPrReviewer::reviewer_uuid>("The forge's id of the reviewer (git_users.user_uuid)."),
    column<&GitPrReviewer::review_id>(
        "The review's own id; '' where the forge does not number reviews."),
    column<&GitPrReviewer::reviewer_name>(docs::kPersonName),
    column<&GitPrReviewer::reviewer_email>(
        "The reviewer's e-mail address; NULL where the forge does not say."),
    column<&GitPrReviewer::reviewer_type>(
        "What kind of account the reviewer has; NULL where unknown."),
    column<&GitPrReviewer::status>("The reviewer's verdict."),
    column<&GitPrReviewer::role>(
        "Why the reviewer was asked, in the forge's words; NULL where unknown."),
    column<&GitPrReviewer::approved>("Whether the verdict is an approval that still stands."),
    column<&GitPrReviewer::commit_hash>("The commit that was reviewed; NULL where unknown."),
    column<&GitPrReviewer::reviewed_at>(
        "NULL where the reviewer has not answered or the forge does not say when."),
    column<&GitPrReviewer::body>("The review's text; NULL where there is none."),
    column<&GitPrReviewer::metadata>(docs::kMetadata));

}  // namespace forgehouse::schema
