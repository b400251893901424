// Collecting: what the verbs that collect have in common: which sources are meant, with what
// request each is read, what is said meanwhile and in the end.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/declare.h"
#include "app/exit.h"
#include "app/forge_source.h"
#include "app/progress.h"
#include "app/run_events.h"
#include "app/terminal/live.h"
#include "collect/collect.h"

namespace forgehouse::app {

class Metrics;
class World;

// Options that these verbs share.
inline constexpr cli::Option kSourceOption{
    .name = "--source", .value = "NAME", .doc = "Only this source of the configuration."};
inline constexpr cli::Option kReposOption{
    .name = "--repos",
    .value = "GLOB,…",
    .doc = "Only repositories whose name, or project/name, matches: 'team/*,lib-?'."};
inline constexpr cli::Option kWorkersOption{
    .name = "--workers", .value = "N", .key = "collect.workers"};
inline constexpr cli::Option kBatchSizeOption{
    .name = "--batch-size", .value = "N", .key = "collect.batch_size"};
inline constexpr cli::Option kMaxWorkersOption{
    .name = "--max-workers", .value = "N", .key = "collect.max_workers"};
inline constexpr cli::Option kMaxRetriesOption{
    .name = "--max-retries", .value = "N", .key = "collect.max_retries"};
inline constexpr cli::Option kPageLimitOption{
    .name = "--page-limit", .value = "N", .key = "collect.page_limit"};
inline constexpr cli::Option kLookBackOption{
    .name = "--look-back", .value = "SPAN", .key = "collect.look_back"};
inline constexpr cli::Option kDiscoveryCacheOption{
    .name = "--discovery-cache", .value = "SPAN", .key = "collect.discovery_cache"};

/// A source to be read: exactly one of the two is there.
struct WantedSource {
    std::string name;  ///< as configured; "command line" for what is named there
    std::unique_ptr<sources::Source> plain;
    std::optional<ForgeSource> forge;

    const sources::SourceInfo& info() const noexcept {
        return forge ? forge->forge->info() : plain->info();
    }
};

/// A --source that the configuration does not have.
std::optional<Error> unknown_source(const World& world);

/// What cannot be right about --source and the operands, found before anything is started.
std::optional<Error> selection_error(const World& world);

/// The sources that the command line and the configuration name together. Asks no network.
Result<std::vector<WantedSource>> wanted_sources(World& world);

/// The configured ones alone, as --source narrows them.
Result<std::vector<WantedSource>> configured_sources(World& world);

/// The servers among the configured sources, as --source narrows them; for the verbs that are about
/// these alone. Errors: Invalid where there is none.
Result<std::vector<WantedSource>> wanted_forges(World& world);

/// The patterns of --repos; empty: all.
std::vector<std::string> repo_patterns(const World& world);

/// What the command line and the configuration ask of every source.
collect::Request request_of(const World& world, const collect::Window& window);
/// The same, with what concerns this source alone.
collect::Request request_for(const World& world, const WantedSource& source,
                             collect::Request request);

/// What the runs of one verb share. Makes messages and the lines of progress share the terminal,
/// and says so when it is interrupted. Make one before anything that starts threads.
class Collecting {
public:
    /// `announces`: says the events of a run in plain lines too, as a service does.
    Collecting(World& world, bool announces);

    /// What a verb adds to the runs of its sources. Called from the threads of these, `ended` one
    /// call at a time.
    struct Hooks {
        std::function<std::unique_ptr<collect::Observer>(const WantedSource&)> began;
        std::function<void(const WantedSource&, const Result<collect::Report>&)> ended;
    };
    /// Runs the sources side by side, as many at a time as collect.sources_at_once says; those that
    /// write rows of the same data source one after the other. An error of one is told to `ended`
    /// and concerns no other. After an interrupt no more are begun.
    /// Errors, where none could begin: those of opening what runs stand on, of
    /// collect::Session::begin.
    Result<void> run_each(const std::vector<WantedSource>& wanted, const collect::Request& request,
                          const Hooks& hooks);
    /// The same; errors are shown, that of an only one is the result. Then says what came of it.
    Result<Exit> run_all(const std::vector<WantedSource>& wanted, const collect::Request& request);

    /// From now on inserts are counted there. The warehouse is known by now; `metrics` outlives us.
    void meter(Metrics& metrics);

    /// What runs stand on; no observer. Errors: those of opening it.
    Result<collect::Deps> deps();
    terminal::Live& live() noexcept { return *live_; }

private:
    struct Shared;
    Result<std::unique_ptr<Shared>> share();
    Result<collect::Report> run(const WantedSource& source, const collect::Request& request,
                                Shared& shared, collect::Observer* listener);
    Result<void> conclude(const std::vector<collect::Report>& reports);

    World& world_;
    std::shared_ptr<terminal::Live>
        live_;  // shared with the sink of messages, which may outlive us
    Progress progress_;
    const bool announces_;
    std::unique_ptr<ports::Warehouse> metered_;
};

}  // namespace forgehouse::app
