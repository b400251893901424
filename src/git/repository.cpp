#include "git/repository.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "base/text.h"
#include "git/environment.h"
#include "git/failure.h"
#include "git/store/object_store.h"
#include "git/tool.h"

namespace forgehouse::git {
namespace {

namespace fs = std::filesystem;

/// What a repository's configuration says about how it is to be read. All else in it is ignored.
struct Format {
    ObjectFormat objects = ObjectFormat::Sha1;
    bool is_partial = false;
};

Error unknown_format(const std::string& path, std::string_view key, std::string_view value) {
    return Error(Errc::Invalid, "the repository is kept in a form that is not known here")
        .with("repository", path)
        .with("setting", std::string(key))
        .with("value", text::printable(text::replace_invalid_utf8(value)))
        .hint("Collect it by URL (file:// too), or convert it with `git refs migrate`.");
}

/// Reads `key\nvalue\0` records. Keys of sections come in lower case from git.
Result<Format> read_format(std::string_view listing, const std::string& path) {
    static const std::set<std::string_view> kHarmless{
        "extensions.noop", "extensions.preciousobjects", "extensions.worktreeconfig",
        "extensions.relativeworktrees", "extensions.compatobjectformat"};
    Format format;
    for (const auto record : text::split(listing, '\0')) {
        const auto end = record.find('\n');
        const auto key = record.substr(0, end);
        const auto value = end == std::string_view::npos ? "true" : record.substr(end + 1);
        const bool is_promisor = key.starts_with("remote.") && key.ends_with(".promisor");
        if (key == "extensions.partialclone" || (is_promisor && value != "false"))
            format.is_partial = true;
        else if (key == "extensions.objectformat" && (value == "sha1" || value == "sha256"))
            format.objects = value == "sha1" ? ObjectFormat::Sha1 : ObjectFormat::Sha256;
        else if (key == "extensions.refstorage" && value == "files")
            continue;
        else if (key == "core.repositoryformatversion" && value != "0" && value != "1")
            return Failure(unknown_format(path, key, value));
        else if (key.starts_with("extensions.") && !kHarmless.contains(key))
            return Failure(unknown_format(path, key, value));
    }
    return format;
}

/// What git and we read of a repository is a regular file or a link to one, and not there at most:
/// a pipe or a device would keep us waiting for ever, or never end.
Result<void> has_ordinary_files(const Location& location) {
    const auto check = [](const std::string& path) -> Result<void> {
        struct stat status{};
        if (::stat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode)) return {};
        return Failure(Error(Errc::Corrupt, "a file of the repository is no regular file")
                           .with("file", path)
                           .hint("Look at what it is; git keeps nothing but files there."));
    };
    TRY(check(location.git_dir + "/HEAD"));
    for (const std::string_view name : {"HEAD", "config", "packed-refs", "shallow", "info/grafts"})
        TRY(check(location.common_dir + "/" + std::string(name)));
    auto folders = alternates_of(location.common_dir + "/objects");
    folders.push_back(location.common_dir + "/objects");
    for (const auto& folder : folders) {
        TRY(check(folder + "/info/alternates"));
        TRY(check(folder + "/info/commit-graph"));
        for (const std::string_view part : {"/pack", "/info/commit-graphs"}) {
            std::error_code failed;
            for (fs::directory_iterator file(folder + std::string(part), failed), end;
                 !failed && file != end; file.increment(failed))
                if (!file->is_directory(failed)) TRY(check(file->path().string()));
        }
    }
    return {};
}

Result<Format> format_of(const exec::Context& ctx, const Tool& tool, const Location& location) {
    const auto file = location.common_dir + "/config";
    struct stat status{};
    if (::stat(file.c_str(), &status) != 0) return Format{};
    TRY_LET(said, exec::run(ctx, tool.command(commands::kListConfig, {}, {"--file=" + file})));
    if (!said.exit.ok())
        return Failure(Error(Errc::Corrupt, "the repository's configuration cannot be read")
                           .with("file", file)
                           .with("git", telling_line(said.error))
                           .hint("Mend that file, or make it readable for this user."));
    return read_format(said.out, location.common_dir);
}

std::uint64_t count_lines(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::uint64_t lines = 0;
    for (std::string line; std::getline(in, line);)
        if (!line.empty() && !line.starts_with('#')) ++lines;
    return lines;
}

}  // namespace

