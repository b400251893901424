// How a database comes to its tables. Included by metadb_conformance.h.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include "conformance/metadb/metadb_conformance.h"

namespace forgehouse::conformance {

inline constexpr metadb::Migration kSteps[] = {
    {"global", 1, "one", "CREATE TABLE one (id {{integer}} PRIMARY KEY) {{strict}};"},
    {"global", 2, "two",
     "INSERT INTO one (id) VALUES (1);\n-- more\nINSERT INTO one (id) VALUES (2);"},
    {"shard", 1, "one", "CREATE TABLE three (name {{text}} PRIMARY KEY) {{clustered}};"},
};

TEST_P(MigrationConformance, MayBeRepeated) {
    for (int i = 0; i < 2; ++i) {
        const auto done = migrate(kSteps);
        ASSERT_TRUE(done) << done.error().describe();
    }
    const auto db = place->open(kSteps);
    ASSERT_TRUE(db);
    ASSERT_TRUE((*db)->read(ctx, [](ports::Session& session) {
        return session.query(
            ports::Sql("SELECT count(*), min(applied_on), (SELECT count(*) FROM one) "
                       "FROM schema_migrations"),
            [](const ports::SqlRow& row) -> Result<void> {
                EXPECT_EQ(row.integer(0), 3);
                EXPECT_EQ(row.time(1), Time::from_seconds(1'700'000'000));
                EXPECT_EQ(row.integer(2), 2);
                return {};
            });
    }));
}

TEST_P(MigrationConformance, GoesOnWhereItWas) {
    ASSERT_TRUE(migrate(std::span(kSteps).first(1)));
    ASSERT_TRUE(migrate(std::span(kSteps).first(2)));
    ASSERT_TRUE(migrate(kSteps));
}

TEST_P(MigrationConformance, RefusesWhatANewerVersionMade) {
    ASSERT_TRUE(migrate(kSteps));
    const auto done = migrate(std::span(kSteps).first(1));
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code(), Errc::Conflict);
    EXPECT_EQ(done.error().field("number"), "2");
    EXPECT_FALSE(done.error().hint().empty());
}

TEST_P(MigrationConformance, RefusesATextThatWasChanged) {
    ASSERT_TRUE(migrate(kSteps));
    metadb::Migration changed[] = {kSteps[0], kSteps[1], kSteps[2]};
    changed[1].text = "INSERT INTO one (id) VALUES (3);";
    const auto done = migrate(changed);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code(), Errc::Conflict);
    EXPECT_EQ(done.error().field("migration"), "global/0002_two");
}

TEST_P(MigrationConformance, AStepThatFailsLeavesNothing) {
    metadb::Migration broken[] = {kSteps[0], kSteps[1]};
    broken[1].text = "INSERT INTO one (id) VALUES (1); INSERT INTO one (id) VALUES (1);";
    const auto done = migrate(broken);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().field("migration"), "global/0002_two") << done.error().describe();
    ASSERT_TRUE(migrate(kSteps));
}

TEST_P(MigrationConformance, ManyProcessesAtOnceMakeItOnce) {
    std::vector<pid_t> children;
    for (int i = 0; i < 4; ++i) {
        const pid_t child = ::fork();
        if (child == 0) ::_exit(migrate(kSteps) ? 0 : 1);
        children.push_back(child);
    }
    for (const pid_t child : children) {
        int status = 1;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        EXPECT_EQ(status, 0);
    }
    ASSERT_TRUE(migrate(kSteps));
}

TEST_P(MigrationConformance, ThisProgramsTablesAreMade) {
    const auto done = migrate(metadb::all_migrations());
    ASSERT_TRUE(done) << done.error().describe();
}

}  // namespace forgehouse::conformance
