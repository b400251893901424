#include "warehouse/clickhouse/body_filter.h"

#include <gtest/gtest.h>

namespace forgehouse::warehouse::clickhouse {
namespace {

const std::string kMessage = "Code: 395. DB::Exception: Value is non-zero. (FUNCTION_THROW_IF)";

std::string tagged(std::string_view data, std::string_view tag) {
    return fmt::format("{}\r\n__exception__\r\n{}\r\n{}\n{} {}\r\n__exception__\r\n", data, tag,
                       kMessage, kMessage.size() + 1, tag);
}

struct Outcome {
    std::string data;
    Result<void> end;
};

/// The answer in pieces of each size from 1 on must come out the same.
Outcome filtered(std::string_view answer, std::string_view tag, bool cut, std::size_t piece) {
    BodyFilter filter(tag);
    Outcome out;
    const ports::ByteSink sink = [&](std::string_view bytes) -> Result<void> {
        out.data += bytes;
        return {};
    };
    for (std::size_t i = 0; i < answer.size(); i += piece)
        EXPECT_TRUE(filter.feed(answer.substr(i, piece), sink));
    const Error broken(Errc::Unavailable, "the connection broke");
    out.end = filter.finish(cut ? &broken : nullptr, sink);
    return out;
}

class BodyFilterTest : public ::testing::TestWithParam<std::size_t> {};
INSTANTIATE_TEST_SUITE_P(Pieces, BodyFilterTest, ::testing::Values(1, 2, 7, 16, 33, 64, 100000));

TEST_P(BodyFilterTest, LetsDataPass) {
    const std::string data = "1\n2\n__exception__\r\n\r\n__exception__\r\nwrongtag\r\n3\r\n";
    for (const bool cut : {false, true}) {
        const Outcome out = filtered(data, "abcdefghijklmnop", cut, GetParam());
        EXPECT_EQ(out.data, data);
        EXPECT_EQ(out.end.has_value(), !cut);
    }
}

TEST_P(BodyFilterTest, FindsATaggedException) {
    for (const bool cut : {false, true}) {
        const Outcome out =
            filtered(tagged("1\n2\n", "tagtagtagtagtagt"), "tagtagtagtagtagt", cut, GetParam());
        EXPECT_EQ(out.data, "1\n2\n");
        ASSERT_FALSE(out.end);
        EXPECT_EQ(out.end.error().field("code"), "395");
        EXPECT_EQ(out.end.error().field("name"), "FUNCTION_THROW_IF");
        EXPECT_EQ(out.end.error().field("message"), "Value is non-zero.");
    }
}

TEST_P(BodyFilterTest, FindsAnUntaggedExceptionWhereTheAnswerWasCut) {
    const std::string answer = "1\n\r\n__exception__\r\n" + kMessage;
    const Outcome cut = filtered(answer, "", true, GetParam());
    EXPECT_EQ(cut.data, "1\n");
    ASSERT_FALSE(cut.end);
    EXPECT_EQ(cut.end.error().field("code"), "395");
    const Outcome whole = filtered(answer, "", false, GetParam());
    EXPECT_EQ(whole.data, answer);
    EXPECT_TRUE(whole.end);
}

TEST_P(BodyFilterTest, GivesUpAnUntaggedMarkInTheMiddle) {
    const std::string answer = "\r\n__exception__\r\nCode: " + std::string(400'000, 'x') + "end";
    const Outcome out = filtered(answer, "", true, std::max<std::size_t>(GetParam(), 64));
    EXPECT_EQ(out.data, answer);
    ASSERT_FALSE(out.end);
    EXPECT_EQ(out.end.error().text(), "the connection broke");
}

TEST(BodyFilter, PassesTheSinksErrorOn) {
    BodyFilter filter("");
    const auto got = filter.feed(std::string(1000, 'x'), [](std::string_view) -> Result<void> {
        return Failure(Error(Errc::Conflict, "full"));
    });
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().text(), "full");
}

}  // namespace
}  // namespace forgehouse::warehouse::clickhouse
