// Statement: one request to ClickHouse before it is one: text, bound parameters, settings, data.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/http_client.h"
#include "ports/warehouse.h"
#include "warehouse/clickhouse/client.h"

namespace forgehouse::warehouse::clickhouse {

/// Borrows its text, parameters and data. Settings are ClickHouse's, and the few of its HTTP
/// interface (`default_format`, `wait_end_of_query`).
struct Statement {
    std::string_view sql;
    std::span<const ports::Parameter> parameters{};
    std::vector<std::pair<std::string_view, std::string>> settings{};
    bool writes = false;
    bool in_database = true;  ///< false: the layout's database may not be there yet
    /// The rows of an INSERT, sent behind its text; the text then travels in the URL.
    net::BodyParts data{};
};

/// The request, which borrows what the statement borrows.
net::Request request_for(const Endpoint& endpoint, const Statement& statement);

/// The text that binds `value` to `{name:Type}` of `sql`: lists and tuples as they are, all else as
/// a TSV field.
std::string bound_text(std::string_view sql, const ports::Parameter& parameter);

}  // namespace forgehouse::warehouse::clickhouse
