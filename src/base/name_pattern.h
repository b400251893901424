// NamePattern: what a user writes to choose projects and repositories: a glob, or between slashes a
// regular expression. Upper and lower case are the same, as they are to the forges.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace forgehouse {

/// Threads: matches() may be called from many threads at once. Copies share what was compiled.
class NamePattern {
public:
    /// `team-*` (whole names; `*` any text, `?` one character) or `/^team-[0-9]+$/` (ECMAScript;
    /// found anywhere in the name unless anchored).
    /// Errors: Invalid for an empty pattern and for what is no regular expression.
    static Result<NamePattern> parse(std::string_view text);

    /// Names of forges are short; of a longer one the first 1,024 bytes count for an expression.
    bool matches(std::string_view name) const;
    const std::string& text() const noexcept;

private:
    struct Compiled;
    explicit NamePattern(std::shared_ptr<const Compiled> compiled) noexcept;
    std::shared_ptr<const Compiled> compiled_;  // shared by the copies, dies with the last
};

}  // namespace forgehouse
