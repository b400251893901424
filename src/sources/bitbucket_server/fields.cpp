#include "sources/bitbucket_server/fields.h"

#include <algorithm>
#include <limits>

#include "base/text.h"

namespace forgehouse::sources::bitbucket_server {

Fields::Fields(const json::Value& object, Literal what) : object_(object), what_(what) {
    if (object.kind() != json::Kind::Object)
        note(Error(Errc::Corrupt, "an object was expected")
                 .with("object", std::string(what.view())));
}

void Fields::note(Error error) {
    if (!wrong_) wrong_ = std::move(error);
}

void Fields::missing(Literal name) {
    note(Error(Errc::Corrupt, "a required member is missing")
             .with("object", std::string(what_.view()))
             .with("member", std::string(name.view())));
}

void Fields::is_wrong(Literal name, Error error) {
    note(std::move(error)
             .with("object", std::string(what_.view()))
             .with("member", std::string(name.view())));
}

Result<void> Fields::done() {
    if (wrong_) return Failure(std::move(*wrong_));
    return {};
}

std::optional<std::string_view> Fields::text(Literal name) {
    const auto found = object_.find(name.view());
    if (!found) return std::nullopt;
    auto value = found->text();
    if (value) return *value;
    is_wrong(name, std::move(value).error());
    return std::nullopt;
}

std::optional<std::int64_t> Fields::integer(Literal name) {
    const auto found = object_.find(name.view());
    if (!found) return std::nullopt;
    auto value = found->integer();
    if (value) return *value;
    is_wrong(name, std::move(value).error());
    return std::nullopt;
}

std::optional<bool> Fields::flag(Literal name) {
    const auto found = object_.find(name.view());
    if (!found) return std::nullopt;
    auto value = found->flag();
    if (value) return *value;
    is_wrong(name, std::move(value).error());
    return std::nullopt;
}

std::optional<Time> Fields::time(Literal name) {
    const auto found = object_.find(name.view());
    if (!found) return std::nullopt;
    Result<Time> value = Time{};
    if (found->kind() == json::Kind::Text) {
        const std::string_view text = *found->text();
        const auto ms = text::to_int(text);
        value = ms ? Time::from_ms(*ms) : parse_time(text);
    } else {
        auto ms = found->integer();
        if (ms)
            value = Time::from_ms(*ms);
        else
            value = Failure(std::move(ms).error());
    }
    if (value && (*value < kEarliestTime || *value > kLatestTime))
        value = Failure(Error(Errc::Corrupt, "a time is out of range").with("ms", value->ms()));
    if (value) return *value;
    // What is invalid as a person's input is corrupt as a server's answer.
    Error error(Errc::Corrupt, "a time cannot be read");
    is_wrong(name, std::move(error.with("reason", value.error().describe())));
    return std::nullopt;
}

std::optional<std::uint32_t> Fields::count(Literal name) {
    const auto number = integer(name);
    if (!number) return std::nullopt;
    if (*number < 0) {
        is_wrong(name, Error(Errc::Corrupt, "a count is negative").with("count", *number));
        return std::nullopt;
    }
    constexpr std::int64_t kMost = std::numeric_limits<std::uint32_t>::max();
    return static_cast<std::uint32_t>(std::min(*number, kMost));
}

std::optional<json::Value> Fields::object(Literal name) {
    const auto found = object_.find(name.view());
    if (!found || found->kind() == json::Kind::Object) return found;
    is_wrong(name, Error(Errc::Corrupt, "an object was expected"));
    return std::nullopt;
}

std::vector<json::Value> Fields::array(Literal name) {
    const auto found = object_.find(name.view());
    if (!found) return {};
    auto items = found->items();
    if (items) return std::move(*items);
    is_wrong(name, std::move(items).error());
    return {};
}

std::string_view Fields::need_text(Literal name) {
    const auto value = text(name);
    if (!value) missing(name);
    return value.value_or(std::string_view());
}

std::int64_t Fields::need_integer(Literal name) {
    const auto value = integer(name);
    if (!value) missing(name);
    return value.value_or(0);
}

Time Fields::need_time(Literal name) {
    const auto value = time(name);
    if (!value) missing(name);
    return value.value_or(Time());
}

json::Value Fields::need_object(Literal name) {
    const auto value = object(name);
    if (!value) missing(name);
    return value.value_or(object_);
}

std::vector<json::Value> Fields::need_array(Literal name) {
    if (!object_.find(name.view())) missing(name);
    return array(name);
}

}  // namespace forgehouse::sources::bitbucket_server
