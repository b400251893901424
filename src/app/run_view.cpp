#include "app/run_view.h"

#include <unistd.h>

#include <fstream>
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

}  // namespace

std::string to_json(const RunView& view) {
    json::Writer out;
    out.object().name("pid").integer(view.pid).name("run_id").text(view.run_id);
    out.name("source").text(view.source);
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
    out.name("pause_ms").integer(view.pause.count());
    return out.end().take();
}

Result<RunView> run_view_of(std::string_view text) {
    TRY_LET(document, json::Document::parse(text));
    const json::Value root = document.root();
    Members members(root);
    RunView view;
    view.pid = static_cast<std::int64_t>(members.count("pid"));
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

std::filesystem::path run_view_file(const std::filesystem::path& data_dir) {
    return data_dir / "run.json";
}

RunViewWriter::RunViewWriter(std::filesystem::path file, std::string source,
                             const exec::Clock& clock)
    : file_(std::move(file)), clock_(clock) {
    view_.pid = ::getpid();
    view_.source = std::move(source);
    view_.started = clock.now();
}

RunViewWriter::~RunViewWriter() {
    std::error_code gone;
    std::filesystem::remove(file_, gone);
}

void RunViewWriter::planned(std::string_view run_id,
                            const std::vector<sources::Repo>& repositories) {
    view_.run_id = run_id;
    view_.planned += repositories.size();
    write();
}

void RunViewWriter::started(const sources::RepoRef& repo) {
    active_[repo] = {.name = sources::full_name(repo), .phase = "starting", .done = 0, .total = {}};
    write();
}

void RunViewWriter::progress(const collect::Progress& moment) {
    RunView::Repository& one = active_[moment.repo];
    const bool of_pull_requests = moment.phase == collect::Phase::PullRequests;
    one.name = sources::full_name(moment.repo);
    one.phase = collect::name_of(moment.phase);
    one.done = of_pull_requests ? moment.done.pull_requests : moment.done.commits;
    one.total = of_pull_requests ? moment.pull_requests_total : moment.commits_total;
    write();
}

void RunViewWriter::finished(const collect::RepoReport& report) {
    active_.erase(report.repo);
    ++view_.done;
    view_.failed += report.outcome == collect::Outcome::Failed;
    view_.commits += report.counts.commits;
    view_.pull_requests += report.counts.pull_requests;
    view_.rows += report.counts.rows;
    write();
}

void RunViewWriter::api(const collect::ApiState& state) {
    view_.calls = state.counts.calls;
    view_.in_flight = state.in_flight;
    view_.concurrency = state.concurrency;
    view_.per_second = state.per_second;
    view_.pause = state.pause;
    write();
}

// In place of the one before, whole: who reads it never sees half of it.
void RunViewWriter::write() {
    const auto now = std::chrono::steady_clock::now();
    if (written_.time_since_epoch().count() != 0 && now - written_ < kBetweenWrites) return;
    written_ = now;
    view_.updated = clock_.now();
    view_.active.clear();
    for (const auto& [repo, one] : active_) view_.active.push_back(one);
    const std::filesystem::path fresh = file_.string() + ".new";
    std::error_code failed;
    {
        std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
        out << to_json(view_) << '\n';
        if (!out.flush()) return;
    }
    std::filesystem::rename(fresh, file_, failed);
}

}  // namespace forgehouse::app
