#include "app/source_access.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/text.h"

namespace forgehouse::app {
namespace {

using config::SecretRef;

/// A variable stays as it was when we were started; a file and a command may say something new.
bool may_change(const SecretRef& reference) noexcept {
    return reference.from == SecretRef::From::File || reference.from == SecretRef::From::Command;
}

Secret joined(std::string_view head, std::string_view tail) {
    std::string text;
    text.reserve(head.size() + tail.size());
    text += head;
    text += tail;
    return Secret(std::move(text));
}

bool same(const std::vector<net::Header>& a, const std::vector<net::Header>& b) {
    return std::ranges::equal(a, b, [](const net::Header& x, const net::Header& y) {
        return x.name == y.name &&
               std::get<Secret>(x.value).reveal() == std::get<Secret>(y.value).reveal();
    });
}

}  // namespace

SourceAccess::SourceAccess(config::SourceSettings settings, Lookup lookup, const exec::Clock& clock,
                           std::string token_key)
    : settings_(std::move(settings)),
      lookup_(std::move(lookup)),
      clock_(clock),
      token_key_(std::move(token_key)) {}

bool SourceAccess::is_stale(const State& state) const {
    if (!state.pass) return true;
    return settings_.renew_every.count() > 0 && can_change() &&
           clock_.now() - state.found >= settings_.renew_every;
}

bool SourceAccess::can_change() const noexcept {
    return may_change(settings_.token) || may_change(settings_.password) ||
           may_change(settings_.header_value);
}

std::string SourceAccess::key(std::string_view member) const {
    return fmt::format("{}.{}", settings_.name, member);
}

Result<std::vector<net::Header>> SourceAccess::look_up(exec::Context& ctx) const {
    std::vector<net::Header> fields;
    if (!settings_.token.empty()) {
        TRY_LET(token, lookup_(ctx, settings_.token, key(token_key_)));
        fields.push_back({"Authorization", joined("Bearer ", token.reveal())});
    } else if (!settings_.user.empty()) {
        TRY_LET(password, lookup_(ctx, settings_.password, key("password")));
        const Secret both = joined(settings_.user + ":", password.reveal());
        const Secret encoded(text::to_base64(both.reveal()));
        fields.push_back({"Authorization", joined("Basic ", encoded.reveal())});
    }
    if (!settings_.header.empty()) {
        TRY_LET(value, lookup_(ctx, settings_.header_value, key("header_value")));
        fields.push_back({settings_.header, std::move(value)});
    }
    return fields;
}

/// Looks the fields up and puts them in place. The caller has set `looking`.
Result<void> SourceAccess::refresh(exec::Context& ctx) {
    auto fields = look_up(ctx);
    return state_.with([&](State& state) -> Result<void> {
        state.looking = false;
        if (!fields) return Failure(std::move(fields).error());
        state.found = clock_.now();
        if (state.pass && same(state.pass->fields, *fields)) return {};
        const std::uint64_t number = state.pass ? state.pass->number + 1 : 1;
        state.pass = collect::Pass{.fields = std::move(*fields), .number = number};
        return {};
    });
}

Result<collect::Pass> SourceAccess::pass(exec::Context& ctx) {
    for (;;) {
        TRY_LET(current, state_.when(
                             ctx, [](const State& state) { return !state.looking; },
                             [&](State& state) -> std::optional<collect::Pass> {
                                 if (!is_stale(state)) return state.pass;
                                 state.looking = true;
                                 return std::nullopt;
                             }));
        if (current) return *current;
        TRY(refresh(ctx));
    }
}

Result<bool> SourceAccess::renew(exec::Context& ctx, std::uint64_t refused) {
    TRY_LET(is_ours, state_.when(
                         ctx, [](const State& state) { return !state.looking; },
                         [&](State& state) {
                             const bool is_current = state.pass && state.pass->number == refused;
                             if (is_current && can_change()) state.looking = true;
                             return is_current;
                         }));
    if (!is_ours) return true;
    if (!can_change()) return false;
    TRY(refresh(ctx));
    const bool changed =
        state_.with([&](State& state) { return state.pass && state.pass->number != refused; });
    log::info("app", "credentials were looked up again",
              {{"source", settings_.name}, {"changed", changed}});
    return changed;
}

Result<git::HttpAccess> SourceAccess::for_git(exec::Context& ctx) {
    TRY_LET(current, pass(ctx));
    git::HttpAccess access;
    access.is_given = true;
    for (const net::Header& field : current.fields)
        access.fields.push_back(joined(field.name + ": ", std::get<Secret>(field.value).reveal()));
    access.proxy = settings_.proxy;
    access.proxy_user = settings_.proxy_user;
    if (!settings_.proxy_password.empty()) {
        TRY_LET(password, lookup_(ctx, settings_.proxy_password, key("proxy_password")));
        access.proxy_password = std::move(password);
    }
    access.ca_file = settings_.ca_file.string();
    access.client_certificate = settings_.client_certificate.string();
    access.client_key = settings_.client_key.string();
    return access;
}

Result<net::HttpClient::Settings> SourceAccess::route(exec::Context& ctx, long connections) {
    net::HttpClient::Settings route;
    route.proxy = settings_.proxy;
    route.proxy_user = settings_.proxy_user;
    if (!settings_.proxy_password.empty()) {
        TRY_LET(password, lookup_(ctx, settings_.proxy_password, key("proxy_password")));
        route.proxy_password = std::move(password);
    }
    route.ca_file = settings_.ca_file.string();
    route.client_certificate = settings_.client_certificate.string();
    route.client_key = settings_.client_key.string();
    route.connections_per_host = connections;
    return route;
}

}  // namespace forgehouse::app
