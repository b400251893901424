#include "git/tree_diff.h"

#include <utility>

namespace forgehouse::git {
namespace {

constexpr std::size_t kMostSame = 10'000;

StoredObject empty_tree() {
    StoredObject tree;
    tree.type = ObjectType::Tree;
    return tree;
}

}  // namespace

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
    if (depth > kMostTreeDepth) return false;
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
