// The server with TLS, as curl and openssl see it, and as somebody sees it who means no good.
#include "net/tls_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "net/testing/certificates.h"

namespace forgehouse::net {
namespace {

using namespace std::chrono_literals;
using testing::Certificates;

void connect_to(int fd, const std::string& address) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    const auto colon = address.find(':');
    to.sin_port =
        htons(static_cast<std::uint16_t>(text::to_int(address.substr(colon + 1)).value_or(0)));
    ::inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    ASSERT_EQ(::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
}

/// Whether the other side ends the connection, whatever it says before.
bool ends(int fd) {
    char bytes[4096];
    for (;;) {
        pollfd p{.fd = fd, .events = POLLIN, .revents = 0};
        if (::poll(&p, 1, 20'000) <= 0) return false;
        if (::recv(fd, bytes, sizeof bytes, 0) <= 0) return true;
    }
}

/// Answers with what it was sent, `times` times over.
void echo(exec::Context& ctx, const HttpRequest& request, BodyReader& body,
          ResponseWriter& response) {
    std::string all;
    for (;;) {
        const auto part = body.read(ctx, 64 * 1024);
        if (!part) return;
        if (part->empty()) break;
        all += *part;
    }
    const int times = request.target == "/many" ? 100 : 1;
    (void)response.start(ctx, 200, {{"Content-Type", "text/plain"}});
    for (int i = 0; i < times; ++i)
        if (!response.write(ctx, all)) return;
    (void)response.finish(ctx);
}

class TlsServerTest : public ::testing::Test {
protected:
    TlsServerTest() { certificates.make("server"); }

    /// Serves until the test ends; `https://127.0.0.1:PORT`.
    std::string serve(HttpLimits limits = {}) {
        const auto tls = TlsServer::from_pem(certificates.text("server.pem"),
                                             Secret(certificates.text("server.key")));
        EXPECT_TRUE(tls) << tls.error().describe();
        auto listener = Listener::tcp("127.0.0.1:0", "tcp");
        EXPECT_TRUE(listener);
        listener->speak_tls(*tls);
        port = listener->address();
        server.emplace(
            HttpServer::Options{.handler = echo, .doorman = {}, .workers = 4, .limits = limits});
        server->add(std::move(*listener));
        return "https://" + port;
    }
    HttpClient client() const { return HttpClient({.ca_file = certificates.path("server.pem")}); }
    /// What `openssl s_client` with these arguments ends with; it says nothing to the server.
    bool connects(std::vector<std::string> more) const {
        std::vector<std::string> arguments{"s_client",
                                           "-connect",
                                           port,
                                           "-CAfile",
                                           certificates.path("server.pem"),
                                           "-verify_return_error"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        const auto done = exec::run(exec::Context().with_timeout(20s),
                                    {.program = "/usr/bin/openssl", .arguments = arguments});
        return done && done->exit.ok();
    }
    /// The answer to raw bytes, to the end of the connection.
    std::string raw(std::string_view bytes) const {
        const auto done = exec::run(exec::Context().with_timeout(20s),
                                    {.program = "/usr/bin/openssl",
                                     .arguments = {"s_client", "-connect", port, "-quiet",
                                                   "-CAfile", certificates.path("server.pem")}},
                                    bytes);
        return done ? done->out : done.error().describe();
    }

    Certificates certificates;
    std::string port;
    std::optional<HttpServer> server;
};

TEST_F(TlsServerTest, ServesCurlOverOneConnection) {
    const std::string url = serve();
    HttpClient curl = client();
    exec::Context ctx = exec::Context().with_timeout(60s);
    for (const std::size_t size : {1UL, 16383UL, 16384UL, 16385UL, 3'000'000UL}) {
        std::string sent(size, 'x');
        for (std::size_t i = 0; i < size; ++i) sent[i] = static_cast<char>('a' + i % 23);
        const auto answer =
            curl.send(ctx, {.method = "POST", .url = url + "/", .body = BodyParts{sent}});
        ASSERT_TRUE(answer) << answer.error().describe();
        EXPECT_EQ(answer->status, 200U);
        EXPECT_TRUE(answer->body == sent) << size;
    }
    const std::string part(300'000, 'y');
    const auto many =
        curl.send(ctx, {.method = "POST", .url = url + "/many", .body = BodyParts{part}});
    ASSERT_TRUE(many) << many.error().describe();
    EXPECT_EQ(many->body.size(), 100 * part.size());
}

TEST_F(TlsServerTest, SpeaksNoOldProtocol) {
    serve();
    EXPECT_TRUE(connects({"-tls1_3", "-alpn", "http/1.1"}));
    EXPECT_TRUE(connects({"-tls1_2"}));
    EXPECT_FALSE(connects({"-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"}));
    EXPECT_FALSE(connects({"-tls1_3", "-alpn", "h2"}));
}

TEST_F(TlsServerTest, EndsAHandshakeThatDoesNotComeOn) {
    const std::string url = serve({.head_timeout = 300ms});
    // A plain socket that says nothing, and one that begins and stops.
    for (const std::string& begun : {std::string(), std::string("\x16\x03\x01\x02\x00\x01", 6)}) {
        const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        connect_to(fd, port);
        if (!begun.empty()) EXPECT_GT(::send(fd, begun.data(), begun.size(), MSG_NOSIGNAL), 0);
        EXPECT_TRUE(ends(fd));
        ::close(fd);
    }
    exec::Context ctx = exec::Context().with_timeout(20s);
    const auto answer =
        client().send(ctx, {.method = "POST", .url = url + "/", .body = BodyParts{"hi"}});
    ASSERT_TRUE(answer) << answer.error().describe();
    EXPECT_EQ(answer->body, "hi");
}

TEST_F(TlsServerTest, HangsUpOnWhatIsNoTls) {
    const std::string url = serve();
    std::string junk(5000, '\x16');
    for (const std::string& bytes :
         {std::string("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), std::string(5000, '\0'), junk,
          std::string("\x16\x03\x01\xff\xff", 5) + junk}) {
        const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        connect_to(fd, port);
        (void)::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        EXPECT_TRUE(ends(fd));
        ::close(fd);
    }
    exec::Context ctx = exec::Context().with_timeout(20s);
    EXPECT_TRUE(client().send(ctx, {.url = url + "/"}));
}

TEST_F(TlsServerTest, AnswersARequestInsideOfTlsThatIsBad) {
    serve();
    EXPECT_TRUE(raw("NONSENSE\r\n\r\n").starts_with("HTTP/1.1 400"));
    const std::string two = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n";
    const std::string both = raw(two + "GET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_NE(both.find("HTTP/1.1 200"), both.rfind("HTTP/1.1 200")) << both;
}

TEST_F(TlsServerTest, SaysWhatIsWrongWithItsFiles) {
    certificates.make("other");
    certificates.run(
        {"pkey", "-in", "server.key", "-aes256", "-passout", "pass:x", "-out", "locked.key"});
    const std::string certificate = certificates.text("server.pem");
    const auto refusal = [&](const std::string& chain, const std::string& key) {
        const auto made = TlsServer::from_pem(chain, Secret(key));
        if (made) return std::string("fine");
        EXPECT_FALSE(made.error().hint().empty());
        EXPECT_EQ(made.error().describe().find("PRIVATE"), std::string::npos);
        return std::string(made.error().text());
    };
    const std::string key = certificates.text("server.key");
    EXPECT_EQ(refusal(certificate, key), "fine");
    EXPECT_EQ(refusal(certificate + certificates.text("other.pem"), key), "fine");
    EXPECT_EQ(refusal("", key), "the certificate cannot be used");
    EXPECT_EQ(refusal("junk", key), "the certificate cannot be used");
    EXPECT_EQ(refusal(key, key), "the certificate cannot be used");
    EXPECT_EQ(refusal(certificate + certificate.substr(0, 200), key),
              "the chain of certificates is broken");
    EXPECT_EQ(refusal(certificate, ""), "the key of the certificate cannot be read");
    EXPECT_EQ(refusal(certificate, certificates.text("locked.key")),
              "the key of the certificate cannot be read");
    EXPECT_EQ(refusal(certificate, certificates.text("other.key")),
              "the key does not belong to the certificate");
}

}  // namespace
}  // namespace forgehouse::net
