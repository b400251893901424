#include "api/rest_v2/git_objects.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/rest_v2/common.h"
#include "api/rest_v2/page.h"
#include "base/text.h"
#include "forge/accounts.h"
#include "forge/repositories.h"
#include "net/http_server.h"

namespace forgehouse::api::rest_v2 {
namespace {

// In front of the log's own continuation, so that it is no number.
constexpr std::string_view kPlace = "l";

Error no_commit(std::string_view rev) {
    return Error(Errc::NotFound, "commit not found").with("object", std::string(rev));
}

void commit_links(json::Writer& out, const Call& call, const OpenRepository& in,
                  const std::string& hash) {
    const std::string self = in.api_address(call), html = in.html_address(call);
    out.name("links").object();
    link(out, "self", fmt::format("{}/commit/{}", self, hash));
    link(out, "html", fmt::format("{}/commits/{}", html, hash));
    link(out, "diff", fmt::format("{}/diff/{}", self, hash));
    link(out, "patch", fmt::format("{}/patch/{}", self, hash));
    link(out, "comments", fmt::format("{}/commit/{}/comments", self, hash));
    link(out, "statuses", fmt::format("{}/commit/{}/statuses", self, hash));
    link(out, "approve", fmt::format("{}/commit/{}/approve", self, hash));
    out.end();
}

}  // namespace

std::string OpenRepository::api_address(const Call& call) const {
    return fmt::format("{}/repositories/{}/{}", call.base(), workspace.slug, repository.slug);
}

std::string OpenRepository::html_address(const Call& call) const {
    return fmt::format("{}/{}/{}", call.origin(), workspace.slug, repository.slug);
}

Result<OpenRepository> open_repository(Call& call, const forge::RepoRead& proof) {
    TRY_LET(git, call.services().repositories.open(
                     forge::folder_of(call.services().deps, proof.repository()).string()));
    return OpenRepository{
        .workspace = proof.workspace(), .repository = proof.repository(), .git = std::move(git)};
}

Result<git::ResolvedRev> resolve(Call& call, const OpenRepository& in, std::string_view rev) {
    auto found = in.git->resolve(call.ctx(), rev);
    if (found) return std::move(*found);
    if (found.error().code() == Errc::NotFound || found.error().code() == Errc::Invalid)
        return Failure(no_commit(rev));
    if (found.error().code() == Errc::Conflict)
        return Failure(Error(Errc::Invalid, "several commits begin so")
                           .with("object", std::string(rev))
                           .hint("give more digits of the hash"));
    return Failure(std::move(found).error());
}

Result<ResolvedSpec> resolve_spec(Call& call, const OpenRepository& in, std::string_view spec) {
    const auto dots = spec.find("..");
    TRY_LET(first, resolve(call, in, spec.substr(0, dots)));
    ResolvedSpec out{.first = first.commit, .second = {}};
    if (dots == std::string_view::npos) return out;
    TRY_LET(second, resolve(call, in, spec.substr(dots + 2)));
    out.second = second.commit;
    return out;
}

const forge::User* CommitList::user_of(std::string_view email) const {
    const auto found = users.find(text::lower_ascii(email));
    return found == users.end() ? nullptr : &found->second;
}

Result<CommitList> read_commits(Call& call, const OpenRepository& in,
                                std::span<const git::ObjectId> ids) {
    TRY_LET(commits, in.git->commits(call.ctx(), ids));
    std::vector<std::string> emails;
    for (const git::CommitDetails& one : commits)
        emails.push_back(text::lower_ascii(one.commit.author.email.utf8));
    std::ranges::sort(emails);
    emails.erase(std::ranges::unique(emails).begin(), emails.end());
    CommitList list{.commits = std::move(commits), .users = {}};
    // So many places a statement has in every database.
    constexpr std::size_t kAtOnce = 500;
    for (std::size_t from = 0; from < emails.size(); from += kAtOnce) {
        const auto begin = emails.begin() + static_cast<std::ptrdiff_t>(from);
        const auto count = std::min(kAtOnce, emails.size() - from);
        TRY_LET(users, forge::users_of_emails(call.services().deps, call.ctx(),
                                              {begin, begin + static_cast<std::ptrdiff_t>(count)}));
        list.users.merge(users);
    }
    return list;
}

void author(json::Writer& out, const Call& call, std::string_view raw, const forge::User* who) {
    out.object();
    out.name("type").text("author").name("raw").text(raw);
    if (who) {
        out.name("user");
        user(out, links_of(call), *who);
    }
    out.end();
}

std::string html_escaped(std::string_view text) {
    std::string out;
    out.reserve(text.size() + text.size() / 8);
    for (const char c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            case '\'': out += "&#39;"; break;
            default: out += c;
        }
    }
    return out;
}

