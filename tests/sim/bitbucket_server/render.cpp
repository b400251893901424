#include "sim/bitbucket_server/render.h"

#include <algorithm>

#include "base/text.h"

namespace forgehouse::sim::bitbucket_server {
namespace {

void self_link(json::Writer& out, const std::string& page) {
    out.name("links").object().name("self").array().object();
    out.name("href").text(page).end().end().end();
}

bool same_address(const std::string& one, const std::string& other) {
    return !one.empty() && std::ranges::equal(one, other, {}, ::tolower, ::tolower);
}

}  // namespace

CommentCounts count_comments(const PullRequest& pull) {
    CommentCounts out;
    for (const Thread& thread : pull.threads) {
        if (thread.is_deleted) continue;
        for_each_comment(thread.root, [&](const Comment& comment, const Comment*) {
            ++(!comment.is_task      ? out.comments
               : comment.is_resolved ? out.resolved_tasks
                                     : out.open_tasks);
        });
    }
    return out;
}

std::string Render::user_page(const Person& person) const {
    return base_ + "/users/" + person.login;
}

std::string Render::project_page(const Project& project) const {
    return project.owner ? user_page(organisation_.people[*project.owner])
                         : base_ + "/projects/" + project.key;
}

std::string Render::repository_page(const Repository& at) const {
    const Project& home = organisation_.projects[at.project];
    return fmt::format("{}/repos/{}/browse", project_page(home), at.slug);
}

std::string Render::pull_page(const Repository& in, const PullRequest& pull) const {
    const Project& home = organisation_.projects[in.project];
    return fmt::format("{}/repos/{}/pull-requests/{}", project_page(home), in.slug, pull.number);
}

void Render::time(json::Writer& out, Time time) const {
    if (settings_.iso_dates)
        out.text(to_iso(time));
    else
        out.integer(time.ms());
}

void Render::user(json::Writer& out, Index index, bool with_links) const {
    const Person& person = organisation_.people[index];
    out.object();
    if (!person.is_gone) out.name("name").text(person.login);
    if (!person.email.empty()) out.name("emailAddress").text(person.email);
    out.name("active").flag(person.is_active).name("displayName").text(person.name);
    out.name("id").integer(person.id).name("slug").text(person.login);
    out.name("type").text(person.is_bot ? "SERVICE" : "NORMAL");
    if (with_links) self_link(out, user_page(person));
    out.end();
}

void Render::project(json::Writer& out, const Project& project) const {
    out.object().name("key").text(project.key).name("id").integer(project.id);
    out.name("name").text(project.name);
    if (project.description) out.name("description").text(*project.description);
    if (!project.owner) out.name("public").flag(project.is_public);
    out.name("type").text(project.owner ? "PERSONAL" : "NORMAL");
    if (project.owner) {
        out.name("owner");
        user(out, *project.owner);
    }
    self_link(out, project_page(project));
    out.end();
}

void Render::repository(json::Writer& out, const Repository& at, bool with_origin) const {
    const Project& home = organisation_.projects[at.project];
    out.object().name("slug").text(at.slug).name("id").integer(at.id).name("name").text(at.name);
    if (at.description) out.name("description").text(*at.description);
    out.name("hierarchyId").text(fmt::format("{:020x}", at.family + 0x2cec90214810));
    out.name("scmId").text("git").name("state").text("AVAILABLE");
    out.name("statusMessage").text("Available").name("forkable").flag(at.is_forkable);
    if (with_origin && at.origin && !organisation_.repositories[*at.origin].is_deleted) {
        out.name("origin");
        repository(out, organisation_.repositories[*at.origin], false);
    }
    out.name("project");
    project(out, home);
    out.name("public").flag(at.is_public);
    if (!settings_.is_legacy) out.name("archived").flag(at.is_archived);
    const std::string path = fmt::format("{}/{}.git", text::lower_ascii(home.key), at.slug);
    out.name("links").object().name("clone").array();
    out.object().name("href").text(base_ + "/scm/" + path).name("name").text("http").end();
    out.object().name("href").text("ssh://git@localhost:7999/" + path).name("name").text("ssh");
    out.end().end().name("self").array().object();
    out.name("href").text(repository_page(at)).end().end().end().end();
}

void Render::ref(json::Writer& out, const Repository& in, const std::string& branch,
                 Index commit) const {
    out.object().name("id").text("refs/heads/" + branch).name("displayId").text(branch);
    out.name("latestCommit").text(organisation_.commit(in, commit).hash);
    out.name("type").text("BRANCH");
    if (!in.is_deleted) {
        out.name("repository");
        repository(out, in);
    }
    out.end();
}

void Render::participant(json::Writer& out, const Reviewer& who, std::string_view role) const {
    out.object().name("user");
    user(out, who.person);
    out.name("role").text(role).name("approved").flag(who.verdict == Verdict::Approved);
    out.name("status").text(who.verdict == Verdict::Approved    ? "APPROVED"
                            : who.verdict == Verdict::NeedsWork ? "NEEDS_WORK"
                                                                : "UNAPPROVED");
}

void Render::counts(json::Writer& out, const PullRequest& pull) const {
    const CommentCounts count = count_comments(pull);
    out.name("properties").object();
    if (pull.state == PullState::Open)
        out.name("mergeResult")
            .object()
            .name("outcome")
            .text("CLEAN")
            .name("current")
            .flag(true)
            .end();
    out.name("resolvedTaskCount").count(count.resolved_tasks);
    out.name("commentCount").count(count.comments);
    out.name("openTaskCount").count(count.open_tasks).end();
}

void Render::pull_request(json::Writer& out, const Repository& in, const PullRequest& pull) const {
    constexpr std::string_view states[] = {"OPEN", "MERGED", "DECLINED"};
    const bool is_open = pull.state == PullState::Open;
    out.object().name("id").integer(pull.number).name("version").integer(pull.version);
    out.name("title").text(pull.title);
    if (pull.description) out.name("description").text(*pull.description);
    out.name("state").text(states[static_cast<std::size_t>(pull.state)]);
    out.name("open").flag(is_open).name("closed").flag(!is_open);
    if (!settings_.is_legacy) out.name("draft").flag(pull.is_draft);
    out.name("createdDate");
    time(out, pull.created);
    out.name("updatedDate");
    time(out, pull.updated);
    if (pull.closed && !settings_.is_legacy) {
        out.name("closedDate");
        time(out, *pull.closed);
    }
    out.name("fromRef");
    ref(out, organisation_.repositories[pull.from_repository], pull.from_branch, pull.from_commit);
    out.name("toRef");
    ref(out, in, pull.to_branch, pull.to_commit);
    out.name("locked").flag(false).name("author");
    participant(out, {.person = pull.author, .reviewed_commit = std::nullopt}, "AUTHOR");
    out.end().name("reviewers").array();
    for (const Reviewer& reviewer : pull.reviewers) {
        participant(out, reviewer, "REVIEWER");
        if (reviewer.reviewed_commit)
            out.name("lastReviewedCommit")
                .text(organisation_.commit(in, *reviewer.reviewed_commit).hash);
        out.end();
    }
    out.end().name("participants").array();
    for (const Index person : pull.participants) {
        participant(out, {.person = person, .reviewed_commit = std::nullopt}, "PARTICIPANT");
        out.end();
    }
    out.end();
    if (!settings_.is_legacy) counts(out, pull);
    self_link(out, pull_page(in, pull));
    out.end();
}

void Render::signature(json::Writer& out, const Signature& who) const {
    for (Index i = 0; i < organisation_.people.size(); ++i)
        if (same_address(organisation_.people[i].email, who.email)) return user(out, i);
    out.object().name("name").text(who.name);
    if (!who.email.empty()) out.name("emailAddress").text(who.email);
    out.end();
}

void Render::minimal_commit(json::Writer& out, const std::string& hash) const {
    out.object().name("id").text(hash).name("displayId").text(hash.substr(0, 11)).end();
}

void Render::commit(json::Writer& out, const Repository& in, Index index) const {
    const Commit& commit = organisation_.commit(in, index);
    out.object().name("id").text(commit.hash).name("displayId").text(commit.hash.substr(0, 11));
    out.name("author");
    signature(out, commit.author);
    out.name("authorTimestamp").integer(commit.author.seconds * 1000).name("committer");
    signature(out, commit.committer);
    out.name("committerTimestamp").integer(commit.committer.seconds * 1000);
    out.name("message").text(text::trim(commit.message)).name("parents").array();
    for (const Index parent : commit.parents)
        minimal_commit(out, organisation_.commit(in, parent).hash);
    out.end().end();
}

void Render::branch(json::Writer& out, const Repository& in, const std::string& name) const {
    const std::string& hash = organisation_.commit(in, in.branches.at(name).head).hash;
    out.object().name("id").text("refs/heads/" + name).name("displayId").text(name);
    out.name("type").text("BRANCH").name("latestCommit").text(hash);
    out.name("latestChangeset").text(hash);
    out.name("isDefault").flag(name == in.default_branch).end();
}

void Render::tag(json::Writer& out, const Repository& in, const std::string& name) const {
    const Tag& tag = in.tags.at(name);
    const std::string& hash = organisation_.commit(in, tag.commit).hash;
    out.object().name("id").text("refs/tags/" + name).name("displayId").text(name);
    out.name("type").text("TAG").name("latestCommit").text(hash).name("latestChangeset").text(hash);
    out.name("hash");
    if (tag.object)
        out.text(organisation_.families[in.family].tags[*tag.object].hash);
    else
        out.null();
    out.end();
}

void Render::build(json::Writer& out, const Build& build) const {
    out.object().name("state").text(build.state).name("key").text(build.key);
    out.name("name").text(build.name).name("url").text(build.url);
    if (build.description) out.name("description").text(*build.description);
    if (settings_.is_legacy)
        out.name("dateAdded").integer(build.created.ms());
    else
        out.name("createdDate")
            .integer(build.created.ms())
            .name("updatedDate")
            .integer(build.updated.ms());
    out.end();
}

void Render::path(json::Writer& out, const std::string& path) {
    const auto slash = path.rfind('/');
    const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
    out.object().name("components").array();
    for (const std::string_view part : text::split(path, '/')) out.text(part);
    out.end().name("parent").text(slash == std::string::npos ? "" : path.substr(0, slash));
    out.name("name").text(name);
    if (const auto dot = name.rfind('.'); dot != std::string::npos)
        out.name("extension").text(name.substr(dot + 1));
    out.name("toString").text(path).end();
}

}  // namespace forgehouse::sim::bitbucket_server
