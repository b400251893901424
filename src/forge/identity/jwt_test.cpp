#include "forge/identity/jwt.h"

#include <gtest/gtest.h>

#include "base/digest.h"
#include "base/text.h"

namespace forgehouse::forge {
namespace {

using signing::Algorithm;
using signing::PrivateKey;

constexpr Time kNow = Time::from_seconds(1'700'000'000);
constexpr std::string_view kGood =
    R"({"iss":"https://id","aud":"us","sub":"ann","exp":1700000100,"nonce":"n"})";
const JwtDemands kDemands{.issuer = "https://id", .audience = "us", .now = kNow};

const PrivateKey& key(Algorithm algorithm) {
    static const std::array<PrivateKey, 3> keys{*PrivateKey::generate(Algorithm::Rs256),
                                                *PrivateKey::generate(Algorithm::Es256),
                                                *PrivateKey::generate(Algorithm::EdDsa)};
    return keys[static_cast<std::size_t>(algorithm)];
}

const KeySet& keys() {
    static const KeySet set({{.id = "r", .key = key(Algorithm::Rs256).public_key()},
                             {.id = "e", .key = key(Algorithm::Es256).public_key()},
                             {.id = "d", .key = key(Algorithm::EdDsa).public_key()}});
    return set;
}

std::string token(std::string_view claims) {
    return *sign_jwt(key(Algorithm::EdDsa), "d", claims);
}

/// A token with whatever head, signed rightly.
std::string with_head(std::string_view head, Algorithm algorithm = Algorithm::EdDsa) {
    const std::string text = text::to_base64url(head) + "." + text::to_base64url(kGood);
    return text + "." + text::to_base64url(*key(algorithm).sign(text));
}

TEST(Jwt, IsTakenWhereItSaysWhatIsDemanded) {
    for (const auto& [id, algorithm] :
         std::initializer_list<std::pair<std::string_view, Algorithm>>{
             {"r", Algorithm::Rs256}, {"e", Algorithm::Es256}, {"d", Algorithm::EdDsa}}) {
        const auto taken = verify_jwt(*sign_jwt(key(algorithm), id, kGood), keys(), kDemands);
        ASSERT_TRUE(taken) << id << taken.error().describe();
        EXPECT_EQ(taken->subject(), "ann");
        EXPECT_EQ(taken->expires(), Time::from_seconds(1'700'000'100));
        EXPECT_EQ(*taken->claims().at("nonce")->text(), "n");
    }
    EXPECT_TRUE(verify_jwt(with_head(R"({"alg":"EdDSA"})"), keys(), kDemands));
    EXPECT_TRUE(verify_jwt(with_head(R"({"alg":"EdDSA","typ":"at+JWT"})"), keys(), kDemands));
}

TEST(Jwt, IsRefusedForAWrongClaim) {
    struct Case {
        std::string_view claims, claim;  // "": taken
    };
    for (const Case& one : std::initializer_list<Case>{
             {R"({"iss":"https://id","aud":["x","us"],"sub":"a","exp":1700000100})", ""},
             {R"({"iss":"https://id","aud":"us","sub":"a","exp":1700000100.5,"azp":"us"})", ""},
             {R"({"iss":"https://id","aud":"us","sub":"a","exp":1699999941})", ""},
             {R"({"iss":"https://id","aud":"us","sub":"a","exp":1700000100,"nbf":1700000060})", ""},
             {R"({"iss":"https://id/","aud":"us","sub":"a","exp":1700000100})", "iss"},
             {R"({"iss":["https://id"],"aud":"us","sub":"a","exp":1700000100})", "iss"},
             {R"({"aud":"us","sub":"a","exp":1700000100})", "iss"},
             {R"({"iss":"https://id","aud":"use","sub":"a","exp":1700000100})", "aud"},
             {R"({"iss":"https://id","aud":[],"sub":"a","exp":1700000100})", "aud"},
             {R"({"iss":"https://id","aud":["us",7],"sub":"a","exp":1700000100})", "aud"},
             {R"({"iss":"https://id","aud":{"us":1},"sub":"a","exp":1700000100})", "aud"},
             {R"({"iss":"https://id","sub":"a","exp":1700000100})", "aud"},
             {R"({"iss":"https://id","aud":"us","sub":"a","exp":1700000100,"azp":"x"})", "azp"},
             {R"({"iss":"https://id","aud":"us","sub":"","exp":1700000100})", "sub"},
             {R"({"iss":"https://id","aud":"us","sub":5,"exp":1700000100})", "sub"},
             {R"({"iss":"https://id","aud":"us","exp":1700000100})", "sub"},
             {R"({"iss":"https://id","aud":"us","sub":"a"})", "exp"},
             {R"({"iss":"https://id","aud":"us","sub":"a","exp":null})", "exp"},
             {R"({"iss":"https://id","aud":"us","sub":"a","exp":1699999940})", "exp"},
             {R"({"iss":"https://id","aud":"us","sub":"a","exp":"1700000100"})", "exp"},
             {R"({"iss":"https://id","aud":"us","sub":"a","exp":1e300})", "exp"},
             {R"({"iss":"https://id","aud":"us","sub":"a","exp":-1})", "exp"},
             {R"({"iss":"https://id","aud":"us","sub":"a","exp":1700000100,"nbf":1700000061})",
              "nbf"},
             {R"({"iss":"https://id","aud":"us","sub":"a","exp":1700000100,"iat":1700000061})",
              "iat"},
         }) {
        const auto got = verify_jwt(token(one.claims), keys(), kDemands);
        EXPECT_EQ(got.has_value(), one.claim.empty()) << one.claims;
        if (got) continue;
        EXPECT_EQ(got.error().code(), Errc::Denied) << one.claims;
        EXPECT_EQ(got.error().field("claim"), one.claim) << one.claims;
    }
    JwtDemands with_nonce = kDemands;
    with_nonce.nonce = "n";
    EXPECT_TRUE(verify_jwt(token(kGood), keys(), with_nonce));
    with_nonce.nonce = "other";
    EXPECT_FALSE(verify_jwt(token(kGood), keys(), with_nonce));
    // Demands that were forgotten let nobody in.
    EXPECT_FALSE(verify_jwt(token(R"({"iss":"","aud":"","sub":"a","exp":1700000100})"), keys(),
                            {.issuer = "", .audience = "", .now = kNow}));
}

TEST(Jwt, IsRefusedUnsignedAndByAnotherAlgorithm) {
    const auto code = [](const std::string& text) {
        const auto got = verify_jwt(text, keys(), kDemands);
        EXPECT_FALSE(got) << text;
        return got ? Errc::Cancelled : got.error().code();
    };
    const std::string claims = text::to_base64url(kGood);
    for (const std::string_view name : {"none", "None", "NONE", "", "HS256", "RS512", "PS256"}) {
        const std::string head =
            text::to_base64url(fmt::format(R"({{"alg":"{}","kid":"r"}})", name));
        EXPECT_EQ(code(head + "." + claims + "."), Errc::Invalid) << name;
        // With what is public as the key of an HMAC.
        const std::string signed_text = head + "." + claims;
        const std::string mac =
            hmac(Digest::Kind::Sha256, key(Algorithm::Rs256).public_key().pem(), signed_text);
        EXPECT_EQ(code(signed_text + "." + text::to_base64url(mac)), Errc::Invalid) << name;
    }
    EXPECT_EQ(code(with_head(R"({"alg":"RS256","kid":"d"})")), Errc::NotFound);
    EXPECT_EQ(code(with_head(R"({"alg":"RS256"})")), Errc::Denied);
    EXPECT_EQ(code(with_head(R"({"alg":"EdDSA","kid":"x"})")), Errc::NotFound);
    EXPECT_EQ(code(with_head(R"({"alg":"ES256","kid":"e"})")), Errc::Denied);
    EXPECT_EQ(code(with_head(R"({"alg":"EdDSA","alg":"EdDSA"})")), Errc::Invalid);
    EXPECT_EQ(code(with_head(R"({"alg":"EdDSA","crit":["exp"]})")), Errc::Invalid);
    EXPECT_EQ(code(with_head(R"({"alg":"EdDSA","crit":null})")), Errc::Invalid);
    EXPECT_EQ(code(with_head(R"({"alg":"EdDSA","typ":"secevent+jwt"})")), Errc::Invalid);
    EXPECT_EQ(code(with_head(R"({"alg":"EdDSA","typ":1})")), Errc::Invalid);
    EXPECT_EQ(code(with_head(R"({"alg":"EdDSA","kid":1})")), Errc::Invalid);
    EXPECT_EQ(code(with_head(R"(["alg","EdDSA"])")), Errc::Invalid);
    EXPECT_EQ(code(with_head("")), Errc::Invalid);
    // A key that the token brings along is not looked at.
    const auto foreign = *PrivateKey::generate(Algorithm::EdDsa);
    const std::string head = text::to_base64url(
        fmt::format(R"({{"alg":"EdDSA","jwk":{}}})", foreign.public_key().jwk("d")));
    EXPECT_EQ(
        code(head + "." + claims + "." + text::to_base64url(*foreign.sign(head + "." + claims))),
        Errc::Denied);
}

TEST(Jwt, IsRefusedMisspelled) {
    const std::string good = token(kGood);
    ASSERT_TRUE(verify_jwt(good, keys(), kDemands));
    for (std::size_t i = 0; i < good.size(); ++i) {
        std::string other = good;
        other[i] = other[i] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(verify_jwt(other, keys(), kDemands)) << i;
    }
    for (const std::string& wrong :
         {std::string(), std::string("."), std::string(".."), std::string("..."), good + ".",
          good + "=", "." + good, " " + good, good + "\n", good.substr(0, good.rfind('.')),
          std::string(20'000, 'a'), std::string(20'000, '.')}) {
        const auto got = verify_jwt(wrong, keys(), kDemands);
        ASSERT_FALSE(got) << wrong;
        EXPECT_EQ(got.error().code(), Errc::Invalid) << wrong;
    }
    EXPECT_FALSE(verify_jwt(token("[]"), keys(), kDemands));
    EXPECT_FALSE(verify_jwt(token(R"({"sub":"a","sub":"b"})"), keys(), kDemands));
    EXPECT_FALSE(verify_jwt(good, KeySet({}), kDemands));
}

TEST(KeySet, IsPrintedAndRead) {
    const std::string text = keys().print();
    const auto read = KeySet::parse(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(read->keys().size(), 3U);
    EXPECT_EQ(read->left_out(), 0U);
    EXPECT_EQ(read->print(), text);
    EXPECT_TRUE(verify_jwt(token(kGood), *read, kDemands));
    EXPECT_EQ(KeySet({}).print(), R"({"keys":[]})");
}

TEST(KeySet, LeavesOutWhatItCannotUse) {
    const std::string good = key(Algorithm::EdDsa).public_key().jwk("d");
    const auto changed = [&](std::string_view from, std::string_view to) {
        std::string text = good;
        return text.replace(text.find(from), from.size(), to);
    };
    const std::vector<std::string> unusable{R"({"kty":"oct","k":"c2VjcmV0","kid":"d"})",
                                            "{}",
                                            "7",
                                            "null",
                                            changed(R"("use":"sig")", R"("use":"enc")"),
                                            changed(R"("alg":"EdDSA")", R"("alg":"RS256")"),
                                            changed(R"("alg":"EdDSA")", R"("alg":1)"),
                                            changed(R"("alg":"EdDSA")", R"("key_ops":["encrypt"])"),
                                            changed(R"("alg":"EdDSA")", R"("key_ops":"verify")")};
    const auto set = KeySet::parse(
        fmt::format(R"({{"keys":[{},{}]}})", fmt::join(unusable, ","),
                    changed(R"("alg":"EdDSA")", R"("key_ops":["sign","verify"],"x5t":"?")")));
    ASSERT_TRUE(set);
    EXPECT_EQ(set->left_out(), unusable.size());
    EXPECT_EQ(set->keys().size(), 1U);
    for (const std::string& wrong :
         {std::string("{}"), std::string(), std::string("[]"), std::string(R"({"keys":{}})"),
          std::string(R"({"keys":[]})") + "x",
          std::string(300'000, ' ') + R"({"keys":[]})", R"({"keys":[0)" + [] {
              std::string many;
              for (int i = 0; i < 64; ++i) many += ",0";
              return many;
          }() + "]}"}) {
        const auto refused = KeySet::parse(wrong);
        ASSERT_FALSE(refused) << wrong.substr(0, 100);
        EXPECT_EQ(refused.error().code(), Errc::Corrupt);
    }
}

}  // namespace
}  // namespace forgehouse::forge
