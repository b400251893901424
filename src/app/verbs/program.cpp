// The program as declared: its verbs in order, the options of all, and what its help explains.
#include <array>
#include <vector>

#include "app/verbs/verbs.h"
#include "config/options.h"
#include "schema/all.h"

namespace forgehouse::app::verbs {
namespace {

using Line = std::pair<std::string_view, std::string_view>;

std::span<const std::string_view> log_formats() {
    return config::option_named("log.format").shape().words;
}

constexpr std::array kGlobals{
    cli::Option{.name = "--config",
                .value = "FILE",
                .doc = "The configuration to use, instead of the one that is found.",
                .completes = cli::Completes::Files},
    cli::Option{.name = "--data",
                .value = "DIR",
                .doc = "The data directory: the warehouse, mirrors, checkpoints.",
                .key = "data",
                .completes = cli::Completes::Folders},
    cli::Option{.name = "--verbose",
                .letter = 'v',
                .doc = "Says more on standard error; twice, everything."},
    cli::Option{.name = "--quiet", .letter = 'q', .doc = "Says nothing but errors there."},
    cli::Option{.name = "--log-format",
                .value = "text|json",
                .doc = "What is on standard error: for people, or an object a line for programs.",
                .key = "log.format",
                .words = log_formats},
    cli::Option{.name = "--no-color", .doc = "No colours. NO_COLOR does the same."},
    cli::Option{.name = "--help", .letter = 'h', .doc = "Help for the program or for a verb."},
    cli::Option{.name = "--version", .doc = "The same as the verb version."},
};

constexpr std::array kExamples{
    cli::Example{"collect .", "Reads the whole history of the repository you are in."},
    cli::Example{"query 'SELECT author_name, count() FROM git_commits GROUP BY 1'",
                 "Asks a question about it."},
    cli::Example{"engine --listen 127.0.0.1:8123",
                 "Lets Grafana, DBeaver or any other ClickHouse client ask."},
};

constexpr std::array kExitCodes{
    Line{"0", "Done."},
    Line{"1", "Failed; the message on standard error says why, and what to do."},
    Line{"2", "The command line or the configuration is wrong."},
    Line{"3",
         "Done in part: some repositories failed, or collect was interrupted (what had been read "
         "is stored)."},
    Line{"130", "Interrupted: another verb by Ctrl-C, or collect by a second one."},
};

constexpr std::array kEnvironment{
    Line{"FORGEHOUSE_CONFIG", "The configuration file, as --config."},
    Line{"FORGEHOUSE_DATA", "The data directory, as --data."},
    Line{"FORGEHOUSE_SECTION_KEY",
         "Any option of the configuration, such as "
         "FORGEHOUSE_ENGINE_IDLE=10m."},
    Line{"FORGEHOUSE_ADMIN_PASSWORD",
         "The password of the forge's first administrator, admin: for the first `serve`."},
    Line{"FORGEHOUSE_SECRET_KEY_FILE",
         "The keys that seal the forge's secrets; secret.key in the data directory without it."},
    Line{
        "BITBUCKET_BASE_URL",
        "With BITBUCKET_TOKEN, or BITBUCKET_USERNAME and BITBUCKET_PASSWORD: the server to collect "
        "where the configuration names no source."},
    Line{"CLICKHOUSE_HOST",
         "A ClickHouse server to use; with CLICKHOUSE_PORT, CLICKHOUSE_USER, CLICKHOUSE_PASSWORD, "
         "CLICKHOUSE_DATABASE."},
    Line{"NO_COLOR", "Set to anything: no colours."},
};

constexpr std::array kFiles{
    Line{".env", "Variables of the environment, where that does not set them; your own file only."},
    Line{"forgehouse.yaml", "The configuration, here or in ~/.config/forgehouse; not needed."},
    Line{"~/.local/share/forgehouse", "The data directory where nothing else is said."},
};

constexpr std::array kTables{
    cli::Table{"exit codes", kExitCodes},
    cli::Table{"environment", kEnvironment},
    cli::Table{"files", kFiles},
};

}  // namespace

std::span<const std::string_view> table_names() {
    static const std::vector<std::string_view> names = [] {
        std::vector<std::string_view> out;
        for (const schema::TableInfo& table : schema::all_tables()) out.push_back(table.name);
        return out;
    }();
    return names;
}

std::span<const Verb> all() {
    static const std::array verbs{
        collect(),
        backfill(),
        resume(),
        schedule(),
        scheduled(),
        plan(),
        query(),
        tables(),
        runs(),
        coverage(),
        export_table(),
        init(),
        engine(),
        serve(),
        admin_user(),
        admin_token(),
        admin_repo(),
        admin_fsck(),
        doctor(),
        archive_summary(),
        archive_compact(),
        archive_load(),
        archive_verify(),
        archive_wipe(),
        warehouse_backup(),
        warehouse_restore(),
        config_check(),
        config_print(),
        config_docs(),
        version(),
        completion(),
        man(),
    };
    return verbs;
}

const cli::Program& program() {
    static const std::vector<const cli::Verb*> declared = [] {
        std::vector<const cli::Verb*> out;
        for (const Verb& verb : all()) out.push_back(verb.declared);
        return out;
    }();
    static const cli::Program whole{
        .name = "forgehouse",
        .summary = "git history in a warehouse of your own",
        .about =
            "Forgehouse reads the history of git repositories, every commit of every ref with "
            "its files and lines, into ClickHouse tables named git_*, and lets you ask "
            "questions about it in SQL. The warehouse is built in: there is nothing to set "
            "up, and no verb needs another one before it.",
        .verbs = declared,
        .globals = kGlobals,
        .examples = kExamples,
        .tables = kTables};
    return whole;
}

}  // namespace forgehouse::app::verbs
