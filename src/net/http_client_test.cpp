#include "net/http_client.h"

#include <gtest/gtest.h>

#include <atomic>

#include "net/testing/scripted_server.h"

namespace forgehouse::net {
namespace {

using namespace std::chrono_literals;
using testing::Peer;
using testing::ScriptedServer;

Request get(const ScriptedServer& server, std::string path = "/") {
    return {.url = server.url() + path, .unix_socket = server.socket()};
}

Request post(const ScriptedServer& server, decltype(Request::body) body) {
    return {.method = "POST",
            .url = server.url() + "/",
            .unix_socket = server.socket(),
            .body = std::move(body)};
}

/// Answers every request with what it was sent.
void echo(Peer& peer) {
    while (const auto seen = peer.read())
        peer.answer(200, seen->line + "\n" + seen->head + "\n" + seen->body);
}

struct HttpClientTest : ::testing::Test {
    exec::Context ctx = exec::Context().with_timeout(60s);
    HttpClient client{{}};

    Errc failure_of(const Request& request) {
        const auto got = client.send(ctx, request);
        EXPECT_FALSE(got);
        return got ? Errc::Conflict : got.error().code();
    }
};

TEST_F(HttpClientTest, SendsWhatItIsTold) {
    ScriptedServer server(echo);
    Request request = post(server, BodyParts{"one, ", "", "two"});
    request.headers = {
        {"X-Open", std::string("yes")}, {"X-Key", Secret("s3cret")}, {"X-Empty", ""}};
    const auto got = client.send(ctx, request);
    ASSERT_TRUE(got) << got.error().describe();
    EXPECT_EQ(got->status, 200);
    EXPECT_TRUE(got->body.starts_with("POST / HTTP/1.1\n")) << got->body;
    EXPECT_TRUE(got->body.contains("X-Open: yes\r\n"));
    EXPECT_TRUE(got->body.contains("X-Key: s3cret\r\n"));
    EXPECT_TRUE(got->body.contains("X-Empty:\r\n"));
    EXPECT_TRUE(got->body.contains("Content-Length: 8\r\n"));
    EXPECT_FALSE(got->body.contains("Expect"));
    EXPECT_FALSE(got->body.contains("Content-Type"));
    EXPECT_TRUE(got->body.ends_with("\none, two"));
}

TEST_F(HttpClientTest, KnowsTheMethodsWithoutBody) {
    ScriptedServer server(echo);
    Request request = get(server, "/a?b=c");
    EXPECT_TRUE(client.send(ctx, request)->body.starts_with("GET /a?b=c HTTP/1.1\n"));
    request.method = "DELETE";
    EXPECT_TRUE(client.send(ctx, request)->body.starts_with("DELETE /a?b=c HTTP/1.1\n"));
    request.method = "POST";
    EXPECT_TRUE(client.send(ctx, request)->body.contains("Content-Length: 0\r\n"));
}

TEST_F(HttpClientTest, AnswersHeadWithoutWaitingForABody) {
    ScriptedServer server([](Peer& peer) {
        while (peer.read()) peer.write("HTTP/1.1 200 X\r\nContent-Length: 5\r\n\r\n");
    });
    Request request = get(server);
    request.method = "HEAD";
    const auto got = client.send(ctx, request);
    ASSERT_TRUE(got) << got.error().describe();
    EXPECT_EQ(got->header("content-length"), "5");
    EXPECT_EQ(got->body, "");
}

TEST_F(HttpClientTest, UsesAConnectionAgain) {
    for (const auto over : {ScriptedServer::Over::Unix, ScriptedServer::Over::Tcp}) {
        ScriptedServer server(echo, over);
        for (int i = 0; i < 5; ++i) ASSERT_TRUE(client.send(ctx, get(server)));
        EXPECT_EQ(server.connections(), 1);
    }
}

TEST_F(HttpClientTest, ReplacesAKeptConnectionThatDied) {
    ScriptedServer server([](Peer& peer) {
        if (peer.read()) peer.answer(200, "once");
    });
    for (int i = 0; i < 3; ++i) {
        const auto got = client.send(ctx, post(server, BodyParts{"x"}));
        ASSERT_TRUE(got) << got.error().describe();
    }
    EXPECT_EQ(server.connections(), 3);
}

TEST_F(HttpClientTest, StreamsABodyThatIsMadeOnTheWay) {
    ScriptedServer server([](Peer& peer) {
        const auto seen = peer.read();
        ASSERT_TRUE(seen);
        peer.answer(200, fmt::format("{} {}", seen->body.size(), seen->body.ends_with("z")));
    });
    std::size_t left = 3'000'000;
    const auto produce = [&](std::span<char> buffer) -> Result<std::size_t> {
        const std::size_t n = std::min(left, buffer.size());
        std::fill_n(buffer.data(), n, 'z');
        left -= n;
        return n;
    };
    const auto got = client.send(ctx, post(server, BodyProducer(produce)));
    ASSERT_TRUE(got) << got.error().describe();
    EXPECT_EQ(got->body, "3000000 true");
}

TEST_F(HttpClientTest, ReturnsTheProducersError) {
    ScriptedServer server([](Peer& peer) { peer.wait_for_hangup(); });
    const auto produce = [](std::span<char>) -> Result<std::size_t> {
        return Failure(Error(Errc::Corrupt, "no more grain"));
    };
    const auto got = client.send(ctx, post(server, BodyProducer(produce)));
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().text(), "no more grain");
}

TEST_F(HttpClientTest, HandsAStreamOverInOrderWithItsHead) {
    const std::string piece(300'000, 'p');
    ScriptedServer server([&](Peer& peer) {
        peer.read();
        peer.start_chunks(200, "X-Tag: t\r\n");
        for (int i = 0; i < 20; ++i) peer.chunk(piece);
        peer.end_chunks();
    });
    std::size_t bytes = 0;
    const auto got = client.stream(
        ctx, get(server), [&](const Response& head, std::string_view part) -> Result<void> {
            EXPECT_EQ(head.status, 200);
            EXPECT_EQ(head.header("x-tag"), "t");
            bytes += part.size();
            return {};
        });
    ASSERT_TRUE(got) << got.error().describe();
    EXPECT_EQ(bytes, 20 * piece.size());
    EXPECT_EQ(got->body, "");
}

TEST_F(HttpClientTest, KeepsTheBodyOfARefusalFromTheSink) {
    ScriptedServer server([](Peer& peer) {
        if (peer.read()) peer.answer(503, "later", "Retry-After: 7\r\n");
    });
    const auto got =
        client.stream(ctx, get(server), [](const Response&, std::string_view) -> Result<void> {
            return Failure(Error(Errc::Invalid, "must not be called"));
        });
    ASSERT_TRUE(got) << got.error().describe();
    EXPECT_EQ(got->status, 503);
    EXPECT_EQ(got->body, "later");
    EXPECT_EQ(retry_after(*got, Time()), 7000ms);
}

// A sink that does not take its bytes holds up nobody else, and the peer is not read from.
TEST_F(HttpClientTest, PausesBehindASlowSinkOnly) {
    exec::Monitor<std::size_t> written(0);
    ScriptedServer endless([&](Peer& peer) {
        peer.read();
        peer.start_chunks(200);
        const std::string piece(100'000, 'e');
        while (peer.chunk(piece)) written.with([&](std::size_t& n) { n += piece.size(); });
    });
    ScriptedServer quick(echo);
    bool first = true;
    const auto got =
        client.stream(ctx, get(endless), [&](const Response&, std::string_view) -> Result<void> {
            if (!first) return Failure(Error(Errc::Conflict, "enough"));
            first = false;
            for (int i = 0; i < 50; ++i) TRY(client.send(ctx, get(quick)));
            return {};
        });
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().text(), "enough");
    EXPECT_LT(written.with([](std::size_t& n) { return n; }), 16'000'000u);
}

TEST_F(HttpClientTest, SaysWhenTheAnswerWasCut) {
    ScriptedServer server([](Peer& peer) {
        peer.read();
        peer.start_chunks(200);
        peer.chunk("half");
        if (peer.number() % 2 == 1) peer.reset_on_close();
    });
    for (int i = 0; i < 2; ++i) {
        std::string bytes;
        const auto got = client.stream(ctx, get(server),
                                       [&](const Response&, std::string_view part) -> Result<void> {
                                           bytes += part;
                                           return {};
                                       });
        ASSERT_FALSE(got);
        EXPECT_EQ(got.error().code(), Errc::Unavailable);
        EXPECT_EQ(got.error().field("stage"), "transfer");
    }
    ScriptedServer short_one([](Peer& peer) {
        peer.read();
        peer.write("HTTP/1.1 200 X\r\nContent-Length: 100\r\n\r\nhalf");
    });
    EXPECT_EQ(failure_of(get(short_one)), Errc::Unavailable);
}

TEST_F(HttpClientTest, SaysWhenNobodyAnswers) {
    Request nowhere{.url = "http://localhost/", .unix_socket = "/tmp/there-is-no-such.sock"};
    const auto got = client.send(ctx, nowhere);
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code(), Errc::Unavailable);
    EXPECT_EQ(got.error().field("stage"), "connect");
    EXPECT_EQ(got.error().field("host"), "/tmp/there-is-no-such.sock");
}

TEST_F(HttpClientTest, ReturnsAtOnceWhenStopped) {
    std::stop_source source;
    ScriptedServer server([&](Peer& peer) {
        peer.read();
        peer.start_chunks(200);
        peer.chunk("drop");
        source.request_stop();
        peer.wait_for_hangup();  // proves that the connection is closed, not kept
    });
    exec::Context stopping(source.get_token());
    const auto got = client.send(stopping, get(server));
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code(), Errc::Cancelled);
    EXPECT_FALSE(client.send(stopping, get(server)));
    EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpClientTest, ReturnsAtItsDeadline) {
    ScriptedServer server([](Peer& peer) { peer.wait_for_hangup(); });
    exec::Context soon = ctx.with_timeout(20ms);
    const auto got = client.send(soon, get(server));
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code(), Errc::Cancelled);
}

