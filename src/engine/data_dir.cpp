#include "engine/data_dir.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include "base/digest.h"
#include "base/text.h"

namespace forgehouse::engine {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kTokenBytes = 32;
// sun_path holds 108 bytes with its NUL; a name beside the socket is six longer (`.next`).
constexpr std::size_t kMaxSocketPath = 100;

class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const noexcept { return fd_; }
    int release() noexcept { return std::exchange(fd_, -1); }

private:
    int fd_;
};

struct flock whole_file(short type) {
    struct flock lock{};
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    return lock;
}

Error file_error(Literal text, const fs::path& path, int code) {
    if (code == EACCES || code == EPERM || code == EROFS)
        return Error(Errc::Denied, text)
            .with("path", path.string())
            .with("reason", std::strerror(code))
            .hint(
                "make the data directory writable for this user, or name another one by "
                "FORGEHOUSE_DATA or --data");
    if (code == ENOSPC || code == EDQUOT)
        return Error(Errc::Unavailable, text)
            .with("path", path.string())
            .with("reason", std::strerror(code))
            .hint("the disk is full: free some space, then try again; nothing is lost");
    return Error(Errc::Invalid, text)
        .with("path", path.string())
        .with("reason", std::strerror(code))
        .hint("name another data directory by FORGEHOUSE_DATA or --data");
}

Result<void> make_folder(const fs::path& path) {
    if (::mkdir(path.c_str(), 0700) == 0) return {};
    if (errno != EEXIST) return Failure(file_error("the folder cannot be made", path, errno));
    struct stat found{};
    if (::stat(path.c_str(), &found) != 0 || !S_ISDIR(found.st_mode))
        return Failure(file_error("this is no folder", path, ENOTDIR));
    return {};
}

Result<std::string> read_small(const fs::path& path) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) return Failure(file_error("the file cannot be read", path, errno));
    std::string bytes(4096, '\0');
    const ssize_t n = ::pread(file.get(), bytes.data(), bytes.size(), 0);
    if (n < 0) return Failure(file_error("the file cannot be read", path, errno));
    bytes.resize(static_cast<std::size_t>(n));
    return bytes;
}

/// Makes a file that appears with its whole content or not at all. False where it is there already.
Result<bool> publish(const fs::path& path, std::string_view content) {
    if (::access(path.c_str(), F_OK) == 0) return false;
    std::string draft = path.string() + ".XXXXXX";
    {
        const Descriptor file(::mkostemp(draft.data(), O_CLOEXEC));
        if (file.get() < 0) return Failure(file_error("the file cannot be made", draft, errno));
        if (::write(file.get(), content.data(), content.size()) !=
            static_cast<ssize_t>(content.size()))
            return Failure(file_error("the file cannot be written", draft, errno ? errno : ENOSPC));
        if (::fsync(file.get()) != 0)
            return Failure(file_error("the file cannot be written", draft, errno));
    }
    const int linked = ::link(draft.c_str(), path.c_str());
    const int code = errno;
    ::unlink(draft.c_str());
    if (linked == 0) return true;
    if (code == EEXIST) return false;
    return Failure(file_error("the file cannot be made", path, code));
}

Result<void> check_format(const fs::path& root) {
    const fs::path path = root / "format";
    TRY(publish(path, std::to_string(kLayoutFormat) + "\n"));
    TRY_LET(text, read_small(path));
    const auto version = text::to_int(text::trim(text));
    if (!version)
        return Failure(Error(Errc::Corrupt, "the data directory's file `format` is no number")
                           .with("path", path.string())
                           .hint("this is no data directory of Forgehouse: name another one"));
    if (*version > kLayoutFormat)
        return Failure(Error(Errc::Invalid, "the data directory is of a newer version")
                           .with("path", root.string())
                           .with("format", *version)
                           .with("known", std::int64_t{kLayoutFormat})
                           .hint("update Forgehouse, or name another data directory by "
                                 "FORGEHOUSE_DATA or --data"));
    return {};
}

/// A folder that only we can write to: ours, no link, not open to others.
bool is_private_folder(const fs::path& path) {
    struct stat found{};
    return ::lstat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode) &&
           found.st_uid == ::geteuid() && (found.st_mode & 0022) == 0;
}

/// Whoever may write to the directory decides what our SQL reads and what the token is.
/// Returns whether others may look into it.
Result<bool> check_owner(const fs::path& root) {
    struct stat found{};
    if (::stat(root.c_str(), &found) != 0)
        return Failure(file_error("the data directory cannot be reached", root, errno));
    if (found.st_uid != ::geteuid() && found.st_uid != 0)
        return Failure(Error(Errc::Denied, "the data directory belongs to another user")
                           .with("path", root.string())
                           .with("owner", std::int64_t{found.st_uid})
                           .hint("run this as its owner, or name another data directory by "
                                 "FORGEHOUSE_DATA or --data"));
    if ((found.st_mode & S_IWOTH) != 0)
        return Failure(Error(Errc::Denied, "everybody may write to the data directory")
                           .with("path", root.string())
                           .hint("chmod 700 " + root.string()));
    return (found.st_mode & 0077) != 0;
}

}  // namespace

