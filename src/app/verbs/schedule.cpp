#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <random>
#include <set>
#include <utility>

#include "app/collecting.h"
#include "app/metrics.h"
#include "app/verbs/verbs.h"
#include "app/world.h"
#include "base/log.h"
#include "base/text.h"
#include "collect/archive_care.h"
#include "config/units.h"
#include "exec/guarded.h"
#include "exec/monitor.h"
#include "exec/retry.h"
#include "net/http_server.h"

namespace forgehouse::app::verbs {
namespace {

using std::chrono::milliseconds;

// So that many collectors that were started together do not go on together.
constexpr milliseconds kMostJitter = std::chrono::minutes(5);
constexpr milliseconds kDrain = std::chrono::seconds(2);
constexpr milliseconds kReadyWithin = std::chrono::seconds(3);

constexpr cli::Option kListen{
    .name = "--listen", .value = "ADDR:PORT|off", .key = "schedule.listen"};

constexpr std::array kOptions{
    cli::Option{
        .name = "--interval",
        .value = "SPAN",
        .doc = "From the beginning of one run to that of the next: 6h without it, 30m, 1d."},
    kListen,
    kSourceOption,
    kReposOption,
    kWorkersOption,
    kBatchSizeOption,
    kMaxWorkersOption,
    kMaxRetriesOption,
    kPageLimitOption,
    kLookBackOption,
    kDiscoveryCacheOption,
};
constexpr std::array kScheduledOptions{
    cli::Option{.name = "--interval", .value = "HOURS", .doc = "The same in hours: 6 without it."},
    kListen,
    kSourceOption,
    kReposOption,
    kWorkersOption,
    kBatchSizeOption,
    kMaxWorkersOption,
    kMaxRetriesOption,
    kPageLimitOption,
    kLookBackOption,
    kDiscoveryCacheOption,
};

constexpr std::array kExamples{
    cli::Example{"schedule --interval 1h", "Collects every hour, for ever."},
    cli::Example{"schedule --listen 0.0.0.0:9464",
                 "Lets a Prometheus on another machine read /metrics."}};
constexpr std::array kScheduledExamples{
    cli::Example{"scheduled --interval 6", "Collects every six hours, for ever."}};

constexpr std::string_view kAbout =
    "Collects the configured sources, waits, and does so again until it is ended by SIGTERM or "
    "Ctrl-C; what is in hand is stored first. At SIGHUP the configuration is read anew, once the "
    "run in hand has ended; one with a mistake is told of and not taken. The next run begins an "
    "interval after the beginning "
    "of the last one and up to a tenth of it later (five minutes at most), at once where the last "
    "one took longer; two never run at the same time. Several sources are read side by side, and "
    "the next run begins when all of them are done. A run that fails is told of, and the next "
    "one has its turn.\n\n"
    "While it runs it serves /metrics for Prometheus, /healthz and /readyz (503 until the "
    "warehouse "
    "answers), on 127.0.0.1:9464 unless told otherwise. They show names of sources and numbers, to "
    "everybody who can connect.";

constexpr cli::Verb kSchedule{.name = "schedule",
                              .group = "collect and ask",
                              .summary = "collect again and again, and serve metrics",
                              .about = kAbout,
                              .options = kOptions,
                              .examples = kExamples};
constexpr cli::Verb kScheduled{.name = "scheduled",
                               .group = "collect and ask",
                               .summary = "the same as schedule, with the interval in hours",
                               .about = kAbout,
                               .options = kScheduledOptions,
                               .examples = kScheduledExamples};

Error bad_interval(const std::string& value, const char* hint) {
    return Error(Errc::Invalid, "--interval wants a span of at least a second")
        .with("value", value)
        .hint(hint);
}

bool is_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

Result<milliseconds> interval_of(const World& world, bool in_hours) {
    const auto given = world.arguments().value("--interval");
    if (!given) return world.settings().schedule.interval;
    // Six what? A bare number is seconds in a configuration, and nobody means that here.
    if (is_number(*given) && !in_hours)
        return Failure(bad_interval(*given, "write the unit too, such as 6h or 30m"));
    const auto span = config::parse_span(is_number(*given) ? *given + "h" : *given);
    if (!span || *span < std::chrono::seconds(1))
        return Failure(bad_interval(*given, in_hours ? "write a number of hours, such as 6"
                                                     : "write for example 6h, 30m or 1d"));
    return *span;
}

/// Whether runs could begin now. Errors: why not.
using Readiness = std::function<Result<void>(exec::Context&)>;

/// /metrics, /healthz and /readyz.
class Door {
public:
    /// Begins to serve. Errors: those of Listener::tcp.
    static Result<std::unique_ptr<Door>> open(const std::string& address, const Metrics& metrics,
                                              const exec::Clock& clock, Readiness ready) {
        TRY_LET(listener, net::Listener::tcp(address, "metrics"));
        return std::unique_ptr<Door>(
            new Door(std::move(listener), metrics, clock, std::move(ready)));
    }
    ~Door() { server_.drain(kDrain); }
    Door(const Door&) = delete;
    Door& operator=(const Door&) = delete;

