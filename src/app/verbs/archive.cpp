#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/collecting.h"
#include "app/terminal/table.h"
#include "app/verbs/verbs.h"
#include "app/world.h"
#include "base/json.h"
#include "base/text.h"
#include "collect/archive_care.h"

namespace forgehouse::app::verbs {
namespace {

using collect::ArchivePick;

constexpr cli::Option kRepo{.name = "--repo",
                            .value = "R",
                            .doc =
                                "Only this repository, as PROJECT/NAME; a pattern will do. @ is "
                                "what belongs to the whole server: lists of repositories and "
                                "users."};
constexpr cli::Option kDate{
    .name = "--date", .value = "D", .doc = "Only what was archived on that day: 2024-02-29, UTC."};

constexpr std::array kSummaryOptions{kRepo, kSourceOption, kJson};
constexpr std::array kLoadOptions{kRepo, kDate, kSourceOption, kJson};
constexpr std::array kVerifyOptions{kRepo, kDate, kSourceOption, kJson};
constexpr std::array kCompactOptions{kRepo, kDate, kSourceOption, kJson};
constexpr std::array kWipeOptions{
    kRepo, kSourceOption,
    cli::Option{.name = "--confirm", .doc = "Does it. Without it is only said what would go."},
    kJson};

constexpr std::array kSummaryExamples{
    cli::Example{"archive summary", "What was archived, by repository and stream."}};
constexpr std::array kLoadExamples{
    cli::Example{"archive load", "Rebuilds the rows of all servers."},
    cli::Example{"archive load --repo TEAM/app", "Those of one repository."}};
constexpr std::array kVerifyExamples{
    cli::Example{"archive verify", "Unpacks and reads every part."}};
constexpr std::array kCompactExamples{
    cli::Example{"archive compact", "Makes one part of those of each day that is over."}};
constexpr std::array kWipeExamples{
    cli::Example{"archive wipe --repo TEAM/app", "Says what would be removed."},
    cli::Example{"archive wipe --repo TEAM/app --confirm", "Removes it, for ever."}};

constexpr cli::Verb kSummary{
    .name = "archive summary",
    .group = "archive",
    .summary = "say what the archive of raw answers holds",
    .about =
        "Every answer of a server is archived before anything is made of it, as zstd JSON "
        "lines below the data directory. This lists what is there.",
    .options = kSummaryOptions,
    .examples = kSummaryExamples};
constexpr cli::Verb kLoad{
    .name = "archive load",
    .group = "archive",
    .summary = "rebuild the warehouse from the archive, without a network",
    .about =
        "Reads the archived answers again, as if they had just come, and the mirrors as they "
        "lie in the data directory. The rows are those of the live runs. What was put aside "
        "because it could not be right is tried again.",
    .options = kLoadOptions,
    .examples = kLoadExamples};
constexpr cli::Verb kVerify{
    .name = "archive verify",
    .group = "archive",
    .summary = "check that every part of the archive can be read",
    .about =
        "Unpacks and parses every part, and names those that are damaged; exit code 1 where "
        "there are any.",
    .options = kVerifyOptions,
    .examples = kVerifyExamples};
constexpr cli::Verb kCompact{
    .name = "archive compact",
    .group = "archive",
    .summary = "put the small parts of each day together",
    .about =
        "Every run archives what it read in parts of its own. This makes one of those of a "
        "repository, a stream and a day, of days that are over (UTC); what archive load makes of "
        "them stays the same. schedule does it by itself once a day.",
    .options = kCompactOptions,
    .examples = kCompactExamples};
constexpr cli::Verb kWipe{
    .name = "archive wipe",
    .group = "archive",
    .summary = "remove a repository from the archive",
    .about =
        "Removes the archived answers of a repository, for ever. Its rows stay in the "
        "warehouse, and can no longer be rebuilt without asking the server again: the next "
        "collect does, and archives what it reads.",
    .options = kWipeOptions,
    .examples = kWipeExamples};

bool is_date(const std::string& text) {
    return text.size() == 10 && text[4] == '-' && text[7] == '-' && parse_time(text).has_value();
}

/// What the options choose. Errors: Invalid.
Result<ArchivePick> pick_of(World& world) {
    if (auto error = unknown_source(world)) return Failure(std::move(*error));
    ArchivePick pick;
    if (const auto repo = world.arguments().value("--repo")) {
        if (text::trim(*repo).empty())
            return Failure(Error(Errc::Invalid, "--repo wants a name")
                               .hint("write PROJECT/NAME; forgehouse archive summary lists them"));
        pick.repositories.emplace_back(text::trim(*repo));
    }
    if (const auto date = world.arguments().value("--date")) {
        if (!is_date(*date))
            return Failure(Error(Errc::Invalid, "not a day")
                               .with("value", *date)
                               .hint("write it as 2024-02-29"));
        pick.date = *date;
    }
    if (world.arguments().value("--source")) {
        TRY_LET(sources, configured_sources(world));
        pick.data_source = sources.front().info().data_source;
    }
    return pick;
}

std::string days(const collect::ArchivedStream& stream) {
    return stream.first_date == stream.last_date
               ? stream.first_date
               : fmt::format("{} to {}", stream.first_date, stream.last_date);
}

std::string name_of(const collect::ArchivedStream& stream) {
    return stream.project_key.empty() ? std::string("(the whole server)")
                                      : fmt::format("{}/{}", stream.project_key, stream.repo_slug);
}

std::string summary_json(const std::vector<collect::ArchivedStream>& streams) {
    json::Writer out;
    out.array();
    for (const collect::ArchivedStream& stream : streams) {
        out.object().name("data_source").text(stream.data_source);
        out.name("project_key").text(stream.project_key).name("repo_slug").text(stream.repo_slug);
        out.name("stream").text(stream.stream).name("parts").count(stream.parts);
        out.name("bytes").count(stream.bytes).name("first_date").text(stream.first_date);
        out.name("last_date").text(stream.last_date).end();
    }
    return out.end().take() + '\n';
}

Result<Exit> summary(World& world) {
    const auto pick = pick_of(world);
    if (!pick) return world.usage(pick.error());
    TRY_LET(archive, world.archive());
    TRY_LET(streams, collect::archive_summary(world.context(), *archive, *pick));
    if (world.json()) {
        TRY(world.print(summary_json(streams)));
        return Exit::Done;
    }
    if (streams.empty()) {
        world.tell("nothing is archived that matches\n");
        return Exit::Done;
    }
    std::vector<std::vector<terminal::Cell>> rows;
    std::uint64_t bytes = 0;
    for (const collect::ArchivedStream& stream : streams) {
        rows.push_back({stream.data_source, name_of(stream), stream.stream,
                        text::grouped(stream.parts), text::byte_size(stream.bytes), days(stream)});
        bytes += stream.bytes;
    }
    TRY(world.print(terminal::table({{"source", false},
                                     {"repository", false},
                                     {"stream", false},
                                     {"parts", true},
                                     {"packed", true},
                                     {"days", false}},
                                    rows, world.out())));
    world.tell(fmt::format("{} in all\n", text::byte_size(bytes)));
    return Exit::Done;
}

void add_json(json::Writer& out, const WantedSource& source, const collect::ReplayReport& report) {
    out.object().name("source").text(source.name).name("parts").count(report.parts);
    out.name("pages").count(report.pages).name("passed_over").count(report.passed_over);
    out.name("rows").count(report.counts.rows).name("commits").count(report.counts.commits);
    out.name("pull_requests").count(report.counts.pull_requests);
    out.name("quarantined").count(report.counts.quarantined);
    out.name("damaged_parts").count(report.damaged.size());
    out.name("ms").integer(report.took.count()).end();
}

std::string sentence(const WantedSource& source, const collect::ReplayReport& report) {
    const auto ms = std::max<std::int64_t>(report.took.count(), 1);
    return fmt::format("{}: {} pages of {} parts, {} rows in {} ({} rows/s), {} put aside\n",
                       source.name, text::grouped(report.pages), text::grouped(report.parts),
                       text::grouped(report.counts.rows), text::duration(report.took.count()),
                       text::grouped(report.counts.rows * 1000 / static_cast<std::uint64_t>(ms)),
                       text::grouped(report.counts.quarantined));
}

Result<Exit> load(World& world) {
    const auto pick = pick_of(world);
    if (!pick) return world.usage(pick.error());
    Collecting collecting(world, false);
    const auto forges = wanted_forges(world);
    if (!forges) return world.usage(forges.error());
    TRY_LET(deps, collecting.deps());
    json::Writer out;
    out.array();
    bool failed = false;
    for (const WantedSource& source : *forges) {
        ArchivePick own = *pick;
        own.data_source = source.info().data_source;
        const auto note = [&](std::size_t done, std::size_t of, const collect::Counts& counts) {
            if (!world.quiet())
                collecting.live().show(
                    {fmt::format("{}: {} of {} repositories, {} rows", source.name, done, of,
                                 text::grouped(counts.rows))});
        };
        const auto report =
            collect::load(world.context(), deps, *source.forge->forge,
                          request_for(world, source, request_of(world, {})), own, note);
        collecting.live().clear();
        if (!report && forges->size() == 1) return Failure(report.error());
        if (!report) {
            world.complain(report.error());
            failed = true;
            continue;
        }
        for (const Error& damage : report->damaged) world.complain(damage);
        failed = failed || !report->damaged.empty();
        for (const collect::RepoReport& repo : report->repositories)
            if (repo.error) {
                world.complain(Error(*repo.error).with("repo", sources::full_name(repo.repo)));
                failed = true;
            }
        if (world.json())
            add_json(out, source, *report);
        else
            TRY(world.print(sentence(source, *report)));
    }
    out.end();
    if (world.json()) TRY(world.print(out.take() + '\n'));
    return failed ? Exit::Partial : Exit::Done;
}

Result<Exit> verify(World& world) {
    const auto pick = pick_of(world);
    if (!pick) return world.usage(pick.error());
    TRY_LET(archive, world.archive());
    TRY_LET(check, collect::archive_verify(world.context(), *archive, *pick));
    for (const collect::ArchiveFault& fault : check.faults)
        world.complain(Error(fault.error).with("part", fault.key));
    const Exit exit = check.faults.empty() ? Exit::Done : Exit::Failed;
    if (!world.json()) {
        TRY(world.print(fmt::format("{} parts, {} pages, {} packed, {} unpacked; {} damaged\n",
                                    text::grouped(check.parts), text::grouped(check.pages),
                                    text::byte_size(check.bytes), text::byte_size(check.unpacked),
                                    check.faults.size())));
        return exit;
    }
    json::Writer out;
    out.object().name("parts").count(check.parts).name("pages").count(check.pages);
    out.name("bytes").count(check.bytes).name("unpacked").count(check.unpacked);
    out.name("damaged").array();
    for (const collect::ArchiveFault& fault : check.faults) out.text(fault.key);
    out.end().end();
    TRY(world.print(out.take() + '\n'));
    return exit;
}

Result<Exit> compact(World& world) {
    const auto pick = pick_of(world);
    if (!pick) return world.usage(pick.error());
    TRY_LET(archive, world.archive());
    const std::string today = to_iso(world.clock().now()).substr(0, 10);
    TRY_LET(done, collect::archive_compact(world.context(), *archive, world.settings().data, *pick,
                                           today));
    for (const collect::ArchiveFault& fault : done.faults) world.complain(fault.error);
    const Exit exit = done.faults.empty() ? Exit::Done : Exit::Partial;
    if (!world.json()) {
        TRY(world.print(
            fmt::format("{} parts became {}, {} became {}\n", text::grouped(done.parts_before),
                        text::grouped(done.parts_after), text::byte_size(done.bytes_before),
                        text::byte_size(done.bytes_after))));
        return exit;
    }
    json::Writer out;
    out.object().name("parts_before").count(done.parts_before);
    out.name("parts_after").count(done.parts_after).name("bytes_before").count(done.bytes_before);
    out.name("bytes_after").count(done.bytes_after).name("damaged").count(done.faults.size()).end();
    TRY(world.print(out.take() + '\n'));
    return exit;
}

Result<Exit> wipe(World& world) {
    const auto pick = pick_of(world);
    if (!pick) return world.usage(pick.error());
    if (pick->repositories.empty())
        return world.usage(Error(Errc::Invalid, "archive wipe wants --repo")
                               .hint("write --repo PROJECT/NAME; forgehouse archive summary lists "
                                     "them"));
    const bool dry = !world.arguments().has("--confirm");
    TRY_LET(archive, world.archive());
    TRY_LET(checkpoints, world.checkpoints());
    TRY_LET(wiped, collect::archive_wipe(world.context(),
                                         {.archive = *archive,
                                          .checkpoints = *checkpoints,
                                          .data_dir = world.settings().data},
                                         *pick, dry));
    if (world.json()) {
        json::Writer out;
        out.object().name("removed").flag(!dry).name("parts").count(wiped.parts);
        out.name("bytes").count(wiped.bytes).end();
        TRY(world.print(out.take() + '\n'));
        return Exit::Done;
    }
    TRY(world.print(fmt::format("{} {} parts, {}\n", dry ? "would remove" : "removed",
                                text::grouped(wiped.parts), text::byte_size(wiped.bytes))));
    if (dry) world.tell("nothing was removed: --confirm does it\n");
    return Exit::Done;
}

}  // namespace

Verb archive_summary() {
    return {&kSummary, summary};
}
Verb archive_load() {
    return {&kLoad, load};
}
Verb archive_verify() {
    return {&kVerify, verify};
}
Verb archive_compact() {
    return {&kCompact, compact};
}
Verb archive_wipe() {
    return {&kWipe, wipe};
}

}  // namespace forgehouse::app::verbs
