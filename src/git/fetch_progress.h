// Reads git's progress off its standard error. Pure but for what it remembers of a line's
// beginning.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace forgehouse::git {

struct ProgressLine {
    std::string_view phase;  ///< `Receiving objects`, also where the remote says it
    std::uint64_t done = 0;
    std::uint64_t total = 0;  ///< 0 where unknown
    std::uint64_t bytes = 0;  ///< 0 where the line has none
};

/// nullopt for a line that is no progress.
std::optional<ProgressLine> parse_progress(std::string_view line) noexcept;

/// Cuts what comes in pieces into lines; git ends those of progress by a carriage return.
class ProgressReader {
public:
    explicit ProgressReader(std::function<void(const ProgressLine&)> hear)
        : hear_(std::move(hear)) {}
    void add(std::string_view text);

private:
    std::function<void(const ProgressLine&)> hear_;
    std::string open_;
};

}  // namespace forgehouse::git
