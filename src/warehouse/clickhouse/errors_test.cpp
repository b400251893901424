#include "warehouse/clickhouse/errors.h"

#include <gtest/gtest.h>

namespace forgehouse::warehouse::clickhouse {
namespace {

TEST(ErrorFromException, ReadsCodeNameAndMessage) {
    const Error e = error_from_exception(
        "Code: 62. DB::Exception: Syntax error: failed at position 1 (SELEC): SELEC 1. "
        "(SYNTAX_ERROR) (version 26.7.3.1 (official build))\n");
    EXPECT_EQ(e.code(), Errc::Invalid);
    EXPECT_EQ(e.field("code"), "62");
    EXPECT_EQ(e.field("name"), "SYNTAX_ERROR");
    EXPECT_EQ(e.field("message"), "Syntax error: failed at position 1 (SELEC): SELEC 1.");
    EXPECT_FALSE(e.hint().empty());
}

TEST(ErrorFromException, UnwrapsAnExceptionInAnother) {
    const Error e = error_from_exception(
        "Code: 73. DB::Exception: Code: 73. DB::Exception: Unknown format x. (UNKNOWN_FORMAT) "
        "(version 26.7.2.1). (UNKNOWN_FORMAT) (version 26.7.2.1)");
    EXPECT_EQ(e.field("message"), "Unknown format x.");
    EXPECT_EQ(e.field("name"), "UNKNOWN_FORMAT");
}

TEST(ErrorFromException, ReadsTheSpellingOfOldServers) {
    const Error e = error_from_exception(
        "Code: 60, e.displayText() = DB::Exception: Table default.x doesn't exist (version 18.16)");
    EXPECT_EQ(e.code(), Errc::Invalid);
    EXPECT_EQ(e.field("code"), "60");
    EXPECT_EQ(e.field("message"), "Table default.x doesn't exist");
}

TEST(ErrorFromException, SaysWhatToDo) {
    const auto code_of = [](int code) {
        return error_from_exception(fmt::format("Code: {}. DB::Exception: no. (X_Y)", code)).code();
    };
    EXPECT_EQ(code_of(241), Errc::Unavailable);
    EXPECT_EQ(code_of(252), Errc::Unavailable);
    EXPECT_EQ(code_of(243), Errc::Unavailable);
    EXPECT_EQ(code_of(164), Errc::Denied);
    EXPECT_EQ(code_of(516), Errc::Denied);
    EXPECT_EQ(code_of(394), Errc::Cancelled);
    EXPECT_EQ(code_of(246), Errc::Corrupt);
    EXPECT_EQ(code_of(99999), Errc::Invalid);
}

TEST(ErrorFromException, KnowsAFullDiskByItsText) {
    const Error e = error_from_exception(
        "Code: 75. DB::Exception: Cannot write to file /d/x: , errno: 28, strerror: No space left "
        "on device. (CANNOT_WRITE_TO_FILE_DESCRIPTOR)");
    EXPECT_EQ(e.code(), Errc::Unavailable);
    EXPECT_TRUE(e.hint().contains("free space"));
    const Error quoted = error_from_exception(
        "Code: 60. DB::Exception: Unknown table 'x' in scope SELECT 'No space left on device' FROM "
        "x. (UNKNOWN_TABLE)");
    EXPECT_EQ(quoted.code(), Errc::Invalid);
    EXPECT_FALSE(quoted.hint().contains("free space")) << quoted.hint();
}

TEST(ErrorFromException, TellsAMissingGrantFromWhatNobodyMay) {
    const Error server = error_from_exception(
        "Code: 497. DB::Exception: u: Not enough privileges. To execute this query, it's necessary "
        "to have the grant SELECT(x) ON default.t. (ACCESS_DENIED)");
    EXPECT_TRUE(server.hint().contains("grant")) << server.hint();
    const Error engine = error_from_exception(
        "Code: 497. DB::Exception: file() reaches outside the database. (ACCESS_DENIED)");
    EXPECT_EQ(engine.code(), Errc::Denied);
    EXPECT_FALSE(engine.hint().contains("grant")) << engine.hint();
}

TEST(ErrorFromException, HasAHintForACodeThatItDoesNotKnow) {
    EXPECT_FALSE(error_from_exception("Code: 395. DB::Exception: thrown. (X_Y)").hint().empty());
}

TEST(ErrorFromException, BearsAnything) {
    EXPECT_EQ(error_from_exception("").code(), Errc::Invalid);
    EXPECT_EQ(error_from_exception("Code: ").field("code"), "");
    EXPECT_EQ(error_from_exception("Code: 99999999999999999999. x").field("code"), "");
    EXPECT_EQ(error_from_exception("((((").field("message"), "((((");
    EXPECT_EQ(error_from_exception("\xFF\xFE").field("message"), "\uFFFD\uFFFD");
    const Error long_one =
        error_from_exception("Code: 6. DB::Exception: " + std::string(9000, 'x'));
    EXPECT_EQ(long_one.field("message").size(), 4000 + std::string_view("…").size());
}

TEST(ErrorFromAnswer, FallsBackOnTheStatus) {
    const Error proxy = error_from_answer({.status = 502, .body = "Bad Gateway"});
    EXPECT_EQ(proxy.code(), Errc::Unavailable);
    EXPECT_EQ(proxy.field("status"), "502");
    EXPECT_EQ(proxy.field("message"), "Bad Gateway");
    const Error real =
        error_from_answer({.status = 404, .body = "Code: 60. DB::Exception: no. (UNKNOWN_TABLE)"});
    EXPECT_EQ(real.code(), Errc::Invalid);
    EXPECT_EQ(real.field("name"), "UNKNOWN_TABLE");
}

TEST(AgainOf, TellsHeavyStatementsFromPassingTrouble) {
    const auto again = [](std::string_view text) { return again_of(error_from_exception(text)); };
    EXPECT_EQ(again("Code: 241. DB::Exception: x (MEMORY_LIMIT_EXCEEDED)"), Again::WritesOnly);
    EXPECT_EQ(again("Code: 252. DB::Exception: x (TOO_MANY_PARTS)"), Again::Yes);
    EXPECT_EQ(again_of(Error(Errc::Unavailable, "the connection broke")), Again::Yes);
}

}  // namespace
}  // namespace forgehouse::warehouse::clickhouse
