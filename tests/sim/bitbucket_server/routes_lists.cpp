#include <algorithm>

#include "sim/bitbucket_server/bitbucket.h"

namespace forgehouse::sim::bitbucket_server {

// Active accounts only, by login.
Answer list_users(const Call& call) {
    std::vector<Index> users;
    for (Index i = 0; i < call.organisation.people.size(); ++i)
        if (call.organisation.people[i].is_active) users.push_back(i);
    std::ranges::sort(users, {}, [&](Index i) -> const std::string& {
        return call.organisation.people[i].login;
    });
    if (const std::string_view slug = call.part(4); !slug.empty()) {
        for (Index i = 0; i < call.organisation.people.size(); ++i) {
            if (call.organisation.people[i].login != slug) continue;
            json::Writer out;
            call.render.user(out, i);
            return {.body = out.take()};
        }
        return no_such("User", slug, "user.NoSuchUserException");
    }
    return {.body = page(call.order, users.size(), [&](json::Writer& out, std::size_t n) {
                call.render.user(out, users[n]);
            })};
}

Answer list_projects(const Call& call) {
    std::vector<const Project*> list;
    for (const Project& project : call.organisation.projects)
        if (!project.owner) list.push_back(&project);
    return {.body = page(
                call.order, list.size(), [&](std::size_t n) { return may_see(call, *list[n]); },
                [&](json::Writer& out, std::size_t n) { call.render.project(out, *list[n]); })};
}

// Of a project, or all of them, personal ones too.
Answer list_repositories(const Call& call, const Project* project) {
    const std::string_view archived = call.asked.value("archived", "ACTIVE");
    std::vector<const Repository*> list;
    for (const Repository& at : call.organisation.repositories) {
        const Project& home = call.organisation.projects[at.project];
        const bool fits = archived == "ALL" || at.is_archived == (archived == "ARCHIVED");
        if (!at.is_deleted && fits && (!project || project == &home)) list.push_back(&at);
    }
    std::ranges::sort(list, {}, [](const Repository* at) {
        return std::pair(std::string_view(at->name), at->id);
    });
    const auto shown = [&](std::size_t n) {
        return may_see(call, call.organisation.projects[list[n]->project]);
    };
    return {.body = page(call.order, list.size(), shown, [&](json::Writer& out, std::size_t n) {
                call.render.repository(out, *list[n]);
            })};
}

Answer list_branches(const Call& call, const Repository& at) {
    std::vector<const std::string*> names;
    const std::string_view filter = call.asked.value("filterText");
    for (const auto& [name, branch] : at.branches)
        if (name.find(filter) != std::string::npos) names.push_back(&name);
    return {.body = page(call.order, names.size(), [&](json::Writer& out, std::size_t n) {
                call.render.branch(out, at, *names[n]);
            })};
}

Answer default_branch(const Call& call, const Repository& at) {
    if (!at.branches.contains(at.default_branch))
        return error(404,
                     fmt::format("The configured default branch 'refs/heads/{}' does not exist.",
                                 at.default_branch),
                     "repository.NoDefaultBranchException");
    json::Writer out;
    call.render.branch(out, at, at.default_branch);
    return {.body = out.take()};
}

Answer list_tags(const Call& call, const Repository& at) {
    std::vector<const std::string*> names;
    for (const auto& [name, tag] : at.tags) names.push_back(&name);
    return {.body = page(call.order, names.size(), [&](json::Writer& out, std::size_t n) {
                call.render.tag(out, at, *names[n]);
            })};
}

}  // namespace forgehouse::sim::bitbucket_server
