// What a forge's adapter makes of a page, as text that can be compared: rows as JSON lines under
// the name of their table, everything else as remarks `# name: value`, an error too.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "schema/batch.h"
#include "schema/rows_text.h"
#include "sources/forge.h"

namespace forgehouse::testing_support {

using namespace forgehouse::sources;

/// Rows as text, table by table.
class ForgeText {
public:
    template <class Table, class Row>
    void rows(const Table& table, const std::vector<Row>& rows) {
        if (rows.empty()) return;
        schema::Batch batch(table.info());
        for (const Row& row : rows) batch.append(table, row);
        const auto lines = schema::to_json_lines(batch);
        out_ += fmt::format("# {}\n{}", table.name, lines ? *lines : lines.error().describe());
    }
    void remark(std::string_view name, std::string_view value) {
        out_ += fmt::format("# {}: {}\n", name, value);
    }
    void next(const std::optional<Call>& call) { remark("next", call ? call->target : "none"); }
    void unreadable(const std::vector<Unreadable>& entries) {
        for (const Unreadable& entry : entries) remark("unreadable", entry.error.describe());
    }
    void failed(const Error& error) { remark("error", error.describe()); }
    std::string take() { return std::move(out_); }

private:
    std::string out_;
};

inline void write(ForgeText& out, const PullRequestRows& rows) {
    out.rows(schema::git_pull_requests, std::vector{*rows.pull_request});
    out.rows(schema::git_pr_events, rows.events);
    out.rows(schema::git_pr_reviewers, rows.reviewers);
    out.rows(schema::git_pr_comments, rows.comments);
    out.rows(schema::git_pr_participants, rows.participants);
    out.rows(schema::git_pr_commits, rows.commits);
    out.rows(schema::git_users, rows.users);
}

inline void write(ForgeText& out, const RepoListing& listing) {
    std::vector<schema::GitRepository> repositories;
    std::vector<schema::GitProject> projects;
    for (const ListedRepo& listed : listing.repositories) {
        const auto& place = std::get<RemotePlace>(listed.repo.place);
        out.remark(full_name(listed.repo.ref),
                   fmt::format("id {}, git at {} as {}", listed.uuid, place.url, place.user));
        repositories.push_back(listed.row);
        projects.push_back(listed.project);
    }
    out.rows(schema::git_repositories, repositories);
    out.rows(schema::git_projects, projects);
    out.unreadable(listing.unreadable);
    out.next(listing.next);
}

inline void write(ForgeText& out, const PullRequestListing& listing) {
    for (const ListedPullRequest& item : listing.items)
        out.remark(std::to_string(item.id),
                   fmt::format("{} updated {} from {} ({}) to {} of {}{}",
                               item.is_open ? "open" : "closed", to_iso(item.updated), item.ref,
                               item.source_hash, item.destination_hash, full_name(item.destination),
                               item.elsewhere ? ", elsewhere" : ""));
    out.unreadable(listing.unreadable);
    out.remark("limit", std::to_string(listing.limit));
    out.next(listing.next);
}

inline void write(ForgeText& out, const RefListing& listing) {
    for (const auto& entry : listing.entries)
        out.remark(entry.name,
                   fmt::format("{}{}{}{} {}", entry.hash, entry.is_default ? " (default)" : "",
                               entry.tag_object.empty() ? "" : " by tag ", entry.tag_object,
                               entry.metadata));
    out.next(listing.next);
}

inline void write(ForgeText& out, const UserListing& listing) {
    out.rows(schema::git_users, listing.users);
    out.unreadable(listing.unreadable);
    out.next(listing.next);
}
inline void write(ForgeText& out, const StatusListing& listing) {
    out.rows(schema::git_commit_statuses, listing.statuses);
    out.unreadable(listing.unreadable);
    out.next(listing.next);
}
inline void write(ForgeText& out, const CommitListing& listing) {
    out.rows(schema::git_commits, listing.commits);
    out.next(listing.next);
}
inline void write(ForgeText& out, const FileListing& listing) {
    out.rows(schema::git_commit_files, listing.files);
    out.remark("truncated", listing.truncated ? "yes" : "no");
    out.next(listing.next);
}

template <class T>
void write(ForgeText& out, const Result<T>& result) {
    if (result)
        write(out, *result);
    else
        out.failed(result.error());
}

/// One page, or one pull request with all its pages.
struct ForgeInput {
    Stream stream;
    std::string item;  ///< as Forge::first takes it
    std::string body;
    std::vector<std::string> activities{};  ///< of Activities: `body` is the item then
    std::optional<PullRequestGit> git{};    ///< of Activities
};

inline Result<Page> page_of(const Forge& forge, const RepoRef& repo, const ForgeInput& input,
                            std::string_view body, const RowStamp& stamp) {
    const bool is_pull = input.stream == Stream::Activities;
    TRY_LET(call, forge.first(input.stream, repo, is_pull ? std::string_view("1") : input.item));
    return Page{.call = std::move(call),
                .body = std::string(body),
                .received = stamp.collected_at,
                .version = stamp.version};
}

inline Result<PullRequestRows> pull_request_of(const Forge& forge, const RepoRef& repo,
                                               const ForgeInput& input, const RowStamp& stamp) {
    PullRequestPages pages{.repo = repo, .item = input.body, .activities = {}, .git = input.git};
    for (const std::string& body : input.activities) {
        TRY_LET(page, page_of(forge, repo, input, body, stamp));
        pages.activities.push_back(std::move(page));
    }
    return forge.map_pull_request(pages, stamp);
}

/// Everything that comes of the input. `failed`, where given, is told of an error.
inline std::string mapped(const Forge& forge, const RepoRef& repo, const ForgeInput& input,
                          const RowStamp& stamp, std::optional<Error>* failed = nullptr) {
    ForgeText out;
    const auto put = [&](const auto& result) {
        if (!result && failed) *failed = result.error();
        write(out, result);
    };
    if (input.stream == Stream::Activities) {
        put(pull_request_of(forge, repo, input, stamp));
        return out.take();
    }
    const auto page = page_of(forge, repo, input, input.body, stamp);
    if (!page) {
        out.failed(page.error());
        return out.take();
    }
    switch (input.stream) {
        case Stream::Repositories: put(forge.read_repositories(*page)); break;
        case Stream::Users: put(forge.read_users(*page)); break;
        case Stream::PullRequests:
        case Stream::PullRequest: put(forge.read_pull_requests(*page)); break;
        case Stream::Statuses: put(forge.read_statuses(*page)); break;
        case Stream::Branches:
        case Stream::Tags: put(forge.read_refs(*page)); break;
        case Stream::Commits:
        case Stream::PullRequestCommits: put(forge.read_commits(*page)); break;
        case Stream::CommitFiles: put(forge.read_commit_files(*page)); break;
        case Stream::Activities: break;
    }
    return out.take();
}

}  // namespace forgehouse::testing_support
