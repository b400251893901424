#include "collect/resume.h"

#include <fmt/format.h>

#include <array>

#include "app/collecting.h"
#include "app/verbs/verbs.h"
#include "app/world.h"

namespace forgehouse::app::verbs {
namespace {

constexpr std::array kOperands{
    cli::Operand{.name = "RUN_ID",
                 .doc = "The run to go on with; the newest that did not complete without it.",
                 .least = 0}};

constexpr std::array kOptions{
    cli::Option{.name = "--collection-id",
                .value = "ID|TIME",
                .doc = "The same by another name: a run's id, or the time at which it began "
                       "(2024-02-29T12:00:00, UTC)."},
    kSourceOption,
    kWorkersOption,
    kBatchSizeOption,
    kMaxWorkersOption,
    kMaxRetriesOption,
    kPageLimitOption,
    kJson,
};

constexpr std::array kExamples{
    cli::Example{"resume", "Goes on with the last run that did not complete."},
    cli::Example{"resume insight_bitbucket_server-20240229-120000", "Goes on with that one."},
    cli::Example{"resume --collection-id 2024-02-29T12:00:00", "The one that began then."}};

constexpr cli::Verb kResume{
    .name = "resume",
    .group = "collect and ask",
    .summary = "go on with a run that did not complete",
    .about =
        "Goes on with a run that was interrupted or failed in part, with the request that it was "
        "made with: repositories that it read to their end are passed over. Nothing is lost "
        "without it either; the next collect would look at all of them.",
    .operands = kOperands,
    .options = kOptions,
    .examples = kExamples};

std::optional<Error> usage_error(const World& world) {
    const cli::Arguments& arguments = world.arguments();
    if (!arguments.operands.empty() && arguments.value("--collection-id"))
        return Error(Errc::Invalid, "RUN_ID and --collection-id say the same")
            .hint("give one of them");
    if (world.settings().sources.empty())
        return Error(Errc::Invalid, "nothing to resume: no source is configured")
            .hint("a run of `forgehouse collect PATH` is resumed by the same command");
    return unknown_source(world);
}

bool names_a_run(const World& world) {
    return !world.arguments().operands.empty() || world.arguments().value("--collection-id");
}

/// The run among those of the configured sources, and the source.
struct Found {
    collect::PastRun run;
    WantedSource* source;
};

Result<Found> find(World& world, ports::Warehouse& warehouse, std::vector<WantedSource>& sources) {
    const cli::Arguments& arguments = world.arguments();
    const std::string wanted = !arguments.operands.empty()
                                   ? arguments.operands[0]
                                   : arguments.value("--collection-id").value_or("");
    std::optional<Found> best;
    std::optional<Error> why;
    for (WantedSource& source : sources) {
        auto run =
            collect::run_to_resume(world.context(), warehouse, source.info().data_source, wanted);
        if (!run && run.error().code() != Errc::NotFound) return Failure(run.error());
        if (!run)
            why = std::move(run).error();
        else if (!best || run->started > best->run.started)
            best = Found{std::move(*run), &source};
    }
    if (!best) return Failure(std::move(*why));
    return std::move(*best);
}

Result<Exit> run(World& world) {
    if (const auto error = usage_error(world)) return world.usage(*error);
    Collecting collecting(world, false);
    TRY_LET(sources, configured_sources(world));
    TRY_LET(warehouse, world.warehouse());
    TRY(warehouse->prepare(world.context()));
    auto sought = find(world, *warehouse, sources);
    // For a timer it is no failure that there was none.
    if (!sought && sought.error().code() == Errc::NotFound && !names_a_run(world)) {
        world.tell("nothing to resume: every run completed\n");
        return Exit::Done;
    }
    TRY_LET(found, std::move(sought));
    TRY_LET(past, collect::request_of(found.run));
    collect::Request request = request_of(world, past.window);
    request.repo_patterns = past.repo_patterns;
    request.api.resume_from = past.api.resume_from;
    world.tell(fmt::format("resuming {}\n", found.run.run_id));
    std::vector<WantedSource> only;
    only.push_back(std::move(*found.source));
    return collecting.run_all(only, request);
}

}  // namespace

Verb resume() {
    return {&kResume, run};
}

}  // namespace forgehouse::app::verbs