struct Repository::State {
    const Tool* tool = nullptr;
    Location location;
    Traits traits;
    std::string borrowed;  ///< the folder of ours in which git runs

    ~State() {
        std::error_code ignored;
        if (!borrowed.empty()) fs::remove_all(borrowed, ignored);
    }

    /// Makes a git directory with our configuration that borrows objects and refs.
    Result<void> borrow();
};

Result<void> Repository::State::borrow() {
    borrowed = tool->scratch() + "/repository-XXXXXX";
    std::error_code failed;
    if (::mkdtemp(borrowed.data()) == nullptr) {
        failed = std::error_code(errno, std::generic_category());
        borrowed.clear();
    }
    const auto version = traits.format == ObjectFormat::Sha256 ? 1 : 0;
    if (!failed) {
        std::ofstream config(borrowed + "/config");
        config << "[core]\n\trepositoryformatversion = " << version << "\n\tbare = true\n";
        if (version == 1) config << "[extensions]\n\tobjectFormat = sha256\n";
        // Stands for no branch: newer versions read attributes from the tree of HEAD.
        std::ofstream(borrowed + "/HEAD") << "ref: refs/forgehouse/none\n";
        config.flush();
        if (!config) failed = std::make_error_code(std::errc::no_space_on_device);
    }
    const auto& common = location.common_dir;
    if (!failed) fs::create_directory_symlink(common + "/refs", borrowed + "/refs", failed);
    if (!failed) fs::create_symlink(common + "/packed-refs", borrowed + "/packed-refs", failed);
    if (!failed && traits.is_shallow)
        fs::copy_file(common + "/shallow", borrowed + "/shallow", failed);
    if (!failed) return {};
    return Failure(Error(Errc::Unavailable, "no temporary folder can be made")
                       .with("in", tool->scratch())
                       .with("reason", failed.message())
                       .hint("Free some space there."));
}

Result<Repository> Repository::open_known(const Tool& tool, const std::string& path,
                                          const Traits& traits) {
    auto state = std::make_unique<State>();
    state->tool = &tool;
    state->traits = traits;
    TRY_LET(location, locate(path));
    state->location = std::move(location);
    TRY(state->borrow());
    return Repository(std::move(state));
}

Repository::Repository(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
Repository::Repository(Repository&&) noexcept = default;
Repository& Repository::operator=(Repository&&) noexcept = default;
Repository::~Repository() = default;

Result<Repository> Repository::open(const exec::Context& ctx, const Tool& tool,
                                    const std::string& path) {
    auto state = std::make_unique<State>();
    state->tool = &tool;
    TRY_LET(location, locate(path));
    state->location = std::move(location);
    TRY(has_ordinary_files(state->location));
    TRY_LET(format, format_of(ctx, tool, state->location));
    const auto& common = state->location.common_dir;
    std::error_code ignored;
    state->traits = {.format = format.objects,
                     .is_shallow = fs::exists(common + "/shallow", ignored),
                     .is_partial = format.is_partial,
                     .grafts = count_lines(common + "/info/grafts")};
    TRY(state->borrow());
    return Repository(std::move(state));
}

const Location& Repository::location() const noexcept {
    return state_->location;
}
const Traits& Repository::traits() const noexcept {
    return state_->traits;
}
const Tool& Repository::tool() const noexcept {
    return *state_->tool;
}

exec::Command Repository::command(const Subcommand& subcommand, std::vector<std::string> operands,
                                  std::vector<std::string> flags) const {
    auto command = state_->tool->command(subcommand, std::move(operands), std::move(flags));
    set_value(command.environment, "GIT_DIR", state_->borrowed);
    set_value(command.environment, "GIT_OBJECT_DIRECTORY",
              state_->location.common_dir + "/objects");
    return command;
}

Error Repository::failure(const Subcommand& subcommand, const exec::Exit& exit,
                          std::string_view error_text) const {
    return reading_failure(subcommand, state_->location.common_dir, exit.code, error_text,
                           state_->traits.is_partial);
}

}  // namespace forgehouse::git
