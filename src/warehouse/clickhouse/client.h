// Client: the Warehouse port spoken to ClickHouse over its HTTP interface, whether that is a
// server or our own engine on its Unix socket.
//
// Rows travel as Native blocks, which are our Batch as it lies in memory. User, password and
// database are header fields, never part of a URL. Reads run with `final=1`, so that nobody sees a
// replaced row or a tombstone, and without the right to write.
#pragma once

#include <atomic>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/secret.h"
#include "exec/retry.h"
#include "net/http_client.h"
#include "ports/warehouse.h"
#include "warehouse/clickhouse/ddl.h"

namespace forgehouse::warehouse::clickhouse {

struct Statement;  // statement.h

/// Where a ClickHouse answers.
struct Endpoint {
    /// `http[s]://host[:port]`; for a Unix socket the Host header only.
    std::string url = "http://localhost";
    std::string unix_socket{};
    std::string user{};  ///< empty: none is named
    Secret password{};
    Layout layout{};                     ///< the database, and how the tables stand in it
    std::vector<net::Header> headers{};  ///< of every request
    /// Of the requests that write, besides: what proves to our engine that they are ours. Where it
    /// is empty the endpoint is a server, and reads say themselves that they must not write.
    std::vector<net::Header> writer_headers{};
};

/// What a Client stands on.
struct Parts {
    net::HttpClient& http;  ///< outlives the Client
    exec::Retry retry;
    /// Instead of retry's where there is no connection and the warehouse has answered before: one
    /// that was there comes back, after a restart or an upgrade of a minute or two.
    exec::RetryPolicy patience{.attempts = 17, .longest_delay = std::chrono::seconds(15)};
    /// Called before a request is sent again whose connection was refused, reset or closed: may
    /// start the server again. An error of it is what the call returns. May be empty.
    std::function<Result<void>(exec::Context&)> revive{};
};

class Client final : public ports::Warehouse {
public:
    Client(Endpoint endpoint, Parts parts);
    ~Client() override;

    Result<ports::Prepared> prepare(exec::Context& ctx) override;
    Result<void> insert(exec::Context& ctx, const schema::Batch& rows,
                        std::string_view token) override;
    Result<void> amend(exec::Context& ctx, const Amendment& amendment) override;
    Result<ports::Answer> ask(exec::Context& ctx, const ports::Query& query) override;
    Result<void> read(exec::Context& ctx, const ports::Query& query, const schema::TableInfo& shape,
                      const ports::BlockSink& sink) override;
    Result<void> pass_through(exec::Context& ctx, const ports::Query& query,
                              std::string_view format, const ports::ByteSink& sink) override;
    Result<std::string> version(exec::Context& ctx) override;

private:
    struct Call;
    Result<void> execute(exec::Context& ctx, const Call& call);
    Result<void> attempt(exec::Context& ctx, const Call& call, bool& delivered);
    Result<ports::Answer> collect(exec::Context& ctx, const Statement& statement);
    Result<void> command(exec::Context& ctx, const std::string& sql);
    /// Side by side, in no order; the first error ends it.
    Result<void> commands(const exec::Context& ctx, std::span<const std::string> texts);

    const Endpoint endpoint_;
    const Parts parts_;
    std::atomic<bool> answered_ = false;
};

}  // namespace forgehouse::warehouse::clickhouse
