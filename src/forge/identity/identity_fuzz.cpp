// The smaller texts of identity that come from outside: the first byte chooses which.
#include <cstdint>

#include "base/check.h"
#include "forge/identity/base32.h"
#include "forge/identity/oauth_redirect.h"
#include "forge/identity/scopes.h"
#include "forge/identity/secret_box.h"
#include "forge/identity/token.h"
#include "forge/identity/totp.h"

namespace {

using namespace forgehouse;
using namespace forgehouse::forge;

void scopes(std::string_view text) {
    const auto read = Scopes::parse(text);
    if (!read) return;
    const auto again = Scopes::parse(read->print(","));
    CHECK(again && *again == *read && Scopes::all().covers(*read));
}

void token(std::string_view text) {
    if (const auto kind = parse_token(text)) CHECK(text.starts_with(prefix_of(*kind)));
    if (const auto bytes = from_base32(text)) CHECK(bytes->size() * 8 <= text.size() * 5);
    if (const auto code = read_recovery_code(text)) {
        const auto again = read_recovery_code(code->reveal());
        CHECK(again && again->reveal() == code->reveal());
    }
    (void)check_totp("key", text, Time::from_seconds(59), std::nullopt);
}

void key_file(std::string_view text) {
    if (const auto box = SecretBox::parse(text)) {
        const SecretPlace place{.table = "t", .column = "c", .row = "r"};
        const std::array<std::uint8_t, SecretBox::kNonce> nonce{};
        const auto opened = box->open(box->seal(Secret("x"), place, nonce), place);
        CHECK(opened && opened->reveal() == "x");
    }
    static const SecretBox one = *SecretBox::parse("k " + std::string(43, 'A'));
    CHECK(!one.open(text, {.table = "t", .column = "c", .row = "r"}));
}

void redirect(std::string_view text) {
    const std::vector<std::string> registered{"https://a/cb", "http://127.0.0.1/cb",
                                              "http://[::1]/"};
    if (const auto chosen = choose_redirect(registered, text)) {
        CHECK(check_redirect_uri(*chosen).has_value());
        CHECK(chosen->starts_with("https://a/cb") || chosen->starts_with("http://127.0.0.1") ||
              chosen->starts_with("http://[::1]"));
    }
    if (check_redirect_uri(text)) {
        const std::vector<std::string> own{std::string(text)};
        CHECK(choose_redirect(own, text).has_value());
        CHECK(redirect_with(text, AnswerIn::Query, {}, text).starts_with(text));
    }
    if (const auto plain = CodeChallenge::read(text, "plain", true)) CHECK(plain->met_by(text));
    if (const auto hashed = CodeChallenge::read(text, "S256")) CHECK(!hashed->met_by(text));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
    switch (data[0] % 4) {
        case 0: scopes(text); break;
        case 1: token(text); break;
        case 2: key_file(text); break;
        default: redirect(text); break;
    }
    return 0;
}
