#include "app/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/notice.h"
#include "app/terminal/table.h"
#include "base/text.h"

namespace forgehouse::app {
namespace {

using namespace std::chrono_literals;

constexpr auto kRedraw = 100ms;
constexpr auto kPlainInterval = 5s;
constexpr double kSettled = 2;  ///< seconds after which a rate says something
constexpr std::size_t kMostLines = 8;

/// What a line of progress has room for.
struct Layout {
    std::size_t least;  ///< columns of the terminal
    std::size_t name;
    std::size_t bar;
    std::string_view unit;
};
// `12,345 commits/s  3 min 04 s left` follows: each adds up to its columns.
constexpr std::array kLayouts{Layout{100, 28, 20, " commits/s"}, Layout{70, 20, 10, "/s"},
                              Layout{0, 12, 0, "/s"}};

const Layout& layout_for(std::size_t columns) {
    return *std::ranges::find_if(kLayouts, [&](const Layout& l) { return columns >= l.least; });
}

/// Whether a phase says how much there is to do.
bool is_counted(collect::Phase phase) {
    return phase == collect::Phase::Reading || phase == collect::Phase::PullRequests;
}

std::string padded(std::string_view text, std::size_t columns) {
    const std::string cut = terminal::fit_end(text, columns);
    return fmt::format("{}{:{}}", cut, "", columns - text::display_width(cut));
}

}  // namespace

std::string bar(double share, std::size_t columns, bool unicode) {
    const double clamped = std::clamp(share, 0.0, 1.0);
    const auto full = static_cast<std::size_t>(clamped * static_cast<double>(columns));
    std::string out;
    for (std::size_t i = 0; i < columns; ++i)
        out += i < full ? (unicode ? "█" : "#") : (unicode ? "░" : ".");
    return out;
}

class Progress::Run final : public collect::Observer {
public:
    Run(Progress& all, std::string source) : all_(all), source_(std::move(source)) {}
    ~Run() override {
        all_.turn_.with([this](Progress* all) { all->ended(source_); });
    }
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

