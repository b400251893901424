#include "warehouse/clickhouse/statement.h"

#include <gtest/gtest.h>

namespace forgehouse::warehouse::clickhouse {
namespace {

std::string_view revealed(const net::Request& request, std::string_view name) {
    for (const net::Header& header : request.headers) {
        if (header.name != name) continue;
        const auto* open = std::get_if<std::string>(&header.value);
        return open != nullptr ? std::string_view(*open) : std::get<Secret>(header.value).reveal();
    }
    return "(none)";
}

TEST(RequestFor, KeepsSecretsOutOfTheUrl) {
    const Endpoint endpoint{.url = "https://ch.example:8443",
                            .user = "me",
                            .password = Secret("s3cret"),
                            .layout = {.database = "d b"},
                            .writer_headers = {{"X-Writer", Secret("t0ken")}}};
    const net::Request read = request_for(endpoint, {.sql = "SELECT 1"});
    EXPECT_EQ(read.url, "https://ch.example:8443/");
    EXPECT_EQ(std::get<net::BodyParts>(read.body), net::BodyParts{"SELECT 1"});
    EXPECT_EQ(revealed(read, "X-ClickHouse-User"), "me");
    EXPECT_EQ(revealed(read, "X-ClickHouse-Key"), "s3cret");
    EXPECT_EQ(revealed(read, "X-ClickHouse-Database"), "d b");
    EXPECT_EQ(revealed(read, "X-Writer"), "(none)");
    const net::Request write =
        request_for(endpoint, {.sql = "CREATE x", .writes = true, .in_database = false});
    EXPECT_EQ(revealed(write, "X-Writer"), "t0ken");
    EXPECT_EQ(revealed(write, "X-ClickHouse-Database"), "(none)");
}

TEST(RequestFor, SendsDataBehindAStatementInTheUrl) {
    const Endpoint endpoint{.url = "http://h/"};
    const std::vector<ports::Parameter> parameters{{"p", "a\tb&c"}};
    const net::Request request = request_for(endpoint, {.sql = "INSERT {p:String}",
                                                        .parameters = parameters,
                                                        .settings = {{"async_insert", "0"}},
                                                        .data = {"one", "two"}});
    EXPECT_EQ(request.url,
              "http://h/?query=INSERT%20%7Bp%3AString%7D&async_insert=0&param_p=a%5Ctb%26c");
    EXPECT_EQ(std::get<net::BodyParts>(request.body), (net::BodyParts{"one", "two"}));
}

TEST(BoundText, EscapesWhatIsReadAsAField) {
    const std::string_view sql = "SELECT {a:String}, { b : Array(String) }, {c:UInt64}, {'x'}";
    EXPECT_EQ(bound_text(sql, {"a", "x\\y\nz"}), "x\\\\y\\nz");
    EXPECT_EQ(bound_text(sql, {"b", "['x\\\\y']"}), "['x\\\\y']");
    EXPECT_EQ(bound_text(sql, {"c", "7"}), "7");
    EXPECT_EQ(bound_text(sql, {"unknown", "\t"}), "\\t");
}

}  // namespace
}  // namespace forgehouse::warehouse::clickhouse
