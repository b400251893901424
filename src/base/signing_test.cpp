#include "base/signing.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/text.h"

namespace forgehouse::signing {
namespace {

constexpr auto kAlgorithms = {Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa};

const PrivateKey& key(Algorithm algorithm) {
    static const std::array<PrivateKey, 3> keys{*PrivateKey::generate(Algorithm::Rs256),
                                                *PrivateKey::generate(Algorithm::Es256),
                                                *PrivateKey::generate(Algorithm::EdDsa)};
    return keys[static_cast<std::size_t>(algorithm)];
}

Result<PublicKey> from_jwk(std::string_view text) {
    const auto document = json::Document::parse(text);
    EXPECT_TRUE(document) << text;
    return PublicKey::from_jwk(document->root());
}

TEST(Signing, VerifiesWhatWasSignedAndNothingElse) {
    for (const Algorithm algorithm : kAlgorithms) {
        const auto signature = key(algorithm).sign("text");
        ASSERT_TRUE(signature);
        const PublicKey& open = key(algorithm).public_key();
        EXPECT_TRUE(open.verify("text", *signature)) << name_of(algorithm);
        EXPECT_FALSE(open.verify("Text", *signature));
        EXPECT_FALSE(open.verify("", *signature));
        EXPECT_FALSE(open.verify("text", ""));
        EXPECT_FALSE(open.verify("text", *signature + "x"));
        EXPECT_FALSE(open.verify("text", std::string(signature->size(), '\0')));
        for (std::size_t i = 0; i < signature->size(); i += 7) {
            std::string altered = *signature;
            altered[i] = static_cast<char>(altered[i] ^ 1);
            EXPECT_FALSE(open.verify("text", altered));
        }
        EXPECT_FALSE(
            PrivateKey::generate(Algorithm::EdDsa)->public_key().verify("text", *signature));
    }
    EXPECT_EQ(key(Algorithm::Es256).sign("text")->size(), 64U);
    EXPECT_TRUE(key(Algorithm::EdDsa).public_key().verify("", *key(Algorithm::EdDsa).sign("")));
}

TEST(Signing, WritesAndReadsKeys) {
    for (const Algorithm algorithm : kAlgorithms) {
        const PrivateKey& one = key(algorithm);
        const Secret pem = one.pem();
        EXPECT_TRUE(pem.reveal().starts_with("-----BEGIN PRIVATE KEY-----\n"));
        const auto again = PrivateKey::from_pem(pem);
        ASSERT_TRUE(again);
        const std::string signature = *again->sign("text");
        const auto open = PublicKey::from_pem(one.public_key().pem());
        ASSERT_TRUE(open);
        EXPECT_TRUE(open->verify("text", signature));
        const std::string jwk = one.public_key().jwk("key \"1\"");
        const auto read = from_jwk(jwk);
        ASSERT_TRUE(read) << jwk;
        EXPECT_EQ(read->algorithm(), algorithm);
        EXPECT_TRUE(read->verify("text", signature));
        EXPECT_EQ(read->jwk("key \"1\""), jwk);
        EXPECT_EQ(read->thumbprint(), one.public_key().thumbprint());
        EXPECT_EQ(jwk.find("\"d\""), std::string::npos);
    }
}

TEST(Signing, GivesThePublishedValues) {
    // RFC 8037, appendix A; RFC 7638, section 3.1.
    const auto edwards = from_jwk(
        R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})");
    ASSERT_TRUE(edwards);
    EXPECT_EQ(edwards->thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    EXPECT_TRUE(edwards->verify(
        "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
        *text::from_base64url("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVs"
                              "Pt9g7sVvpAr_MuM0KAg")));
    const auto rsa = from_jwk(
        R"({"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"})");
    ASSERT_TRUE(rsa);
    EXPECT_EQ(rsa->thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    // RFC 7515, appendix A.3.
    const auto curve = from_jwk(
        R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})");
    ASSERT_TRUE(curve);
    EXPECT_TRUE(curve->verify(
        "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxl"
        "LmNvbS9pc19yb290Ijp0cnVlfQ",
        *text::from_base64url("DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmW"
                              "QxfKTUJqPP3-Kg6NU1Q")));
}

TEST(Signing, RefusesOtherKeys) {
    const std::string short_rsa = text::to_base64url(std::string(128, '\xff'));
    const std::string long_rsa = text::to_base64url(std::string(2048, '\xff'));
    const std::string good = text::to_base64url(std::string(256, '\xff'));
    for (
        const std::string& jwk : {
            std::string("{}"),
            std::string("[]"),
            std::string(R"({"kty":"oct","k":"AAAA"})"),
            fmt::format(R"({{"kty":"RSA","n":"{}","e":"AQAB"}})", short_rsa),
            fmt::format(R"({{"kty":"RSA","n":"{}","e":"AQAB"}})", long_rsa),
            fmt::format(R"({{"kty":"RSA","n":"{}","e":"AQ"}})", good),
            fmt::format(R"({{"kty":"RSA","n":"{}","e":"AQAA"}})", good),
            fmt::format(R"({{"kty":"RSA","n":"{}","e":"{}"}})", good, good),
            fmt::format(R"({{"kty":"RSA","n":"{}"}})", good),
            fmt::format(R"({{"kty":"RSA","n":"{}==","e":"AQAB"}})", good),
            std::string(R"({"kty":"RSA","n":3,"e":"AQAB"})"),
            // Not on the curve.
            std::string(
                R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"})"),
            std::string(R"({"kty":"EC","crv":"P-256","x":"AA","y":"AA"})"),
            std::string(R"({"kty":"EC","crv":"P-384","x":"AA","y":"AA"})"),
            std::string(R"({"kty":"OKP","crv":"Ed25519","x":"AAAA"})"),
            std::string(R"({"kty":"OKP","crv":"X25519","x":"AAAA"})"),
        }) {
        const auto refused = from_jwk(jwk);
        ASSERT_FALSE(refused) << jwk;
        EXPECT_EQ(refused.error().code(), Errc::Invalid);
    }
    for (const std::string& pem :
         {std::string(),
          std::string("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"),
          std::string(100'000, 'x'), std::string(key(Algorithm::EdDsa).pem().reveal())}) {
        EXPECT_FALSE(PublicKey::from_pem(pem));
    }
    EXPECT_FALSE(PrivateKey::from_pem(Secret(key(Algorithm::EdDsa).public_key().pem())));
    EXPECT_FALSE(algorithm_named("none"));
    EXPECT_FALSE(algorithm_named("HS256"));
    EXPECT_FALSE(algorithm_named("rs256"));
}

TEST(Signing, WorksInManyThreads) {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([] {
            for (const Algorithm algorithm : kAlgorithms)
                for (int n = 0; n < 10; ++n)
                    EXPECT_TRUE(key(algorithm).public_key().verify("x", *key(algorithm).sign("x")));
        });
}

}  // namespace
}  // namespace forgehouse::signing
