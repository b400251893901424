// What is left of writes when the process is killed, the disk is full, or the folder read-only.
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <functional>
#include <thread>

#include "metadb/testing/sqlite_case.h"

namespace forgehouse::metadb {
namespace {

namespace fs = std::filesystem;
using conformance::kSampleTables;
using ports::Session;
using ports::Sql;
using ports::SqlRow;
using ports::SqlValue;
using testing::SqlitePlace;

class SqliteDurabilityTest : public testing::SqliteTest {};

/// Writes rows from several threads until it is killed, and reports each that was answered.
[[noreturn]] void write_until_killed(SqlitePlace& place, int reports) {
    auto db = place.open(kSampleTables);
    if (!db) ::_exit(1);
    std::vector<std::jthread> threads;
    for (std::int64_t t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            for (std::int64_t id = t;; id += 4) {
                const auto done = (*db)->write({}, [&](Session& session) -> Result<void> {
                    TRY(session.execute(Sql("INSERT INTO samples (id, data) VALUES ($1, $2)",
                                            {id, SqlValue::Bytes{std::string(500, 'x')}})));
                    return {};
                });
                // Whole numbers are written at once, however many threads do.
                if (!done || ::write(reports, &id, sizeof id) != sizeof id) ::_exit(1);
            }
        });
    threads.clear();
    ::_exit(1);
}

TEST_F(SqliteDurabilityTest, WhatWasAnsweredSurvivesAKill) {
    ASSERT_TRUE((*place.open(kSampleTables))->migrate(ctx));
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) write_until_killed(place, ends[1]);
    ::close(ends[1]);
    std::vector<std::int64_t> answered;
    std::int64_t id = 0;
    while (::read(ends[0], &id, sizeof id) == sizeof id) {
        answered.push_back(id);
        // In the middle of whatever it does; what it had reported is read to the end.
        if (answered.size() == 2000) ::kill(child, SIGKILL);
    }
    ::close(ends[0]);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    ASSERT_GE(answered.size(), 2000U);

    const auto db = place.open(kSampleTables);
    ASSERT_TRUE(db);
    ASSERT_TRUE((*db)->read(ctx, [&](Session& session) -> Result<void> {
        TRY_LET(ids, session.all(Sql("SELECT id FROM samples ORDER BY id"),
                                 [](const SqlRow& row) { return row.integer(0); }));
        for (const std::int64_t each : answered)
            EXPECT_TRUE(std::ranges::binary_search(ids, each)) << each;
        TRY_LET(sound, session.first(Sql("PRAGMA integrity_check"),
                                     [](const SqlRow& row) { return std::string(row.text(0)); }));
        EXPECT_EQ(sound, "ok");
        return {};
    }));
}

/// Runs `work` in a child process, whose limits and user it may change; 0 is well.
int in_child(const std::function<int()>& work) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(work());
    int status = -1;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// Gives the folder a disk of so many bytes, for this process and until it ends: root mounts one,
/// anybody else may write no file larger than that.
bool set_disk(const fs::path& folder, std::uint64_t bytes) {
    const std::string size = "size=" + std::to_string(bytes);
    static const bool mounted = ::unshare(CLONE_NEWNS) == 0 &&
                                ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                                ::mount("tmpfs", folder.c_str(), "tmpfs", 0, size.c_str()) == 0;
    if (mounted) return ::mount("tmpfs", folder.c_str(), "tmpfs", MS_REMOUNT, size.c_str()) == 0;
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{.rlim_cur = bytes, .rlim_max = RLIM_INFINITY};
    return ::setrlimit(RLIMIT_FSIZE, &limit) == 0;
}

TEST_F(SqliteDurabilityTest, WhatDoesNotFitOnTheDiskFailsAlone) {
    EXPECT_EQ(in_child([&] {
                  if (!set_disk(place.folder, 1'000'000)) return 2;
                  auto db = place.open(kSampleTables);
                  if (!db || !(*db)->migrate(ctx) || !insert(**db, 1, 100)) return 3;
                  const auto large = insert(**db, 2, 2'000'000);
                  if (large || large.error().code() != Errc::Unavailable) return 4;
                  if (large.error().hint().empty()) return 5;
                  if (!insert(**db, 3, 100)) return 6;
                  if (*count(**db) != 2) return 7;
                  if (!set_disk(place.folder, 9'000'000)) return 8;
                  return insert(**db, 2, 2'000'000) && *count(**db) == 3 ? 0 : 9;
              }),
              0);
}

TEST_F(SqliteDurabilityTest, SaysThatTheFolderIsReadOnly) {
    {
        const auto db = place.open(kSampleTables);
        ASSERT_TRUE((*db)->migrate(ctx));
    }
    const auto refused = [&](const Result<std::unique_ptr<ports::Metadb>>& opened) {
        return !opened && opened.error().code() == Errc::Unavailable &&
               !opened.error().hint().empty() && !opened.error().field("path").empty();
    };
    ASSERT_EQ(::chmod(place.folder.c_str(), 0555), 0);
    ASSERT_EQ(::chmod(file.c_str(), 0444), 0);
    // Nothing is read-only for root.
    EXPECT_EQ(in_child([&] {
                  if (::geteuid() == 0 && ::setuid(65534) != 0) return 2;
                  if (!refused(place.open(kSampleTables))) return 3;
                  const exec::ManualClock clock{Time()};
                  return refused(open_sqlite(ctx, place.folder / "new.db", {.clock = clock})) ? 0
                                                                                              : 4;
              }),
              0);
    ASSERT_EQ(::chmod(place.folder.c_str(), 0755), 0);
}

}  // namespace
}  // namespace forgehouse::metadb
