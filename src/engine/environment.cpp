#include "engine/environment.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "engine/names.h"

namespace forgehouse::engine {
namespace {

constexpr std::array<std::string_view, 17> kPassedOn{"HOME",
                                                     "LANG",
                                                     "LC_ALL",
                                                     "LD_LIBRARY_PATH",
                                                     "PATH",
                                                     "TZ",
                                                     "TMPDIR",
                                                     "USER",
                                                     "XDG_RUNTIME_DIR",
                                                     "XDG_CACHE_HOME",
                                                     "FORGEHOUSE_LIBCHDB",
                                                     "ASAN_OPTIONS",
                                                     "ASAN_SYMBOLIZER_PATH",
                                                     "UBSAN_OPTIONS",
                                                     "TSAN_OPTIONS",
                                                     "LSAN_OPTIONS",
                                                     "LLVM_PROFILE_FILE"};
constexpr std::array<std::string_view, 9> kKept{"COLUMNS",
                                                "FORGEHOUSE_CONFIG",
                                                "FORGEHOUSE_DATA",
                                                "FORGEHOUSE_DATABASE",
                                                "LC_CTYPE",
                                                "NO_COLOR",
                                                "TERM",
                                                "XDG_CONFIG_HOME",
                                                "XDG_DATA_HOME"};
constexpr std::array<std::string_view, 2> kKeptPrefixes{"FORGEHOUSE_ENGINE_", "FORGEHOUSE_LOG_"};

std::string_view name_of(std::string_view variable) {
    return variable.substr(0, variable.find('='));
}

bool is_kept(std::string_view name) {
    return contains(kPassedOn, name) || contains(kKept, name) ||
           std::ranges::any_of(kKeptPrefixes,
                               [name](std::string_view start) { return name.starts_with(start); });
}

}  // namespace

Environment Environment::passed_on() const {
    Environment out = *this;
    std::erase_if(out.variables_,
                  [](std::string_view one) { return !contains(kPassedOn, name_of(one)); });
    return out;
}

Environment Environment::kept() const {
    Environment out = *this;
    std::erase_if(out.variables_, [](std::string_view one) { return !is_kept(name_of(one)); });
    return out;
}

Result<void> shed_environment(const Environment& environment, char* const* arguments) {
    const Environment kept = environment.kept();
    if (kept.variables().size() == environment.variables().size()) return {};
    std::vector<std::string> texts = kept.variables();
    std::vector<char*> raw;
    for (std::string& text : texts) raw.push_back(text.data());
    raw.push_back(nullptr);
    ::execve("/proc/self/exe", arguments, raw.data());
    return Failure(Error(Errc::Unavailable,
                         "this program cannot be run again without the secrets "
                         "of its environment")
                       .with("reason", std::strerror(errno))
                       .hint("mount /proc, or start the engine by env -i"));
}

}  // namespace forgehouse::engine
