// Stream: the output of a git process, read piece by piece through one large buffer.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "exec/context.h"
#include "exec/process.h"

namespace forgehouse::git {

/// Views stay good until the next call. Threads: one at a time.
class Stream {
public:
    explicit Stream(exec::Process process) : process_(std::move(process)) {}

    /// Everything before the next `delimiter`, which is consumed; nullopt at the end of the output.
    /// What the output ends with, without a delimiter, is left for rest().
    Result<std::optional<std::string_view>> until(const exec::Context& ctx, char delimiter);
    /// The next `size` bytes; nullopt where the output ends before.
    Result<std::optional<std::string_view>> exactly(const exec::Context& ctx, std::size_t size);
    /// The next byte, not consumed; nullopt at the end.
    Result<std::optional<char>> peek(const exec::Context& ctx);
    /// Gives back a buffer that something large had to fit into. Ends all views.
    void release();
    /// What has been read and not consumed.
    std::string_view rest() const noexcept { return {buffer_.data() + begin_, end_ - begin_}; }

    exec::Process& process() noexcept { return process_; }

private:
    /// Reads more behind what is there; false at the end of the output.
    Result<bool> fill(const exec::Context& ctx);

    exec::Process process_;
    std::vector<char> buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace forgehouse::git
