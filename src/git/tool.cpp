#include "git/tool.h"

#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "exec/descriptor.h"
#include "git/environment.h"

namespace forgehouse::git {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kScratchPrefix = "forgehouse-git-";
constexpr std::string_view kDefaultPath = "/usr/local/bin:/usr/bin:/bin";

Result<std::string> find_git(std::string_view search_path) {
    for (const auto folder : text::split(search_path, ':')) {
        const auto program = std::string(folder) + "/git";
        struct stat status{};
        if (folder.starts_with('/') && ::stat(program.c_str(), &status) == 0 &&
            S_ISREG(status.st_mode) && ::access(program.c_str(), X_OK) == 0)
            return program;
    }
    return Failure(Error(Errc::NotFound, "there is no git on this machine")
                       .with("searched", std::string(search_path))
                       .hint("Install it (Debian, Ubuntu: apt install git) or put it into PATH."));
}

Error scratch_failure(const std::string& parent, int error) {
    return Error(Errc::Unavailable, "no temporary folder can be made")
        .with("in", parent)
        .with("reason", std::string(::strerror(error)))
        .hint("Free some space there, or set TMPDIR to a folder that can be written.");
}

/// A folder with a lock that tells a living owner from a killed one.
Result<exec::Descriptor> lock_folder(const std::string& folder) {
    exec::Descriptor lock(
        ::open((folder + "/lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!lock || ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0)
        return Failure(scratch_failure(folder, errno));
    return lock;
}

/// Removes what killed processes of this user have left behind. A folder that is just being made
/// has no lock file yet and stays.
void sweep(const std::string& parent) {
    std::error_code ignored;
    for (fs::directory_iterator entry(parent, ignored), end; !ignored && entry != end;
         entry.increment(ignored)) {
        const auto& path = entry->path();
        if (!path.filename().string().starts_with(kScratchPrefix)) continue;
        struct stat status{};
        if (::lstat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) ||
            status.st_uid != ::geteuid())
            continue;
        const exec::Descriptor lock(
            ::open((path / "lock").c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
        if (lock && ::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) {
            std::error_code failed;
            fs::remove_all(path, failed);
        }
    }
}

struct Version {
    std::int64_t major_number = 0, minor_number = 0;
};

std::optional<Version> parse_version(std::string_view text) {
    const auto parts = text::split(text, '.');
    if (parts.size() < 2) return std::nullopt;
    const auto major_number = text::to_int(parts[0]), minor_number = text::to_int(parts[1]);
    if (!major_number || !minor_number) return std::nullopt;
    return Version{.major_number = *major_number, .minor_number = *minor_number};
}

}  // namespace

struct Tool::State {
    std::string program;
    std::string version;
    std::string scratch;
    exec::Descriptor lock;
    std::vector<std::string> environment;
    std::uint64_t memory = 0;

    ~State() {
        std::error_code ignored;
        if (!scratch.empty()) fs::remove_all(scratch, ignored);
    }
};

Tool::Tool(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
Tool::Tool(Tool&&) noexcept = default;
Tool& Tool::operator=(Tool&&) noexcept = default;
Tool::~Tool() = default;

Result<Tool> Tool::open(const exec::Context& ctx, ToolOptions options) {
    auto state = std::make_unique<State>();
    state->memory = options.memory;
    auto search_path = value_of(options.environment, "PATH");
    if (search_path.empty()) search_path = kDefaultPath;
    TRY_LET(program, find_git(search_path));
    state->program = std::move(program);

    auto parent = options.scratch_parent;
    if (parent.empty()) parent = value_of(options.environment, "TMPDIR");
    if (parent.empty()) parent = "/tmp";
    sweep(parent);
    auto folder = parent + "/" + std::string(kScratchPrefix) + "XXXXXX";
    if (::mkdtemp(folder.data()) == nullptr) return Failure(scratch_failure(parent, errno));
    state->scratch = folder;
    TRY_LET(lock, lock_folder(folder));
    state->lock = std::move(lock);
    const auto config = folder + "/config";
    std::ofstream(config) << our_configuration();
    if (!fs::exists(config)) return Failure(scratch_failure(parent, ENOSPC));
    state->environment = child_environment(options.environment, config, folder);

    Tool tool(std::move(state));
    TRY_LET(said, exec::run(ctx, tool.command(commands::kVersion)));
    const auto words = text::split(text::trim(said.out), ' ');
    if (words.size() >= 3) tool.state_->version = std::string(words[2]);
    const auto version = parse_version(tool.state_->version);
    if (!version || version->major_number < 2 ||
        (version->major_number == 2 && version->minor_number < 36))
        return Failure(Error(Errc::Invalid, "this git is too old")
                           .with("program", tool.program())
                           .with("version", tool.version())
                           .hint("Forgehouse needs git 2.36 or newer."));
    return tool;
}

const std::string& Tool::version() const noexcept {
    return state_->version;
}
const std::string& Tool::program() const noexcept {
    return state_->program;
}
const std::string& Tool::scratch() const noexcept {
    return state_->scratch;
}

exec::Command Tool::command(const Subcommand& subcommand, std::vector<std::string> operands,
                            std::vector<std::string> flags) const {
    std::vector<std::string> arguments{std::string(subcommand.name.view())};
    for (const Literal flag : subcommand.flags) arguments.emplace_back(flag.view());
    for (auto& flag : flags) arguments.push_back(std::move(flag));
    if (subcommand.takes_operands) {
        arguments.emplace_back("--end-of-options");
        for (auto& operand : operands) arguments.push_back(std::move(operand));
    }
    return {.program = state_->program,
            .arguments = std::move(arguments),
            .environment = state_->environment,
            .directory = state_->scratch,
            .lent = {},
            .input = false,
            .on_error_text = {},
            .ends_with_thread = true,
            .memory = state_->memory};
}

}  // namespace forgehouse::git
