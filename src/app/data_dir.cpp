#include "app/data_dir.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "app/terminal/screen.h"
#include "base/text.h"

namespace forgehouse::app {
namespace {

namespace fs = std::filesystem;

Error about(const fs::path& dir, int reason) {
    const bool full = reason == ENOSPC || reason == EDQUOT;
    const Errc code = reason == EACCES || reason == EPERM || reason == EROFS ? Errc::Denied
                      : full                                                 ? Errc::Unavailable
                                                                             : Errc::Invalid;
    return Error(code, "the data directory cannot be written")
        .with("data", dir.string())
        .with("reason", std::strerror(reason))
        .hint(full ? "make room on that disk, or choose another directory by --data or "
                     "FORGEHOUSE_DATA"
                   : "choose a directory of your own by --data or FORGEHOUSE_DATA, or mend its "
                     "rights");
}

/// Puts the mark there whole: a crash leaves either none or all of it.
Result<void> write_mark(const fs::path& dir) {
    const std::string name = (dir / fmt::format(".format-{}", ::getpid())).string();
    const int file = ::open(name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) return Failure(about(dir, errno));
    const bool written =
        terminal::write_all(file, fmt::format("{}\n", kDataFormat)) && ::fsync(file) == 0;
    const int reason = errno;
    ::close(file);
    if (!written || ::rename(name.c_str(), (dir / "format").c_str()) != 0) {
        const int failed = written ? errno : reason;
        ::unlink(name.c_str());
        return Failure(about(dir, failed));
    }
    return {};
}

}  // namespace

Result<std::optional<int>> data_format(const fs::path& dir) {
    std::ifstream stream(dir / "format");
    if (!stream) return std::nullopt;
    std::string line;
    std::getline(stream, line);
    const auto number = text::to_int(text::trim(line));
    if (!number || *number < 1 || *number > 1'000'000)
        return Failure(Error(Errc::Corrupt, "the mark of the data directory cannot be read")
                           .with("file", (dir / "format").string())
                           .hint("restore the directory from a copy, or choose another one by "
                                 "--data; collecting again brings everything back"));
    return static_cast<int>(*number);
}

Result<void> prepare_data_dir(const fs::path& dir) {
    std::error_code failure;
    if (!fs::exists(dir, failure)) {
        if (!dir.parent_path().empty()) fs::create_directories(dir.parent_path(), failure);
        if (::mkdir(dir.c_str(), 0700) != 0 && errno != EEXIST) return Failure(about(dir, errno));
    }
    if (!fs::is_directory(dir, failure)) return Failure(about(dir, ENOTDIR));
    TRY_LET(format, data_format(dir));
    if (!format) return write_mark(dir);
    if (*format > kDataFormat)
        return Failure(
            Error(Errc::Invalid, "a newer version of forgehouse made this data directory")
                .with("data", dir.string())
                .with("format", std::int64_t{*format})
                .with("supported", std::int64_t{kDataFormat})
                .hint("use that newer version, or choose another directory by --data"));
    return {};
}

}  // namespace forgehouse::app
