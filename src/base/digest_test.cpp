#include "base/digest.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/text.h"

namespace forgehouse {
namespace {

TEST(Digest, GivesThePublishedValues) {
    EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(sha256_hex("abc"),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(sha256_hex(std::string(1'000'000, 'a')),
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Digest, WorksInManyThreads) {
    const std::string expected = sha256_hex("abc");
    std::atomic<int> wrong = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&] {
                for (int n = 0; n < 200; ++n) wrong += sha256_hex("abc") != expected;
            });
    }
    EXPECT_EQ(wrong, 0);
}

TEST(Digest, OfAKeyAndATextIsTheCodeOfRfc2202And4231) {
    const auto hex = [](Digest::Kind kind, std::string_view key, std::string_view text) {
        const std::string code = hmac(kind, key, text);
        return text::to_hex(
            std::span(reinterpret_cast<const std::uint8_t*>(code.data()), code.size()));
    };
    EXPECT_EQ(hex(Digest::Kind::Sha1, "Jefe", "what do ya want for nothing?"),
              "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    EXPECT_EQ(hex(Digest::Kind::Sha256, "Jefe", "what do ya want for nothing?"),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT_EQ(hex(Digest::Kind::Sha256, "", ""),
              "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(Digest, SameBytesAreThoseOfOneLengthWithoutADifference) {
    EXPECT_TRUE(same_bytes("", ""));
    EXPECT_TRUE(same_bytes(std::string_view("a\0b", 3), std::string_view("a\0b", 3)));
    EXPECT_FALSE(same_bytes(std::string_view("a\0b", 3), std::string_view("a\0c", 3)));
    EXPECT_FALSE(same_bytes("a", "ab"));
    EXPECT_FALSE(same_bytes("", "a"));
}

}  // namespace
}  // namespace forgehouse
