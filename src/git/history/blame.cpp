#include "git/history/blame.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/text.h"
#include "git/file_content.h"
#include "git/history/renames.h"
#include "git/history/tree_paths.h"
#include "git/line_diff.h"
#include "git/store/bloom_filter.h"

namespace forgehouse::git {
namespace {

using Number = CommitTable::Number;

/// Lines whose commit is looked for.
struct Suspects {
    std::uint32_t first_line;  ///< in the file that was asked for
    std::uint32_t line;        ///< in the file at hand
    std::uint32_t lines;
};

/// A name that the file has had.
struct Name {
    std::string path;
    BloomPath filter;
    TreePaths trees;
};

/// A file of a commit, and the lines that have been followed to it.
struct Origin {
    PathEntry file;
    std::vector<Suspects> suspects;
};

/// Another version of the file, in a parent.
struct Parent {
    Number commit;
    std::size_t name;
    PathEntry file;
};

bool by_line(const Suspects& a, const Suspects& b) noexcept {
    return a.line < b.line;
}

/// Sorts, and puts together what stands in a row in both files.
void put_in_order(std::vector<Suspects>& suspects) {
    std::ranges::sort(suspects, by_line);
    std::size_t kept = 0;
    for (const auto& next : suspects) {
        if (kept > 0) {
            auto& last = suspects[kept - 1];
            if (last.line + last.lines == next.line &&
                last.first_line + last.lines == next.first_line) {
                last.lines += next.lines;
                continue;
            }
        }
        suspects[kept++] = next;
    }
    suspects.resize(kept);
}

/// Takes out of `suspects`, which are in order, what no change has touched, with the lines where it
/// stood before.
std::vector<Suspects> take_unchanged(std::vector<Suspects>& suspects,
                                     std::span<const LineChange> changes) {
    std::vector<Suspects> unchanged, changed;
    std::size_t next = 0;  // the first change that does not end before the line at hand
    for (auto rest : suspects) {
        while (rest.lines > 0) {
            while (next < changes.size() && changes[next].after + changes[next].added <= rest.line)
                ++next;
            const bool is_changed = next < changes.size() && changes[next].after <= rest.line;
            const auto end = next == changes.size() ? rest.line + rest.lines
                             : is_changed           ? changes[next].after + changes[next].added
                                                    : changes[next].after;
            auto part = rest;
            part.lines = std::min(rest.lines, end - rest.line);
            rest.first_line += part.lines;
            rest.line += part.lines;
            rest.lines -= part.lines;
            if (is_changed) {
                changed.push_back(part);
                continue;
            }
            if (next > 0) {
                const auto& last = changes[next - 1];
                part.line += last.before + last.removed - last.after - last.added;
            }
            unchanged.push_back(part);
        }
    }
    suspects = std::move(changed);
    return unchanged;
}

class Blame {
public:
    explicit Blame(History& history) : history_(history), commits_(history.commits()) {}

    Result<std::vector<BlamedLines>> run(const exec::Context& ctx, const BlameRequest& request);

private:
    using Key = std::uint64_t;
    static Key key_of(Number commit, std::size_t name) noexcept {
        return std::uint64_t{name} << 32 | commit;
    }

    Result<std::size_t> name_of(const std::string& path);
    Result<StoredObject> content(const exec::Context& ctx, const PathEntry& file);
    Result<void> follow(const exec::Context& ctx, Number commit, std::size_t name, Origin origin);
    Result<bool> find_parents(const exec::Context& ctx, Number commit, std::size_t name,
                              const Origin& origin);
    Result<bool> find_parent(const exec::Context& ctx, Number commit, std::size_t name,
                             const PathEntry& file, std::size_t parent, bool is_renamed);
    Result<std::optional<std::string>> name_before(const exec::Context& ctx, Number commit,
                                                   Number parent, const std::string& path);
    Result<void> hand_to(const exec::Context& ctx, const Parent& parent,
                         std::vector<Suspects> suspects);
    void settle(Number commit, std::size_t name, const std::vector<Suspects>& suspects);
    std::vector<BlamedLines> in_order();

