#include "git/tree_diff.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "git/line_bytes.h"

namespace forgehouse::git {
namespace {

// git's own bound, where it has one; deeper trees are its to refuse.
constexpr int kMostDepth = 1000;
constexpr std::size_t kMostSame = 10'000;

// Trees that git knows without having them.
constexpr std::string_view kEmptySha1 = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
constexpr std::string_view kEmptySha256 =
    "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321";

/// As git reads modes that older versions wrote.
std::uint32_t canonical(std::uint32_t mode) noexcept {
    switch (mode & 0170000U) {
        case 0100000: return (mode & 0100U) != 0 ? 0100755 : 0100644;
        case 0120000: return 0120000;
        case 0040000: return 0040000;
        default: return 0160000;
    }
}

StoredObject empty_tree() {
    StoredObject tree;
    tree.type = ObjectType::Tree;
    return tree;
}

/// Takes a line of a commit's head off, `NAME ID`; nullopt for anything else.
std::optional<ObjectId> take_id(std::string_view& content, std::string_view name) noexcept {
    const auto end = content.find('\n');
    if (!content.starts_with(name) || end == std::string_view::npos) return std::nullopt;
    const auto id = ObjectId::from_hex(content.substr(name.size(), end - name.size()));
    content.remove_prefix(end + 1);
    return id;
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
    const auto tree = take_id(content, "tree ");
    if (!tree || !parents) return tree;
    for (; *parents > 0; --*parents)
        if (!take_id(content, "parent ")) return std::nullopt;
    return content.starts_with("author ") ? tree : std::nullopt;
}

std::optional<ObjectId> first_parent_of_commit(std::string_view content) noexcept {
    if (!take_id(content, "tree ")) return std::nullopt;
    return take_id(content, "parent ");
}

TreeDiff::TreeDiff(ObjectAccess& objects, ObjectFormat format)
    : objects_(&objects), format_(format) {}

std::optional<std::vector<FileChange>> TreeDiff::compare(const ObjectId& before,
                                                         const ObjectId& after) {
    minds_renames_ = true;
    return run(before, after);
}

std::optional<std::vector<FileChange>> TreeDiff::compare_without_renames(const ObjectId& before,
                                                                         const ObjectId& after) {
    minds_renames_ = false;
    return run(before, after);
}

std::optional<std::vector<FileChange>> TreeDiff::run(const ObjectId& before,
                                                     const ObjectId& after) {
    path_.clear();
    files_.clear();
    same_.clear();
    has_added_ = has_deleted_ = false;
    if (!descend(before, after, 0)) return std::nullopt;
    return std::exchange(files_, {});
}

std::optional<StoredObject> TreeDiff::read(const ObjectId& tree) {
    if (tree.is_null()) return empty_tree();
    auto object = objects_->read_own(tree);
    if (object && object->type == ObjectType::Tree) return std::move(*object);
    if (is_empty_tree(tree)) return empty_tree();
    return std::nullopt;
}

bool TreeDiff::descend(const ObjectId& before, const ObjectId& after, int depth) {
    if (before == after || (!same_.empty() && same_.contains({before, after}))) return true;
    if (depth > kMostDepth) return false;
    const auto from = read(before);
    const auto to = read(after);
    const auto files = files_.size();
    if (!from || !to || !walk(from->content(), to->content(), depth)) return false;
    if (files_.size() == files && same_.size() < kMostSame) same_.emplace(before, after);
    return true;
}

bool TreeDiff::walk(std::string_view before, std::string_view after, int depth) {
    const auto id_bytes = id_size(format_);
    for (;;) {
        skip_equal_entries(before, after, id_bytes);
        if (before.empty() && after.empty()) return true;
        auto behind_from = before, behind_to = after;
        std::optional<TreeEntry> from, to;
        if (!before.empty() && !(from = take_tree_entry(behind_from, id_bytes))) return false;
        if (!after.empty() && !(to = take_tree_entry(behind_to, id_bytes))) return false;
        const int order = !from ? 1 : !to ? -1 : compare_entries(*from, *to);
        if (!differ(order <= 0 ? &*from : nullptr, order >= 0 ? &*to : nullptr, depth))
            return false;
        if (order <= 0) before = behind_from;
        if (order >= 0) after = behind_to;
    }
}

/// What became of one name. Two entries that compare equal are both trees or both none.
bool TreeDiff::differ(const TreeEntry* before, const TreeEntry* after, int depth) {
    if (before != nullptr && after != nullptr && before->id == after->id &&
        before->mode == after->mode)
        return true;
    const auto& any = before != nullptr ? *before : *after;
    const auto none = ObjectId::null(format_);
    const auto old_id = before != nullptr ? before->id : none;
    const auto new_id = after != nullptr ? after->id : none;
    if (any.is_tree()) {
        const auto length = path_.size();
        path_.append(any.name).append("/");
        const bool is_told = descend(old_id, new_id, depth + 1);
        path_.resize(length);
        return is_told;
    }
    has_added_ |= before == nullptr;
    has_deleted_ |= after == nullptr;
    if (minds_renames_ && has_added_ && has_deleted_) return false;
    if (files_.size() == kMostFiles) return false;
    FileChange file;
    file.path = path_ + std::string(any.name);
    file.change = before == nullptr  ? ChangeType::Added
                  : after == nullptr ? ChangeType::Deleted
                                     : ChangeType::Modified;
    file.old_blob = old_id;
    file.new_blob = new_id;
    file.old_mode = before != nullptr ? before->mode : 0;
    file.new_mode = after != nullptr ? after->mode : 0;
    files_.push_back(std::move(file));
    return true;
}

}  // namespace forgehouse::git
