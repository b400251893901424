// The data directory as the engine sees it: its layout, the lock that lets one engine live, the
// writer's token, and the path of the socket that belongs to it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/secret.h"

namespace forgehouse::engine {

/// Newest layout that this program knows; the file `format` holds the one of the directory.
inline constexpr int kLayoutFormat = 1;

struct DataDir {
    std::filesystem::path root;        ///< real path
    std::filesystem::path clickhouse;  ///< the database's own folder
    std::filesystem::path lock;
    std::filesystem::path takeover;  ///< locked by an engine that is about to take over
    std::filesystem::path token;
    std::filesystem::path log;
    std::filesystem::path
        socket;                   ///< where an engine started now would listen, alone in its folder
    bool open_to_others = false;  ///< other users may look into `root`
};

/// Makes what is missing (folders 0700) and checks the rest. `runtime_dir` is $XDG_RUNTIME_DIR.
/// Errors: Invalid for a directory of a newer version or something that is no directory, Denied
/// without the right to write, also for a directory or a socket folder that belongs to somebody
/// else or that everybody may write to, Unavailable for a full disk.
Result<DataDir> open_data_dir(const std::filesystem::path& root, std::string_view runtime_dir);

/// The socket of the data directory with that real path, in a folder of its own below
/// `$XDG_RUNTIME_DIR/forgehouse`, else below `/tmp/forgehouse-<uid>`. The folders are made where it
/// is missing; a runtime directory that is not ours (sudo keeps the caller's) is passed over.
/// Errors: Denied where the folder in /tmp belongs to somebody else or is a link.
Result<std::filesystem::path> socket_path(const std::filesystem::path& real_root,
                                          std::string_view runtime_dir);

/// The writer's token; made (0600) by whoever needs it first.
Result<Secret> writer_token(const DataDir& dir);

/// Compares in a time that does not depend on where the two differ.
bool same_secret(std::string_view a, std::string_view b) noexcept;

/// What the holder of the lock wrote into it.
struct LockHolder {
    long pid = 0;
    std::filesystem::path socket;
};

/// A file that is there to be locked. The kernel frees the lock when its holder ends, however it
/// ends.
class LockFile {
public:
    static Result<LockFile> open(const std::filesystem::path& file);
    LockFile(LockFile&&) noexcept;
    LockFile& operator=(LockFile&&) noexcept;
    ~LockFile();

    /// Takes the lock; false where another holds it. Does not wait.
    bool try_lock() const noexcept;
    void unlock() const noexcept;
    /// Whether it still is the file of that name: not where the directory was removed, even if
    /// another one stands in its place.
    bool is_at(const std::filesystem::path& file) const noexcept;
    /// Says who holds it, for others to read.
    Result<void> describe(const LockHolder& holder) const;

private:
    explicit LockFile(int fd) : fd_(fd) {}
    int fd_;
};

/// Whether somebody holds the lock now, and what he wrote; nullopt where nobody does.
Result<std::optional<LockHolder>> lock_holder(const std::filesystem::path& file);

}  // namespace forgehouse::engine
