#include "collect/stock.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "collect/packed_json.h"
#include "collect/queries.h"
#include "collect/row_writer.h"

namespace forgehouse::collect {
namespace {

constexpr std::uint64_t kFormat = 1;
constexpr int kShareOfTime = 100;
constexpr std::chrono::milliseconds kQuick{1000};
// Beyond so many a list of their names is no help.
constexpr std::size_t kNamed = 500;

std::string key_of(std::string_view data_source) {
    return fmt::format("stock/{}.json.zst", ports::object_key_part(data_source));
}

/// Names of all of them, for a condition that lets others through too.
std::string names_of(const std::set<sources::RepoRef>& repositories,
                     std::string sources::RepoRef::* part) {
    std::set<std::string> names;
    if (repositories.size() <= kNamed)
        for (const sources::RepoRef& repo : repositories) names.insert(repo.*part);
    const std::vector<std::string> list(names.begin(), names.end());
    return array_of(list);
}

/// Where the row of a repository's project is counted.
sources::RepoRef project_of(const sources::RepoRef& repo) {
    return {.data_source = repo.data_source, .project_key = repo.project_key, .repo_slug = {}};
}

}  // namespace

Result<Stock::Counts> Stock::count(exec::Context& ctx, const Deps& deps,
                                   const std::string& data_source,
                                   const std::set<sources::RepoRef>& repositories) {
    TRY_LET(
        answer,
        deps.warehouse.ask(
            ctx, ports::Query(kRowCounts,
                              {{.name = "source", .value = data_source},
                               {.name = "projects",
                                .value = names_of(repositories, &sources::RepoRef::project_key)},
                               {.name = "slugs",
                                .value = names_of(repositories, &sources::RepoRef::repo_slug)}})));
    Counts counts;
    for (const auto& row : answer.rows) {
        const sources::RepoRef repo{.data_source = data_source,
                                    .project_key = row[1].value_or(""),
                                    .repo_slug = row[2].value_or("")};
        const auto rows = text::to_int(row[3].value_or(""));
        if (rows && *rows > 0 && repositories.contains(repo))
            counts[repo][row[0].value_or("")] = static_cast<std::uint64_t>(*rows);
    }
    return counts;
}

Stock::Record Stock::load(exec::Context& ctx, const Deps& deps, const std::string& data_source) {
    Record record;
    // Without it a loss is noticed later, and no row is wrong.
    const auto loaded = load_packed(ctx, deps.checkpoints, key_of(data_source));
    if (!loaded || !*loaded) return record;
    const json::Value root = (*loaded)->root();
    const auto number = [](const json::Value& of, std::string_view name) {
        const auto found = of.find(name);
        return found ? found->count().value_or(0) : std::uint64_t{0};
    };
    if (number(root, "format") != kFormat) return record;
    record.counted = Time::from_ms(static_cast<std::int64_t>(number(root, "counted_ms")));
    record.took = std::chrono::milliseconds(number(root, "took_ms"));
    const auto items = root.find("repositories");
    if (!items) return record;
    for (const json::Value& item : items->items().value_or(std::vector<json::Value>())) {
        const auto project = item.find("project"), slug = item.find("slug"),
                   tables = item.find("tables");
        if (!project || !slug || !tables) continue;
        StockCounts& counts =
            record.counts[{.data_source = data_source,
                           .project_key = std::string(project->text().value_or("")),
                           .repo_slug = std::string(slug->text().value_or(""))}];
        using Members = std::vector<std::pair<std::string_view, json::Value>>;
        for (const auto& [table, rows] : tables->members().value_or(Members()))
            counts.emplace(table, rows.count().value_or(0));
    }
    return record;
}

Result<void> Stock::save(exec::Context& ctx, const Deps& deps, const std::string& data_source,
                         const Record& record) {
    json::Writer out;
    out.object().name("format").count(kFormat).name("counted_ms").integer(record.counted.ms());
    out.name("took_ms").integer(record.took.count()).name("repositories").array();
    for (const auto& [repo, counts] : record.counts) {
        out.object().name("project").text(repo.project_key).name("slug").text(repo.repo_slug);
        out.name("tables").object();
        for (const auto& [table, rows] : counts) out.name(table).count(rows);
        out.end().end();
    }
    return save_packed(ctx, deps.checkpoints, key_of(data_source), out.end().end().take());
}

Result<Stock> Stock::take(exec::Context& ctx, const Deps& deps, std::string data_source,
                          std::set<sources::RepoRef> repositories) {
    Stock stock;
    stock.data_source_ = std::move(data_source);
    stock.record_ = load(ctx, deps, stock.data_source_);
    const bool is_known = std::ranges::any_of(
        repositories, [&](const auto& repo) { return stock.record_.counts.contains(repo); });
    for (const sources::RepoRef& repo : repositories) stock.repositories_.insert(project_of(repo));
    stock.repositories_.merge(repositories);
    const auto since = deps.clock.now() - stock.record_.counted;
    const bool is_quick = stock.record_.took <= kQuick;
    if (is_known && (is_quick || since.count() < 0 || since >= kShareOfTime * stock.record_.took))
        TRY(stock.look_for_losses(ctx, deps));
    return stock;
}

Result<void> Stock::look_for_losses(exec::Context& ctx, const Deps& deps) {
    const auto began = std::chrono::steady_clock::now();
    TRY_LET(counts, count(ctx, deps, data_source_, repositories_));
    is_counted_ = true;
    record_.counted = deps.clock.now();
    record_.took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - began);
    for (const sources::RepoRef& repo : repositories_) {
        const auto had = record_.counts.find(repo);
        if (had == record_.counts.end()) continue;
        for (const auto& [table, rows] : had->second)
            if (const std::uint64_t has = counts[repo][table]; has < rows)
                lost_[repo][table] = rows - has;
    }
    // A project's row comes back with any of its repositories.
    for (const sources::RepoRef& repo : repositories_) {
        const auto of_project = lost_.find(project_of(repo));
        if (of_project == lost_.end() || repo.repo_slug.empty()) continue;
        const StockCounts tables = of_project->second;
        lost_[repo].insert(tables.begin(), tables.end());
    }
    return {};
}

