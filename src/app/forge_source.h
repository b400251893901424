// ForgeSource: a configured server, with all that is needed to read it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/source_access.h"
#include "collect/collect.h"
#include "config/settings.h"
#include "exec/rate_limiter.h"
#include "net/http_client.h"

namespace forgehouse::app {

class World;

/// Members are destroyed from the last to the first: nothing outlives what it stands on.
struct ForgeSource {
    std::unique_ptr<sources::Forge> forge;
    std::unique_ptr<SourceAccess> access;
    std::vector<std::unique_ptr<SourceAccess>> others;  ///< further tokens
    std::unique_ptr<net::HttpClient> http;
    collect::ApiOptions options;

    collect::ForgeAccess reach() const {
        collect::ForgeAccess out{.http = *http, .access = *access};
        for (const auto& other : others) out.others.push_back(other.get());
        return out;
    }
};

/// Whether a source is asked over an API, and not by git alone.
bool is_forge(const config::SourceSettings& source) noexcept;

/// Contacts nobody. Errors: those of finding the proxy's password; what the adapter says to its
/// options; Invalid for a pattern.
Result<ForgeSource> open_forge(World& world, const config::SourceSettings& source);

/// What a first contact says.
struct Greeting {
    std::string product;             ///< the server's own words: product and version
    bool sees_repositories;          ///< whether the list of repositories has any for us
    exec::LimitSigns limit;          ///< as the answers' heads say it
    std::size_t projects_asked = 0;  ///< some of those in the list: whether it lets us read them
    std::vector<std::string> closed_projects = {};  ///< those that it does not
};

/// Asks a server who it is and whether it lets us in. Errors: those of the connection and of
/// Forge::refusal, each with a hint.
Result<Greeting> greet(exec::Context& ctx, const ForgeSource& source, Time now);

}  // namespace forgehouse::app
