#include "collect/plan.h"

#include "collect/api/discovery.h"
#include "collect/api/ledger.h"

namespace forgehouse::collect {
namespace {

// What an option of the source asks for where nobody changes it.
constexpr std::uint64_t kUsualLimit = 100;

struct Sums {
    std::uint64_t stored = 0;
    std::uint64_t put_off = 0;
    std::uint64_t list_calls = 0;
    bool all_known = true;
};

std::uint64_t pages_of(std::uint64_t items, std::uint64_t limit) {
    return std::max<std::uint64_t>(1, (items + limit - 1) / limit);
}

Result<PlannedRepository> look_at(exec::Context& ctx, const Deps& deps,
                                  const sources::ListedRepo& listed, std::uint64_t limit,
                                  Sums& sums) {
    TRY_LET(stored, load_ledger(ctx, deps.checkpoints, listed.repo.ref));
    const Ledger& ledger = stored.ledger;
    sums.stored += ledger.read.size();
    sums.put_off += ledger.put_off.size();
    sums.list_calls += pages_of(ledger.read.size(), limit);
    sums.all_known = sums.all_known && ledger.completed;
    return PlannedRepository{.repo = listed.repo.ref,
                             .collected_before = ledger.completed.has_value(),
                             .completed = ledger.completed,
                             .pull_requests_stored = ledger.read.size(),
                             .pull_requests_put_off = ledger.put_off.size()};
}

}  // namespace

Result<CostPlan> plan(exec::Context& ctx, const Deps& deps, const sources::Forge& forge,
                      const ForgeAccess& access, const Request& request,
                      std::optional<double> assumed_per_second) {
    Fetcher fetcher(deps, forge, access, request.api, nullptr);
    TRY_LET(found, discover(ctx, deps, forge, fetcher, request.api.discovery_age, 0, "plan"));
    CostPlan cost{.repositories = {},
                  .listed = found.repositories.size(),
                  .from_cache = found.from_cache,
                  .streams = {},
                  .calls = 0,
                  .time_at_limit = std::nullopt,
                  .per_second = std::nullopt};
    // What one page held is what the server grants, as far as it is known from here.
    const std::uint64_t limit = std::max<std::uint64_t>(
        1, found.calls > 1 ? found.repositories.size() / (found.calls - 1) : kUsualLimit);
    Sums sums;
    for (const sources::ListedRepo& listed : wanted_of(std::move(found.repositories), request)) {
        TRY_LET(planned, look_at(ctx, deps, listed, limit, sums));
        cost.repositories.push_back(std::move(planned));
    }
    const auto add = [&](std::string name, std::uint64_t calls,
                         std::optional<std::uint64_t> likely) {
        cost.streams.push_back({.name = std::move(name), .calls = calls, .likely = likely});
        cost.calls += calls;
    };
    add("repositories", found.calls, 0);
    add("users", 1, std::nullopt);
    add("pull_requests", sums.list_calls,
        sums.all_known ? std::optional(std::uint64_t{0}) : std::nullopt);
    add("activities", sums.put_off, std::nullopt);
    if (request.api.commits == CommitsFrom::Api) {
        add("branches", cost.repositories.size(), 0);
        add("tags", cost.repositories.size(), 0);
        add("commits", 0, std::nullopt);
        add("commit_files", 0, std::nullopt);
        add("pull_request_commits", sums.put_off, std::nullopt);
    } else {
        add("git", cost.repositories.size(), 0);
    }
    cost.per_second = fetcher.state().per_second;
    if (!cost.per_second) cost.per_second = assumed_per_second;
    if (cost.per_second && *cost.per_second > 0)
        cost.time_at_limit = std::chrono::milliseconds(
            static_cast<std::int64_t>(static_cast<double>(cost.calls) * 1000.0 / *cost.per_second));
    return cost;
}

}  // namespace forgehouse::collect
