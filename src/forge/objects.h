// The objects of the forge as its rooms pass them around: plain values, as the database had them
// when they were read.
#pragma once

#include <optional>
#include <string>

#include "base/time.h"
#include "forge/ids.h"
#include "forge/role.h"

namespace forgehouse::forge {

struct User {
    UserId id = {};
    std::string uuid = {};
    std::string username = {};  ///< lower case, unique; in URLs and with passwords
    std::string display_name = {};
    bool is_admin = false;  ///< of the whole installation
    bool is_active = true;  ///< may sign in and use tokens
    bool has_totp = false;
    Time created_on = {};
};

struct Workspace {
    WorkspaceId id = {};
    std::string uuid = {};
    std::string slug = {};
    std::string name = {};
    bool is_private = false;          ///< hidden from who has no part in it
    bool private_by_default = false;  ///< new repositories are private unless told otherwise
    Time created_on = {};
    Time updated_on = {};
};

struct Project {
    WorkspaceId workspace = {};
    ProjectId id = {};
    std::string uuid = {};
    std::string key = {};  ///< upper case, unique in the workspace
    std::string name = {};
    std::string description = {};
    bool is_private = false;
    Time created_on = {};
    Time updated_on = {};
};

struct Repository {
    WorkspaceId workspace = {};
    RepositoryId id = {};
    std::string uuid = {};
    ProjectId project;
    std::string slug = {};  ///< lower case, unique in the workspace
    std::string name = {};
    std::string description = {};
    std::string website = {};
    std::string language = {};
    bool is_private = false;
    std::string fork_policy = {};  ///< allow_forks, no_public_forks, no_forks
    bool has_issues = false;
    bool has_wiki = false;
    std::string main_branch = {};
    std::string object_format = {};  ///< sha1, sha256
    std::int64_t size = 0;           ///< bytes on disk, as last measured
    std::optional<WorkspaceId> parent_workspace = {};
    std::optional<RepositoryId> parent = {};
    std::optional<UserId> created_by = {};
    Time created_on = {};
    Time updated_on = {};
    std::int64_t version = 0;  ///< grows with every change
};

}  // namespace forgehouse::forge
