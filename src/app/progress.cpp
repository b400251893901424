#include "app/progress.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/terminal/table.h"
#include "base/json.h"
#include "base/text.h"

namespace forgehouse::app {
namespace {

using namespace std::chrono_literals;

constexpr auto kRedraw = 100ms;
constexpr auto kPlainInterval = 5s;
constexpr std::size_t kMostLines = 8;
constexpr std::size_t kBarColumns = 20;
constexpr std::size_t kNameColumns = 28;

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

void Progress::planned(std::string_view, const std::vector<sources::Repo>& repositories) {
    planned_ += repositories.size();
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
    if (moment.phase != active.phase) {
        active.phase = moment.phase;
        active.since = options_.now();
        active.commits_at_start = moment.done.commits;
    }
    active.commits = moment.done.commits;
    active.total = moment.commits_total;
    active.note = std::string(text::trim(moment.note));
    if (options_.quiet) return;
    if (screen_.terminal)
        draw(false);
    else
        say_plain(moment.repo, active);
}

void Progress::finished(const collect::RepoReport& report) {
    active_.erase(report.repo);
    ++done_;
    if (options_.quiet) return;
    const std::string name = sources::full_name(report.repo);
    std::string what = std::string(collect::name_of(report.outcome));
    if (report.outcome == collect::Outcome::Collected)
        what = fmt::format("{} commits, {} changed files", text::grouped(report.counts.commits),
                           text::grouped(report.counts.files));
    if (options_.json)
        say_json("repository finished", report.repo, report.counts.commits,
                 collect::name_of(report.outcome));
    else if (!screen_.terminal || planned_ > 1)
        live_.above(fmt::format("{}: {} in {}\n", text::printable(name), what,
                                text::duration(report.took.count())));
    draw(true);
}

double Progress::rate_of(const Active& active) const {
    const auto took = std::chrono::duration<double>(options_.now() - active.since).count();
    return took < 0.2 ? 0.0 : static_cast<double>(active.commits - active.commits_at_start) / took;
}

std::string Progress::line_of(const sources::RepoRef& repo, const Active& active) const {
    std::string line =
        fmt::format("{}  {:<9}", padded(text::printable(sources::full_name(repo)), kNameColumns),
                    collect::name_of(active.phase));
    if (active.phase == collect::Phase::Fetching && !active.note.empty())
        return fmt::format("{}  {}", line, text::printable(active.note));
    if (active.phase != collect::Phase::Reading || !active.total || *active.total == 0) return line;
    const double share = static_cast<double>(active.commits) / static_cast<double>(*active.total);
    line += fmt::format("  {} {:3.0f} %", bar(share, kBarColumns, screen_.unicode),
                        std::min(share, 1.0) * 100);
    const double rate = rate_of(active);
    if (rate < 1) return line;
    const auto left = static_cast<double>(*active.total - std::min(active.commits, *active.total));
    return fmt::format("{}  {} commits/s  {} left", line,
                       text::grouped(static_cast<std::uint64_t>(rate)),
                       text::duration(static_cast<std::int64_t>(left / rate * 1000)));
}

void Progress::draw(bool at_once) {
    if (options_.quiet || !screen_.terminal) return;
    const auto now = options_.now();
    if (!at_once && now - drawn_ < kRedraw) return;
    drawn_ = now;
    std::vector<std::string> lines;
    for (const auto& [repo, active] : active_) {
        if (lines.size() == kMostLines) break;
        lines.push_back(line_of(repo, active));
    }
    if (planned_ > 1) lines.push_back(fmt::format("{} of {} repositories done", done_, planned_));
    live_.show(std::move(lines));
}

void Progress::say_plain(const sources::RepoRef& repo, Active& active) {
    const auto now = options_.now();
    if (now - active.last_said < kPlainInterval) return;
    active.last_said = now;
    if (options_.json)
        return say_json("progress", repo, active.commits, collect::name_of(active.phase));
    std::string line = fmt::format("{}: {}", text::printable(sources::full_name(repo)),
                                   collect::name_of(active.phase));
    if (active.total && active.phase == collect::Phase::Reading)
        line += fmt::format(" {} of {} commits, {}/s", text::grouped(active.commits),
                            text::grouped(*active.total),
                            text::grouped(static_cast<std::uint64_t>(rate_of(active))));
    else if (!active.note.empty())
        line += fmt::format(" ({})", text::printable(active.note));
    live_.above(line + '\n');
}

void Progress::say_json(std::string_view message, const sources::RepoRef& repo,
                        std::uint64_t commits, std::string_view detail) const {
    json::Writer out;
    out.object().name("level").text("info").name("room").text("app").name("msg").text(message);
    out.name("repository").text(sources::full_name(repo));
    out.name("commits").count(commits).name("state").text(detail).end();
    live_.above(out.take() + '\n');
}

}  // namespace forgehouse::app
