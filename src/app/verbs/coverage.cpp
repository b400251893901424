#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/collecting.h"
#include "app/terminal/table.h"
#include "app/verbs/verbs.h"
#include "app/world.h"
#include "base/json.h"
#include "base/text.h"

namespace forgehouse::app::verbs {
namespace {

using ports::Answer;
using ports::Query;
using terminal::Cell;

constexpr std::array kOptions{
    kReposOption,
    cli::Option{.name = "--missing", .doc = "Only where something is missing or not known."},
    kJson,
};
constexpr std::array kExamples{
    cli::Example{"coverage", "How complete each stream of each repository is."},
    cli::Example{"coverage --missing --repos 'TEAM/*'", "What is not, in some of them."}};

constexpr cli::Verb kCoverage{
    .name = "coverage",
    .group = "collect and ask",
    .summary = "say how complete what was collected is",
    .about =
        "Shows git_coverage: for each repository and stream, how many items the source says it "
        "has, how many the warehouse holds, and how many are missing, as every run counts them. "
        "Exit code 3 where something is missing, or a list of pull requests was never read.",
    .options = kOptions,
    .examples = kExamples};

constexpr Literal kSql = R"(
SELECT concat(project_key, '/', repo_slug) AS repository, stream, window, expected, stored,
    missing, last_checked_at, data_source
FROM git_coverage
ORDER BY data_source, project_key, repo_slug, stream, window)";

bool matches(const std::vector<std::string>& patterns, const std::string& repository) {
    const auto slash = repository.rfind('/');
    return patterns.empty() || std::ranges::any_of(patterns, [&](const std::string& pattern) {
               return text::glob_match(pattern, repository) ||
                      text::glob_match(pattern, repository.substr(slash + 1));
           });
}

std::string grouped(const Cell& cell) {
    const auto number = text::to_int(cell.value_or(""));
    if (!number) return "not known";
    return text::grouped(static_cast<std::uint64_t>(std::max<std::int64_t>(*number, 0)));
}

/// Of a list that was never read to its end, nobody knows how much is missing.
bool was_never_read(const std::vector<Cell>& row) {
    return row[1] == "pull_requests" && !row[3];
}

bool is_whole(const std::vector<Cell>& row) {
    return row[5] == "0";
}

std::string as_json(const std::vector<std::vector<Cell>>& rows) {
    json::Writer out;
    out.array();
    const auto number = [&](const Cell& cell) {
        const auto value = text::to_int(cell.value_or(""));
        value ? out.integer(*value) : out.null();
    };
    for (const auto& row : rows) {
        out.object().name("data_source").text(row[7].value_or(""));
        out.name("repository").text(row[0].value_or("")).name("stream").text(row[1].value_or(""));
        out.name("window").text(row[2].value_or("")).name("expected");
        number(row[3]);
        out.name("stored");
        number(row[4]);
        out.name("missing");
        number(row[5]);
        out.name("last_checked_at").text(row[6].value_or("")).end();
    }
    return out.end().take() + '\n';
}

Result<Exit> run(World& world) {
    Answer answer;
    TRY(world.ask_with_tables([&](ports::Warehouse& warehouse) -> Result<void> {
        TRY_LET(got, warehouse.ask(world.context(), Query(kSql)));
        answer = std::move(got);
        return {};
    }));
    const auto patterns = repo_patterns(world);
    const bool only_missing = world.arguments().has("--missing");
    std::vector<std::vector<Cell>> rows;
    bool something_missing = false;
    for (auto& row : answer.rows) {
        if (!matches(patterns, row[0].value_or(""))) continue;
        something_missing |= row[5] ? !is_whole(row) : was_never_read(row);
        if (!only_missing || !is_whole(row)) rows.push_back(std::move(row));
    }
    const Exit exit = something_missing ? Exit::Partial : Exit::Done;
    if (world.json()) {
        TRY(world.print(as_json(rows)));
        return exit;
    }
    if (rows.empty()) {
        world.tell(only_missing ? "nothing is missing\n"
                                : "nothing was collected so far that matches\n");
        return exit;
    }
    std::vector<std::vector<Cell>> shown;
    for (const auto& row : rows)
        shown.push_back({row[0], row[1], row[2], grouped(row[3]), grouped(row[4]), grouped(row[5]),
                         row[6].value_or("").substr(0, 19)});
    TRY(world.print(terminal::table({{"repository", false},
                                     {"stream", false},
                                     {"window", false},
                                     {"expected", true},
                                     {"stored", true},
                                     {"missing", true},
                                     {"checked (UTC)", false}},
                                    shown, world.out())));
    return exit;
}

}  // namespace

Verb coverage() {
    return {&kCoverage, run};
}

}  // namespace forgehouse::app::verbs
