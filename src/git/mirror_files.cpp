#include "git/mirror_files.h"

#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <vector>

#include "base/text.h"

namespace forgehouse::git {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMarker = "/forgehouse.mirror";
constexpr std::string_view kMarkerTitle = "forgehouse mirror 1";

Error folder_failure(const std::string& path, const std::error_code& error) {
    const bool denied = error == std::errc::permission_denied ||
                        error == std::errc::operation_not_permitted ||
                        error == std::errc::read_only_file_system;
    return Error(denied ? Errc::Denied : Errc::Unavailable, "a mirror's folder cannot be written")
        .with("path", path)
        .with("reason", error.message())
        .hint(denied ? "Give this user the right to write there, or choose another data directory."
                     : "Free some space there.");
}

std::error_code last_error() {
    return {errno, std::generic_category()};
}

/// Files that git names while it writes them.
bool is_leftover(const fs::path& path) {
    const auto name = path.filename().string();
    return name.starts_with("tmp_") || name.starts_with(".tmp-") || name.ends_with(".lock");
}

}  // namespace

Result<exec::Descriptor> lock_mirror(const std::string& folder) {
    const fs::path path(folder);
    std::error_code failed;
    fs::create_directories(path.parent_path(), failed);
    if (failed) return Failure(folder_failure(path.parent_path(), failed));
    const auto file = folder + ".lock";
    exec::Descriptor lock(::open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!lock) return Failure(folder_failure(file, last_error()));
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
        std::array<char, 32> pid{};
        const auto n = ::pread(lock.get(), pid.data(), pid.size() - 1, 0);
        return Failure(
            Error(Errc::Conflict, "another process works on this mirror")
                .with("mirror", folder)
                .with("pid", std::string(text::trim(
                                 {pid.data(), n > 0 ? static_cast<std::size_t>(n) : 0u})))
                .hint("Wait for it to end, or stop it."));
    }
    const auto pid = std::to_string(::getpid()) + "\n";
    if (::ftruncate(lock.get(), 0) != 0 ||
        ::pwrite(lock.get(), pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size()))
        return Failure(folder_failure(file, last_error()));
    return lock;
}

std::optional<MirrorMarker> read_marker(const std::string& folder) {
    std::ifstream in(folder + std::string(kMarker), std::ios::binary);
    std::string title, url, state;
    std::getline(in, title);
    std::getline(in, url);
    std::getline(in, state);
    if (title != kMarkerTitle) return std::nullopt;
    return MirrorMarker{.url = url, .is_complete = state == "complete"};
}

Result<void> write_marker(const std::string& folder, const MirrorMarker& marker) {
    const auto path = folder + std::string(kMarker);
    const auto next = path + ".next";
    std::ofstream out(next, std::ios::binary | std::ios::trunc);
    out << kMarkerTitle << '\n'
        << marker.url << '\n'
        << (marker.is_complete ? "complete" : "begun") << '\n';
    out.close();
    std::error_code failed;
    if (!out) failed = std::make_error_code(std::errc::no_space_on_device);
    if (!failed) fs::rename(next, path, failed);
    if (failed) return Failure(folder_failure(path, failed));
    return {};
}

void clean_leftovers(const std::string& folder) {
    std::error_code ignored;
    std::vector<fs::path> leftovers;
    for (fs::recursive_directory_iterator entry(folder, ignored), end; !ignored && entry != end;
         entry.increment(ignored)) {
        std::error_code unreadable;
        if (is_leftover(entry->path()) && !entry->is_directory(unreadable))
            leftovers.push_back(entry->path());
    }
    // `incoming-…` folders hold the objects of a fetch that was not finished.
    for (fs::directory_iterator entry(folder + "/objects", ignored), end; !ignored && entry != end;
         entry.increment(ignored)) {
        const auto name = entry->path().filename().string();
        if (name.starts_with("tmp_objdir-") || name.starts_with("incoming-"))
            leftovers.push_back(entry->path());
    }
    for (const auto& path : leftovers) {
        std::error_code failed;
        fs::remove_all(path, failed);
    }
}

Result<std::string> set_aside(const std::string& folder) {
    for (int n = 1;; ++n) {
        auto target = folder + ".broken-" + std::to_string(n);
        std::error_code failed;
        if (fs::exists(target, failed)) continue;
        fs::rename(folder, target, failed);
        if (failed) return Failure(folder_failure(folder, failed));
        return target;
    }
}

bool is_vacant(const std::string& folder) {
    std::error_code failed;
    const bool vacant = fs::is_empty(folder, failed);
    return failed ? !fs::exists(folder, failed) : vacant;
}

PackTotals count_packs(const std::string& folder) {
    PackTotals totals;
    std::error_code ignored;
    for (fs::directory_iterator entry(folder + "/objects/pack", ignored), end;
         !ignored && entry != end; entry.increment(ignored)) {
        if (entry->path().extension() != ".pack") continue;
        std::error_code failed;
        const auto size = entry->file_size(failed);
        ++totals.packs;
        if (!failed) totals.bytes += size;
    }
    return totals;
}

}  // namespace forgehouse::git
