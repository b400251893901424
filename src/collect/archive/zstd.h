// Zstd: packing and unpacking behind one wrapper (libzstd, named only in zstd.cpp).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace forgehouse::collect {

/// Packs bytes as they come into one frame, with a checksum. Threads: one at a time.
class Packer {
public:
    Packer();
    ~Packer();
    Packer(Packer&&) noexcept;
    Packer& operator=(Packer&&) noexcept;

    void add(std::string_view bytes);
    /// Ends the frame and gives it; the packer is empty then.
    std::string take();
    /// Bytes packed so far; what the library still holds back is not in it.
    std::size_t size() const noexcept;

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Unpacks frames piece by piece. Errors: Corrupt for what is no whole frame or fails its checksum;
/// what `sink` returns.
Result<void> unpack(std::string_view packed,
                    const std::function<Result<void>(std::string_view)>& sink);
/// The same in one piece, for what is small. Errors: Corrupt.
Result<std::string> unpack_whole(std::string_view packed);

}  // namespace forgehouse::collect
