// Only in sanitized builds: lets libchdb and AddressSanitizer live in one process.
// libchdb has an allocator of its own, and asks dlsym() for the C library's free() for what
// strdup() and realpath() return. Under the sanitizer such memory is the sanitizer's: so is the
// free().
#include <dlfcn.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FORGEHOUSE_ADDRESS_SANITIZER 1
#endif
#endif

#ifdef FORGEHOUSE_ADDRESS_SANITIZER

#include <malloc.h>

#include <cstdlib>

extern "C" const char __executable_start;  // NOLINT: the linker's names of the program's own code
extern "C" const char etext;               // NOLINT

namespace {

using Find = void* (*)(void*, const char*);

// The sanitizer calls dlsym() before it is ready itself: nothing here may be checked or
// intercepted.
__attribute__((no_sanitize("address", "undefined"))) bool same(const char* a, const char* b) {
    while (*a != 0 && *a == *b) {
        ++a;
        ++b;
    }
    return *a == *b;
}

}  // namespace

extern "C" __attribute__((no_sanitize("address", "undefined"), visibility("default"))) void* dlsym(
    void* handle, const char* name) noexcept {
    // The sanitizer, in the program itself, must find the C library's functions.
    const auto caller = static_cast<const char*>(__builtin_return_address(0));
    if (caller < &__executable_start || caller >= &etext) {
        if (same(name, "free")) return reinterpret_cast<void*>(&std::free);
        if (same(name, "realloc")) return reinterpret_cast<void*>(&std::realloc);
        if (same(name, "malloc_usable_size")) return reinterpret_cast<void*>(&malloc_usable_size);
    }
    static Find real = nullptr;
    if (real == nullptr) real = reinterpret_cast<Find>(::dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.2.5"));
    return real(handle, name);
}

#endif
