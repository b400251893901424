#include "git/tree_entry.h"

#include <algorithm>
#include <cstring>

#include "git/line_bytes.h"

namespace forgehouse::git {
namespace {

// Trees that git knows without having them.
constexpr std::string_view kEmptySha1 = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
constexpr std::string_view kEmptySha256 =
    "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321";

/// As git reads modes that older versions wrote.
std::uint32_t canonical(std::uint32_t mode) noexcept {
    switch (mode & 0170000U) {
        case 0100000: return (mode & 0100U) != 0 ? 0100755 : 0100644;
        case 0120000: return 0120000;
        case kFolderMode: return kFolderMode;
        default: return kSubmoduleMode;
    }
}

}  // namespace

std::optional<TreeEntry> take_tree_entry(std::string_view& tree, std::size_t id_bytes) noexcept {
    TreeEntry entry;
    std::uint32_t mode = 0;
    std::size_t at = 0;
    for (; at < tree.size() && tree[at] != ' '; ++at) {
        if (tree[at] < '0' || tree[at] > '7' || at == 7) return std::nullopt;
        mode = mode * 8 + static_cast<std::uint32_t>(tree[at] - '0');
    }
    const auto end = tree.find('\0', at);
    if (at == 0 || end == std::string_view::npos || end <= at + 1 || tree.size() - end <= id_bytes)
        return std::nullopt;
    entry.mode = canonical(mode);
    entry.name = tree.substr(at + 1, end - at - 1);
    entry.id = ObjectId::from_bytes(
        {reinterpret_cast<const std::uint8_t*>(tree.data()) + end + 1, id_bytes});
    tree.remove_prefix(end + 1 + id_bytes);
    return entry;
}

int compare_entries(const TreeEntry& a, const TreeEntry& b) noexcept {
    const auto shorter = std::min(a.name.size(), b.name.size());
    if (const int order = std::memcmp(a.name.data(), b.name.data(), shorter); order != 0)
        return order;
    const auto behind = [shorter](const TreeEntry& entry) {
        if (entry.name.size() > shorter) return static_cast<unsigned char>(entry.name[shorter]);
        return static_cast<unsigned char>(entry.is_tree() ? '/' : '\0');
    };
    return int{behind(a)} - int{behind(b)};
}

void skip_equal_entries(std::string_view& before, std::string_view& after,
                        std::size_t id_bytes) noexcept {
    const auto same = common_beginning(before, after);
    std::size_t at = 0;
    for (;;) {
        const auto end = before.substr(0, same).find('\0', at);
        if (end == std::string_view::npos || same - end <= id_bytes) break;
        at = end + 1 + id_bytes;
    }
    before.remove_prefix(at);
    after.remove_prefix(at);
}

bool is_empty_tree(const ObjectId& id) {
    const auto hex = id.hex();
    return hex == kEmptySha1 || hex == kEmptySha256;
}

std::optional<ObjectId> tree_of_commit(std::string_view content,
                                       std::optional<std::size_t> parents) noexcept {
    const auto take = [&content](std::string_view name) -> std::optional<ObjectId> {
        const auto end = content.find('\n');
        if (!content.starts_with(name) || end == std::string_view::npos) return std::nullopt;
        const auto id = ObjectId::from_hex(content.substr(name.size(), end - name.size()));
        content.remove_prefix(end + 1);
        return id;
    };
    const auto tree = take("tree ");
    if (!tree || !parents) return tree;
    for (; *parents > 0; --*parents)
        if (!take("parent ")) return std::nullopt;
    return content.starts_with("author ") ? tree : std::nullopt;
}

}  // namespace forgehouse::git