const StockCounts& Stock::lost(const sources::RepoRef& repo) const {
    static const StockCounts kNothing;
    const auto at = lost_.find(repo);
    return at == lost_.end() ? kNothing : at->second;
}

std::uint64_t Stock::before(const sources::RepoRef& repo, std::string_view table) const {
    for (const sources::RepoRef& place : {repo, project_of(repo)})
        if (const auto at = record_.counts.find(place); at != record_.counts.end())
            if (const auto rows = at->second.find(table); rows != at->second.end())
                return rows->second;
    return 0;
}

Result<void> Stock::keep(exec::Context& ctx, const Deps& deps,
                         const std::set<sources::RepoRef>& touched) {
    std::set<sources::RepoRef> wanted;
    for (const sources::RepoRef& repo : repositories_)
        if (touched.contains(repo) || !record_.counts.contains(repo)) {
            wanted.insert(repo);
            wanted.insert(project_of(repo));
        }
    if (wanted.empty()) return save(ctx, deps, data_source_, record_);
    TRY_LET(counts, count(ctx, deps, data_source_, wanted));
    for (const sources::RepoRef& repo : wanted) {
        StockCounts& had = record_.counts[repo];
        StockCounts has = std::move(counts[repo]);
        // What was not held against the record at the begin may have lost rows unnoticed.
        if (!is_counted_)
            for (const auto& [table, rows] : had) has[table] = std::max(has[table], rows);
        had = std::move(has);
    }
    return save(ctx, deps, data_source_, record_);
}

void keep(const Deps& deps, Stock& stock, const std::vector<RepoReport>& repositories) {
    std::set<sources::RepoRef> touched;
    for (const RepoReport& repo : repositories) {
        // What is lost is known to be lost until it is mended.
        const bool is_mended = stock.lost(repo.repo).empty() || repo.outcome == Outcome::Collected;
        if (repo.outcome != Outcome::Unchanged && is_mended) touched.insert(repo.repo);
    }
    exec::Context ctx = storing_context();
    if (const auto done = stock.keep(ctx, deps, touched); !done)
        log::write(log::Level::Info, "collect", "rows could not be counted", done.error(), {});
}

Mending mending_of(const StockCounts& lost) noexcept {
    Mending mending;
    for (const auto& [table, rows] : lost) {
        const bool is_of_pull_requests =
            table.starts_with("git_pr_") || table == "git_pull_requests";
        // Those of pull requests come with these; a pull request's own are read again with it.
        const bool hangs_on_commits = table == "git_commit_files" || table == "git_tickets";
        mending.pull_requests =
            mending.pull_requests || is_of_pull_requests || table == "git_tickets";
        mending.commits_again = mending.commits_again || hangs_on_commits;
        mending.history = mending.history || !is_of_pull_requests;
    }
    return mending;
}

std::vector<Finding> findings_of(const Stock& stock, const sources::RepoRef& repo) {
    std::vector<Finding> findings;
    for (const auto& [table, rows] : stock.lost(repo))
        findings.push_back({.repo = repo,
                            .check = "rows_still_there",
                            .table = table,
                            .checked = stock.before(repo, table),
                            .failed = rows,
                            .sample = {},
                            .severity = schema::Severity::Warning});
    return findings;
}

}  // namespace forgehouse::collect
