#include "config/well_known.h"

#include <fmt/format.h>

#include <array>

namespace forgehouse::config {
namespace {

constexpr std::array kKnown{
    KnownVariable{"BITBUCKET_BASE_URL",
                  "The start page of a Bitbucket Server or Data Center. Where the configuration "
                  "names no source, this is the source, named bitbucket."},
    KnownVariable{"BITBUCKET_TOKEN", "An access token for it."},
    KnownVariable{"BITBUCKET_USERNAME", "Or a user,"},
    KnownVariable{"BITBUCKET_PASSWORD", "and that user's password."},
    KnownVariable{"CLICKHOUSE_HOST",
                  "A ClickHouse server to use instead of the embedded engine; also with https:// "
                  "before it."},
    KnownVariable{"CLICKHOUSE_PORT", "Its port for HTTP, 8123 without it."},
    KnownVariable{"CLICKHOUSE_USER", "The user there, default without it."},
    KnownVariable{"CLICKHOUSE_PASSWORD", "That user's password, empty without it."},
    KnownVariable{"CLICKHOUSE_DATABASE", "The database there, default without it."},
};

SecretRef secret_of(const Variables::Value& value, std::string_view name) {
    return {.from = value.from_dotenv ? SecretRef::From::DotEnv : SecretRef::From::Environment,
            .name = std::string(name),
            .command = {}};
}

/// `http://HOST:PORT`; a scheme and a port that are there already stay.
std::string address_of(const std::string& host, const std::string& port) {
    const auto scheme = host.find("://");
    std::string whole = scheme == host.npos ? "http://" + host : host;
    while (whole.ends_with('/')) whole.pop_back();
    const std::string_view rest = std::string_view(whole).substr(whole.find("://") + 3);
    if (rest.find('/') != rest.npos) return whole;
    const bool is_bare_ipv6 = !rest.starts_with('[') && rest.find(':') != rest.rfind(':');
    if (is_bare_ipv6)
        return fmt::format("{}[{}]:{}", whole.substr(0, whole.size() - rest.size()), rest, port);
    const auto colon = rest.rfind(':');
    const bool has_port = colon != rest.npos && rest.find(']', colon) == rest.npos;
    return has_port ? whole : fmt::format("{}:{}", whole, port);
}

}  // namespace

std::span<const KnownVariable> known_variables() noexcept {
    return kKnown;
}

std::optional<Variables::Value> Variables::find(std::string_view name) const {
    const auto at = environment.find(name);
    if (at != environment.end() && !at->second.empty())
        return Value{.text = at->second, .origin = std::string(name), .from_dotenv = false};
    const DotEnv::Entry* entry = dotenv.find(name);
    if (entry == nullptr) return std::nullopt;
    return Value{
        .text = entry->value, .origin = fmt::format(".env:{}", entry->line), .from_dotenv = true};
}

std::optional<Variables::Value> Variables::find_with(const Value& leader,
                                                     std::string_view name) const {
    if (!leader.from_dotenv) return find(name);
    const Environment nothing;
    return Variables{.environment = nothing, .dotenv = dotenv}.find(name);
}

void take_warehouse(const Variables& variables, Loaded& loaded) {
    const auto host = variables.find("CLICKHOUSE_HOST");
    // The more particular name wins, with all that belongs to it.
    if (!host || variables.find("FORGEHOUSE_WAREHOUSE_URL")) return;
    const auto with = [&](std::string_view name) { return variables.find_with(*host, name); };
    const auto port = with("CLICKHOUSE_PORT");
    const auto user = with("CLICKHOUSE_USER");
    const auto password = with("CLICKHOUSE_PASSWORD");
    auto& warehouse = loaded.settings.warehouse;
    warehouse.url = address_of(host->text, port ? port->text : "8123");
    warehouse.user = user ? user->text : "default";
    warehouse.password = password ? secret_of(*password, "CLICKHOUSE_PASSWORD") : SecretRef{};
    loaded.origins["warehouse.url"] = host->origin;
    loaded.origins["warehouse.user"] = user ? user->origin : host->origin;
    loaded.origins["warehouse.password"] = password ? password->origin : host->origin;
    if (const auto database = with("CLICKHOUSE_DATABASE")) {
        loaded.settings.database = database->text;
        loaded.origins["database"] = database->origin;
    }
}

std::string take_bitbucket(const Variables& variables, Loaded& loaded) {
    const auto base = variables.find("BITBUCKET_BASE_URL");
    if (!base) return {};
    if (!loaded.settings.sources.empty()) {
        loaded.remarks.push_back(
            "BITBUCKET_BASE_URL is not used: the configuration names sources of its own");
        return {};
    }
    const auto with = [&](std::string_view name) { return variables.find_with(*base, name); };
    const auto token = with("BITBUCKET_TOKEN");
    const auto user = with("BITBUCKET_USERNAME");
    const auto password = with("BITBUCKET_PASSWORD");
    if (!token && !(user && password)) {
        loaded.remarks.push_back(fmt::format(
            "BITBUCKET_BASE_URL is not used: set BITBUCKET_TOKEN, or BITBUCKET_USERNAME and "
            "BITBUCKET_PASSWORD, as well{}",
            base->from_dotenv ? " (in .env too, since the address comes from there)" : ""));
        return {};
    }
    SourceSettings source;
    source.name = "bitbucket";
    source.kind = SourceKind::BitbucketServer;
    source.url = base->text;
    const auto origin = [&](std::string_view member, const Variables::Value& value) {
        loaded.origins[fmt::format("sources[0].{}", member)] = value.origin;
    };
    origin("name", *base);
    origin("kind", *base);
    origin("url", *base);
    if (token) {
        source.token = secret_of(*token, "BITBUCKET_TOKEN");
        origin("token", *token);
    } else {
        source.user = user->text;
        source.password = secret_of(*password, "BITBUCKET_PASSWORD");
        origin("user", *user);
        origin("password", *password);
    }
    loaded.settings.sources.push_back(std::move(source));
    return base->origin;
}

}  // namespace forgehouse::config
