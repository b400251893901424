// SimServer: HTTP in front of a dialect, with faults, counters, and the simulator's own endpoints.
#pragma once

#include <memory>
#include <string>

#include "exec/clock.h"
#include "net/http_server.h"
#include "sim/core/counters.h"
#include "sim/core/dialect.h"
#include "sim/core/faults.h"
#include "sim/core/world.h"

namespace forgehouse::sim {

class SimServer {
public:
    /// All must outlive it.
    SimServer(World& world, Dialect& dialect, const exec::Clock& clock);

    /// Begins to answer. Errors: of the listener.
    Result<void> listen(net::Listener listener);
    void stop();

    Faults& faults() noexcept { return faults_; }
    Counters& counters() noexcept { return counters_; }
    /// Writes the truth where the settings name a folder. Errors: what git says, Unavailable.
    Result<void> write_manifest(const exec::Context& ctx) const;

private:
    void handle(exec::Context& ctx, const net::HttpRequest& request, net::BodyReader& body,
                net::ResponseWriter& response);
    Answer own_endpoint(exec::Context& ctx, const Asked& asked);
    Answer mutate(exec::Context& ctx, const Asked& asked);
    void serve(exec::Context& ctx, const Asked& asked, net::ResponseWriter& response);
    void answer_plainly(exec::Context& ctx, const Asked& asked, const Plan& plan,
                        std::string_view kind, net::ResponseWriter& response);
    void send(exec::Context& ctx, const Plan& plan, Answer answer, net::ResponseWriter& response);
    void add_wait(const Plan& plan, Answer& answer) const;

    World& world_;
    Dialect& dialect_;
    const exec::Clock& clock_;
    Faults faults_;
    Counters counters_;
    std::unique_ptr<net::HttpServer> server_;
};

}  // namespace forgehouse::sim
