#include "collect/tickets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <regex>

namespace forgehouse::collect {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> find(std::string_view text, TicketRules rules = {}) {
    return TicketFinder(rules).find(text);
}

TEST(Tickets, FindsKeysInOrderAndOnce) {
    EXPECT_THAT(find("ABC-1: fix, see XY2-30 and ABC-1."), ElementsAre("ABC-1", "XY2-30"));
    EXPECT_THAT(find("feature/ABC-12_x"), ElementsAre("ABC-12"));
    EXPECT_THAT(find("fooABC-12"), ElementsAre("ABC-12"));
    EXPECT_THAT(find("ABC-1-2"), ElementsAre("ABC-1"));
    EXPECT_THAT(find("ABC-1DE-2 AB-3"), ElementsAre("AB-3"));
}

TEST(Tickets, LeavesWhatIsNoKey) {
    EXPECT_THAT(find("A-1 1AB-2 AB-0 AB-01 AB- -1 abc-1 AB_1 AB-1X"), IsEmpty());
    EXPECT_THAT(find("UTF-8 SHA-256 ISO-8601 CVE-2024-1234 RFC-822"), IsEmpty());
    EXPECT_THAT(find(std::string(257, 'A') + "-1"), IsEmpty());
    EXPECT_THAT(find("AB-" + std::string(257, '1')), IsEmpty());
    EXPECT_THAT(find(std::string(256, 'A') + "-1"), testing::SizeIs(1));
}

TEST(Tickets, TheAllowListDecidesAlone) {
    EXPECT_THAT(find("ABC-1 UTF-8", {.allowed_projects = {"utf"}, .ignore_case = false}),
                ElementsAre("UTF-8"));
}

TEST(Tickets, CaseIsIgnoredWhenAsked) {
    const TicketRules rules{.allowed_projects = {}, .ignore_case = true};
    EXPECT_THAT(find("abc-1 Abc-1 fooabc-2 utf-8", rules), ElementsAre("ABC-1", "FOOABC-2"));
}

// The rule as Jira writes it, with the boundary after the key as a lookahead.
TEST(Tickets, AgreesWithTheRuleAsARegularExpression) {
    const std::regex rule("(^|[^A-Z0-9])([A-Z][A-Z0-9]{1,255}-[1-9][0-9]{0,255})(?=$|[^A-Z0-9])");
    std::mt19937 random(3);
    constexpr std::string_view letters = "AB1-0 a_-ZX";
    for (int i = 0; i < 20000; ++i) {
        std::string text;
        for (std::size_t n = random() % 14; n > 0; --n) text += letters[random() % letters.size()];
        std::vector<std::string> expected;
        for (std::sregex_iterator at(text.begin(), text.end(), rule), end; at != end; ++at)
            if (std::ranges::find(expected, (*at)[2].str()) == expected.end())
                expected.push_back((*at)[2].str());
        EXPECT_EQ(find(text), expected) << text;
    }
}

}  // namespace
}  // namespace forgehouse::collect
