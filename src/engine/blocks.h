// ClickHouse's compressed blocks: a checksum, a method, two lengths and the packed bytes, one block
// after the other.
#pragma once

#include <memory>

#include "engine/coding.h"

namespace forgehouse::engine {

/// Reads blocks of the methods LZ4, ZSTD and none, of up to 64 MiB each.
std::unique_ptr<Unpacker> make_block_unpacker();
/// Writes blocks of LZ4, of up to 1 MiB each.
std::unique_ptr<Packer> make_block_packer();

}  // namespace forgehouse::engine
