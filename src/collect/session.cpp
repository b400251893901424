#include "collect/session.h"

#include <algorithm>
#include <thread>

#include "collect/checkpoints.h"
#include "collect/run_record.h"

namespace forgehouse::collect {

Result<std::unique_ptr<Session>> Session::begin(exec::Context& ctx, const Deps& deps,
                                                unsigned workers) {
    TRY_LET(lock, DataLock::take(deps.data_dir));
    TRY(deps.warehouse.prepare(ctx));
    Checkpoints checkpoints(deps.checkpoints, deps.clock);
    TRY(close_dead_runs(ctx, deps, checkpoints));
    const unsigned most = std::max({2U, workers, std::jthread::hardware_concurrency()});
    return std::unique_ptr<Session>(new Session(std::move(lock), most));
}

Result<HeldSession> HeldSession::of(exec::Context& ctx, const Deps& deps, unsigned workers) {
    if (deps.session != nullptr) return HeldSession(*deps.session);
    TRY_LET(own, Session::begin(ctx, deps, workers));
    return HeldSession(std::move(own));
}

}  // namespace forgehouse::collect
