#include "sources/bitbucket_server/people.h"

#include "sources/bitbucket_server/map.h"
#include "sources/bitbucket_server/metadata.h"

namespace forgehouse::sources::bitbucket_server {

std::optional<std::string> owned(const std::optional<std::string_view>& text) {
    return text ? std::optional<std::string>(*text) : std::nullopt;
}

std::optional<std::string> uuid_of(const wire::User& user) {
    if (user.id) return std::to_string(*user.id);
    return owned(user.login ? user.login : user.slug);
}

std::optional<std::string> name_of(const wire::User& user) {
    if (user.display_name) return owned(user.display_name);
    return owned(user.login ? user.login : user.slug);
}

schema::UserType type_of(const wire::User& user) noexcept {
    if (user.type == "SERVICE") return schema::UserType::Bot;
    return user.login ? schema::UserType::User : schema::UserType::Ghost;
}

schema::GitUser map_user(const wire::User& user, const RowStamp& stamp) {
    std::optional<schema::Word> state;
    if (user.active) state = schema::Word{*user.active ? "active" : "inactive"};
    return {.data_source = {stamp.data_source},
            .project_key = {},
            .repo_slug = {},
            .user_uuid = uuid_of(user).value_or(""),
            .login = owned(user.login),
            .name = owned(user.display_name),
            .email = owned(user.email),
            .user_type = type_of(user),
            .state = std::move(state),
            .created_on = std::nullopt,
            .last_activity_on = user.last_seen,
            .web_url = owned(user.link),
            .metadata = {plain_metadata(user.raw)},
            .collected_at = stamp.collected_at,
            ._version = stamp.version,
            .is_deleted = 0};
}

}  // namespace forgehouse::sources::bitbucket_server
