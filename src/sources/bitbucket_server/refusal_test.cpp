#include "sources/bitbucket_server/refusal.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sources/bitbucket_server/client.h"

namespace forgehouse::sources::bitbucket_server {
namespace {

constexpr std::string_view kAddress = "https://bitbucket.example.com";
const RepoRef kRepo{.data_source = "x", .project_key = "CORE", .repo_slug = "app"};

std::string errors(std::string_view exception, std::string_view message) {
    return fmt::format(R"({{"errors":[{{"context":null,"message":"{}","exceptionName":"{}"}}]}})",
                       message, exception);
}

Error refused(int status, std::string_view body, std::string_view type = "application/json") {
    const auto call = first_call(Stream::Activities, kRepo, "7", 25);
    const auto error =
        refusal(*call, {.status = status, .content_type = type, .body = body}, kAddress);
    EXPECT_TRUE(error) << status << ' ' << body;
    return error.value_or(Error(Errc::Corrupt, "none"));
}

TEST(BitbucketServerRefusal, LetsAnswersOfTheApiPass) {
    const Call hello = hello_call("x");
    EXPECT_FALSE(refusal(hello, {.status = 200, .content_type = "application/json", .body = "{}"},
                         kAddress));
    EXPECT_FALSE(
        refusal(hello, {.status = 200, .content_type = "", .body = " \n{\"a\":1"}, kAddress));
}

struct Case {
    int status;
    std::string body;
    std::string_view type;
    Errc code;
    std::string_view text;
};

std::vector<Case> cases() {
    const std::string auth = "com.atlassian.bitbucket.auth.";
    static constexpr std::string_view kJson = "application/json;charset=UTF-8";
    static constexpr std::string_view kHtml = "text/html; charset=utf-8";
    const std::string page = "<!DOCTYPE html><html><body>Blocked by proxy</body></html>";
    return {
        {401, errors(auth + "IncorrectPasswordAuthenticationException", "Authentication failed."),
         kJson, Errc::Denied, "the server does not accept the credentials"},
        {401, errors("com.atlassian.bitbucket.AuthorisationException", "You are not permitted"),
         kJson, Errc::Denied, "no right to read this repository"},
        {401, errors(auth + "CaptchaRequiredAuthenticationException", "CAPTCHA required"), kJson,
         Errc::Denied, "the server wants a CAPTCHA to be solved first"},
        {401, page, kHtml, Errc::Denied,
         "a gateway before the server wants credentials of its own"},
        {403, page, kHtml, Errc::Denied, "a gateway before the server refuses the request"},
        {404,
         errors("com.atlassian.bitbucket.repository.NoSuchRepositoryException",
                "Repository CORE/app does not exist."),
         kJson, Errc::NotFound, "the server does not have it"},
        {404, errors("com.sun.jersey.api.NotFoundException", "null for uri: http://x"), kJson,
         Errc::Invalid, "what answers at this address is not Bitbucket Server's API"},
        {404, page, kHtml, Errc::Invalid,
         "there is a web server, but no Bitbucket at this address"},
        {404, R"({"message":"Not Found","documentation_url":"https://docs.example.com"})", kJson,
         Errc::Invalid, "what answers at this address is not Bitbucket Server's API"},
        {407, "", kHtml, Errc::Denied, "the HTTP proxy wants credentials"},
        {400, errors("com.atlassian.bitbucket.validation.ArgumentValidationException", "bad"),
         kJson, Errc::Invalid, "the server does not understand the request"},
        {408, "", "", Errc::Unavailable, "the server waited too long for the request"},
        {409, errors("com.atlassian.bitbucket.X", "changed"), kJson, Errc::Conflict,
         "it changed while the server read it"},
        {429, errors("com.atlassian.bitbucket.RateLimited", "slow down"), kJson, Errc::RateLimited,
         "the server limits how often it may be asked"},
        {500, errors("java.lang.NullPointerException", "oops"), kJson, Errc::Unavailable,
         "the server failed at this request"},
        {503, errors("com.atlassian.bitbucket.Maintenance", "upgrading"), kJson, Errc::Unavailable,
         "the server is starting, or is in maintenance"},
        {502, page, kHtml, Errc::Unavailable, "a proxy before the server cannot reach it"},
        {302, "", "", Errc::Invalid,
         "the server sends the request elsewhere, to a sign-in page perhaps"},
        {418, "", "", Errc::Invalid, "the answer is none that Bitbucket Server gives"},
        {200, "<html><form action=/j_atl_security_check><input name=j_password></html>", kHtml,
         Errc::Denied, "a sign-in page came instead of data"},
        {200, page, kHtml, Errc::Invalid, "a web page came instead of data"},
        {200, "", "", Errc::Unavailable, "the answer is empty"},
        {204, "", "", Errc::Unavailable, "the answer is empty"},
        {200, R"([{"id":1}])", kJson, Errc::Invalid,
         "what answers at this address is not Bitbucket Server's API"},
    };
}

TEST(BitbucketServerRefusal, ClassifiesAndSaysWhatToDo) {
    for (const Case& one : cases()) {
        const Error error = refused(one.status, one.body, one.type);
        EXPECT_EQ(error.code(), one.code) << one.status << ' ' << one.body;
        EXPECT_EQ(error.text(), one.text) << one.status << ' ' << one.body;
        EXPECT_GT(error.hint().size(), 5U) << one.text;
        EXPECT_EQ(error.field("status"), std::to_string(one.status));
    }
}

TEST(BitbucketServerRefusal, QuotesTheServerCutAndPrintable) {
    const Error error =
        refused(500, errors("java.lang.X", "a\\u001b[31m" + std::string(10000, 'x')));
    EXPECT_LT(error.field("server_says").size(), 1000U);
    EXPECT_EQ(error.field("server_says").find('\x1b'), std::string_view::npos);
}

TEST(BitbucketServerRefusal, NamesTheRepositoryOrTheAddress) {
    const Error denied =
        refused(401, errors("com.atlassian.bitbucket.AuthorisationException", "no"));
    EXPECT_NE(denied.hint().find("CORE/app"), std::string_view::npos);
    const Error wrong = refused(404, "<html></html>", "text/html");
    EXPECT_NE(wrong.hint().find(kAddress), std::string_view::npos);
}

TEST(BitbucketServerHello, ReadsNameAndVersion) {
    EXPECT_EQ(read_hello(R"({"version":"8.9.1","buildNumber":"1","displayName":"Bitbucket"})"),
              "Bitbucket 8.9.1");
    EXPECT_EQ(read_hello(R"({"version":"3.11","displayName":"Stash"})"), "Stash 3.11");
}

TEST(BitbucketServerHello, RefusesAnotherProduct) {
    for (const std::string_view other :
         {R"({"version":"9.1","displayName":"Confluence"})", R"({"current_user_url":"x"})", "{}",
          R"({"version":1,"displayName":"Bitbucket"})"}) {
        const auto hello = read_hello(other);
        ASSERT_FALSE(hello) << other;
        EXPECT_EQ(hello.error().code(), Errc::Invalid) << other;
    }
    EXPECT_EQ(read_hello("{").error().code(), Errc::Corrupt);
}

}  // namespace
}  // namespace forgehouse::sources::bitbucket_server
