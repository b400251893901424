// Session: one collector's time at a data directory. Any number of runs can be made in it, also
// side by side, as long as no two of them have the same data source.
#pragma once

#include <memory>

#include "collect/collect.h"
#include "collect/data_lock.h"
#include "exec/turns.h"

namespace forgehouse::collect {

/// Threads: all functions may be called from many threads at once.
class Session {
public:
    /// Takes the lock of the data directory, makes missing tables, and marks as failed the runs
    /// that began and did not end: nobody else is at work, so they have died.
    /// `workers`: the repositories that are meant to be read at once, at least.
    /// Errors: those of DataLock::take, of the warehouse, of the checkpoints.
    static Result<std::unique_ptr<Session>> begin(exec::Context& ctx, const Deps& deps,
                                                  unsigned workers);

    /// Turns at reading histories. Few at a time, so that one is finished after the other and the
    /// server is asked about the first while the others are read; those with few news first, so
    /// that no giant holds them up.
    exec::Turns& histories() noexcept { return histories_; }
    /// Turns at fetching: a server bears only so many at once, and each takes a processor of ours.
    exec::Turns& fetches() noexcept { return fetches_; }
    unsigned most_histories() const noexcept { return most_histories_; }

private:
    static constexpr unsigned kFetches = 2;  ///< for each history that is read
    Session(DataLock lock, unsigned most_histories)
        : lock_(std::move(lock)),
          most_histories_(most_histories),
          histories_(most_histories),
          fetches_(kFetches * most_histories) {}

    DataLock lock_;
    const unsigned most_histories_;
    exec::Turns histories_;
    exec::Turns fetches_;
};

/// The caller's session, or one that ends with this.
class HeldSession {
public:
    /// Errors: those of Session::begin.
    static Result<HeldSession> of(exec::Context& ctx, const Deps& deps, unsigned workers);

    Session& operator*() const noexcept { return *session_; }

private:
    explicit HeldSession(Session& shared) : session_(&shared) {}
    explicit HeldSession(std::unique_ptr<Session> own)
        : own_(std::move(own)), session_(own_.get()) {}

    std::unique_ptr<Session> own_;
    Session* session_;
};

}  // namespace forgehouse::collect
