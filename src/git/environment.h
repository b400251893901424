// The environment that every child of git gets, built from nothing.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace forgehouse::git {

/// The value of NAME among `NAME=value` texts; "" where it is not there.
std::string_view value_of(std::span<const std::string> environment, std::string_view name) noexcept;

/// Sets NAME to `value`, replacing what is there.
void set_value(std::vector<std::string>& environment, std::string_view name,
               std::string_view value);

/// What all children get: ours, and from `caller` the names that may pass.
std::vector<std::string> child_environment(std::span<const std::string> caller,
                                           std::string_view config_file, std::string_view scratch);

/// Takes away what leads over a proxy or trusts authorities: it would win over a configuration.
void drop_route(std::vector<std::string>& environment);

/// The text of the configuration file that stands in for the system's and the user's.
std::string_view our_configuration() noexcept;

}  // namespace forgehouse::git
