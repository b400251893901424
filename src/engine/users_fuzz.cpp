// What decides who comes in, out of foreign bytes: the file of users, and a request's credentials.
#include <cstdint>

#include "base/check.h"
#include "base/password_hash.h"
#include "base/text.h"
#include "engine/credentials.h"
#include "engine/users.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace forgehouse;
    using namespace forgehouse::engine;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto users = parse_users(text)) {
        CHECK(!users->empty());
        for (const User& user : *users) {
            CHECK(!user.name.empty() && user.name.find(':') == std::string::npos);
            CHECK(check_password_hash(user.hash).has_value());
        }
    }
    if (const auto plain = text::from_base64(text)) CHECK(plain->size() <= size);
    net::HttpRequest request;
    request.headers = {{"Authorization", std::string(text)}};
    (void)credentials_of({.path = "/", .parameters = {}}, request);
    if (const auto target = parse_target(text)) {
        const auto credentials = credentials_of(*target, {});
        CHECK(credentials && !credentials->user.empty());
    }
    return 0;
}
