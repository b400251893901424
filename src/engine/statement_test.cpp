#include "engine/statement.h"

#include <gtest/gtest.h>

#include "engine/tokens.h"

namespace forgehouse::engine {
namespace {

using Found = InsertSearch::Found;

InsertSearch whole(std::string_view text) {
    return find_insert(text, true);
}

TEST(FindInsert, CutsTheStatementFromItsData) {
    const auto csv = whole("INSERT INTO t (a, `b)`) FORMAT CSV\n1,2\n");
    ASSERT_EQ(csv.found, Found::Data);
    EXPECT_EQ(csv.head.statement, "INSERT INTO t (a, `b)`) ");
    EXPECT_EQ(csv.head.format, "CSV");
    EXPECT_EQ(csv.head.data_offset, 35U);
    const auto values = whole("insert into db.t values (1, 'FORMAT')");
    ASSERT_EQ(values.found, Found::Data);
    EXPECT_EQ(values.head.format, "Values");
    EXPECT_EQ(values.head.statement, "insert into db.t ");
    const auto settings = whole("INSERT INTO t SETTINGS a = 1, b = 'x' FORMAT TSV 1");
    ASSERT_EQ(settings.found, Found::Data);
    EXPECT_EQ(settings.head.statement, "INSERT INTO t SETTINGS a = 1, b = 'x' ");
    const auto format = whole("INSERT INTO format FORMAT Native\r\nx");
    ASSERT_EQ(format.found, Found::Data);
    EXPECT_EQ(format.head.statement, "INSERT INTO format ");
    EXPECT_EQ(format.head.data_offset, 34U);
    EXPECT_EQ(whole("/* INSERT */ INSERT INTO {t:Identifier} FORMAT TSV").found, Found::Data);
    EXPECT_EQ(whole("INSERT INTO FUNCTION file('x', 'FORMAT') VALUES (1)").found, Found::Data);
}

TEST(FindInsert, LeavesEverythingElseAlone) {
    for (const char* text :
         {"SELECT 1", "INSERT INTO t SELECT 1", "INSERT INTO t (a) WITH 1 AS x SELECT x",
          "INSERT INTO t (SELECT 1)", "INSERT INTO t", "INSERT", "", "-- INSERT INTO t FORMAT TSV",
          "INSERT INTO t FROM INFILE 'x' FORMAT CSV", "EXPLAIN INSERT INTO t VALUES (1)", "\x01"})
        EXPECT_EQ(whole(text).found, Found::Other) << text;
}

TEST(FindInsert, AsksForMoreAtEveryCut) {
    const std::string text = "INSERT INTO d.t (a, b) SETTINGS x = 1 FORMAT TabSeparated\n1\t2\n";
    const auto all = whole(text);
    for (std::size_t n = 0; n < text.find("1\t2"); ++n) {
        const auto part = find_insert(std::string_view(text).substr(0, n), false);
        if (part.found == Found::Data) {
            EXPECT_EQ(part.head.format, "TabSeparated") << n;
            EXPECT_EQ(part.head.data_offset, all.head.data_offset) << n;
        } else {
            EXPECT_EQ(part.found, Found::NeedMore) << n << text.substr(0, n);
        }
    }
}

TEST(ShapeOf, SeesFormatTotalsAndSelects) {
    const std::string sql = "WITH 1 AS x SELECT 'FORMAT x' FORMAT JSON SETTINGS a = 1";
    const auto shape = shape_of(sql);
    EXPECT_EQ(without_format(sql), "WITH 1 AS x SELECT 'FORMAT x'  SETTINGS a = 1");
    EXPECT_EQ(shape.format, "JSON");
    EXPECT_TRUE(shape.selects);
    EXPECT_TRUE(shape.plain);
    EXPECT_FALSE(shape_of("SELECT 1").format);
    for (const char* other : {"SELECT 1 AS format FROM t", "SELECT format('{}', 1) FROM t",
                              "SELECT t.format FROM t", "SELECT format FROM t", "FORMAT JSON"})
        EXPECT_FALSE(shape_of(other).format) << other;
    EXPECT_EQ(shape_of("SELECT 1 AS format FORMAT CSV;").format, "CSV");
    EXPECT_FALSE(shape_of("SELECT a FROM t GROUP BY a WITH TOTALS").plain);
    EXPECT_FALSE(shape_of("SHOW TABLES").selects);
    EXPECT_TRUE(shape_of("((SELECT 1))").selects);
    EXPECT_FALSE(shape_of("SELECT 'open").selects);
}

TEST(HeaderLength, EndsTheHeaderAndNotInsideAName) {
    EXPECT_EQ(header_length("CSVWithNames", "\"a\nb\",\"c\"\n1,2\n"), 10U);
    EXPECT_EQ(header_length("TSVWithNamesAndTypes", "a\tb\nInt8\tInt8\n1\t2\n"), 14U);
    EXPECT_EQ(header_length("JSONCompactEachRowWithNames", "[\"a\\\"\n\"]\n[1]\n"), 9U);
    const std::string binary(
        "\x01\x01"
        "a\x05UInt8xxx",
        12);
    EXPECT_EQ(header_length("RowBinaryWithNamesAndTypes", binary), 9U);
    EXPECT_EQ(header_length("RowBinaryWithNames", binary), 3U);
    EXPECT_EQ(structure_of(binary), "`a` UInt8");
    EXPECT_EQ(header_length("RowBinaryWithNames", "\xff\xff\xff\xff\x0f"), 0U);
    EXPECT_EQ(structure_of("\x02\x01"), "");
    EXPECT_EQ(header_length("TSV", "a\n"), 0U);
    EXPECT_EQ(assembly_of("Parquet"), Assembly::Whole);
    EXPECT_EQ(assembly_of("Native"), Assembly::Join);
}

TEST(Tokens, ReadCommentsStringsNamesAndHeredocs) {
    const auto tokens =
        tokenize("a -- x\n.`b``\\`c` /* ' */ 'it''s \\' 1' $t$ ' $t$ 1e-5 a::b # y");
    ASSERT_TRUE(tokens);
    std::vector<std::string> texts;
    for (const Token& token : *tokens) texts.emplace_back(token.text);
    EXPECT_EQ(texts, (std::vector<std::string>{"a", ".", "`b``\\`c`", "'it''s \\' 1'", "$t$ ' $t$",
                                               "1e-5", "a", "::", "b"}));
    EXPECT_EQ(*name_of((*tokens)[2]), "b``c");
    EXPECT_FALSE(tokenize("'open"));
    EXPECT_FALSE(tokenize("/* open"));
    EXPECT_FALSE(tokenize("\x01"));
    EXPECT_FALSE(tokenize("\xe2\x80\x98"));
    EXPECT_EQ(quoted_name("a`b\\"), "`a\\`b\\\\`");
    EXPECT_EQ(quoted_text("a'b\\"), "'a\\'b\\\\'");
}

}  // namespace
}  // namespace forgehouse::engine
