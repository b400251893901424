#include "api/rest_v2/render.h"

#include <fmt/format.h>

namespace forgehouse::api::rest_v2 {
namespace {

std::string braced(std::string_view uuid) {
    return fmt::format("{{{}}}", uuid);
}

/// `%7B…%7D`: a uuid in a path.
std::string braced_in_path(std::string_view uuid) {
    return fmt::format("%7B{}%7D", uuid);
}

std::string repository_address(std::string_view start, const forge::Workspace& workspace,
                               const forge::Repository& repository) {
    return fmt::format("{}/{}/{}", start, workspace.slug, repository.slug);
}

void clone_links(json::Writer& out, const Links& links, const forge::Workspace& workspace,
                 const forge::Repository& repository) {
    out.name("clone").array();
    out.object().name("name").text("https").name("href");
    out.text(repository_address(links.origin, workspace, repository) + ".git").end();
    if (!links.ssh.empty()) {
        out.object().name("name").text("ssh").name("href");
        out.text(fmt::format("ssh://git@{}/{}/{}.git", links.ssh, workspace.slug, repository.slug));
        out.end();
    }
    out.end();
}

void repository_links(json::Writer& out, const Links& links, const forge::Workspace& workspace,
                      const forge::Repository& repository) {
    const std::string self =
        repository_address(fmt::format("{}/repositories", links.base), workspace, repository);
    const std::string html = repository_address(links.origin, workspace, repository);
    out.name("links").object();
    link(out, "self", self);
    link(out, "html", html);
    link(out, "avatar", fmt::format("{}/avatar", html));
    for (const std::string_view part : {"pullrequests", "commits", "forks", "watchers", "branches",
                                        "tags", "downloads", "source", "hooks"}) {
        const std::string_view path = part == "branches" ? "refs/branches"
                                      : part == "tags"   ? "refs/tags"
                                      : part == "source" ? "src"
                                                         : part;
        link(out, part, fmt::format("{}/{}", self, path));
    }
    clone_links(out, links, workspace, repository);
    out.end();
}

}  // namespace

std::string api_time(Time time) {
    std::string iso = to_iso(time);  // …T12:00:00.000Z
    iso.pop_back();
    return iso + "000+00:00";
}

void link(json::Writer& out, std::string_view name, std::string_view href) {
    out.name(name).object().name("href").text(href).end();
}

void user(json::Writer& out, const Links& links, const forge::User& user) {
    out.object();
    out.name("type").text("user");
    out.name("uuid").text(braced(user.uuid));
    out.name("account_id").text(user.uuid);
    out.name("username").text(user.username);
    out.name("nickname").text(user.username);
    out.name("display_name").text(user.display_name);
    out.name("account_status").text(user.is_active ? "active" : "inactive");
    out.name("created_on").text(api_time(user.created_on));
    out.name("links").object();
    link(out, "self", fmt::format("{}/users/{}", links.base, braced_in_path(user.uuid)));
    link(out, "html", fmt::format("{}/{}", links.origin, user.username));
    link(out, "avatar", fmt::format("{}/{}/avatar", links.origin, user.username));
    link(out, "repositories", fmt::format("{}/repositories/{}", links.base, user.username));
    out.end().end();
}

void workspace_condensed(json::Writer& out, const Links& links, const forge::Workspace& workspace) {
    out.object();
    out.name("type").text("workspace");
    out.name("uuid").text(braced(workspace.uuid));
    out.name("name").text(workspace.name);
    out.name("slug").text(workspace.slug);
    out.name("links").object();
    link(out, "self", fmt::format("{}/workspaces/{}", links.base, workspace.slug));
    link(out, "html", fmt::format("{}/{}", links.origin, workspace.slug));
    link(out, "avatar", fmt::format("{}/{}/avatar", links.origin, workspace.slug));
    out.end().end();
}

void workspace(json::Writer& out, const Links& links, const forge::Workspace& workspace) {
    const std::string self = fmt::format("{}/workspaces/{}", links.base, workspace.slug);
    out.object();
    out.name("type").text("workspace");
    out.name("uuid").text(braced(workspace.uuid));
    out.name("name").text(workspace.name);
    out.name("slug").text(workspace.slug);
    out.name("is_private").flag(workspace.is_private);
    out.name("created_on").text(api_time(workspace.created_on));
    out.name("updated_on").text(api_time(workspace.updated_on));
    out.name("links").object();
    link(out, "self", self);
    link(out, "html", fmt::format("{}/{}", links.origin, workspace.slug));
    link(out, "avatar", fmt::format("{}/{}/avatar", links.origin, workspace.slug));
    link(out, "members", fmt::format("{}/members", self));
    link(out, "owners", fmt::format("{}/members?q=permission%3D%22owner%22", self));
    link(out, "projects", fmt::format("{}/projects", self));
    link(out, "repositories", fmt::format("{}/repositories/{}", links.base, workspace.slug));
    link(out, "snippets", fmt::format("{}/snippets/{}", links.base, workspace.slug));
    out.end().end();
}

void owner(json::Writer& out, const Links& links, const forge::Workspace& workspace) {
    out.object();
    out.name("type").text("team");
    out.name("uuid").text(braced(workspace.uuid));
    out.name("username").text(workspace.slug);
    out.name("display_name").text(workspace.name);
    out.name("links").object();
    link(out, "self", fmt::format("{}/workspaces/{}", links.base, workspace.slug));
    link(out, "html", fmt::format("{}/{}", links.origin, workspace.slug));
    link(out, "avatar", fmt::format("{}/{}/avatar", links.origin, workspace.slug));
    out.end().end();
}

void project_condensed(json::Writer& out, const Links& links, const forge::Workspace& workspace,
                       const forge::Project& project) {
    out.object();
    out.name("type").text("project");
    out.name("uuid").text(braced(project.uuid));
    out.name("key").text(project.key);
    out.name("name").text(project.name);
    out.name("links").object();
    link(out, "self",
         fmt::format("{}/workspaces/{}/projects/{}", links.base, workspace.slug, project.key));
    link(out, "html",
         fmt::format("{}/{}/workspace/projects/{}", links.origin, workspace.slug, project.key));
    out.end().end();
}

void project(json::Writer& out, const Links& links, const forge::Workspace& workspace,
             const forge::Project& project) {
    out.object();
    out.name("type").text("project");
    out.name("uuid").text(braced(project.uuid));
    out.name("key").text(project.key);
    out.name("name").text(project.name);
    out.name("description").text(project.description);
    out.name("is_private").flag(project.is_private);
    out.name("created_on").text(api_time(project.created_on));
    out.name("updated_on").text(api_time(project.updated_on));
    out.name("owner");
    owner(out, links, workspace);
    out.name("workspace");
    workspace_condensed(out, links, workspace);
    out.name("links").object();
    link(out, "self",
         fmt::format("{}/workspaces/{}/projects/{}", links.base, workspace.slug, project.key));
    link(out, "html",
         fmt::format("{}/{}/workspace/projects/{}", links.origin, workspace.slug, project.key));
    link(out, "repositories",
         fmt::format("{}/repositories/{}?q=project.key%3D%22{}%22", links.base, workspace.slug,
                     project.key));
    out.end().end();
}

void group(json::Writer& out, const Links& links, const forge::Workspace& workspace,
           const forge::Group& group) {
    out.object();
    out.name("type").text("group");
    out.name("uuid").text(braced(group.uuid));
    out.name("slug").text(group.slug);
    out.name("full_slug").text(fmt::format("{}:{}", workspace.slug, group.slug));
    out.name("name").text(group.name);
    out.name("workspace");
    workspace_condensed(out, links, workspace);
    out.name("owner");
    owner(out, links, workspace);
    out.name("links").object();
    link(out, "html",
         fmt::format("{}/{}/workspace/settings/groups/{}", links.origin, workspace.slug,
                     group.slug));
    out.end().end();
}

void repository_condensed(json::Writer& out, const Links& links, const forge::Workspace& workspace,
                          const forge::Repository& repository) {
    const std::string html = repository_address(links.origin, workspace, repository);
    out.object();
    out.name("type").text("repository");
    out.name("uuid").text(braced(repository.uuid));
    out.name("full_name").text(fmt::format("{}/{}", workspace.slug, repository.slug));
    out.name("name").text(repository.name);
    out.name("links").object();
    link(out, "self",
         repository_address(fmt::format("{}/repositories", links.base), workspace, repository));
    link(out, "html", html);
    link(out, "avatar", fmt::format("{}/avatar", html));
    out.end().end();
}

void repository(json::Writer& out, const Links& links, const RepositoryView& view) {
    const forge::Repository& r = view.repository;
    out.object();
    out.name("type").text("repository");
    out.name("uuid").text(braced(r.uuid));
    out.name("full_name").text(fmt::format("{}/{}", view.workspace.slug, r.slug));
    out.name("name").text(r.name);
    out.name("slug").text(r.slug);
    out.name("description").text(r.description);
    out.name("scm").text("git");
    out.name("website").text(r.website);
    out.name("language").text(r.language);
    out.name("is_private").flag(r.is_private);
    out.name("fork_policy").text(r.fork_policy);
    out.name("has_issues").flag(r.has_issues);
    out.name("has_wiki").flag(r.has_wiki);
    out.name("size").integer(r.size);
    out.name("created_on").text(api_time(r.created_on));
    out.name("updated_on").text(api_time(r.updated_on));
    out.name("mainbranch").object();
    out.name("type").text("branch").name("name").text(r.main_branch).end();
    out.name("owner");
    owner(out, links, view.workspace);
    out.name("workspace");
    workspace_condensed(out, links, view.workspace);
    out.name("project");
    project_condensed(out, links, view.workspace, view.project);
    out.name("parent");
    if (view.parent && view.parent_workspace)
        repository_condensed(out, links, *view.parent_workspace, *view.parent);
    else
        out.null();
    repository_links(out, links, view.workspace, r);
    out.end();
}

}  // namespace forgehouse::api::rest_v2
