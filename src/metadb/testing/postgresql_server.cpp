#include "metadb/testing/postgresql_server.h"

#include <unistd.h>

#include <array>

namespace forgehouse::metadb::testing {
namespace {

exec::Context patience() {
    return exec::Context().with_timeout(std::chrono::seconds(120));
}

}  // namespace

PostgresqlServer& PostgresqlServer::get() {
    // Owned by GoogleTest.
    static auto* const server = new PostgresqlServer;
    [[maybe_unused]] static const auto* const registered =
        ::testing::AddGlobalTestEnvironment(server);
    return *server;
}

// Registered before the tests run, so that it is stopped after them.
[[maybe_unused]] static const auto& kRegistered = PostgresqlServer::get();

void PostgresqlServer::ensure() {
    if (process_) return;
    auto spawned =
        exec::Process::spawn({.program = "/bin/bash",
                              .arguments = {FORGEHOUSE_SOURCE_DIR "/tools/services/postgresql"},
                              .environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin"},
                              .input = true});
    CHECK(spawned);
    process_ = std::make_unique<exec::Process>(std::move(*spawned));
    url_ = line();
    const std::size_t begin = url_.find(":", url_.find("//")) + 1;
    password_ = url_.substr(begin, url_.find('@') - begin);
}

std::string PostgresqlServer::line() {
    for (;;) {
        if (const auto end = unread_.find('\n'); end != std::string::npos) {
            std::string found = unread_.substr(0, end);
            unread_.erase(0, end + 1);
            return found;
        }
        std::array<char, 512> bytes{};
        const auto count = process_->read(patience(), bytes);
        if (!count || *count == 0) {
            ADD_FAILURE() << "tools/services/postgresql has ended";
            std::abort();
        }
        unread_.append(bytes.data(), *count);
    }
}

std::string PostgresqlServer::url(const std::string& name) {
    ensure();
    const std::size_t query = url_.find('?');
    return url_.substr(0, url_.rfind('/', url_.find("@") + 2) + 1) + name + url_.substr(query);
}

std::string PostgresqlServer::tell(const std::string& command) {
    ensure();
    process_->feed(command + '\n');
    return line();
}

void PostgresqlServer::TearDown() {
    if (!process_) return;
    const auto ended = process_->finish(patience());
    EXPECT_TRUE(ended && ended->ok());
    process_.reset();
}

}  // namespace forgehouse::metadb::testing
