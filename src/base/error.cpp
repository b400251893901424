#include <fmt/format.h>

#include "base/result.h"

namespace forgehouse {

std::string_view name_of(Errc code) noexcept {
    switch (code) {
        case Errc::Invalid: return "invalid";
        case Errc::NotFound: return "not_found";
        case Errc::Denied: return "denied";
        case Errc::Conflict: return "conflict";
        case Errc::RateLimited: return "rate_limited";
        case Errc::Unavailable: return "unavailable";
        case Errc::Cancelled: return "cancelled";
        case Errc::Corrupt: return "corrupt";
    }
    return "unknown";
}

Error& Error::with(Literal key, std::string value) & {
    fields_.emplace_back(key, std::move(value));
    return *this;
}

Error& Error::with(Literal key, std::int64_t value) & {
    return with(key, std::to_string(value));
}

Error& Error::hint(std::string sentence) & {
    hint_ = std::move(sentence);
    return *this;
}

std::string_view Error::field(std::string_view key) const noexcept {
    for (const auto& [name, value] : fields_)
        if (name.view() == key) return value;
    return {};
}

std::string Error::describe() const {
    std::string out(text_.view());
    for (std::size_t i = 0; i < fields_.size(); ++i)
        out += fmt::format("{}{}={}", i == 0 ? " (" : ", ", fields_[i].first.view(),
                           fields_[i].second);
    if (!fields_.empty()) out += ')';
    return out;
}

}  // namespace forgehouse
