#include "forge/names.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace forgehouse::forge {
namespace {

// First parts of paths that are ours.
constexpr std::array<std::string_view, 20> kReserved{
    "2.0",   "account", "api",      "assets",  "dashboard", "healthz", "help",
    "hooks", "login",   "logout",   "metrics", "oauth2",    "readyz",  "rest",
    "scm",   "search",  "settings", "site",    "snippets",  "static"};

Error invalid(Literal field, const char* hint) {
    return Error(Errc::Invalid, "this is no valid name")
        .with("field", std::string(field.view()))
        .hint(hint);
}

bool consists_of(std::string_view text, std::string_view extra) {
    return std::ranges::all_of(text, [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               extra.find(c) != std::string_view::npos;
    });
}

bool has_control(std::string_view text, bool lines) {
    return std::ranges::any_of(text, [&](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && !(lines && (c == '\n' || c == '\r' || c == '\t'))) || byte == 0x7f;
    });
}

}  // namespace

Result<std::string> check_slug(std::string_view name, Literal field) {
    std::string slug = text::lower_ascii(name);
    if (slug.empty() || slug.size() > 62 || !consists_of(slug, "_-") || slug[0] == '-' ||
        slug[0] == '_')
        return Failure(invalid(field,
                               "use 1 to 62 letters, digits, _ and -, and begin with a "
                               "letter or a digit"));
    if (std::ranges::find(kReserved, slug) != kReserved.end())
        return Failure(invalid(field, "this name is taken by the server's own addresses"));
    return slug;
}

Result<std::string> check_repository_slug(std::string_view name) {
    std::string slug = text::lower_ascii(name);
    if (slug.empty() || slug.size() > kMostName || !consists_of(slug, "_-.") || slug == "." ||
        slug == ".." || slug.ends_with(".git") || slug.ends_with(".lock"))
        return Failure(invalid("slug",
                               "use 1 to 255 letters, digits, _, - and dots, and end with "
                               "neither .git nor .lock"));
    return slug;
}

std::string slug_of(std::string_view title) {
    std::string slug;
    for (const char c : text::lower_ascii(text::trim(title))) {
        const bool fits = consists_of({&c, 1}, "_-.");
        if (fits || (!slug.empty() && slug.back() != '-')) slug += fits ? c : '-';
    }
    return slug;
}

Result<std::string> check_project_key(std::string_view key) {
    std::string lower = text::lower_ascii(key);
    if (lower.empty() || lower.size() > 128 || !consists_of(lower, "_") || lower[0] < 'a' ||
        lower[0] > 'z')
        return Failure(invalid("key",
                               "use 1 to 128 letters, digits and _, and begin with a "
                               "letter"));
    std::ranges::transform(lower, lower.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return lower;
}

Result<std::string> check_title(std::string_view text, Literal field) {
    const std::string_view trimmed = text::trim(text);
    if (trimmed.empty() || trimmed.size() > kMostName || !text::is_utf8(trimmed) ||
        has_control(trimmed, false))
        return Failure(invalid(field, "use 1 to 255 bytes of UTF-8 in one line"));
    return std::string(trimmed);
}

Result<std::string> check_description(std::string_view text) {
    if (text.size() > kMostDescription || !text::is_utf8(text) || has_control(text, true))
        return Failure(invalid("description", "use at most 10,000 bytes of UTF-8"));
    return std::string(text);
}

Result<std::string> check_email(std::string_view text) {
    std::string email = text::lower_ascii(text::trim(text));
    const std::size_t at = email.find('@');
    const bool blank = std::ranges::any_of(
        email, [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; });
    if (email.size() > 254 || blank || at == 0 || at == std::string::npos ||
        at + 1 == email.size() || email.find('@', at + 1) != std::string::npos ||
        !text::is_utf8(email))
        return Failure(invalid("email", "use an address like name@example.org"));
    return email;
}

}  // namespace forgehouse::forge
