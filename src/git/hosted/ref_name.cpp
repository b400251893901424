#include "git/hosted/ref_name.h"

#include <string>

namespace forgehouse::git {
namespace {

constexpr std::size_t kLongestPart = 255 - 5;  // the lock of a ref is its name and `.lock`

bool is_forbidden(char c) noexcept {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= ' ' || byte == 0x7f ||
           std::string_view("~^:?*[\\").find(c) != std::string_view::npos;
}

bool is_part(std::string_view part) noexcept {
    if (part.empty() || part.size() > kLongestPart) return false;
    if (part.starts_with('.') || part.ends_with(".lock")) return false;
    char before = '\0';
    for (const char c : part) {
        if (is_forbidden(c) || (before == '.' && c == '.') || (before == '@' && c == '{'))
            return false;
        before = c;
    }
    return true;
}

}  // namespace

bool is_ref_name(std::string_view full_name) noexcept {
    if (full_name.size() > kLongestRefName || full_name.ends_with('.')) return false;
    std::size_t parts = 0;
    for (auto rest = full_name;;) {
        const auto slash = rest.find('/');
        if (!is_part(rest.substr(0, slash))) return false;
        ++parts;
        if (slash == std::string_view::npos) break;
        rest.remove_prefix(slash + 1);
    }
    return parts > 1 && parts <= kMostRefParts;
}

bool is_branch_name(std::string_view short_name) {
    return !short_name.starts_with('-') && short_name != "HEAD" && short_name != "@" &&
           is_ref_name("refs/heads/" + std::string(short_name));
}

}  // namespace forgehouse::git
