#include "git/hosted/log_pages.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <string_view>

#include "base/text.h"
#include "git/history/commit_log.h"
#include "git/history/path_log.h"

namespace forgehouse::git {
namespace {

constexpr std::size_t kMostInToken = 64;

/// Where a page begins. As text: `OFFSET`, or `OFFSET.OLDEST.IDS` with all ids in one run.
struct Continuation {
    std::uint64_t offset = 0;
    /// The least date of all that has been listed: what is older has not been.
    std::uint64_t oldest = std::numeric_limits<std::uint64_t>::max();
    std::vector<ObjectId> frontier = {};  ///< in the order in which they come; empty: only `offset`
};

std::optional<Continuation> parse(std::string_view token, ObjectFormat format) {
    const auto parts = text::split(token, '.');
    const auto offset = text::to_int(parts[0]);
    if (!offset || *offset < 1) return std::nullopt;
    Continuation out{.offset = static_cast<std::uint64_t>(*offset)};
    if (parts.size() == 1) return out;
    const auto oldest = parts.size() == 3 ? text::to_int(parts[1]) : std::nullopt;
    const auto digits = 2 * id_size(format);
    if (!oldest || *oldest < 0 || parts[2].empty() || parts[2].size() % digits != 0 ||
        parts[2].size() / digits > kMostInToken)
        return std::nullopt;
    out.oldest = static_cast<std::uint64_t>(*oldest);
    for (auto rest = parts[2]; !rest.empty(); rest.remove_prefix(digits)) {
        const auto id = ObjectId::from_hex(rest.substr(0, digits));
        if (!id) return std::nullopt;
        out.frontier.push_back(*id);
    }
    return out;
}

std::string text_of(const Continuation& at) {
    auto out = std::to_string(at.offset);
    // Dates beyond 63 bits are somebody's joke; such a log is walked again.
    constexpr std::uint64_t kMostDate = std::numeric_limits<std::int64_t>::max();
    if (at.frontier.empty() || at.frontier.size() > kMostInToken || at.oldest > kMostDate)
        return out;
    out += fmt::format(".{}.", at.oldest);
    for (const auto& id : at.frontier) out += id.hex();
    return out;
}

Result<Continuation> beginning(std::string_view after, ObjectFormat format) {
    if (after.empty()) return Continuation{};
    if (auto at = parse(after, format)) return std::move(*at);
    return Failure(Error(Errc::Invalid, "that is no place in a log")
                       .with("after", text::json_quoted(after.substr(0, 100)))
                       .hint("Take it from the page before, unchanged."));
}

ObjectFormat format_of(const History& history) {
    return history.repository().traits().format;
}

/// A plain log from a continuation on. What was listed before is known by its date only.
class PlainPage {
public:
    PlainPage(History& history, const Continuation& at) : commits_(&history.commits()), at_(at) {}

    /// False where it cannot be known whether a commit has been listed before.
    Result<bool> run(const exec::Context& ctx, const std::vector<ObjectId>& tips, std::size_t size,
                     LogPage& page) {
        TRY(begin(ctx, tips));
        while (!queue_.empty() && page.commits.size() < size) {
            TRY(ctx.check());
            const auto commit = queue_.pop();
            page.commits.push_back(commits_->id(commit));
            least_ = std::min(least_, commits_->date(commit));
            TRY_LET(known, push_parents(ctx, commit));
            if (!known) return false;
        }
        if (!queue_.empty()) page.next = text_of(rest(page.commits.size()));
        return true;
    }

private:
    using Number = CommitTable::Number;

    Result<void> begin(const exec::Context& ctx, const std::vector<ObjectId>& tips) {
        const bool is_first = at_.offset == 0;
        std::vector<Number> numbers;
        for (const auto& id : is_first ? tips : at_.frontier) {
            TRY_LET(number, commits_->open(ctx, id));
            numbers.push_back(number);
        }
        if (is_first) commits_->sort_newest_first(numbers);
        for (const auto number : numbers) push(number);
        return {};
    }

    void push(Number commit) {
        auto& mark = seen_.at(commit);
        if (mark != 0) return;
        mark = 1;
        queue_.push(commit, 0, commits_->date(commit));
    }

    Result<bool> push_parents(const exec::Context& ctx, Number commit) {
        parents_.clear();
        commits_->each_parent(commit, [this](Number parent) { parents_.push_back(parent); });
        for (const auto parent : parents_) {
            if (seen_.of(parent) != 0) continue;
            TRY(commits_->load(ctx, parent));
            if (at_.offset > 0 && commits_->date(parent) >= at_.oldest) return false;
            push(parent);
        }
        return true;
    }

