#include "engine/confinement.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <system_error>

#include "base/text.h"
#include "engine/landlock.h"

namespace forgehouse::engine {
namespace fs = std::filesystem;
namespace {

constexpr const char* kInsideMark = "FORGEHOUSE_ENGINE_WRAPPED";
constexpr const char* kInherited = "FORGEHOUSE_ENGINE_INHERITED";

fs::path find_program(std::string_view name) {
    for (const std::string_view folder : {"/usr/bin", "/bin", "/usr/local/bin"}) {
        const fs::path candidate = fs::path(folder) / name;
        if (::access(candidate.c_str(), X_OK) == 0) return candidate;
    }
    return {};
}

std::vector<std::string> own_command() {
    std::ifstream file("/proc/self/cmdline", std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    std::vector<std::string> words;
    for (const std::string_view word : text::split(bytes, '\0')) words.emplace_back(word);
    if (!words.empty()) words.pop_back();  // behind the last NUL
    return words;
}

}  // namespace

std::vector<fs::path> system_paths() {
    return {
        // what dlopen may still want: glibc loads its unwinder and character sets late
        "/lib",
        "/lib64",
        "/usr/lib",
        "/usr/lib64",
        "/etc/ld.so.cache",
        // time zones
        "/etc/localtime",
        "/etc/timezone",
        "/usr/share/zoneinfo",
        // memory, CPUs and limits of ourselves. Not all of /proc/self: its `environ` may hold
        // secrets, its `mem` is our memory
        "/proc/self/stat",
        "/proc/self/statm",
        "/proc/self/status",
        "/proc/self/limits",
        "/proc/self/cgroup",
        "/proc/self/mountinfo",
        "/proc/self/maps",
        "/proc/meminfo",
        "/proc/cpuinfo",
        "/proc/loadavg",
        "/proc/stat",
        "/proc/version",
        "/proc/sys/vm",
        "/proc/sys/kernel",
        "/sys/fs/cgroup",
        "/sys/devices/system/cpu",
        "/sys/devices/system/node",
        "/sys/kernel/mm/transparent_hugepage",
        // The library opens it by its path again and again, for each thread's seeds (85 times in a
        // start and ten queries), and makes do with the clock where it cannot. It tells nothing.
        "/dev/urandom",
    };
}

ConfinementSupport confinement_support(const Environment& environment) {
    return {
        .landlock_abi = landlock_abi(),
        .bubblewrap = !find_program("bwrap").empty(),
        .wrapped_pid = static_cast<long>(text::to_int(environment.value(kInsideMark)).value_or(0)),
        .inherited = std::string(environment.value(kInherited))};
}

Result<void> confine(const ConfinementPlan& plan, const ConfinementSupport& support) {
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return Failure(Error(Errc::Unavailable, "the kernel refuses no_new_privs")
                           .with("reason", std::strerror(errno)));
    if (support.landlock_abi > 0) TRY(apply_landlock(plan, support.landlock_abi));
    return apply_seccomp();
}

Error enter_bubblewrap(const ConfinementPlan& plan) {
    const fs::path program = find_program("bwrap");
    std::vector<std::string> words{program.string(), "--proc",        "/proc",
                                   "--unshare-pid",  "--dev",         "/dev",
                                   "--unshare-ipc",  "--new-session", "--die-with-parent"};
    // Others must not find the folders that lead to ours open to them, nor we ourselves.
    if (!plan.private_folder.empty())
        words.insert(words.end(), {"--perms", "0700", "--dir", plan.private_folder.string()});
    const auto bind = [&](const char* how, const fs::path& path) {
        std::error_code ignored;
        if (!fs::exists(path, ignored) || path.string().starts_with("/proc") ||
            path.string().starts_with("/dev"))
            return;
        words.insert(words.end(), {how, path.string(), path.string()});
    };
    for (const fs::path& path : plan.read_only) bind("--ro-bind", path);
    for (const fs::path& path : plan.remove_from) bind("--bind", path);
    for (const fs::path& path : plan.read_write) bind("--bind", path);
    std::error_code ignored;
    const fs::path self = fs::read_symlink("/proc/self/exe", ignored);
    bind("--ro-bind", self);
    words.insert(words.end(), {"--setenv", kInsideMark, std::to_string(::getpid()), "--setenv",
                               kInherited, plan.inherited, "--", self.string()});
    std::vector<std::string> own = own_command();
    for (std::size_t i = 1; i < own.size(); ++i) words.push_back(own[i]);

    std::vector<char*> raw;
    for (std::string& word : words) raw.push_back(word.data());
    raw.push_back(nullptr);
    ::execv(program.c_str(), raw.data());
    return Error(Errc::Unavailable, "bubblewrap cannot be started")
        .with("path", program.string())
        .with("reason", std::strerror(errno));
}

}  // namespace forgehouse::engine
