#include "engine/log_bound.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace forgehouse::engine {
namespace {

bool same_file(int a, int b) {
    struct stat of_a{}, of_b{};
    return ::fstat(a, &of_a) == 0 && ::fstat(b, &of_b) == 0 && of_a.st_ino == of_b.st_ino &&
           of_a.st_dev == of_b.st_dev;
}

}  // namespace

LogBound::LogBound(int written, const std::filesystem::path& log)
    : written_(written), log_(::open(log.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)) {
    if (!log_ || !same_file(written_, log_.get())) return;
    old_ = exec::Descriptor(
        ::open((log.string() + ".1").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
}

void LogBound::apply() const {
    struct stat found{};
    if (!old_ || ::fstat(written_, &found) != 0 || found.st_size <= kMost) return;
    (void)!::ftruncate(old_.get(), 0);
    char buffer[16384];
    for (off_t from = found.st_size - kKept, to = 0;;) {
        const ssize_t n = ::pread(log_.get(), buffer, sizeof buffer, from);
        if (n <= 0 || ::pwrite(old_.get(), buffer, static_cast<std::size_t>(n), to) != n) break;
        from += n;
        to += n;
    }
    (void)!::ftruncate(written_, 0);
}

}  // namespace forgehouse::engine
