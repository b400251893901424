#include "metadb/testing/postgresql_place.h"

#include "base/check.h"
#include "metadb/postgresql/connection.h"
#include "metadb/testing/postgresql_server.h"

namespace forgehouse::metadb::testing {
namespace {

void administer(const std::string& statement) {
    const auto pq = postgresql::Libpq::load();
    CHECK(pq);
    const auto opened = postgresql::Connection::open(
        {}, *pq, {.url = PostgresqlServer::get().url("postgres"), .name = "test"});
    ASSERT_TRUE(opened) << opened.error().describe();
    const auto done = (*opened)->command({}, statement);
    EXPECT_TRUE(done) << done.error().describe();
}

}  // namespace

PostgresqlPlace::PostgresqlPlace(const std::string& more) {
    static int count = 0;
    name_ = "place_" + std::to_string(++count);
    administer("CREATE DATABASE " + name_ + more);
}

PostgresqlPlace::~PostgresqlPlace() {
    administer("DROP DATABASE " + name_ + " WITH (FORCE)");
}

Result<std::unique_ptr<ports::Metadb>> PostgresqlPlace::open(
    std::span<const Migration> migrations) {
    return open_postgresql({}, address(), {.clock = clock_, .migrations = migrations});
}

Address PostgresqlPlace::address() const {
    auto address = parse_address(PostgresqlServer::get().url(name_));
    CHECK(address);
    return std::move(*address);
}

}  // namespace forgehouse::metadb::testing