void rendered_text(json::Writer& out, std::string_view raw) {
    out.object();
    out.name("type").text("rendered");
    out.name("raw").text(raw);
    out.name("markup").text("markdown");
    out.name("html").text(fmt::format("<p>{}</p>", html_escaped(text::trim(raw))));
    out.end();
}

void commit_condensed(json::Writer& out, const Call& call, const OpenRepository& in,
                      const git::ObjectId& id) {
    const std::string hash = id.hex();
    out.object();
    out.name("type").text("commit").name("hash").text(hash);
    out.name("links").object();
    link(out, "self", fmt::format("{}/commit/{}", in.api_address(call), hash));
    link(out, "html", fmt::format("{}/commits/{}", in.html_address(call), hash));
    out.end().end();
}

void commit(json::Writer& out, const Call& call, const OpenRepository& in, const CommitList& list,
            const git::CommitDetails& one) {
    const git::Commit& said = one.commit;
    out.object();
    out.name("type").text("commit");
    out.name("hash").text(said.id.hex());
    out.name("date").text(commit_time(said.author.time));
    out.name("author");
    author(out, call, one.raw_author, list.user_of(said.author.email.utf8));
    out.name("message").text(said.message.utf8);
    out.name("summary");
    rendered_text(out, said.message.utf8);
    out.name("rendered").object().name("message");
    rendered_text(out, said.message.utf8);
    out.end();
    out.name("parents").array();
    for (const git::ObjectId& parent : said.parents) commit_condensed(out, call, in, parent);
    out.end();
    out.name("repository");
    repository_condensed(out, links_of(call), in.workspace, in.repository);
    commit_links(out, call, in, said.id.hex());
    out.end();
}

std::string commit_time(Time time) {
    return api_time(time).substr(0, 19) + "+00:00";
}

std::string path_in_address(std::string_view path) {
    std::string out;
    for (const std::string_view name : text::split(path, '/')) {
        if (!out.empty()) out += '/';
        out += percent_encoded(name);
    }
    return out;
}

Result<LogPlace> log_place(const QueryString& query, std::int64_t usual) {
    TRY_LET(asked, query.one("page"));
    const bool goes_on = asked && asked->starts_with(kPlace);
    TRY_LET(page, parse_page(goes_on ? query.with("page", std::nullopt) : query, usual));
    if (page.behind) return Failure(Error(Errc::Invalid, "Invalid page").with("parameter", "page"));
    LogPlace place{.size = static_cast<std::size_t>(page.length), .after = {}};
    if (goes_on)
        place.after = asked->substr(kPlace.size());
    else if (page.page > 1)
        place.after = std::to_string(page.offset());
    return place;
}

std::string log_token(std::string_view next) {
    return std::string(kPlace) + std::string(next);
}

exec::Context to_the_end() {
    return exec::Context().with_timeout(std::chrono::minutes(2));
}

Result<git::Identity> identity_of(Call& call) {
    const forge::Actor& actor = call.actor();
    const Time now = call.services().deps.clock.now();
    if (!actor.user) {
        if (actor.is_nobody()) TRY(call.services().permissions.signed_in(actor));
        return git::Identity{
            .name = actor.name, .email = actor.uuid + "@tokens.invalid", .time = now};
    }
    TRY_LET(me, call.services().permissions.signed_in(actor));
    TRY_LET(found, forge::user_by_id(call.services().deps, call.ctx(), me.user()));
    TRY_LET(emails, forge::emails_of(call.services().deps, call.ctx(), me));
    git::Identity who{
        .name = found.display_name, .email = found.username + "@users.invalid", .time = now};
    for (const forge::Email& one : emails)
        if (one.is_primary) who.email = one.email;
    // Of what a person may be called git takes most.
    std::erase_if(who.name, [](char c) { return c == '<' || c == '>' || c == '\n' || c == '\0'; });
    if (!git::check_identity(who)) who.name = found.username;
    return who;
}

std::string asked_address(const Call& call) {
    const auto parts = split_target(call.request().target);
    return call.origin() + std::string(parts ? parts->first : "");
}

}  // namespace forgehouse::api::rest_v2
