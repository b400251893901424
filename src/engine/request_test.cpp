#include "engine/request.h"

#include <gtest/gtest.h>

namespace forgehouse::engine {
namespace {

net::HttpRequest with(Pairs headers) {
    net::HttpRequest request;
    request.headers = std::move(headers);
    return request;
}

TEST(Target, IsDecodedInItsParts) {
    const auto target = parse_target("/a%20b?query=SELECT+%271%27&x&=y&z=1&z=2&&e=%3D");
    ASSERT_TRUE(target);
    EXPECT_EQ(target->path, "/a b");
    EXPECT_EQ(
        target->parameters,
        (Pairs{{"query", "SELECT '1'"}, {"x", ""}, {"", "y"}, {"z", "1"}, {"z", "2"}, {"e", "="}}));
    EXPECT_EQ(parse_target("http://localhost:1/x?y=1")->path, "/x");
    EXPECT_EQ(parse_target("http://localhost")->path, "/");
    for (const char* bad : {"", "x", "*", "/%", "/%1", "/%zz", "/?a=%-1", "/?%00=1"})
        EXPECT_FALSE(parse_target(bad)) << bad;
}

TEST(QueryRequest, SortsParametersFromSettings) {
    const auto target = parse_target(
        "/?query=a&database=d&default_format=CSV&query_id=q&param_x=1&max_threads=2&stacktrace=1");
    const auto request = parse_query_request(*target, with({}));
    ASSERT_TRUE(request);
    EXPECT_EQ(request->query, "a");
    EXPECT_EQ(request->database, "d");
    EXPECT_EQ(request->default_format, "CSV");
    EXPECT_EQ(request->query_id, "q");
    EXPECT_EQ(request->parameters, (SqlParameters{{"x", "1"}}));
    EXPECT_EQ(request->settings, (Pairs{{"max_threads", "2"}}));
    EXPECT_EQ(parse_query_request(*parse_target("/"), with({{"X-ClickHouse-Format", "TSV"},
                                                            {"x-clickhouse-database", "b"}}))
                  ->default_format,
              "TSV");
}

TEST(QueryRequest, RefusesWhatIsNotServed) {
    const auto code = [](const char* target, Pairs headers) {
        return std::string(parse_query_request(*parse_target(target), with(std::move(headers)))
                               .error()
                               .field("code"));
    };
    EXPECT_EQ(code("/?role=x", {}), "48");
    EXPECT_EQ(code("/", {{"Content-Encoding", "xz"}}), "89");
}

TEST(QueryRequest, ReadsSessionsAndPackings) {
    const auto request = parse_query_request(
        *parse_target("/?session_id=s&session_timeout=5&session_check=1&compress=1&decompress=1"),
        with({{"Content-Encoding", "gzip"},
              {"Accept-Encoding", "br, lz4"},
              {"Content-Type", "multipart/form-data; boundary=x"}}));
    ASSERT_TRUE(request);
    EXPECT_EQ(request->session.id, "s");
    EXPECT_EQ(request->session.timeout.count(), 5);
    EXPECT_TRUE(request->session.must_exist);
    EXPECT_TRUE(request->packing.in_blocks);
    EXPECT_TRUE(request->body_in_blocks);
    EXPECT_EQ(request->of_body, Coding::Gzip);
    EXPECT_EQ(request->packing.coding, Coding::Lz4);
    EXPECT_EQ(request->boundary, "x");
    EXPECT_TRUE(request->settings.empty());
}

}  // namespace
}  // namespace forgehouse::engine
