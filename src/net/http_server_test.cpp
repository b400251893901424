#include "net/http_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>

#include "base/text.h"
#include "exec/guarded.h"

namespace forgehouse::net {
namespace {

constexpr int kPatienceMs = 20'000;

/// A client that sends bytes as they are and reads to the end of the connection or of a text.
class Client {
public:
    explicit Client(const std::string& address) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        const auto colon = address.find(':');
        to.sin_port =
            htons(static_cast<std::uint16_t>(text::to_int(address.substr(colon + 1)).value_or(0)));
        ::inet_pton(AF_INET, address.substr(0, colon).c_str(), &to.sin_addr);
        fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        EXPECT_EQ(::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
    }
    ~Client() { close(); }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    void send(std::string_view bytes) {
        EXPECT_EQ(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(bytes.size()));
    }
    /// Everything up to `end`, or to the connection's end.
    std::string read_until(std::string_view end) {
        while (end.empty() || seen_.find(end) == std::string::npos) {
            pollfd p{.fd = fd_, .events = POLLIN, .revents = 0};
            char bytes[4096];
            if (::poll(&p, 1, kPatienceMs) <= 0) return seen_ + "<silence>";
            const ssize_t n = ::recv(fd_, bytes, sizeof bytes, 0);
            was_reset_ = n < 0 && errno == ECONNRESET;
            if (n <= 0) return std::exchange(seen_, "");
            seen_.append(bytes, static_cast<std::size_t>(n));
        }
        const std::size_t at = seen_.find(end) + end.size();
        std::string out = seen_.substr(0, at);
        seen_.erase(0, at);
        return out;
    }
    std::string ask(std::string_view request) {
        send(request);
        return read_until("");
    }
    void close() {
        if (fd_ >= 0) ::close(fd_);
        fd_ = -1;
    }

