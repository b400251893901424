#include "sim/core/faults.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <span>

#include "base/text.h"

namespace forgehouse::sim {
namespace {

// What each kind takes besides the conditions.
constexpr std::pair<std::string_view, std::string_view> kKinds[] = {
    {"bucket", "tokens rate retry_after"},
    {"cap", "limit"},
    {"cut", "at"},
    {"denied", "code"},
    {"drift", ""},
    {"endless", ""},
    {"expire", ""},
    {"holes", ""},
    {"html", "code"},
    {"latency", "ms"},
    {"malformed", ""},
    {"misshapen", ""},
    {"reset", ""},
    {"slow", "ms parts"},
    {"status", "code retry_after"}};
constexpr std::string_view kConditions = "after every first kind path token";

std::string_view value_of(const std::map<std::string, std::string>& values, const char* name,
                          std::string_view otherwise = {}) {
    const auto found = values.find(name);
    return found == values.end() ? otherwise : std::string_view(found->second);
}

std::int64_t number(const std::map<std::string, std::string>& values, const char* name,
                    std::int64_t otherwise) {
    return text::to_int(value_of(values, name)).value_or(otherwise);
}

std::optional<double> to_real(std::string_view text) {
    double out = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, out);
    return error == std::errc() && rest == end ? std::optional(out) : std::nullopt;
}

double real(const std::map<std::string, std::string>& values, const char* name, double otherwise) {
    return to_real(value_of(values, name)).value_or(otherwise);
}

std::optional<Plan::Wait> wait_of(std::string_view text) {
    const bool as_date = text.starts_with("date:");
    if (as_date) text.remove_prefix(5);
    const auto seconds = text::to_int(text);
    if (!seconds) return std::nullopt;
    return Plan::Wait{.seconds = static_cast<int>(*seconds), .as_date = as_date};
}

bool is_one_of(std::string_view list, std::string_view word) {
    const auto words = text::split(list, ' ');
    return !word.empty() && std::ranges::find(words, word) != words.end();
}

bool is_wait(std::string_view kind, std::string_view value) {
    if (kind == "bucket") return is_one_of("seconds date none", value);
    const auto wait = wait_of(value);
    return wait && wait->seconds >= 0;
}

// A value that is none must not pass for the one that stands in its place.
bool is_good(std::string_view kind, std::string_view name, std::string_view value) {
    if (name == "path" || name == "kind" || name == "token") return !value.empty();
    if (name == "retry_after") return is_wait(kind, value);
    if (is_one_of("at rate tokens", name)) return to_real(value).value_or(-1) >= 0;
    const auto number = text::to_int(value);
    if (name == "code") return number && *number >= 100 && *number <= 599;
    return number && *number >= 0;
}

Error wrong(Literal what, std::string_view line, std::string_view word) {
    return Error(Errc::Invalid, "a fault is not understood")
        .with("line", std::string(line))
        .with(what, std::string(word))
        .hint("tests/sim/README.md has the kinds and their values");
}

}  // namespace

Result<Faults::Fault> Faults::parse_line(std::string_view line) {
    Fault fault;
    const auto words = text::split(line, ' ');
    fault.kind = words.front();
    const auto* const known =
        std::ranges::find(kKinds, std::string_view(fault.kind),
                          &std::pair<std::string_view, std::string_view>::first);
    if (known == std::end(kKinds)) return Failure(wrong("kind", line, fault.kind));
    for (const std::string_view word : std::span(words).subspan(1)) {
        if (word.empty()) continue;
        const auto equals = word.find('=');
        const std::string_view name = word.substr(0, equals);
        if (equals == std::string_view::npos ||
            (!is_one_of(kConditions, name) && !is_one_of(known->second, name)))
            return Failure(wrong("name", line, word));
        if (!is_good(fault.kind, name, word.substr(equals + 1)))
            return Failure(wrong("value", line, word));
        fault.values[std::string(name)] = word.substr(equals + 1);
    }
    return fault;
}

Result<std::vector<Faults::Fault>> Faults::parse(std::string_view lines) {
    std::vector<Fault> out;
    for (const std::string_view line : text::split(lines, '\n')) {
        const std::string_view trimmed = text::trim(line);
        if (trimmed.empty() || trimmed.starts_with('#')) continue;
        TRY_LET(fault, parse_line(trimmed));
        out.push_back(std::move(fault));
    }
    return out;
}

Result<void> Faults::set(std::string_view lines) {
    TRY_LET(faults, parse(lines));
    state_.with([&](State& state) {
        state.faults = std::move(faults);
        state.buckets.clear();
    });
    return {};
}

void Faults::reset() {
    state_.with([](State& state) {
        for (Fault& fault : state.faults) fault.seen = 0;
        state.buckets.clear();
    });
}

