#include "engine/blocks.h"

#include <lz4.h>
#include <zstd.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "engine/city_hash.h"

namespace forgehouse::engine {
namespace {

constexpr std::size_t kChecksum = 16, kHeader = 9;  // method and both lengths
constexpr std::size_t kMostRead = 64 * 1024 * 1024, kMostWritten = 1024 * 1024;
enum class Method : unsigned char { None = 0x02, Lz4 = 0x82, Zstd = 0x90 };

Error broken(Literal text) {
    return Error(Errc::Invalid, text);
}

std::uint32_t number_at(const char* at) {
    std::uint32_t number = 0;
    std::memcpy(&number, at, sizeof number);
    return number;
}

class BlockUnpacker final : public Unpacker {
public:
    Result<std::size_t> step(std::string_view& packed, std::span<char> out) override {
        while (given_ == plain_.size()) {
            TRY_LET(whole, gather(packed));
            if (!whole) return std::size_t{0};
            TRY(unpack());
        }
        const std::size_t n = std::min(out.size(), plain_.size() - given_);
        std::memcpy(out.data(), plain_.data() + given_, n);
        given_ += n;
        return n;
    }
    bool at_end() const noexcept override { return block_.empty() && given_ == plain_.size(); }

private:
    /// Whether block_ holds a whole block.
    Result<bool> gather(std::string_view& packed) {
        if (!fill(packed, kChecksum + kHeader)) return false;
        const std::size_t length = number_at(block_.data() + kChecksum + 1);
        const std::size_t plain = number_at(block_.data() + kChecksum + 5);
        if (length < kHeader) return Failure(broken("a compressed block has a broken header"));
        if (length > kMostRead || plain > kMostRead)
            return Failure(broken("a compressed block is larger than 64 MiB"));
        return fill(packed, kChecksum + length);
    }

    bool fill(std::string_view& packed, std::size_t wanted) {
        if (block_.size() < wanted) {
            const std::size_t n = std::min(packed.size(), wanted - block_.size());
            block_.append(packed.substr(0, n));
            packed.remove_prefix(n);
        }
        return block_.size() >= wanted;
    }

    Result<void> unpack() {
        const std::string_view checked = std::string_view(block_).substr(kChecksum);
        Hash128 said{};
        std::memcpy(&said, block_.data(), sizeof said);
        if (city_hash128(checked) != said)
            return Failure(broken("the checksum of a compressed block does not match"));
        const std::string_view bytes = checked.substr(kHeader);
        plain_.resize(number_at(checked.data() + 5));
        given_ = 0;
        std::size_t got = SIZE_MAX;
        switch (static_cast<Method>(checked.front())) {
            case Method::None:
                if (bytes.size() == plain_.size()) got = bytes.copy(plain_.data(), plain_.size());
                break;
            case Method::Lz4: {
                const int n =
                    LZ4_decompress_safe(bytes.data(), plain_.data(), static_cast<int>(bytes.size()),
                                        static_cast<int>(plain_.size()));
                if (n >= 0) got = static_cast<std::size_t>(n);
                break;
            }
            case Method::Zstd:
                got = ZSTD_decompress(plain_.data(), plain_.size(), bytes.data(), bytes.size());
                break;
            default: return Failure(broken("a compressed block has a method that is not known"));
        }
        if (got != plain_.size()) return Failure(broken("a compressed block cannot be unpacked"));
        block_.clear();
        return {};
    }

    std::string block_, plain_;
    std::size_t given_ = 0;  // of plain_
};

class BlockPacker final : public Packer {
public:
    void pack(std::string_view plain, End, std::string& out) override {
        for (; !plain.empty(); plain.remove_prefix(std::min(kMostWritten, plain.size())))
            block(plain.substr(0, kMostWritten), out);
    }

private:
    static void block(std::string_view plain, std::string& out) {
        const std::size_t begin = out.size();
        const int most = LZ4_compressBound(static_cast<int>(plain.size()));
        out.resize(begin + kChecksum + kHeader + static_cast<std::size_t>(most));
        char* const head = out.data() + begin + kChecksum;
        const int n = LZ4_compress_default(plain.data(), head + kHeader,
                                           static_cast<int>(plain.size()), most);
        const auto length = static_cast<std::uint32_t>(kHeader + static_cast<std::size_t>(n));
        const auto size = static_cast<std::uint32_t>(plain.size());
        *head = static_cast<char>(Method::Lz4);
        std::memcpy(head + 1, &length, sizeof length);
        std::memcpy(head + 5, &size, sizeof size);
        const Hash128 hash = city_hash128({head, length});
        std::memcpy(out.data() + begin, &hash, sizeof hash);
        out.resize(begin + kChecksum + length);
    }
};

}  // namespace

std::unique_ptr<Unpacker> make_block_unpacker() {
    return std::make_unique<BlockUnpacker>();
}

std::unique_ptr<Packer> make_block_packer() {
    return std::make_unique<BlockPacker>();
}

}  // namespace forgehouse::engine