    bool was_reset() const noexcept { return was_reset_; }

private:
    int fd_;
    std::string seen_;
    bool was_reset_ = false;
};

/// Echoes: the method, the target and the body.
void echo(exec::Context& ctx, const HttpRequest& request, BodyReader& body,
          ResponseWriter& response) {
    std::string all;
    for (;;) {
        const auto part = body.read(ctx, 100);
        if (!part) {
            response.close_after();
            (void)response.send(ctx, 400, {}, part.error().text());
            return;
        }
        if (part->empty()) break;
        all += *part;
    }
    (void)response.send(ctx, 200, {{"X-Evil", "a\r\nb"}},
                        request.method + " " + request.target + " " + all);
}

struct Server {
    explicit Server(HttpHandler handler, HttpLimits limits = {}, std::size_t workers = 4,
                    HttpDoorman doorman = {},
                    std::function<std::string(const HttpRequest&)> party = {})
        : http({.handler = std::move(handler),
                .doorman = std::move(doorman),
                .party = std::move(party),
                .workers = workers,
                .limits = limits}) {
        auto listener = Listener::tcp("127.0.0.1:0", "test");
        EXPECT_TRUE(listener) << listener.error().describe();
        address = listener->address();
        http.add(std::move(*listener));
    }
    std::string address;
    HttpServer http;
};

constexpr std::string_view kClose = "Host: a\r\nConnection: close\r\n";

TEST(HttpServer, AnswersOnOneConnectionAgainAndAgain) {
    Server server(echo);
    Client client(server.address);
    for (int i = 0; i < 3; ++i) {
        client.send("POST /x?y HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
        const std::string answer = client.read_until("POST /x?y hello");
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
        EXPECT_NE(answer.find("X-Evil: a  b\r\n"), std::string::npos) << answer;
    }
    // Two at once, and the second is answered after the first.
    client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_NE(client.read_until("GET /1 ").find("200"), std::string::npos);
    EXPECT_NE(client.read_until("GET /2 ").find("200"), std::string::npos);
}

TEST(HttpServer, ReadsChunkedBodiesInAnyPieces) {
    Server server(echo);
    Client client(server.address);
    const std::string request =
        "POST / HTTP/1.1\r\n" + std::string(kClose) +
        "Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: 1\r\n\r\n";
    for (const char c : request) client.send({&c, 1});
    EXPECT_TRUE(client.read_until("").ends_with("POST / abcde"));
}

TEST(HttpServer, RefusesWhatCouldBeReadInTwoWays) {
    Server server(echo);
    const auto status = [&](const std::string& request) {
        Client client(server.address);
        client.send(request);
        const std::string answer = client.read_until("\r\n");
        return answer.size() > 12 ? answer.substr(9, 3) : answer;
    };
    const std::string start = "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n";
    EXPECT_EQ(status(start + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"), "400");
    EXPECT_EQ(status(start + "Content-Length: 1\r\nContent-Length: 1\r\n\r\na"), "400");
    EXPECT_EQ(status(start + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
              "400");
    EXPECT_EQ(status(start + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"),
              "400");
    EXPECT_EQ(status(start + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), "501");
    EXPECT_EQ(status(start + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"), "400");
    EXPECT_EQ(status(start + "Transfer-Encoding: xchunked\r\n\r\n"), "501");
    EXPECT_EQ(status(start + "Content-Length: -1\r\n\r\n"), "400");
    EXPECT_EQ(status(start + "Content-Length: +1\r\n\r\na"), "400");
    EXPECT_EQ(status(start + "Content-Length: 0x1\r\n\r\na"), "400");
    EXPECT_EQ(status(start + "X: a\r\n b\r\n\r\n"), "400");
    EXPECT_EQ(status(start + "X: a\x01z\r\n\r\n"), "400");
    EXPECT_EQ(status("GET / HTTP/1.1\r\n\r\n"), "400");
    EXPECT_EQ(status("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), "400");
    EXPECT_EQ(status("GET / HTTP/2.0\r\nHost: a\r\n\r\n"), "400");
    EXPECT_EQ(status("GET  / HTTP/1.1\r\nHost: a\r\n\r\n"), "400");
    EXPECT_EQ(status("nonsense\r\n\r\n"), "400");
    EXPECT_EQ(status("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), "400");
    EXPECT_EQ(status("GET / HTTP/1.1\r\nHost: a\r\nExpect: magic\r\n\r\n"), "417");
}

TEST(HttpServer, KeepsItsLimits) {
    const HttpLimits limits{.target = 100, .headers = 200, .body = 10, .connections = 2};
    Server server(echo, limits);
    EXPECT_NE(Client(server.address).ask("GET /" + std::string(300, 'x')).find(" 414 "),
              std::string::npos);
    EXPECT_NE(Client(server.address)
                  .ask("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(300, 'x'))
                  .find(" 431 "),
              std::string::npos);
    EXPECT_NE(Client(server.address)
                  .ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n12345678901")
                  .find(" 413 "),
              std::string::npos);
    EXPECT_NE(Client(server.address)
                  .ask("POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: "
                       "chunked\r\n\r\nb\r\n12345678901\r\n0\r\n\r\n")
                  .find("the body is over the limit"),
              std::string::npos);
    Client one(server.address), two(server.address);
    one.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n");
    two.send("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
    one.read_until("GET /1 ");
    two.read_until("GET /2 ");
    Client three(server.address);
    EXPECT_NE(three.read_until("").find(" 503 "), std::string::npos);
}

TEST(HttpServer, TellsSlowHeadsThatTheyAreLate) {
    const HttpLimits limits{.head_timeout = std::chrono::milliseconds(150)};
    Server server(echo, limits);
    Client client(server.address);
    client.send("GET / HT");
    EXPECT_NE(client.read_until("").find(" 408 "), std::string::npos);
}

TEST(HttpServer, GivesAHeadOneTimeWhateverComesBeforeIt) {
    const HttpLimits limits{.head_timeout = std::chrono::milliseconds(300)};
    Server server(echo, limits);
    Client blank(server.address);
    blank.send("\r\n\r\nGET / HT");
    EXPECT_NE(blank.read_until("").find(" 408 "), std::string::npos);
    Client many(server.address);
    many.send("\r\n\r\n\r\n\r\n\r\n");
    EXPECT_NE(many.read_until("").find(" 400 "), std::string::npos);
    Client one(server.address);
    one.send("\r\nGET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(one.read_until("").ends_with("GET /x "));
}

TEST(HttpServer, LetsSlowClientsHoldConnectionsAndNoWorker) {
    Server server(echo, {.body_buffer = 1000}, 1);
    std::vector<std::unique_ptr<Client>> slow;
    for (int i = 0; i < 50; ++i) {
        slow.push_back(std::make_unique<Client>(server.address));
        slow.back()->send(i % 2 == 0
                              ? "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12"
                              : "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
                                "chunked\r\n\r\na\r\n12");
    }
    while (server.http.active() < 50) std::this_thread::yield();
    Client quick(server.address);
    quick.send("POST /quick HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
    EXPECT_NE(quick.read_until("POST /quick hi").find(" 200 "), std::string::npos);
    slow[0]->send("34567890");
    EXPECT_NE(slow[0]->read_until("POST /slow 1234567890").find(" 200 "), std::string::npos);
    slow[1]->send("34567890\r\n0\r\n\r\n");
    EXPECT_NE(slow[1]->read_until("POST /slow 1234567890").find(" 200 "), std::string::npos);
}

TEST(HttpServer, LeavesWorkersForOthersThanLongBodies) {
    Server server(echo, {.body_buffer = 10, .streams = 1}, 2);
    const std::string_view head = "POST /long HTTP/1.1\r\nHost: a\r\nContent-Length: 20\r\n\r\n";
    Client first(server.address), second(server.address), quick(server.address);
    first.send(head);
    first.send("1234567890ab");
    while (server.http.active() < 1) std::this_thread::yield();
    second.send(head);
    second.send("1234567890ab");
    while (server.http.active() < 2) std::this_thread::yield();
    quick.send("GET /quick HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_NE(quick.read_until("GET /quick ").find(" 200 "), std::string::npos);
    second.send("cdefghij");
    first.send("cdefghij");
    for (Client* client : {&first, &second})
        EXPECT_NE(client->read_until("POST /long 1234567890abcdefghij").find(" 200 "),
                  std::string::npos);
}

TEST(HttpServer, AsksBodiesForALeastRateBeforeAndWhileTheyAreRead) {
    const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 40\r\n\r\n";
    const HttpLimits limits{.body_buffer = 20,
                            .streams = 1,
                            .body_rate = 1000,
                            .body_timeout = std::chrono::milliseconds(200),
                            .stream_wait = std::chrono::milliseconds(100)};
    Server server(echo, limits);
    Client waiting(server.address);
    waiting.send(head + "some");
    EXPECT_NE(waiting.read_until("").find(" 408 "), std::string::npos);
    Client running(server.address);
    running.send(head + std::string(30, 'x'));
    EXPECT_NE(running.read_until("").find("silent or slow"), std::string::npos);
}

TEST(HttpServer, RefusesALongBodyThatGetsNoTurn) {
    std::promise<void> running, go;
    auto let = go.get_future().share();
    Server server(
        [&](exec::Context& ctx, const HttpRequest&, BodyReader&, ResponseWriter& response) {
            running.set_value();
            let.wait();
            (void)response.send(ctx, 200, {}, "done");
        },
        {.body_buffer = 1, .streams = 1, .stream_wait = std::chrono::milliseconds(50)}, 2);
    const std::string long_one = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab";
    Client first(server.address), second(server.address);
    first.send(long_one);
    running.get_future().wait();
    second.send(long_one);
    const std::string answer = second.read_until("");
    EXPECT_NE(answer.find(" 503 "), std::string::npos);
    EXPECT_NE(answer.find("Retry-After: "), std::string::npos);
    go.set_value();
    EXPECT_TRUE(first.read_until("").ends_with("done"));
}

/// One party has taken all workers that one may: another one is answered at once, and what waits of
/// the first runs when it may.
TEST(HttpServer, KeepsWorkersForThoseWhoHaveFew) {
    std::promise<void> three_run, go;
    auto let = go.get_future().share();
    std::atomic<int> slow_ones = 0;
    const auto handler = [&](exec::Context& ctx, const HttpRequest& request, BodyReader&,
                             ResponseWriter& response) {
        if (request.target == "/slow") {
            if (++slow_ones == 3) three_run.set_value();
            let.wait();
        }
        (void)response.send(ctx, 200, {}, "done");
    };
    Server server(handler, {}, 4, {},
                  [](const HttpRequest& request) { return std::string(request.header("Who")); });
    std::vector<std::unique_ptr<Client>> greedy;
    for (int i = 0; i < 10; ++i) {
        greedy.push_back(std::make_unique<Client>(server.address));
        greedy.back()->send("GET /slow HTTP/1.1\r\nHost: a\r\nWho: greedy\r\n\r\n");
    }
    three_run.get_future().wait();
    Client modest(server.address);
    for (int i = 0; i < 3; ++i) {
        modest.send("GET / HTTP/1.1\r\nHost: a\r\nWho: modest\r\n\r\n");
        EXPECT_TRUE(modest.read_until("done").contains(" 200 "));
    }
    EXPECT_EQ(slow_ones, 3);
    go.set_value();
    for (const auto& each : greedy) EXPECT_TRUE(each->read_until("done").contains(" 200 "));
}

TEST(HttpServer, AnswersBrokenBodiesWith400) {
    Server server(echo);
    const std::string start = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (const char* body : {"x\r\n", "-1\r\na", "3\r\nabcdefgh", "fffffffffffffffff\r\n", "\r\n"})
        EXPECT_NE(Client(server.address).ask(start + body).find(" 400 "), std::string::npos)
            << body;
}

TEST(HttpServer, TheDoormanAnswersWhileAllWorkersAreBusy) {
    std::promise<void> running, go;
    auto let = go.get_future().share();
    Server server(
        [&](exec::Context& ctx, const HttpRequest&, BodyReader&, ResponseWriter& response) {
            running.set_value();
            let.wait();
            (void)response.send(ctx, 200, {}, "done");
        },
        {}, 1,
        [](const HttpRequest& request) {
            return request.target == "/ping" ? std::optional(HttpAnswer{200, {{"X", "y"}}, "Ok.\n"})
                                             : std::nullopt;
        });
    Client busy(server.address), ping(server.address);
    busy.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    running.get_future().wait();
    const std::string one = "GET /ping HTTP/1.1\r\nHost: a\r\n\r\n";
    ping.send(one + one);  // two at once
    ping.read_until("Ok.\n");
    EXPECT_NE(ping.read_until("Ok.\n").find("Connection: keep-alive"), std::string::npos);
    ping.send("HEAD /ping HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_TRUE(ping.read_until("\r\n\r\n").find("Content-Length: 4\r\n") != std::string::npos);
    // A body that it does not wait for ends the connection.
    ping.send("POST /ping HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n");
    EXPECT_NE(ping.read_until("").find("Connection: close"), std::string::npos);
    go.set_value();
    EXPECT_TRUE(busy.read_until("").ends_with("done"));
}

TEST(HttpServer, MakesRoomAmongConnectionsThatSayNothing) {
    Server server(echo, {.connections = 2, .evict_after = std::chrono::milliseconds(0)});
    Client half(server.address);
    half.send("GET / HT");
    Client idle(server.address);
    idle.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n");
    idle.read_until("GET /1 ");
    Client fresh(server.address);
    fresh.send("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_NE(fresh.read_until("GET /2 ").find(" 200 "), std::string::npos);
    EXPECT_EQ(half.read_until(""), "");
    idle.send("GET /3 HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_NE(idle.read_until("GET /3 ").find(" 200 "), std::string::npos);
}

TEST(HttpServer, StreamsWithBackPressureAndCutsWhatIsNotFinished) {
    std::atomic<std::size_t> written = 0;
    Server server(
        [&](exec::Context& ctx, const HttpRequest& request, BodyReader&, ResponseWriter& response) {
            (void)response.start(ctx, 200, {});
            const std::string part(64 * 1024, 'x');
            for (int i = 0; i < 1000; ++i) {
                if (!response.write(ctx, part)) return;
                written += part.size();
            }
            if (request.target == "/whole") (void)response.finish(ctx);
        });
    Client slow(server.address);
    slow.send("GET /whole HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    slow.read_until("\r\n\r\n");
    const std::size_t at_first = written;
    EXPECT_LT(at_first, 64'000'000U);  // it waits for the reader
    const std::string all = slow.read_until("");
    EXPECT_TRUE(all.ends_with("\r\n0\r\n\r\n"));
    const std::string cut =
        Client(server.address).ask("GET /cut HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_FALSE(cut.ends_with("\r\n0\r\n\r\n"));
    EXPECT_GT(cut.size(), 64'000'000U);
}

TEST(HttpServer, ResetsAConnectionOnDemand) {
    Server server([](exec::Context&, const HttpRequest&, BodyReader&, ResponseWriter& response) {
        response.reset();
    });
    Client client(server.address);
    EXPECT_EQ(client.ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), "");
    EXPECT_TRUE(client.was_reset());
}

TEST(HttpServer, StopsTheHandlerOfAPeerThatHangsUp) {
    std::promise<bool> stopped;
    std::promise<void> running;
    Server server(
        [&](exec::Context& ctx, const HttpRequest&, BodyReader&, ResponseWriter& response) {
            running.set_value();
            const auto slept = ctx.sleep(std::chrono::milliseconds(kPatienceMs));
            stopped.set_value(!slept && response.peer_gone());
        });
    Client client(server.address);
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    running.get_future().wait();
    client.close();
    EXPECT_TRUE(stopped.get_future().get());
}

TEST(HttpServer, TellsACutBodyFromAWholeOne) {
    std::promise<std::string> seen;
    const HttpLimits limits{.body_buffer = 2};
    Server server(
        [&](exec::Context& ctx, const HttpRequest&, BodyReader& body, ResponseWriter&) {
            std::string all;
            for (;;) {
                const auto part = body.read(ctx, 1000);
                if (!part) return seen.set_value("cut after " + all);
                if (part->empty()) return seen.set_value("whole " + all);
                all += *part;
            }
        },
        limits);
    {
        Client client(server.address);
        client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    }
    EXPECT_EQ(seen.get_future().get(), "cut after abc");
}

TEST(HttpServer, DrainsWhatHasArrived) {
    std::promise<void> running, go;
    auto let = go.get_future().share();
    Server server(
        [&](exec::Context& ctx, const HttpRequest& request, BodyReader&, ResponseWriter& response) {
            if (request.target == "/slow") {
                running.set_value();
                let.wait();
            }
            (void)response.send(ctx, 200, {}, "done " + request.target);
        },
        {}, 1);
    Client slow(server.address), idle(server.address), fresh(server.address);
    idle.send("GET /first HTTP/1.1\r\nHost: a\r\n\r\n");
    idle.read_until("done /first");
    slow.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    running.get_future().wait();
    fresh.send("GET /late HTTP/1.1\r\nHost: a\r\n\r\n");
    while (server.http.active() < 2) std::this_thread::yield();  // it waits for the one worker
    auto drained = std::async(std::launch::async, [&] {
        return server.http.drain(std::chrono::milliseconds(kPatienceMs));
    });
    EXPECT_EQ(idle.read_until(""), "");
    go.set_value();
    const std::string late = fresh.read_until("");
    EXPECT_NE(late.find("Connection: close"), std::string::npos);
    EXPECT_TRUE(late.ends_with("done /late")) << late;
    EXPECT_TRUE(slow.read_until("").ends_with("done /slow"));
    slow.close();
    fresh.close();
    EXPECT_TRUE(drained.get());
    EXPECT_EQ(server.http.active(), 0U);
}

TEST(Listener, SaysWhatIsWrongWithAnAddress) {
    for (const char* bad :
         {"", "8123", "localhost", "127.0.0.1:x", "127.0.0.1:70000", "evil:1", "[::1:1"})
        EXPECT_EQ(Listener::tcp(bad, "t").error().code(), Errc::Invalid) << bad;
    const auto first = Listener::tcp("127.0.0.1:0", "t");
    ASSERT_TRUE(first);
    EXPECT_EQ(Listener::tcp(first->address(), "t").error().code(), Errc::Unavailable);
    EXPECT_EQ(Listener::unix_socket(std::string(120, 'x'), "t").error().code(), Errc::Invalid);
}

}  // namespace
}  // namespace forgehouse::net
