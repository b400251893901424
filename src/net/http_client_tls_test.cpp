// The client against a real TLS server (`openssl s_server`), with certificates made here.
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "exec/process.h"
#include "net/http_client.h"
#include "net/testing/scripted_server.h"

namespace forgehouse::net {
namespace {

namespace fs = std::filesystem;

class Tls : public ::testing::Test {
protected:
    Tls() {
        std::string name = (fs::temp_directory_path() / "forgehouse-tls-XXXXXX").string();
        root_ = ::mkdtemp(name.data());
        authority("ca");
    }
    ~Tls() override { fs::remove_all(root_); }

    std::string path(std::string_view name) const { return (root_ / name).string(); }

    void openssl(std::vector<std::string> arguments) const {
        const auto output = exec::run(exec::Context(), {.program = "/usr/bin/openssl",
                                                        .arguments = std::move(arguments),
                                                        .directory = root_.string()});
        ASSERT_TRUE(output && output->exit.ok()) << (output ? output->error : "no openssl");
    }
    void authority(const std::string& name) const {
        openssl({"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                 "-nodes", "-keyout", name + ".key", "-out", name + ".pem", "-subj",
                 "/CN=" + name});
    }
    /// NAME.pem and NAME.key, signed by `ca`.
    void certificate(const std::string& name, const std::string& alternative = "IP:127.0.0.1",
                     const std::string& days = "1") const {
        openssl({"req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                 "-nodes", "-keyout", name + ".key", "-out", name + ".csr", "-subj", "/CN=" + name,
                 "-addext", "subjectAltName=" + alternative});
        openssl({"x509", "-req", "-in", name + ".csr", "-days", days, "-copy_extensions", "copy",
                 "-CA", "ca.pem", "-CAkey", "ca.key", "-out", name + ".pem"});
    }
    /// Serves with NAME.pem on a port of its own, whose address it returns.
    std::string serve(const std::string& name, std::vector<std::string> more = {}) {
        std::vector<std::string> arguments{"s_server", "-accept",     "127.0.0.1:0", "-www",
                                           "-cert",    name + ".pem", "-key",        name + ".key"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        auto started = exec::Process::spawn({.program = "/usr/bin/openssl",
                                             .arguments = std::move(arguments),
                                             .directory = root_.string()});
        EXPECT_TRUE(started);
        server_.emplace(std::move(*started));
        std::string said;
        std::array<char, 256> buffer{};
        const exec::Context limited = exec::Context().with_timeout(std::chrono::seconds(20));
        constexpr std::string_view kMark = "ACCEPT 127.0.0.1:";
        while (said.find('\n', said.find(kMark)) == said.npos || !said.contains(kMark)) {
            const auto n = server_->read(limited, buffer);
            if (!n || *n == 0) break;
            said.append(buffer.data(), *n);
        }
        const auto port = said.substr(said.find(kMark) + kMark.size());
        return "https://127.0.0.1:" + port.substr(0, port.find('\n')) + "/";
    }
    Result<Response> get(const std::string& url, HttpClient::Settings settings) const {
        const HttpClient::Settings given = std::move(settings);
        HttpClient client(given);
        exec::Context ctx = exec::Context().with_timeout(std::chrono::seconds(20));
        return client.send(ctx, {.url = url});
    }
    /// What the client says to that, with the authority trusted.
    std::string refused(const std::string& url, HttpClient::Settings settings = {}) const {
        settings.ca_file = path("ca.pem");
        const auto answer = get(url, settings);
        if (answer) return fmt::format("status {}", answer->status);
        EXPECT_FALSE(answer.error().hint().empty()) << answer.error().describe();
        EXPECT_EQ(answer.error().field("host"), "127.0.0.1");
        return std::string(answer.error().text());
    }

    fs::path root_;
    std::optional<exec::Process> server_;
};

TEST_F(Tls, AnAuthorityOfOurOwnIsTrustedWhereItIsNamed) {
    certificate("server");
    EXPECT_EQ(refused(serve("server")), "status 200");
}

TEST_F(Tls, AnUnknownAuthorityIsSaidToBeOne) {
    certificate("server");
    const auto answer = get(serve("server"), {});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().text(), "the server's certificate is from an unknown authority");
    EXPECT_EQ(answer.error().code(), Errc::Invalid);
}

TEST_F(Tls, AnExpiredCertificateIsSaidToBeExpired) {
    certificate("server", "IP:127.0.0.1", "-1");
    EXPECT_EQ(refused(serve("server")), "the server's certificate has expired");
}

TEST_F(Tls, ACertificateForAnotherHostIsSaidToBeOne) {
    certificate("server", "DNS:elsewhere.example.org");
    EXPECT_EQ(refused(serve("server")), "the server's certificate is for another host");
}

TEST_F(Tls, AServerThatWantsACertificateGetsOurs) {
    certificate("server");
    certificate("client");
    const std::string url =
        serve("server", {"-Verify", "1", "-CAfile", "ca.pem", "-verify_return_error"});
    EXPECT_EQ(refused(url), "the server does not accept us without another certificate");
    HttpClient::Settings settings;
    settings.client_certificate = path("client.pem");
    settings.client_key = path("client.key");
    EXPECT_EQ(refused(url, settings), "status 200");
}

TEST_F(Tls, TheKeyMayStandInTheCertificatesFile) {
    certificate("server");
    certificate("client");
    std::ofstream(path("both.pem"))
        << std::ifstream(path("client.pem")).rdbuf() << std::ifstream(path("client.key")).rdbuf();
    HttpClient::Settings settings;
    settings.client_certificate = path("both.pem");
    const std::string url =
        serve("server", {"-Verify", "1", "-CAfile", "ca.pem", "-verify_return_error"});
    EXPECT_EQ(refused(url, settings), "status 200");
}

TEST_F(Tls, OurOwnFilesAreNamedWhereTheyAreWrong) {
    certificate("server");
    certificate("client");
    openssl(
        {"ec", "-in", "client.key", "-aes128", "-passout", "pass:secret", "-out", "locked.key"});
    const std::string url = serve("server");
    for (const auto* const key : {"server.key", "locked.key", "nowhere.key", "ca.pem"}) {
        HttpClient::Settings settings;
        settings.client_certificate = path("client.pem");
        settings.client_key = path(key);
        EXPECT_EQ(refused(url, settings), "our client certificate or its key cannot be used")
            << key;
    }
    const auto answer = get(url, {.ca_file = path("nowhere.pem")});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().text(), "the file of certificate authorities cannot be used");
}

TEST_F(Tls, WhatSpeaksNoTlsIsSaidNotTo) {
    testing::ScriptedServer plain(
        [](testing::Peer& peer) {
            peer.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        },
        testing::ScriptedServer::Over::Tcp);
    const std::string url = "https" + plain.url().substr(plain.url().find(':'));
    EXPECT_EQ(refused(url), "what answers there does not speak TLS");
}

TEST(Proxy, IsNamedWhereItIsNotReached) {
    std::string url;
    {
        testing::ScriptedServer gone([](testing::Peer&) {}, testing::ScriptedServer::Over::Tcp);
        url = gone.url();
    }
    exec::Context ctx = exec::Context().with_timeout(std::chrono::seconds(20));
    HttpClient client({.proxy = url});
    const auto refused = client.send(ctx, {.url = "https://forge.example.org/x"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().field("proxy"), url);
    EXPECT_TRUE(refused.error().hint().contains("proxy")) << refused.error().hint();
}

TEST(Proxy, IsAskedWithItsUserAndPassword) {
    testing::ScriptedServer proxy(
        [](testing::Peer& peer) {
            while (const auto seen = peer.read()) {
                const bool known = seen->head.contains("Proxy-Authorization: Basic bWU6c2VjcmV0");
                peer.write(known ? "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
                                 : "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: "
                                   "0\r\n\r\n");
            }
        },
        testing::ScriptedServer::Over::Tcp);
    exec::Context ctx = exec::Context().with_timeout(std::chrono::seconds(20));
    HttpClient known(
        {.proxy = proxy.url(), .proxy_user = "me", .proxy_password = Secret("secret")});
    const auto answer = known.send(ctx, {.url = "http://forge.example.org/x"});
    ASSERT_TRUE(answer) << answer.error().describe();
    EXPECT_EQ(answer->body, "ok");
    HttpClient unknown({.proxy = proxy.url()});
    const auto refused = unknown.send(ctx, {.url = "https://forge.example.org/x"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().text(), "the proxy wants a user and a password");
}

}  // namespace
}  // namespace forgehouse::net
