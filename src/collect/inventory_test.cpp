#include "collect/inventory.h"

#include <gtest/gtest.h>

namespace forgehouse::collect {
namespace {

Inventory with(std::map<std::string, std::int64_t, std::less<>> languages) {
    return {
        .reachable = 1, .files_of_commits = 2, .file_rows = 3, .languages = std::move(languages)};
}

TEST(Inventory, NamesTheLanguageOfMostLines) {
    EXPECT_EQ(Inventory().main_language(), std::nullopt);
    EXPECT_EQ(with({{"C", 5}, {"Rust", 7}}).main_language(), "Rust");
    EXPECT_EQ(with({{"C", 7}, {"Rust", 7}}).main_language(), "C");
    EXPECT_EQ(with({{"C", -7}, {"Rust", -9}}).main_language(), "C");
}

TEST(Inventory, GrowsByWhatIsStored) {
    Inventory all = with({{"C", 5}});
    all += with({{"C", -6}, {"Rust", 1}});
    EXPECT_EQ(all.reachable, 2U);
    EXPECT_EQ(all.files_of_commits, 4U);
    EXPECT_EQ(all.file_rows, 6U);
    EXPECT_EQ(all.main_language(), "Rust");
    EXPECT_FALSE(all.is_sound());
}

}  // namespace
}  // namespace forgehouse::collect
