#include "git/history/tree_paths.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/text.h"

namespace forgehouse::git {
namespace {

constexpr std::size_t kMostSame = 10'000;

}  // namespace

std::optional<PathEntry> find_entry(std::string_view tree, std::string_view name,
                                    std::size_t id_bytes) noexcept {
    while (!tree.empty()) {
        // Modes have five or six digits, as git writes them: the usual case, without a copy of the
        // id of every entry that is passed.
        const auto digits = tree.substr(0, 7).find(' ');
        if (digits == 5 || digits == 6) {
            const auto end = tree.find('\0', digits + 1);
            if (end == std::string_view::npos || tree.size() - end <= id_bytes) return std::nullopt;
            if (tree.substr(digits + 1, end - digits - 1) != name) {
                tree.remove_prefix(end + 1 + id_bytes);
                continue;
            }
        }
        const auto entry = take_tree_entry(tree, id_bytes);
        if (!entry) return std::nullopt;
        if (entry->name == name) return PathEntry{.mode = entry->mode, .id = entry->id};
    }
    return PathEntry{};
}

Error broken_tree(const ObjectId& tree, Literal what) {
    return Error(Errc::Corrupt, what)
        .with("object", tree.hex())
        .hint("Run `git fsck` there; fetch the history again or restore a backup.");
}

Result<StoredObject> read_tree(const exec::Context& ctx, ObjectAccess& objects,
                               const ObjectId& tree) {
    StoredObject empty;
    empty.type = ObjectType::Tree;
    if (tree.is_null()) return empty;
    TRY_LET(object, objects.read(ctx, tree));
    if (object.type == ObjectType::Missing && is_empty_tree(tree)) return empty;
    if (object.type == ObjectType::Missing)
        return Failure(broken_tree(tree, "a tree is not there"));
    if (object.type != ObjectType::Tree) return Failure(broken_tree(tree, "an object is no tree"));
    return std::move(object);
}

Result<TreePaths> TreePaths::make(ObjectAccess& objects, ObjectFormat format,
                                  const std::vector<std::string>& paths) {
    TreePaths made(objects, format);
    for (const auto& text : paths) {
        Path path;
        if (!text.empty())
            for (const auto name : text::split(text, '/')) path.names.emplace_back(name);
        const auto is_no_name = [](const std::string& name) {
            return name.empty() || name == "." || name == ".." ||
                   name.find('\0') != std::string::npos;
        };
        if (std::ranges::any_of(path.names, is_no_name))
            return Failure(Error(Errc::Invalid, "that is no path of a file or a folder")
                               .with("path", text::printable(text::replace_invalid_utf8(text)))
                               .hint("Write it from the top of the tree on, without a slash at "
                                     "the ends."));
        path.known.resize(path.names.size());
        made.paths_.push_back(std::move(path));
    }
    return made;
}

Result<PathEntry> TreePaths::entry(const exec::Context& ctx, const ObjectId& tree,
                                   std::size_t path) {
    auto& [names, known] = paths_[path];
    PathEntry at{.mode = kFolderMode, .id = tree};
    std::size_t level = 0;
    std::vector<ObjectId> passed;
    for (; level < names.size() && at.is_folder(); ++level) {
        if (const auto& held = place_of(at.id, known[level]); held.tree == at.id) {
            at = held.entry;
            break;
        }
        TRY_LET(object, read_tree(ctx, *objects_, at.id));
        const auto next = find_entry(object.content(), names[level], id_size(format_));
        if (!next) return Failure(broken_tree(at.id, "a tree is damaged"));
        passed.push_back(at.id);
        // A file where a folder would have to be leads nowhere.
        at = level + 1 < names.size() && !next->is_folder() ? PathEntry{} : *next;
    }
    for (std::size_t i = 0; i < passed.size(); ++i)
        place_of(passed[i], known[i]) = {.tree = passed[i], .entry = at};
    return at;
}

TreePaths::Known& TreePaths::place_of(const ObjectId& tree, std::vector<Known>& known) {
    if (known.empty()) known.resize(kRemembered);
    return known[tree.hash() % kRemembered];
}

Result<bool> TreePaths::are_same(const exec::Context& ctx, const ObjectId& a, const ObjectId& b) {
    if (a == b) return true;
    for (std::size_t path = 0; path < paths_.size(); ++path) {
        TRY_LET(before, entry(ctx, a, path));
        TRY_LET(after, entry(ctx, b, path));
        TRY_LET(is_same, have_same_files(ctx, before, after, 0));
        if (!is_same) return false;
    }
    return true;
}

/// Whether no file is another. Trees of different ids may well have the same: where one writes its
/// modes in an old way, or has a folder without any file.
Result<bool> TreePaths::have_same_files(const exec::Context& ctx, const PathEntry& a,
                                        const PathEntry& b, int depth) {
    if (a == b) return true;
    if (a.is_file() || b.is_file()) return false;
    const auto none = ObjectId::null(format_);
    return compare(ctx, a.is_folder() ? a.id : none, b.is_folder() ? b.id : none, depth);
}

Result<bool> TreePaths::compare(const exec::Context& ctx, const ObjectId& a, const ObjectId& b,
                                int depth) {
    if (a == b) return true;
    if (depth > kMostTreeDepth) return Failure(broken_tree(a, "a tree is too deep"));
    if (same_.contains({a, b})) return true;
    TRY(ctx.check());
    TRY_LET(before, read_tree(ctx, *objects_, a));
    TRY_LET(after, read_tree(ctx, *objects_, b));
    auto left = before.content(), right = after.content();
    const auto id_bytes = id_size(format_);
    for (;;) {
        skip_equal_entries(left, right, id_bytes);
        if (left.empty() && right.empty()) break;
        auto behind_left = left, behind_right = right;
        std::optional<TreeEntry> from, to;
        if (!left.empty() && !(from = take_tree_entry(behind_left, id_bytes)))
            return Failure(broken_tree(a, "a tree is damaged"));
        if (!right.empty() && !(to = take_tree_entry(behind_right, id_bytes)))
            return Failure(broken_tree(b, "a tree is damaged"));
        const int order = !from ? 1 : !to ? -1 : compare_entries(*from, *to);
        PathEntry old_entry, new_entry;
        if (order <= 0) old_entry = {.mode = from->mode, .id = from->id};
        if (order >= 0) new_entry = {.mode = to->mode, .id = to->id};
        TRY_LET(is_same, have_same_files(ctx, old_entry, new_entry, depth + 1));
        if (!is_same) return false;
        if (order <= 0) left = behind_left;
        if (order >= 0) right = behind_right;
    }
    if (same_.size() >= kMostSame) same_.clear();
    same_.emplace(a, b);
    return true;
}

}  // namespace forgehouse::git