TEST_F(HttpClientTest, LeavesAPeerThatFallsSilent) {
    ScriptedServer server([](Peer& peer) { peer.wait_for_hangup(); });
    HttpClient impatient({.longest_silence = 1s});
    const auto got = impatient.send(ctx, get(server));
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code(), Errc::Unavailable);
    EXPECT_EQ(got.error().field("stage"), "transfer");
    EXPECT_FALSE(got.error().hint().empty());
}

TEST_F(HttpClientTest, LeavesDotsInAPathAsTheyAre) {
    ScriptedServer server(echo);
    EXPECT_TRUE(
        client.send(ctx, get(server, "/a/../b/./c"))->body.starts_with("GET /a/../b/./c HTTP"));
}

TEST_F(HttpClientTest, FollowsNoRedirect) {
    ScriptedServer server([](Peer& peer) {
        while (peer.read()) peer.answer(302, "", "Location: /elsewhere\r\n");
    });
    const auto got = client.send(ctx, get(server));
    ASSERT_TRUE(got) << got.error().describe();
    EXPECT_EQ(got->status, 302);
    EXPECT_EQ(got->header("location"), "/elsewhere");
    EXPECT_EQ(errc_of_status(302), Errc::Invalid);
}

TEST_F(HttpClientTest, RefusesMoreThanItCanTake) {
    ScriptedServer long_body([](Peer& peer) {
        while (peer.read()) peer.answer(200, std::string(1001, 'x'));
    });
    Request request = get(long_body);
    request.answer_limit = 1000;
    EXPECT_EQ(failure_of(request), Errc::Corrupt);
    request.answer_limit = 1001;
    EXPECT_TRUE(client.send(ctx, request));

    ScriptedServer long_field([](Peer& peer) {
        peer.read();
        peer.write("HTTP/1.1 200 X\r\nX-Long: " + std::string(1'000'000, 'x') + "\r\n\r\n");
    });
    EXPECT_EQ(failure_of(get(long_field)), Errc::Corrupt);

    ScriptedServer many_fields([](Peer& peer) {
        peer.read();
        peer.write("HTTP/1.1 200 X\r\n");
        while (peer.write("X-Another: " + std::string(1000, 'x') + "\r\n")) {
        }
    });
    EXPECT_EQ(failure_of(get(many_fields)), Errc::Corrupt);
}

