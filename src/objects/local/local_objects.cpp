#include "objects/local/local_objects.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <ranges>
#include <system_error>

#include "base/digest.h"
#include "objects/local/file.h"

namespace forgehouse::objects {
namespace {

namespace fs = std::filesystem;

// Where unfinished files are written. Keys cannot begin with a dot, so no object lies there.
constexpr std::string_view kUnfinished = ".new";
constexpr std::string_view kLock = ".lock";

// Tells apart the unfinished files of the threads of one process.
std::atomic<std::uint64_t> unfinished_count = 0;

Result<File> locked(const fs::path& root, int operation) {
    TRY_LET(lock, File::open(root / kLock, O_RDWR | O_CREAT));
    while (::flock(lock.fd(), operation) != 0)
        if (errno != EINTR) return failure_of_system(errno, "lock", root / kLock);
    return std::move(lock);
}

Result<void> make_folders(const fs::path& root, const fs::path& folder) {
    std::vector<fs::path> missing;
    for (fs::path at = folder; at != root && ::access(at.c_str(), F_OK) != 0; at = at.parent_path())
        missing.push_back(at);
    for (const fs::path& at : missing | std::views::reverse) {
        if (::mkdir(at.c_str(), 0700) != 0 && errno != EEXIST)
            return failure_of_system(errno, "make the folder", at);
        TRY(flush_folder(at.parent_path()));
    }
    return {};
}

}  // namespace

Result<std::unique_ptr<LocalObjects>> LocalObjects::open(fs::path root) {
    std::error_code error;
    fs::create_directories(root.parent_path(), error);
    if (error) return failure_of_system(error.value(), "make the folder", root.parent_path());
    if (::mkdir(root.c_str(), 0700) != 0 && errno != EEXIST)
        return failure_of_system(errno, "make the folder", root);
    if (::mkdir((root / kUnfinished).c_str(), 0700) != 0 && errno != EEXIST)
        return failure_of_system(errno, "make the folder", root / kUnfinished);
    std::unique_ptr<LocalObjects> store(new LocalObjects(std::move(root)));
    TRY(store->clear_unfinished());
    return store;
}

Result<void> LocalObjects::clear_unfinished() {
    // Every writer holds the lock shared; whoever gets it alone sees only files of the dead.
    TRY_LET(lock, File::open(root_ / kLock, O_RDWR | O_CREAT));
    if (::flock(lock.fd(), LOCK_EX | LOCK_NB) != 0) return {};
    std::error_code error;
    for (fs::directory_iterator at(root_ / kUnfinished, error), end; !error && at != end;
         at.increment(error))
        ::unlink(at->path().c_str());
    if (error) return failure_of_system(error.value(), "read the folder", root_ / kUnfinished);
    return {};
}

Result<void> LocalObjects::store(std::string_view key, std::string_view bytes) {
    const fs::path place = root_ / key;
    TRY(make_folders(root_, place.parent_path()));
    const fs::path unfinished =
        root_ / kUnfinished / fmt::format("{}-{}", ::getpid(), unfinished_count++);
    TRY_LET(file, File::open(unfinished, O_WRONLY | O_CREAT | O_EXCL));
    Result<void> done = file.write_all(bytes);
    if (done) done = file.flush();
    if (done && ::rename(unfinished.c_str(), place.c_str()) != 0)
        done = errno == EISDIR || errno == ENOTDIR
                   ? Failure(Error(Errc::Invalid, "a key is the folder of another key")
                                 .with("key", std::string(key)))
                   : failure_of_system(errno, "rename", place);
    if (!done) {
        ::unlink(unfinished.c_str());
        return done;
    }
    return flush_folder(place.parent_path());
}

Result<std::string> LocalObjects::put(exec::Context& ctx, std::string_view key,
                                      std::string_view bytes) {
    TRY(ports::check_object_key(key));
    TRY(ctx.check());
    const auto lock = locked(root_, LOCK_SH);
    if (!lock) return Failure(lock.error());
    TRY(store(key, bytes));
    return sha256_hex(bytes);
}

Result<std::string> LocalObjects::put_if(exec::Context& ctx, std::string_view key,
                                         std::string_view bytes,
                                         const std::optional<std::string>& expected) {
    TRY(ports::check_object_key(key));
    TRY(ctx.check());
    const auto lock = locked(root_, LOCK_EX);
    if (!lock) return Failure(lock.error());
    const auto present = get(ctx, key);
    if (!present && present.error().code() != Errc::NotFound) return Failure(present.error());
    const bool same = present ? expected == present->etag : !expected;
    if (!same)
        return Failure(Error(Errc::Conflict, "the object has been changed by somebody else")
                           .with("key", std::string(key)));
    TRY(store(key, bytes));
    return sha256_hex(bytes);
}

Result<ports::Object> LocalObjects::get(exec::Context& ctx, std::string_view key) {
    TRY(ports::check_object_key(key));
    TRY(ctx.check());
    auto file = File::open(root_ / key, O_RDONLY);
    if (!file) return Failure(std::move(file).error());
    TRY_LET(bytes, file->read_all());
    std::string etag = sha256_hex(bytes);
    return ports::Object{.bytes = std::move(bytes), .etag = std::move(etag)};
}

Result<std::vector<ports::ObjectInfo>> LocalObjects::list(exec::Context& ctx,
                                                          std::string_view prefix) {
    std::vector<ports::ObjectInfo> out;
    const auto slash = prefix.rfind('/');
    const std::string_view folder =
        slash == std::string_view::npos ? std::string_view() : prefix.substr(0, slash);
    if (!folder.empty()) TRY(ports::check_object_key(folder));
    TRY(list_folder(ctx, root_ / folder, folder, prefix, out));
    std::ranges::sort(out, {}, &ports::ObjectInfo::key);
    return out;
}

Result<void> LocalObjects::list_folder(exec::Context& ctx, const fs::path& folder,
                                       std::string_view key_of_folder, std::string_view prefix,
                                       std::vector<ports::ObjectInfo>& out) const {
    TRY(ctx.check());
    std::error_code error;
    fs::directory_iterator at(folder, error);
    if (error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory)
        return {};
    for (const fs::directory_iterator end; !error && at != end; at.increment(error)) {
        const std::string name = at->path().filename().string();
        if (name.starts_with('.')) continue;
        const std::string key =
            key_of_folder.empty() ? name : fmt::format("{}/{}", key_of_folder, name);
        struct stat facts;
        if (::stat(at->path().c_str(), &facts) != 0) {
            if (errno == ENOENT) continue;  // removed since the folder was read
            return failure_of_system(errno, "look at", at->path());
        }
        if (S_ISDIR(facts.st_mode)) {
            if (prefix.starts_with(key) || key.starts_with(prefix))
                TRY(list_folder(ctx, at->path(), key, prefix, out));
        } else if (key.starts_with(prefix)) {
            out.push_back({.key = key, .size = static_cast<std::uint64_t>(facts.st_size)});
        }
    }
    if (error) return failure_of_system(error.value(), "read the folder", folder);
    return {};
}

Result<void> LocalObjects::remove(exec::Context& ctx, std::string_view key) {
    TRY(ports::check_object_key(key));
    TRY(ctx.check());
    const fs::path place = root_ / key;
    if (::unlink(place.c_str()) != 0) {
        if (errno == ENOENT || errno == ENOTDIR || errno == EISDIR) return {};
        return failure_of_system(errno, "remove", place);
    }
    return flush_folder(place.parent_path());
}

}  // namespace forgehouse::objects
