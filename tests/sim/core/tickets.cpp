#include "sim/core/tickets.h"

#include <algorithm>

namespace forgehouse::sim {
namespace {

// Of the words of this simulator, those that look like projects and are none.
constexpr std::string_view kNoProjects[] = {"UTF", "SHA", "ISO", "CVE", "RFC", "AES", "X86", "MD"};

bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// (^|[^A-Z0-9])([A-Z][A-Z0-9]+-[1-9][0-9]*)(?=$|[^A-Z0-9]) beginning at `at`; "" where it does not.
std::string_view key_at(std::string_view text, std::size_t at) {
    if (at > 0 && (is_upper(text[at - 1]) || is_digit(text[at - 1]))) return {};
    std::size_t end = at;
    if (!is_upper(text[end])) return {};
    while (end < text.size() && (is_upper(text[end]) || is_digit(text[end]))) ++end;
    if (end - at < 2 || end + 1 >= text.size() || text[end] != '-') return {};
    const std::string_view project = text.substr(at, end - at);
    if (++end; !is_digit(text[end]) || text[end] == '0') return {};
    while (end < text.size() && is_digit(text[end])) ++end;
    if (end < text.size() && is_upper(text[end])) return {};
    if (std::ranges::find(kNoProjects, project) != std::end(kNoProjects)) return {};
    return text.substr(at, end - at);
}

}  // namespace

std::vector<std::string> tickets_in(std::string_view text) {
    std::vector<std::string> out;
    for (std::size_t at = 0; at < text.size(); ++at)
        if (const std::string key(key_at(text, at));
            !key.empty() && std::ranges::find(out, key) == out.end())
            out.push_back(key);
    return out;
}

}  // namespace forgehouse::sim
