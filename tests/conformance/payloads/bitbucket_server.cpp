// Every recorded answer of Bitbucket Server under a folder goes through the mapping:
//
//   bitbucket_server_payloads FOLDER
//
// A file is one answer, or a table (CSV) with one in each row. What an answer is, is told by its
// members; those that the source asks for are mapped, and as many rows must come as it holds
// things. All others are counted and named, so that nothing is left out in silence. The last line
// is `N passed, M failed`.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "base/json.h"
#include "conformance/payloads/csv.h"
#include "sources/registry.h"
#include "support/forge_text.h"

namespace forgehouse {
namespace {

namespace fs = std::filesystem;
using namespace testing_support;

const RepoRef kRepo{.data_source = "payloads", .project_key = "P", .repo_slug = "r"};
const RowStamp kStamp{.data_source = "payloads", .collected_at = {}, .version = 1};

enum class Kind : unsigned char {
    Repository,
    User,
    PullRequest,
    Activity,
    Comment,
    Status,
    Ref,
    Commit,
    Diff,
    FileDiff,
    Refusal,
    Other
};

bool has(const json::Value& value, std::initializer_list<std::string_view> members) {
    return std::ranges::all_of(members,
                               [&](std::string_view name) { return value.find(name).has_value(); });
}

// By what no other thing has.
Kind kind_of(const json::Value& value) {
    if (has(value, {"id", "fromRef", "toRef", "title"})) return Kind::PullRequest;
    if (has(value, {"action", "createdDate", "id"})) return Kind::Activity;
    if (has(value, {"id", "text", "author", "createdDate", "version"})) return Kind::Comment;
    if (has(value, {"slug", "project", "scmId"})) return Kind::Repository;
    if (has(value, {"id", "message", "committerTimestamp"}) ||
        has(value, {"id", "message", "authorTimestamp"}))
        return Kind::Commit;
    if (has(value, {"id", "displayId", "latestCommit"}) ||
        has(value, {"id", "displayId", "latestChangeset"}))
        return Kind::Ref;
    if (has(value, {"key", "state", "url"})) return Kind::Status;
    if (has(value, {"name", "slug", "displayName"})) return Kind::User;
    if (value.find("diffs")) return Kind::Diff;
    if (value.find("hunks")) return Kind::FileDiff;
    if (value.find("errors") || has(value, {"message", "exceptionName"})) return Kind::Refusal;
    return Kind::Other;
}

std::string printed(const json::Value& value) {
    std::string out;
    json::print(out, value);
    return out;
}

std::size_t rows_in(std::string_view text, std::string_view table) {
    const std::string head = fmt::format("# {}\n", table);
    const auto at = text.find(head);
    if (at == std::string_view::npos) return 0;
    text.remove_prefix(at + head.size());
    std::size_t rows = 0;
    for (; text.starts_with('{'); ++rows) text.remove_prefix(text.find('\n') + 1);
    return rows;
}

// Comments of a thread, as JSON tells it.
void count_comments(const json::Value& comment, std::set<std::string>& ids,
                    std::string_view kind = "comment") {
    ids.insert(fmt::format("{} {}", kind, printed(*comment.at("id"))));
    for (const std::string_view below : {"comments", "tasks"})
        if (const auto list = comment.find(below)) {
            const auto items = list->items();
            for (const json::Value& item : *items)
                count_comments(item, ids, below == "tasks" ? "task" : "comment");
        }
}

class Run {
public:
    Run() {
        auto made = make_forge({.kind = "bitbucket_server",
                                .data_source = "payloads",
                                .inputs = {{.text = "http://host", .user = {}, .password = {}}},
                                .page_limit = 100});
        forge_ = std::move(*made);
    }

    void file(const fs::path& path, std::string_view name) {
        std::ifstream stream(path, std::ios::binary);
        const std::string text = (std::ostringstream() << stream.rdbuf()).str();
        if (path.extension() != ".csv") return answer(text, name);
        for (const std::string& cell : conformance::column_of(text, "data")) answer(cell, name);
    }

