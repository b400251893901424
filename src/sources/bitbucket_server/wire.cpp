#include "sources/bitbucket_server/wire.h"

#include "sources/bitbucket_server/fields.h"
#include "sources/bitbucket_server/wire_parts.h"

namespace forgehouse::sources::bitbucket_server::wire {
namespace {

Result<Project> parse_project(const json::Value& project) {
    Fields fields(project, "project");
    Project out{.id = fields.integer("id"),
                .key = fields.need_text("key"),
                .name = fields.text("name"),
                .description = fields.text("description"),
                .is_public = fields.flag("public"),
                .is_personal = false,
                .link = self_link(project),
                .raw = project};
    out.is_personal = fields.text("type") == "PERSONAL" || out.key.starts_with('~');
    TRY(fields.done());
    return out;
}

// The clone addresses by their names, `http` (https too) and `ssh`.
std::optional<std::string_view> clone_link(const json::Value& repository, std::string_view name) {
    const auto links = repository.find("links");
    const auto clones = links ? links->find("clone") : std::nullopt;
    const auto items = clones ? clones->items() : Result<std::vector<json::Value>>();
    if (!items) return std::nullopt;
    for (const json::Value& item : *items) {
        const auto found = item.find("name");
        const auto href = item.find("href");
        if (!found || !href || found->text() != name) continue;
        if (const auto text = href->text()) return *text;
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string_view> self_link(const json::Value& thing) {
    const auto links = thing.find("links");
    const auto self = links ? links->find("self") : std::nullopt;
    const auto items = self ? self->items() : Result<std::vector<json::Value>>();
    if (!items || items->empty()) return std::nullopt;
    const auto href = items->front().find("href");
    const auto text = href ? href->text() : Result<std::string_view>();
    return href && text ? std::optional(*text) : std::nullopt;
}

std::string_view short_name(std::string_view ref) noexcept {
    for (const std::string_view prefix : {"refs/heads/", "refs/tags/"})
        if (ref.starts_with(prefix)) return ref.substr(prefix.size());
    return ref;
}

Result<Paging> parse_paging(const json::Value& page) {
    Fields fields(page, "page");
    Paging out{.start = fields.integer("start").value_or(0),
               .limit = fields.count("limit").value_or(0),
               .next = fields.integer("nextPageStart"),
               .values = fields.need_array("values")};
    const auto last = fields.flag("isLastPage");
    TRY(fields.done());
    if (last == true) out.next = std::nullopt;
    if (!out.next && last != true)
        return Failure(Error(Errc::Corrupt,
                             "the page says neither where it goes on nor that it "
                             "is the last"));
    if (out.next && *out.next <= out.start)
        return Failure(Error(Errc::Corrupt, "the next page does not lie behind this one")
                           .with("start", out.start)
                           .with("next", *out.next));
    return out;
}

Result<User> parse_user(const json::Value& user) {
    Fields fields(user, "user");
    User out{.id = fields.integer("id"),
             .login = fields.text("name"),
             .slug = fields.text("slug"),
             .display_name = fields.text("displayName"),
             .email = fields.text("emailAddress"),
             .type = fields.text("type"),
             .active = fields.flag("active"),
             .last_seen = fields.time("lastAuthenticationTimestamp"),
             .link = self_link(user),
             .raw = user};
    TRY(fields.done());
    return out;
}

Result<std::optional<User>> parse_optional_user(const std::optional<json::Value>& user) {
    if (!user) return std::optional<User>();
    TRY_LET(parsed, parse_user(*user));
    return std::optional(parsed);
}

Result<Repository> parse_repository(const json::Value& repository) {
    Fields fields(repository, "repository");
    const json::Value project = fields.need_object("project");
    const auto origin = fields.object("origin");
    const std::int64_t id = fields.need_integer("id");
    const std::string_view slug = fields.need_text("slug");
    TRY(fields.done());
    TRY_LET(parsed_project, parse_project(project));
    Repository out{.id = id,
                   .slug = slug,
                   .name = fields.text("name"),
                   .description = fields.text("description"),
                   .project = parsed_project,
                   .is_public = fields.flag("public"),
                   .archived = fields.flag("archived"),
                   .forkable = fields.flag("forkable"),
                   .is_fork = origin.has_value(),
                   .origin = {},
                   .clone_http = clone_link(repository, "http"),
                   .clone_ssh = clone_link(repository, "ssh"),
                   .link = self_link(repository),
                   .raw = repository};
    if (!out.clone_http) out.clone_http = clone_link(repository, "https");
    if (origin) {
        const auto from = parse_place(*origin);
        if (from) out.origin.append(from->project_key).append("/").append(from->slug);
    }
    TRY(fields.done());
    return out;
}

Result<Place> parse_place(const json::Value& repository) {
    Fields fields(repository, "repository");
    Fields project(fields.need_object("project"), "project");
    Place out{.project_key = project.need_text("key"), .slug = fields.need_text("slug")};
    TRY(fields.done());
    TRY(project.done());
    return out;
}

Result<BuildStatus> parse_build_status(const json::Value& status) {
    Fields fields(status, "build status");
    BuildStatus out{.key = fields.need_text("key"),
                    .state = fields.need_text("state"),
                    .name = fields.text("name"),
                    .description = fields.text("description"),
                    .url = fields.text("url"),
                    .created = fields.time("createdDate"),
                    .updated = fields.time("updatedDate"),
                    .raw = status};
    if (!out.created) out.created = fields.time("dateAdded");
    TRY(fields.done());
    return out;
}

Result<Ref> parse_ref(const json::Value& ref) {
    Fields fields(ref, "ref");
    const auto shown = fields.text("displayId");
    const std::string_view id = fields.need_text("id");
    const auto commit = fields.text("latestCommit");
    Ref out{.name = shown.value_or(short_name(id)),
            .hash = commit ? *commit : fields.need_text("latestChangeset"),
            .is_default =
                fields.flag("isDefault").value_or(false) || fields.flag("default").value_or(false),
            .tag_object = fields.text("hash"),
            .raw = ref};
    TRY(fields.done());
    return out;
}

}  // namespace forgehouse::sources::bitbucket_server::wire
