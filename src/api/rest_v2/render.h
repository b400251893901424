// How the forge's objects look in Bitbucket Cloud's JSON. Each is written whole, or condensed as it
// is within another one.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "forge/accounts.h"
#include "forge/objects.h"
#include "forge/workspaces.h"

namespace forgehouse::api::rest_v2 {

/// Where links lead: to the API and to the pages of the web app.
struct Links {
    std::string_view base;    ///< `https://forge.example.org/2.0`
    std::string_view origin;  ///< `https://forge.example.org`
    std::string_view ssh;     ///< `forge.example.org:7999`, `` where SSH is not served
};

/// `2024-05-01T12:00:00.000000+00:00`.
std::string api_time(Time time);

/// `"name":{"href":"…"}`.
void link(json::Writer& out, std::string_view name, std::string_view href);

void user(json::Writer& out, const Links& links, const forge::User& user);
void workspace(json::Writer& out, const Links& links, const forge::Workspace& workspace);
void workspace_condensed(json::Writer& out, const Links& links, const forge::Workspace& workspace);
/// The workspace as the account that owns what is in it.
void owner(json::Writer& out, const Links& links, const forge::Workspace& workspace);
void project(json::Writer& out, const Links& links, const forge::Workspace& workspace,
             const forge::Project& project);
void project_condensed(json::Writer& out, const Links& links, const forge::Workspace& workspace,
                       const forge::Project& project);
void group(json::Writer& out, const Links& links, const forge::Workspace& workspace,
           const forge::Group& group);

/// A repository with what it is in.
struct RepositoryView {
    const forge::Workspace& workspace;
    const forge::Project& project;
    const forge::Repository& repository;
    /// What it was forked from, where that may be seen.
    const forge::Workspace* parent_workspace = nullptr;
    const forge::Repository* parent = nullptr;
};
void repository(json::Writer& out, const Links& links, const RepositoryView& view);
void repository_condensed(json::Writer& out, const Links& links, const forge::Workspace& workspace,
                          const forge::Repository& repository);

}  // namespace forgehouse::api::rest_v2
