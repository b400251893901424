#include "api/http/etag.h"

#include <gtest/gtest.h>

namespace forgehouse::api {
namespace {

using enum Precondition;
using Headers = std::vector<std::pair<std::string, std::string>>;

constexpr const char* kThen = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr const char* kBefore = "Sun, 06 Nov 1994 08:49:36 GMT";

Precondition of(const char* method, Headers headers, bool exists = true) {
    net::HttpRequest request;
    request.method = method;
    request.headers = std::move(headers);
    return check_preconditions(
        request, {.etag = "\"a\"", .modified = Time::from_ms(784111777999), .exists = exists});
}

TEST(Etag, DiffersWhereItsPartsDo) {
    EXPECT_EQ(etag_of_bytes("abc"), "\"ungWv48Bz-pBQUDeXa4iIw\"");
    EXPECT_NE(etag_of({"a", "bc"}), etag_of({"ab", "c"}));
    EXPECT_NE(etag_of({"a"}), etag_of({"a", ""}));
    EXPECT_EQ(etag_of({"a", "b"}), etag_of({"a", "b"}));
}

TEST(HttpDate, IsReadAsItIsWritten) {
    EXPECT_EQ(http_date(Time::from_ms(784111777999)), kThen);
    EXPECT_EQ(parse_http_date(kThen), Time::from_seconds(784111777));
    EXPECT_EQ(http_date(Time::from_seconds(0)), "Thu, 01 Jan 1970 00:00:00 GMT");
    for (const char* bad : {"", "Sunday, 06-Nov-94 08:49:37 GMT", "Mon, 06 Nov 1994 08:49:37 GMT",
                            "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 31 Feb 1994 08:49:37 GMT",
                            "Sun, -6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT"})
        EXPECT_FALSE(parse_http_date(bad)) << bad;
}

TEST(Preconditions, AreThoseOfRfc9110) {
    struct Case {
        const char* method;
        Headers headers;
        Precondition expected;
    };
    for (const auto& [method, headers, expected] : std::vector<Case>{
             {"GET", {}, Passed},
             {"GET", {{"If-None-Match", "\"a\""}}, NotModified},
             {"HEAD", {{"if-none-match", "W/\"a\""}}, NotModified},
             {"GET", {{"If-None-Match", "\"b\" , \"a\""}}, NotModified},
             {"GET", {{"If-None-Match", "\"b\""}, {"If-None-Match", "\"a\""}}, NotModified},
             {"GET", {{"If-None-Match", "*"}}, NotModified},
             {"GET", {{"If-None-Match", "\"b\""}}, Passed},
             {"GET", {{"If-None-Match", "a"}}, Passed},
             {"GET", {{"If-None-Match", "\"a\" \"b\""}}, Passed},
             {"PUT", {{"If-None-Match", "\"a\""}}, Failed},
             {"PUT", {{"If-Match", "\"a\""}}, Passed},
             {"PUT", {{"If-Match", "\"b\", \"a\""}}, Passed},
             {"PUT", {{"If-Match", "W/\"a\""}}, Failed},
             {"PUT", {{"If-Match", "\"b\""}}, Failed},
             {"PUT", {{"If-Match", "\"a"}}, Failed},
             {"PUT", {{"If-Match", "*"}}, Passed},
             {"GET", {{"If-Modified-Since", kThen}}, NotModified},
             {"GET", {{"If-Modified-Since", kBefore}}, Passed},
             {"GET", {{"If-Modified-Since", "yesterday"}}, Passed},
             {"PUT", {{"If-Modified-Since", kThen}}, Passed},
             // The tag is asked first, and then the date is not.
             {"GET", {{"If-None-Match", "\"b\""}, {"If-Modified-Since", kThen}}, Passed},
             {"PUT", {{"If-Unmodified-Since", kThen}}, Passed},
             {"PUT", {{"If-Unmodified-Since", kBefore}}, Failed},
             {"PUT", {{"If-Match", "\"a\""}, {"If-Unmodified-Since", kBefore}}, Passed},
             {"GET", {{"If-Match", "\"a\""}, {"If-None-Match", "\"a\""}}, NotModified},
         })
        EXPECT_EQ(of(method, headers), expected)
            << method << " " << (headers.empty() ? "" : headers[0].second);
    EXPECT_EQ(of("PUT", {{"If-None-Match", "*"}}, false), Passed);
    EXPECT_EQ(of("PUT", {{"If-Match", "*"}}, false), Failed);
    EXPECT_EQ(of("PUT", {{"If-Match", "\"a\""}}, false), Failed);
}

}  // namespace
}  // namespace forgehouse::api
