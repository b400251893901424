#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/terminal/foreign.h"
#include "app/terminal/sparkline.h"
#include "app/terminal/stream_table.h"
#include "app/terminal/table.h"
#include "app/terminal/tsv.h"
#include "base/text.h"

namespace forgehouse::app::terminal {
namespace {

using testing::ElementsAre;

Screen screen_of(std::size_t columns) {
    Screen screen;
    screen.terminal = columns > 0;
    screen.columns = columns;
    return screen;
}

TEST(Sparkline, ShowsTheHighestAsAFullBarAndZeroApart) {
    const std::vector<std::uint64_t> values{0, 1, 50, 80, 100};
    EXPECT_EQ(sparkline(values, true), "▁▂▅▇█");
    EXPECT_EQ(sparkline(values, false), "_.=*#");
    EXPECT_EQ(sparkline({}, true), "");
    EXPECT_EQ(sparkline(std::vector<std::uint64_t>{0, 0}, true), "▁▁");
    EXPECT_EQ(sparkline(std::vector<std::uint64_t>{~0ULL}, true), "█");
}

TEST(Sparkline, CondensesFromTheEnd) {
    const std::vector<std::uint64_t> values{1, 2, 3, 4, 5};
    EXPECT_THAT(condensed(values, 10), ElementsAre(1, 2, 3, 4, 5));
    EXPECT_THAT(condensed(values, 3), ElementsAre(1, 5, 9));
    EXPECT_THAT(condensed(values, 1), ElementsAre(15));
}

TEST(Table, AlignsNumbersRightAndCountsWideLetters) {
    const std::string out = table({{"name", false}, {"n", true}, {"note", false}},
                                  {{"日本", "7", "x"}, {"é", "1234", std::nullopt}}, screen_of(0));
    EXPECT_EQ(out,
              "name     n  note\n"
              "日本     7  x\n"
              "é     1234  NULL\n");
}

TEST(Table, CutsTheWidestColumnsOnATerminal) {
    const std::string out =
        table({{"a", false}, {"b", false}}, {{std::string(60, 'x'), "short"}}, screen_of(30));
    for (const std::string_view line : text::split(out, '\n'))
        EXPECT_LE(text::display_width(line), 30u) << line;
    EXPECT_NE(out.find("…  short"), out.npos);
}

TEST(Table, MakesControlCharactersVisible) {
    const std::string out = table({{"a", false}}, {{"\x1b[31mred\n"}}, screen_of(80));
    EXPECT_EQ(out, "a\n\\x1b[31mred\\n\n");
}

TEST(Foreign, ShowsControlCharactersOnATerminalOnly) {
    struct Case {
        std::string_view bytes, shown;
    };
    for (const Case& c :
         {Case{"a\tb\nc", "a\tb\nc"}, Case{"\x1b]0;title\x07", "\\x1b]0;title\\x07"},
          Case{"x\ry\b\x7f", "x\\x0dy\\x08\\x7f"},
          Case{"\xc2\x9b"
               "31m",
               "\\x9b31m"},  // CSI in one character
          Case{"\xe2\x80\xae"
               "txt.exe",
               "\\u202etxt.exe"},  // turns the line around
          Case{"日本é😀", "日本é😀"}, Case{"\xff\xe2\x82", "���"}}) {
        for (const std::size_t slice : {std::size_t{1}, std::size_t{2}, c.bytes.size()})
            for (const bool terminal : {true, false}) {
                std::string out;
                Foreign foreign(screen_of(terminal ? 80 : 0), [&](std::string_view part) {
                    out += part;
                    return Result<void>();
                });
                for (std::size_t at = 0; at < c.bytes.size(); at += slice)
                    ASSERT_TRUE(foreign.write(c.bytes.substr(at, slice)));
                ASSERT_TRUE(foreign.finish());
                EXPECT_EQ(out, terminal ? c.shown : c.bytes) << slice;
            }
    }
}

TEST(Shrink, TakesFromTheWidestAndKeepsTheLeast) {
    std::vector<std::size_t> widths{50, 10, 30};
    shrink(widths, 60, 6);
    EXPECT_THAT(widths, ElementsAre(25, 10, 25));
    shrink(widths, 3, 6);
    EXPECT_THAT(widths, ElementsAre(6, 6, 6));
    std::vector<std::size_t> small{3, 4};
    shrink(small, 100, 6);
    EXPECT_THAT(small, ElementsAre(3, 4));
}

TEST(Table, KnowsOfACutThatTakesAsManyBytesAsTheMarkHas) {
    // Three characters go, and `…` takes three bytes.
    TableLayout layout({{"c", false}});
    const std::vector<std::vector<Cell>> rows{{std::string(22, 'x')}};
    layout.measure(rows, screen_of(20));
    EXPECT_EQ(layout.row(rows[0], screen_of(20)), std::string(19, 'x') + "…\n");
    EXPECT_TRUE(layout.has_cut());
}

TEST(FitEnd, KeepsTheEndOfAPathAndWholeCharacters) {
    EXPECT_EQ(fit_end("src/main.cpp", 20), "src/main.cpp");
    EXPECT_EQ(fit_end("src/main.cpp", 9), "…main.cpp");
    EXPECT_EQ(fit_end("ä/日本/x", 5), "…本/x");
}

TEST(Tsv, UndoesEscapesAndKnowsNull) {
    EXPECT_EQ(unescaped("a\\tb\\nc\\\\d\\'e"), "a\tb\nc\\d'e");
    EXPECT_EQ(unescaped("\\N"), std::nullopt);
    EXPECT_EQ(unescaped("\\\\N"), "\\N");
    EXPECT_EQ(unescaped("trailing\\"), "trailing\\");
}

TEST(Tsv, KnowsNumbersByTheirType) {
    for (const char* type : {"Int64", "Nullable(UInt8)", "LowCardinality(Nullable(Int32))",
                             "Decimal(18, 2)", "Float64"})
        EXPECT_TRUE(is_number(type)) << type;
    for (const char* type :
         {"String", "Array(UInt8)", "DateTime64(3, 'UTC')", "Bool", "Nullable(String)", "Interval"})
        EXPECT_FALSE(is_number(type)) << type;
}

TEST(Tsv, ReadsRowsFromPiecesOfAnyLength) {
    const std::string text = "a\tb\nString\tUInt8\nx\\ny\t1\n\\N\t2\n";
    for (std::size_t piece = 1; piece <= text.size(); ++piece) {
        std::vector<std::vector<Cell>> rows;
        std::vector<TableColumn> columns;
        TsvReader reader({.columns = [&](auto got) -> Result<void> {
                              columns = std::move(got);
                              return {};
                          },
                          .row = [&](auto cells) -> Result<void> {
                              rows.push_back(std::move(cells));
                              return {};
                          }});
        for (std::size_t at = 0; at < text.size(); at += piece)
            ASSERT_TRUE(reader.take(std::string_view(text).substr(at, piece)));
        ASSERT_EQ(columns.size(), 2u);
        EXPECT_TRUE(columns[1].right);
        ASSERT_EQ(rows.size(), 2u);
        EXPECT_EQ(rows[0][0], "x\ny");
        EXPECT_EQ(rows[1][0], std::nullopt);
    }
}

TEST(StreamTable, HoldsFewRowsAndWritesTheRestAsItComes) {
    std::string out;
    std::size_t largest = 0;
    StreamTable table(screen_of(0), [&](std::string_view bytes) -> Result<void> {
        largest = std::max(largest, bytes.size());
        out += bytes;
        return {};
    });
    ASSERT_TRUE(table.columns({{"n", true}}));
    for (int i = 0; i < 100'000; ++i) ASSERT_TRUE(table.row({{std::to_string(i)}}));
    ASSERT_TRUE(table.finish());
    EXPECT_EQ(table.rows(), 100'000u);
    EXPECT_LT(largest, 100'000u);
    EXPECT_TRUE(out.starts_with("  n\n  0\n  1\n")) << out.substr(0, 20);
    EXPECT_TRUE(out.ends_with("\n99999\n"));
}

/// A row of `count` columns, written to a terminal of 80.
std::pair<std::string, StreamTable::Written> written(std::size_t count, StreamTable::Shape shape) {
    Screen screen = screen_of(80);
    std::string out;
    StreamTable table(
        screen,
        [&](std::string_view bytes) -> Result<void> {
            out += bytes;
            return {};
        },
        shape);
    std::vector<TableColumn> columns;
    std::vector<Cell> cells;
    for (std::size_t i = 0; i < count; ++i) {
        columns.push_back({fmt::format("c{}", i)});
        cells.emplace_back(std::string(30, 'x'));
    }
    EXPECT_TRUE(table.columns(columns));
    EXPECT_TRUE(table.row(cells));
    EXPECT_TRUE(table.finish());
    return {out, table.written()};
}

TEST(StreamTable, StandsUprightWhereATableWouldSayNothing) {
    EXPECT_EQ(written(2, StreamTable::Shape::AsFits).second, StreamTable::Written::Whole);
    EXPECT_EQ(written(4, StreamTable::Shape::AsFits).second, StreamTable::Written::Cut);
    const auto [text, how] = written(20, StreamTable::Shape::AsFits);
    EXPECT_EQ(how, StreamTable::Written::Upright);
    EXPECT_TRUE(text.starts_with("row 1\n  c0   " + std::string(30, 'x') + "\n  c1 ")) << text;
    EXPECT_TRUE(text.ends_with("x\n\n")) << text;
    EXPECT_EQ(written(20, StreamTable::Shape::Table).second, StreamTable::Written::Cut);
}

TEST(Table, GivesTheRoomOfEmptyColumnsToTheOthers) {
    const auto text = table({{"name"}, {"a_long_name_of_nothing"}, {"other"}},
                            {{std::string(20, 'x'), "", std::string(20, 'y')}}, screen_of(50));
    EXPECT_NE(text.find("a_lon…"), text.npos) << text;
    EXPECT_NE(text.find(std::string(20, 'x')), text.npos) << text;
    EXPECT_NE(text.find(std::string(20, 'y')), text.npos) << text;
}

TEST(StreamTable, ShowsTheHeaderOfAnEmptyAnswer) {
    std::string out;
    StreamTable table(screen_of(0), [&](std::string_view bytes) -> Result<void> {
        out += bytes;
        return {};
    });
    ASSERT_TRUE(table.columns({{"a", false}, {"b", true}}));
    ASSERT_TRUE(table.finish());
    EXPECT_EQ(out, "a  b\n");
}

TEST(Screen, ColoursOnlyWhereItIsWanted) {
    const config::Environment environment{
        {"TERM", "xterm"}, {"NO_COLOR", "1"}, {"LANG", "de_DE.ISO-8859-1"}};
    const Screen screen = look_at(1, environment, false);
    EXPECT_FALSE(screen.colour);
    EXPECT_FALSE(screen.unicode);
    EXPECT_EQ(screen.bold("x"), "x");
    EXPECT_TRUE(look_at(1, {{"LANG", "C.UTF-8"}}, false).unicode);
    EXPECT_TRUE(look_at(1, {}, false).unicode);
}

}  // namespace
}  // namespace forgehouse::app::terminal