bool Faults::holds(Fault& fault, const Occasion& occasion) {
    if (const auto path = value_of(fault.values, "path");
        !path.empty() && !text::glob_match(path, occasion.target))
        return false;
    if (const auto kinds = value_of(fault.values, "kind"); !kinds.empty()) {
        const auto wanted = text::split(kinds, ',');
        if (std::ranges::find(wanted, occasion.kind) == wanted.end()) return false;
    }
    if (const auto token = value_of(fault.values, "token");
        !token.empty() && occasion.user != fmt::format("Bearer {}", token))
        return false;
    const auto seen = static_cast<std::int64_t>(++fault.seen);
    if (seen <= number(fault.values, "after", 0)) return false;
    if (seen > number(fault.values, "first", INT64_MAX)) return false;
    return seen % std::max<std::int64_t>(1, number(fault.values, "every", 1)) == 0;
}

void Faults::draw(State& state, const Fault& fault, const Occasion& occasion, Plan& plan) {
    const auto now = std::chrono::steady_clock::now();
    const double size = real(fault.values, "tokens", 60);
    const double rate = real(fault.values, "rate", 5);
    const auto [at, fresh] = state.buckets.try_emplace(std::string(occasion.user),
                                                       Bucket{.tokens = size, .filled = now});
    Bucket& bucket = at->second;
    const double since = std::chrono::duration<double>(now - bucket.filled).count();
    bucket.tokens = std::min(size, bucket.tokens + since * rate);
    bucket.filled = now;
    const bool is_granted = bucket.tokens >= 1;
    if (is_granted) bucket.tokens -= 1;
    const std::string_view how = value_of(fault.values, "retry_after", "seconds");
    if (how != "none")
        plan.quota = {.limit = static_cast<int>(size),
                      .left = static_cast<int>(bucket.tokens),
                      .rate = static_cast<int>(rate)};
    if (is_granted) return;
    const auto seconds = static_cast<int>(std::ceil((1 - bucket.tokens) / std::max(rate, 0.01)));
    plan.deed = Plan::Deed::Status;
    plan.code = 429;
    if (how != "none")
        plan.retry_after = {.seconds = std::max(1, seconds), .as_date = how == "date"};
    plan.names.emplace_back("bucket");
}

void Faults::apply(const Fault& fault, Plan& plan) {
    using Deed = Plan::Deed;
    const std::chrono::milliseconds ms(number(fault.values, "ms", 100));
    plan.names.push_back(fault.kind);
    if (fault.kind == "latency") plan.latency += ms;
    if (fault.kind == "cap")
        plan.cap =
            static_cast<std::size_t>(std::max<std::int64_t>(1, number(fault.values, "limit", 10)));
    if (fault.kind == "holes") plan.holes = true;
    if (fault.kind == "endless") plan.endless = true;
    if (fault.kind == "misshapen") plan.misshapen = true;
    if (fault.kind == "drift") plan.drift = true;
    if (fault.kind == "slow") {
        plan.gap = ms;
        plan.parts = static_cast<int>(number(fault.values, "parts", 10));
    }
    constexpr std::pair<std::string_view, Deed> deeds[] = {
        {"status", Deed::Status}, {"reset", Deed::Reset},         {"cut", Deed::Cut},
        {"html", Deed::Html},     {"malformed", Deed::Malformed}, {"expire", Deed::Expire},
        {"denied", Deed::Denied}};
    for (const auto& [name, deed] : deeds)
        if (fault.kind == name) plan.deed = deed;
    const unsigned otherwise = fault.kind == "status" ? 503 : fault.kind == "html" ? 200 : 401;
    plan.code = static_cast<unsigned>(number(fault.values, "code", otherwise));
    plan.at = std::clamp(real(fault.values, "at", 0.5), 0.0, 1.0);
    plan.retry_after = wait_of(value_of(fault.values, "retry_after"));
}

Result<Plan> Faults::plan(const Occasion& occasion, std::string_view header) {
    std::string lines(header);
    std::ranges::replace(lines, ';', '\n');
    TRY_LET(own, parse(lines));
    return state_.with([&](State& state) {
        Plan plan;
        const auto consider = [&](Fault& fault) {
            const bool adds = fault.kind == "latency" || fault.kind == "slow" ||
                              fault.kind == "cap" || fault.kind == "holes" ||
                              fault.kind == "drift" || fault.kind == "endless" ||
                              fault.kind == "misshapen";
            if (!adds && plan.deed != Plan::Deed::None) return;
            if (!holds(fault, occasion)) return;
            if (fault.kind == "bucket") return draw(state, fault, occasion, plan);
            const Plan before = plan;
            apply(fault, plan);
            if (!adds) return;
            plan.code = before.code;
            plan.at = before.at;
            plan.retry_after = before.retry_after;
        };
        for (Fault& fault : own) consider(fault);
        for (Fault& fault : state.faults) consider(fault);
        return plan;
    });
}

}  // namespace forgehouse::sim
