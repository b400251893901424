#include "engine/library.h"

#include <elf.h>

#include <fstream>
#include <system_error>

namespace forgehouse::engine {
namespace fs = std::filesystem;
namespace {

constexpr const char* kVersion = FORGEHOUSE_LIBCHDB_VERSION;
constexpr const char* kFile = "libchdb.so";
constexpr const char* kHowToGet =
    "run `./run` or `tools/fetch_libchdb` in the source folder, which fetch it and check its hash, "
    "or name the file by FORGEHOUSE_LIBCHDB";

#if defined(__x86_64__)
constexpr std::uint16_t kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr std::uint16_t kMachine = EM_AARCH64;
#endif

std::string machine_name(std::uint16_t machine) {
    switch (machine) {
        case EM_X86_64: return "x86_64";
        case EM_AARCH64: return "aarch64";
        case EM_386: return "i386";
        case EM_ARM: return "arm";
        case EM_RISCV: return "riscv";
        case EM_PPC64: return "ppc64";
        case EM_S390: return "s390x";
        default: return fmt::format("machine {}", machine);
    }
}

Error no_library(const fs::path& path, Literal text) {
    return Error(Errc::Invalid, text).with("path", path.string()).hint(kHowToGet);
}

}  // namespace

LibrarySearch LibrarySearch::here(const fs::path& option, const Environment& environment) {
    std::error_code ignored;
    return {.named = option.empty() ? fs::path(environment.value("FORGEHOUSE_LIBCHDB")) : option,
            .program = fs::read_symlink("/proc/self/exe", ignored),
            .cache_home = environment.value("XDG_CACHE_HOME"),
            .home = environment.value("HOME")};
}

std::vector<fs::path> library_places(const LibrarySearch& search) {
    if (!search.named.empty()) return {search.named};
    std::vector<fs::path> places;
    if (!search.program.empty()) {
        const fs::path folder = search.program.parent_path();
        places.push_back(folder / kFile);
        places.push_back(folder.parent_path() / "lib" / "forgehouse" / kFile);
    }
    const fs::path cache = search.cache_home.is_absolute() ? search.cache_home
                           : search.home.is_absolute()     ? search.home / ".cache"
                                                           : fs::path();
    if (!cache.empty()) places.push_back(cache / "forgehouse" / "libchdb" / kVersion / kFile);
    return places;
}

Result<fs::path> find_library(const LibrarySearch& search) {
    std::string looked;
    for (const fs::path& place : library_places(search)) {
        std::error_code ignored;
        if (fs::exists(place, ignored)) {
            TRY(check_architecture(place));
            const fs::path real = fs::canonical(place, ignored);
            return real.empty() ? place : real;
        }
        looked += (looked.empty() ? "" : ", ") + place.string();
    }
    return Failure(Error(Errc::NotFound, "the engine's library libchdb.so is not there")
                       .with("version", kVersion)
                       .with("looked_in", looked)
                       .hint(kHowToGet));
}

Result<void> check_architecture(const fs::path& library) {
    std::ifstream file(library, std::ios::binary);
    Elf64_Ehdr header{};
    file.read(reinterpret_cast<char*>(&header), sizeof header);
    if (!file) return Failure(no_library(library, "the library cannot be read or is cut"));
    if (std::string_view(reinterpret_cast<const char*>(header.e_ident), SELFMAG) != ELFMAG ||
        header.e_type != ET_DYN)
        return Failure(no_library(library, "the file is no shared library"));
    // The table of sections ends a library: one that was cut would be killed by SIGBUS when loaded.
    std::error_code ignored;
    const std::uintmax_t size = fs::file_size(library, ignored);
    const std::uintmax_t sections = std::uintmax_t{header.e_shnum} * header.e_shentsize;
    if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_machine != kMachine)
        return Failure(no_library(library, "the library is of another architecture")
                           .with("library", machine_name(header.e_machine))
                           .with("machine", machine_name(kMachine)));
    if (sections > size || header.e_shoff > size - sections)
        return Failure(no_library(library, "the library cannot be read or is cut"));
    return {};
}

}  // namespace forgehouse::engine
