#include "collect/resume.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "collect/queries.h"

namespace forgehouse::collect {
namespace {

constexpr std::size_t kLookedAt = 1000;

Result<PastRun> run_of(const std::vector<std::optional<std::string>>& row) {
    constexpr std::size_t kColumns = 13;
    if (row.size() != kColumns)
        return Failure(Error(Errc::Corrupt, "the warehouse answered in another shape"));
    const auto text_at = [&](std::size_t i) { return row[i].value_or(""); };
    const auto count_at = [&](std::size_t i) {
        return static_cast<std::uint64_t>(text::to_int(text_at(i)).value_or(0));
    };
    const auto time_at = [&](std::size_t i) {
        return Time::from_ms(text::to_int(text_at(i)).value_or(0));
    };
    return PastRun{
        .data_source = text_at(0),
        .run_id = text_at(1),
        .status =
            schema::from_word<schema::RunStatus>(text_at(2)).value_or(schema::RunStatus::Failed),
        .started = time_at(3),
        .completed = row[4] ? std::optional(time_at(4)) : std::nullopt,
        .repos_processed = count_at(5),
        .repos_failed = count_at(6),
        .commits = count_at(7),
        .pull_requests = count_at(8),
        .records = count_at(9),
        .api_calls = count_at(10),
        .settings = text_at(11),
        .error_summary = text_at(12)};
}

std::vector<std::string> texts_of(const json::Value& root, std::string_view name) {
    std::vector<std::string> out;
    if (const auto member = root.find(name))
        for (const json::Value& item : member->items().value_or(std::vector<json::Value>()))
            out.emplace_back(item.text().value_or(""));
    return out;
}

Result<std::vector<NamePattern>> patterns_of(const json::Value& root, std::string_view name) {
    std::vector<NamePattern> out;
    for (const std::string& text : texts_of(root, name)) {
        TRY_LET(pattern, NamePattern::parse(text));
        out.push_back(std::move(pattern));
    }
    return out;
}

Result<std::optional<Time>> time_of(const json::Value& root, std::string_view name) {
    const auto member = root.find(name);
    if (!member) return std::optional<Time>();
    TRY_LET(text, member->text());
    TRY_LET(time, parse_time(text));
    return std::optional(time);
}

template <class Number>
void take_count(const json::Value& root, std::string_view name, Number& into) {
    if (const auto member = root.find(name))
        if (const auto count = member->count()) into = static_cast<Number>(*count);
}

Result<void> read_filter(const json::Value& root, sources::RepositoryFilter& filter) {
    TRY_LET(projects, patterns_of(root, "projects"));
    TRY_LET(no_projects, patterns_of(root, "exclude_projects"));
    TRY_LET(repositories, patterns_of(root, "repositories"));
    TRY_LET(no_repositories, patterns_of(root, "exclude_repositories"));
    filter.projects = std::move(projects);
    filter.exclude_projects = std::move(no_projects);
    filter.repositories = std::move(repositories);
    filter.exclude_repositories = std::move(no_repositories);
    take_count(root, "max_repositories", filter.max_repositories);
    return {};
}

}  // namespace

Result<std::vector<PastRun>> past_runs(exec::Context& ctx, ports::Warehouse& warehouse,
                                       std::string_view data_source, std::size_t limit) {
    TRY_LET(answer,
            warehouse.ask(
                ctx, ports::Query(kPastRuns, {{.name = "source", .value = std::string(data_source)},
                                              {.name = "limit", .value = std::to_string(limit)}})));
    std::vector<PastRun> runs;
    for (const auto& row : answer.rows) {
        TRY_LET(run, run_of(row));
        runs.push_back(std::move(run));
    }
    return runs;
}

Result<PastRun> run_to_resume(exec::Context& ctx, ports::Warehouse& warehouse,
                              std::string_view data_source, std::string_view wanted) {
    TRY_LET(runs, past_runs(ctx, warehouse, data_source, kLookedAt));
    const auto time = wanted.empty() ? Result<Time>(Time()) : parse_time(wanted);
    const auto found = std::ranges::find_if(runs, [&](const PastRun& run) {
        if (wanted.empty()) return run.status != schema::RunStatus::Completed;
        return run.run_id == wanted || (time && run.started.seconds() == time->seconds());
    });
    if (found == runs.end()) {
        Error error(Errc::NotFound, wanted.empty() ? Literal("every run completed")
                                                   : Literal("there is no such run"));
        if (!wanted.empty()) error.with("run", std::string(wanted));
        return Failure(std::move(error).hint("`forgehouse runs` lists the runs that there were."));
    }
    if (found->status == schema::RunStatus::Completed)
        return Failure(Error(Errc::Conflict, "this run completed")
                           .with("run", found->run_id)
                           .hint("`forgehouse collect` makes a new one."));
    return *found;
}

Result<Request> request_of(const PastRun& run) {
    TRY_LET(document, json::Document::parse(run.settings));
    const json::Value root = document.root();
    Request request;
    request.repo_patterns = texts_of(root, "repos");
    TRY_LET(since, time_of(root, "since"));
    TRY_LET(until, time_of(root, "until"));
    request.window = {.since = since, .until = until};
    take_count(root, "workers", request.workers);
    request.tickets.allowed_projects = texts_of(root, "ticket_projects");
    if (const auto flag = root.find("ticket_ignore_case"))
        request.tickets.ignore_case = flag->flag().value_or(false);
    request.api.resume_from = run.started;
    const auto api = root.find("api");
    if (!api) return request;
    TRY(read_filter(*api, request.api.filter));
    const auto commits = api->find("commits");
    const std::string_view word = commits ? commits->text().value_or("") : "";
    for (const CommitsFrom from : {CommitsFrom::Auto, CommitsFrom::Git, CommitsFrom::Api})
        if (name_of(from) == word) request.api.commits = from;
    if (const auto flag = api->find("build_statuses"))
        request.api.build_statuses = flag->flag().value_or(false);
    take_count(*api, "batch_size", request.api.batch_size);
    take_count(*api, "max_workers", request.api.max_workers);
    take_count(*api, "max_retries", request.api.max_retries);
    return request;
}

}  // namespace forgehouse::collect
