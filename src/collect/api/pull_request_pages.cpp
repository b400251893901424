#include "collect/api/pull_request_pages.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"

namespace forgehouse::collect {
namespace {

Result<std::vector<std::string>> texts_at(const json::Value& root, std::string_view name) {
    TRY_LET(member, root.at(name));
    TRY_LET(items, member.items());
    std::vector<std::string> out;
    out.reserve(items.size());
    for (const json::Value& item : items) {
        TRY_LET(text, item.text());
        out.emplace_back(text);
    }
    return out;
}

Result<std::uint32_t> count_at(const json::Value& root, std::string_view name) {
    TRY_LET(member, root.at(name));
    TRY_LET(count, member.count());
    if (count > UINT32_MAX) return Failure(Error(Errc::Corrupt, "a count is too large"));
    return static_cast<std::uint32_t>(count);
}

}  // namespace

Result<PullRequestFacts> facts_over_api(const sources::Forge& forge,
                                        const sources::PullRequestPages& pages,
                                        const TicketFinder& tickets) {
    PullRequestFacts facts;
    if (pages.commits.empty()) return facts;
    sources::PullRequestGit& git = facts.git.emplace();
    for (const sources::Page& page : pages.commits) {
        TRY_LET(listing, forge.read_commits(page));
        for (const schema::GitCommit& commit : listing.commits) {
            // A list that grew while it was paged shows some of them twice.
            if (std::ranges::find(git.commits, commit.commit_hash) != git.commits.end()) continue;
            git.commits.push_back(commit.commit_hash);
            for (std::string& key : tickets.find(commit.message))
                if (std::ranges::find(facts.tickets, key) == facts.tickets.end())
                    facts.tickets.push_back(std::move(key));
        }
    }
    return facts;
}

std::string facts_json(const PullRequestFacts& facts) {
    json::Writer out;
    out.object();
    if (facts.git) {
        out.name("commits").array();
        for (const std::string& hash : facts.git->commits) out.text(hash);
        out.end();
        if (const auto& size = facts.git->size) {
            out.name("files_changed").count(size->files_changed);
            out.name("lines_added").count(size->lines_added);
            out.name("lines_removed").count(size->lines_removed);
        }
        out.name("tickets").array();
        for (const std::string& key : facts.tickets) out.text(key);
        out.end();
    }
    return out.end().take();
}

Result<PullRequestFacts> read_facts(std::string_view json) {
    TRY_LET(document, json::Document::parse(json));
    const json::Value root = document.root();
    PullRequestFacts facts;
    if (!root.find("commits")) return facts;
    TRY_LET(commits, texts_at(root, "commits"));
    TRY_LET(tickets, texts_at(root, "tickets"));
    facts.git = {.commits = std::move(commits), .size = std::nullopt};
    if (root.find("files_changed")) {
        TRY_LET(files, count_at(root, "files_changed"));
        TRY_LET(added, count_at(root, "lines_added"));
        TRY_LET(removed, count_at(root, "lines_removed"));
        facts.git->size = {.files_changed = files, .lines_added = added, .lines_removed = removed};
    }
    facts.tickets = std::move(tickets);
    return facts;
}

std::string lines_of(const sources::PullRequestPages& pages, std::int64_t id,
                     const PullRequestFacts& facts, const sources::RowStamp& stamp,
                     std::string_view run_id) {
    std::string lines;
    const auto own = [&](sources::Stream stream, std::string body) {
        return sources::Page{.call = {.stream = stream,
                                      .repo = pages.repo,
                                      .item = std::to_string(id),
                                      .target = {}},
                             .body = std::move(body),
                             .received = stamp.collected_at,
                             .version = stamp.version};
    };
    append_line(lines, sources::name_of(sources::Stream::PullRequest),
                own(sources::Stream::PullRequest, pages.item), run_id);
    for (const auto* list : {&pages.activities, &pages.commits})
        for (const sources::Page& page : *list)
            append_line(lines, sources::name_of(page.call.stream), page, run_id);
    append_line(lines, kGitFacts, own(sources::Stream::PullRequest, facts_json(facts)), run_id);
    return lines;
}

}  // namespace forgehouse::collect
