#include "app/cli/completion.h"

#include <algorithm>
#include <array>

#include "app/verbs/verbs.h"
#include "app/world.h"

namespace forgehouse::app::verbs {
namespace {

constexpr std::array<std::string_view, 3> kShells{"bash", "zsh", "fish"};

std::span<const std::string_view> shells() {
    return kShells;
}

constexpr std::array kOperands{
    cli::Operand{.name = "bash|zsh|fish", .doc = "The shell to write it for.", .words = shells}};
constexpr std::array kExamples{
    cli::Example{"completion bash > ~/.local/share/bash-completion/completions/forgehouse",
                 "For bash, from the next shell on."},
    cli::Example{"completion fish > ~/.config/fish/completions/forgehouse.fish", "For fish."},
    cli::Example{"completion zsh > \"${fpath[1]}/_forgehouse\"", "For zsh."}};

constexpr cli::Verb kCompletion{
    .name = "completion",
    .group = "about the program",
    .summary = "print a completion script for your shell",
    .about =
        "Prints a script that completes verbs, options and their usual values. It is made "
        "from the same declarations as this help.",
    .operands = kOperands,
    .examples = kExamples};

Result<Exit> run(World& world) {
    const std::string& wanted = world.arguments().operands.front();
    const auto at = std::ranges::find(kShells, wanted);
    if (at == kShells.end()) {
        return world.usage(Error(Errc::Invalid, "no completion for this shell")
                               .with("shell", wanted)
                               .hint("there is one for bash, zsh and fish"));
    }
    TRY(world.print(
        cli::completion(world.program(), static_cast<cli::Shell>(at - kShells.begin()))));
    return Exit::Done;
}

}  // namespace

Verb completion() {
    return {&kCompletion, run, true};
}

}  // namespace forgehouse::app::verbs
