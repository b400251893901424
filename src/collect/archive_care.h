// Archive care: what the archive holds, whether it is whole, and how a repository leaves it.
#pragma once

#include "collect/replay.h"

namespace forgehouse::collect {

struct ArchivedStream {
    std::string data_source;
    std::string project_key;  ///< empty for what belongs to the whole forge
    std::string repo_slug;
    std::string stream;  ///< as sources::name_of, and `quarantine`
    std::uint64_t parts = 0;
    std::uint64_t bytes = 0;   ///< packed
    std::string first_date{};  ///< `2026-11-21`
    std::string last_date{};
};

/// What is there, by its names alone; no part is opened. Sorted by its first four members.
/// Errors: the archive's.
Result<std::vector<ArchivedStream>> archive_summary(exec::Context& ctx, ports::Objects& archive,
                                                    const ArchivePick& pick);

struct ArchiveFault {
    std::string key;
    Error error;
};
struct ArchiveCheck {
    std::uint64_t parts = 0;
    std::uint64_t pages = 0;
    std::uint64_t bytes = 0;           ///< packed
    std::uint64_t unpacked = 0;        ///< bytes
    std::vector<ArchiveFault> faults;  ///< parts that cannot be read to their end
};
/// Unpacks and parses every part. Errors: the archive's; a damaged part is a fault, not an error.
Result<ArchiveCheck> archive_verify(exec::Context& ctx, ports::Objects& archive,
                                    const ArchivePick& pick);

struct ArchiveCompaction {
    std::uint64_t parts_before = 0;  ///< those that were put together
    std::uint64_t parts_after = 0;
    std::uint64_t bytes_before = 0;  ///< packed
    std::uint64_t bytes_after = 0;
    std::vector<ArchiveFault> faults;  ///< parts that are damaged: theirs stay as they are
};
/// Puts the parts of one repository, folder and day together, for days before `before`
/// (`2026-11-21`). What a replay makes of them stays the same. Takes the collector's lock. Killed
/// at any moment it loses nothing. Errors: Conflict while a collector works; the archive's.
Result<ArchiveCompaction> archive_compact(exec::Context& ctx, ports::Objects& archive,
                                          const std::filesystem::path& data_dir,
                                          const ArchivePick& pick, std::string_view before);

struct ArchiveWipe {
    std::uint64_t parts = 0;
    std::uint64_t bytes = 0;
};
/// What a wipe works on.
struct WipeParts {
    ports::Objects& archive;
    ports::Objects& checkpoints;
    const std::filesystem::path& data_dir;
};
/// Removes what matches, for ever, and with it what is known of having read it: the next run reads
/// it again, and it lies in the archive again. Rows stay as they are. With `dry` only counts it.
/// Takes the collector's lock. Errors: Invalid where `pick` names no repository; Conflict while a
/// collector works; those of the objects.
Result<ArchiveWipe> archive_wipe(exec::Context& ctx, const WipeParts& parts,
                                 const ArchivePick& pick, bool dry);

}  // namespace forgehouse::collect
