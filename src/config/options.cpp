#include "config/options.h"

#include <algorithm>
#include <array>

#include "base/check.h"

namespace forgehouse::config {
namespace {

constexpr std::array kSections{
    Section{"", "Where things are."},
    Section{"engine", "The embedded ClickHouse, which is started when first needed."},
    Section{"warehouse", "A ClickHouse server to use instead of the embedded engine."},
    Section{"collect", "How repositories are read."},
    Section{"log", "What is written to standard error."},
};

constexpr std::uint64_t kMinute = 60'000;

constexpr std::array kOptions{
    option<Settings, &Settings::data>(
        {.key = "data",
         .fallback = "~/.local/share/forgehouse",
         .doc = "The data directory: the embedded warehouse, mirrors of remote repositories, "
                "checkpoints. The default follows XDG_DATA_HOME.",
         .example = "/srv/forgehouse",
         .flag = "--data"}),
    option<Settings, &Settings::database>(
        {.key = "database",
         .fallback = "default",
         .doc = "The ClickHouse database that holds the git_* tables.",
         .example = "git"}),
    option<Settings, &Settings::engine, &EngineSettings::library>(
        {.key = "engine.library",
         .fallback = "",
         .doc = "The libchdb.so to load. Unset: FORGEHOUSE_LIBCHDB, then the places where ./run "
                "puts it.",
         .example = "/opt/chdb/libchdb.so",
         .flag = "--library",
         .runs_code = true}),
    option<Settings, &Settings::engine, &EngineSettings::idle>(
        {.key = "engine.idle",
         .fallback = "60s",
         .doc = "How long the engine stays without a request. Never applies with engine.listen.",
         .example = "10m",
         .flag = "--idle",
         .least = 1000,
         .most = 7 * 24 * 60 * kMinute}),
    option<Settings, &Settings::engine, &EngineSettings::listen>(
        {.key = "engine.listen",
         .fallback = "",
         .doc = "A TCP address besides the Unix socket for `forgehouse engine`, so that Grafana, "
                "DBeaver and other ClickHouse clients can connect. They read only.",
         .example = "127.0.0.1:8123",
         .flag = "--listen"}),
    option<Settings, &Settings::engine, &EngineSettings::memory>(
        {.key = "engine.memory",
         .fallback = "0",
         .doc = "How much memory the engine may count on: seven tenths of it for all queries "
                "together, four for one. 0: what the machine or the container has.",
         .example = "4GB",
         .flag = "--memory"}),
    option<Settings, &Settings::engine, &EngineSettings::writable>(
        {.key = "engine.writable",
         .fallback = "false",
         .doc =
             "Lets the clients of engine.listen create, fill and drop tables too, the git_* ones "
             "excepted.",
         .flag = "--writable"}),
    option<Settings, &Settings::engine, &EngineSettings::allow_remote>(
        {.key = "engine.allow_remote",
         .fallback = "false",
         .doc = "Accepts an engine.listen that other machines can reach. Nobody is asked for a "
                "password there.",
         .flag = "--allow-remote"}),
    option<Settings, &Settings::engine, &EngineSettings::allow_unconfined>(
        {.key = "engine.allow_unconfined",
         .fallback = "false",
         .doc = "Lets the engine serve where the kernel cannot confine it to its data directory. "
                "Whoever may query may then read every file that you may read.",
         .flag = "--allow-unconfined",
         .runs_code = true}),
    option<Settings, &Settings::warehouse, &WarehouseSettings::url>(
        {.key = "warehouse.url",
         .fallback = "",
         .doc = "The address of a ClickHouse server's HTTP interface. Unset: the embedded engine "
                "is used.",
         .example = "https://clickhouse.example.org:8443"}),
    option<Settings, &Settings::warehouse, &WarehouseSettings::user>(
        {.key = "warehouse.user",
         .fallback = "",
         .doc = "The user at that server. Unset: its default user.",
         .example = "forgehouse"}),
    option<Settings, &Settings::warehouse, &WarehouseSettings::password>(
        {.key = "warehouse.password",
         .fallback = "",
         .doc = "Where the password of that user is to be found.",
         .example = "{file: /run/secrets/clickhouse}"}),
    option<Settings, &Settings::collect, &CollectSettings::workers>(
        {.key = "collect.workers",
         .fallback = "2",
         .doc = "How many repositories are read at once.",
         .example = "8",
         .flag = "--workers",
         .least = 1,
         .most = 256}),
    option<Settings, &Settings::collect, &CollectSettings::ticket_projects>(
        {.key = "collect.ticket_projects",
         .fallback = "",
         .doc = "The Jira projects whose ticket keys are looked for in commit messages. Unset: "
                "whatever looks like a ticket key and is not a known word such as UTF-8.",
         .example = "[PAY, OPS]"}),
    option<Settings, &Settings::collect, &CollectSettings::ticket_ignore_case>(
        {.key = "collect.ticket_ignore_case",
         .fallback = "false",
         .doc = "Whether pay-12 is a ticket key too."}),
    option<Settings, &Settings::log, &LogSettings::level>(
        {.key = "log.level",
         .fallback = "warn",
         .doc = "The least important events that are written. -v means info, -vv debug, -q error.",
         .example = "info"}),
    option<Settings, &Settings::log, &LogSettings::format>(
        {.key = "log.format",
         .fallback = "text",
         .doc = "Lines for people, or one JSON object a line.",
         .example = "json",
         .flag = "--log-format"}),
};

constexpr std::array kSourceOptions{
    option<SourceSettings, &SourceSettings::name>(
        {.key = "name",
         .fallback = "",
         .doc = "What `collect --source` calls it. Required, and different for each source.",
         .example = "work"}),
    option<SourceSettings, &SourceSettings::kind>(
        {.key = "kind",
         .fallback = "plain_git",
         .doc = "What it connects to: plain_git reads git repositories by path or address.",
         .example = "plain_git"}),
    option<SourceSettings, &SourceSettings::paths>(
        {.key = "paths",
         .fallback = "",
         .doc = "Repositories on this machine, read in place. Relative paths start at the file's "
                "folder.",
         .example = "[~/src/app, ../lib]"}),
    option<SourceSettings, &SourceSettings::urls>(
        {.key = "urls",
         .fallback = "",
         .doc = "Repositories by address: https, ssh or git. A mirror of each is kept.",
         .example = "[https://git.example.org/team/app.git]"}),
    option<SourceSettings, &SourceSettings::data_source>(
        {.key = "data_source",
         .fallback = "",
         .doc = "The name in the column data_source of all its rows. Unset: the kind's own, "
                "insight_git for plain_git.",
         .example = "insight_work"}),
    option<SourceSettings, &SourceSettings::user>({.key = "user",
                                                   .fallback = "",
                                                   .doc = "The user for https addresses.",
                                                   .example = "reader"}),
    option<SourceSettings, &SourceSettings::password>(
        {.key = "password",
         .fallback = "",
         .doc = "Where the password or token for https addresses is to be found.",
         .example = "{env: WORK_GIT_TOKEN}"}),
};

}  // namespace

std::span<const Section> sections() noexcept {
    return kSections;
}

std::span<const Option<Settings>> options() noexcept {
    return kOptions;
}

std::span<const Option<SourceSettings>> source_options() noexcept {
    return kSourceOptions;
}

const Option<Settings>& option_named(std::string_view key) {
    const auto at = std::ranges::find(kOptions, key, [](const auto& o) { return o.declared.key; });
    CHECK(at != kOptions.end());
    return *at;
}

std::string_view section_of(std::string_view key) noexcept {
    const auto dot = key.find('.');
    return dot == key.npos ? std::string_view() : key.substr(0, dot);
}

}  // namespace forgehouse::config
