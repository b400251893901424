#include "git/hosted/tree_path.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

namespace forgehouse::git {
namespace {

constexpr std::uint32_t kKind = 0170000;
constexpr std::uint32_t kSymlink = 0120000;
constexpr std::size_t kLongestPart = 255;
constexpr std::size_t kLongestPath = 4096;

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_like(std::string_view text, std::string_view lower_text) noexcept {
    return std::ranges::equal(text, lower_text, {}, lower);
}

bool begins_like(std::string_view text, std::string_view lower_text) noexcept {
    return is_like(text.substr(0, lower_text.size()), lower_text);
}

/// The letters that HFS+ leaves out when it compares names; of UTF-8, three bytes each.
constexpr std::array<std::string_view, 16> kLeftOut{
    "\u200c", "\u200d", "\u200e", "\u200f", "\u202a", "\u202b", "\u202c", "\u202d",
    "\u202e", "\u206a", "\u206b", "\u206c", "\u206d", "\u206e", "\u206f", "\ufeff"};

/// Whether HFS+ takes the part for `name`.
bool is_hfs_name(std::string_view part, std::string_view name) noexcept {
    while (!part.empty()) {
        const auto left_out = std::ranges::find_if(
            kLeftOut, [part](std::string_view letter) { return part.starts_with(letter); });
        if (left_out != kLeftOut.end()) {
            part.remove_prefix(left_out->size());
            continue;
        }
        if (name.empty() || lower(part.front()) != name.front()) return false;
        part.remove_prefix(1);
        name.remove_prefix(1);
    }
    return name.empty();
}

/// NTFS leaves blanks and points at the end out, and what stands behind a colon is no name.
bool is_ntfs_end(std::string_view rest) noexcept {
    const auto end = rest.find_first_not_of(" .");
    return end == std::string_view::npos || rest[end] == ':';
}

bool is_ntfs_git(std::string_view part) noexcept {
    for (const std::string_view name : {".git", "git~1"})
        // To NTFS a backslash is a slash, and the folder before it the repository.
        if (begins_like(part, name) &&
            is_ntfs_end(part.substr(name.size(), part.find('\\') - name.size())))
            return true;
    return false;
}

/// `.gitmodules`, or a short name that NTFS may give it: `GITMOD~1` to `~4`, or `GI7EBA~…`, made of
/// a hash, with as many of its letters as there is room for before the number.
bool is_ntfs_gitmodules(std::string_view part) noexcept {
    constexpr std::string_view kName = ".gitmodules", kShort = "gitmod", kHashed = "gi7eba";
    if (begins_like(part, kName) && is_ntfs_end(part.substr(kName.size()))) return true;
    if (begins_like(part, kShort) && part.size() >= 8 && part[6] == '~' && part[7] >= '1' &&
        part[7] <= '4')
        return is_ntfs_end(part.substr(8));
    bool saw_tilde = false;
    for (std::size_t i = 0; i < 8; ++i) {
        if (i >= part.size()) return false;
        const char c = part[i];
        if (saw_tilde) {
            if (c < '0' || c > '9') return false;
        } else if (c == '~') {
            if (i + 1 >= part.size() || part[++i] < '1' || part[i] > '9') return false;
            saw_tilde = true;
        } else if (i >= 6 || lower(c) != kHashed[i]) {
            return false;
        }
    }
    return is_ntfs_end(part.substr(8));
}

bool is_part(std::string_view part, bool is_symlink) noexcept {
    if (part.empty() || part.size() > kLongestPart || part == "." || part == "..") return false;
    if (is_like(part, ".git") || is_hfs_name(part, ".git")) return false;
    if (is_symlink && is_hfs_name(part, ".gitmodules")) return false;
    // To NTFS a backslash is a slash: each piece between them would be a part.
    for (auto rest = part;;) {
        if (is_ntfs_git(rest) || (is_symlink && is_ntfs_gitmodules(rest))) return false;
        const auto slash = rest.find('\\');
        if (slash == std::string_view::npos) return true;
        rest.remove_prefix(slash + 1);
    }
}

}  // namespace

bool is_tree_path(std::string_view path, std::uint32_t mode) noexcept {
    if (path.size() > kLongestPath || path.find('\0') != std::string_view::npos) return false;
    const bool is_symlink = (mode & kKind) == kSymlink;
    for (auto rest = path;;) {
        const auto slash = rest.find('/');
        if (!is_part(rest.substr(0, slash), is_symlink)) return false;
        if (slash == std::string_view::npos) return true;
        rest.remove_prefix(slash + 1);
    }
}

}  // namespace forgehouse::git
