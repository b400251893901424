// What columns of one meaning say about themselves, in whichever table they stand.
#pragma once

#include <string_view>

namespace forgehouse::schema::docs {

inline constexpr std::string_view kMetadata =
    "The forge's own object as JSON; for what came from git, what no column holds.";
inline constexpr std::string_view kWebUrl = "The page for people; NULL where there is none.";
inline constexpr std::string_view kPersonName =
    "Login or name, as the forge shows it; NULL where unknown.";
inline constexpr std::string_view kPersonUuid =
    "The forge's id of the person (git_users.user_uuid); NULL where unknown.";
inline constexpr std::string_view kPrId = "As in git_pull_requests.";
inline constexpr std::string_view kCommitHash = "Full id of the commit, in hex.";
inline constexpr std::string_view kCreatedOn =
    "When it was made; NULL where the forge does not say.";
inline constexpr std::string_view kUpdatedOn =
    "When it last changed; NULL where the forge does not say.";
inline constexpr std::string_view kDescription = "The description; NULL where there is none.";
inline constexpr std::string_view kAuthorEmail =
    "The author's e-mail address; NULL where the forge does not say.";
inline constexpr std::string_view kAuthorType =
    "What kind of account the author has; NULL where unknown.";
inline constexpr std::string_view kName = "The name for people; NULL where there is none.";
inline constexpr std::string_view kDiffCount =
    "Against the first parent; NULL where the difference was not read.";

}  // namespace forgehouse::schema::docs
