#include "app/command_line.h"

#include <gtest/gtest.h>

namespace forgehouse::app {
namespace {

struct Case {
    std::string given, left;
};

TEST(CommandLine, TakesSecretsOutOfWhatTheSystemShows) {
    const Case cases[] = {
        {"https://me:pw@host/a.git", "https://*****@host/a.git"},
        {"https://token@host/a.git", "https://*****@host/a.git"},
        {"HTTPS://me:p@w:x@host:7990/a@b", "HTTPS://********@host:7990/a@b"},
        {"--url=http://u:p@host", "--url=http://***@host"},
        {"ssh://git@host/a.git", "ssh://git@host/a.git"},
        {"ssh://git:pw@host/a.git", "ssh://git:**@host/a.git"},
        {"git@host:a.git", "git@host:a.git"},
        {"https://host/~me@home?x=a@b", "https://host/~me@home?x=a@b"},
        {"https://@host", "https://@host"},
        {"://", "://"},
        {"", ""},
    };
    for (const Case& c : cases) {
        std::string name = "forgehouse", verb = "collect", word = c.given;
        char* argv[] = {name.data(), verb.data(), word.data(), nullptr};
        const CommandLine line = take_command_line(3, argv);
        EXPECT_EQ(word, c.left);
        EXPECT_EQ(line.held_secret, c.left != c.given) << c.given;
        EXPECT_EQ(line.called, "forgehouse");
        EXPECT_EQ(line.words, (std::vector<std::string>{"collect", c.given}));
    }
}

TEST(CommandLine, TakesAnEmptyOne) {
    char* argv[] = {nullptr};
    const CommandLine line = take_command_line(0, argv);
    EXPECT_TRUE(line.called.empty() && line.words.empty() && !line.held_secret);
}

}  // namespace
}  // namespace forgehouse::app
