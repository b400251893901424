#include "sim/core/world.h"

#include "sim/core/life.h"

namespace forgehouse::sim {

Result<std::unique_ptr<World>> World::make(const exec::Context& ctx, const Settings& settings) {
    std::unique_ptr<World> world(new World(settings));
    world->organisation_ = make_organisation(settings);
    TRY(world->store_.write(ctx, world->organisation_));
    return world;
}

}  // namespace forgehouse::sim
