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
    Section{"schedule", "Collecting again and again: `forgehouse schedule`."},
    Section{"server", "The forge: `forgehouse serve`."},
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
             "excepted. With engine.users that file says who may.",
         .flag = "--writable"}),
    option<Settings, &Settings::engine, &EngineSettings::users>(
        {.key = "engine.users",
         .fallback = "",
         .doc =
             "A file of users for engine.listen, a line each: `NAME read|write HASH`, where HASH "
             "comes from `forgehouse engine --hash-password`; max_memory_usage=BYTES, "
             "max_execution_time=SECONDS and max_threads=N may follow. Nobody is served there "
             "without a password then. It must not be readable by others.",
         .example = "/etc/forgehouse/users",
         .flag = "--users"}),
    option<Settings, &Settings::engine, &EngineSettings::tls_certificate>(
        {.key = "engine.tls_certificate",
         .fallback = "",
         .doc = "The certificate of engine.listen, followed by its chain, as PEM: HTTPS is spoken "
                "there then, TLS 1.2 or newer. A new one holds once the engine is started again.",
         .example = "/etc/forgehouse/tls.pem",
         .flag = "--tls-certificate"}),
    option<Settings, &Settings::engine, &EngineSettings::tls_key>(
        {.key = "engine.tls_key",
         .fallback = "",
         .doc = "The key of that certificate as PEM, without a password. Read before the process "
                "confines itself, and out of its reach from then on.",
         .example = "/etc/forgehouse/tls.key",
         .flag = "--tls-key"}),
    option<Settings, &Settings::engine, &EngineSettings::allow_remote>(
        {.key = "engine.allow_remote",
         .fallback = "false",
         .doc = "Accepts an engine.listen that other machines can reach without engine.users, so "
                "that nobody is asked for a password, or without TLS, so that passwords can be "
                "read on the way. For networks that are trusted, and behind a proxy.",
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
         .doc =
             "How many repositories are read at once. A source that is asked over an API reads at "
             "least as many as it may have requests in flight.",
         .example = "8",
         .flag = "--workers",
         .least = 1,
         .most = 256}),
    option<Settings, &Settings::collect, &CollectSettings::sources_at_once>(
        {.key = "collect.sources_at_once",
         .fallback = "4",
         .doc =
             "How many sources are read at once. Each has its own requests in flight and its own "
             "limit; they share the machine.",
         .example = "1",
         .least = 1,
         .most = 64}),
    option<Settings, &Settings::collect, &CollectSettings::batch_size>(
        {.key = "collect.batch_size",
         .fallback = "1000",
         .doc =
             "How many pull requests are stored together, at most: what an interruption may cost "
             "to be read again.",
         .example = "250",
         .flag = "--batch-size",
         .least = 1,
         .most = 100'000}),
    option<Settings, &Settings::collect, &CollectSettings::max_workers>(
        {.key = "collect.max_workers",
         .fallback = "5",
         .doc = "The most requests in flight to one server. Below it the number adapts to what the "
                "server bears.",
         .example = "12",
         .flag = "--max-workers",
         .least = 1,
         .most = 256}),
    option<Settings, &Settings::collect, &CollectSettings::max_retries>(
        {.key = "collect.max_retries",
         .fallback = "3",
         .doc = "How often a request that failed is tried again, after growing pauses. Being told "
                "to wait (429) is not a failure and does not count.",
         .example = "8",
         .flag = "--max-retries",
         .most = 100}),
    option<Settings, &Settings::collect, &CollectSettings::page_limit>(
        {.key = "collect.page_limit",
         .fallback = "100",
         .doc = "How many items a page is asked to hold. A server may grant fewer.",
         .example = "500",
         .flag = "--page-limit",
         .least = 1,
         .most = 1000}),
    option<Settings, &Settings::collect, &CollectSettings::read_timeout>(
        {.key = "collect.read_timeout",
         .fallback = "60s",
         .doc = "How long a server may be silent before or in the middle of an answer: then the "
                "connection is dropped, and the request tried again.",
         .example = "5m",
         .least = 1000,
         .most = 3'600'000}),
    option<Settings, &Settings::collect, &CollectSettings::look_back>(
        {.key = "collect.look_back",
         .fallback = "30d",
         .doc =
             "Pull requests that are open, or were updated within this span, are read again even "
             "where the list shows no change: forges change some things without saying so.",
         .example = "90d",
         .flag = "--look-back"}),
    option<Settings, &Settings::collect, &CollectSettings::recheck>(
        {.key = "collect.recheck",
         .fallback = "1d",
         .doc = "How old the last reading of such a pull request must be before that.",
         .example = "6h"}),
    option<Settings, &Settings::collect, &CollectSettings::discovery_cache>(
        {.key = "collect.discovery_cache",
         .fallback = "1h",
         .doc = "A server's list of repositories that is younger than this is not asked for again. "
                "0s: every run asks.",
         .example = "0s",
         .flag = "--discovery-cache"}),
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
    option<Settings, &Settings::collect, &CollectSettings::git_memory>(
        {.key = "collect.git_memory",
         .fallback = "0",
         .doc = "How much memory of its own one process of git may take; the pack files that it "
                "maps do not count. 0: half of what the machine or the container has, at least "
                "1 GB. Fetching a repository of many million objects for the first time takes "
                "several GB.",
         .example = "8GB"}),
    option<Settings, &Settings::collect, &CollectSettings::git_cache>(
        {.key = "collect.git_cache",
         .fallback = "512MB",
         .doc = "How much memory the readers of histories may take for objects that they will need "
                "again, all together. A reader takes at least some 10 MB.",
         .example = "2GB"}),
    option<Settings, &Settings::collect, &CollectSettings::patch_ids>(
        {.key = "collect.patch_ids",
         .fallback = "false",
         .doc =
             "Whether each commit read from git gets its patch id (git patch-id --stable), by "
             "which the same change is found wherever it was applied. Reading takes up to twice as "
             "long. Commits that are stored already keep what they have.",
         .example = "true"}),
    option<Settings, &Settings::schedule, &ScheduleSettings::interval>(
        {.key = "schedule.interval",
         .fallback = "6h",
         .doc = "The time from the beginning of one run to that of the next. A run that takes "
                "longer is followed by the next one at once; two never run at the same time.",
         .example = "30m",
         .flag = "--interval",
         .least = 1000,
         .most = 366ULL * 24 * 60 * kMinute}),
    option<Settings, &Settings::schedule, &ScheduleSettings::listen>(
        {.key = "schedule.listen",
         .fallback = "127.0.0.1:9464",
         .doc = "Where /metrics (for Prometheus) and /healthz are served. off: nowhere.",
         .example = "0.0.0.0:9464",
         .flag = "--listen"}),
    option<Settings, &Settings::server, &ServerSettings::listen>(
        {.key = "server.listen",
         .fallback = "127.0.0.1:8080",
         .doc = "Where the forge is served. Port 0 takes a free one and prints it.",
         .example = "0.0.0.0:443",
         .flag = "--listen"}),
    option<Settings, &Settings::server, &ServerSettings::ssh_listen>(
        {.key = "server.ssh_listen",
         .fallback = "",
         .doc = "Where git is to be served over SSH. Has no effect in this version.",
         .example = "0.0.0.0:7999",
         .flag = "--ssh-listen"}),
    option<Settings, &Settings::server, &ServerSettings::url>(
        {.key = "server.url",
         .fallback = "",
         .doc = "The address that links in answers begin with, without a slash at its end. Unset: "
                "the one that each client has called.",
         .example = "https://forge.example.org"}),
    option<Settings, &Settings::server, &ServerSettings::database>(
        {.key = "server.database",
         .fallback = "",
         .doc = "The forge's state: sqlite:PATH, or postgresql://USER@HOST:PORT/DATABASE of "
                "PostgreSQL 15 or newer. Unset: forge.db in the data directory.",
         .example = "postgresql://forge@db.example.org/forge"}),
    option<Settings, &Settings::server, &ServerSettings::database_password>(
        {.key = "server.database_password",
         .fallback = "",
         .doc = "The password for all databases of the forge.",
         .example = "{file: /run/secrets/forge-db}"}),
    option<Settings, &Settings::server, &ServerSettings::shards>(
        {.key = "server.shards",
         .fallback = "",
         .doc = "PostgreSQL databases that hold the workspaces, 16 shards spread over them at the "
                "first start. Unset: server.database holds all.",
         .example = "[postgresql://forge@db1/forge, postgresql://forge@db2/forge]"}),
    option<Settings, &Settings::server, &ServerSettings::tls_certificate>(
        {.key = "server.tls_certificate",
         .fallback = "",
         .doc = "A PEM file: the certificate, followed by those that lead to its authority. With "
                "it only HTTPS is served.",
         .example = "/etc/forgehouse/tls.pem",
         .flag = "--tls-certificate"}),
    option<Settings, &Settings::server, &ServerSettings::tls_key>(
        {.key = "server.tls_key",
         .fallback = "",
         .doc = "The certificate's key, unencrypted PEM that others may not read.",
         .example = "/etc/forgehouse/tls.key",
         .flag = "--tls-key"}),
    option<Settings, &Settings::server, &ServerSettings::trust_proxy>(
        {.key = "server.trust_proxy",
         .fallback = "false",
         .doc = "Believes X-Forwarded-For and X-Forwarded-Proto. Only behind a proxy of your own "
                "that sets both; else anybody can claim any address.",
         .example = "true"}),
    option<Settings, &Settings::server, &ServerSettings::requests_per_hour>(
        {.key = "server.requests_per_hour",
         .fallback = "1000",
         .doc = "How many requests to the API each user, or each access token that stands for "
                "none, has in an hour. 0: no bound.",
         .example = "5000"}),
    option<Settings, &Settings::server, &ServerSettings::anonymous_requests_per_hour>(
        {.key = "server.anonymous_requests_per_hour",
         .fallback = "60",
         .doc = "The same for each address that shows no credentials, or wrong ones.",
         .example = "600"}),
    option<Settings, &Settings::server, &ServerSettings::workers>(
        {.key = "server.workers",
         .fallback = "0",
         .doc = "How many requests are worked on at a time. 0: four for each processor, at least "
                "16.",
         .example = "64",
         .most = 256}),
    option<Settings, &Settings::server, &ServerSettings::drain>(
        {.key = "server.drain",
         .fallback = "30s",
         .doc = "How long running requests may take to end when the server stops.",
         .example = "2m",
         .most = 60 * kMinute}),
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

}  // namespace

std::span<const Section> sections() noexcept {
    return kSections;
}

std::span<const Option<Settings>> options() noexcept {
    return kOptions;
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
