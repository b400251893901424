#include "base/password_hash.h"

#include <gtest/gtest.h>

namespace forgehouse {
namespace {

constexpr const char* kHash =
    "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21l$9sTbSlTio3Biev89thdrlKKiCaYsjjYVJxGAL3swxpQ";

TEST(PasswordHash, MatchesItsPasswordAndNoOther) {
    const auto hash = hash_password(Secret("so long"));
    ASSERT_TRUE(hash);
    EXPECT_TRUE(hash->starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << *hash;
    EXPECT_TRUE(check_password_hash(*hash));
    EXPECT_TRUE(password_matches(*hash, Secret("so long")));
    EXPECT_FALSE(password_matches(*hash, Secret("so lonG")));
    EXPECT_FALSE(password_matches(*hash, Secret("")));
    EXPECT_NE(*hash_password(Secret("so long")), *hash);  // a salt of its own
}

TEST(PasswordHash, RefusesWhatIsNoneOrCostsTooMuch) {
    EXPECT_FALSE(hash_password(Secret("")));
    EXPECT_FALSE(hash_password(Secret(std::string(2000, 'x'))));
    EXPECT_TRUE(check_password_hash(kHash));
    for (const char* bad :
         {"", "so long", "$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21l$9sTbSlTio3Biev89thdrlKKi",
          "$argon2id$v=16$m=64,t=1,p=1$c29tZXNhbHRzb21l$9sTbSlTio3Biev89thdrlKKi",
          "$argon2id$v=19$m=9999999,t=1,p=1$c29tZXNhbHRzb21l$9sTbSlTio3Biev89thdrlKKi",
          "$argon2id$v=19$m=64,t=99,p=1$c29tZXNhbHRzb21l$9sTbSlTio3Biev89thdrlKKi",
          "$argon2id$v=19$m=64,t=1,p=99$c29tZXNhbHRzb21l$9sTbSlTio3Biev89thdrlKKi",
          "$argon2id$v=19$m=64,t=1,p=1$c2$9sTbSlTio3Biev89thdrlKKi",
          "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21l$9s",
          "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21l$9sTbSlTio3Biev89th:rlKKi",
          "$argon2id$v=19$m=64,t=1$c29tZXNhbHRzb21l$9sTbSlTio3Biev89thdrlKKi"}) {
        const auto refused = check_password_hash(bad);
        ASSERT_FALSE(refused) << bad;
        EXPECT_EQ(refused.error().describe().find("9sTb"), std::string::npos);
    }
}

}  // namespace
}  // namespace forgehouse
