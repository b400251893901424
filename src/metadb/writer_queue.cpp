#include "metadb/writer_queue.h"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>

namespace forgehouse::metadb {
namespace {

// PostgreSQL slows down where a transaction has had more than 64 savepoints.
constexpr std::size_t kLargestGroup = 60;
constexpr int kAttempts = 20;
constexpr int kLongestPauseMs = 200;

template <class Job>
void fail(std::span<Job* const> jobs, const Error& error) {
    for (Job* job : jobs) job->result = Failure(error);
}

}  // namespace

WriterQueue::WriterQueue(Transactions& transactions, std::string name)
    : transactions_(transactions),
      name_(std::move(name)),
      uniform_(exec::seeded_uniform(static_cast<std::uint64_t>(::getpid()))),
      thread_([this](const std::stop_token& stop) { serve(stop); }) {}

WriterQueue::~WriterQueue() = default;

Result<void> WriterQueue::write(const exec::Context& ctx, const ports::Metadb::Work& work) {
    TRY(ctx.check());
    Job job{ctx, work};
    waiting_.with([&](std::deque<Job*>& jobs) { jobs.push_back(&job); });
    const auto answered = [](const std::optional<Result<void>>& answer) {
        return answer.has_value();
    };
    const auto move_out = [](std::optional<Result<void>>& answer) { return std::move(*answer); };
    auto answer = job.answer.when(ctx, answered, move_out);
    if (answer) return std::move(*answer);
    const bool unseen =
        waiting_.with([&](std::deque<Job*>& jobs) { return std::erase(jobs, &job) > 0; });
    if (unseen) return Failure(std::move(answer).error());
    job.answer.await(answered);
    return job.answer.with(move_out);
}

void WriterQueue::serve(const std::stop_token& stop) {
    pthread_setname_np(pthread_self(), name_.substr(0, 15).c_str());
    const exec::Context ctx(stop);
    const auto some = [](const std::deque<Job*>& jobs) { return !jobs.empty(); };
    while (waiting_.when(ctx, some, [](std::deque<Job*>&) { return true; })) {
        // Whoever comes, or goes, while a transaction is waited for still can.
        auto begun = transactions_.begin(ctx);
        const Jobs jobs = take();
        if (!begun)
            fail<Job>(jobs, begun.error());
        else if (jobs.empty())
            transactions_.rollback();
        else
            run(ctx, jobs, true);
        for (Job* job : jobs)
            job->answer.with([&](std::optional<Result<void>>& answer) { answer = job->result; });
    }
}

WriterQueue::Jobs WriterQueue::take() {
    return waiting_.with([](std::deque<Job*>& waiting) {
        const auto end =
            waiting.begin() + static_cast<std::ptrdiff_t>(std::min(waiting.size(), kLargestGroup));
        Jobs jobs(waiting.begin(), end);
        waiting.erase(waiting.begin(), end);
        return jobs;
    });
}

void WriterQueue::run(const exec::Context& ctx, std::span<Job* const> jobs, bool begun) {
    for (int attempt = 1; attempt <= kAttempts; ++attempt) {
        if (!std::exchange(begun, false))
            if (auto again = transactions_.begin(ctx); !again)
                return fail<Job>(jobs, again.error());
        switch (run_once(jobs)) {
            case Ending::Answered: return;
            case Ending::Apart: return run_apart(ctx, jobs);
            case Ending::Repeat: break;
        }
        const int longest = std::min(kLongestPauseMs, 2 << std::min(attempt, 10));
        const auto pause = static_cast<std::int64_t>(uniform_() * longest);
        if (auto slept = ctx.sleep(std::chrono::milliseconds(pause)); !slept)
            return fail<Job>(jobs, slept.error());
    }
    fail<Job>(jobs,
              Error(Errc::Unavailable, "the write kept colliding with other processes' writes")
                  .with("attempts", kAttempts)
                  .hint("try again; where it lasts, see which program keeps the rows locked"));
}

void WriterQueue::run_apart(const exec::Context& ctx, std::span<Job* const> jobs) {
    for (; !jobs.empty(); jobs = jobs.subspan(1)) {
        // Where the database is away, each of them would wait for it anew.
        if (auto begun = transactions_.begin(ctx); !begun) return fail<Job>(jobs, begun.error());
        run(ctx, jobs.first(1), true);
    }
}

WriterQueue::Ending WriterQueue::run_once(std::span<Job* const> jobs) {
    const bool marked = jobs.size() > 1;
    bool any = false;
    for (Job* job : jobs) {
        if (marked)
            if (auto done = transactions_.mark(); !done) return broken(jobs, done.error());
        job->result = transactions_.run(job->ctx, job->work);
        const bool good = job->result.has_value();
        if (!good && transactions_.standing() != Standing::Open)
            return broken(jobs, job->result.error());
        if (marked)
            if (auto done = good ? transactions_.keep() : transactions_.undo(); !done)
                return broken(jobs, done.error());
        any = any || good;
    }
    if (any) return commit(jobs);
    transactions_.rollback();
    return Ending::Answered;
}

WriterQueue::Ending WriterQueue::commit(std::span<Job* const> jobs) {
    auto done = transactions_.commit();
    if (done) return Ending::Answered;
    if (done.error().field("outcome").empty()) return broken(jobs, done.error());
    transactions_.rollback();
    for (Job* job : jobs)
        if (job->result) job->result = Failure(done.error());
    return Ending::Answered;
}

WriterQueue::Ending WriterQueue::broken(std::span<Job* const> jobs, const Error& why) {
    const Standing standing = transactions_.standing();
    if (jobs.size() == 1) jobs[0]->result = Failure(Error(why));
    transactions_.rollback();
    if (standing == Standing::Repeat) return Ending::Repeat;
    return jobs.size() == 1 ? Ending::Answered : Ending::Apart;
}

}  // namespace forgehouse::metadb
