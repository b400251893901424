#include "collect/checkpoints.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"

namespace forgehouse::collect {
namespace {

constexpr std::string_view kClock = "clock.json";
// Of the objects' layout. A newer program's objects are refused, never guessed at.
constexpr std::uint64_t kFormat = 1;

std::string key_of(const sources::RepoRef& repo) {
    return fmt::format(
        "repositories/{}/{}/{}/commits.json", ports::object_key_part(repo.data_source),
        ports::object_key_part(repo.project_key), ports::object_key_part(repo.repo_slug));
}

std::string key_of_run(std::string_view run_id) {
    return fmt::format("runs/{}.json", ports::object_key_part(run_id));
}

Error damaged(std::string_view key, Error error) {
    return std::move(error)
        .with("checkpoint", std::string(key))
        .hint(
            "Remove that file from the checkpoints folder: the next run reads the repository "
            "again and stores only what is missing.");
}

Result<std::uint64_t> count_at(const json::Value& root, std::string_view name) {
    TRY_LET(member, root.at(name));
    return member.count();
}

Result<json::Document> parse(const std::string& key, const std::string& bytes) {
    auto document = json::Document::parse(bytes);
    if (!document) return Failure(damaged(key, std::move(document).error()));
    const auto format = count_at(document->root(), "format");
    if (!format) return Failure(damaged(key, format.error()));
    if (*format > kFormat)
        return Failure(Error(Errc::Conflict, "the checkpoints are of a newer version")
                           .with("checkpoint", key)
                           .hint("Use the forgehouse that wrote them, or a newer one."));
    return document;
}

Result<std::optional<ports::Object>> get(exec::Context& ctx, ports::Objects& objects,
                                         std::string_view key) {
    auto object = objects.get(ctx, key);
    if (object) return std::optional(std::move(*object));
    if (object.error().code() == Errc::NotFound) return std::optional<ports::Object>();
    return Failure(std::move(object).error());
}

Result<std::string> text_at(const json::Value& root, std::string_view name) {
    TRY_LET(member, root.at(name));
    TRY_LET(value, member.text());
    return std::string(value);
}

Result<Checkpoint> read_checkpoint(const json::Value& root) {
    Checkpoint state;
    TRY_LET(fingerprint, text_at(root, "fingerprint"));
    state.fingerprint = fingerprint;
    TRY_LET(version, count_at(root, "version"));
    state.version = version;
    return state;
}

Result<OpenRun> read_run(const json::Value& root) {
    TRY_LET(data_source, text_at(root, "data_source"));
    TRY_LET(run_id, text_at(root, "run_id"));
    TRY_LET(settings, text_at(root, "settings"));
    TRY_LET(started, count_at(root, "started_ms"));
    return OpenRun{.data_source = data_source,
                   .run_id = run_id,
                   .started = Time::from_ms(static_cast<std::int64_t>(started)),
                   .settings = settings};
}

}  // namespace

struct Checkpoints::Ticks {
    std::uint64_t version = 0;
    std::uint64_t run_second = 0;  ///< of the last run's id
    std::uint64_t run_suffix = 0;
};

// Several processes may hand out versions on the same objects: read, count on, write if unchanged.
Result<Checkpoints::Ticks> Checkpoints::tick(exec::Context& ctx, bool names_a_run) {
    for (;;) {
        TRY_LET(object, get(ctx, objects_, kClock));
        Ticks ticks;
        if (object) {
            TRY_LET(document, parse(std::string(kClock), object->bytes));
            const json::Value root = document.root();
            const auto version = count_at(root, "version");
            const auto second = count_at(root, "run_second");
            const auto suffix = count_at(root, "run_suffix");
            if (!version || !second || !suffix)
                return Failure(damaged(kClock, Error(Errc::Corrupt, "a checkpoint is damaged")));
            ticks = {.version = *version, .run_second = *second, .run_suffix = *suffix};
        }
        const auto now = static_cast<std::uint64_t>(std::max<std::int64_t>(1, clock_.now().ms()));
        ticks.version = std::max(now, ticks.version + 1);
        if (names_a_run) {
            const std::uint64_t second = ticks.version / 1000;
            ticks.run_suffix = second == ticks.run_second ? ticks.run_suffix + 1 : 1;
            ticks.run_second = second;
        }
        json::Writer out;
        out.object().name("format").count(kFormat).name("version").count(ticks.version);
        out.name("run_second").count(ticks.run_second);
        out.name("run_suffix").count(ticks.run_suffix).end();
        const auto put =
            objects_.put_if(ctx, kClock, out.take(),
                            object ? std::optional(object->etag) : std::optional<std::string>());
        if (put) return ticks;
        if (put.error().code() != Errc::Conflict) return Failure(put.error());
    }
}

Result<std::uint64_t> Checkpoints::next_version(exec::Context& ctx) {
    TRY_LET(ticks, tick(ctx, false));
    return ticks.version;
}

Result<std::optional<Checkpoint>> Checkpoints::load(exec::Context& ctx,
                                                    const sources::RepoRef& repo) {
    const std::string key = key_of(repo);
    TRY_LET(object, get(ctx, objects_, key));
    if (!object) return std::optional<Checkpoint>();
    TRY_LET(document, parse(key, object->bytes));
    auto state = read_checkpoint(document.root());
    if (!state) return Failure(damaged(key, std::move(state).error()));
    return std::optional(std::move(*state));
}

Result<void> Checkpoints::save(exec::Context& ctx, const sources::RepoRef& repo,
                               const Checkpoint& state) {
    json::Writer out;
    out.object().name("format").count(kFormat).name("fingerprint").text(state.fingerprint);
    out.name("version").count(state.version).end();
    TRY(objects_.put(ctx, key_of(repo), out.take()));
    return {};
}

Result<void> Checkpoints::forget(exec::Context& ctx, const sources::RepoRef& repo) {
    return objects_.remove(ctx, key_of(repo));
}

Result<OpenRun> Checkpoints::begin_run(exec::Context& ctx, std::string_view data_source,
                                       std::string settings) {
    TRY_LET(ticks, tick(ctx, true));
    const Time started = Time::from_ms(static_cast<std::int64_t>(ticks.version));
    std::string run_id = fmt::format("{}-{}", data_source, to_compact(started));
    if (ticks.run_suffix > 1) run_id += fmt::format("-{}", ticks.run_suffix);
    OpenRun run{.data_source = std::string(data_source),
                .run_id = std::move(run_id),
                .started = started,
                .settings = std::move(settings)};
    json::Writer out;
    out.object().name("format").count(kFormat).name("data_source").text(run.data_source);
    out.name("run_id")
        .text(run.run_id)
        .name("started_ms")
        .count(static_cast<std::uint64_t>(run.started.ms()));
    out.name("settings").text(run.settings).end();
    TRY(objects_.put(ctx, key_of_run(run.run_id), out.take()));
    return run;
}

Result<void> Checkpoints::end_run(exec::Context& ctx, std::string_view run_id) {
    return objects_.remove(ctx, key_of_run(run_id));
}

Result<std::vector<OpenRun>> Checkpoints::open_runs(exec::Context& ctx) {
    TRY_LET(listed, objects_.list(ctx, "runs/"));
    std::vector<OpenRun> runs;
    for (const ports::ObjectInfo& info : listed) {
        TRY_LET(object, get(ctx, objects_, info.key));
        if (!object) continue;
        TRY_LET(document, parse(info.key, object->bytes));
        auto run = read_run(document.root());
        if (!run) return Failure(damaged(info.key, std::move(run).error()));
        runs.push_back(std::move(*run));
    }
    std::ranges::sort(runs, {}, &OpenRun::started);
    return runs;
}

}  // namespace forgehouse::collect
