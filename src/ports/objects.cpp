#include "ports/objects.h"

#include "base/digest.h"

namespace forgehouse::ports {
namespace {

constexpr std::size_t kPartLength = 200;
constexpr std::size_t kKeyLength = 1000;

constexpr bool is_key_character(char c) noexcept {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("._-=%~@+").contains(c);
}

Failure refused(Literal rule, std::string_view key) {
    return Failure(Error(Errc::Invalid, "not a key of an object store")
                       .with("rule", std::string(rule.view()))
                       .with("key", std::string(key.substr(0, kKeyLength))));
}

}  // namespace

Result<void> check_object_key(std::string_view key) {
    if (key.empty() || key.size() > kKeyLength) return refused("1 to 1,000 characters", key);
    std::size_t start = 0;
    for (;;) {
        const std::size_t end = key.find('/', start);
        const std::string_view part = key.substr(start, end - start);
        if (part.empty() || part.size() > kPartLength)
            return refused("parts of 1 to 200 characters", key);
        if (part.front() == '.') return refused("no part begins with a dot", key);
        for (const char c : part)
            if (!is_key_character(c)) return refused("only A-Z a-z 0-9 . _ - = % ~ @ + /", key);
        if (end == std::string_view::npos) return {};
        start = end + 1;
    }
}

std::string object_key_part(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string part;
    for (const char c : text) {
        if (is_key_character(c) && c != '%' && !(part.empty() && c == '.')) {
            part += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        part += '%';
        part += digits[byte >> 4];
        part += digits[byte & 15];
    }
    // A lone % is no escape, so neither of these two can be what another text turns into.
    if (part.empty()) return "%";
    if (part.size() > kPartLength)
        part = part.substr(0, kPartLength - 66) + "%~" + sha256_hex(text);
    return part;
}

}  // namespace forgehouse::ports
