#include <linux/sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>

#include "engine/landlock.h"

namespace forgehouse::engine {
namespace {

// What an attacker with SQL, or with code run through SQL, would reach out by. The database needs
// none of them once it is open: files are Landlock's matter, sockets come by accept() alone.
constexpr const char* kRefused[] = {
    // new sockets of any kind
    "socket",
    "socketpair",
    "connect",
    "bind",
    "listen",
    // other programs and processes
    "execve",
    "execveat",
    "fork",
    "vfork",
    "ptrace",
    "process_vm_readv",
    "process_vm_writev",
    "process_madvise",
    "pidfd_open",
    "pidfd_getfd",
    "pidfd_send_signal",
    "kcmp",
    "tkill",
    "rt_sigqueueinfo",
    "rt_tgsigqueueinfo",
    "setns",
    "unshare",
    // another way to every system call
    "io_uring_setup",
    "io_uring_enter",
    "io_uring_register",
    // the file system's shape, and files by other ways than their path
    "mount",
    "umount2",
    "pivot_root",
    "chroot",
    "move_mount",
    "open_tree",
    "fsopen",
    "fsmount",
    "fsconfig",
    "fspick",
    "mount_setattr",
    "open_by_handle_at",
    "name_to_handle_at",
    "quotactl",
    "quotactl_fd",
    "fanotify_init",
    "mknod",
    "mknodat",
    // the kernel
    "bpf",
    "userfaultfd",
    "perf_event_open",
    "keyctl",
    "add_key",
    "request_key",
    "kexec_load",
    "kexec_file_load",
    "init_module",
    "finit_module",
    "delete_module",
    "reboot",
    "swapon",
    "swapoff",
    "acct",
    "settimeofday",
    "clock_settime",
    "clock_adjtime",
    "adjtimex",
    "sethostname",
    "setdomainname",
    "iopl",
    "ioperm",
    "personality",
    "syslog",
    "lookup_dcookie",
    "nfsservctl",
    "vhangup",
    "uselib",
    "ustat",
    "sysfs",
    "_sysctl",
    "modify_ldt",
    "vmsplice",
    "remap_file_pages",
    "migrate_pages",
    "move_pages",
    "mbind",
    "set_mempolicy",
    // System V and POSIX message passing
    "msgget",
    "msgsnd",
    "msgrcv",
    "semget",
    "shmget",
    "shmat",
    "mq_open",
};

struct Release {
    void operator()(void* filter) const { seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, Release>;

struct ArgumentRule {
    int call;
    std::uint32_t action;
    scmp_arg_cmp when;
};

scmp_arg_cmp argument(unsigned index, scmp_compare how, scmp_datum_t a, scmp_datum_t b = 0) {
    return {.arg = index, .op = how, .datum_a = a, .datum_b = b};
}

/// Rules that look at arguments.
int add_argument_rules(scmp_filter_ctx filter) {
    const auto self = static_cast<scmp_datum_t>(::getpid());
    const std::uint32_t refuse = SCMP_ACT_ERRNO(EPERM);
    const ArgumentRule rules[] = {
        // Signals reach our own process only.
        {SCMP_SYS(kill), refuse, argument(0, SCMP_CMP_NE, self)},
        {SCMP_SYS(tgkill), refuse, argument(0, SCMP_CMP_NE, self)},
        // Threads, but no processes and no namespaces.
        {SCMP_SYS(clone), refuse, argument(0, SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0)},
        // Typing into the terminal that we were started from.
        {SCMP_SYS(ioctl), refuse, argument(1, SCMP_CMP_MASKED_EQ, 0xFFFFFFFF, TIOCSTI)},
        {SCMP_SYS(ioctl), refuse, argument(1, SCMP_CMP_MASKED_EQ, 0xFFFFFFFF, TIOCLINUX)},
        // Limits of our own process only.
        {SCMP_SYS(prlimit64), refuse, argument(0, SCMP_CMP_NE, 0)},
    };
    for (const ArgumentRule& rule : rules)
        if (const int bad = seccomp_rule_add_array(filter, rule.action, rule.call, 1, &rule.when))
            return bad;
    // clone3 hides its flags behind a pointer: glibc falls back to clone where there is none.
    return seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
}

}  // namespace

Result<void> apply_seccomp() {
    const Filter filter(seccomp_init(SCMP_ACT_ALLOW));
    if (!filter) return Failure(Error(Errc::Unavailable, "no seccomp filter can be made"));
    seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1);
    seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);
    for (const char* name : kRefused) {
        const int number = seccomp_syscall_resolve_name(name);
        if (number == __NR_SCMP_ERROR) continue;  // unknown to this library or machine
        if (const int bad = seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(EPERM), number, 0);
            bad != 0 && bad != -EDOM)
            return Failure(Error(Errc::Unavailable, "a seccomp rule is refused")
                               .with("call", name)
                               .with("reason", std::strerror(-bad)));
    }
    if (add_argument_rules(filter.get()) != 0)
        return Failure(Error(Errc::Unavailable, "a seccomp rule is refused"));
    if (const int bad = seccomp_load(filter.get()); bad != 0)
        return Failure(Error(Errc::Unavailable, "the seccomp filter cannot be loaded")
                           .with("reason", std::strerror(-bad)));
    return {};
}

}  // namespace forgehouse::engine
