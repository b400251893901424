// SourceAccess: how one configured server is entered. Turns what the configuration refers to into
// the fields of requests, and looks it up again when it has expired or is refused.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "collect/access.h"
#include "config/settings.h"
#include "exec/clock.h"
#include "exec/monitor.h"

namespace forgehouse::app {

/// Threads: as collect::Access. Whoever finds a pass missing or stale looks it up, the others wait.
class SourceAccess final : public collect::Access {
public:
    /// Finds a secret anew, on any thread. `key` is for errors.
    using Lookup = std::function<Result<Secret>(exec::Context&, const config::SecretRef&,
                                                std::string_view key)>;

    /// `clock` outlives it. `token_key`: what the configuration calls the token.
    SourceAccess(config::SourceSettings settings, Lookup lookup, const exec::Clock& clock,
                 std::string token_key = "token");

    Result<collect::Pass> pass(exec::Context& ctx) override;
    Result<bool> renew(exec::Context& ctx, std::uint64_t refused) override;
    Result<git::HttpAccess> for_git(exec::Context& ctx) override;

    /// The proxy, the authorities and the certificate of the source, for a client that lets that
    /// many requests be in flight. Errors: those of finding the proxy's password.
    Result<net::HttpClient::Settings> route(exec::Context& ctx, long connections);

private:
    struct State {
        std::optional<collect::Pass> pass;
        Time found;
        bool looking = false;
    };

    bool is_stale(const State& state) const;
    bool can_change() const noexcept;
    std::string key(std::string_view member) const;
    Result<std::vector<net::Header>> look_up(exec::Context& ctx) const;
    Result<void> refresh(exec::Context& ctx);

    const config::SourceSettings settings_;
    const Lookup lookup_;
    const exec::Clock& clock_;
    const std::string token_key_;
    exec::Monitor<State> state_;
};

}  // namespace forgehouse::app
