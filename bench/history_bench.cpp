// How long our walk over history takes to answer questions, one a line on standard input, words
// separated by tabs, the last one a path where there is one:
//   bases A B         git merge-base --all A B
//   ancestor A B      git merge-base --is-ancestor A B
//   apart A B         git rev-list --left-right --count A...B
//   date HIDDEN TIP   git log HIDDEN..TIP      topo HIDDEN TIP   the same with --topo-order
//   log|first|full|follow TIP PATH             git log [--first-parent|--full-history|--follow]
// (HIDDEN may be `-`). Usage:
//   history_bench REPOSITORY all|each [COMMITS] <QUESTIONS
// `all`: one History answers all of them; `each`: the store, the commit-graph and a History are
// opened for every one. COMMITS: no more of a log are asked for. Answers go to standard output, a
// line each, to be held against git's; the seconds that they took to standard error, as JSON.
#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <iostream>

#include "base/text.h"
#include "git/history/commit_log.h"
#include "git/history/history.h"
#include "git/history/path_log.h"
#include "git/repository.h"
#include "git/tool.h"

namespace {

using namespace forgehouse;
using Seconds = std::chrono::duration<double>;
using Words = std::vector<std::string_view>;

constexpr std::size_t kCacheBytes = std::size_t{96} << 20;  // as much as git takes for it

git::ObjectId id_of(std::string_view hex) {
    return git::ObjectId::from_hex(hex).value_or(git::ObjectId());
}

std::vector<git::ObjectId> ids_of(std::string_view hex) {
    if (hex == "-") return {};
    return {id_of(hex)};
}

class Asked {
public:
    Asked(git::History& history, std::size_t most) : history_(&history), most_(most) {}

    Result<std::string> answer(const Words& words) {
        const auto kind = words[0];
        if (kind == "bases") {
            TRY_LET(ids, history_->merge_bases(ctx_, id_of(words[1]), id_of(words[2])));
            std::string out;
            for (const auto& id : ids) add(out, id);
            return out;
        }
        if (kind == "ancestor") {
            TRY_LET(is, history_->is_ancestor(ctx_, id_of(words[1]), id_of(words[2])));
            return std::string(is ? "yes" : "no");
        }
        if (kind == "apart") {
            TRY_LET(counts, history_->ahead_behind(ctx_, id_of(words[1]), id_of(words[2])));
            return fmt::format("{} {}", counts.ahead, counts.behind);
        }
        if (kind == "date" || kind == "topo") {
            git::LogRequest request{.tips = ids_of(words[2]), .hidden = ids_of(words[1])};
            if (kind == "topo") request.order = git::LogOrder::Topological;
            TRY_LET(log, git::CommitLog::start(ctx_, *history_, request));
            return all_of(log);
        }
        TRY_LET(log, git::PathLog::start(ctx_, *history_,
                                         {.tips = ids_of(words[1]),
                                          .paths = {std::string(words[2])},
                                          .is_first_parent = kind == "first",
                                          .is_full_history = kind == "full",
                                          .is_following = kind == "follow"}));
        return all_of(log);
    }

private:
    static void add(std::string& out, const git::ObjectId& id) {
        if (!out.empty()) out += ' ';
        out += id.hex();
    }
    template <class Log>
    Result<std::string> all_of(Log& log) {
        std::string out;
        for (std::size_t i = 0; i < most_; ++i) {
            TRY_LET(id, log.next(ctx_));
            if (!id) break;
            add(out, *id);
        }
        return out;
    }

    exec::Context ctx_;
    git::History* history_;
    std::size_t most_;
};

struct Way {
    bool is_each_apart = false;
    std::size_t most = ~std::size_t{0};
};

Result<std::string> answers_to(const git::Repository& repository,
                               std::span<const std::string> lines, std::size_t most) {
    TRY_LET(store, git::open_store(repository));
    TRY_LET(history, git::History::open(repository, &store, nullptr, {.cache_bytes = kCacheBytes}));
    Asked asked(history, most);
    std::string out;
    for (const auto& line : lines) {
        TRY_LET(answer, asked.answer(text::split(line, '\t')));
        out += answer + "\n";
    }
    return out;
}

Result<void> measure(const std::string& path, std::span<const std::string> lines, const Way& way) {
    const exec::Context ctx;
    TRY_LET(tool, git::Tool::open(ctx, {.environment = {}, .scratch_parent = {}}));
    TRY_LET(repository, git::Repository::open(ctx, tool, path));
    const auto begin = std::chrono::steady_clock::now();
    std::string out;
    const auto at_once = way.is_each_apart ? 1 : std::max<std::size_t>(1, lines.size());
    for (std::size_t i = 0; i < lines.size(); i += at_once) {
        TRY_LET(answers, answers_to(repository, lines.subspan(i, at_once), way.most));
        out += answers;
    }
    const Seconds took = std::chrono::steady_clock::now() - begin;
    std::fwrite(out.data(), 1, out.size(), stdout);
    fmt::print(stderr, "{{\"seconds\":{:.6f},\"questions\":{}}}\n", took.count(), lines.size());
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    Way way;
    if (argc == 4) std::from_chars(argv[3], argv[3] + std::strlen(argv[3]), way.most);
    const std::string_view how = argc > 2 ? argv[2] : "";
    way.is_each_apart = how == "each";
    if (argc < 3 || argc > 4 || (how != "all" && how != "each")) {
        std::fputs("usage: history_bench REPOSITORY all|each [COMMITS] <QUESTIONS\n", stderr);
        return 2;
    }
    std::vector<std::string> lines;
    for (std::string line; std::getline(std::cin, line);)
        if (std::ranges::count(line, '\t') >= 2) lines.push_back(line);
    const auto done = measure(argv[1], lines, way);
    if (done) return 0;
    fmt::print(stderr, "{}\n{}\n", done.error().describe(), done.error().hint());
    return 1;
}
