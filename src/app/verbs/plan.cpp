#include "collect/plan.h"

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

using collect::CostPlan;

constexpr std::array kOptions{
    kSourceOption,
    kReposOption,
    cli::Option{.name = "--per-second",
                .value = "N",
                .doc = "The limit of the server to reckon with, in requests a second, where none "
                       "has been learned yet: Bitbucket's own is 5."},
    kMaxWorkersOption,
    kPageLimitOption,
    kJson,
};
constexpr std::array kExamples{
    cli::Example{"plan", "What the next run would read, and how many calls it takes."},
    cli::Example{"plan --repos 'TEAM/*' --per-second 5", "The same for some repositories."}};

constexpr cli::Verb kPlan{
    .name = "plan",
    .group = "collect and ask",
    .summary = "say what the next run would cost, without making it",
    .about =
        "Lists the repositories of the configured servers that would be collected, what is already "
        "there of them, how many calls the run takes, and how long that is at the server's limit. "
        "Only the list of repositories is asked for, and nothing is written.",
    .options = kOptions,
    .examples = kExamples};

Result<std::optional<double>> assumed_limit(const World& world) {
    const auto given = world.arguments().value("--per-second");
    if (!given) return std::optional<double>();
    const auto number = text::to_int(*given);
    if (number && *number > 0 && *number <= 100'000) return static_cast<double>(*number);
    return Failure(Error(Errc::Invalid, "--per-second wants a whole number above 0")
                       .with("value", *given)
                       .hint("write for example --per-second 5"));
}

std::string already_there(const collect::PlannedRepository& repo) {
    if (!repo.collected_before) return "new";
    return repo.completed ? to_text(*repo.completed) : std::string("in part");
}

std::string table_of(const CostPlan& plan, const terminal::Screen& screen) {
    std::vector<std::vector<terminal::Cell>> rows;
    for (const collect::PlannedRepository& repo : plan.repositories)
        rows.push_back({sources::full_name(repo.repo), already_there(repo),
                        text::grouped(repo.pull_requests_stored),
                        text::grouped(repo.pull_requests_put_off)});
    return terminal::table({{"repository", false},
                            {"read to its end (UTC)", false},
                            {"pull requests", true},
                            {"put off", true}},
                           rows, screen);
}

std::string streams_of(const CostPlan& plan, const terminal::Screen& screen) {
    std::vector<std::vector<terminal::Cell>> rows;
    for (const collect::PlannedStream& stream : plan.streams)
        rows.push_back({stream.name, text::grouped(stream.calls),
                        stream.likely ? fmt::format("+ {}", text::grouped(*stream.likely))
                                      : std::string("not known")});
    return terminal::table({{"stream", false}, {"calls", true}, {"and probably", true}}, rows,
                           screen);
}

std::string conclusion(const CostPlan& plan) {
    std::string out = fmt::format(
        "{} of {} repositories{}; at least {} calls", plan.repositories.size(), plan.listed,
        plan.from_cache ? " (by a list of the last hour)" : "", text::grouped(plan.calls));
    if (plan.time_at_limit && plan.per_second)
        out += fmt::format(", {} at {:.3g} a second", text::duration(plan.time_at_limit->count()),
                           *plan.per_second);
    else
        out += "; the server's limit is not known (--per-second reckons with one)";
    return out + '\n';
}

void add_json(json::Writer& out, const WantedSource& source, const CostPlan& plan) {
    out.object().name("source").text(source.name);
    out.name("data_source").text(source.info().data_source);
    out.name("listed").count(plan.listed).name("from_cache").flag(plan.from_cache);
    out.name("calls").count(plan.calls).name("milliseconds_at_limit");
    plan.time_at_limit ? out.integer(plan.time_at_limit->count()) : out.null();
    out.name("per_second");
    plan.per_second ? out.number(*plan.per_second) : out.null();
    out.name("streams").array();
    for (const collect::PlannedStream& stream : plan.streams) {
        out.object().name("stream").text(stream.name).name("calls").count(stream.calls);
        out.name("likely");
        stream.likely ? out.count(*stream.likely) : out.null();
        out.end();
    }
    out.end().name("repositories").array();
    for (const collect::PlannedRepository& repo : plan.repositories) {
        out.object().name("repository").text(sources::full_name(repo.repo));
        out.name("collected_before").flag(repo.collected_before).name("completed");
        repo.completed ? out.text(to_iso(*repo.completed)) : out.null();
        out.name("pull_requests_stored").count(repo.pull_requests_stored);
        out.name("pull_requests_put_off").count(repo.pull_requests_put_off).end();
    }
    out.end().end();
}

Result<Exit> run(World& world) {
    if (const auto error = unknown_source(world)) return world.usage(*error);
    const auto limit = assumed_limit(world);
    if (!limit) return world.usage(limit.error());
    Collecting collecting(world, false);
    const auto forges = wanted_forges(world);
    if (!forges) return world.usage(forges.error());
    TRY_LET(deps, collecting.deps());
    json::Writer out;
    out.array();
    for (const WantedSource& source : *forges) {
        const collect::Request request = request_for(world, source, request_of(world, {}));
        TRY_LET(plan, collect::plan(world.context(), deps, *source.forge->forge,
                                    source.forge->reach(), request, *limit));
        if (world.json()) {
            add_json(out, source, plan);
            continue;
        }
        const std::string title = forges->size() > 1 ? fmt::format("{}\n", source.name) : "";
        TRY(world.print(fmt::format("{}{}\n{}\n{}", title, table_of(plan, world.out()),
                                    streams_of(plan, world.out()), conclusion(plan))));
    }
    out.end();
    if (world.json()) TRY(world.print(out.take() + '\n'));
    return Exit::Done;
}

}  // namespace

Verb plan() {
    return {&kPlan, run};
}

}  // namespace forgehouse::app::verbs
