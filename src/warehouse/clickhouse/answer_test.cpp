#include "warehouse/clickhouse/answer.h"

#include <gtest/gtest.h>

namespace forgehouse::warehouse::clickhouse {
namespace {

Result<ports::Answer> read(std::string_view text, std::size_t piece = 1,
                           std::size_t most_rows = 100) {
    AnswerReader reader(most_rows);
    for (std::size_t i = 0; i < text.size(); i += piece) TRY(reader.feed(text.substr(i, piece)));
    return reader.finish();
}

TEST(AnswerReader, ReadsNamesTypesAndValues) {
    for (const std::size_t piece : {1u, 3u, 1000u}) {
        const auto got = read("a\tb\\tc\nString\tNullable(String)\nx\\ny\t\\N\n\\\\N\t\n", piece);
        ASSERT_TRUE(got);
        ASSERT_EQ(got->columns.size(), 2u);
        EXPECT_EQ(got->columns[1].name, "b\tc");
        EXPECT_EQ(got->columns[1].type, "Nullable(String)");
        ASSERT_EQ(got->rows.size(), 2u);
        EXPECT_EQ(got->rows[0][0], "x\ny");
        EXPECT_EQ(got->rows[0][1], std::nullopt);
        EXPECT_EQ(got->rows[1][0], "\\N");
        EXPECT_EQ(got->rows[1][1], "");
    }
}

TEST(AnswerReader, LeavesListsAsTheyAreWritten) {
    const auto got = read("a\nArray(String)\n['it\\'s','\\t']\n");
    ASSERT_TRUE(got);
    EXPECT_EQ(got->rows[0][0], "['it\\'s','\\t']");
}

TEST(AnswerReader, TakesAStatementWithoutAnswer) {
    const auto got = read("");
    ASSERT_TRUE(got);
    EXPECT_TRUE(got->columns.empty());
}

TEST(AnswerReader, RefusesWhatIsNoTable) {
    EXPECT_EQ(read("a\tb\nString\n").error().code(), Errc::Corrupt);
    EXPECT_EQ(read("a\nString\nx\ty\n").error().code(), Errc::Corrupt);
    EXPECT_EQ(read("a\nString\nx").error().code(), Errc::Corrupt);
    EXPECT_EQ(read("a\n").error().code(), Errc::Corrupt);
}

TEST(AnswerReader, RefusesMoreRowsThanItMayHold) {
    EXPECT_TRUE(read("a\nUInt8\n1\n2\n", 1, 2));
    const auto got = read("a\nUInt8\n1\n2\n3\n", 1, 2);
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code(), Errc::Invalid);
    EXPECT_FALSE(got.error().hint().empty());
}

TEST(Escaped, IsUndoneByUnescaped) {
    std::string all;
    for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
    EXPECT_EQ(unescaped(escaped(all)), all);
    EXPECT_EQ(unescaped(escaped("\\N")), "\\N");
    EXPECT_FALSE(escaped(all).contains('\n'));
    EXPECT_FALSE(escaped(all).contains('\t'));
}

}  // namespace
}  // namespace forgehouse::warehouse::clickhouse
