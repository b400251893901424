#include "warehouse/clickhouse/statement.h"

#include <algorithm>

#include "base/text.h"
#include "warehouse/clickhouse/answer.h"

namespace forgehouse::warehouse::clickhouse {
namespace {

/// The type that `sql` declares for the parameter; "" where it does not.
std::string_view declared_type(std::string_view sql, std::string_view name) {
    for (auto open = sql.find('{'); open != std::string_view::npos;
         open = sql.find('{', open + 1)) {
        const auto close = sql.find('}', open);
        if (close == std::string_view::npos) break;
        const std::string_view inside = sql.substr(open + 1, close - open - 1);
        const auto colon = inside.find(':');
        if (colon == std::string_view::npos || text::trim(inside.substr(0, colon)) != name)
            continue;
        return text::trim(inside.substr(colon + 1));
    }
    return {};
}

}  // namespace

std::string bound_text(std::string_view sql, const ports::Parameter& parameter) {
    const std::string_view type = declared_type(sql, parameter.name);
    const bool composed =
        type.starts_with("Array(") || type.starts_with("Tuple(") || type.starts_with("Map(");
    return composed ? parameter.value : escaped(parameter.value);
}

net::Request request_for(const Endpoint& endpoint, const Statement& statement) {
    net::Request request{.method = "POST",
                         .url = endpoint.url,
                         .unix_socket = endpoint.unix_socket,
                         .headers = endpoint.headers,
                         .body = net::BodyParts{statement.sql}};
    std::string& url = request.url;
    if (!url.ends_with('/')) url += '/';
    char separator = '?';
    const auto add = [&](std::string_view name, std::string_view value) {
        url += std::exchange(separator, '&');
        url += net::percent_encoded(name) + "=" + net::percent_encoded(value);
    };
    if (!statement.data.empty()) {
        add("query", statement.sql);
        request.body = statement.data;
    }
    for (const auto& [name, value] : statement.settings) add(name, value);
    for (const ports::Parameter& parameter : statement.parameters)
        add("param_" + parameter.name, bound_text(statement.sql, parameter));

    auto& headers = request.headers;
    if (!endpoint.user.empty()) headers.push_back({"X-ClickHouse-User", endpoint.user});
    if (!endpoint.password.empty()) headers.push_back({"X-ClickHouse-Key", endpoint.password});
    if (statement.in_database)
        headers.push_back({"X-ClickHouse-Database", endpoint.layout.database});
    if (statement.writes) std::ranges::copy(endpoint.writer_headers, std::back_inserter(headers));
    return request;
}

}  // namespace forgehouse::warehouse::clickhouse
