#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>

namespace forgehouse::text {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

struct Decoded {
    char32_t code;
    std::size_t length;  // 0: the first byte begins no valid sequence
};

Decoded decode(std::string_view s) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(s[i]); };
    const auto tail = [&](std::size_t i) { return i < s.size() && (byte(i) & 0xC0) == 0x80; };
    const unsigned char a = byte(0);
    if (a < 0x80) return {a, 1};
    if (a >= 0xC2 && a <= 0xDF && tail(1))
        return {static_cast<char32_t>((a & 0x1F) << 6 | (byte(1) & 0x3F)), 2};
    if (a >= 0xE0 && a <= 0xEF && tail(1) && tail(2)) {
        const auto code =
            static_cast<char32_t>((a & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F));
        if (code >= 0x800 && (code < 0xD800 || code > 0xDFFF)) return {code, 3};
    }
    if (a >= 0xF0 && a <= 0xF4 && tail(1) && tail(2) && tail(3)) {
        const auto code = static_cast<char32_t>((a & 0x07) << 18 | (byte(1) & 0x3F) << 12 |
                                                (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F));
        if (code >= 0x10000 && code <= 0x10FFFF) return {code, 4};
    }
    return {0, 0};
}

template <class Invalid>
std::string repaired(std::string_view bytes, Invalid&& on_invalid) {
    std::string out;
    out.reserve(bytes.size() + 16);
    while (!bytes.empty()) {
        const Decoded d = decode(bytes);
        if (d.length == 0) {
            on_invalid(out, static_cast<unsigned char>(bytes.front()));
            bytes.remove_prefix(1);
        } else {
            out.append(bytes.substr(0, d.length));
            bytes.remove_prefix(d.length);
        }
    }
    return out;
}

int hex_digit(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool in(char32_t code, char32_t first, char32_t last) {
    return code >= first && code <= last;
}

/// Control characters, and those that turn the direction of what follows.
bool drives_terminals(char32_t code) {
    return code < 0x20 || in(code, 0x7F, 0x9F) || in(code, 0x202A, 0x202E) ||
           in(code, 0x2066, 0x2069);
}

std::size_t width_of(char32_t c) {
    if (c == 0x200D || in(c, 0x300, 0x36F) || in(c, 0x1AB0, 0x1AFF) || in(c, 0x20D0, 0x20FF) ||
        in(c, 0xFE00, 0xFE0F) || in(c, 0xFE20, 0xFE2F) || in(c, 0x200B, 0x200F))
        return 0;
    const bool wide = in(c, 0x1100, 0x115F) || in(c, 0x2E80, 0xA4CF) || in(c, 0xAC00, 0xD7A3) ||
                      in(c, 0xF900, 0xFAFF) || in(c, 0xFE30, 0xFE6F) || in(c, 0xFF00, 0xFF60) ||
                      in(c, 0xFFE0, 0xFFE6) || in(c, 0x1F300, 0x1F64F) || in(c, 0x1F900, 0x1F9FF) ||
                      in(c, 0x20000, 0x3FFFD);
    return wide ? 2 : 1;
}

/// Optimal string alignment distance: insert, delete, change, swap neighbours.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), now(b.size() + 1);
    std::iota(last.begin(), last.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        now[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            now[j] = std::min(
                {last[j] + 1, now[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = std::min(now[j], before[j - 2] + 1);
        }
        before.swap(last);
        last.swap(now);
    }
    return last[b.size()];
}

/// Matches one `[...]` class at the front of `pattern`; sets `length` to its size, 0 if unclosed.
bool class_match(std::string_view pattern, char c, std::size_t& length) noexcept {
    std::size_t i = 1;
    const bool negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
    if (negated) ++i;
    bool hit = false;
    for (const std::size_t first = i; i < pattern.size(); ++i) {
        if (pattern[i] == ']' && i > first) {
            length = i + 1;
            return hit != negated;
        }
        if (i + 2 < pattern.size() && pattern[i + 1] == '-' && pattern[i + 2] != ']') {
            hit = hit || (c >= pattern[i] && c <= pattern[i + 2]);
            i += 2;
        } else {
            hit = hit || c == pattern[i];
        }
    }
    length = 0;
    return false;
}

}  // namespace

bool is_utf8(std::string_view bytes) noexcept {
    while (!bytes.empty()) {
        const Decoded d = decode(bytes);
        if (d.length == 0) return false;
        bytes.remove_prefix(d.length);
    }
    return true;
}

std::string latin1_to_utf8(std::string_view bytes) {
    return repaired(bytes, [](std::string& out, unsigned char c) {
        out += static_cast<char>(0xC0 | c >> 6);
        out += static_cast<char>(0x80 | (c & 0x3F));
    });
}

std::string replace_invalid_utf8(std::string_view bytes) {
    return repaired(bytes, [](std::string& out, unsigned char) { out += kReplacement; });
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const std::uint8_t b : bytes) {
        out += digits[b >> 4];
        out += digits[b & 15];
    }
    return out;
}

std::optional<std::vector<std::uint8_t>> from_hex(std::string_view hex) {
    if (hex.size() % 2 != 0) return std::nullopt;
    std::vector<std::uint8_t> out;
    out.reserve(hex.size() / 2);
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        const int high = hex_digit(hex[i]), low = hex_digit(hex[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        out.push_back(static_cast<std::uint8_t>(high << 4 | low));
    }
    return out;
}

namespace {
constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
}  // namespace

std::string to_base64(std::string_view bytes) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t group = 0;
        for (std::size_t j = 0; j < 3; ++j)
            group =
                group << 8 | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0U);
        for (std::size_t j = 0; j < 4; ++j)
            out += i + j > bytes.size() ? '=' : kBase64[group >> (18 - 6 * j) & 63];
    }
    return out;
}

