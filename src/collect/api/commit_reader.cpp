#include "collect/api/commit_reader.h"

#include "base/log.h"
#include "collect/api/read_list.h"

namespace forgehouse::collect {
namespace {

// So many commits that the server failed at, one after the other, mean that it is down.
constexpr unsigned kGiveUpAfter = 20;
constexpr std::size_t kSample = 10;

}  // namespace

CommitReader::CommitReader(Parts parts, unsigned threads)
    : parts_(std::move(parts)),
      tasks_(2 * static_cast<std::size_t>(threads)),
      deliveries_(4 * static_cast<std::size_t>(threads)),
      store_([this] { store(); }) {
    for (unsigned i = 0; i < threads; ++i) readers_.emplace_back([this] { read(); });
}

CommitReader::~CommitReader() {
    tasks_.close();
    readers_.clear();
    deliveries_.close();
}

Result<void> CommitReader::state() const {
    return state_.with([](const State& state) -> Result<void> {
        if (state.error) return Failure(*state.error);
        return {};
    });
}

void CommitReader::end(Error error) {
    state_.with([&](State& state) {
        if (!state.error) state.error = std::move(error);
    });
}

void CommitReader::archive(std::string lines) {
    // Not the run's Context: whoever stores always takes.
    [[maybe_unused]] const auto taken =
        deliveries_.push(exec::Context(), {.lines = std::move(lines), .commit = std::nullopt});
}

Result<void> CommitReader::submit(schema::GitCommit row, const HistoryPlace& place) {
    TRY(state());
    TRY(tasks_.push(parts_.ctx, {.row = std::move(row), .place = place}));
    return {};
}

void CommitReader::read() {
    for (;;) {
        auto task = tasks_.pop(exec::Context());
        if (!task || !*task) return;
        if (!state() || !parts_.ctx.check()) continue;
        exec::Context ctx = parts_.ctx;
        const std::string hash = (*task)->row.commit_hash;
        auto read = read_one(ctx, **task);
        if (!read) {
            failed(hash, std::move(read).error());
            continue;
        }
        state_.with([](State& state) { state.failed_in_a_row = 0; });
        [[maybe_unused]] const auto taken = deliveries_.push(exec::Context(), std::move(*read));
    }
}

Result<CommitReader::Delivery> CommitReader::read_one(exec::Context& ctx, Task& task) {
    const sources::RepoRef& repo = parts_.rows.stamp.repo;
    TRY_LET(first, parts_.forge.first(sources::Stream::CommitFiles, repo, task.row.commit_hash));
    Delivery out;
    CommitFiles files;
    const auto read = [&](const sources::Page& page) {
        return parts_.forge.read_commit_files(page);
    };
    TRY(read_list(ctx, parts_.fetcher, std::move(first), parts_.rows.stamp.version, read,
                  [&](const sources::Page& page, sources::FileListing& listing) -> Result<Brought> {
                      append_line(out.lines, sources::name_of(sources::Stream::CommitFiles), page,
                                  parts_.run_id);
                      const std::size_t before = files.size();
                      files.add(std::move(listing));
                      return files.size() > before ? Brought::News : Brought::Nothing;
                  }));
    out.commit = complete(std::move(task.row), std::move(files), task.place, parts_.rows);
    return out;
}

void CommitReader::failed(const std::string& commit, Error error) {
    if (error.code() == Errc::Cancelled) return;
    log::write(log::Level::Info, "collect", "what a commit changes could not be read", error,
               {{"repository", sources::full_name(parts_.rows.stamp.repo)}, {"commit", commit}});
    state_.with([&](State& state) {
        PutOff& put_off = state.put_off;
        ++put_off.commits;
        if (put_off.sample.size() < kSample) put_off.sample.push_back(commit);
        if (!put_off.error) put_off.error = error;
        if (++state.failed_in_a_row >= kGiveUpAfter && !state.error) state.error = error;
    });
}

void CommitReader::store() {
    Counts done;
    for (bool good = true;;) {
        auto delivery = deliveries_.pop(exec::Context());
        if (!delivery || !*delivery) return;
        // What cannot be stored is dropped, so that nobody waits for room.
        if (!good) continue;
        auto stored = parts_.groups.archive((*delivery)->lines);
        if (stored && (*delivery)->commit) {
            done.commits += 1;
            done.files += (*delivery)->commit->files.size();
            stored = parts_.groups.add(std::move(*(*delivery)->commit));
            parts_.on_read(done);
        }
        good = stored.has_value();
        if (!good) end(std::move(stored).error());
    }
}

Result<CommitReader::PutOff> CommitReader::finish(StoredOverApi& stored) {
    tasks_.close();
    readers_.clear();
    deliveries_.close();
    if (store_.joinable()) store_.join();
    const auto finished = parts_.groups.finish(stored);
    TRY(state());
    TRY(finished);
    TRY(parts_.ctx.check());
    return state_.with([](const State& state) { return state.put_off; });
}

}  // namespace forgehouse::collect