    const std::string& address() const noexcept { return address_; }

private:
    Door(net::Listener listener, const Metrics& metrics, const exec::Clock& clock, Readiness ready)
        : address_(listener.address()),
          metrics_(metrics),
          clock_(clock),
          ready_(std::move(ready)),
          server_({.handler = [this](exec::Context& ctx, const net::HttpRequest& request,
                                     net::BodyReader&,
                                     net::ResponseWriter& out) { answer(ctx, request, out); },
                   .doorman = {},
                   .workers = 2,
                   .limits = {}}) {
        server_.add(std::move(listener));
    }

    void answer(exec::Context& ctx, const net::HttpRequest& request, net::ResponseWriter& out) {
        const std::string_view path =
            std::string_view(request.target).substr(0, request.target.find('?'));
        const auto send = [&](unsigned status, const char* type, const std::string& body) {
            if (!out.send(ctx, status, {{"Content-Type", type}}, body))
                log::debug("app", "an answer was not taken");
        };
        if (request.method != "GET" && request.method != "HEAD")
            return send(405, "text/plain; charset=utf-8", "only GET\n");
        if (path == "/metrics")
            return send(200, "text/plain; version=0.0.4; charset=utf-8",
                        metrics_.text(resident_memory()));
        if (path == "/healthz") return send(200, "application/json", metrics_.health(clock_.now()));
        if (path == "/readyz") {
            const auto ready = ready_(ctx);
            return send(ready ? 200 : 503, "text/plain; charset=utf-8",
                        ready ? "ready\n" : fmt::format("not ready: {}\n", ready.error().text()));
        }
        send(404, "text/plain; charset=utf-8", "there are /metrics, /healthz and /readyz\n");
    }

    const std::string address_;
    const Metrics& metrics_;
    const exec::Clock& clock_;
    const Readiness ready_;
    net::HttpServer server_;
};

/// All sources once. Whatever fails is told of and counted.
void run_once(World& world, Collecting& collecting, Metrics& metrics) {
    auto wanted = wanted_sources(world);
    if (!wanted) {
        metrics.run_failed("", world.clock().now(), wanted.error().text());
        return world.complain(wanted.error());
    }
    const auto begun = collecting.run_each(
        *wanted, request_of(world, {}),
        {.began =
             [&](const WantedSource& source) {
                 metrics.run_began(source.name, world.clock().now());
                 return std::make_unique<MetricsObserver>(metrics, source.name, world.clock());
             },
         .ended =
             [&](const WantedSource& source, const Result<collect::Report>& report) {
                 if (report) return metrics.run_ended(source.name, *report);
                 metrics.run_failed(source.name, world.clock().now(), report.error().text());
                 if (!world.interrupted())
                     world.complain(Error(report.error()).with("source", source.name));
             }});
    if (begun || world.interrupted()) return;
    for (const WantedSource& source : *wanted)
        metrics.run_failed(source.name, world.clock().now(), begun.error().text());
    world.complain(begun.error());
}

/// What asks for the configuration to be read anew, and wakes who waits for the next run.
using Reload = exec::Monitor<bool>;

/// Reads the configuration anew. False where it is one that cannot be taken.
bool reload(World& world) {
    const std::vector<Error> problems = world.reload(selection_error);
    for (const Error& problem : problems) world.complain(problem);
    for (const std::string& remark : world.config().remarks)
        world.tell(fmt::format("note: {}\n", remark));
    world.tell(problems.empty() ? "the configuration was read anew\n"
                                : "the configuration stays as it was: mend it, and send SIGHUP\n");
    return problems.empty();
}

/// Who is asked whether it is ready; set once it is known.
using KnownWarehouse = exec::Guarded<ports::Warehouse*>;

Readiness readiness_of(const World& world, const KnownWarehouse& known) {
    return [&, embedded = world.embedded()](exec::Context& ctx) -> Result<void> {
        ports::Warehouse* warehouse = known.with([](ports::Warehouse* one) { return one; });
        if (warehouse == nullptr)
            return Failure(Error(Errc::Unavailable, "the warehouse has not answered yet"));
        // Our own engine leaves when nobody needs it, and is there again when somebody does.
        if (embedded) return {};
        exec::Context soon = ctx.with_timeout(kReadyWithin);
        TRY(warehouse->version(soon));
        return {};
    };
}

class Schedule {
public:
    Schedule(World& world, bool in_hours, milliseconds interval)
        : world_(world),
          in_hours_(in_hours),
          interval_(interval),
          reload_(std::make_shared<Reload>(false)),
          metrics_(world.clock().now()) {
        // The signals' thread may outlive us.
        world.on_hangup(
            [wanted = reload_] { wanted->with([](bool& is_wanted) { is_wanted = true; }); });
    }