TEST_F(HttpClientTest, RefusesWhatIsNotHttp) {
    ScriptedServer server([](Peer& peer) {
        peer.read();
        peer.write("SSH-2.0-OpenSSH_9.2\r\n");
    });
    EXPECT_EQ(failure_of(get(server)), Errc::Corrupt);
}

TEST_F(HttpClientTest, RefusesRequestsThatCannotBeRight) {
    const auto refused = [&](Request request) {
        const auto got = client.send(ctx, request);
        if (got) return std::string("accepted");
        EXPECT_EQ(got.error().code(), Errc::Invalid);
        EXPECT_FALSE(got.error().hint().empty());
        return got.error().describe() + std::string(got.error().hint());
    };
    for (const char* url : {"", "ftp://host/", "file:///etc/passwd", "http://", "no url"})
        EXPECT_NE(refused({.url = url}), "accepted") << url;
    EXPECT_FALSE(refused({.url = "http://me:s3cret@host/"}).contains("s3cret"));
    const std::string told =
        refused({.url = "http://host/", .headers = {{"X-Key", Secret("s3cret\r\nX-Admin: 1")}}});
    EXPECT_FALSE(told.contains("s3cret"));
    EXPECT_NE(refused({.url = "http://host/", .headers = {{"X: y", "z"}}}), "accepted");
    EXPECT_NE(refused({.method = "GET / HTTP/1.1\r\n", .url = "http://host/"}), "accepted");
}