std::optional<std::string> from_base64(std::string_view text) {
    while (text.ends_with('=')) text.remove_suffix(1);
    if (text.size() % 4 == 1) return std::nullopt;
    std::string out;
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const char c : text) {
        const auto place = kBase64.find(c);
        if (place == std::string_view::npos) return std::nullopt;
        bits = (bits << 6 | static_cast<std::uint32_t>(place)) & 0xFFFFFFU;
        count += 6;
        if (count < 8) continue;
        count -= 8;
        out += static_cast<char>(bits >> count & 0xFFU);
    }
    return out;
}

std::string to_base64url(std::string_view bytes) {
    std::string out = to_base64(bytes);
    while (out.ends_with('=')) out.pop_back();
    for (char& c : out) c = c == '+' ? '-' : c == '/' ? '_' : c;
    return out;
}

std::optional<std::string> from_base64url(std::string_view text) {
    if (text.find_first_of("+/=") != std::string_view::npos) return std::nullopt;
    std::string usual(text);
    for (char& c : usual) c = c == '-' ? '+' : c == '_' ? '/' : c;
    auto bytes = from_base64(usual);
    if (!bytes || to_base64url(*bytes) != text) return std::nullopt;
    return bytes;
}

std::string json_quoted(std::string_view value) {
    std::string out = "\"";
    out.reserve(value.size() + 2);
    const std::string mended = is_utf8(value) ? std::string() : replace_invalid_utf8(value);
    for (std::string_view rest = mended.empty() ? value : std::string_view(mended);
         !rest.empty();) {
        const Decoded d = decode(rest);
        if (d.code == '"' || d.code == '\\')
            (out += '\\') += static_cast<char>(d.code);
        else if (d.code == '\n')
            out += "\\n";
        else if (d.code == '\r')
            out += "\\r";
        else if (d.code == '\t')
            out += "\\t";
        else if (drives_terminals(d.code))
            out += fmt::format("\\u{:04x}", static_cast<unsigned>(d.code));
        else
            out += rest.substr(0, d.length);
        rest.remove_prefix(d.length);
    }
    return out + '"';
}

std::string lower_ascii(std::string_view value) {
    std::string out(value);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

std::string_view trim(std::string_view value) noexcept {
    constexpr std::string_view blanks = " \t\r\n\v\f";
    const auto first = value.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return value.substr(first, value.find_last_not_of(blanks) - first + 1);
}

std::vector<std::string_view> split(std::string_view value, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        const auto at = value.find(separator);
        parts.push_back(value.substr(0, at));
        if (at == std::string_view::npos) return parts;
        value.remove_prefix(at + 1);
    }
}

