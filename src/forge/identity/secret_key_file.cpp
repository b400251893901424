#include "forge/identity/secret_key_file.h"

#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "exec/descriptor.h"

namespace forgehouse::forge {
namespace {

constexpr std::size_t kLongestFile = 64UL * 1024;

Error of_system(Literal text, const std::string& path, int error) {
    const Errc code = error == ENOENT   ? Errc::NotFound
                      : error == EEXIST ? Errc::Conflict
                                        : Errc::Unavailable;
    return Error(code, text).with("path", path).with("reason", ::strerror(error));
}

Result<void> check_mode(int fd, const std::string& path) {
    struct stat about{};
    if (::fstat(fd, &about) != 0)
        return Failure(of_system("the key file cannot be read", path, errno));
    if (!S_ISREG(about.st_mode))
        return Failure(Error(Errc::Invalid, "the key file is no plain file").with("path", path));
    if ((about.st_mode & 077) != 0)
        return Failure(Error(Errc::Invalid, "the key file is not ours alone")
                           .with("path", path)
                           .with("mode", fmt::format("{:04o}", about.st_mode & 07777))
                           .hint("chmod 600 " + path + "; if others may have read it, rotate"));
    return {};
}

Result<Secret> read_all(const std::string& path) {
    const exec::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file) return Failure(of_system("the key file cannot be read", path, errno));
    TRY(check_mode(file.get(), path));
    std::string bytes(kLongestFile + 1, '\0');
    std::size_t size = 0;
    for (;;) {
        const ssize_t got = ::read(file.get(), bytes.data() + size, bytes.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return Failure(of_system("the key file cannot be read", path, errno));
        if (got == 0 || (size += static_cast<std::size_t>(got)) == bytes.size()) break;
    }
    if (size > kLongestFile)
        return Failure(Error(Errc::Invalid, "the key file is too long").with("path", path));
    bytes.resize(size);
    return Secret(std::move(bytes));
}

/// A new file with that text, on the disk when this returns; it is not there otherwise.
Result<void> write_new(const std::string& path, const std::array<std::string_view, 2>& parts) {
    exec::Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file) return Failure(of_system("the key file cannot be made", path, errno));
    const auto give_up = [&](int error) {
        ::unlink(path.c_str());
        return Failure(of_system("the key file cannot be written", path, error));
    };
    for (std::string_view part : parts)
        while (!part.empty()) {
            const ssize_t put = ::write(file.get(), part.data(), part.size());
            if (put < 0 && errno == EINTR) continue;
            if (put < 0) return give_up(errno);
            part.remove_prefix(static_cast<std::size_t>(put));
        }
    if (::fsync(file.get()) != 0) return give_up(errno);
    return {};
}

/// A name that is not on the disk yet may be gone after a crash, and with it the key.
Result<void> sync_folder(const std::string& path) {
    const auto slash = path.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    const exec::Descriptor file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!file || ::fsync(file.get()) != 0)
        return Failure(of_system("the folder of the key file cannot be written", folder, errno));
    return {};
}

Result<SecretBox> parsed(const Secret& text, const std::string& path) {
    auto box = SecretBox::parse(text.reveal());
    if (!box) box.error().with("path", path);
    return box;
}

}  // namespace

Result<SecretBox> read_secret_keys(const std::string& path) {
    TRY_LET(text, read_all(path));
    return parsed(text, path);
}

Result<SecretBox> open_secret_keys(const std::string& path, KeyRandomness random) {
    auto there = read_secret_keys(path);
    if (there || there.error().code() != Errc::NotFound) return there;
    // Under a name of its own, so that nobody reads half a file; a link does not replace one that
    // another process has made meanwhile.
    const std::string draft = fmt::format("{}.{}", path, ::getpid());
    const Secret line = SecretBox::new_key(random);
    TRY(write_new(draft, {line.reveal(), ""}));
    const int error = ::link(draft.c_str(), path.c_str()) == 0 ? 0 : errno;
    ::unlink(draft.c_str());
    if (error != 0 && error != EEXIST)
        return Failure(of_system("the key file cannot be made", path, error));
    TRY(sync_folder(path));
    return read_secret_keys(path);
}

Result<SecretBox> rotate_secret_keys(const std::string& path, KeyRandomness random) {
    const std::string draft = path + ".new";
    const Secret line = SecretBox::new_key(random);
    // The draft is the lock as well: what is read after it was made is what it replaces.
    exec::Descriptor lock(::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!lock) {
        Error error = of_system("the key file is being rotated by another", draft, errno);
        return Failure(std::move(error).hint("if nobody is at it, remove " + draft));
    }
    const std::string filled = fmt::format("{}.{}", draft, ::getpid());
    const auto rotated = [&]() -> Result<SecretBox> {
        TRY_LET(old, read_all(path));
        TRY(parsed(Secret(std::string(line.reveal()) + std::string(old.reveal())), path));
        TRY(write_new(filled, {line.reveal(), old.reveal()}));
        if (::rename(filled.c_str(), path.c_str()) != 0) {
            const int error = errno;
            ::unlink(filled.c_str());
            return Failure(of_system("the key file cannot be replaced", path, error));
        }
        TRY(sync_folder(path));
        return read_secret_keys(path);
    }();
    ::unlink(draft.c_str());
    return rotated;
}

}  // namespace forgehouse::forge
