// People: how accounts become the columns that name somebody.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "schema/git_users.h"
#include "sources/bitbucket_server/wire.h"

namespace forgehouse::sources::bitbucket_server {

/// What survives renames: the numeric id, for those without an account their login or slug.
std::optional<std::string> uuid_of(const wire::User& user);
/// The name for people, else the login or slug.
std::optional<std::string> name_of(const wire::User& user);
/// BOT for service accounts, GHOST for accounts that have lost their login.
schema::UserType type_of(const wire::User& user) noexcept;

/// nullopt stays nullopt.
std::optional<std::string> owned(const std::optional<std::string_view>& text);

}  // namespace forgehouse::sources::bitbucket_server