Result<fs::path> socket_path(const fs::path& real_root, std::string_view runtime_dir) {
    const fs::path name = fs::path(sha256_hex(real_root.string()).substr(0, 16)) / "engine.sock";
    const fs::path runtime(runtime_dir);
    if (runtime.is_absolute() && is_private_folder(runtime)) {
        const fs::path folder = runtime / "forgehouse";
        ::mkdir(folder.c_str(), 0700);
        fs::path socket = folder / name;
        ::mkdir(socket.parent_path().c_str(), 0700);
        if (is_private_folder(folder) && is_private_folder(socket.parent_path()) &&
            socket.string().size() <= kMaxSocketPath)
            return socket;
    }
    const fs::path folder = fmt::format("/tmp/forgehouse-{}", ::geteuid());
    fs::path socket = folder / name;
    ::mkdir(folder.c_str(), 0700);
    ::mkdir(socket.parent_path().c_str(), 0700);
    if (!is_private_folder(folder) || !is_private_folder(socket.parent_path()))
        return Failure(
            Error(Errc::Denied, "the folder of the engine's socket is not ours alone")
                .with("path", folder.string())
                .hint("somebody else made it: have it removed, or set XDG_RUNTIME_DIR to "
                      "a folder of yours with mode 0700"));
    return socket;
}

Result<DataDir> open_data_dir(const fs::path& wanted, std::string_view runtime_dir) {
    std::error_code failure;
    const fs::path absolute = fs::absolute(wanted, failure);
    if (wanted.empty() || failure)
        return Failure(Error(Errc::Invalid, "no data directory is named"));
    for (fs::path sofar; const fs::path& part : absolute) {
        sofar /= part;
        if (!fs::exists(sofar, failure)) TRY(make_folder(sofar));
    }
    const fs::path root = fs::canonical(absolute, failure);
    if (failure)
        return Failure(
            file_error("the data directory cannot be reached", absolute, failure.value()));
    TRY(make_folder(root));
    TRY_LET(open_to_others, check_owner(root));
    if (::access(root.c_str(), R_OK | W_OK | X_OK) != 0)
        return Failure(file_error("the data directory is not writable", root, errno));
    TRY(check_format(root));
    TRY_LET(socket, socket_path(root, runtime_dir));
    TRY(make_folder(root / "clickhouse"));
    TRY(make_folder(root / "logs"));
    return DataDir{.root = root,
                   .clickhouse = root / "clickhouse",
                   .lock = root / "engine.lock",
                   .takeover = root / "engine.takeover",
                   .token = root / "engine.token",
                   .log = root / "logs" / "engine.log",
                   .socket = socket,
                   .open_to_others = open_to_others};
}

Result<Secret> writer_token(const DataDir& dir) {
    struct stat found{};
    if (::stat(dir.token.c_str(), &found) != 0) {
        std::array<std::uint8_t, kTokenBytes> bytes{};
        if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
            return Failure(Error(Errc::Unavailable, "the kernel gives no random bytes"));
        TRY(publish(dir.token, text::to_hex(bytes) + "\n"));
    } else if ((found.st_mode & 0077) != 0) {
        ::chmod(dir.token.c_str(), 0600);
    }
    TRY_LET(text, read_small(dir.token));
    const std::string_view token = text::trim(text);
    if (!text::from_hex(token) || token.size() < 2 * kTokenBytes)
        return Failure(Error(Errc::Corrupt, "the writer's token is damaged")
                           .with("path", dir.token.string())
                           .hint("stop the engine and remove this file: a new one is made"));
    return Secret(std::string(token));
}

bool same_secret(std::string_view a, std::string_view b) noexcept {
    volatile unsigned char difference = a.size() == b.size() ? 0 : 1;
    for (std::size_t i = 0; i < a.size() && i < b.size(); ++i)
        difference = static_cast<unsigned char>(difference | (a[i] ^ b[i]));
    return difference == 0;
}

// --- the lock --------------------------------------------------------------------------------

Result<LockFile> LockFile::open(const fs::path& file) {
    const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) return Failure(file_error("the lock cannot be opened", file, errno));
    return LockFile(fd);
}

LockFile::LockFile(LockFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

LockFile& LockFile::operator=(LockFile&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
}

LockFile::~LockFile() {
    if (fd_ >= 0) ::close(fd_);
}

// Locks of the open file description: freed however their holder ends, as flock()'s are, and unlike
// those they can be asked about without taking them.
bool LockFile::try_lock() const noexcept {
    struct flock whole = whole_file(F_WRLCK);
    return ::fcntl(fd_, F_OFD_SETLK, &whole) == 0;
}

void LockFile::unlock() const noexcept {
    struct flock whole = whole_file(F_UNLCK);
    ::fcntl(fd_, F_OFD_SETLK, &whole);
}

bool LockFile::is_at(const fs::path& file) const noexcept {
    struct stat ours{}, there{};
    return ::fstat(fd_, &ours) == 0 && ::stat(file.c_str(), &there) == 0 &&
           ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
}

Result<void> LockFile::describe(const LockHolder& holder) const {
    const std::string text = fmt::format("{}\n{}\n", holder.pid, holder.socket.string());
    if (::ftruncate(fd_, 0) != 0 ||
        ::pwrite(fd_, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
        return Failure(file_error("the lock cannot be written", "engine.lock", errno));
    return {};
}

Result<std::optional<LockHolder>> lock_holder(const fs::path& file) {
    const Descriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (fd.get() < 0) {
        if (errno == ENOENT) return std::optional<LockHolder>();
        return Failure(file_error("the lock cannot be read", file, errno));
    }
    struct flock whole = whole_file(F_WRLCK);
    if (::fcntl(fd.get(), F_OFD_GETLK, &whole) != 0)
        return Failure(file_error("the lock cannot be read", file, errno));
    if (whole.l_type == F_UNLCK) return std::optional<LockHolder>();
    TRY_LET(text, read_small(file));
    const auto lines = text::split(text, '\n');
    LockHolder holder;
    if (!lines.empty()) holder.pid = text::to_int(lines[0]).value_or(0);
    if (lines.size() > 1) holder.socket = std::string(lines[1]);
    return std::optional<LockHolder>(holder);
}

}  // namespace forgehouse::engine