TEST_F(HttpClientTest, ServesManyCallersAtOnce) {
    ScriptedServer server(echo);
    std::atomic<int> good = 0;
    {
        std::vector<std::jthread> callers;
        for (int c = 0; c < 8; ++c)
            callers.emplace_back([&, c] {
                for (int i = 0; i < 25; ++i) {
                    const std::string path = fmt::format("/{}/{}", c, i);
                    const auto got = client.send(ctx, get(server, path));
                    if (got && got->body.starts_with("GET " + path + " ")) ++good;
                }
            });
    }
    EXPECT_EQ(good, 200);
    EXPECT_LE(server.connections(), 8);
}

TEST(HttpStatus, SaysWhatToDo) {
    EXPECT_EQ(errc_of_status(400), Errc::Invalid);
    EXPECT_EQ(errc_of_status(401), Errc::Denied);
    EXPECT_EQ(errc_of_status(404), Errc::NotFound);
    EXPECT_EQ(errc_of_status(409), Errc::Conflict);
    EXPECT_EQ(errc_of_status(429), Errc::RateLimited);
    EXPECT_EQ(errc_of_status(500), Errc::Unavailable);
}

TEST(RetryAfter, ReadsSecondsAndDates) {
    const auto after = [](std::string value) {
        return retry_after({.status = 429, .headers = {{"retry-after", std::move(value)}}},
                           Time::from_seconds(784111777));
    };
    EXPECT_EQ(after("120"), 120s);
    EXPECT_EQ(after("-5"), 0s);
    EXPECT_EQ(after("Sun, 06 Nov 1994 08:49:47 GMT"), 10s);
    EXPECT_EQ(after("Sun, 06 Nov 1994 08:00:00 GMT"), 0s);
    EXPECT_EQ(after("soon"), std::nullopt);
    EXPECT_EQ(after(""), std::nullopt);
}

TEST(PercentEncoded, LeavesOnlyWhatIsPlainEverywhere) {
    EXPECT_EQ(percent_encoded("az-09_.~"), "az-09_.~");
    EXPECT_EQ(percent_encoded("a b/c?d&e=\xC3\xA9+'"), "a%20b%2Fc%3Fd%26e%3D%C3%A9%2B%27");
}

}  // namespace
}  // namespace forgehouse::net
