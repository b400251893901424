#include "app/run_view.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <system_error>

#include "base/json.h"

namespace forgehouse::app {
namespace {

using namespace std::chrono_literals;

constexpr auto kBetweenWrites = 500ms;

/// Members of an object, with the first error.
class Members {
public:
    explicit Members(const json::Value& object) : object_(object) {}

    std::string text(std::string_view name) {
        return read<std::string>(name, [](const json::Value& v) -> Result<std::string> {
            TRY_LET(text, v.text());
            return std::string(text);
        });
    }
    std::uint64_t count(std::string_view name) {
        return read<std::uint64_t>(name, [](const json::Value& v) { return v.count(); });
    }
    Time time(std::string_view name) {
        return Time::from_ms(static_cast<std::int64_t>(count(name)));
    }
    Result<void> done() const { return error_ ? Result<void>(Failure(*error_)) : Result<void>(); }

private:
    template <class T, class Read>
    T read(std::string_view name, const Read& as) {
        const auto member = object_.at(name);
        auto value = member ? as(*member) : Result<T>(Failure(member.error()));
        if (value) return std::move(*value);
        if (!error_) error_ = value.error();
        return T{};
    }

    const json::Value& object_;
    std::optional<Error> error_;
};

void write(json::Writer& out, const RunView& view) {
    out.object().name("run_id").text(view.run_id).name("source").text(view.source);
    out.name("started_ms").integer(view.started.ms()).name("updated_ms").integer(view.updated.ms());
    out.name("repositories").count(view.planned).name("done").count(view.done);
    out.name("failed").count(view.failed).name("commits").count(view.commits);
    out.name("pull_requests").count(view.pull_requests).name("rows").count(view.rows);
    out.name("active").array();
    for (const RunView::Repository& one : view.active) {
        out.object().name("repository").text(one.name).name("phase").text(one.phase);
        out.name("done").count(one.done);
        if (one.total) out.name("total").count(*one.total);
        out.end();
    }
    out.end().name("calls").count(view.calls).name("in_flight").count(view.in_flight);
    out.name("concurrency").count(view.concurrency);
    if (view.per_second) out.name("per_second").number(*view.per_second);
    out.name("pause_ms").integer(view.pause.count()).end();
}

Result<RunView> read_view(const json::Value& root) {
    Members members(root);
    RunView view;
    view.run_id = members.text("run_id");
    view.source = members.text("source");
    view.started = members.time("started_ms");
    view.updated = members.time("updated_ms");
    view.planned = members.count("repositories");
    view.done = members.count("done");
    view.failed = members.count("failed");
    view.commits = members.count("commits");
    view.pull_requests = members.count("pull_requests");
    view.rows = members.count("rows");
    view.calls = members.count("calls");
    view.in_flight = static_cast<unsigned>(members.count("in_flight"));
    view.concurrency = static_cast<unsigned>(members.count("concurrency"));
    view.pause = std::chrono::milliseconds(members.count("pause_ms"));
    TRY(members.done());
    if (const auto rate = root.find("per_second")) {
        TRY_LET(number, rate->number());
        view.per_second = number;
    }
    TRY_LET(active, root.at("active"));
    TRY_LET(items, active.items());
    for (const json::Value& item : items) {
        Members of(item);
        RunView::Repository one{.name = of.text("repository"),
                                .phase = of.text("phase"),
                                .done = of.count("done"),
                                .total = {}};
        if (item.find("total")) one.total = of.count("total");
        TRY(of.done());
        view.active.push_back(std::move(one));
    }
    return view;
}

}  // namespace

std::string to_json(const RunView& view) {
    json::Writer out;
    write(out, view);
    return out.take();
}

std::string to_json(const RunViews& views) {
    json::Writer out;
    out.object().name("pid").integer(views.pid).name("runs").array();
    for (const RunView& view : views.runs) write(out, view);
    return out.end().end().take();
}

Result<RunViews> run_views_of(std::string_view text) {
    TRY_LET(document, json::Document::parse(text));
    const json::Value root = document.root();
    Members members(root);
    RunViews views;
    views.pid = static_cast<std::int64_t>(members.count("pid"));
    TRY(members.done());
    TRY_LET(runs, root.at("runs"));
    TRY_LET(items, runs.items());
    for (const json::Value& item : items) {
        TRY_LET(view, read_view(item));
        views.runs.push_back(std::move(view));
    }
    return views;
}

std::filesystem::path run_view_file(const std::filesystem::path& data_dir) {
    return data_dir / "run.json";
}

/// One run. What it says is taken in under the board's lock.
class RunBoard::Entry final : public collect::Observer {
public:
    Entry(RunBoard& board, std::string source) : board_(board) {
        view_.source = std::move(source);
        view_.started = board.clock_.now();
        board_.take([this](State& state) { state.entries.push_back(this); });
    }
    ~Entry() override {
        board_.take([this](State& state) { std::erase(state.entries, this); });
    }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

