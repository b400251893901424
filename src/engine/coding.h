// How bodies are packed on the wire: HTTP's content codings, and ClickHouse's own compressed blocks
// (`compress=1`, `decompress=1`). Streams both ways, in bounded memory whatever a peer sends.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace forgehouse::engine {

enum class Coding : unsigned char { None, Gzip, Deflate, Brotli, Zstd, Lz4, Blocks };

/// The coding of that name in `Content-Encoding`, any case; `` and `identity` are None. nullopt for
/// one that is not spoken here. Blocks have no name: they are ClickHouse's matter, not HTTP's.
std::optional<Coding> coding_named(std::string_view name);
std::string_view name_of(Coding coding) noexcept;

/// The coding for an answer to a client that sends this `Accept-Encoding`: of those that it takes
/// the one that costs least. None where it names none that we know. Weights other than 0 do not
/// count.
Coding accepted_coding(std::string_view accept_encoding);

/// One packed stream, unpacked step by step. One thread at a time.
class Unpacker {
public:
    virtual ~Unpacker() = default;
    /// Unpacks into `out` and takes what it has used off `packed`. 0 bytes: it wants more input.
    /// Errors: Invalid for bytes that are no such stream.
    virtual Result<std::size_t> step(std::string_view& packed, std::span<char> out) = 0;
    /// Whether the stream may end here. A stream that ends elsewhere was cut.
    virtual bool at_end() const noexcept = 0;
};
/// `coding` is not None.
std::unique_ptr<Unpacker> make_unpacker(Coding coding);

/// One stream, packed as it goes. One thread at a time.
class Packer {
public:
    enum class End : unsigned char {
        Flush,  ///< whoever reads can unpack all that was packed by now
        Finish  ///< nothing more comes
    };
    virtual ~Packer() = default;
    /// Appends the packed bytes to `out`.
    virtual void pack(std::string_view plain, End end, std::string& out) = 0;
};
/// `coding` is not None.
std::unique_ptr<Packer> make_packer(Coding coding);

}  // namespace forgehouse::engine
