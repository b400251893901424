#include "collect/finishing.h"

#include <fmt/format.h>

#include "base/text.h"
#include "collect/queries.h"
#include "schema/git_coverage.h"

namespace forgehouse::collect {
namespace {

using schema::Severity;

// Asks for one row and gives its values as texts; "" for NULL.
Result<std::vector<std::string>> ask_row(exec::Context& ctx, ports::Warehouse& warehouse,
                                         Literal sql, const sources::RepoRef& repo) {
    TRY_LET(answer, warehouse.ask(ctx, ports::Query(sql, parameters_of(repo))));
    std::vector<std::string> values;
    if (answer.rows.empty()) return values;
    for (const auto& value : answer.rows.front()) values.push_back(value.value_or(""));
    return values;
}

Result<std::vector<std::uint64_t>> ask_counts(exec::Context& ctx, ports::Warehouse& warehouse,
                                              Literal sql, const sources::RepoRef& repo) {
    TRY_LET(values, ask_row(ctx, warehouse, sql, repo));
    std::vector<std::uint64_t> counts;
    for (const std::string& value : values)
        counts.push_back(static_cast<std::uint64_t>(text::to_int(value).value_or(0)));
    counts.resize(2);
    return counts;
}

class Finishing {
public:
    Finishing(exec::Context& ctx, ports::Warehouse& warehouse, FinishingFacts facts,
              StreamReport& report)
        : ctx_(ctx), warehouse_(warehouse), facts_(std::move(facts)), report_(report) {}

    Result<void> finish() {
        TRY_LET(refs, store_refs(ctx_, warehouse_, facts_.stamp, facts_.refs,
                                 std::move(facts_.head_dates), token_of(facts_.stamp)));
        report_.counts.rows += refs.rows;
        report_.counts.bytes += refs.bytes;
        check_refs();
        TRY(check_counts());
        TRY(insert(schema::git_projects, map_project(facts_.stamp)));
        return store_repository(refs.last_commit_date);
    }

private:
    template <class Table, class Row>
    Result<void> insert(const Table& table, const Row& row) {
        schema::Batch batch(table.info());
        batch.append(table, row);
        TRY(warehouse_.insert(ctx_, batch,
                              fmt::format("{}/{}", token_of(facts_.stamp), table.name)));
        report_.counts.rows += batch.rows();
        report_.counts.bytes += batch.bytes();
        return {};
    }

    void note(Literal name, Literal table, Severity severity, std::uint64_t checked,
              std::uint64_t failed, std::vector<std::string> sample) {
        report_.findings.push_back({.repo = facts_.repo.ref,
                                    .check = std::string(name.view()),
                                    .table = std::string(table.view()),
                                    .checked = checked,
                                    .failed = failed,
                                    .sample = std::move(sample),
                                    .severity = severity});
    }

    void check_refs();
    Result<void> check_counts();
    Result<void> check_files(std::uint64_t expected, std::uint64_t stored);
    Result<void> store_coverage(std::uint64_t stored);
    Result<void> store_repository(std::optional<Time> last_commit_date);

