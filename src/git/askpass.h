// Askpass: how git gets a password without it standing in an argument, an URL, a file or a
// lasting environment. git runs our own program again when it wants to prompt; that run reads the
// answer from an inherited descriptor whose number is all that the environment has.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "exec/descriptor.h"
#include "git/remote_url.h"

namespace forgehouse::git {

/// The environment variable with the descriptor's number.
inline constexpr std::string_view kAskpassVariable = "FORGEHOUSE_ASKPASS_FD";

/// `main` calls this first. Where git has started us to answer a prompt, answers it and returns the
/// exit code that main must return at once; else nullopt, at the cost of one getenv.
std::optional<int> answer_prompt(int argc, char** argv);

/// Writes the credentials for one server into anonymous memory, to be lent to git.
/// Errors: Unavailable where the system has no room for it.
Result<exec::Descriptor> lend_credentials(const RemoteUrl& url, const Credentials& credentials);

/// What to answer to a prompt of git (`Password for 'https://me@host': `), given what
/// lend_credentials() wrote; nullopt for every other server and for every other question.
std::optional<std::string> answer_to(std::string_view prompt, std::string_view lent);

}  // namespace forgehouse::git
