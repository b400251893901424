#include <fmt/format.h>

#include <array>
#include <filesystem>

#include "app/backup.h"
#include "app/terminal/live.h"
#include "app/verbs/verbs.h"
#include "app/world.h"
#include "base/json.h"
#include "base/text.h"
#include "collect/data_lock.h"
#include "objects/local/local_objects.h"
#include "schema/all.h"

namespace forgehouse::app::verbs {
namespace {

constexpr std::array kOperands{cli::Operand{
    .name = "FOLDER", .doc = "The folder of the backup.", .completes = cli::Completes::Files}};
constexpr std::array kOptions{kJson};
constexpr std::array kBackupExamples{
    cli::Example{"warehouse backup /backups/2024-02-29", "While everything goes on."}};
constexpr std::array kRestoreExamples{cli::Example{
    "warehouse restore /backups/2024-02-29 --data /srv/forgehouse", "Into a new data directory."}};

constexpr cli::Verb kBackup{
    .name = "warehouse backup",
    .group = "warehouse",
    .summary = "write the git_* rows, the archive and the checkpoints into a folder",
    .about =
        "Collectors and readers may be at work meanwhile: what they write during it is in the "
        "backup or is read again after a restore. Mirrors of repositories are not in it, for they "
        "are fetched again, nor are tables that clients have made, which are named. Every object "
        "of the backup has a checksum, and its manifest.json is "
        "written last: a folder without one is no backup. Works for the embedded warehouse and for "
        "a server.",
    .operands = kOperands,
    .options = kOptions,
    .examples = kBackupExamples};
constexpr cli::Verb kRestore{
    .name = "warehouse restore",
    .group = "warehouse",
    .summary = "make a data directory of a backup",
    .about =
        "Checks the whole backup before it writes anything, refuses a data directory or warehouse "
        "that holds something, and counts the rows afterwards. A backup of an older version gets "
        "the columns that it lacks. No collector may be at work.",
    .operands = kOperands,
    .options = kOptions,
    .examples = kRestoreExamples};

std::filesystem::path folder_of(const World& world) {
    return world.folder() / world.arguments().operands.front();
}

Result<BackedUp> places_of(World& world) {
    TRY_LET(warehouse, world.warehouse());
    TRY_LET(archive, world.archive());
    TRY_LET(checkpoints, world.checkpoints());
    return BackedUp{.warehouse = *warehouse, .archive = *archive, .checkpoints = *checkpoints};
}

Result<Exit> say(World& world, std::string_view done, const BackupReport& report) {
    if (world.json()) {
        json::Writer out;
        out.object().name("tables").count(report.tables).name("rows").count(report.rows);
        out.name("objects").count(report.objects).name("bytes").count(report.bytes).end();
        TRY(world.print(out.take() + '\n'));
        return Exit::Done;
    }
    TRY(
        world.print(fmt::format("{} {} rows of {} tables and {} objects of archive and "
                                "checkpoints, {} packed\n",
                                done, text::grouped(report.rows), report.tables,
                                text::grouped(report.objects), text::byte_size(report.bytes))));
    return Exit::Done;
}

BackupNote note_on(World& world, terminal::Live& live) {
    return [&world, &live](std::string_view line) {
        if (!world.quiet() && !world.json_log()) live.show({std::string(line)});
    };
}

/// A backup of nothing, or into what is backed up, is a slip of the hand that nobody would notice.
Result<void> check_places(const World& world) {
    namespace fs = std::filesystem;
    std::error_code ignored;
    const fs::path& data = world.settings().data;
    if (!fs::is_directory(data, ignored))
        return Failure(Error(Errc::NotFound, "there is no such data directory")
                           .with("data", data.string())
                           .hint("name the one that is to be backed up by --data"));
    const auto inside = fs::weakly_canonical(folder_of(world), ignored)
                            .lexically_relative(fs::weakly_canonical(data, ignored));
    if (!inside.empty() && *inside.begin() != "..")
        return Failure(Error(Errc::Invalid, "the backup would lie in what is backed up")
                           .with("folder", folder_of(world).string())
                           .with("data", data.string())
                           .hint("name a folder elsewhere, best on another disk"));
    return {};
}

/// Tables that clients have made are theirs: what they hold is not ours to know.
Result<void> name_left_out(World& world, ports::Warehouse& warehouse) {
    TRY_LET(answer, warehouse.ask(world.context(),
                                  ports::Query("SELECT name FROM system.tables WHERE database = "
                                               "currentDatabase() AND NOT is_temporary AND engine "
                                               "NOT LIKE '%View' ORDER BY name")));
    std::string names;
    for (const auto& row : answer.rows)
        if (row.front() && schema::find_table(*row.front()) == nullptr)
            names += (names.empty() ? "" : ", ") + text::printable(*row.front());
    if (!names.empty())
        world.tell(fmt::format("not in the backup, made by others than us: {}\n", names));
    return {};
}

Result<Exit> backup(World& world) {
    world.context();
    TRY(check_places(world));
    TRY_LET(target, objects::LocalObjects::open(folder_of(world)));
    TRY_LET(places, places_of(world));
    terminal::Live live(world.err());
    const auto report =
        back_up(world.context(), places, *target, world.clock().now(), note_on(world, live));
    live.clear();
    if (!report) return Failure(report.error());
    TRY(name_left_out(world, places.warehouse));
    return say(world, "wrote", *report);
}

Result<Exit> restored(World& world) {
    world.context();
    const auto folder = folder_of(world);
    if (std::error_code ignored; !std::filesystem::is_directory(folder, ignored))
        return Failure(Error(Errc::NotFound, "there is no such folder")
                           .with("folder", folder.string())
                           .hint("name the folder that `warehouse backup` has written"));
    TRY_LET(source, objects::LocalObjects::open(folder));
    TRY(world.data_dir());
    const auto lock = collect::DataLock::take(world.settings().data);
    if (!lock) return Failure(lock.error());
    TRY_LET(places, places_of(world));
    terminal::Live live(world.err());
    const auto report = restore(world.context(), *source, places, note_on(world, live));
    live.clear();
    if (!report) return Failure(report.error());
    return say(world, "restored", *report);
}

}  // namespace

Verb warehouse_backup() {
    return {&kBackup, backup};
}
Verb warehouse_restore() {
    return {&kRestore, restored};
}

}  // namespace forgehouse::app::verbs
