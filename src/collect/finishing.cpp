#include "collect/finishing.h"

#include <fmt/format.h>

#include <thread>

#include "base/digest.h"
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

class Finishing {
public:
    Finishing(exec::Context& ctx, ports::Warehouse& warehouse, FinishingFacts facts,
              StreamReport& report)
        : ctx_(ctx), warehouse_(warehouse), facts_(std::move(facts)), report_(report) {}

    Result<void> finish() {
        check_refs();
        Result<RefRows> refs{RefRows()};
        std::jthread beside([&, ctx = ctx_]() mutable {
            refs = store_refs(ctx, warehouse_, facts_.stamp, facts_.refs,
                              std::move(facts_.head_dates), token_of(facts_.stamp));
        });
        const auto counted = store_counts();
        beside.join();
        TRY(counted);
        if (!refs) return Failure(refs.error());
        report_.counts.rows += refs->rows;
        report_.counts.bytes += refs->bytes;
        // The last of all: its version is what a later run trusts in.
        return store_repository(refs->last_commit_date);
    }

    Result<void> note_half_read(std::optional<std::uint64_t> expected) {
        TRY_LET(asked, take_inventory(ctx_, warehouse_, facts_.repo.ref));
        if (asked.reachable == 0) return {};
        facts_.reachable = expected.value_or(asked.reachable);
        TRY(store_coverage(asked.reachable, expected));
        facts_.inventory = std::move(asked);
        // An earlier run's row knows more.
        return facts_.known ? Result<void>() : store_repository(std::nullopt);
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

    schema::GitProject project() const;
    void check_refs();
    Result<void> store_counts();
    Result<void> check_counts();
    Result<void> check_files(std::uint64_t expected, std::uint64_t stored);
    Result<void> store_coverage(std::uint64_t stored, std::optional<std::uint64_t> expected);
    Result<void> store_repository(std::optional<Time> last_commit_date);

    exec::Context& ctx_;
    ports::Warehouse& warehouse_;
    FinishingFacts facts_;
    StreamReport& report_;
};

// What only the forge knows, and what git knows better.
schema::GitRepository with_git(schema::GitRepository listed, schema::GitRepository found) {
    listed.is_empty = found.is_empty;
    listed.default_branch = std::move(found.default_branch);
    if (!listed.language) listed.language = std::move(found.language);
    listed.last_commit_date = found.last_commit_date;
    listed.first_seen = found.first_seen;
    listed.collected_at = found.collected_at;
    listed._version = found._version;
    return listed;
}

schema::GitProject Finishing::project() const {
    if (!facts_.listed) return map_project(facts_.stamp);
    schema::GitProject row = facts_.listed->project;
    row.collected_at = facts_.stamp.collected_at;
    row._version = facts_.stamp.version;
    return row;
}

void Finishing::check_refs() {
    Check broken("broken_refs", "git_branches", Severity::Error);
    for (const git::Ref& ref : facts_.refs.refs)
        if (ref.peeled_type == git::ObjectType::Missing)
            broken.fail(ref.name);
        else
            broken.pass();
    for (const std::string& line : facts_.refs.broken) broken.fail(line);
    report_.findings.push_back(broken.finding(facts_.repo.ref));
    if (facts_.open == nullptr) return;
    const git::Traits& traits = facts_.open->repository.traits();
    note("grafts_ignored", "git_commits", Severity::Info, traits.grafts, traits.grafts, {});
    const auto replaced =
        static_cast<std::uint64_t>(std::ranges::count_if(facts_.refs.refs, [](const git::Ref& ref) {
            return ref.name.starts_with("refs/replace/");
        }));
    note("replace_refs_ignored", "git_commits", Severity::Info, replaced, replaced, {});
    note("history_cut_off", "git_commits", Severity::Warning, 1, traits.is_shallow ? 1 : 0, {});
}

Result<void> Finishing::store_counts() {
    if (!facts_.inventory) {
        TRY_LET(asked, take_inventory(ctx_, warehouse_, facts_.repo.ref));
        facts_.inventory = std::move(asked);
    }
    TRY(check_counts());
    TRY(store_coverage(facts_.inventory->reachable, facts_.reachable));
    return insert(schema::git_projects, project());
}

// Held against each other: what git reaches, what the warehouse has, and the files of the commits.
Result<void> Finishing::check_counts() {
    const std::uint64_t stored = facts_.inventory->reachable;
    if (facts_.window.open()) {
        const std::uint64_t apart =
            stored > facts_.reachable ? stored - facts_.reachable : facts_.reachable - stored;
        note("commits_as_in_git", "git_commits", Severity::Error, facts_.reachable, apart, {});
    }
    return check_files(facts_.inventory->files_of_commits, facts_.inventory->file_rows);
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

Result<void> Finishing::store_coverage(std::uint64_t stored,
                                       std::optional<std::uint64_t> expected) {
    const Stamp& stamp = facts_.stamp;
    std::optional<std::uint64_t> missing;
    if (expected) missing = *expected - std::min(*expected, stored);
    return insert(schema::git_coverage, schema::GitCoverage{
                                            .data_source = {stamp.repo.data_source},
                                            .project_key = stamp.repo.project_key,
                                            .repo_slug = stamp.repo.repo_slug,
                                            .stream = "commits",
                                            .window = "all",
                                            .expected = expected,
                                            .stored = stored,
                                            .missing = missing,
                                            .last_checked_at = stamp.collected_at,
                                            .collected_at = stamp.collected_at,
                                            ._version = stamp.version,
                                            .is_deleted = 0,
                                        });
}

Result<void> Finishing::store_repository(std::optional<Time> last_commit_date) {
    const std::string_view branch = facts_.refs.default_branch();
    schema::GitRepository row = map_repository(
        facts_.stamp, facts_.repo,
        {.default_branch =
             branch.empty() ? std::nullopt : std::optional(std::string(git::short_name(branch))),
         .language = facts_.reachable > 0 ? facts_.inventory->main_language() : std::nullopt,
         .size_kb = facts_.open ? facts_.open->size_kb() : std::nullopt,
         .last_commit_date = last_commit_date,
         .first_seen = facts_.known ? facts_.known->first_seen : facts_.stamp.collected_at,
         .is_empty = facts_.reachable == 0,
         .metadata = facts_.open ? facts_.open->metadata(facts_.repo) : std::string()});
    if (facts_.listed) row = with_git(facts_.listed->row, std::move(row));
    return insert(schema::git_repositories, row);
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

std::string fingerprint_of(const sources::ListedRepo& listed) {
    schema::GitRepository row = listed.row;
    row.collected_at = row.first_seen = Time();
    row._version = 0;
    schema::GitProject project = listed.project;
    project.collected_at = Time();
    project._version = 0;
    schema::Batch repositories(schema::git_repositories.info());
    repositories.append(schema::git_repositories, row);
    schema::Batch projects(schema::git_projects.info());
    projects.append(schema::git_projects, project);
    std::string bytes;
    for (const schema::Batch* batch : {&repositories, &projects})
        for (std::size_t i = 0; i < batch->table().columns.size(); ++i)
            bytes.append(batch->column(i).nulls)
                .append(batch->column(i).ends)
                .append(batch->column(i).values);
    return sha256_hex(bytes);
}

std::string token_of(const Stamp& stamp) {
    return fmt::format("{}/{}/{}", stamp.repo.data_source, sources::full_name(stamp.repo),
                       stamp.version);
}

Result<void> finish_repository(exec::Context& ctx, ports::Warehouse& warehouse,
                               FinishingFacts facts, StreamReport& report) {
    return Finishing(ctx, warehouse, std::move(facts), report).finish();
}

Result<void> note_half_read(exec::Context& ctx, ports::Warehouse& warehouse, FinishingFacts facts,
                            std::optional<std::uint64_t> expected, StreamReport& report) {
    return Finishing(ctx, warehouse, std::move(facts), report).note_half_read(expected);
}

}  // namespace forgehouse::collect
