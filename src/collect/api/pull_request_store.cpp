#include "collect/api/pull_request_store.h"

#include <fmt/format.h>

#include "base/json.h"
#include "base/log.h"
#include "collect/api/tombstones.h"
#include "collect/row_writer.h"

namespace forgehouse::collect {
namespace {

// What a batch may take of memory, however large its pull requests are.
constexpr std::size_t kBatchBytes = 32U << 20;
// Where the server is slow, what was read need not wait for a full batch.
constexpr std::chrono::seconds kGatheredAtMost{30};
constexpr std::size_t kQueued = 256;
// Of those that were put off in one repository.
constexpr std::size_t kNamed = 10;

// Versions are unique to their pass, so that this names the content.
std::string token_of(std::string_view token, std::uint64_t batch) {
    return fmt::format("{}/pull-requests/{}", token, batch);
}

}  // namespace

PullRequestStore::PullRequestStore(Parts parts)
    : parts_(std::move(parts)), queue_(kQueued), thread_([this] { work(); }) {}

PullRequestStore::~PullRequestStore() {
    queue_.close();
}

void PullRequestStore::add(std::shared_ptr<RepoPass> pass, Reading reading) {
    // Not the run's Context: what was read is stored, also after a stop. Refused by a closed queue
    // only, and nobody adds to that.
    ++parts_.waiting;
    [[maybe_unused]] const auto taken = queue_.push(
        exec::Context(),
        {.pass = std::move(pass), .reading = std::move(reading), .listing = std::nullopt});
}

void PullRequestStore::seal(std::shared_ptr<RepoPass> pass, Listing listing) {
    [[maybe_unused]] const auto taken = queue_.push(
        exec::Context(),
        {.pass = std::move(pass), .reading = std::nullopt, .listing = std::move(listing)});
}

Result<void> PullRequestStore::finish() {
    queue_.close();
    if (thread_.joinable()) thread_.join();
    return error_.with([](const auto& error) -> Result<void> {
        if (error) return Failure(*error);
        return {};
    });
}

void PullRequestStore::work() {
    for (;;) {
        auto delivery = queue_.pop(exec::Context());
        if (!delivery || !*delivery) break;
        take(std::move(**delivery));
        const bool old =
            gathered_ > 0 && parts_.deps.clock.now() - began_gathering_ >= kGatheredAtMost;
        if (gathered_ >= parts_.batch_size || batch_.bytes() + line_bytes_ >= kBatchBytes || old)
            flush();
        finish_ready();
    }
    flush();
    finish_ready();
}

void PullRequestStore::take(Delivery delivery) {
    Open& open = open_[delivery.pass->index];
    open.pass = std::move(delivery.pass);
    if (delivery.listing) open.listing = std::move(delivery.listing);
    open.received += delivery.reading.has_value();
    // Nobody will ask git any more: its graph and processes need not wait for a full batch.
    if (open.listing && open.received == open.pass->submitted) open.pass->ask_git = {};
    if (!delivery.reading) return;
    --parts_.waiting;
    Reading& reading = *delivery.reading;
    if (gathered_++ == 0) began_gathering_ = parts_.deps.clock.now();
    if (reading.quarantined)
        open.quarantine += reading.lines;
    else if (!reading.error)
        open.lines += reading.lines;
    line_bytes_ += reading.lines.size();
    if (!reading.error) {
        batch_.add(reading.mapped);
        // What only a list tells of has nothing that hangs on it.
        if (!reading.list_only) open.pass->checks.look_at(reading.mapped.rows);
        open.pass->report.counts.rows += reading.mapped.tickets.size();
        const sources::PullRequestRows& rows = reading.mapped.rows;
        open.pass->report.counts.rows += rows.events.size() + rows.reviewers.size() +
                                         rows.comments.size() + rows.participants.size() +
                                         rows.commits.size() + rows.pull_request.has_value();
        if (reading.read_before || open.pass->amend_all)
            (reading.list_only ? open.listed_before : open.read_before).push_back(reading.id);
        if (const auto met = parts_.on_people(std::move(reading.mapped.rows.users)); !met)
            error_.with([&](auto& error) {
                if (!error) error = met.error();
            });
    }
    reading.lines = {};
    reading.mapped = {};
    reading.room = {};
    open.waiting.push_back(std::move(reading));
}

void PullRequestStore::flush() {
    if (gathered_ == 0) return;
    exec::Context ctx = storing_context();
    const std::size_t bytes = batch_.bytes();
    const auto done = store(ctx);
    for (auto& [index, open] : open_) {
        if (open.waiting.empty()) continue;
        if (done)
            count(open);
        else if (!open.pass->report.error)
            open.pass->report.error = done.error();
        if (parts_.on_stored) parts_.on_stored(*open.pass);
        open.lines.clear();
        open.quarantine.clear();
        open.waiting.clear();
        open.read_before.clear();
        open.listed_before.clear();
    }
    if (!done) {
        error_.with([&](auto& error) {
            if (!error) error = done.error();
        });
    } else if (!open_.empty()) {
        open_.begin()->second.pass->report.counts.bytes += bytes;
    }
    batch_.clear();
    gathered_ = line_bytes_ = 0;
}

Result<void> PullRequestStore::store(exec::Context& ctx) {
    TRY(error_.with([](const auto& error) -> Result<void> {
        if (error) return Failure(*error);
        return {};
    }));
    TRY(archive_all(ctx));
    const std::string token = token_of(parts_.token, ++batches_);
    TRY(batch_.store_children(ctx, parts_.deps.warehouse, token));
    for (auto& [index, open] : open_) {
        const RepoPass& pass = *open.pass;
        TRY(bury_children(ctx, parts_.deps.warehouse, pass.repo, open.read_before,
                          pass.stamp.version));
        TRY(bury_listed(ctx, parts_.deps.warehouse, pass.repo, open.listed_before,
                        pass.stamp.version));
    }
    TRY(batch_.store_pull_requests(ctx, parts_.deps.warehouse, token));
    // Whom no list names is met nowhere else, once the ledgers say that these were read.
    TRY(parts_.store_people(ctx));
    for (auto& [index, open] : open_)
        if (!open.waiting.empty()) TRY(keep_ledger(ctx, open));
    return {};
}

Result<void> PullRequestStore::archive_all(exec::Context& ctx) {
    for (auto& [index, open] : open_) {
        TRY(parts_.archive.store(ctx, open.pass->repo,
                                 sources::name_of(sources::Stream::PullRequests), open.lines));
        TRY(parts_.archive.store(ctx, open.pass->repo, kQuarantine, open.quarantine));
    }
    return {};
}

Result<void> PullRequestStore::keep_ledger(exec::Context& ctx, Open& open) {
    const std::int64_t now = open.pass->stamp.collected_at.seconds();
    return open.pass->ledger.with([&](StoredLedger& stored) -> Result<void> {
        for (const Reading& reading : open.waiting) {
            if (!reading.error) {
                stored.ledger.read[reading.id] = {.fingerprint = reading.fingerprint,
                                                  .read_seconds = now,
                                                  .without_git = reading.without_git,
                                                  .list_only = reading.list_only};
                stored.ledger.put_off.erase(reading.id);
            } else if (reading.error->code() != Errc::Cancelled) {
                Ledger::PutOff& item = stored.ledger.put_off[reading.id];
                ++item.failures;
                item.error = reading.error->describe();
            }
        }
        return save_ledger(ctx, parts_.deps.checkpoints, open.pass->repo, stored);
    });
}

void PullRequestStore::name(const Reading& reading, RepoPass& pass) {
    const std::string id = fmt::to_string(reading.id);
    std::vector<std::string>& named = reading.quarantined ? pass.put_aside : pass.put_off;
    if (named.size() < kNamed) named.push_back(id);
    if (!reading.quarantined) return;
    log::write(log::Level::Warn, "collect", "a pull request was put into quarantine",
               *reading.error,
               {{"repository", sources::full_name(pass.repo)}, {"pull_request", reading.id}});
}

void PullRequestStore::count(Open& open) {
    Counts& counts = open.pass->report.counts;
    for (const Reading& reading : open.waiting) {
        if (!reading.error) {
            ++counts.pull_requests;
        } else if (reading.error->code() == Errc::Cancelled) {
            open.cancelled = true;
        } else {
            ++counts.put_off;
            counts.quarantined += reading.quarantined;
            name(reading, *open.pass);
        }
    }
}

// The tombstones stand in the archive too, so that a replay knows of them.
Result<void> PullRequestStore::bury_gone(exec::Context& ctx, Open& open) {
    const std::vector<std::int64_t>& gone = open.listing->gone;
    if (gone.empty()) return {};
    json::Writer out;
    out.object().name("pull_requests").array();
    for (const std::int64_t id : gone) out.integer(id);
    const RepoPass& pass = *open.pass;
    std::string line;
    append_line(line, kTombstones,
                {.call = {.stream = sources::Stream::PullRequests,
                          .repo = pass.repo,
                          .item = {},
                          .target = {}},
                 .body = out.end().end().take(),
                 .received = pass.stamp.collected_at,
                 .version = pass.stamp.version},
                parts_.archive.run_id());
    TRY(parts_.archive.store(ctx, pass.repo, kTombstones, line));
    TRY(bury_pull_requests(ctx, parts_.deps.warehouse, pass.repo, gone, pass.stamp.version));
    open.pass->report.counts.tombstones += gone.size();
    return open.pass->ledger.with([&](StoredLedger& stored) -> Result<void> {
        for (const std::int64_t id : gone) {
            stored.ledger.read.erase(id);
            stored.ledger.put_off.erase(id);
        }
        return {};
    });
}

void PullRequestStore::finish_ready() {
    for (auto at = open_.begin(); at != open_.end();) {
        Open& open = at->second;
        const bool over = open.listing && open.received == open.pass->submitted;
        if (!over || !open.waiting.empty()) {
            ++at;
            continue;
        }
        RepoPass& pass = *open.pass;
        exec::Context ctx = storing_context();
        const bool whole =
            open.listing->complete && open.listing->whole && !open.cancelled && !pass.report.error;
        if (whole) {
            auto buried = bury_gone(ctx, open);
            if (buried)
                buried = pass.ledger.with([&](StoredLedger& stored) -> Result<void> {
                    stored.ledger.unfinished = false;
                    // `resume` passes over what is complete: with its history only.
                    if (!pass.history_error) stored.ledger.completed = parts_.deps.clock.now();
                    return save_ledger(ctx, parts_.deps.checkpoints, pass.repo, stored);
                });
            if (!buried) pass.report.error = std::move(buried).error();
        }
        if (!pass.report.error && open.listing->error) pass.report.error = open.listing->error;
        if (open.cancelled) pass.report.outcome = Outcome::Cancelled;
        parts_.on_finished(pass, *open.listing);
        at = open_.erase(at);
    }
}

}  // namespace forgehouse::collect