std::optional<std::int64_t> to_int(std::string_view value) noexcept {
    std::int64_t number = 0;
    const char* end = value.data() + value.size();
    const auto [stop, failure] = std::from_chars(value.data(), end, number);
    if (failure != std::errc{} || stop != end) return std::nullopt;
    return number;
}

bool glob_match(std::string_view pattern, std::string_view value) noexcept {
    std::size_t p = 0, v = 0, star = std::string_view::npos, resume = 0;
    while (v < value.size()) {
        std::size_t step = 0;
        if (p < pattern.size()) {
            if (pattern[p] == '*') {
                star = p++;
                resume = v;
                continue;
            }
            std::size_t length = 0;
            if (pattern[p] == '[' && class_match(pattern.substr(p), value[v], length)) {
                step = length;
            } else if (pattern[p] == '?' ||
                       (pattern[p] == value[v] && (pattern[p] != '[' || length == 0))) {
                step = 1;
            }
        }
        if (step > 0) {
            p += step;
            ++v;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            v = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

std::optional<std::string_view> nearest(std::string_view word,
                                        std::span<const std::string_view> candidates) {
    std::optional<std::string_view> best;
    std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
    for (const std::string_view candidate : candidates) {
        const std::size_t distance = edit_distance(word, candidate);
        if (distance < best_distance && distance < candidate.size()) {
            best_distance = distance;
            best = candidate;
        }
    }
    return best;
}

std::string grouped(std::uint64_t number) {
    std::string digits = std::to_string(number);
    for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
        digits.insert(static_cast<std::size_t>(at), 1, ',');
    return digits;
}

std::string byte_size(std::uint64_t bytes) {
    constexpr std::array<std::string_view, 6> units{"B", "kB", "MB", "GB", "TB", "PB"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (value >= 999.95 && unit + 1 < units.size()) {
        value /= 1000;
        ++unit;
    }
    return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", value, units[unit]);
}

std::string duration(std::int64_t ms) {
    if (ms < 10'000) return fmt::format("{:.1f} s", static_cast<double>(ms) / 1000.0);
    const std::int64_t s = ms / 1000;
    if (s < 60) return fmt::format("{} s", s);
    if (s < 3600) return fmt::format("{} min {:02} s", s / 60, s % 60);
    return fmt::format("{} h {:02} min", s / 3600, s / 60 % 60);
}

std::size_t display_width(std::string_view utf8) {
    std::size_t width = 0;
    while (!utf8.empty()) {
        const Decoded d = decode(utf8);
        width += d.length == 0 ? 1 : width_of(d.code);
        utf8.remove_prefix(d.length == 0 ? 1 : d.length);
    }
    return width;
}

std::string fit(std::string_view utf8, std::size_t columns) {
    if (display_width(utf8) <= columns) return std::string(utf8);
    std::string out;
    std::size_t width = 0;
    while (!utf8.empty()) {
        const Decoded d = decode(utf8);
        const std::size_t length = d.length == 0 ? 1 : d.length;
        const std::size_t w = d.length == 0 ? 1 : width_of(d.code);
        if (width + w + 1 > columns) break;
        out.append(utf8.substr(0, length));
        width += w;
        utf8.remove_prefix(length);
    }
    return columns == 0 ? std::string() : out + "…";
}

std::string printable(std::string_view utf8) {
    std::string out;
    const std::string valid = replace_invalid_utf8(utf8);
    for (std::string_view rest = valid; !rest.empty();) {
        const Decoded d = decode(rest);
        if (drives_terminals(d.code))
            out += d.code == '\n'   ? std::string("\\n")
                   : d.code == '\t' ? std::string("\\t")
                   : d.code < 0x100 ? fmt::format("\\x{:02x}", static_cast<unsigned>(d.code))
                                    : fmt::format("\\u{:04x}", static_cast<unsigned>(d.code));
        else
            out.append(rest.substr(0, d.length));
        rest.remove_prefix(d.length);
    }
    return out;
}

}  // namespace forgehouse::text
