// Client: the Warehouse port spoken to ClickHouse over its HTTP interface, whether that is a
// server or our own engine on its Unix socket.
//
// Rows travel as Native blocks, which are our Batch as it lies in memory. User, password and
// database are header fields, never part of a URL. Reads run with `final=1`, so that nobody sees a
// replaced row or a tombstone, and without the right to write.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/secret.h"
#include "exec/retry.h"
#include "net/http_client.h"
#include "ports/warehouse.h"

namespace forgehouse::warehouse::clickhouse {

/// Where a ClickHouse answers.
struct Endpoint {
    /// `http[s]://host[:port]`; for a Unix socket the Host header only.
    std::string url = "http://localhost";
    std::string unix_socket{};
    std::string user{};  ///< empty: none is named
    Secret password{};
    std::string database = "default";
    std::vector<net::Header> headers{};  ///< of every request
    /// Of the requests that write, besides: what proves to the engine that they are ours.
    std::vector<net::Header> writer_headers{};
};

/// What a Client stands on.
struct Parts {
    net::HttpClient& http;  ///< outlives the Client
    exec::Retry retry;
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
    const Endpoint endpoint_;
    const Parts parts_;
};

}  // namespace forgehouse::warehouse::clickhouse
