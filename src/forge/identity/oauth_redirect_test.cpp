#include "forge/identity/oauth_redirect.h"

#include <gtest/gtest.h>

namespace forgehouse::forge {
namespace {

TEST(RedirectUri, IsRegisteredWhereItIsTheClientsOwn) {
    for (const std::string_view good :
         {"https://app.example.org/callback", "https://app.example.org", "https://a:8443/x?y=1&z",
          "https://[2001:db8::1]/x", "http://localhost:8080/x", "http://127.0.0.1/x",
          "http://[::1]:7000/", "com.example.app:/x", "com.example.app://x?y",
          "https://app.example.org/%7Eann/@x"})
        EXPECT_TRUE(check_redirect_uri(good)) << good;
    for (const std::string_view bad : {"",
                                       "/callback",
                                       "//evil.example/",
                                       "app.example.org",
                                       "HTTPS://a/",
                                       "https:/a",
                                       "https:a",
                                       "https://",
                                       "https:///x",
                                       "https://a b/",
                                       "https://a/\\b",
                                       "https://a\\@b/",
                                       "https://ann@a/",
                                       "https://ann:x@a/",
                                       "https://a/#x",
                                       "https://a/#",
                                       "https://a/\n",
                                       "https://a/\x01",
                                       "https://a/\xc3\xa9",
                                       "https://a/%",
                                       "https://a/%2",
                                       "https://a/%zz",
                                       "https://a:/",
                                       "https://a:0/",
                                       "https://a:080/",
                                       "https://a:65536/",
                                       "https://a:-1/",
                                       "https://a:8x/",
                                       "https://[::1/",
                                       "https://[::1]x/",
                                       "https://[]x/",
                                       "https://[x]/",
                                       "https://*.example.org/",
                                       "https://a,b/",
                                       "http://app.example.org/",
                                       "http://127.0.0.1.example.org/",
                                       "http://127.0.0.2/",
                                       "http://localhost.example.org/",
                                       "javascript:alert(1)",
                                       "data:text/html,x",
                                       "file:///etc/passwd",
                                       "myapp:/x",
                                       "a.b:",
                                       "1a.b:/x",
                                       ":x",
                                       "vbscript:x"})
        EXPECT_FALSE(check_redirect_uri(bad)) << bad;
    EXPECT_TRUE(check_redirect_uri("http://jenkins.corp/finish", true));
    EXPECT_FALSE(check_redirect_uri("http://ann@jenkins.corp/finish", true));
    EXPECT_FALSE(check_redirect_uri("https://a/" + std::string(3000, 'x')));
}

TEST(RedirectUri, IsChosenWhereItIsTheVerySame) {
    const std::vector<std::string> registered{"https://app.example.org/cb", "http://127.0.0.1/cb?a",
                                              "http://[::1]:1/", "http://localhost/cb",
                                              "com.example.app:/x"};
    for (const std::string_view good :
         {"https://app.example.org/cb", "http://127.0.0.1/cb?a", "http://127.0.0.1:50123/cb?a",
          "http://[::1]:50123/", "http://[::1]/", "http://localhost/cb", "com.example.app:/x"}) {
        const auto chosen = choose_redirect(registered, good);
        ASSERT_TRUE(chosen) << good;
        EXPECT_EQ(*chosen, good);
    }
    for (const std::string_view bad : {"",
                                       "https://app.example.org/cb/",
                                       "https://app.example.org/cb?x=1",
                                       "https://app.example.org/cb#x",
                                       "https://app.example.org:443/cb",
                                       "https://APP.example.org/cb",
                                       "https://app.example.org/cb/../x",
                                       "https://app.example.org/cb%2f",
                                       "https://app.example.org.evil.example/cb",
                                       "http://app.example.org/cb",
                                       "https://app.example.org@evil.example/cb",
                                       "http://127.0.0.1:50123/cb",
                                       "http://127.0.0.1:50123/cb?a&b",
                                       "http://127.0.0.1:0/cb?a",
                                       "http://127.0.0.1:70000/cb?a",
                                       "http://127.0.0.1:1@evil.example/cb?a",
                                       "http://127.0.0.1:1x/cb?a",
                                       "http://127.0.0.1:/cb?a",
                                       "http://127.0.0.2/cb?a",
                                       "https://127.0.0.1/cb?a",
                                       "http://[::1]:1",
                                       "http://localhost:8080/cb",
                                       "com.example.app:/x/",
                                       "javascript:1"}) {
        const auto chosen = choose_redirect(registered, bad);
        ASSERT_FALSE(chosen) << bad;
        EXPECT_EQ(chosen.error().code(), Errc::Invalid);
    }
    EXPECT_FALSE(choose_redirect(registered, std::nullopt));
    EXPECT_FALSE(choose_redirect({}, std::nullopt));
    EXPECT_FALSE(choose_redirect({}, "https://app.example.org/cb"));
    EXPECT_EQ(choose_redirect(std::span(registered).first(1), std::nullopt).value_or(""),
              registered.front());
}

TEST(RedirectUri, CarriesTheAnswer) {
    using Answer = std::vector<std::pair<std::string_view, std::string_view>>;
    const Answer code{{"code", "a b"}};
    EXPECT_EQ(redirect_with("https://a/cb", AnswerIn::Query, code, "x=1&y#/\r\n\xc3\xa9"),
              "https://a/cb?code=a%20b&state=x%3D1%26y%23%2F%0D%0A%C3%A9");
    EXPECT_EQ(redirect_with("https://a/cb?k=v", AnswerIn::Query, code, ""),
              "https://a/cb?k=v&code=a%20b&state=");
    EXPECT_EQ(redirect_with("https://a/cb?", AnswerIn::Query, code, std::nullopt),
              "https://a/cb?code=a%20b");
    EXPECT_EQ(redirect_with("https://a/cb?k&", AnswerIn::Query, code, std::nullopt),
              "https://a/cb?k&code=a%20b");
    EXPECT_EQ(redirect_with("https://a/cb?k=v", AnswerIn::Fragment,
                            Answer{{"access_token", "t"}, {"token_type", "bearer"}}, "s"),
              "https://a/cb?k=v#access_token=t&token_type=bearer&state=s");
    EXPECT_EQ(redirect_with("https://a/cb", AnswerIn::Query, {}, std::nullopt), "https://a/cb");
}

TEST(CodeChallenge, IsMetByItsVerifierAlone) {
    // RFC 7636, appendix B.
    const std::string verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const auto challenge =
        CodeChallenge::read("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "S256");
    ASSERT_TRUE(challenge);
    EXPECT_TRUE(challenge->met_by(verifier));
    EXPECT_FALSE(challenge->met_by(challenge->text));
    EXPECT_FALSE(challenge->met_by(verifier + "a"));
    EXPECT_FALSE(challenge->met_by(""));
    EXPECT_FALSE(CodeChallenge::read(verifier, "plain"));
    EXPECT_FALSE(CodeChallenge::read(verifier, std::nullopt));
    const auto plain = CodeChallenge::read(verifier, std::nullopt, true);
    ASSERT_TRUE(plain);
    EXPECT_TRUE(plain->met_by(verifier));
    EXPECT_FALSE(plain->met_by(std::string(43, 'a')));
    for (const std::string& wrong :
         {std::string(), std::string(42, 'A'), std::string(44, 'A'), std::string(43, 'B'),
          std::string(42, 'A') + "=", std::string(42, 'A') + "+"})
        EXPECT_FALSE(CodeChallenge::read(wrong, "S256")) << wrong;
    EXPECT_FALSE(CodeChallenge::read(std::string(129, 'a'), "plain", true));
    EXPECT_FALSE(CodeChallenge::read(std::string(42, 'a'), "plain", true));
    EXPECT_FALSE(CodeChallenge::read(verifier, "s256", true));
    EXPECT_FALSE(CodeChallenge::read(verifier, "", true));
}

}  // namespace
}  // namespace forgehouse::forge
