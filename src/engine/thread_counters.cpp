// What libchdb sees when it looks for the kernel's counters of a thread.
//
// At its start it asks stat() whether /proc/thread-self/schedstat is there, and from then on opens
// that file for every thread of every query. Landlock lets a path be looked at but not opened, and
// cannot allow this one alone: each thread has its own, beside its `environ` and its `mem`. So each
// opening failed, and the library threw, unwound, symbolised and logged an exception: two thirds of
// what a small query took. A file that is not there is not opened; all that is lost are counters
// that nobody got before either.
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

/// The name by which libchdb was linked against stat(); code of our time uses another one, so that
/// this stands in the library's way alone.
extern "C" __attribute__((visibility("default"))) int __xstat(  // NOLINT: the C library's name
    int /*version*/, const char* path, struct stat* status) noexcept {
    if (std::strcmp(path, "/proc/thread-self/schedstat") == 0) {
        errno = ENOENT;
        return -1;
    }
    return ::stat(path, status);
}
