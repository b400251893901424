#include "forge/identity/token.h"

#include <gtest/gtest.h>

#include <numeric>
#include <set>

#include "base/text.h"
#include "forge/identity/base32.h"

namespace forgehouse::forge {
namespace {

using Random = std::array<std::uint8_t, kTokenRandomness>;

Random bytes_from(int first) {
    Random random{};
    std::iota(random.begin(), random.end(), static_cast<std::uint8_t>(first));
    return random;
}

std::string made(TokenKind kind, int first = 0) {
    return std::string(make_token(kind, bytes_from(first)).reveal());
}

TEST(Token, TellsItsKind) {
    std::set<std::string_view> prefixes;
    for (std::size_t i = 0; i < kTokenKinds; ++i) {
        const auto kind = static_cast<TokenKind>(i);
        const std::string token = made(kind, static_cast<int>(i));
        EXPECT_EQ(token.size(), kTokenLength);
        EXPECT_TRUE(token.starts_with(prefix_of(kind)));
        EXPECT_EQ(parse_token(token), kind) << token;
        EXPECT_EQ(token_hint(token), token.substr(0, 9));
        prefixes.insert(prefix_of(kind));
    }
    EXPECT_EQ(prefixes.size(), kTokenKinds);
}

TEST(Token, StaysWhatItIs) {  // those that were handed out have to stay good
    EXPECT_EQ(made(TokenKind::ApiToken), "fhat_aaaqeayeaudaocajbifqydiob4ibceqtcqkrmfyywup5tzhe");
}

TEST(Token, IsRefusedWithAnyCharacterChanged) {
    const std::string token = made(TokenKind::ApiToken);
    for (std::size_t i = 0; i < token.size(); ++i)
        for (const char c : {'a', 'b', 'A', '1', '_', '\0', '\xff'}) {
            std::string other = token;
            if (std::exchange(other[i], c) == c) continue;
            EXPECT_FALSE(parse_token(other)) << other;
        }
    EXPECT_FALSE(parse_token(""));
    EXPECT_FALSE(parse_token(token + "a"));
    EXPECT_FALSE(parse_token(token.substr(1)));
    EXPECT_FALSE(parse_token(" " + token.substr(0, token.size() - 1)));
    // The same random part as another kind.
    EXPECT_FALSE(parse_token("fhap_" + token.substr(5)));
}

TEST(Token, IsKeptAsItsHash) {
    EXPECT_EQ(token_hash("abc"),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_NE(token_hash(made(TokenKind::Session)), token_hash(made(TokenKind::Session, 1)));
}

TEST(Base32, GivesTheValuesOfRfc4648) {
    const std::pair<std::string_view, std::string_view> cases[]{{"", ""},
                                                                {"f", "my"},
                                                                {"fo", "mzxq"},
                                                                {"foo", "mzxw6"},
                                                                {"foob", "mzxw6yq"},
                                                                {"fooba", "mzxw6ytb"},
                                                                {"foobar", "mzxw6ytboi"}};
    for (const auto& [plain, coded] : cases) {
        EXPECT_EQ(
            to_base32(std::span(reinterpret_cast<const std::uint8_t*>(plain.data()), plain.size())),
            coded);
        EXPECT_EQ(from_base32(coded), plain);
        EXPECT_EQ(from_base32(std::string(coded) + "===="), plain);
    }
    EXPECT_EQ(from_base32("MZXW6YTBOI"), "foobar");
    for (const std::string_view wrong : {"m", "mz1q", "mzx", "mzxw6y", "mz", "m=y", "0", "mzxr"})
        EXPECT_FALSE(from_base32(wrong)) << wrong;
}

}  // namespace
}  // namespace forgehouse::forge
