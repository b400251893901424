#include "engine/progress.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "engine/testing/live.h"
#include "exec/process.h"

namespace forgehouse::engine {
namespace {

TEST(ProgressRows, LeavesRowsAndColumnsOnce) {
    const std::string meta = "{\"meta\":[{\"name\":\"a\"}]}\n", progress = "{\"progress\":{}}\n",
                      row = "{\"row\":{\"a\":1}}\n", limit = "{\"rows_before_limit_at_least\":5}\n";
    ProgressRows rows;
    EXPECT_EQ(rows.take(progress + meta + row + progress + limit), meta + row);
    EXPECT_EQ(rows.take(meta + row + row + limit + "\n"), row + row);
    EXPECT_EQ(rows.take(meta + progress), "");
    EXPECT_EQ(rows.take(row), row);
    EXPECT_EQ(rows.end(), limit);
    ProgressRows none;
    EXPECT_EQ(none.take(""), "");
    EXPECT_EQ(none.take("{\"row\":1}"), "{\"row\":1}");
    EXPECT_EQ(none.end(), "");
}

TEST(ProgressRows, AreOfFourFormats) {
    for (const char* format : {"JSONEachRowWithProgress", "JSONStringsEachRowWithProgress",
                               "JSONCompactEachRowWithProgress"})
        EXPECT_TRUE(has_progress_rows(format)) << format;
    EXPECT_FALSE(has_progress_rows("JSONEachRow"));
}

TEST(Progress, IsWrittenAsClickHouseDoes) {
    EXPECT_EQ(progress_json({.read_rows = 5, .read_bytes = 40, .total_rows = 9, .elapsed_ns = 7}),
              R"({"read_rows":"5","read_bytes":"40","total_rows_to_read":"9","elapsed_ns":"7"})");
    EXPECT_EQ(progress_json({}), R"({"read_rows":"0","read_bytes":"0"})");
}

}  // namespace
}  // namespace forgehouse::engine

