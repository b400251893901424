#include "api/http/authorization.h"

#include <gtest/gtest.h>

#include "api/http/cookies.h"
#include "base/text.h"

namespace forgehouse::api {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;
using Scheme = Authorization::Scheme;

net::HttpRequest request(Headers headers) {
    net::HttpRequest out;
    out.headers = std::move(headers);
    return out;
}

Result<Authorization> of(Headers headers) {
    return authorization_of(request(std::move(headers)));
}

TEST(Authorization, IsBasicOrBearer) {
    EXPECT_EQ(of({{"Accept", "*/*"}})->scheme, Scheme::None);
    const auto basic = of({{"authorization", "bAsic  " + text::to_base64("ann@x:a:ü b")}});
    ASSERT_TRUE(basic);
    EXPECT_EQ(basic->scheme, Scheme::Basic);
    EXPECT_EQ(basic->user, "ann@x");
    EXPECT_EQ(basic->secret.reveal(), "a:ü b");
    EXPECT_EQ(of({{"Authorization", "Basic " + text::to_base64(":")}})->user, "");
    const auto bearer = of({{"Authorization", "Bearer a.b-c_d~e+f/g=="}});
    ASSERT_TRUE(bearer);
    EXPECT_EQ(bearer->scheme, Scheme::Bearer);
    EXPECT_EQ(bearer->secret.reveal(), "a.b-c_d~e+f/g==");
    EXPECT_EQ(of({{"Authorization", "JWT a.b.c"}})->scheme, Scheme::Jwt);
}

TEST(Authorization, RefusesWhatIsBrokenAndQuotesNothing) {
    for (const std::string& bad :
         {std::string(), std::string("Basic"), std::string("Basic secret*"),
          "Basic " + text::to_base64("secret"), "Basic " + text::to_base64("a:secret\n"),
          std::string("Bearer"), std::string("Bearer secret secret"), std::string("Bearer sec,ret"),
          std::string("Bearer =="), std::string("Digest secret"), std::string("secret"),
          "Bearer " + std::string(20'000, 'x')}) {
        const auto refused = of({{"Authorization", bad}});
        ASSERT_FALSE(refused) << bad;
        EXPECT_EQ(refused.error().code(), Errc::Denied);
        EXPECT_EQ(refused.error().describe().find("secret"), std::string::npos);
    }
}

TEST(Authorization, IsRefusedWhereItStandsTwice) {
    for (const char* again : {"Bearer a", "Bearer b", ""})
        EXPECT_EQ(of({{"Authorization", "Bearer a"}, {"AUTHORIZATION", again}}).error().code(),
                  Errc::Invalid);
}

TEST(Cookies, AreFoundByName) {
    const auto found = [](Headers headers) {
        const auto got = cookie(request(std::move(headers)), "s");
        if (!got) return got.error().describe();
        return *got ? std::string((*got)->reveal()) : "none";
    };
    EXPECT_EQ(found({}), "none");
    EXPECT_EQ(found({{"Cookie", "a=b; s=x=y; c"}}), "x=y");
    EXPECT_EQ(found({{"cookie", "a=b"}, {"Cookie", "s=\"x\""}}), "x");
    EXPECT_EQ(found({{"Cookie", "S=x; ss=y;s"}}), "none");
    EXPECT_EQ(found({{"Cookie", "s="}}), "");
    EXPECT_EQ(found({{"Cookie", "s=x; s=x"}}), "x");
    EXPECT_EQ(found({{"Cookie", "s=x; s=y"}}), "a cookie stands there more than once (cookie=s)");
    EXPECT_EQ(found({{"Cookie", "s=x\x01y"}}), "a cookie cannot be read (cookie=s)");
    EXPECT_EQ(found({{"Cookie", std::string(9000, 'x')}}),
              "the cookies are too long (most_bytes=8192)");
}

TEST(Cookies, AreMadeForOurPagesAlone) {
    EXPECT_EQ(*set_cookie({.name = "__Host-s", .value = "x", .lasts = std::chrono::seconds(60)}),
              "__Host-s=x; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Lax");
    EXPECT_EQ(
        *set_cookie({.name = "s", .value = "", .path = "/a", .secure = false, .http_only = false}),
        "s=; Path=/a; SameSite=Lax");
    for (const NewCookie& bad :
         {NewCookie{.name = "", .value = "x"}, NewCookie{.name = "a b", .value = "x"},
          NewCookie{.name = "s", .value = "x; Domain=evil"},
          NewCookie{.name = "s", .value = "x\r\ny"},
          NewCookie{.name = "s", .value = "x", .path = "/;"},
          NewCookie{.name = "s", .value = "x", .path = "a"},
          NewCookie{.name = "__Host-s", .value = "x", .path = "/a"},
          NewCookie{.name = "__Host-s", .value = "x", .secure = false}})
        EXPECT_FALSE(set_cookie(bad)) << bad.name << bad.value;
}

}  // namespace
}  // namespace forgehouse::api
