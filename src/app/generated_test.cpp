// What is derived from the declarations of the command line, held against what is committed.
// UPDATE_GOLDEN=1 writes it anew: review the diff.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "app/cli/completion.h"
#include "app/cli/help.h"
#include "app/cli/man.h"
#include "app/cli/parse.h"
#include "app/verbs/verbs.h"
#include "base/text.h"

namespace forgehouse::app {
namespace {

namespace fs = std::filesystem;

void expect_golden(const fs::path& path, const std::string& got) {
    if (std::getenv("UPDATE_GOLDEN") != nullptr) {
        fs::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << got;
    }
    std::ifstream stream(path, std::ios::binary);
    const std::string wanted{std::istreambuf_iterator<char>(stream), {}};
    EXPECT_EQ(got, wanted) << path << ": UPDATE_GOLDEN=1 writes it anew";
}

const fs::path kDocs = fs::path(FORGEHOUSE_SOURCE_DIR) / "docs/generated";
const fs::path kData = fs::path(FORGEHOUSE_ROOM_DIR) / "testdata";

TEST(Generated, ReferenceIsTheCommittedOne) {
    expect_golden(kDocs / "cli.md", cli::reference_markdown(verbs::program()));
}

TEST(Generated, ManualPagesAreTheCommittedOnes) {
    const cli::Program& program = verbs::program();
    expect_golden(kDocs / "man/forgehouse.1", cli::program_man(program, FORGEHOUSE_VERSION));
    for (const cli::Verb* verb : program.verbs)
        expect_golden(kDocs / "man" / cli::man_file(program, *verb),
                      cli::verb_man(program, *verb, FORGEHOUSE_VERSION));
}

TEST(Generated, CompletionIsTheCommittedOne) {
    expect_golden(kData / "completion.bash", cli::completion(verbs::program(), cli::Shell::Bash));
    expect_golden(kData / "completion.zsh", cli::completion(verbs::program(), cli::Shell::Zsh));
    expect_golden(kData / "completion.fish", cli::completion(verbs::program(), cli::Shell::Fish));
}

TEST(Generated, HelpIsTheCommittedOne) {
    const cli::Program& program = verbs::program();
    expect_golden(kData / "help.txt", cli::program_help(program, false));
    std::string all;
    for (const cli::Verb* verb : program.verbs)
        all += fmt::format("{}\n{:=<80}\n", cli::verb_help(program, *verb, false), "");
    expect_golden(kData / "help_of_verbs.txt", all);
}

TEST(Declarations, FitTheHelp) {
    const cli::Program& program = verbs::program();
    for (const cli::Verb* verb : program.verbs) {
        EXPECT_FALSE(verb->examples.empty()) << verb->name;
        for (const std::string_view line : text::split(cli::verb_help(program, *verb, false), '\n'))
            EXPECT_TRUE(text::display_width(line) <= 80 || line.starts_with("  $ ")) << line;
    }
}

TEST(Declarations, GiveANameOneMeaningEverywhere) {
    const cli::Program& program = verbs::program();
    std::map<std::string_view, bool> takes_value;
    std::map<char, std::string_view> letters;
    const auto look = [&](const cli::Option& option) {
        const auto [at, fresh] = takes_value.emplace(option.name, option.takes_value());
        EXPECT_EQ(at->second, option.takes_value()) << option.name;
        if (option.letter == 0) return;
        EXPECT_EQ(letters.emplace(option.letter, option.name).first->second, option.name);
    };
    for (const cli::Option& option : program.globals) look(option);
    for (const cli::Verb* verb : program.verbs)
        for (const cli::Option& option : verb->options) {
            look(option);
            EXPECT_FALSE(cli::doc_of(option).empty()) << option.name;
        }
}

}  // namespace
}  // namespace forgehouse::app
