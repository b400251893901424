#pragma once

#include "schema/docs.h"
#include "schema/table.h"

namespace forgehouse::schema {

/// Who is behind an account. GHOST: the account is gone or was only imported.
enum class UserType : std::uint8_t { User, Bot, Ghost };

constexpr std::string_view name_of(UserType value) noexcept {
    switch (value) {
        case UserType::User: return "USER";
        case UserType::Bot: return "BOT";
        case UserType::Ghost: return "GHOST";
    }
    return "";
}

/// One user of a forge.
struct GitUser {
    Word data_source;
    std::string project_key;
    std::string repo_slug;
    std::string user_uuid;
    std::optional<std::string> login;
    std::optional<std::string> name;
    std::optional<std::string> email;
    std::optional<UserType> user_type;
    std::optional<Word> state;
    std::optional<Time> created_on;
    std::optional<Time> last_activity_on;
    std::optional<std::string> web_url;
    Json metadata;
    Time collected_at;
    std::uint64_t _version;
    std::uint8_t is_deleted;
};

inline constexpr auto git_users = table<GitUser>(
    "git_users", "One user of a forge, as last seen.", key("data_source", "user_uuid"), "",
    column<&GitUser::user_uuid>("The forge's own id, which survives renames."),
    column<&GitUser::login>(
        "The name that the user signs in with; NULL where the forge does not say."),
    column<&GitUser::name>("The name for people; NULL where the forge does not say."),
    column<&GitUser::email>("The e-mail address; NULL where the forge does not say."),
    column<&GitUser::user_type>("What kind of account it is; NULL where the forge does not say."),
    column<&GitUser::state>(
        "In the forge's words, such as active or blocked; NULL where it does not say."),
    column<&GitUser::created_on>(docs::kCreatedOn),
    column<&GitUser::last_activity_on>(
        "When the user last did something; NULL where the forge does not say."),
    column<&GitUser::web_url>(docs::kWebUrl), column<&GitUser::metadata>(docs::kMetadata));

}  // namespace forgehouse::schema
