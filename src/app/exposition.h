// Exposition: numbers in the text form that Prometheus reads (version 0.0.4).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/literal.h"

namespace forgehouse::app {

/// One family after the other, and below each its samples.
class Exposition {
public:
    using Labels = std::vector<std::pair<std::string_view, std::string_view>>;
    enum class Kind : unsigned char { Counter, Gauge };

    /// Begins a family. It is left out where no sample follows.
    Exposition& family(Literal name, Kind kind, Literal help);
    Exposition& sample(std::uint64_t value, const Labels& labels = {});
    Exposition& sample(double value, const Labels& labels = {});

    const std::string& text() const noexcept { return text_; }

private:
    void add(const Labels& labels, std::string_view value);

    std::string text_;
    std::string head_;  ///< of a family without a sample so far
    std::string_view name_;
};

}  // namespace forgehouse::app
