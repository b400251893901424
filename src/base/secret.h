// Secret: a value that cannot be printed. It has no formatter and no stream operator, so leaking it
// into a log, an error or an URL does not compile.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace forgehouse {

class Secret {
public:
    Secret() = default;
    explicit Secret(std::string value) : value_(std::move(value)) {}
    Secret(const Secret&) = default;
    Secret(Secret&&) noexcept = default;
    Secret& operator=(const Secret&) = default;
    Secret& operator=(Secret&&) noexcept = default;
    ~Secret() { wipe(); }

    bool empty() const noexcept { return value_.empty(); }
    /// The value itself, for the one line that hands it to the peer. Do not store or format it.
    std::string_view reveal() const noexcept { return value_; }

private:
    void wipe() noexcept {
        for (volatile char* p = value_.data(); p != value_.data() + value_.size(); ++p) *p = 0;
    }
    std::string value_;
};

}  // namespace forgehouse
