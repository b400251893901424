#include "warehouse/clickhouse/client.h"

#include <gtest/gtest.h>

#include "exec/guarded.h"
#include "net/testing/scripted_server.h"
#include "schema/batch.h"
#include "warehouse/clickhouse/native.h"

namespace forgehouse::warehouse::clickhouse {
namespace {

using namespace std::chrono_literals;
using net::testing::Peer;
using net::testing::ScriptedServer;
using net::testing::SeenRequest;

struct Row {
    std::string name;
    std::uint32_t count;
};
constexpr auto kRows =
    schema::shape<Row>("rows", schema::column<&Row::name>(""), schema::column<&Row::count>(""));

schema::Batch sample(int rows) {
    schema::Batch batch(kRows.info());
    for (int i = 0; i < rows; ++i)
        batch.append(kRows,
                     {.name = fmt::format("n{}", i), .count = static_cast<std::uint32_t>(i)});
    return batch;
}

std::string encoded(const schema::Batch& batch) {
    std::string out;
    const NativeBlock block(batch);
    for (const std::string_view part : block.parts()) out += part;
    return out;
}

constexpr std::string_view kMemory =
    "Code: 241. DB::Exception: Memory limit exceeded. (MEMORY_LIMIT_EXCEEDED) (version 26.7)";
constexpr std::string_view kParts =
    "Code: 252. DB::Exception: Too many parts. (TOO_MANY_PARTS) (version 26.7)";
constexpr std::string_view kSyntax =
    "Code: 62. DB::Exception: Syntax error. (SYNTAX_ERROR) (version 26.7)";

/// A client whose server runs `script` for each request, with the number of that request. Waits
/// between tries are counted, not waited.
class Rig {
public:
    using Script = std::function<void(Peer&, const SeenRequest&, int number)>;

    explicit Rig(Script script)
        : server_([this, script = std::move(script)](Peer& peer) {
              while (const auto seen = peer.read()) {
                  const int number = seen_.with([&](auto& all) {
                      all.push_back(*seen);
                      return static_cast<int>(all.size()) - 1;
                  });
                  script(peer, *seen, number);
                  if (hang_up_.with([](bool& now) { return std::exchange(now, false); })) return;
              }
          }) {}

    Client client() {
        return Client({.url = server_.url(), .unix_socket = server_.socket()},
                      {.http = http_,
                       .retry = {.policy = {},
                                 .uniform = [] { return 0.0; },
                                 .sleep = [this](exec::Context& c,
                                                 std::chrono::milliseconds) -> Result<void> {
                                     ++waits;
                                     return c.check();
                                 }},
                       .revive = [this](exec::Context&) -> Result<void> {
                           ++revived;
                           return revival;
                       }});
    }
    /// The connection closes after the answer that is being given.
    void hang_up() {
        hang_up_.with([](bool& now) { now = true; });
    }
    std::vector<SeenRequest> seen() {
        return seen_.with([](auto& all) { return all; });
    }

