// SSH public keys as strangers may paste them.
#include <cstdint>

#include "base/check.h"
#include "forge/identity/ssh_public_key.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace forgehouse;
    using namespace forgehouse::forge;
    const auto key = parse_ssh_public_key({reinterpret_cast<const char*>(data), size});
    if (!key) {
        CHECK(key.error().code() == Errc::Invalid && !key.error().hint().empty());
        return 0;
    }
    CHECK(key->bits >= 256 && key->blob.size() < size);
    const std::string line = key->line();
    CHECK(line.find('\n') == std::string::npos);
    const auto again = parse_ssh_public_key(line);
    CHECK(again && again->line() == line && again->fingerprint() == key->fingerprint());
    return 0;
}
