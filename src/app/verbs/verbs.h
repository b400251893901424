// The verbs: each declared and done in a file of its own. A verb's file ends with the function here
// that hands out both.
#pragma once

#include <span>

#include "app/cli/declare.h"
#include "app/exit.h"
#include "base/result.h"

namespace forgehouse::app {

class World;

namespace verbs {

struct Verb {
    const cli::Verb* declared;
    Result<Exit> (*run)(World&);
    /// Runs without a configuration, so that a broken one cannot keep it from working.
    bool bare = false;
};

Verb collect();
Verb backfill();
Verb schedule();
Verb scheduled();
Verb resume();
Verb plan();
Verb coverage();
Verb archive_summary();
Verb archive_load();
Verb archive_compact();
Verb archive_verify();
Verb archive_wipe();
Verb warehouse_backup();
Verb warehouse_restore();
Verb query();
Verb tables();
Verb runs();
Verb export_table();
Verb init();
Verb engine();
Verb serve();
Verb admin_user();
Verb admin_token();
Verb admin_repo();
Verb admin_fsck();
Verb doctor();
Verb config_check();
Verb config_print();
Verb config_docs();
Verb version();
Verb completion();
Verb man();

/// Options that several verbs declare alike.
inline constexpr cli::Option kJson{
    .name = "--json", .doc = "Writes JSON; errors become a JSON object on standard error."};

/// The names of all git_* tables, for completion.
std::span<const std::string_view> table_names();

/// All verbs, in the order of the help.
std::span<const Verb> all();

/// The whole command line, for the parser and the generators.
const cli::Program& program();

}  // namespace verbs
}  // namespace forgehouse::app