namespace forgehouse::engine::live {
namespace {

constexpr const char* kSlow =
    "SELECT number % 10 AS k, sum(sipHash64(number)) AS s FROM numbers(12000000) GROUP BY k "
    "ORDER BY k";

class ProgressLive : public OneEngine<ProgressLive> {
public:
    static std::unique_ptr<Child> start(const std::filesystem::path& folder) {
        auto child =
            std::make_unique<Child>(folder, std::vector<std::string>{"--listen", "127.0.0.1:0"});
        return child;
    }

protected:
    /// Head and body as they came.
    static std::string curl(const std::string& parameters, const std::string& sql) {
        const auto done = exec::run(
            exec::Context().with_timeout(std::chrono::seconds(60)),
            {.program = "/usr/bin/curl",
             .arguments = {"-sSi", "http://" + child_->tcp() + "/?" + parameters, "-d", sql}});
        return done ? done->out + done->error : done.error().describe();
    }
};

/// The values of a header that comes again and again.
std::vector<std::string> values(const std::string& head, const std::string& name) {
    std::vector<std::string> out;
    for (const std::string_view line : text::split(head, '\n'))
        if (line.starts_with(name + ": "))
            out.emplace_back(text::trim(line.substr(name.size() + 2)));
    return out;
}

std::uint64_t number_of(const std::string& json, const std::string& name) {
    const auto at = json.find("\"" + name + "\":\"");
    if (at == std::string::npos) return 0;
    const auto from = at + name.size() + 4;
    return static_cast<std::uint64_t>(
        text::to_int(json.substr(from, json.find('"', from) - from)).value_or(0));
}

TEST_F(ProgressLive, IsToldInTheHeadWhileAQueryRuns) {
    for (const std::string more : {"", "&wait_end_of_query=1", "&default_format=JSONCompact",
                                   "&enable_http_compression=1"}) {
        const std::string answer = curl(
            "send_progress_in_http_headers=1&http_headers_progress_interval_ms=20" + more, kSlow);
        const auto end = answer.find("\r\n\r\n");
        const std::string head = answer.substr(0, end);
        const auto told = values(head, "X-ClickHouse-Progress");
        ASSERT_GE(told.size(), 2U) << answer;
        std::uint64_t before = 0;
        for (const std::string& one : told) {
            EXPECT_GE(number_of(one, "read_rows"), before);
            before = number_of(one, "read_rows");
            EXPECT_EQ(number_of(one, "total_rows_to_read"), 12'000'000U) << one;
        }
        EXPECT_GT(number_of(told.back(), "elapsed_ns"), 0U);
        EXPECT_TRUE(head.starts_with("HTTP/1.1 200 OK\r\nX-ClickHouse-Progress: ")) << head;
        EXPECT_EQ(values(head, "Content-Type").size(), 1U);
        const auto summary = values(head, "X-ClickHouse-Summary");
        ASSERT_EQ(summary.size(), 1U);
        EXPECT_EQ(number_of(summary[0], "read_rows"), 12'000'000U);
        EXPECT_FALSE(answer.substr(end + 4).empty());
    }
    EXPECT_TRUE(values(curl("", kSlow), "X-ClickHouse-Progress").empty());
}

TEST_F(ProgressLive, LeavesAnErrorInTheHeadThatHasBegun) {
    const std::string answer =
        curl("send_progress_in_http_headers=1&http_headers_progress_interval_ms=20",
             "SELECT sum(throwIf(number = 11000000) + sipHash64(number)) FROM numbers(12000000)");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\nX-ClickHouse-Progress: ")) << answer;
    EXPECT_EQ(values(answer, "X-ClickHouse-Exception-Code"), std::vector<std::string>{"395"});
    EXPECT_NE(answer.find("\r\n\r\nCode: 395. DB::Exception"), std::string::npos) << answer;
}

TEST_F(ProgressLive, StandsAmongTheRows) {
    for (const std::string format :
         {"JSONEachRowWithProgress", "JSONStringsEachRowWithProgress",
          "JSONCompactEachRowWithProgress", "JSONCompactStringsEachRowWithProgress"}) {
        const std::string answer =
            curl("http_headers_progress_interval_ms=20", std::string(kSlow) + " FORMAT " + format);
        const std::string body = answer.substr(answer.find("\r\n\r\n") + 4);
        std::size_t rows = 0, metas = 0, told_before = 0;
        for (const std::string_view line : text::split(text::trim(body), '\n')) {
            EXPECT_TRUE(line.starts_with("{\"") && line.ends_with("}")) << line;
            rows += line.starts_with("{\"row\":") ? 1 : 0;
            metas += line.starts_with("{\"meta\":") ? 1 : 0;
            told_before += rows == 0 && line.starts_with("{\"progress\":") ? 1 : 0;
        }
        EXPECT_EQ(rows, 10U) << body;
        EXPECT_EQ(metas, 1U);
        EXPECT_GE(told_before, 2U) << body;
        const auto last = body.rfind("{\"progress\":");
        EXPECT_EQ(number_of(body.substr(last), "read_rows"), 12'000'000U);
    }
    // Many parts are one document.
    const std::string many =
        curl("", "SELECT number FROM numbers(300000) FORMAT JSONEachRowWithProgress");
    EXPECT_EQ(many.find("{\"meta\""), many.rfind("{\"meta\""));
    EXPECT_NE(many.find("{\"row\":{\"number\":299999}}"), std::string::npos);
    EXPECT_NE(curl("", "SELECT 1 AS a WHERE 0 FORMAT JSONEachRowWithProgress").find("{\"meta\""),
              std::string::npos);
}

TEST_F(ProgressLive, ABeginningThatIsHeldBackCanStillBecomeAnError) {
    const std::string late = "SELECT throwIf(number = 3000000) AS t FROM numbers(10000000)";
    EXPECT_TRUE(curl("max_block_size=65536&max_threads=1", late).starts_with("HTTP/1.1 200"));
    const std::string held = curl("buffer_size=10000000&max_block_size=65536&max_threads=1", late);
    EXPECT_TRUE(held.starts_with("HTTP/1.1 500")) << held.substr(0, 500);
    EXPECT_EQ(values(held, "X-ClickHouse-Exception-Code"), std::vector<std::string>{"395"});
    EXPECT_NE(curl("buffer_size=10000000", "SELECT 42").find("\r\n\r\n42\n"), std::string::npos);
    EXPECT_TRUE(
        curl("buffer_size=1000", "SELECT number FROM numbers(100000)").ends_with("\n99999\n"));
}

}  // namespace
}  // namespace forgehouse::engine::live
