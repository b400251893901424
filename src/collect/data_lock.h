// DataLock: one collector at a time on a data directory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "base/result.h"

namespace forgehouse::collect {

/// Holds a lock of the system on `<data>/collect.lock`. The system releases it when its holder
/// ends, however it ends; the file stays and means nothing by itself.
class DataLock {
public:
    /// Makes the folder where it is missing. Does not wait.
    /// Errors: Conflict while another process holds it (field `pid`); Denied, Unavailable.
    static Result<DataLock> take(const std::filesystem::path& data_dir);

    /// The process that holds it now; nullopt where none does, or none that can be seen from here.
    static std::optional<std::int64_t> holder(const std::filesystem::path& data_dir);

    DataLock(DataLock&& other) noexcept;
    DataLock& operator=(DataLock&& other) noexcept;
    ~DataLock();

private:
    explicit DataLock(int fd) noexcept : fd_(fd) {}
    int fd_;
};

}  // namespace forgehouse::collect
