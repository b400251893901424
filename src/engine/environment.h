// Environment: the variables of the process, as `app` hands them down, and what an engine may keep
// of them. What else is in there may be secret.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace forgehouse::engine {

class Environment {
public:
    Environment() = default;
    /// `NAME=value` each.
    explicit Environment(std::vector<std::string> variables) : variables_(std::move(variables)) {}
    /// Out of main()'s third argument or `environ`.
    static Environment of(const char* const* variables) {
        std::vector<std::string> all;
        for (; variables != nullptr && *variables != nullptr; ++variables)
            all.emplace_back(*variables);
        return Environment(std::move(all));
    }

    /// The value, "" where it is not set. Lives as long as this object.
    std::string_view value(std::string_view name) const noexcept {
        for (const std::string_view variable : variables_)
            if (variable.size() > name.size() && variable.starts_with(name) &&
                variable[name.size()] == '=')
                return variable.substr(name.size() + 1);
        return {};
    }

    const std::vector<std::string>& variables() const noexcept { return variables_; }

    /// For an engine that is started in passing: how to find things, the locale, the time zone.
    Environment passed_on() const;
    /// For an engine that a person starts: also what configures it, none of which is secret.
    Environment kept() const;

private:
    std::vector<std::string> variables_;
};

/// Runs this program again, with the same arguments and the environment that it keeps, where the
/// present one has more: what was handed to a process stays in its memory whatever it does. To be
/// called first, before anything is read or opened. Returns where there is nothing to drop.
/// Errors: Unavailable where the program cannot be run again.
Result<void> shed_environment(const Environment& environment, char* const* arguments);

}  // namespace forgehouse::engine
