// World: the organisation, its git on disk, and the lock over both. Many read, one changes.
#pragma once

#include <shared_mutex>

#include "sim/core/git_store.h"
#include "sim/core/model.h"
#include "sim/core/settings.h"

namespace forgehouse::sim {

class World {
public:
    /// Makes the organisation and writes its git below `settings.data`.
    /// Errors: what git says.
    static Result<std::unique_ptr<World>> make(const exec::Context& ctx, const Settings& settings);

    const Settings& settings() const noexcept { return settings_; }
    const GitStore& store() const noexcept { return store_; }

    template <class Use>
    auto read(Use&& use) const {
        const std::shared_lock lock(mutex_);
        return std::forward<Use>(use)(organisation_);
    }
    /// Changes the organisation and writes its git again. Errors: what git says.
    template <class Use>
    Result<void> change(const exec::Context& ctx, Use&& use) {
        const std::unique_lock lock(mutex_);
        std::forward<Use>(use)(organisation_);
        return store_.write(ctx, organisation_);
    }

private:
    explicit World(const Settings& settings) : settings_(settings), store_(settings.data) {}

    const Settings settings_;
    GitStore store_;
    mutable std::shared_mutex mutex_;
    Organisation organisation_;
};

}  // namespace forgehouse::sim
