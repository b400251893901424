#include "git/ranges.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <thread>

#include "base/text.h"
#include "exec/monitor.h"
#include "git/repository.h"
#include "git/stream.h"

namespace forgehouse::git {
namespace {

constexpr unsigned kMostProcesses = 8;
/// A line that is no id: git passes it through and flushes its output.
constexpr std::string_view kMark = "=";

/// Takes `NUMBER REST` off the front of `text`, where REST is one of the two.
std::optional<std::uint64_t> take_count(std::string_view& text, std::string_view one,
                                        std::string_view many) noexcept {
    std::uint64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc()) return std::nullopt;
    auto rest = text.substr(static_cast<std::size_t>(end - text.data()));
    const auto word = count == 1 ? one : many;
    if (!rest.starts_with(word)) return std::nullopt;
    rest.remove_prefix(word.size());
    if (!rest.empty() && !rest.starts_with(", ")) return std::nullopt;
    text = rest.substr(std::min<std::size_t>(rest.size(), 2));
    return count;
}

}  // namespace

std::optional<RangeSize> parse_shortstat(std::string_view line) noexcept {
    if (!line.starts_with(' ')) return std::nullopt;
    line.remove_prefix(1);
    RangeSize size;
    const auto files = take_count(line, " file changed", " files changed");
    if (!files) return std::nullopt;
    size.files_changed = *files;
    if (const auto added = take_count(line, " insertion(+)", " insertions(+)"))
        size.lines_added = *added;
    if (const auto removed = take_count(line, " deletion(-)", " deletions(-)"))
        size.lines_removed = *removed;
    return line.empty() ? std::optional(size) : std::nullopt;
}

struct Ranges::State {
    State(const Repository& of, CommitGraph loaded, unsigned processes)
        : repository(of), graph(std::move(loaded)), most(processes) {}

    struct Pool {
        std::vector<Stream> idle;
        unsigned taken = 0;
    };
    /// One git process for the time of a question: back into the pool unless it failed.
    class Lease {
    public:
        Lease(State& of, std::optional<Stream> taken) : state_(of), stream_(std::move(taken)) {}
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        ~Lease() {
            state_.pool.with([this](Pool& now) {
                --now.taken;
                if (stream_) now.idle.push_back(std::move(*stream_));
            });
        }
        std::optional<Stream>& stream() noexcept { return stream_; }

    private:
        State& state_;
        std::optional<Stream> stream_;
    };

    Result<std::optional<Stream>> take(const exec::Context& ctx) {
        return pool.when(
            ctx, [this](const Pool& now) { return now.taken < most; },
            [](Pool& now) {
                ++now.taken;
                std::optional<Stream> stream;
                if (now.idle.empty()) return stream;
                stream.emplace(std::move(now.idle.back()));
                now.idle.pop_back();
                return stream;
            });
    }

    Result<RangeSize> ask(const exec::Context& ctx, Stream& git, const ObjectId& base,
                          const ObjectId& source) const;
    Error failure(const exec::Context& ctx, Stream& git) const;

    const Repository& repository;
    const CommitGraph graph;
    const unsigned most;
    exec::Monitor<Pool> pool;
};

Error Ranges::State::failure(const exec::Context& ctx, Stream& git) const {
    auto exit = git.process().finish(ctx);
    if (!exit) return std::move(exit).error();
    return repository.failure(commands::kDiffSizes, *exit, git.process().error_text());
}

Result<RangeSize> Ranges::State::ask(const exec::Context& ctx, Stream& git, const ObjectId& base,
                                     const ObjectId& source) const {
    const auto head = source.hex();
    // To git this is a commit with another parent than its own.
    git.process().feed(head + " " + base.hex() + "\n" + std::string(kMark) + "\n");
    RangeSize size;
    for (bool is_first = true;; is_first = false) {
        TRY_LET(line, git.until(ctx, '\n'));
        if (!line) return Failure(failure(ctx, git));
        if (*line == kMark && !is_first) return size;
        const auto read = parse_shortstat(*line);
        if (is_first ? *line != head : !read)
            return Failure(Error(Errc::Corrupt, "git compares in an unknown form")
                               .with("line", text::json_quoted(line->substr(0, 200))));
        if (read) size = *read;
    }
}

Ranges::Ranges(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
Ranges::Ranges(Ranges&&) noexcept = default;
Ranges& Ranges::operator=(Ranges&&) noexcept = default;
Ranges::~Ranges() = default;

Result<Ranges> Ranges::open(const exec::Context& ctx, const Repository& repository,
                            const Refs& refs, std::span<const ObjectId> tips, unsigned processes) {
    TRY_LET(graph, CommitGraph::load(ctx, repository, refs, tips));
    if (processes == 0)
        processes = std::clamp(std::jthread::hardware_concurrency(), 1u, kMostProcesses);
    return Ranges(std::make_unique<State>(repository, std::move(graph), processes));
}

const CommitGraph& Ranges::graph() const noexcept {
    return state_->graph;
}

Result<RangeSize> Ranges::size_between(const exec::Context& ctx, const ObjectId& base,
                                       const ObjectId& source) const {
    if (base == source) return RangeSize();
    TRY_LET(taken, state_->take(ctx));
    State::Lease lease(*state_, std::move(taken));
    auto& git = lease.stream();
    if (!git) {
        auto command = state_->repository.command(commands::kDiffSizes);
        command.input = true;
        // Other threads ask it when this one is gone; it ends by itself when its input does.
        command.ends_with_thread = false;
        TRY_LET(process, exec::Process::spawn(std::move(command)));
        git.emplace(std::move(process));
    }
    auto size = state_->ask(ctx, *git, base, source);
    if (size) return size;
    git.reset();
    return Failure(std::move(size).error().with("source", source.hex()).with("base", base.hex()));
}

Result<std::optional<ChangeRange>> Ranges::read(const exec::Context& ctx,
                                                const RangeRequest& request) const {
    const auto& graph = state_->graph;
    ChangeRange range{.commits = {}, .destination = request.destination, .base = {}, .size = {}};
    auto commits = graph.commits_between(request.destination, request.source);
    if (request.merge_commit && (!commits || commits->empty()))
        if (const auto parent = graph.first_parent(*request.merge_commit)) {
            commits = graph.commits_between(*parent, request.source);
            range.destination = *parent;
        }
    if (!commits) return std::nullopt;
    range.commits = std::move(*commits);
    const auto bases = graph.merge_bases(range.destination, request.source);
    if (!bases || bases->empty()) return range;
    range.base = bases->front();
    TRY_LET(size, size_between(ctx, *range.base, request.source));
    range.size = size;
    return range;
}

}  // namespace forgehouse::git