    void planned(std::string_view, const std::vector<sources::Repo>& repositories) override {
        all_.turn_.with([&](Progress* all) { all->planned(repositories.size()); });
    }
    void started(const sources::RepoRef& repo) override {
        all_.turn_.with([&](Progress* all) { all->started(repo); });
    }
    void progress(const collect::Progress& moment) override {
        all_.turn_.with([&](Progress* all) { all->progress(moment); });
    }
    void finished(const collect::RepoReport& report) override {
        all_.turn_.with([&](Progress* all) { all->finished(report); });
    }
    void api(const collect::ApiState& state) override {
        all_.turn_.with([&](Progress* all) { all->api(source_, state); });
    }

private:
    Progress& all_;
    const std::string source_;
};

std::unique_ptr<collect::Observer> Progress::of(std::string source) {
    return std::make_unique<Run>(*this, std::move(source));
}

void Progress::started(const sources::RepoRef& repo) {
    Active active;
    active.since = options_.now();
    active.last_said = active.since;
    active_.insert_or_assign(repo, active);
    draw(false);
}

void Progress::progress(const collect::Progress& moment) {
    Active& active = active_[moment.repo];
    const bool of_pull_requests = moment.phase == collect::Phase::PullRequests;
    active.done = of_pull_requests ? moment.done.pull_requests : moment.done.commits;
    if (moment.phase != active.phase) {
        active.phase = moment.phase;
        active.since = options_.now();
        active.done_at_start = active.done;
    }
    active.commits = moment.done.commits;
    active.total = of_pull_requests ? moment.pull_requests_total : moment.commits_total;
    active.note = std::string(text::trim(moment.note));
    if (options_.quiet) return;
    if (screen_.moves)
        draw(false);
    else
        say_plain(moment.repo, active);
}

void Progress::finished(const collect::RepoReport& report) {
    const bool began = active_.erase(report.repo) > 0;
    ++done_;
    if (report.outcome == collect::Outcome::Failed && options_.failed)
        options_.failed(report);
    else if (!options_.quiet && began)
        say_finished(report);
    draw(true);
}

void Progress::say_finished(const collect::RepoReport& report) {
    const std::string name = sources::full_name(report.repo);
    if (options_.json)
        return live_.above(Notice(options_.wall_clock(), "repository finished")
                               .text("repository", name)
                               .text("outcome", collect::name_of(report.outcome))
                               .count("commits", report.counts.commits)
                               .count("files", report.counts.files)
                               .count("pull_requests", report.counts.pull_requests)
                               .count("ms", static_cast<std::uint64_t>(report.took.count()))
                               .take());
    if (screen_.moves && planned_ < 2) return;
    std::string what(collect::name_of(report.outcome));
    if (report.outcome == collect::Outcome::Collected || report.counts.commits > 0)
        what =
            fmt::format("{}{} commits, {} changed files",
                        report.outcome == collect::Outcome::Cancelled ? "stopped after " : "",
                        text::grouped(report.counts.commits), text::grouped(report.counts.files));
    if (report.counts.pull_requests > 0)
        what += fmt::format(", {} pull requests", text::grouped(report.counts.pull_requests));
    live_.above(fmt::format("{}: {} in {}\n", text::printable(name), what,
                            text::duration(report.took.count())));
}

double Progress::rate_of(const Active& active) const {
    const auto took = std::chrono::duration<double>(options_.now() - active.since).count();
    return took < kSettled ? 0.0 : static_cast<double>(active.done - active.done_at_start) / took;
}

std::string Progress::line_of(const sources::RepoRef& repo, const Active& active) const {
    const Layout& layout = layout_for(screen_.columns);
    std::string line =
        fmt::format("{}  {:<9}", padded(text::printable(sources::full_name(repo)), layout.name),
                    collect::name_of(active.phase));
    if (active.phase == collect::Phase::Fetching && !active.note.empty())
        return fmt::format("{}  {}", line, text::printable(active.note));
    if (!is_counted(active.phase) || !active.total || *active.total == 0) return line;
    const double share = static_cast<double>(active.done) / static_cast<double>(*active.total);
    if (layout.bar > 0) line += fmt::format("  {}", bar(share, layout.bar, screen_.unicode));
    line += fmt::format(" {:3.0f} %", std::min(share, 1.0) * 100);
    const double rate = rate_of(active);
    if (rate < 1) return line;
    const auto left = static_cast<double>(*active.total - std::min(active.done, *active.total));
    const bool of_commits = active.phase == collect::Phase::Reading;
    return fmt::format("{}  {}{}  {} left", line, text::grouped(static_cast<std::uint64_t>(rate)),
                       of_commits ? layout.unit : "/s",
                       text::duration(static_cast<std::int64_t>(left / rate * 1000)));
}

void Progress::api(const std::string& source, const collect::ApiState& state) {
    const auto at = api_.try_emplace(source, Conversation{.state = {}, .since = options_.now()});
    at.first->second.state = state;
    draw(false);
}

void Progress::ended(const std::string& source) {
    api_.erase(source);
    if (!api_.empty() || !active_.empty()) return draw(true);
    if (!options_.quiet && screen_.moves) live_.clear();
}

/// `1,234 calls, 41/s, 3 in flight of 5; the server lets 50/s through; waiting for it 2 s`.
std::string Progress::api_line(const std::string& source, const Conversation& of) const {
    const auto took = std::chrono::duration<double>(options_.now() - of.since).count();
    const collect::ApiState& state = of.state;
    std::string line = api_.size() > 1 ? fmt::format("{}: ", text::printable(source)) : "";
    line += fmt::format("{} calls", text::grouped(state.counts.calls));
    if (took >= kSettled)
        line += fmt::format(", {:.3g}/s", static_cast<double>(state.counts.calls) / took);
    line += fmt::format(", {} in flight of {}", state.in_flight, state.concurrency);
    if (state.per_second)
        line += fmt::format("; the server lets {:.3g}/s through", *state.per_second);
    if (state.pause >= 1s)
        line += fmt::format("; waiting for it {}", text::duration(state.pause.count()));
    return line;
}

void Progress::draw(bool at_once) {
    if (options_.quiet || !screen_.moves) return;
    const auto now = options_.now();
    if (!at_once && now - drawn_ < kRedraw) return;
    drawn_ = now;
    std::vector<std::string> lines;
    for (const auto& [repo, active] : active_) {
        if (lines.size() == kMostLines) break;
        lines.push_back(line_of(repo, active));
    }
    if (planned_ > 1) lines.push_back(fmt::format("{} of {} repositories done", done_, planned_));
    for (const auto& [source, of] : api_) lines.push_back(api_line(source, of));
    live_.show(std::move(lines));
}

void Progress::say_plain(const sources::RepoRef& repo, Active& active) {
    const auto now = options_.now();
    if (now - active.last_said < kPlainInterval) return;
    active.last_said = now;
    const bool counts = active.total && is_counted(active.phase);
    const bool of_commits = active.phase == collect::Phase::Reading;
    if (options_.json) {
        Notice notice(options_.wall_clock(), "progress");
        notice.text("repository", sources::full_name(repo))
            .text("phase", collect::name_of(active.phase))
            .count("commits", active.commits);
        if (counts && of_commits) notice.count("commits_total", *active.total);
        if (counts && !of_commits)
            notice.count("pull_requests", active.done).count("pull_requests_total", *active.total);
        return live_.above(notice.take());
    }
    std::string line = fmt::format("{}: {}", text::printable(sources::full_name(repo)),
                                   collect::name_of(active.phase));
    if (counts)
        line += fmt::format(" {} of {}{}", text::grouped(active.done), text::grouped(*active.total),
                            of_commits ? " commits" : "");
    else if (!active.note.empty())
        line += fmt::format(" ({})", text::printable(active.note));
    if (const double rate = rate_of(active); counts && rate >= 1)
        line += fmt::format(", {}/s", text::grouped(static_cast<std::uint64_t>(rate)));
    live_.above(line + '\n');
}

}  // namespace forgehouse::app