    exec::Context& ctx_;
    ports::Warehouse& warehouse_;
    FinishingFacts facts_;
    StreamReport& report_;
};

void Finishing::check_refs() {
    Check broken("broken_refs", "git_branches", Severity::Error);
    for (const git::Ref& ref : facts_.refs.refs)
        if (ref.peeled_type == git::ObjectType::Missing)
            broken.fail(ref.name);
        else
            broken.pass();
    for (const std::string& line : facts_.refs.broken) broken.fail(line);
    report_.findings.push_back(broken.finding(facts_.repo.ref));
    const git::Traits& traits = facts_.open.repository.traits();
    note("grafts_ignored", "git_commits", Severity::Info, traits.grafts, traits.grafts, {});
    const auto replaced =
        static_cast<std::uint64_t>(std::ranges::count_if(facts_.refs.refs, [](const git::Ref& ref) {
            return ref.name.starts_with("refs/replace/");
        }));
    note("replace_refs_ignored", "git_commits", Severity::Info, replaced, replaced, {});
    note("history_cut_off", "git_commits", Severity::Warning, 1, traits.is_shallow ? 1 : 0, {});
}

// Held against each other: what git reaches, what the warehouse has, and the files of the commits.
Result<void> Finishing::check_counts() {
    TRY_LET(commits, ask_counts(ctx_, warehouse_, kCommitCounts, facts_.repo.ref));
    TRY_LET(files, ask_counts(ctx_, warehouse_, kFileCount, facts_.repo.ref));
    const std::uint64_t stored = commits[0];
    TRY(store_coverage(stored));
    if (facts_.window.open()) {
        const std::uint64_t apart =
            stored > facts_.reachable ? stored - facts_.reachable : facts_.reachable - stored;
        note("commits_as_in_git", "git_commits", Severity::Error, facts_.reachable, apart, {});
    }
    return check_files(commits[1], files[0]);
}

Result<void> Finishing::check_files(std::uint64_t expected, std::uint64_t stored) {
    std::uint64_t orphans = 0;
    std::vector<std::string> sample;
    // Looking for each row's commit is costly, and only useful where the sums disagree.
    if (expected != stored) {
        TRY_LET(found, ask_row(ctx_, warehouse_, kOrphanFiles, facts_.repo.ref));
        if (found.size() == 2) {
            orphans = static_cast<std::uint64_t>(text::to_int(found[0]).value_or(0));
            for (const std::string_view id : text::split(found[1], ' '))
                if (!id.empty()) sample.emplace_back(id);
        }
    }
    note("orphan_files", "git_commit_files", Severity::Warning, stored, orphans, std::move(sample));
    const std::uint64_t owned = stored - std::min(stored, orphans);
    note("files_as_in_commits", "git_commit_files", Severity::Error, expected,
         owned > expected ? owned - expected : expected - owned, {});
    return {};
}

Result<void> Finishing::store_coverage(std::uint64_t stored) {
    const Stamp& stamp = facts_.stamp;
    return insert(schema::git_coverage,
                  schema::GitCoverage{
                      .data_source = {stamp.repo.data_source},
                      .project_key = stamp.repo.project_key,
                      .repo_slug = stamp.repo.repo_slug,
                      .stream = "commits",
                      .window = "all",
                      .expected = facts_.reachable,
                      .stored = stored,
                      .missing = facts_.reachable - std::min(facts_.reachable, stored),
                      .last_checked_at = stamp.collected_at,
                      .collected_at = stamp.collected_at,
                      ._version = stamp.version,
                      .is_deleted = 0,
                  });
}

Result<void> Finishing::store_repository(std::optional<Time> last_commit_date) {
    std::optional<std::string> language;
    if (facts_.reachable > 0) {
        TRY_LET(main, ask_row(ctx_, warehouse_, kMainLanguage, facts_.repo.ref));
        if (!main.empty()) language = main.front();
    }
    const std::string_view branch = facts_.refs.default_branch();
    return insert(
        schema::git_repositories,
        map_repository(
            facts_.stamp, facts_.repo,
            {.default_branch = branch.empty() ? std::nullopt
                                              : std::optional(std::string(git::short_name(branch))),
             .language = std::move(language),
             .size_kb = facts_.open.size_kb(),
             .last_commit_date = last_commit_date,
             .first_seen = facts_.known ? facts_.known->first_seen : facts_.stamp.collected_at,
             .is_empty = facts_.reachable == 0,
             .metadata = facts_.open.metadata(facts_.repo)}));
}

}  // namespace

Result<std::optional<KnownRepository>> known_repository(exec::Context& ctx,
                                                        ports::Warehouse& warehouse,
                                                        const sources::RepoRef& repo) {
    TRY_LET(row, ask_row(ctx, warehouse, kStoredRepository, repo));
    if (row.size() != 2) return std::optional<KnownRepository>();
    return std::optional(
        KnownRepository{.first_seen = Time::from_ms(text::to_int(row[0]).value_or(0)),
                        .version = static_cast<std::uint64_t>(text::to_int(row[1]).value_or(0))});
}

std::string token_of(const Stamp& stamp) {
    return fmt::format("{}/{}/{}", stamp.repo.data_source, sources::full_name(stamp.repo),
                       stamp.version);
}

Result<void> finish_repository(exec::Context& ctx, ports::Warehouse& warehouse,
                               FinishingFacts facts, StreamReport& report) {
    return Finishing(ctx, warehouse, std::move(facts), report).finish();
}

}  // namespace forgehouse::collect
