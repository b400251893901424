#include "collect/api/pull_request_reader.h"

#include "base/log.h"
#include "collect/api/pull_request_pages.h"
#include "collect/api/read_list.h"

namespace forgehouse::collect {
namespace {

// So many pull requests that the server failed at, one after the other, mean that it is down.
constexpr unsigned kGiveUpAfter = 20;
// Of one pull request, which lies in memory as a whole.
constexpr std::size_t kMostPages = 2000;

std::size_t bytes_of(const sources::PullRequestPages& pages) {
    std::size_t bytes = pages.item.size();
    for (const auto* list : {&pages.activities, &pages.commits})
        for (const sources::Page& page : *list) bytes += page.body.size();
    return bytes;
}

bool is_about_the_server(Errc code) {
    return code == Errc::Unavailable || code == Errc::RateLimited;
}

bool is_refusal(Errc code) {
    return code == Errc::Denied || code == Errc::NotFound;
}

}  // namespace

PullRequestReader::PullRequestReader(Parts parts, unsigned threads)
    : parts_(std::move(parts)), tasks_(2 * static_cast<std::size_t>(threads)) {
    for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

PullRequestReader::~PullRequestReader() {
    tasks_.close();
}

Result<void> PullRequestReader::submit(std::shared_ptr<RepoPass> pass,
                                       sources::ListedPullRequest item, std::uint64_t fingerprint,
                                       bool read_before) {
    // Counted before it can come back.
    ++pass->submitted;
    ++parts_.waiting;
    RepoPass& counted = *pass;
    auto taken = tasks_.push(parts_.ctx, {.pass = std::move(pass),
                                          .item = std::move(item),
                                          .fingerprint = fingerprint,
                                          .read_before = read_before});
    if (taken && *taken) return {};
    --parts_.waiting;
    --counted.submitted;
    return taken ? Result<void>(Failure(Error(Errc::Cancelled, "reading has ended")))
                 : Failure(std::move(taken).error());
}

void PullRequestReader::work() {
    for (;;) {
        // Whatever was taken is answered for, also after a stop.
        auto task = tasks_.pop(exec::Context());
        if (!task || !*task) return;
        --parts_.waiting;
        Reading reading = read(**task);
        RepoPass& pass = *(*task)->pass;
        if (!reading.error)
            pass.refused_in_a_row = 0;
        else if (is_about_the_server(reading.error->code()) &&
                 ++pass.refused_in_a_row >= kGiveUpAfter)
            pass.given_up = true;
        ++pass.read;
        parts_.on_read(pass);
        parts_.store.add((*task)->pass, std::move(reading));
    }
}

Reading PullRequestReader::read(const Task& task) {
    Reading reading;
    reading.id = task.item.id;
    reading.fingerprint = task.fingerprint;
    reading.read_before = task.read_before;
    exec::Context ctx = parts_.ctx;
    if (const auto wanted = ctx.check(); !wanted) {
        reading.error = wanted.error();
        return reading;
    }
    if (task.pass->given_up) {
        reading.error = Error(Errc::Unavailable, "the server fails at everything");
        return reading;
    }
    sources::PullRequestPages pages{
        .repo = task.pass->repo, .item = task.item.raw, .activities = {}, .git = std::nullopt};
    reading.list_only = task.pass->refused;
    auto read = reading.list_only ? Result<void>() : read_pages(ctx, task, pages);
    if (!read && task.pass->hidden && is_refusal(read.error().code())) {
        // What is denied for one is so for all of them.
        if (read.error().code() == Errc::Denied) task.pass->refused = true;
        reading.list_only = true;
        pages.activities.clear();
    } else if (!read) {
        reading.error = std::move(read).error();
        return reading;
    }
    auto room = parts_.budget.take(ctx, bytes_of(pages));
    if (!room) {
        reading.error = std::move(room).error();
        return reading;
    }
    reading.room = std::move(*room);
    auto mapped = make_rows(ctx, task, pages, reading);
    if (mapped) {
        reading.mapped = std::move(*mapped);
        return reading;
    }
    reading.quarantined = mapped.error().code() == Errc::Corrupt;
    reading.error = std::move(mapped).error();
    return reading;
}

Result<void> PullRequestReader::read_pages(exec::Context& ctx, const Task& task,
                                           sources::PullRequestPages& pages) {
    TRY(read_list(ctx, task, sources::Stream::Activities, pages.activities));
    if (!task.pass->over_api) return {};
    const auto read = read_list(ctx, task, sources::Stream::PullRequestCommits, pages.commits);
    // The commits of one that was declined long ago may be gone.
    if (read || read.error().code() != Errc::NotFound) return read;
    pages.commits.clear();
    return {};
}

Result<void> PullRequestReader::read_list(exec::Context& ctx, const Task& task,
                                          sources::Stream stream,
                                          std::vector<sources::Page>& pages) {
    TRY_LET(first, parts_.forge.first(stream, task.pass->repo, std::to_string(task.item.id)));
    const auto read = [&](const sources::Page& page) -> Result<NextPage> {
        TRY_LET(next, parts_.forge.next_page(page));
        return NextPage{std::move(next)};
    };
    return collect::read_list(
        ctx, parts_.fetcher, std::move(first), task.pass->stamp.version, read,
        [&](sources::Page& page, const NextPage&) -> Result<Brought> {
            pages.push_back(std::move(page));
            if (pages.size() <= kMostPages) return Brought::News;
            return Failure(Error(Errc::Corrupt, "a pull request's list does not come to its end")
                               .with("pages", static_cast<std::int64_t>(pages.size())));
        });
}

Result<PullRequestFacts> PullRequestReader::facts_of(exec::Context& ctx, const Task& task,
                                                     const sources::PullRequestPages& pages,
                                                     const sources::MergeFacts& merge) {
    if (task.pass->ask_git) return task.pass->ask_git(ctx, task.item, merge);
    return facts_over_api(parts_.forge, pages, parts_.tickets);
}

Result<MappedPullRequest> PullRequestReader::make_rows(exec::Context& ctx, const Task& task,
                                                       sources::PullRequestPages& pages,
                                                       Reading& reading) {
    PullRequestFacts facts;
    const auto merge = parts_.forge.merge_facts(pages);
    if (merge && (task.pass->ask_git || task.pass->over_api)) {
        auto asked = facts_of(ctx, task, pages, *merge);
        if (!asked && asked.error().code() == Errc::Cancelled) return Failure(asked.error());
        if (asked)
            facts = std::move(*asked);
        else
            log::write(log::Level::Debug, "collect", "git cannot say what a pull request changes",
                       asked.error(), {{"pull_request", task.item.id}});
    }
    reading.without_git = !facts.git || !facts.git->size;
    reading.lines = lines_of(pages, task.item.id, facts, task.pass->stamp, parts_.run_id);
    if (!merge) return Failure(merge.error());
    pages.git = std::move(facts.git);
    TRY_LET(rows, parts_.forge.map_pull_request(pages, task.pass->stamp));
    return with_tickets(std::move(rows), parts_.tickets, facts.tickets);
}

}  // namespace forgehouse::collect
