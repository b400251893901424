#include "app/doctor.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <filesystem>

#include "app/world.h"
#include "base/digest.h"
#include "base/text.h"
#include "engine/confinement.h"
#include "engine/data_dir.h"
#include "engine/library.h"

namespace forgehouse::app::doctor {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kLittleSpace = 1'000'000'000;

Check failed(std::string name, const Error& error, State state = State::Fail) {
    return {std::move(name), state, error.describe(), std::string(error.hint())};
}

Check configuration(const World& world) {
    const config::Loaded& loaded = world.config();
    const std::string file = loaded.file ? loaded.file->string() : "no file; all defaults";
    if (!loaded.problems.empty())
        return {"config", State::Fail,
                fmt::format("{}: {} {}", file, loaded.problems.size(),
                            loaded.problems.size() == 1 ? "mistake" : "mistakes"),
                "forgehouse config check says which"};
    if (!loaded.remarks.empty()) return {"config", State::Warn, file, loaded.remarks.front()};
    return {"config", State::Ok, file, {}};
}

Check git_program(World& world) {
    const auto tool = world.git();
    if (!tool) return failed("git", tool.error());
    return {"git", State::Ok, fmt::format("{} ({})", (*tool)->version(), (*tool)->program()), {}};
}

Check data_directory(World& world) {
    const fs::path& dir = world.settings().data;
    if (auto done = world.data_dir(); !done) return failed("data", done.error());
    if (::access(dir.c_str(), R_OK | W_OK | X_OK) != 0)
        return {"data", State::Fail, fmt::format("{} cannot be written", dir.string()),
                "mend its rights, or choose another directory by --data or FORGEHOUSE_DATA"};
    struct ::statvfs space{};
    if (::statvfs(dir.c_str(), &space) != 0)
        return {"data", State::Warn, dir.string(), "the free space is not known"};
    const std::uint64_t free = std::uint64_t{space.f_bavail} * space.f_frsize;
    return {"data", free < kLittleSpace ? State::Warn : State::Ok,
            fmt::format("{}, {} free, format {}", dir.string(), text::byte_size(free),
                        engine::kLayoutFormat),
            free < kLittleSpace ? "make room on that disk" : ""};
}

Check confinement(const World& world) {
    const auto support = engine::confinement_support(engine::Environment(world.variables()));
    const std::string fact = support.landlock_abi > 0
                                 ? fmt::format("Landlock {}", support.landlock_abi)
                             : support.bubblewrap ? std::string("bubblewrap")
                                                  : std::string("neither Landlock nor bubblewrap");
    if (support.landlock_abi > 0 || support.bubblewrap) return {"confinement", State::Ok, fact, {}};
    return {"confinement", State::Warn, fact,
            "the engine refuses to serve unconfined: install bubblewrap or use a kernel with "
            "Landlock (5.13), else set engine.allow_unconfined"};
}

/// The hash of a large file, read through a mapping: half a second for libchdb.
Result<std::string> sha256_of_file(const fs::path& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct ::stat facts{};
    void* mapped = MAP_FAILED;
    if (file >= 0 && ::fstat(file, &facts) == 0 && facts.st_size > 0)
        mapped = ::mmap(nullptr, static_cast<std::size_t>(facts.st_size), PROT_READ, MAP_PRIVATE,
                        file, 0);
    if (file >= 0) ::close(file);
    if (mapped == MAP_FAILED)
        return Failure(Error(Errc::Denied, "the library cannot be read")
                           .with("file", path.string())
                           .hint("mend its rights, or fetch it anew by tools/fetch_libchdb"));
    const auto size = static_cast<std::size_t>(facts.st_size);
    std::string hash = sha256_hex({static_cast<const char*>(mapped), size});
    ::munmap(mapped, size);
    return hash;
}

/// Whole, and the one that this program was built for: its hash is that of the pinned one.
Check library(World& world) {
    const auto found = engine::find_library(engine::LibrarySearch::here(
        world.settings().engine.library, engine::Environment(world.variables())));
    if (!found) return failed("libchdb", found.error());
    const auto hash = sha256_of_file(*found);
    if (!hash) return failed("libchdb", hash.error());
    if (*hash == FORGEHOUSE_LIBCHDB_SHA256)
        return {"libchdb",
                State::Ok,
                fmt::format("{} ({})", FORGEHOUSE_LIBCHDB_VERSION, found->string()),
                {}};
    return {"libchdb", State::Warn,
            fmt::format("{} is not the pinned {}", found->string(), FORGEHOUSE_LIBCHDB_VERSION),
            "tools/fetch_libchdb fetches the one that this program was tested with"};
}

Check warehouse(World& world) {
    const std::string name = world.embedded() ? "engine" : "warehouse";
    const auto got = world.warehouse();
    if (!got) return failed(name, got.error());
    exec::Context ctx = world.context().with_timeout(std::chrono::seconds(20));
    const auto version = (*got)->version(ctx);
    if (!version) return failed(name, version.error());
    return {name,
            State::Ok,
            world.embedded() ? fmt::format("ClickHouse {} answers", *version)
                             : fmt::format("ClickHouse {} answers at {}", *version,
                                           world.settings().warehouse.url),
            {}};
}

Check terminal_facts(const World& world) {
    const terminal::Screen& screen = world.out();
    if (!screen.unicode)
        return {"terminal", State::Warn, "the locale is not UTF-8",
                "set LANG=C.UTF-8 to see bars and names as they are"};
    return {"terminal",
            State::Ok,
            screen.terminal ? fmt::format("{} columns{}", screen.columns,
                                          screen.colour ? ", colours" : ", no colours")
                            : std::string("output goes to a file or pipe"),
            {}};
}

}  // namespace

std::string_view name_of(State state) noexcept {
    switch (state) {
        case State::Ok: return "ok";
        case State::Warn: return "warn";
        case State::Fail: return "fail";
    }
    return "";
}

std::vector<Check> examine(World& world) {
    std::vector<Check> checks;
    checks.push_back({"forgehouse",
                      State::Ok,
                      fmt::format("{} ({})", FORGEHOUSE_VERSION, world.self().string()),
                      {}});
    checks.push_back(configuration(world));
    checks.push_back(git_program(world));
    if (world.embedded()) {
        checks.push_back(data_directory(world));
        checks.push_back(library(world));
        checks.push_back(confinement(world));
    }
    checks.push_back(warehouse(world));
    checks.push_back(terminal_facts(world));
    return checks;
}

}  // namespace forgehouse::app::doctor
