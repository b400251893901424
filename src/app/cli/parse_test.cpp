#include "app/cli/parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace forgehouse::app::cli {
namespace {

using testing::ElementsAre;

constexpr std::array<std::string_view, 2> kColours{"red", "green"};
std::span<const std::string_view> colours() {
    return kColours;
}

constexpr std::array kGlobals{Option{.name = "--data", .value = "DIR", .key = "data"},
                              Option{.name = "--verbose", .letter = 'v'},
                              Option{.name = "--help", .letter = 'h'}};
constexpr std::array kOptions{
    Option{.name = "--output", .letter = 'o', .value = "FILE"}, Option{.name = "--json"},
    Option{.name = "--colour", .value = "C", .words = colours, .strict = true}};
constexpr std::array kOperands{Operand{.name = "IN", .doc = "", .least = 1, .most = 1},
                               Operand{.name = "MORE", .doc = "", .least = 0, .most = kMany}};
constexpr Verb kPaint{.name = "paint",
                      .group = "g",
                      .summary = "s",
                      .about = "a",
                      .operands = kOperands,
                      .options = kOptions};
constexpr Verb kTwo{.name = "config check", .group = "g", .summary = "s", .about = "a"};
constexpr std::array<const Verb*, 2> kVerbs{&kPaint, &kTwo};
constexpr Program kProgram{.name = "p",
                           .summary = "",
                           .about = "",
                           .verbs = kVerbs,
                           .globals = kGlobals,
                           .examples = {},
                           .tables = {}};

Result<Arguments> parsed(std::vector<std::string> words) {
    return parse(kProgram, words);
}

std::string refused(std::vector<std::string> words) {
    const auto got = parsed(std::move(words));
    return got ? "taken" : fmt::format("{}: {}", got.error().text(), got.error().hint());
}

TEST(Parse, TakesOptionsBeforeAndAfter) {
    const auto got = parsed({"--json", "-v", "paint", "--data=/d", "in", "-o", "out", "x", "y"});
    ASSERT_TRUE(got);
    EXPECT_EQ(got->verb, &kPaint);
    EXPECT_THAT(got->operands, ElementsAre("in", "x", "y"));
    EXPECT_EQ(got->value("--output"), "out");
    EXPECT_TRUE(got->has("--json"));
    const auto overrides = got->overrides(kProgram);
    ASSERT_EQ(overrides.size(), 1u);
    EXPECT_EQ(overrides[0].key, "data");
    EXPECT_EQ(overrides[0].text, "/d");
}

TEST(Parse, TakesLettersTogetherAndWithTheirValue) {
    const auto got = parsed({"paint", "-vvofile", "in"});
    ASSERT_TRUE(got);
    EXPECT_EQ(got->count("--verbose"), 2u);
    EXPECT_EQ(got->value("--output"), "file");
}

TEST(Parse, TakesTheLastOfSeveralValues) {
    EXPECT_EQ(parsed({"paint", "in", "-o", "a", "-o", "b"})->value("--output"), "b");
}

TEST(Parse, LeavesOperandsThatLookLikeOptionsAlone) {
    EXPECT_THAT(parsed({"paint", "--", "-o", "--json"})->operands, ElementsAre("-o", "--json"));
    EXPECT_THAT(parsed({"paint", "-- a comment\nSELECT 1"})->operands,
                ElementsAre("-- a comment\nSELECT 1"));
    EXPECT_THAT(parsed({"paint", "-"})->operands, ElementsAre("-"));
}

TEST(Parse, FindsHelpWhereverItStands) {
    EXPECT_TRUE(parsed({"--help"})->help);
    EXPECT_TRUE(parsed({"help"})->help);
    EXPECT_EQ(parsed({"help", "config", "check"})->verb, &kTwo);
    EXPECT_EQ(parsed({"paint", "-h"})->verb, &kPaint);
    EXPECT_EQ(parsed({})->verb, nullptr);
}

TEST(Parse, NamesTheNearest) {
    EXPECT_EQ(refused({"paimt", "x"}), "unknown verb: did you mean paint? See p --help");
    EXPECT_EQ(refused({"config", "chcek"}), "unknown verb: did you mean config check?");
    EXPECT_EQ(refused({"config"}), "the verb is not complete: write p config check");
    EXPECT_EQ(refused({"paint", "--jsom", "x"}), "unknown option: did you mean --json?");
    EXPECT_EQ(refused({"paint", "-z", "x"}), "unknown option: see p --help");
    EXPECT_EQ(refused({"paint", "x", "--colour", "gren"}),
              "the option does not take this value: did you mean green?");
}

TEST(Parse, RefusesWhatIsMissingOrTooMuch) {
    EXPECT_EQ(refused({"paint"}), "something is missing on the command line: see p paint --help");
    EXPECT_EQ(refused({"paint", "x", "-o"}), "the option wants a value: write --output FILE");
    EXPECT_EQ(refused({"paint", "x", "--json=1"}), "the option takes no value: write --json alone");
    EXPECT_EQ(refused({"config", "check", "--json"}),
              "the verb does not take this option: --json belongs to: paint");
    EXPECT_EQ(refused({"config", "check", "x"}),
              "too much on the command line: see p config check --help; a text with blanks wants "
              "quotes");
}

}  // namespace
}  // namespace forgehouse::app::cli