    void say() const {
        for (const auto& [kind, count] : things_) fmt::print("  {:>5} {}\n", count, kind);
        fmt::print("  {} files hold what the source does not ask for: {}\n", others_.size(),
                   fmt::join(others_, " "));
        fmt::print("{} passed, {} failed\n", passed_, failed_);
    }
    bool good() const noexcept { return failed_ == 0 && passed_ > 0; }

private:
    void answer(std::string_view text, std::string_view name) {
        const auto document = json::Document::parse(text);
        if (document)
            answer(document->root(), name);
        else
            others_.insert(std::string(name));
    }

    void answer(const json::Value& root, std::string_view name) {
        // One recording keeps the answers to all queries of a path in one object, by query.
        if (root.find("")) {
            const auto by_query = *root.members();
            for (const auto& [query, value] : by_query) answer(value, name);
            return;
        }
        std::vector<json::Value> values{root};
        const auto list = root.find("values");
        if (list && list->items())
            values = *list->items();
        else if (root.items())
            values = *root.items();
        const Kind kind = values.empty() ? Kind::Other : kind_of(values.front());
        if (kind == Kind::Other) {
            others_.insert(std::string(name));
            return;
        }
        const std::string problem = check(kind, values, printed(root));
        passed_ += problem.empty();
        failed_ += !problem.empty();
        if (!problem.empty()) fmt::print("  {}: {}\n", name, problem);
    }

    std::string check(Kind kind, const std::vector<json::Value>& values, std::string_view text) {
        switch (kind) {
            case Kind::Repository:
                return count("repositories", {Stream::Repositories, "", page(values)},
                             "git_repositories", values.size());
            case Kind::User:
                return count("users", {Stream::Users, "", page(values)}, "git_users",
                             values.size());
            case Kind::Status:
                return count("build statuses", {Stream::Statuses, "1", page(values)},
                             "git_commit_statuses", values.size());
            case Kind::Commit:
                return count("commits", {Stream::Commits, "", page(values)}, "git_commits",
                             values.size());
            case Kind::Ref: return refs(values);
            case Kind::Diff: return diff(text);
            case Kind::PullRequest: return pull_requests(values);
            case Kind::Activity: return activities(values);
            case Kind::Comment: return activities(as_activities(values));
            case Kind::FileDiff: return diff(fmt::format("{{\"diffs\":{}}}", text));
            case Kind::Refusal: return refusal(text);
            case Kind::Other: break;
        }
        return {};
    }

    static std::string page(const std::vector<json::Value>& values) {
        std::string out = R"({"start":0,"limit":100,"isLastPage":true,"values":[)";
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (i > 0) out += ',';
            json::print(out, values[i]);
        }
        return out += "]}";
    }

    std::string count(std::string_view things, const ForgeInput& input, std::string_view table,
                      std::size_t expected) {
        things_[std::string(things)] += expected;
        std::optional<Error> failed;
        const std::string text = mapped(*forge_, kRepo, input, kStamp, &failed);
        if (failed) return failed->describe();
        const std::size_t rows = rows_in(text, table);
        if (rows == expected) return {};
        return fmt::format("{} rows of {} instead of {}", rows, table, expected);
    }

    std::string refs(const std::vector<json::Value>& values) {
        things_["branches and tags"] += values.size();
        const ForgeInput input{Stream::Branches, "", page(values)};
        const auto read = page_of(*forge_, kRepo, input, input.body, kStamp);
        const auto listing = read ? forge_->read_refs(*read) : Failure(read.error());
        if (!listing) return listing.error().describe();
        return listing->entries.size() == values.size() ? "" : "a ref is missing";
    }

    std::string diff(std::string_view text) {
        ++things_["differences"];
        const ForgeInput input{Stream::CommitFiles, "1", std::string(text)};
        const auto read = page_of(*forge_, kRepo, input, input.body, kStamp);
        const auto listing = read ? forge_->read_commit_files(*read) : Failure(read.error());
        return listing ? "" : listing.error().describe();
    }