    exec::Context ctx = exec::Context().with_timeout(60s);
    int waits = 0;
    int revived = 0;
    Result<void> revival;

private:
    exec::Guarded<std::vector<SeenRequest>> seen_;
    exec::Guarded<bool> hang_up_;
    net::HttpClient http_{{}};
    ScriptedServer server_;
};

TEST(ClickHouseClient, InsertsABlockUnderItsToken) {
    Rig rig([](Peer& peer, const SeenRequest&, int) { peer.answer(200, ""); });
    ASSERT_TRUE(rig.client().insert(rig.ctx, sample(3), "the token"));
    ASSERT_EQ(rig.seen().size(), 1u);
    const SeenRequest seen = rig.seen()[0];
    EXPECT_TRUE(
        seen.line.starts_with("POST /?query=INSERT%20INTO%20%60rows%60%20%28%60name%60%2C"));
    EXPECT_TRUE(seen.line.contains("&async_insert=0&"));
    EXPECT_TRUE(seen.line.contains("&insert_deduplication_token=the%20token"));
    EXPECT_EQ(seen.body, encoded(sample(3)));
}

TEST(ClickHouseClient, InsertsNothingWithoutAsking) {
    Rig rig([](Peer& peer, const SeenRequest&, int) { peer.answer(200, ""); });
    EXPECT_TRUE(rig.client().insert(rig.ctx, sample(0), "t"));
    EXPECT_TRUE(rig.seen().empty());
}

TEST(ClickHouseClient, WaitsForOneThatWasThereBefore) {
    Rig rig([&](Peer& peer, const SeenRequest&, int number) {
        if (number > 0 && number < 14) return rig.hang_up();
        peer.answer(200, "");
    });
    Client client = rig.client();
    ASSERT_TRUE(client.insert(rig.ctx, sample(1), "t"));
    const auto done = client.insert(rig.ctx, sample(1), "u");
    ASSERT_TRUE(done) << done.error().describe();
    EXPECT_GE(rig.waits, 12);  // one may go unseen: a kept connection that has closed is replaced
    Rig never([&](Peer&, const SeenRequest&, int) { never.hang_up(); });
    EXPECT_FALSE(never.client().insert(never.ctx, sample(1), "t"));
    EXPECT_EQ(never.waits, 4);
}

TEST(ClickHouseClient, WaitsNoLongerForOneThatRefuses) {
    Rig rig([&](Peer& peer, const SeenRequest&, int number) {
        number == 0 ? peer.answer(200, "") : peer.answer(500, kMemory);
    });
    Client client = rig.client();
    ASSERT_TRUE(client.insert(rig.ctx, sample(1), "t"));
    EXPECT_FALSE(client.insert(rig.ctx, sample(1), "u"));
    EXPECT_EQ(rig.waits, 4);
}

TEST(ClickHouseClient, RepeatsAWriteWithTheSameToken) {
    Rig rig([&](Peer& peer, const SeenRequest&, int number) {
        if (number == 0) return rig.hang_up();  // no answer at all
        if (number == 1) return void(peer.answer(500, kMemory));
        if (number == 2) return void(peer.answer(500, kParts));
        peer.answer(200, "");
    });
    const auto done = rig.client().insert(rig.ctx, sample(2), "t");
    ASSERT_TRUE(done) << done.error().describe();
    const auto seen = rig.seen();
    ASSERT_EQ(seen.size(), 4u);
    EXPECT_EQ(rig.waits, 3);
    EXPECT_EQ(rig.revived, 1);
    for (const SeenRequest& request : seen) {
        EXPECT_EQ(request.line, seen[0].line);
        EXPECT_EQ(request.body, seen[0].body);
    }
}

TEST(ClickHouseClient, DoesNotRepeatWhatIsWrong) {
    Rig rig([](Peer& peer, const SeenRequest&, int) { peer.answer(400, kSyntax); });
    const auto done = rig.client().insert(rig.ctx, sample(2), "t");
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code(), Errc::Invalid);
    EXPECT_EQ(done.error().field("code"), "62");
    EXPECT_EQ(rig.seen().size(), 1u);
}

TEST(ClickHouseClient, DoesNotRepeatAReadThatIsTooHeavy) {
    Rig rig([](Peer& peer, const SeenRequest&, int) { peer.answer(500, kMemory); });
    const auto got = rig.client().ask(rig.ctx, ports::Query("SELECT 1"));
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code(), Errc::Unavailable);
    EXPECT_TRUE(got.error().hint().contains("engine.memory"));
    EXPECT_EQ(rig.seen().size(), 1u);
}

TEST(ClickHouseClient, AsksWithBoundParametersAndWithoutTheRightToWrite) {
    Rig rig([](Peer& peer, const SeenRequest&, int) {
        peer.answer(200, "a\tb\nUInt8\tNullable(String)\n1\t\\N\n",
                    "X-ClickHouse-Format: TabSeparatedWithNamesAndTypes\r\n");
    });
    const auto got = rig.client().ask(rig.ctx, ports::Query("SELECT {x:String}", {{"x", "a&b\n"}}));
    ASSERT_TRUE(got) << got.error().describe();
    ASSERT_EQ(got->rows.size(), 1u);
    EXPECT_EQ(got->rows[0][0], "1");
    EXPECT_EQ(got->rows[0][1], std::nullopt);
    const SeenRequest seen = rig.seen()[0];
    EXPECT_EQ(seen.body, "SELECT {x:String}");
    EXPECT_TRUE(seen.line.contains("final=1"));
    EXPECT_TRUE(seen.line.contains("readonly=1"));
    EXPECT_TRUE(seen.line.contains("param_x=a%26b%5Cn"));
}

TEST(ClickHouseClient, AsksAgainFromTheStartWhenTheAnswerWasCut) {
    Rig rig([&](Peer& peer, const SeenRequest&, int number) {
        peer.start_chunks(200);
        peer.chunk("a\nUInt8\n1\n");
        if (number == 0) return rig.hang_up();
        peer.end_chunks();
    });
    const auto got = rig.client().ask(rig.ctx, ports::Query("SELECT 1"));
    ASSERT_TRUE(got) << got.error().describe();
    EXPECT_EQ(got->rows.size(), 1u);
    EXPECT_EQ(rig.revived, 1);
}

TEST(ClickHouseClient, RefusesAFormatThatTheStatementChose) {
    Rig rig([](Peer& peer, const SeenRequest&, int) {
        peer.answer(200, "{}", "X-ClickHouse-Format: JSON\r\n");
    });
    const auto got = rig.client().ask(rig.ctx, ports::Query("SELECT 1 FORMAT JSON"));
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code(), Errc::Invalid);
    EXPECT_EQ(got.error().field("format"), "JSON");
}

