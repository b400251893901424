#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <fstream>

#include "base/text.h"
#include "git/repository.h"

namespace forgehouse::git {
namespace {

bool is_folder(const std::string& path) {
    struct stat status{};
    return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

bool is_file(const std::string& path) {
    struct stat status{};
    return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

/// `path` itself where it is absolute, else beneath `base`.
std::string beneath(const std::string& base, std::string_view path) {
    return path.starts_with('/') ? std::string(path) : base + "/" + std::string(path);
}

Result<std::string> canonical(const std::string& path) {
    char buffer[PATH_MAX];
    if (::realpath(path.c_str(), buffer) != nullptr) return std::string(buffer);
    const auto reason = std::string(::strerror(errno));
    if (errno == EACCES)
        return Failure(Error(Errc::Denied, "no right to read the path")
                           .with("path", path)
                           .hint("Give this user the right to read it, or run as its owner."));
    return Failure(Error(Errc::NotFound, "there is no such path")
                       .with("path", path)
                       .with("reason", reason)
                       .hint("Check the spelling; a relative path starts at the current folder."));
}

/// The first line of a small file of git's, without its newline.
std::string first_line(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::string line;
    std::getline(in, line);
    return std::string(text::trim(line));
}

/// What makes a folder a git directory, as git itself decides it.
bool is_git_dir(const std::string& path) {
    struct stat status{};
    if (::lstat((path + "/HEAD").c_str(), &status) != 0) return false;
    if (is_file(path + "/commondir")) return true;
    return is_folder(path + "/objects") && is_folder(path + "/refs");
}

Result<void> may_read(const std::string& folder) {
    if (::access(folder.c_str(), R_OK | X_OK) == 0) return {};
    return Failure(Error(Errc::Denied, "no right to read the repository")
                       .with("path", folder)
                       .hint("Give this user the right to read it, or run as its owner."));
}

/// Follows `gitdir: PATH` of a worktree's or submodule's `.git` file.
Result<std::string> follow(const std::string& file, const std::string& folder) {
    constexpr std::string_view kPrefix = "gitdir:";
    const auto line = first_line(file);
    if (!line.starts_with(kPrefix))
        return Failure(Error(Errc::Corrupt, "the file .git does not say where the repository is")
                           .with("path", file)
                           .hint("It should hold one line `gitdir: PATH`."));
    const auto target = beneath(folder, text::trim(std::string_view(line).substr(kPrefix.size())));
    auto found = canonical(target);
    if (!found || !is_git_dir(*found))
        return Failure(Error(Errc::Corrupt, "the file .git leads to no repository")
                           .with("path", file)
                           .with("target", target)
                           .hint("Run `git worktree repair` or `git submodule update --init`."));
    return found;
}

Result<Location> with_common(std::string git_dir, std::string work_tree) {
    TRY(may_read(git_dir));
    Location location{.git_dir = git_dir, .common_dir = git_dir, .work_tree = std::move(work_tree)};
    if (is_file(git_dir + "/commondir")) {
        auto common = canonical(beneath(git_dir, first_line(git_dir + "/commondir")));
        if (!common || !is_folder(*common + "/objects"))
            return Failure(Error(Errc::Corrupt, "the worktree's repository is gone")
                               .with("path", git_dir)
                               .hint("Run `git worktree repair` in the main repository."));
        location.common_dir = std::move(*common);
    }
    TRY(may_read(location.common_dir + "/objects"));
    TRY(may_read(location.common_dir + "/refs"));
    return location;
}

}  // namespace

Result<Location> locate(const std::string& path) {
    TRY_LET(folder, canonical(path));
    if (!is_folder(folder))
        return Failure(Error(Errc::NotFound, "this is a file, not a repository")
                           .with("path", folder)
                           .hint("Name the folder that holds the repository."));
    TRY(may_read(folder));
    const auto dot_git = folder + "/.git";
    if (is_file(dot_git)) {
        TRY_LET(target, follow(dot_git, folder));
        return with_common(std::move(target), folder);
    }
    if (is_folder(dot_git) && (::access(dot_git.c_str(), X_OK) != 0 || is_git_dir(dot_git))) {
        TRY_LET(git_dir, canonical(dot_git));
        return with_common(std::move(git_dir), folder);
    }
    if (is_git_dir(folder)) {
        const auto slash = folder.rfind('/');
        const bool is_dot_git = folder.substr(slash + 1) == ".git";
        return with_common(folder, is_dot_git ? folder.substr(0, slash) : std::string());
    }
    return Failure(Error(Errc::NotFound, "this folder is no git repository")
                       .with("path", folder)
                       .hint("Name a folder that holds `.git` or is a bare repository; `git init` "
                             "makes one."));
}

}  // namespace forgehouse::git
