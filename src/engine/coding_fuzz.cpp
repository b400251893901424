// Packed bodies as a stranger may send them. The first byte chooses the coding, the second how the
// bytes arrive; what comes out is packed and unpacked again.
#include <cstdint>
#include <vector>

#include "base/check.h"
#include "engine/coding.h"

namespace forgehouse::engine {
namespace {

constexpr std::size_t kEnough = 4 * 1024 * 1024;

std::string unpacked(Unpacker& unpacker, std::string_view bytes, std::size_t portion) {
    std::string out;
    std::vector<char> room(portion * 16);
    std::string_view now;
    while (out.size() < kEnough) {
        const std::size_t before = now.size();
        const auto n = unpacker.step(now, room);
        if (!n) break;
        CHECK(*n <= room.size() && now.size() <= before);
        out.append(room.data(), *n);
        if (*n > 0 || now.size() < before) continue;
        if (!now.empty() || bytes.empty()) break;
        now = bytes.substr(0, portion);
        bytes.remove_prefix(now.size());
    }
    return out;
}

}  // namespace
}  // namespace forgehouse::engine

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace forgehouse::engine;
    if (size < 2) return 0;
    const auto coding = static_cast<Coding>(1 + data[0] % 6);
    const std::string_view bytes(reinterpret_cast<const char*>(data + 2), size - 2);
    const std::string plain = unpacked(*make_unpacker(coding), bytes, 1 + data[1]);
    std::string again;
    make_packer(coding)->pack(plain, Packer::End::Finish, again);
    CHECK(plain.size() >= (4U << 20) || unpacked(*make_unpacker(coding), again, 4096) == plain);
    return 0;
}
