#include "app/complain.h"

#include <gtest/gtest.h>

namespace forgehouse::app {
namespace {

TEST(Complaint, SaysWhereWhatAndWhatToDo) {
    const Error error = Error(Errc::Invalid, "unknown key")
                            .with("at", "forgehouse.yaml:3")
                            .with("key", "engin\x1b[31m")
                            .hint("did you mean engine?");
    EXPECT_EQ(complaint(error, {}),
              "forgehouse: forgehouse.yaml:3: unknown key (key=engin\\x1b[31m)\n"
              "  did you mean engine?\n");
}

TEST(Complaint, PutsLongFactsOnLinesOfTheirOwn) {
    const Error error = Error(Errc::Invalid, "the engine did not start")
                            .with("log", "first\nsecond")
                            .with("message", "Unknown table");
    EXPECT_EQ(complaint(error, {}),
              "forgehouse: the engine did not start\n  | first\n  | second\n  | Unknown table\n");
}

TEST(Complaint, ShowsAllHintsInOneForm) {
    const auto shown = [](std::string hint) {
        return hint_of(Error(Errc::Invalid, "x").hint(std::move(hint)));
    };
    EXPECT_EQ(shown("Check the spelling; it counts."), "check the spelling; it counts");
    EXPECT_EQ(shown("FORGEHOUSE_DATA names it"), "FORGEHOUSE_DATA names it");
    EXPECT_EQ(shown("a, b, …"), "a, b, …");
    EXPECT_EQ(shown(""), "");
}

TEST(Complaint, WrapsLongFactsOnATerminalAndKeepsWhatPoints) {
    terminal::Screen screen;
    screen.terminal = true;
    screen.columns = 30;
    const Error error = Error(Errc::Invalid, "no")
                            .with("here", "SELEC 1\n      ^")
                            .with("message", "words that need more than one line");
    EXPECT_EQ(complaint(error, screen),
              "forgehouse: no\n  | SELEC 1\n  |       ^\n  | words that need more than\n"
              "  | one line\n");
}

TEST(Complaint, IsAnObjectForPrograms) {
    const Error error = Error(Errc::NotFound, "no such run").with("run", "a\"b").hint("list them");
    EXPECT_EQ(complaint_json(error),
              "{\"error\":{\"code\":\"not_found\",\"text\":\"no such run\",\"fields\":{\"run\":"
              "\"a\\\"b\"},\"hint\":\"list them\"}}\n");
}

}  // namespace
}  // namespace forgehouse::app
