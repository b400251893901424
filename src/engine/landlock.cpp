#include "engine/landlock.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace forgehouse::engine {
namespace {

using Mask = std::uint64_t;

// The kernel's own numbers (include/uapi/linux/landlock.h), all versions.
constexpr Mask kExecute = 1 << 0, kWriteFile = 1 << 1, kReadFile = 1 << 2, kReadDir = 1 << 3,
               kRemoveDir = 1 << 4, kRemoveFile = 1 << 5, kMakeChar = 1 << 6, kMakeDir = 1 << 7,
               kMakeReg = 1 << 8, kMakeSock = 1 << 9, kMakeFifo = 1 << 10, kMakeBlock = 1 << 11,
               kMakeSym = 1 << 12;
constexpr Mask kRefer = 1 << 13;                                      // version 2
constexpr Mask kTruncate = 1 << 14;                                   // version 3
constexpr Mask kIoctlDev = 1 << 15;                                   // version 5
constexpr Mask kBindTcp = 1 << 0, kConnectTcp = 1 << 1;               // version 4
constexpr Mask kScopeAbstractSocket = 1 << 0, kScopeSignal = 1 << 1;  // version 6

struct RulesetAttributes {
    Mask handled_access_fs;
    Mask handled_access_net;
    Mask scoped;
};
struct [[gnu::packed]] PathAttributes {
    Mask allowed_access;
    std::int32_t parent_fd;
};

constexpr int kRulePathBeneath = 1;
constexpr unsigned kAskVersion = 1;

Mask handled_files(int abi) {
    Mask mask = kExecute | kWriteFile | kReadFile | kReadDir | kRemoveDir | kRemoveFile |
                kMakeChar | kMakeDir | kMakeReg | kMakeSock | kMakeFifo | kMakeBlock | kMakeSym;
    if (abi >= 2) mask |= kRefer;
    if (abi >= 3) mask |= kTruncate;
    if (abi >= 5) mask |= kIoctlDev;
    return mask;
}

Error kernel_error(Literal text, int code) {
    return Error(Errc::Unavailable, text).with("reason", std::strerror(code));
}

/// The rule is tied to the file's inode. /proc makes a new one when nobody holds the old, so what
/// lies there stays open for the life of the process.
Result<void> allow(int ruleset, const std::filesystem::path& path, Mask access) {
    const int fd = ::open(path.c_str(), O_PATH | O_CLOEXEC);
    if (fd < 0) {
        if (errno == ENOENT || errno == EACCES || errno == ENOTDIR) return {};
        return Failure(kernel_error("a path cannot be opened", errno).with("path", path.string()));
    }
    struct stat found{};
    ::fstat(fd, &found);
    constexpr Mask kOfFiles = kExecute | kWriteFile | kReadFile | kTruncate | kIoctlDev;
    PathAttributes rule{.allowed_access = S_ISDIR(found.st_mode) ? access : access & kOfFiles,
                        .parent_fd = fd};
    const long done = ::syscall(SYS_landlock_add_rule, ruleset, kRulePathBeneath, &rule, 0U);
    const int code = errno;
    if (!path.string().starts_with("/proc/")) ::close(fd);
    if (done != 0)
        return Failure(kernel_error("Landlock refuses a rule", code).with("path", path.string()));
    return {};
}

Result<void> add_rules(int ruleset, const ConfinementPlan& plan, Mask handled) {
    const Mask write = handled & ~(kExecute | kMakeChar | kMakeBlock | kMakeSock | kIoctlDev);
    for (const auto& path : plan.read_write) TRY(allow(ruleset, path, write));
    for (const auto& path : plan.read_only) TRY(allow(ruleset, path, kReadFile | kReadDir));
    for (const auto& path : plan.remove_from) TRY(allow(ruleset, path, kRemoveFile));
    return allow(ruleset, "/dev/null", handled & (kReadFile | kWriteFile | kTruncate));
}

}  // namespace

int landlock_abi() noexcept {
    const long version =
        ::syscall(SYS_landlock_create_ruleset, nullptr, std::size_t{0}, kAskVersion);
    return version < 0 ? 0 : static_cast<int>(version);
}

Result<void> apply_landlock(const ConfinementPlan& plan, int abi) {
    RulesetAttributes attributes{
        .handled_access_fs = handled_files(abi),
        .handled_access_net = abi >= 4 ? kBindTcp | kConnectTcp : 0,
        .scoped = abi >= 6 ? kScopeAbstractSocket | kScopeSignal : 0,
    };
    const std::size_t size = abi >= 6 ? sizeof attributes : abi >= 4 ? 16U : 8U;
    const long ruleset = ::syscall(SYS_landlock_create_ruleset, &attributes, size, 0U);
    if (ruleset < 0) return Failure(kernel_error("Landlock refuses the rule set", errno));
    const auto added = add_rules(static_cast<int>(ruleset), plan, attributes.handled_access_fs);
    long done = -1;
    int code = 0;
    if (added) {
        done = ::syscall(SYS_landlock_restrict_self, static_cast<int>(ruleset), 0U);
        code = errno;
    }
    ::close(static_cast<int>(ruleset));
    if (!added) return added;
    if (done != 0) return Failure(kernel_error("Landlock cannot be applied", code));
    return {};
}

}  // namespace forgehouse::engine
