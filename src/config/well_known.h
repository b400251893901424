// WellKnown: environment variables whose names other programs have made known, and with which one
// server can be collected without any configuration.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "config/dotenv.h"
#include "config/load.h"

namespace forgehouse::config {

struct KnownVariable {
    std::string_view name;
    std::string_view doc;
};
std::span<const KnownVariable> known_variables() noexcept;

/// The environment, and behind it the .env of the working directory.
struct Variables {
    const Environment& environment;
    const DotEnv& dotenv;

    struct Value {
        std::string text;    ///< never empty
        std::string origin;  ///< `NAME`, or `.env:3`
        bool from_dotenv = false;
    };
    /// An empty variable is an unset one.
    std::optional<Value> find(std::string_view name) const;
    /// A variable that is used together with `leader`: what .env names is only combined with
    /// what .env names, so that a file in a folder learns nothing from the environment.
    std::optional<Value> find_with(const Value& leader, std::string_view name) const;
};

/// CLICKHOUSE_HOST and what belongs to it, instead of all that a file says about the warehouse.
void take_warehouse(const Variables& variables, Loaded& loaded);

/// BITBUCKET_BASE_URL and what belongs to it: one source, where the configuration names none.
/// Returns where it comes from, "" where there is none.
std::string take_bitbucket(const Variables& variables, Loaded& loaded);

}  // namespace forgehouse::config
