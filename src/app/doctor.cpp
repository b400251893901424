#include "app/doctor.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "app/complain.h"
#include "app/doctor_sources.h"
#include "app/world.h"
#include "base/digest.h"
#include "base/text.h"
#include "collect/archive_care.h"
#include "collect/checkpoints.h"
#include "collect/data_lock.h"
#include "engine/confinement.h"
#include "engine/data_dir.h"
#include "engine/library.h"

namespace forgehouse::app::doctor {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kLittleSpace = 1'000'000'000;
// Of an archive, packed: a second or two.
constexpr std::uint64_t kMostVerified = 100'000'000;

/// What a process said last of why it ended: `forgehouse: …` in its log.
std::string_view last_complaint(std::string_view log) {
    constexpr std::string_view kMark = "forgehouse: ";
    const auto at = log.rfind(kMark);
    const std::string_view said = log.substr(at == log.npos ? 0 : at + kMark.size());
    return said.substr(0, said.find('\n'));
}

/// The error's facts in one line.
Check failed(std::string name, const Error& error) {
    std::string fact(error.text());
    std::string more;
    for (const auto& [key, value] : error.fields()) {
        const std::string_view shown = key.view() == "log" ? last_complaint(value) : value;
        more += fmt::format("{}{}={}", more.empty() ? "" : ", ", key.view(), shown);
    }
    if (!more.empty()) fact += fmt::format(" ({})", more);
    return {std::move(name), State::Fail, fact, hint_of(error)};
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
    const auto opened = world.data_dir();
    if (!opened) return failed("data", opened.error());
    if (opened->open_to_others)
        return {"data", State::Warn, fmt::format("{} is open to other users", dir.string()),
                "chmod 700 " + dir.string()};
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

/// `forgehouse collect .` of a running process; "" where it cannot be seen.
std::string command_of(std::int64_t pid) {
    std::ifstream file(fmt::format("/proc/{}/cmdline", pid));
    std::string words((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    std::ranges::replace(words, '\0', ' ');
    return text::fit(text::printable(text::trim(words)), 60);
}

Check collector(const World& world) {
    const auto pid = collect::DataLock::holder(world.settings().data);
    if (!pid) return {"collector", State::Ok, "none is at work on these data", {}};
    return {"collector", State::Warn,
            fmt::format("process {} is at work: {}", *pid, command_of(*pid)),
            "another collect waits for nothing and is sent away: let it end, or end it by Ctrl-C"};
}

/// A line of /proc/PID/status, such as `Seccomp`.
std::string status_of(std::int64_t pid, std::string_view name) {
    std::ifstream file(fmt::format("/proc/{}/status", pid));
    for (std::string line; std::getline(file, line);)
        if (line.starts_with(fmt::format("{}:", name)))
            return std::string(text::trim(std::string_view(line).substr(name.size() + 1)));
    return {};
}

/// What the engine that runs may really do: asked by our own connection, which nothing but the
/// kernel holds back.
Check confined(World& world, ports::Warehouse& warehouse) {
    const std::string name = "confined";
    exec::Context ctx = world.context().with_timeout(std::chrono::seconds(20));
    const auto read =
        warehouse.ask(ctx, ports::Query("SELECT count() FROM file('/etc/passwd', 'LineAsString')"));
    const auto dir = world.data_dir();
    const auto holder = dir ? engine::lock_holder(dir->lock) : std::nullopt;
    const std::int64_t pid = holder && *holder ? (*holder)->pid : 0;
    const bool filtered = status_of(pid, "Seccomp") == "2";
    const std::string fact =
        fmt::format("process {}: {}, {}", pid,
                    read ? "reads files outside of the data directory"
                         : "no file outside of the data directory",
                    filtered ? "system calls filtered" : "system calls not filtered");
    if (!read && filtered) return {name, State::Ok, fact, {}};
    return {name, world.settings().engine.allow_unconfined ? State::Warn : State::Fail, fact,
            "whoever may query may do so too: `forgehouse engine --stop` ends it; the next one "
            "confines itself, unless engine.allow_unconfined is set"};
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

/// Whether the warehouse has what was collected, and whether a run was left in the middle.
std::optional<Check> collected(World& world, ports::Warehouse& warehouse) {
    const auto objects = world.checkpoints();
    if (!objects) return failed("collected", objects.error());
    exec::Context ctx = world.context().with_timeout(std::chrono::seconds(20));
    const auto known = (*objects)->list(ctx, "repositories/");
    if (!known) return failed("collected", known.error());
    if (known->empty()) return std::nullopt;
    const auto stored = warehouse.ask(ctx, ports::Query("SELECT count() FROM git_repositories"));
    if (!stored && !misses_a_table(stored.error())) return failed("collected", stored.error());
    const auto count = stored ? text::to_int(stored->rows[0][0].value_or("")).value_or(0) : 0;
    if (count == 0)
        return Check{
            "collected", State::Warn,
            "repositories were collected, and the warehouse has none of them",
            "`forgehouse archive load` rebuilds what the archive has, `forgehouse collect` "
            "reads all again"};
    const std::string fact = fmt::format("{} repositories", count);
    const auto open = collect::Checkpoints(**objects, world.clock()).open_runs(ctx);
    if (!open) return failed("collected", open.error());
    if (!open->empty() && !collect::DataLock::holder(world.settings().data))
        return Check{"collected", State::Warn, fact + "; a run was killed in the middle",
                     "the next `forgehouse collect` reads what it left, and closes its record"};
    return Check{"collected", State::Ok, fact, {}};
}

/// Whether the archive can be read; of a large one only what it holds is said.
std::optional<Check> archived(World& world) {
    const auto archive = world.archive();
    if (!archive) return failed("archive", archive.error());
    const auto streams = collect::archive_summary(world.context(), **archive, {});
    if (!streams) return failed("archive", streams.error());
    std::uint64_t bytes = 0;
    for (const collect::ArchivedStream& stream : *streams) bytes += stream.bytes;
    if (streams->empty()) return std::nullopt;
    const std::string fact = fmt::format("{} packed", text::byte_size(bytes));
    if (bytes > kMostVerified)
        return Check{"archive", State::Ok, fact + "; `forgehouse archive verify` reads it all", {}};
    const auto check = collect::archive_verify(world.context(), **archive, {});
    if (!check) return failed("archive", check.error());
    if (check->faults.empty()) return Check{"archive", State::Ok, fact + ", all of it whole", {}};
    return Check{
        "archive", State::Warn,
        fmt::format("{}; {} of {} parts are damaged", fact, check->faults.size(), check->parts),
        "`forgehouse archive verify` names them and says what to do"};
}

/// One mistake is one line: without its library the engine need not be tried.
Check not_started() {
    return {"engine", State::Fail, "not started, since it has no library", "mend libchdb first"};
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
    bool has_library = true;
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
        has_library = checks.back().state != State::Fail;
        checks.push_back(confinement(world));
    }
    checks.push_back(has_library ? warehouse(world) : not_started());
    if (world.embedded() && checks.back().state == State::Ok)
        if (const auto got = world.warehouse()) checks.push_back(confined(world, **got));
    if (world.embedded()) checks.push_back(collector(world));
    std::error_code none;
    if (has_library && fs::exists(world.settings().data / "archive", none)) {
        const auto got = world.warehouse();
        if (got)
            if (auto check = collected(world, **got)) checks.push_back(std::move(*check));
        if (auto check = archived(world)) checks.push_back(std::move(*check));
    }
    std::ranges::move(sources(world), std::back_inserter(checks));
    checks.push_back(terminal_facts(world));
    return checks;
}

}  // namespace forgehouse::app::doctor
