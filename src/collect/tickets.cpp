#include "collect/tickets.h"

#include <algorithm>
#include <array>

namespace forgehouse::collect {
namespace {

// Encodings, digests, standards, protocols and licences that are written like keys.
constexpr auto kDenied = std::to_array<std::string_view>(
    {"AES",  "AGPL", "ANSI", "APACHE", "ASCII", "AVX",    "BCP",   "BLAKE2", "BSD",     "CC",
     "CP",   "CRC",  "CVE",  "CWE",    "DES",   "EAL",    "ECMA",  "EPL",    "GPL",     "HMAC",
     "HTTP", "IEC",  "IEEE", "IPV",    "ISO",   "KOI8",   "LATIN", "LGPL",   "MD",      "MPL",
     "MS",   "PEP",  "PKCS", "RC",     "RFC",   "RIPEMD", "RS",    "RSA",    "SHA",     "SHA3",
     "SSE",  "SSL",  "STD",  "TLS",    "UCS",   "UTC",    "UTF",   "WIN",    "WINDOWS", "X86"});
static_assert(std::ranges::is_sorted(kDenied));

constexpr std::size_t kLongest = 256;

constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}
constexpr bool is_letter(char c) noexcept {
    return c >= 'A' && c <= 'Z';
}
constexpr bool in_key(char c) noexcept {
    return is_letter(c) || is_digit(c);
}

std::string upper_ascii(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return out;
}

// The run of key characters that begins at `at`.
std::string_view run_at(std::string_view text, std::size_t at) {
    std::size_t end = at;
    while (end < text.size() && in_key(text[end])) ++end;
    return text.substr(at, end - at);
}

bool is_number(std::string_view run) {
    return !run.empty() && run.size() <= kLongest && run.front() != '0' &&
           std::ranges::all_of(run, is_digit);
}

}  // namespace

std::span<const std::string_view> denied_projects() noexcept {
    return kDenied;
}

TicketFinder::TicketFinder(const TicketRules& rules) : ignore_case_(rules.ignore_case) {
    for (const std::string& project : rules.allowed_projects)
        allowed_.push_back(upper_ascii(project));
    std::ranges::sort(allowed_);
}

bool TicketFinder::wanted(std::string_view project) const {
    if (allowed_.empty()) return !std::ranges::binary_search(kDenied, project);
    return std::ranges::binary_search(allowed_, project, std::ranges::less());
}

std::vector<std::string> TicketFinder::find(std::string_view text) const {
    std::vector<std::string> found;
    std::string upper;
    if (ignore_case_) text = upper = upper_ascii(text);
    // A key is two runs of key characters, which end where no key character follows, and the dash
    // between them. So it is enough to look at each dash.
    for (std::size_t dash = text.find('-'); dash != std::string_view::npos;
         dash = text.find('-', dash + 1)) {
        std::size_t start = dash;
        while (start > 0 && dash - start <= kLongest && in_key(text[start - 1])) --start;
        const std::string_view project = text.substr(start, dash - start);
        if (project.size() < 2 || project.size() > kLongest || !is_letter(project.front()))
            continue;
        const std::string_view number = run_at(text, dash + 1);
        if (!is_number(number) || !wanted(project)) continue;
        std::string key(text.substr(start, project.size() + 1 + number.size()));
        if (std::ranges::find(found, key) == found.end()) found.push_back(std::move(key));
    }
    return found;
}

}  // namespace forgehouse::collect
