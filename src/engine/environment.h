// Environment: the variables of the process, as `app` hands them down.
#pragma once

#include <string>
#include <string_view>
#include <vector>

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

private:
    std::vector<std::string> variables_;
};

}  // namespace forgehouse::engine