    std::string pull_requests(const std::vector<json::Value>& values) {
        things_["pull requests"] += values.size();
        const ForgeInput input{Stream::PullRequests, "", page(values)};
        const auto read = page_of(*forge_, kRepo, input, input.body, kStamp);
        const auto listing = read ? forge_->read_pull_requests(*read) : Failure(read.error());
        if (!listing) return listing.error().describe();
        if (listing->items.size() != values.size()) return "a pull request is missing";
        for (std::size_t i = 0; i < values.size(); ++i) {
            const auto rows = pull_request_of(
                *forge_, kRepo, {Stream::Activities, "", listing->items[i].raw}, kStamp);
            if (!rows) return rows.error().describe();
            const auto reviewers = values[i].find("reviewers");
            if (reviewers && rows->reviewers.size() != reviewers->items()->size())
                return "a reviewer is missing";
        }
        return {};
    }

    // What is listed by itself is what an activity tells of.
    std::vector<json::Value> as_activities(const std::vector<json::Value>& comments) {
        std::string page = "[";
        for (const json::Value& comment : comments)
            page +=
                fmt::format(R"({}{{"id":{},"createdDate":1,"action":"COMMENTED","comment":{}}})",
                            page.size() == 1 ? "" : ",", page.size(), printed(comment));
        made_.push_back(std::move(*json::Document::parse(page + "]")));
        return *made_.back().root().items();
    }

    // Activities alone, under the item of some pull request.
    std::string activities(const std::vector<json::Value>& values) {
        things_["activities"] += values.size();
        ForgeInput input{Stream::Activities, "",
                         R"({"id":1,"title":"t","state":"OPEN","createdDate":1,"updatedDate":1,)"
                         R"("fromRef":{"id":"refs/heads/a"},"toRef":{"id":"refs/heads/b"}})"};
        input.activities = {page(values)};
        const auto rows = pull_request_of(*forge_, kRepo, input, kStamp);
        if (!rows) return rows.error().describe();
        if (rows->events.size() != values.size()) return "an event is missing";
        std::set<std::string> comments;
        for (const json::Value& value : values)
            if (const auto comment = value.find("comment")) count_comments(*comment, comments);
        things_["comments"] += comments.size();
        return rows->comments.size() == comments.size() ? "" : "a comment is missing";
    }

    std::string refusal(std::string_view text) {
        ++things_["refusals"];
        for (const int status : {400, 401, 403, 404, 409, 429, 500, 503}) {
            const auto error = forge_->refusal(
                forge_->hello(),
                {.status = status, .content_type = "application/json", .body = text});
            if (!error || error->hint().empty())
                return fmt::format("with status {} nobody is told what to do", status);
        }
        return {};
    }

    std::unique_ptr<Forge> forge_;
    std::vector<json::Document> made_;
    std::map<std::string, std::size_t> things_;
    std::set<std::string> others_;
    std::size_t passed_ = 0;
    std::size_t failed_ = 0;
};

// What a server sends unasked is no answer of the API.
bool is_webhook(std::string_view name) {
    if (name.ends_with("apiResponse.json")) return false;
    return name.contains("webhook") || name.contains("/events/") || name.contains("fnb_push");
}

int run(const fs::path& folder) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file()) files.push_back(entry.path());
    std::ranges::sort(files);
    Run all;
    std::size_t webhooks = 0;
    for (const fs::path& file : files) {
        const std::string name = fs::relative(file, folder).string();
        const std::string extension = file.extension().string();
        const bool is_raw_table = extension == ".csv" && name.contains("raw_tables");
        if (is_webhook(name))
            ++webhooks;
        else if (extension == ".json" || is_raw_table)
            all.file(file, name);
    }
    fmt::print("  {} files are webhooks\n", webhooks);
    all.say();
    return all.good() ? 0 : 1;
}

}  // namespace
}  // namespace forgehouse

int main(int argc, char** argv) {
    if (argc != 2 || !std::filesystem::is_directory(argv[1])) {
        fmt::print(stderr, "usage: {} FOLDER\n", argv[0]);
        return 2;
    }
    return forgehouse::run(argv[1]);
}
