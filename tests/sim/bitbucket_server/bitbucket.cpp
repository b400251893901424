#include "sim/bitbucket_server/bitbucket.h"

#include <algorithm>

#include "base/text.h"
#include "sim/core/life.h"

namespace forgehouse::sim::bitbucket_server {
namespace {

constexpr std::string_view kPackage = "com.atlassian.bitbucket.";

// Where the REST path's own part begins: /rest/api/1.0/… and /rest/build-status/latest/….
constexpr std::size_t kStem = 3;

bool is_rest(const Asked& asked, std::string_view plugin) {
    return asked.parts.size() > kStem - 1 && asked.parts[0] == "rest" && asked.parts[1] == plugin &&
           (asked.parts[2] == "1.0" || asked.parts[2] == "latest");
}

std::string kind_in_repository(const Asked& asked, std::size_t at) {
    const auto part = [&](std::size_t n) {
        return n < asked.parts.size() ? std::string_view(asked.parts[n]) : std::string_view();
    };
    const std::string_view what = part(at);
    if (what == "pull-requests") {
        if (part(at + 1).empty()) return "pull_requests";
        if (part(at + 2).empty()) return "pull_request";
        if (part(at + 2) == "activities") return "activities";
        if (part(at + 2) == "commits") return "pr_commits";
        return part(at + 2) == "changes" ? "changes" : "other";
    }
    if (what == "commits") {
        if (part(at + 1).empty()) return "commits";
        if (part(at + 2).empty()) return "commit";
        return part(at + 2) == "diff" || part(at + 2) == "changes" || part(at + 2) == "builds"
                   ? std::string(part(at + 2))
                   : "other";
    }
    if (what == "default-branch" || (what == "branches" && part(at + 1) == "default"))
        return "default_branch";
    if (what == "branches" || what == "tags") return std::string(what);
    return what.empty() ? "repositories" : "other";
}

Answer in_repository(const Call& call, const Repository& at, std::size_t depth) {
    const std::string_view what = call.part(depth);
    json::Writer out;
    if (what.empty()) {
        call.render.repository(out, at);
        return {.body = out.take()};
    }
    if (what == "pull-requests") return pull_requests(call, at, depth + 1);
    if (what == "commits") return commits(call, at, depth + 1);
    if (what == "default-branch" || (what == "branches" && call.part(depth + 1) == "default"))
        return default_branch(call, at);
    if (what == "branches") return list_branches(call, at);
    if (what == "tags") return list_tags(call, at);
    return no_such("Resource", call.asked.path, "NoSuchResourceException");
}

Answer in_projects(const Call& call, std::size_t depth) {
    if (call.part(depth).empty()) return list_projects(call);
    const Project* project = find_project(call.organisation, call.part(depth));
    if (!project) return no_such("Project", call.part(depth), "project.NoSuchProjectException");
    if (!may_see(call, *project)) return not_permitted();
    if (call.part(depth + 1).empty()) {
        json::Writer out;
        call.render.project(out, *project);
        return {.body = out.take()};
    }
    if (call.part(depth + 1) != "repos")
        return no_such("Resource", call.asked.path, "NoSuchResourceException");
    if (call.part(depth + 2).empty()) return list_repositories(call, project);
    const Repository* at =
        find_repository(call.organisation, call.part(depth), call.part(depth + 2));
    if (!at)
        return no_such("Repository", fmt::format("{}/{}", call.part(depth), call.part(depth + 2)),
                       "repository.NoSuchRepositoryException");
    return in_repository(call, *at, depth + 3);
}

Answer application_properties() {
    json::Writer out;
    out.object().name("version").text("9.4.1").name("buildNumber").text("9004001");
    out.name("buildDate").text("1735689600000").name("displayName").text("Bitbucket");
    return {.body = out.end().take()};
}

// A password, or a token in a password's place.
bool is_basic(std::string_view sent, const Settings& settings) {
    const std::string with_token = ":" + settings.token;
    for (const std::string& pair : {settings.user + ":" + settings.password,
                                    settings.user + with_token, "x-token-auth" + with_token})
        if (sent == "Basic " + text::to_base64(pair)) return true;
    return false;
}

// The token, or the same renewed: with -2, -3, … behind it.
bool is_token(std::string_view sent, std::string_view token) {
    if (!sent.starts_with(token)) return false;
    sent.remove_prefix(token.size());
    return sent.empty() || (sent.starts_with('-') && text::to_int(sent.substr(1)));
}

}  // namespace

Answer error(unsigned status, std::string_view message, std::string_view exception) {
    return {.status = status,
            .body = error_body(message, std::string(kPackage) + std::string(exception))};
}

Answer no_such(std::string_view what, std::string_view name, std::string_view exception) {
    return error(404, fmt::format("{} {} does not exist.", what, name), exception);
}

Answer not_permitted() {
    return error(401, "You are not permitted to access this resource", "AuthorisationException");
}

bool may_see(const Call& call, const Project& project) {
    return !project.is_secret || call.viewer == Viewer::Administrator;
}

const Project* find_project(const Organisation& organisation, std::string_view key) {
    const auto same = [&](const Project& project) {
        return text::lower_ascii(project.key) == text::lower_ascii(key);
    };
    const auto found = std::ranges::find_if(organisation.projects, same);
    return found == organisation.projects.end() ? nullptr : &*found;
}

const Repository* find_repository(const Organisation& organisation, std::string_view key,
                                  std::string_view slug) {
    const Project* project = find_project(organisation, key);
    if (!project) return nullptr;
    const auto at = static_cast<Index>(project - organisation.projects.data());
    for (const Repository& repository : organisation.repositories)
        if (repository.project == at && repository.slug == text::lower_ascii(slug) &&
            !repository.is_deleted)
            return &repository;
    return nullptr;
}

std::string Bitbucket::kind_of(const Asked& asked) const {
    if (asked.path.ends_with("/info/refs")) return "git_refs";
    // Protocol v2 asks for the refs by the same address; only the rest is a fetch.
    if (asked.path.ends_with("/git-upload-pack"))
        return asked.body.contains("command=ls-refs") ? "git_refs" : "git_fetch";
    if (is_rest(asked, "build-status")) return "builds";
    if (!is_rest(asked, "api") || asked.parts.size() <= kStem) return "other";
    const std::string& what = asked.parts[kStem];
    if (what == "application-properties") return "application_properties";
    if (what == "users") return asked.parts.size() > kStem + 1 ? "user" : "users";
    if (what == "repos") return "repositories";
    if (what != "projects") return "other";
    if (asked.parts.size() < kStem + 3) return "projects";
    return asked.parts.size() == kStem + 3 ? "repositories" : kind_in_repository(asked, kStem + 4);
}

std::variant<Viewer, Answer> Bitbucket::let_in(const Asked& asked, bool is_expired) const {
    const Settings& settings = world_.settings();
    const net::HttpRequest& request = *asked.request;
    if (!settings.gateway_name.empty() &&
        request.header(settings.gateway_name) != settings.gateway_value)
        return Answer{.status = 403,
                      .body =
                          "<html><head><title>Access denied</title></head><body>Zero trust "
                          "gateway: no valid assertion.</body></html>\n",
                      .type = "text/html"};
    const std::string_view sent = request.header("authorization");
    const bool is_git = asked.path.starts_with("/scm/");
    const auto refused = [&](std::string_view message, std::string_view exception) {
        Answer answer = error(401, message, exception);
        answer.headers.emplace_back("WWW-Authenticate", "Basic realm=\"Atlassian Bitbucket\"");
        if (is_git) answer.type = "text/plain";
        return answer;
    };
    if (sent.empty()) {
        if (asked.path.ends_with("/application-properties")) return Viewer::Nobody;
        return refused("You are not permitted to access this resource", "AuthorisationException");
    }
    if (!is_expired) {
        if (is_token(sent, "Bearer " + settings.token) || is_basic(sent, settings))
            return Viewer::Reader;
        if (sent == "Bearer " + std::string(kAdminToken)) return Viewer::Administrator;
    }
    return refused("Authentication failed. Please check your credentials and try again.",
                   "auth.IncorrectPasswordAuthenticationException");
}

Answer Bitbucket::answer(const exec::Context& ctx, const Asked& asked, Viewer viewer,
                         const Plan& plan) const {
    return world_.read([&](const Organisation& organisation) -> Answer {
        const Render render(organisation, world_.settings(), base_url_);
        const Call call{.ctx = ctx,
                        .asked = asked,
                        .viewer = viewer,
                        .order = page_order(asked, world_.settings(), plan),
                        .organisation = organisation,
                        .store = world_.store(),
                        .render = render};
        if (is_rest(asked, "build-status") && call.part(kStem) == "commits")
            return list_builds(call, call.part(kStem + 1));
        if (is_rest(asked, "api")) {
            const std::string_view what = call.part(kStem);
            if (what == "application-properties") return application_properties();
            if (what == "users") return list_users(call);
            if (what == "repos") return list_repositories(call, nullptr);
            if (what == "projects") return in_projects(call, kStem + 1);
        }
        return {.status = 404,
                .body = "<html><body>Page not found</body></html>\n",
                .type = "text/html"};
    });
}

Answer Bitbucket::failure(unsigned status) const {
    switch (status) {
        case 401: return not_permitted();
        case 403:
            return error(403, "You do not have permission to do that.", "AuthorisationException");
        case 404: return no_such("Resource", "it", "NoSuchEntityException");
        case 429:
            return error(429, "You have been rate limited. Please wait and try again.",
                         "dmz.ratelimit.RateLimitedException");
        default:
            return error(status, "An error occurred while processing the request.",
                         "server.InternalServerException");
    }
}

std::optional<std::variant<Dialect::GitPlace, Answer>> Bitbucket::git_place(const Asked& asked,
                                                                            Viewer viewer) const {
    if (asked.parts.size() < 4 || asked.parts[0] != "scm") return std::nullopt;
    return world_.read([&](const Organisation& organisation) -> std::variant<GitPlace, Answer> {
        std::string slug = asked.parts[2];
        if (slug.ends_with(".git")) slug.resize(slug.size() - 4);
        const Repository* at = find_repository(organisation, asked.parts[1], slug);
        const bool hidden =
            at && organisation.projects[at->project].is_secret && viewer != Viewer::Administrator;
        if (!at || hidden)
            return Answer{.status = 404, .body = "Repository not found\n", .type = "text/plain"};
        const auto rest = asked.path.find(asked.parts[2]) + asked.parts[2].size();
        const std::filesystem::path folder = world_.store().folder_of(*at);
        return GitPlace{.folder = folder.parent_path().string(),
                        .rest = "/" + folder.filename().string() + asked.path.substr(rest)};
    });
}

void Bitbucket::drift(const exec::Context& ctx, const Asked& asked) {
    (void)world_.change(ctx, [&](Organisation& organisation) {
        if (asked.parts.size() < kStem + 4) return;
        const Repository* at =
            find_repository(organisation, asked.parts[kStem + 1], asked.parts[kStem + 3]);
        if (!at || at->pulls.empty()) return;
        const auto index = static_cast<Index>(at - organisation.repositories.data());
        Life life(organisation, world_.settings(),
                  Random(static_cast<std::uint64_t>(organisation.clock.ms())));
        std::vector<PullRequest>& pulls = organisation.repositories[index].pulls;
        const auto oldest = std::ranges::min_element(pulls, [](const auto& a, const auto& b) {
            return std::pair(a.is_deleted, a.updated) < std::pair(b.is_deleted, b.updated);
        });
        life.comment(index, *oldest);
    });
}

}  // namespace forgehouse::sim::bitbucket_server