    /// Under the board's lock.
    RunView view() const {
        RunView out = view_;
        out.updated = board_.clock_.now();
        for (const auto& [repo, one] : active_) out.active.push_back(one);
        return out;
    }

    void planned(std::string_view run_id, const std::vector<sources::Repo>& repositories) override {
        board_.take([&](State&) {
            view_.run_id = run_id;
            view_.planned += repositories.size();
        });
    }
    void started(const sources::RepoRef& repo) override {
        board_.take([&](State&) {
            active_[repo] = {
                .name = sources::full_name(repo), .phase = "starting", .done = 0, .total = {}};
        });
    }
    void progress(const collect::Progress& moment) override {
        board_.take([&](State&) {
            RunView::Repository& one = active_[moment.repo];
            const bool of_pull_requests = moment.phase == collect::Phase::PullRequests;
            one.name = sources::full_name(moment.repo);
            one.phase = collect::name_of(moment.phase);
            one.done = of_pull_requests ? moment.done.pull_requests : moment.done.commits;
            one.total = of_pull_requests ? moment.pull_requests_total : moment.commits_total;
        });
    }
    void finished(const collect::RepoReport& report) override {
        board_.take([&](State&) {
            active_.erase(report.repo);
            ++view_.done;
            view_.failed += report.outcome == collect::Outcome::Failed;
            view_.commits += report.counts.commits;
            view_.pull_requests += report.counts.pull_requests;
            view_.rows += report.counts.rows;
        });
    }
    void api(const collect::ApiState& state) override {
        board_.take([&](State&) {
            view_.calls = state.counts.calls;
            view_.in_flight = state.in_flight;
            view_.concurrency = state.concurrency;
            view_.per_second = state.per_second;
            view_.pause = state.pause;
        });
    }

private:
    RunBoard& board_;
    RunView view_;
    std::map<sources::RepoRef, RunView::Repository> active_;
};

RunBoard::RunBoard(std::filesystem::path file, const exec::Clock& clock)
    : file_(std::move(file)), clock_(clock), writer_([this](const std::stop_token& stop) {
          const exec::Context ctx(stop);
          while (ctx.sleep(kBetweenWrites)) write();
      }) {}

RunBoard::~RunBoard() {
    writer_.request_stop();
    writer_.join();
    std::error_code gone;
    file_.with([&](const std::filesystem::path& file) { std::filesystem::remove(file, gone); });
}

std::unique_ptr<collect::Observer> RunBoard::follow(std::string source) {
    auto entry = std::make_unique<Entry>(*this, std::move(source));
    write();
    return entry;
}

template <class Change>
void RunBoard::take(Change&& change) {
    state_.with([&](State& state) {
        change(state);
        state.is_written = false;
    });
}

// In place of the one before, whole: who reads it never sees half of it.
void RunBoard::write() {
    file_.with([&](const std::filesystem::path& file) {
        const auto text = state_.with([](State& state) -> std::optional<std::string> {
            if (std::exchange(state.is_written, true)) return std::nullopt;
            RunViews views{.pid = ::getpid(), .runs = {}};
            for (const Entry* entry : state.entries) views.runs.push_back(entry->view());
            return to_json(views);
        });
        if (!text) return;
        const std::filesystem::path fresh = file.string() + ".new";
        {
            std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
            out << *text << '\n';
            if (!out.flush()) return;
        }
        std::error_code failed;
        std::filesystem::rename(fresh, file, failed);
    });
}

}  // namespace forgehouse::app