    Result<Exit> run() {
        Collecting collecting(world_, true);
        TRY_LET(opened, open_door());
        const std::unique_ptr<Door> door = std::move(opened);
        while (!world_.interrupted()) {
            const Time began = world_.clock().now();
            metrics_.next_run(std::nullopt);
            if (auto warehouse = world_.warehouse()) {
                known_.with([&](ports::Warehouse*& one) { one = *warehouse; });
                collecting.meter(metrics_);
            }
            run_once(world_, collecting, metrics_);
            if (!world_.interrupted()) compact_archive();
            if (!wait(began)) break;
        }
        return Exit::Done;
    }

private:
    Result<std::unique_ptr<Door>> open_door() {
        const std::string& listen = world_.settings().schedule.listen;
        if (listen == "off") return std::unique_ptr<Door>();
        TRY_LET(door, Door::open(listen, metrics_, world_.clock(), readiness_of(world_, known_)));
        world_.tell(
            fmt::format("serving http://{}/metrics with /healthz and /readyz\n", door->address()));
        return std::move(door);
    }

    /// Once a day: the parts of the days that are over.
    void compact_archive() {
        const std::string today = to_iso(world_.clock().now()).substr(0, 10);
        if (std::exchange(compacted_, today) == today) return;
        const auto archive = world_.archive();
        const auto done = archive ? collect::archive_compact(world_.context(), **archive,
                                                             world_.settings().data, {}, today)
                                  : Failure(archive.error());
        if (!done) return world_.complain(done.error());
        for (const collect::ArchiveFault& fault : done->faults) world_.complain(fault.error);
        if (done->parts_before > 0)
            log::info("app", "the archive was compacted",
                      {{"parts_before", done->parts_before}, {"parts_after", done->parts_after}});
    }

    /// Until the next run is due. False where a signal ends the loop.
    bool wait(Time began) {
        const double jitter = uniform_();
        for (bool says = true;;) {
            const auto most = static_cast<double>(std::min(interval_ / 10, kMostJitter).count());
            const Time next =
                began.plus(interval_).plus(milliseconds(static_cast<std::int64_t>(jitter * most)));
            const milliseconds left = std::max(next - world_.clock().now(), milliseconds(0));
            if (world_.interrupted()) return false;
            metrics_.next_run(next);
            if (std::exchange(says, false))
                world_.tell(fmt::format("the next run begins at {} (UTC)\n",
                                        to_text(world_.clock().now().plus(left))));
            const auto woken = reload_->when(
                world_.context().with_timeout(left), [](const bool& wanted) { return wanted; },
                [](bool& wanted) { return std::exchange(wanted, false); });
            if (world_.interrupted()) return false;
            if (!woken) return true;
            if (!reload(world_)) continue;
            std::set<std::string> names;
            for (const config::SourceSettings& source : world_.settings().sources)
                names.insert(source.name);
            metrics_.keep_only(names);
            if (const auto interval = interval_of(world_, in_hours_)) interval_ = *interval;
            says = true;
        }
    }

    World& world_;
    const bool in_hours_;
    milliseconds interval_;
    const std::shared_ptr<Reload> reload_;
    Metrics metrics_;
    KnownWarehouse known_;
    std::string compacted_;  ///< the day on which it was last done
    const exec::Uniform uniform_ = exec::seeded_uniform(std::random_device{}());
};

Result<Exit> run_with(World& world, bool in_hours) {
    if (const auto error = selection_error(world)) return world.usage(*error);
    const auto interval = interval_of(world, in_hours);
    if (!interval) return world.usage(interval.error());
    const std::string& listen = world.settings().schedule.listen;
    if (listen != "off")
        if (const auto good = net::Listener::check_tcp(listen); !good)
            return world.usage(Error(good.error()).with("key", "schedule.listen"));
    return Schedule(world, in_hours, *interval).run();
}

Result<Exit> run_schedule(World& world) {
    return run_with(world, false);
}

Result<Exit> run_scheduled(World& world) {
    return run_with(world, true);
}

}  // namespace

Verb schedule() {
    return {&kSchedule, run_schedule};
}
Verb scheduled() {
    return {&kScheduled, run_scheduled};
}

}  // namespace forgehouse::app::verbs