TEST(ClickHouseClient, ReadsBlocks) {
    Rig rig([](Peer& peer, const SeenRequest&, int) {
        peer.start_chunks(200);
        peer.chunk(encoded(sample(2)) + encoded(sample(5)).substr(0, 20));
        peer.chunk(encoded(sample(5)).substr(20));
        peer.end_chunks();
    });
    std::vector<std::size_t> rows;
    const auto done = rig.client().read(rig.ctx, ports::Query("SELECT"), kRows.info(),
                                        [&](const schema::Batch& batch) -> Result<void> {
                                            rows.push_back(batch.rows());
                                            return {};
                                        });
    ASSERT_TRUE(done) << done.error().describe();
    EXPECT_EQ(rows, (std::vector<std::size_t>{2, 5}));
}

TEST(ClickHouseClient, FindsTheExceptionBehindTheFirstRows) {
    Rig rig([](Peer& peer, const SeenRequest&, int) {
        peer.start_chunks(200, "X-ClickHouse-Exception-Tag: abcdefghijklmnop\r\n");
        peer.chunk("1\n2\n\r\n__exception__\r\nabcdefghijklmnop\r\n");
        peer.chunk(kMemory);
        peer.chunk("\r\n90 abcdefghijklmnop\r\n__exception__\r\n");
        peer.end_chunks();
    });
    std::string data;
    const auto done = rig.client().pass_through(rig.ctx, ports::Query("SELECT"), "TSV",
                                                [&](std::string_view bytes) -> Result<void> {
                                                    data += bytes;
                                                    return {};
                                                });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().field("code"), "241");
    EXPECT_EQ(data, "1\n2\n");
    EXPECT_EQ(rig.seen().size(), 1u);
}

TEST(ClickHouseClient, FindsAnExceptionInTheHead) {
    Rig rig([](Peer& peer, const SeenRequest&, int) {
        peer.answer(200, kSyntax, "X-ClickHouse-Exception-Code: 62\r\n");
    });
    const auto got = rig.client().ask(rig.ctx, ports::Query("SELECT"));
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().field("code"), "62");
}

TEST(ClickHouseClient, DoesNotRepeatAReadThatHasDelivered) {
    Rig rig([&](Peer& peer, const SeenRequest&, int) {
        peer.start_chunks(200);
        peer.chunk(std::string(1000, 'x'));
        rig.hang_up();
    });
    std::string data;
    const auto done = rig.client().pass_through(rig.ctx, ports::Query("SELECT"), "TSV",
                                                [&](std::string_view bytes) -> Result<void> {
                                                    data += bytes;
                                                    return {};
                                                });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code(), Errc::Unavailable);
    EXPECT_FALSE(done.error().hint().empty());
    EXPECT_EQ(data.size(), 1000u);
    EXPECT_EQ(rig.seen().size(), 1u);
}

TEST(ClickHouseClient, PassesTheSinksErrorOn) {
    Rig rig([](Peer& peer, const SeenRequest&, int) { peer.answer(200, std::string(1000, 'x')); });
    const auto done = rig.client().pass_through(
        rig.ctx, ports::Query("SELECT"), "TSV",
        [](std::string_view) -> Result<void> { return Failure(Error(Errc::Conflict, "full")); });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().text(), "full");
    EXPECT_EQ(rig.seen().size(), 1u);
}

TEST(ClickHouseClient, RefusesAFormatThatIsNoName) {
    Rig rig([](Peer& peer, const SeenRequest&, int) { peer.answer(200, ""); });
    for (const char* format : {"", "TSV; DROP TABLE x", "A B", "../x"}) {
        const auto done =
            rig.client().pass_through(rig.ctx, ports::Query("SELECT"), format,
                                      [](std::string_view) { return Result<void>(); });
        ASSERT_FALSE(done);
        EXPECT_EQ(done.error().code(), Errc::Invalid);
    }
    EXPECT_TRUE(rig.seen().empty());
}

TEST(ClickHouseClient, ReturnsWhatKeepsTheServerDown) {
    Rig rig([&](Peer&, const SeenRequest&, int) { rig.hang_up(); });
    rig.revival = Failure(Error(Errc::Invalid, "the library is missing"));
    const auto done = rig.client().insert(rig.ctx, sample(1), "t");
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().text(), "the library is missing");
    EXPECT_EQ(rig.revived, 1);
    EXPECT_EQ(rig.seen().size(), 1u);
}

TEST(ClickHouseClient, StopsWithItsContext) {
    std::stop_source source;
    Rig rig([&](Peer& peer, const SeenRequest&, int) {
        source.request_stop();
        peer.wait_for_hangup();
    });
    rig.ctx = exec::Context(source.get_token());
    const auto got = rig.client().ask(rig.ctx, ports::Query("SELECT sleep(3600)"));
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code(), Errc::Cancelled);
    EXPECT_EQ(rig.revived, 0);
}

}  // namespace
}  // namespace forgehouse::warehouse::clickhouse
