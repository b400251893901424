// Tokens and key sets of others: a key set, a line feed, a token.
#include <cstdint>

#include "base/check.h"
#include "base/text.h"
#include "forge/identity/jwt.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace forgehouse;
    using namespace forgehouse::forge;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto line = std::min(text.find('\n'), text.size());
    const std::string_view token = text.substr(std::min(line + 1, text.size()));
    const JwtDemands demands{
        .issuer = "https://id", .audience = "us", .now = Time::from_seconds(1'700'000'000)};
    if (const auto keys = KeySet::parse(text.substr(0, line))) {
        const auto again = KeySet::parse(keys->print());
        CHECK(again && again->left_out() == 0 && again->keys().size() == keys->keys().size());
        // Only whoever has a private key gets through, and no seed has one.
        if (const auto taken = verify_jwt(token, *keys, demands)) CHECK(!taken->subject().empty());
    }
    CHECK(!verify_jwt(token, KeySet({}), demands));
    if (const auto bytes = text::from_base64url(token)) CHECK(text::to_base64url(*bytes) == token);
    return 0;
}
