#include "app/verbs/runs_follow.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>

#include "app/progress.h"
#include "app/run_view.h"
#include "app/terminal/live.h"
#include "app/terminal/table.h"
#include "app/world.h"
#include "base/text.h"
#include "collect/data_lock.h"

namespace forgehouse::app::verbs {
namespace {

using namespace std::chrono_literals;

constexpr auto kBetweenLooks = 250ms;
constexpr auto kBetweenLines = 5s;  ///< where nothing can be drawn
constexpr std::size_t kMostLines = 12;
constexpr std::size_t kName = 32;
constexpr std::size_t kBar = 20;

/// What the collector wrote last; nullopt where no collector is at work on runs.
std::optional<std::vector<RunView>> look(const World& world) {
    const std::filesystem::path& data = world.settings().data;
    const auto holder = collect::DataLock::holder(data);
    if (!holder) return std::nullopt;
    std::ifstream file(run_view_file(data), std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    auto views = run_views_of(text.str());
    // A killed collector leaves its file behind.
    if (!views || views->pid != *holder) return std::nullopt;
    // One that has no plan yet has no record either.
    std::erase_if(views->runs, [](const RunView& view) { return view.run_id.empty(); });
    return std::move(views->runs);
}

std::string headline(const RunView& view, Time now) {
    std::string line = fmt::format("{}: {} of {} repositories done", view.source,
                                   text::grouped(view.done), text::grouped(view.planned));
    if (view.failed > 0) line += fmt::format(", {} failed", text::grouped(view.failed));
    return line +
           fmt::format("; {} rows, for {}", text::grouped(view.rows),
                       text::duration(std::max<std::int64_t>((now - view.started).count(), 0)));
}

std::string line_of(const RunView::Repository& one, const terminal::Screen& screen) {
    const std::string name = terminal::fit_end(text::printable(one.name), kName);
    std::string line =
        fmt::format("  {}{:{}}  {:<13}", name, "", kName - text::display_width(name), one.phase);
    if (!one.total || *one.total == 0) return line;
    const double share = static_cast<double>(one.done) / static_cast<double>(*one.total);
    return line + fmt::format("  {} {} of {}", bar(share, kBar, screen.unicode),
                              text::grouped(one.done), text::grouped(*one.total));
}

std::string api_line(const RunView& view) {
    std::string line = fmt::format("  {} calls, {} in flight of {}", text::grouped(view.calls),
                                   view.in_flight, view.concurrency);
    if (view.per_second)
        line += fmt::format("; the server lets {:.3g}/s through", *view.per_second);
    if (view.pause >= 1s)
        line += fmt::format("; waiting for it {}", text::duration(view.pause.count()));
    return line;
}

std::vector<std::string> lines_of(const std::vector<RunView>& views, Time now,
                                  const terminal::Screen& screen) {
    std::vector<std::string> lines;
    const std::size_t most = kMostLines / std::max<std::size_t>(views.size(), 1);
    for (const RunView& view : views) {
        lines.push_back(headline(view, now));
        for (std::size_t i = 0; i < std::min(view.active.size(), most); ++i)
            lines.push_back(line_of(view.active[i], screen));
        if (view.concurrency > 0) lines.push_back(api_line(view));
    }
    return lines;
}

Result<void> say(World& world, const std::vector<RunView>& views, Time now) {
    for (const RunView& view : views)
        if (world.json())
            TRY(world.print(to_json(view) + '\n'));
        else
            world.tell(headline(view, now) + '\n');
    return {};
}

}  // namespace

Result<std::set<std::string>> follow_runs(World& world) {
    exec::Context& ctx = world.context();
    terminal::Live live(world.err());
    std::set<std::string> seen;
    Time said;
    const bool draws = !world.json() && world.err().moves;
    while (!world.interrupted()) {
        const auto views = look(world);
        if (!views && (!seen.empty() || !collect::DataLock::holder(world.settings().data))) break;
        const Time now = world.clock().now();
        bool is_due = now - said >= kBetweenLines;
        for (const RunView& view : views.value_or(std::vector<RunView>()))
            is_due = seen.insert(view.run_id).second || is_due;
        if (draws && views) live.show(lines_of(*views, now, world.err()));
        if (!draws && views && !views->empty() && is_due) {
            TRY(say(world, *views, now));
            said = now;
        }
        if (!ctx.sleep(kBetweenLooks)) break;
    }
    live.clear();
    return seen;
}

}  // namespace forgehouse::app::verbs