    Continuation rest(std::size_t listed) {
        Continuation out{.offset = at_.offset + listed, .oldest = std::min(at_.oldest, least_)};
        while (!queue_.empty() && out.frontier.size() <= kMostInToken)
            out.frontier.push_back(commits_->id(queue_.pop()));
        return out;
    }

    CommitTable* commits_;
    const Continuation& at_;
    std::uint64_t least_ = std::numeric_limits<std::uint64_t>::max();
    CommitMarks seen_;
    CommitQueue queue_;
    std::vector<Number> parents_;
};

/// Takes a page off a log that has been started behind what is passed over.
template <class Log>
Result<LogPage> take_page(const exec::Context& ctx, Log& log, std::uint64_t offset,
                          std::size_t size) {
    LogPage page;
    for (;;) {
        TRY_LET(next, log.next(ctx));
        if (!next) return page;
        if (page.commits.size() == size) {
            page.next = std::to_string(offset + size);
            return page;
        }
        page.commits.push_back(*next);
    }
}

/// The commits of a log that differ from all their parents at a path.
class ChangesInLog {
public:
    ChangesInLog(History& history, CommitLog log, TreePaths paths)
        : history_(&history), log_(std::move(log)), paths_(std::move(paths)) {}

    Result<std::optional<ObjectId>> next(const exec::Context& ctx) {
        for (;;) {
            TRY_LET(id, log_.next(ctx));
            if (!id) return std::nullopt;
            TRY_LET(changed, is_change(ctx, *id));
            if (changed) return *id;
        }
    }

private:
    Result<bool> is_change(const exec::Context& ctx, const ObjectId& id) {
        auto& commits = history_->commits();
        TRY_LET(number, commits.open(ctx, id));
        std::vector<CommitTable::Number> parents;
        commits.each_parent(number, [&parents](auto parent) { parents.push_back(parent); });
        const auto tree = commits.tree(number);
        if (parents.empty()) {
            TRY_LET(empty, paths_.are_same(ctx, ObjectId::null(format_of(*history_)), tree));
            return !empty;
        }
        for (const auto parent : parents) {
            TRY(commits.load(ctx, parent));
            TRY_LET(same, paths_.are_same(ctx, commits.tree(parent), tree));
            if (same) return false;
        }
        return true;
    }

    History* history_;
    CommitLog log_;
    TreePaths paths_;
};

Result<LogPage> page_of_changes(const exec::Context& ctx, History& history, const LogQuery& query,
                                std::uint64_t offset) {
    TRY_LET(log, CommitLog::start(ctx, history, {.tips = query.include, .hidden = query.exclude}));
    TRY_LET(paths, TreePaths::make(history.objects(), format_of(history), {query.path}));
    ChangesInLog changes(history, std::move(log), std::move(paths));
    for (std::uint64_t i = 0; i < offset; ++i) {
        TRY_LET(skipped, changes.next(ctx));
        if (!skipped) return LogPage{};
    }
    return take_page(ctx, changes, offset, std::max<std::size_t>(query.size, 1));
}

}  // namespace

Result<LogPage> log_page(const exec::Context& ctx, History& history, const LogQuery& query) {
    TRY_LET(at, beginning(query.after, format_of(history)));
    const auto size = std::max<std::size_t>(query.size, 1);
    if (!query.path.empty() && !query.exclude.empty())
        return page_of_changes(ctx, history, query, at.offset);
    if (!query.path.empty()) {
        TRY_LET(log,
                PathLog::start(ctx, history,
                               {.tips = query.include, .paths = {query.path}, .skip = at.offset}));
        return take_page(ctx, log, at.offset, size);
    }
    if (query.exclude.empty() && (at.offset == 0 || !at.frontier.empty())) {
        LogPage page;
        TRY_LET(done, PlainPage(history, at).run(ctx, query.include, size, page));
        if (done) return page;
    }
    TRY_LET(log,
            CommitLog::start(ctx, history,
                             {.tips = query.include, .hidden = query.exclude, .skip = at.offset}));
    return take_page(ctx, log, at.offset, size);
}

Result<FileLogPage> file_log_page(const exec::Context& ctx, History& history,
                                  const FileLogQuery& query) {
    TRY_LET(at, beginning(query.after, format_of(history)));
    TRY_LET(log, PathLog::start(ctx, history,
                                {.tips = {query.commit},
                                 .paths = {query.path},
                                 .is_following = query.is_following,
                                 .skip = at.offset}));
    const auto size = std::max<std::size_t>(query.size, 1);
    FileLogPage page;
    for (;;) {
        TRY_LET(next, log.next(ctx));
        if (!next) return page;
        if (page.entries.size() == size) {
            page.next = std::to_string(at.offset + size);
            return page;
        }
        page.entries.push_back(
            {.commit = *next, .path = query.is_following ? log.path() : query.path});
    }
}

}  // namespace forgehouse::git
