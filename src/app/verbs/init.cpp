#include <fmt/format.h>

#include <array>

#include "app/verbs/verbs.h"
#include "app/world.h"
#include "base/json.h"

namespace forgehouse::app::verbs {
namespace {

constexpr std::array kOptions{kJson};
constexpr std::array kExamples{
    cli::Example{"init", "Makes what is missing, here and now."},
    cli::Example{"init --data /srv/forgehouse", "The same in a directory of your choice."}};

constexpr cli::Verb kInit{
    .name = "init",
    .group = "warehouse",
    .summary = "make the data directory, the tables and the views",
    .about =
        "Makes whatever is missing: the data directory, the engine's database, the git_* "
        "tables, their new columns where an older version made them, and the views. Nothing "
        "is lost and nothing is done twice. It is never needed: every verb does what it "
        "needs of it.",
    .options = kOptions,
    .examples = kExamples};

std::string as_json(const ports::Prepared& prepared) {
    json::Writer out;
    out.object().name("created").array();
    for (const std::string& name : prepared.created) out.text(name);
    out.end().name("evolved").array();
    for (const std::string& name : prepared.evolved) out.text(name);
    out.end().end();
    return out.take() + '\n';
}

Result<Exit> run(World& world) {
    world.context();
    TRY_LET(warehouse, world.warehouse());
    TRY_LET(prepared, warehouse->prepare(world.context()));
    if (world.json()) {
        TRY(world.print(as_json(prepared)));
        return Exit::Done;
    }
    std::string out;
    if (!prepared.created.empty())
        out += fmt::format("made {} tables and views\n", prepared.created.size());
    for (const std::string& column : prepared.evolved)
        out += fmt::format("added the column {}\n", column);
    if (out.empty()) out = "everything was there\n";
    if (world.embedded()) out += fmt::format("the data is in {}\n", world.settings().data.string());
    TRY(world.print(out));
    return Exit::Done;
}

}  // namespace

Verb init() {
    return {&kInit, run};
}

}  // namespace forgehouse::app::verbs
