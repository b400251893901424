#include "app/world.h"

#include <cerrno>

#include "app/complain.h"

namespace forgehouse::app {

struct World::Adapters {};

World::World(Given given)
    : given_(given),
      out_(terminal::look_at(1, given.inputs.environment, given.arguments.has("--no-color"))),
      err_(terminal::look_at(2, given.inputs.environment, given.arguments.has("--no-color"))),
      adapters_(std::make_unique<Adapters>()) {}

World::~World() = default;

Result<void> World::print(std::string_view bytes) {
    if (terminal::write_all(out_.descriptor, bytes)) return {};
    const int reason = errno;
    reader_gone_ = reason == EPIPE;
    if (reader_gone_) return Failure(Error(Errc::Cancelled, "nobody reads the output"));
    return Failure(Error(Errc::Unavailable, "standard output cannot be written")
                       .with("reason", std::strerror(reason))
                       .hint("make room where it goes to, or send it elsewhere"));
}

void World::tell(std::string_view text) const {
    if (!quiet()) terminal::write_all(err_.descriptor, text);
}

void World::complain(const Error& error) const {
    terminal::write_all(err_.descriptor, json() ? complaint_json(error) : complaint(error, err_));
}

Exit World::usage(const Error& error) const {
    complain(error);
    return Exit::Usage;
}

exec::Context& World::context() {
    if (!signals_) {
        signals_ = std::make_unique<Signals>(nullptr);
        context_ = exec::Context(signals_->token());
    }
    return context_;
}

}  // namespace forgehouse::app
