#include "app/secrets.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "exec/process.h"

namespace forgehouse::app {
namespace {

constexpr std::chrono::seconds kCommandTime{60};
constexpr std::size_t kMostBytes = 64 * 1024;

std::string first_line(std::string_view text) {
    text = text.substr(0, text.find('\n'));
    if (text.ends_with('\r')) text.remove_suffix(1);
    return std::string(text);
}

Result<Secret> from_variable(const std::string& name, const config::Variables& variables) {
    if (const auto found = variables.find(name)) return Secret(found->text);
    return Failure(Error(Errc::NotFound, "the variable that holds a secret is not set")
                       .with("variable", name)
                       .hint("set it in the environment or in .env, or refer to another place"));
}

Result<Secret> from_dotenv(const std::string& name, const config::Variables& variables) {
    const config::Environment none;
    return from_variable(name, {.environment = none, .dotenv = variables.dotenv});
}

Result<Secret> from_file(const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    struct ::stat facts{};
    if (!stream || ::stat(path.c_str(), &facts) != 0)
        return Failure(Error(Errc::NotFound, "the file that holds a secret cannot be read")
                           .with("file", path)
                           .hint("check its name and rights"));
    if ((facts.st_mode & S_IRWXO) != 0 && S_ISREG(facts.st_mode))
        return Failure(Error(Errc::Denied, "everybody may read the file that holds a secret")
                           .with("file", path)
                           .hint(fmt::format("chmod o= {}", path)));
    std::string text(kMostBytes, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    Secret secret(first_line(text));
    if (!secret.empty()) return secret;
    return Failure(Error(Errc::Invalid, "the file that holds a secret is empty")
                       .with("file", path)
                       .hint("write the secret into its first line"));
}

/// The program's absolute path; as PATH finds it where it has no slash.
std::string program_path(const std::string& program, const config::Environment& environment) {
    if (program.find('/') != program.npos) return program;
    const auto path = environment.find("PATH");
    if (path == environment.end()) return program;
    for (const std::string_view folder : text::split(path->second, ':')) {
        const auto candidate = std::filesystem::path(folder) / program;
        if (folder.starts_with('/') && ::access(candidate.c_str(), X_OK) == 0)
            return candidate.string();
    }
    return program;
}

Result<Secret> from_command(exec::Context& ctx, const std::vector<std::string>& words,
                            const config::Environment& environment) {
    exec::Command command{.program = program_path(words.front(), environment),
                          .arguments = {words.begin() + 1, words.end()}};
    for (const auto& [name, value] : environment)
        command.environment.push_back(fmt::format("{}={}", name, value));
    exec::Context limited = ctx.with_timeout(kCommandTime);
    auto output = exec::run(limited, std::move(command), {}, kMostBytes);
    if (!output)
        return Failure(std::move(output)
                           .error()
                           .with("program", words.front())
                           .hint("check that the program is installed and in PATH"));
    Secret secret(first_line(output->out));
    if (output->exit.ok() && !secret.empty()) return secret;
    // Standard error is shown, standard output never: it may hold the secret.
    return Failure(Error(Errc::Invalid, "the command that tells a secret failed")
                       .with("program", words.front())
                       .with("exit_code", std::int64_t{output->exit.code})
                       .with("stderr", std::string(text::trim(output->error)))
                       .hint("run it by hand; the first line of its output is the secret"));
}

Result<Secret> looked_up(exec::Context& ctx, const config::SecretRef& reference,
                         const config::Variables& variables) {
    switch (reference.from) {
        case config::SecretRef::From::Nowhere: return Secret();
        case config::SecretRef::From::Environment: return from_variable(reference.name, variables);
        case config::SecretRef::From::DotEnv: return from_dotenv(reference.name, variables);
        case config::SecretRef::From::File: return from_file(reference.name);
        case config::SecretRef::From::Command:
            return from_command(ctx, reference.command, variables.environment);
    }
    return Secret();
}

}  // namespace

Result<Secret> resolve_secret(exec::Context& ctx, const config::SecretRef& reference,
                              const config::Variables& variables, std::string_view key) {
    auto secret = looked_up(ctx, reference, variables);
    if (secret) return secret;
    return Failure(std::move(secret).error().with("key", std::string(key)));
}

}  // namespace forgehouse::app
