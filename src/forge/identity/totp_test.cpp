#include "forge/identity/totp.h"

#include <gtest/gtest.h>

#include "forge/identity/base32.h"
#include "forge/identity/token.h"

namespace forgehouse::forge {
namespace {

constexpr std::string_view kKey = "12345678901234567890";  // RFC 6238, appendix B

TEST(Totp, GivesTheCodesOfRfc6238) {
    const std::pair<std::int64_t, std::string_view> cases[]{
        {59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
        {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
    for (const auto& [seconds, code] : cases)
        EXPECT_EQ(totp_code(kKey, totp_step(Time::from_seconds(seconds))), code);
}

TEST(Totp, AcceptsNeighboursAndEachCodeOnce) {
    const Time now = Time::from_seconds(1111111111);
    const std::int64_t step = totp_step(now);
    for (const std::int64_t off : {-1, 0, 1}) {
        const std::string code = totp_code(kKey, step + off);
        EXPECT_EQ(check_totp(kKey, code, now, std::nullopt), step + off);
        EXPECT_EQ(check_totp(kKey, code, now, step + off - 1), step + off);
        EXPECT_FALSE(check_totp(kKey, code, now, step + off)) << "a replay";
        EXPECT_FALSE(check_totp(kKey, code, now, step + 5));
    }
    EXPECT_FALSE(check_totp(kKey, totp_code(kKey, step - 2), now, std::nullopt));
    EXPECT_FALSE(check_totp(kKey, totp_code(kKey, step + 2), now, std::nullopt));
    EXPECT_EQ(check_totp(kKey, " 050 471 ", now, std::nullopt), step);
    EXPECT_EQ(check_totp(kKey, "050471", Time::from_seconds(0), std::nullopt), std::nullopt);
    for (const std::string_view wrong : {"", "05047", "0504711", "050472", "050-471", "O5O471"})
        EXPECT_FALSE(check_totp(kKey, wrong, now, std::nullopt)) << wrong;
    EXPECT_FALSE(check_totp(kKey, std::string(1'000'000, ' ') + "050471", now, std::nullopt));
}

TEST(Totp, TellsTheKeyToAuthenticators) {
    EXPECT_EQ(totp_uri("Forge house", "ann@example.org", kKey).reveal(),
              "otpauth://totp/Forge%20house:ann%40example.org?secret="
              "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Forge%20house&algorithm=SHA1&digits=6"
              "&period=30");
    EXPECT_EQ(totp_key_text(kKey).reveal(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
}

TEST(RecoveryCode, IsReadAsPeopleTypeIt) {
    const std::array<std::uint8_t, kRecoveryRandomness> random{1, 2, 3, 4, 5, 6, 7, 8, 9, 255};
    const Secret code = make_recovery_code(random);
    EXPECT_EQ(code.reveal(), "aeba-gbaf-aydq-qcp7");
    for (const std::string_view typed :
         {"aeba-gbaf-aydq-qcp7", "AEBAGBAFAYDQQCP7", " aeba gbaf-aydq  QCP7 "}) {
        const auto read = read_recovery_code(typed);
        ASSERT_TRUE(read) << typed;
        EXPECT_EQ(token_hash(read->reveal()), token_hash(code.reveal()));
    }
    for (const std::string_view wrong :
         {"", "aeba-gbaf-aydq", "aeba-gbaf-aydq-qcp", "aeba-gbaf-aydq-qcp1", "aeba-gbaf-aydq-qcp7a",
          "aeba_gbaf_aydq_qcp7"})
        EXPECT_FALSE(read_recovery_code(wrong)) << wrong;
    EXPECT_FALSE(read_recovery_code(std::string(65, ' ')));
}

}  // namespace
}  // namespace forgehouse::forge
