// Askpass: how git gets a password without it standing in an argument, an URL, a file or a
// lasting environment. git runs our own program again when it wants to prompt; that run reads the
// answer from an inherited descriptor whose number is all that the environment has.
#pragma once

#include <optional>

namespace forgehouse::git {

/// `main` calls this first. Where git has started us to answer a prompt, answers it and returns the
/// exit code that main must return at once; else nullopt, at the cost of one getenv.
std::optional<int> answer_prompt(int argc, char** argv);

}  // namespace forgehouse::git
