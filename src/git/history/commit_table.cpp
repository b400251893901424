#include "git/history/commit_table.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <tuple>
#include <utility>

namespace forgehouse::git {
namespace {

// Later ones count as this: a generation above it must not come to its end.
constexpr std::uint64_t kLatest = std::uint64_t{1} << 62;

/// `committer NAME <EMAIL> SECONDS ZONE`: the seconds behind the last bracket of the line.
std::uint64_t date_of(std::string_view line) noexcept {
    const auto bracket = line.rfind('>');
    if (bracket == std::string_view::npos) return 0;
    line.remove_prefix(bracket + 1);
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    const bool is_negative = line.starts_with('-');  // very late, to git
    line.remove_prefix(is_negative ? 1 : 0);
    std::uint64_t seconds = 0;
    const auto read = std::from_chars(line.data(), line.data() + line.size(), seconds);
    if (read.ec == std::errc::result_out_of_range) return ~std::uint64_t{0};
    return is_negative ? 0 - seconds : seconds;
}

Error broken(const ObjectId& commit, Literal what) {
    return Error(Errc::Corrupt, what)
        .with("object", commit.hex())
        .hint("Run `git fsck` there; fetch the history again or restore a backup.");
}

}  // namespace

std::optional<CommitHeader> parse_commit_header(std::string_view content, ObjectFormat format) {
    CommitHeader header;
    const auto digits = 2 * id_size(format);
    const auto take_line = [&content] {
        const auto end = content.find('\n');
        const auto line = content.substr(0, end);
        content.remove_prefix(end == std::string_view::npos ? content.size() : end + 1);
        return line;
    };
    const auto take_id = [&](std::string_view name) -> std::optional<ObjectId> {
        const auto line = content.substr(0, name.size() + digits);
        if (!line.starts_with(name) || content.size() <= line.size() ||
            content[line.size()] != '\n')
            return std::nullopt;
        content.remove_prefix(line.size() + 1);
        return ObjectId::from_hex(line.substr(name.size()));
    };
    const auto tree = take_id("tree ");
    if (!tree) return std::nullopt;
    header.tree = *tree;
    while (content.starts_with("parent ")) {
        const auto parent = take_id("parent ");
        if (!parent) return std::nullopt;
        header.parents.push_back(*parent);
    }
    if (!content.starts_with("author")) return header;
    take_line();
    if (content.starts_with("committer")) header.date = date_of(take_line());
    return header;
}

CommitTable::CommitTable(ObjectAccess& objects, ObjectFormat format,
                         std::shared_ptr<const CommitGraphChain> graph,
                         std::unordered_set<ObjectId> cut)
    : objects_(&objects),
      format_(format),
      graph_(std::move(graph)),
      graph_size_(graph_ == nullptr ? 0 : graph_->size()),
      cut_(std::move(cut)),
      stride_(id_size(format)) {}

Result<CommitTable::Number> CommitTable::open(const exec::Context& ctx, const ObjectId& id) {
    if (id.bytes().size() != stride_ || id.is_null())
        return Failure(Error(Errc::NotFound, "a commit is not there").with("object", id.hex()));
    if (graph_ != nullptr)
        if (const auto position = graph_->find(id)) return *position;
    // Only what is there gets a number: who asks may ask for anything.
    if (!slots_.empty() && slots_[slot_of(id)] != kNone) {
        const auto known = number_of(id);
        TRY(load(ctx, known));
        return known;
    }
    TRY_LET(object, objects_->read(ctx, id));
    if (object.type == ObjectType::Missing)
        return Failure(Error(Errc::NotFound, "a commit is not there").with("object", id.hex()));
    if (object.type != ObjectType::Commit)
        return Failure(Error(Errc::Invalid, "an object is no commit").with("object", id.hex()));
    const auto commit = number_of(id);
    TRY(read(ctx, commit));
    return commit;
}

Result<void> CommitTable::read(const exec::Context& ctx, Number commit) {
    const auto name = id(commit);
    TRY_LET(object, objects_->read(ctx, name));
    if (object.type == ObjectType::Missing)
        return Failure(broken(name, "a commit that others build upon is not there"));
    const auto header = object.type == ObjectType::Commit
                            ? parse_commit_header(object.content(), format_)
                            : std::nullopt;
    if (!header) return Failure(broken(name, "an object is no commit, or a damaged one"));
    const auto parents_at = parents_.size();
    if (!cut_.contains(name))
        for (const auto& parent : header->parents) parents_.push_back(number_of(parent));
    const auto at = commit - graph_size_;
    std::memcpy(trees_.data() + at * stride_, header->tree.bytes().data(), stride_);
    rows_[at].date = header->date;
    rows_[at].parents_at = parents_at;
    rows_[at].parents = static_cast<std::uint32_t>(parents_.size() - parents_at);
    rows_[at].is_loaded = true;
    return {};
}

CommitTable::Number CommitTable::number_of(const ObjectId& id) {
    if (graph_ != nullptr)
        if (const auto position = graph_->find(id)) return *position;
    if (2 * (rows_.size() + 1) > slots_.size()) grow();
    auto& slot = slots_[slot_of(id)];
    if (slot == kNone) {
        slot = static_cast<Number>(rows_.size());
        rows_.emplace_back();
        ids_.insert(ids_.end(), id.bytes().begin(), id.bytes().end());
        trees_.resize(trees_.size() + stride_);
    }
    return graph_size_ + slot;
}

std::size_t CommitTable::slot_of(const ObjectId& id) const noexcept {
    const auto mask = slots_.size() - 1;
    for (auto at = static_cast<std::size_t>(id.hash()) & mask;; at = (at + 1) & mask)
        if (slots_[at] == kNone || std::memcmp(ids_.data() + std::size_t{slots_[at]} * stride_,
                                               id.bytes().data(), stride_) == 0)
            return at;
}

void CommitTable::grow() {
    slots_.assign(std::max<std::size_t>(64, 2 * slots_.size()), kNone);
    for (Number row = 0; row < rows_.size(); ++row) slots_[slot_of(id(graph_size_ + row))] = row;
}

ObjectId CommitTable::id(Number commit) const noexcept {
    if (commit < graph_size_) return graph_->id(commit);
    return ObjectId::from_bytes(
        std::span(ids_).subspan(std::size_t{commit - graph_size_} * stride_, stride_));
}

ObjectId CommitTable::tree(Number commit) const noexcept {
    if (commit < graph_size_) return graph_->tree(commit);
    return ObjectId::from_bytes(
        std::span(trees_).subspan(std::size_t{commit - graph_size_} * stride_, stride_));
}

void CommitTable::sort_newest_first(std::vector<Number>& commits) const {
    struct Dated {
        std::uint64_t date;
        std::size_t place;
        Number commit;
    };
    std::vector<Dated> dated;
    for (const auto commit : commits)
        dated.push_back({.date = date(commit), .place = dated.size(), .commit = commit});
    std::ranges::sort(dated, [](const Dated& a, const Dated& b) {
        return std::tie(b.date, a.place) < std::tie(a.date, b.place);
    });
    std::ranges::transform(dated, commits.begin(), &Dated::commit);
}

Result<void> CommitTable::settle(const exec::Context& ctx, Number commit) {
    std::vector<Number> waiting{commit};
    for (std::size_t turn = 0; !waiting.empty(); ++turn) {
        if (turn % 1024 == 0) TRY(ctx.check());
        const auto next = waiting.back();
        TRY(load(ctx, next));
        const auto before = waiting.size();
        TRY(settle_one(next, waiting));
        if (waiting.size() == before) waiting.pop_back();
    }
    return {};
}

/// Where parents have to be settled before, they are put on top of those that wait, and it is asked
/// for again.
Result<void> CommitTable::settle_one(Number commit, std::vector<Number>& waiting) {
    if (generation(commit) != kUnknown) return {};
    auto& row = rows_[commit - graph_size_];
    row.is_waiting = true;
    const auto before = waiting.size();
    std::uint64_t highest = 0;
    bool is_ring = false;
    each_parent(commit, [&](Number parent) {
        const auto known = generation(parent);
        if (known == kUnknown) {
            waiting.push_back(parent);
            // What waits for its parents is a descendant of all that is put above it.
            is_ring = is_ring || rows_[parent - graph_size_].is_waiting;
        }
        highest = std::max(highest, known);
    });
    if (is_ring) return Failure(broken(id(commit), "a commit is its own ancestor"));
    if (waiting.size() > before) return {};
    // Times make better generations than levels: a walk by them goes through few old commits. But
    // both do not mix.
    const bool is_by_date = graph_ == nullptr || graph_->has_corrected_dates();
    row.generation = std::max(highest + 1, is_by_date ? std::min(row.date, kLatest) : 0);
    return {};
}

}  // namespace forgehouse::git
