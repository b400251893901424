#include <fmt/format.h>

#include <array>

#include "app/complain.h"
#include "app/verbs/verbs.h"
#include "app/world.h"
#include "base/json.h"
#include "config/print.h"

namespace forgehouse::app::verbs {
namespace {

constexpr std::array kOptions{kJson};
constexpr std::array kCheckExamples{
    cli::Example{"config check", "Checks the configuration that would be used here."},
    cli::Example{"config check --config new.yaml", "Checks another one."}};
constexpr std::array kPrintExamples{
    cli::Example{"config print", "Every effective value, and where it comes from."},
    cli::Example{"config print --data /tmp/x --json", "The same for programs, with an override."}};
constexpr std::array kDocsExamples{cli::Example{"config docs | less", "Reads the reference."}};

constexpr cli::Verb kCheck{
    .name = "config check",
    .group = "configuration",
    .summary = "say what is wrong with the configuration",
    .about =
        "Reads the configuration file, the environment and the command line as every verb "
        "does, and reports all mistakes with file, line and the nearest right name. Nothing "
        "is contacted, and no secret is looked up.",
    .options = kOptions,
    .examples = kCheckExamples};

constexpr cli::Verb kPrint{
    .name = "config print",
    .group = "configuration",
    .summary = "show the effective configuration and where it comes from",
    .about =
        "Prints a configuration that gives the present values, with the origin of each in a "
        "comment: default, FILE:LINE, an environment variable, or an option. Secrets are "
        "shown as (set).",
    .options = kOptions,
    .examples = kPrintExamples};

constexpr cli::Verb kDocs{
    .name = "config docs",
    .group = "configuration",
    .summary = "print the reference of all options",
    .about =
        "Prints every option with its meaning, default, unit, environment variable and an "
        "example, in Markdown.",
    .examples = kDocsExamples};

std::string problems_json(const config::Loaded& loaded) {
    json::Writer out;
    out.object().name("file");
    if (loaded.file)
        out.text(loaded.file->string());
    else
        out.null();
    out.name("problems").array();
    for (const Error& problem : loaded.problems) {
        out.object().name("at").text(problem.field("at"));
        out.name("text").text(problem.text());
        out.name("key").text(problem.field("key"));
        out.name("hint").text(problem.hint()).end();
    }
    out.end().name("remarks").array();
    for (const std::string& remark : loaded.remarks) out.text(remark);
    out.end().end();
    return out.take() + '\n';
}

Result<Exit> check(World& world) {
    const config::Loaded& loaded = world.config();
    const Exit exit = loaded.problems.empty() ? Exit::Done : Exit::Usage;
    if (world.json()) {
        TRY(world.print(problems_json(loaded)));
        return exit;
    }
    for (const Error& problem : loaded.problems) world.complain(problem);
    for (const std::string& remark : loaded.remarks) world.tell(fmt::format("note: {}\n", remark));
    if (exit != Exit::Done) return exit;
    TRY(world.print(loaded.file
                        ? fmt::format("{}: no mistakes\n", loaded.file->string())
                        : fmt::format("no configuration file: everything has its default (your "
                                      "own would be {})\n",
                                      config::user_file(world.environment()).string())));
    return exit;
}

Result<Exit> print(World& world) {
    for (const Error& problem : world.config().problems) world.complain(problem);
    TRY(world.print(world.json() ? config::print_json(world.config())
                                 : config::print_yaml(world.config())));
    return world.config().problems.empty() ? Exit::Done : Exit::Usage;
}

Result<Exit> docs(World& world) {
    TRY(world.print(config::reference_markdown()));
    return Exit::Done;
}

}  // namespace

Verb config_check() {
    return {&kCheck, check, true};
}
Verb config_print() {
    return {&kPrint, print, true};
}
Verb config_docs() {
    return {&kDocs, docs, true};
}

}  // namespace forgehouse::app::verbs
