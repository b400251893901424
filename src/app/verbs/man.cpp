#include "app/cli/man.h"

#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "app/cli/help.h"
#include "app/verbs/verbs.h"
#include "app/world.h"

namespace forgehouse::app::verbs {
namespace {

constexpr std::array kOperands{cli::Operand{.name = "VERB",
                                            .doc = "The verb whose page is wanted; two words for "
                                                   "verbs such as config check.",
                                            .least = 0,
                                            .most = 2}};
constexpr std::array kOptions{
    cli::Option{.name = "--output-dir",
                .value = "DIR",
                .doc = "Writes all pages into this folder, which is made where it is missing.",
                .completes = cli::Completes::Folders},
    cli::Option{.name = "--markdown", .doc = "One Markdown document instead of a page."}};
constexpr std::array kExamples{
    cli::Example{"man collect | man -l -", "Reads the page of collect."},
    cli::Example{"man --output-dir ~/.local/share/man/man1", "Installs them all."}};

constexpr cli::Verb kMan{
    .name = "man",
    .group = "about the program",
    .summary = "print a manual page, or write them all",
    .about = "Prints the manual page of the program or of a verb, as `man` reads it.",
    .operands = kOperands,
    .options = kOptions,
    .examples = kExamples};

Result<void> write_page(const std::filesystem::path& path, const std::string& page) {
    std::ofstream stream(path, std::ios::binary | std::ios::trunc);
    stream << page;
    stream.close();
    if (stream) return {};
    return Failure(Error(Errc::Unavailable, "the page cannot be written")
                       .with("file", path.string())
                       .hint("check that the folder is yours and its disk not full"));
}

Result<Exit> write_all_pages(World& world, const std::filesystem::path& folder) {
    const cli::Program& program = world.program();
    std::error_code failure;
    std::filesystem::create_directories(folder, failure);
    if (failure)
        return Failure(Error(Errc::Denied, "the folder cannot be made")
                           .with("folder", folder.string())
                           .with("reason", failure.message())
                           .hint("name another one, or mend the rights of the one above it"));
    TRY(write_page(folder / fmt::format("{}.1", program.name),
                   cli::program_man(program, FORGEHOUSE_VERSION)));
    for (const cli::Verb* verb : program.verbs)
        TRY(write_page(folder / cli::man_file(program, *verb),
                       cli::verb_man(program, *verb, FORGEHOUSE_VERSION)));
    world.tell(fmt::format("{} pages in {}\n", program.verbs.size() + 1, folder.string()));
    return Exit::Done;
}

Result<Exit> run(World& world) {
    const cli::Program& program = world.program();
    if (const auto folder = world.arguments().value("--output-dir"))
        return write_all_pages(world, world.folder() / *folder);
    if (world.arguments().has("--markdown")) {
        TRY(world.print(cli::reference_markdown(program)));
        return Exit::Done;
    }
    if (world.arguments().operands.empty()) {
        TRY(world.print(cli::program_man(program, FORGEHOUSE_VERSION)));
        return Exit::Done;
    }
    const std::vector<std::string>& words = world.arguments().operands;
    const cli::Verb* const verb = cli::verb_named(program, words);
    if (verb == nullptr && cli::verb_named(program, std::span(words).first(1)) != nullptr)
        return world.usage(Error(Errc::Invalid, "too much on the command line")
                               .with("surplus", words[1])
                               .hint(fmt::format("see {} man --help", program.name)));
    if (verb == nullptr) return world.usage(cli::unknown_verb(program, words));
    TRY(world.print(cli::verb_man(program, *verb, FORGEHOUSE_VERSION)));
    return Exit::Done;
}

}  // namespace

Verb man() {
    return {&kMan, run, true};
}

}  // namespace forgehouse::app::verbs
