#include "sim/core/exchange.h"

#include "base/text.h"

namespace forgehouse::sim {
namespace {

std::string decoded(std::string_view text, bool plus_is_blank) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = text[i] == '%' && i + 2 < text.size()
                              ? text::from_hex(text.substr(i + 1, 2))
                              : std::nullopt;
        if (byte) {
            out += static_cast<char>(byte->front());
            i += 2;
        } else {
            out += plus_is_blank && text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

}  // namespace

Asked parse_target(const net::HttpRequest& request) {
    const std::string_view target = request.target;
    const auto mark = target.find('?');
    const std::string_view path = target.substr(0, mark);
    Asked out{
        .request = &request, .path = decoded(path, false), .parts = {}, .query = {}, .body = {}};
    for (const std::string_view part : text::split(path, '/'))
        if (!part.empty()) out.parts.push_back(decoded(part, false));
    if (mark == std::string_view::npos) return out;
    for (const std::string_view pair : text::split(target.substr(mark + 1), '&')) {
        const auto equals = pair.find('=');
        if (pair.empty()) continue;
        out.query[decoded(pair.substr(0, equals), true)] =
            equals == std::string_view::npos ? "" : decoded(pair.substr(equals + 1), true);
    }
    return out;
}

}  // namespace forgehouse::sim