    History& history_;
    CommitTable& commits_;
    std::vector<std::unique_ptr<Name>> names_;
    std::unordered_map<Key, Origin> origins_;
    CommitQueue queue_;        ///< by date, so that lines meet again before they are followed on
    std::vector<Key> queued_;  ///< what the numbers in queue_ stand for
    std::vector<Number> parents_;                  ///< of the commit at hand
    std::vector<std::optional<Parent>> versions_;  ///< the file in these
    LineDiff diff_;
    std::vector<BlamedLines> settled_;
};

Result<std::size_t> Blame::name_of(const std::string& path) {
    for (std::size_t i = 0; i < names_.size(); ++i)
        if (names_[i]->path == path) return i;
    TRY_LET(trees,
            TreePaths::make(history_.objects(), history_.repository().traits().format, {path}));
    names_.push_back(std::make_unique<Name>(path, BloomPath(path), std::move(trees)));
    return names_.size() - 1;
}

Result<StoredObject> Blame::content(const exec::Context& ctx, const PathEntry& file) {
    return content_of(ctx, history_.objects(), file.id, file.mode);
}

Result<std::vector<BlamedLines>> Blame::run(const exec::Context& ctx, const BlameRequest& request) {
    const auto nowhere = [&](Errc code, Literal what) {
        return Failure(Error(code, what)
                           .with("path", text::json_quoted(request.path))
                           .with("commit", request.commit.hex()));
    };
    if (request.path.empty()) return nowhere(Errc::Invalid, "no file is named");
    TRY_LET(commit, commits_.open(ctx, request.commit));
    TRY_LET(name, name_of(request.path));
    TRY_LET(file, names_[name]->trees.entry(ctx, commits_.tree(commit), 0));
    if (file.mode == 0) return nowhere(Errc::NotFound, "there is no such file in the commit");
    if (!file.is_file() || file.mode == kSubmoduleMode)
        return nowhere(Errc::Invalid, "that is no file");
    TRY_LET(object, content(ctx, file));
    const auto all = static_cast<std::uint32_t>(count_lines(object.content()));
    const auto first = std::min(request.first_line, all);
    const auto lines = std::min(request.lines, all - first);
    if (lines == 0) return std::vector<BlamedLines>();
    TRY(hand_to(ctx, {.commit = commit, .name = name, .file = file},
                {{.first_line = first, .line = first, .lines = lines}}));
    while (!queue_.empty()) {
        TRY(ctx.check());
        const auto key = queued_[queue_.pop()];
        auto origin = std::move(origins_.extract(key).mapped());
        put_in_order(origin.suspects);
        TRY(follow(ctx, static_cast<Number>(key), key >> 32, std::move(origin)));
    }
    return in_order();
}

/// Hands what the commit has not changed to its parents, and settles the rest on it.
Result<void> Blame::follow(const exec::Context& ctx, Number commit, std::size_t name,
                           Origin origin) {
    parents_.clear();
    commits_.each_parent(commit, [this](Number parent) { parents_.push_back(parent); });
    TRY_LET(is_whole, find_parents(ctx, commit, name, origin));
    if (is_whole) return hand_to(ctx, *versions_.back(), std::move(origin.suspects));
    std::optional<StoredObject> own;
    for (const auto& version : versions_) {
        if (!version) continue;
        if (!own) {
            TRY_LET(object, content(ctx, origin.file));
            own = std::move(object);
        }
        TRY_LET(before, content(ctx, version->file));
        const auto [left, right] = without_common_blocks(before.content(), own->content());
        auto unchanged = take_unchanged(origin.suspects, diff_.compare(left, right));
        if (!unchanged.empty()) TRY(hand_to(ctx, *version, std::move(unchanged)));
        if (origin.suspects.empty()) return {};
    }
    settle(commit, name, origin.suspects);
    return {};
}

/// Fills in the versions of the file that the parents have. True where one of them is the same,
/// which is the last one then.
Result<bool> Blame::find_parents(const exec::Context& ctx, Number commit, std::size_t name,
                                 const Origin& origin) {
    versions_.assign(parents_.size(), std::nullopt);
    for (const bool is_renamed : {false, true})
        for (std::size_t i = 0; i < parents_.size(); ++i) {
            if (versions_[i]) continue;
            TRY_LET(is_found, find_parent(ctx, commit, name, origin.file, i, is_renamed));
            if (!is_found) continue;
            const auto& blob = versions_[i]->file.id;
            if (blob == origin.file.id) {
                std::swap(versions_[i], versions_.back());
                return true;
            }
            // What an earlier parent has too says nothing new.
            for (std::size_t j = 0; j < i; ++j)
                if (versions_[j] && versions_[j]->file.id == blob) versions_[i].reset();
        }
    return false;
}

/// Fills in one version: under the same name, or under the one that it had before.
Result<bool> Blame::find_parent(const exec::Context& ctx, Number commit, std::size_t name,
                                const PathEntry& file, std::size_t parent, bool is_renamed) {
    const auto number = parents_[parent];
    TRY(commits_.load(ctx, number));
    if (!is_renamed && parent == 0)
        if (const auto changes = commits_.changes(commit);
            changes && !names_[name]->filter.may_be_in(*changes)) {
            versions_[parent] = {.commit = number, .name = name, .file = file};
            return true;
        }
    TRY_LET(there, names_[name]->trees.entry(ctx, commits_.tree(number), 0));
    if (!is_renamed) {
        if (!there.is_file() || !are_of_one_kind(there.mode, file.mode)) return false;
        versions_[parent] = {.commit = number, .name = name, .file = there};
        return true;
    }
    if (there.is_file()) return false;  // of another kind
    TRY_LET(old_path, name_before(ctx, commit, number, names_[name]->path));
    if (!old_path) return false;
    TRY_LET(old_name, name_of(*old_path));
    TRY_LET(old_file, names_[old_name]->trees.entry(ctx, commits_.tree(number), 0));
    versions_[parent] = {.commit = number, .name = old_name, .file = old_file};
    return true;
}

/// Which of the files that the commit has removed became this one.
Result<std::optional<std::string>> Blame::name_before(const exec::Context& ctx, Number commit,
                                                      Number parent, const std::string& path) {
    return renamed_from(ctx, history_.repository(), history_.objects(),
                        {.id = commits_.id(parent), .tree = commits_.tree(parent)},
                        {.id = commits_.id(commit), .tree = commits_.tree(commit)}, path);
}

Result<void> Blame::hand_to(const exec::Context& ctx, const Parent& parent,
                            std::vector<Suspects> suspects) {
    TRY(commits_.load(ctx, parent.commit));
    const auto key = key_of(parent.commit, parent.name);
    auto [at, is_new] = origins_.try_emplace(key);
    auto& origin = at->second;
    if (!is_new) {
        origin.suspects.insert(origin.suspects.end(), suspects.begin(), suspects.end());
        return {};
    }
    origin.file = parent.file;
    origin.suspects = std::move(suspects);
    queue_.push(static_cast<std::uint32_t>(queued_.size()), 0, commits_.date(parent.commit));
    queued_.push_back(key);
    return {};
}

void Blame::settle(Number commit, std::size_t name, const std::vector<Suspects>& suspects) {
    for (const auto& each : suspects)
        settled_.push_back({.first_line = each.first_line,
                            .lines = each.lines,
                            .commit = commits_.id(commit),
                            .path = names_[name]->path,
                            .first_line_then = each.line});
}

std::vector<BlamedLines> Blame::in_order() {
    std::ranges::sort(settled_, {}, &BlamedLines::first_line);
    std::vector<BlamedLines> result;
    for (auto& next : settled_) {
        if (!result.empty()) {
            auto& last = result.back();
            if (last.commit == next.commit && last.path == next.path &&
                last.first_line_then + last.lines == next.first_line_then) {
                last.lines += next.lines;
                continue;
            }
        }
        result.push_back(std::move(next));
    }
    return result;
}

}  // namespace

Result<std::vector<BlamedLines>> blame(const exec::Context& ctx, History& history,
                                       const BlameRequest& request) {
    return Blame(history).run(ctx, request);
}

}  // namespace forgehouse::git
