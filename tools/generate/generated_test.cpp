#include "generate/generated.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/json.h"

namespace forgehouse::generate {
namespace {

const std::filesystem::path kRoot = FORGEHOUSE_SOURCE_DIR;

TEST(Generated, FilesOfTheTreeAreWhatTheSchemaSays) {
    if (std::getenv("UPDATE_GOLDEN") != nullptr) {
        ASSERT_TRUE(write_generated(kRoot));
    }
    EXPECT_THAT(outdated(kRoot), testing::IsEmpty())
        << "run build/dev/tools/generate/forgehouse-generate (or this test with UPDATE_GOLDEN=1), "
           "look at the difference and commit it";
}

TEST(Generated, WritesWhatIsMissingAndNothingElse) {
    const auto root = std::filesystem::path(testing::TempDir()) / "forgehouse_generated_test";
    std::filesystem::remove_all(root);
    const auto first = write_generated(root);
    ASSERT_TRUE(first);
    EXPECT_EQ(first->size(), generated_files().size());
    const auto second = write_generated(root);
    ASSERT_TRUE(second);
    EXPECT_THAT(*second, testing::IsEmpty());
    std::filesystem::remove(root / first->front());
    EXPECT_THAT(outdated(root), testing::ElementsAre(first->front()));
    std::filesystem::remove_all(root);
}

TEST(Generated, SaysWhatItCannotWrite) {
    const auto written = write_generated("/dev/null");
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code(), Errc::Unavailable);
    EXPECT_EQ(written.error().field("path"), "/dev/null/docs/generated/tables.md");
}

TEST(Generated, BigQueryTablesAreJson) {
    for (const GeneratedFile& file : generated_files()) {
        if (!file.path.ends_with(".json")) continue;
        const auto document = json::Document::parse(file.content);
        ASSERT_TRUE(document) << document.error().describe();
        EXPECT_EQ(document->root().items()->size(), 24u);
    }
}

}  // namespace
}  // namespace forgehouse::generate
