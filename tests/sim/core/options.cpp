#include "sim/core/options.h"

#include <fstream>
#include <sstream>

#include "base/text.h"
#include "config/yaml.h"

namespace forgehouse::sim {
namespace {

Error bad(std::string_view option, std::string_view value) {
    return Error(Errc::Invalid, "an option of the simulator is not understood")
        .with("option", std::string(option))
        .with("value", std::string(value))
        .hint("tests/sim/README.md has them all");
}

Result<void> organisation(Settings& out, std::string_view value) {
    const auto comma = value.find(',');
    const auto seed = text::to_int(value.substr(0, comma));
    const auto size = comma == std::string_view::npos ? std::optional<std::int64_t>(12)
                                                      : text::to_int(value.substr(comma + 1));
    if (!seed || !size || *size < 1) return Failure(bad("org", value));
    out.seed = static_cast<std::uint64_t>(*seed);
    out.size = static_cast<std::size_t>(*size);
    return {};
}

Result<void> count(std::size_t& out, std::string_view option, std::string_view value) {
    const auto number = text::to_int(value);
    if (!number || *number < 0) return Failure(bad(option, value));
    out = static_cast<std::size_t>(*number);
    return {};
}

Result<void> gateway(Settings& out, std::string_view value) {
    const auto equals = value.find('=');
    if (equals == std::string_view::npos) return Failure(bad("gateway", value));
    out.gateway_name = value.substr(0, equals);
    out.gateway_value = value.substr(equals + 1);
    return {};
}

Result<void> choice(bool& out, std::string_view option, std::string_view value, std::string_view no,
                    std::string_view yes) {
    if (value != no && value != yes) return Failure(bad(option, value));
    out = value == yes;
    return {};
}

Result<void> set(Options& out, std::string_view option, std::string_view value);

Error bad_member(const std::string& path, const config::Node& member, std::string_view wanted) {
    return Error(Errc::Invalid, "a scenario is not understood")
        .with("at", fmt::format("{}:{}", path, member.line))
        .with("member", member.key)
        .with("wanted", std::string(wanted))
        .hint("tests/sim/README.md says what a scenario holds");
}

Result<void> scenario(Options& out, const std::string& path) {
    using Kind = config::Node::Kind;
    std::ifstream file(path);
    if (!file) return Failure(bad("scenario", path));
    std::stringstream text;
    text << file.rdbuf();
    TRY_LET(root, config::parse_yaml(text.str(), path));
    if (root.kind != Kind::Map) return Failure(bad_member(path, root, "options by their names"));
    for (const config::Node& member : root.items) {
        if (member.key == "scenario")
            return Failure(bad_member(path, member, "no scenario in a scenario"));
        if (member.key != "faults") {
            if (member.kind != Kind::Scalar) return Failure(bad_member(path, member, "one value"));
            if (auto done = set(out, member.key, member.scalar); !done)
                return Failure(
                    std::move(done).error().with("at", fmt::format("{}:{}", path, member.line)));
            continue;
        }
        if (member.kind != Kind::List) return Failure(bad_member(path, member, "a list of lines"));
        for (const config::Node& fault : member.items) {
            if (fault.kind != Kind::Scalar) return Failure(bad_member(path, fault, "one line"));
            out.faults += fault.scalar + '\n';
        }
    }
    return {};
}

Result<void> set(Options& out, std::string_view option, std::string_view value) {
    Settings& settings = out.settings;
    if (option == "org") return organisation(settings, value);
    if (option == "prs") return count(settings.pulls, option, value);
    if (option == "commits") return count(settings.commits, option, value);
    if (option == "page-cap") return count(settings.page_cap, option, value);
    if (option == "diff-cap") return count(settings.diff_cap, option, value);
    if (option == "dates") return choice(settings.iso_dates, option, value, "epoch", "iso");
    if (option == "touch") return choice(settings.touch_all, option, value, "state", "all");
    if (option == "gateway") return gateway(settings, value);
    if (option == "scenario") return scenario(out, std::string(value));
    if (option == "legacy") return choice(settings.is_legacy, option, value, "false", "true");
    if (option == "secret-forks")
        return choice(settings.secret_forks, option, value, "false", "true");
    if (option == "big-ids") return choice(settings.big_ids, option, value, "false", "true");
    if (option == "token") return void(settings.token = value), Result<void>();
    if (option == "user") return void(settings.user = value), Result<void>();
    if (option == "password") return void(settings.password = value), Result<void>();
    if (option == "data") return void(settings.data = value), Result<void>();
    if (option == "manifest") return void(settings.manifest = value), Result<void>();
    std::size_t number = 0;
    if (option == "port" || option == "while") {
        TRY(count(number, option, value));
        if (option == "while") return void(out.parent = static_cast<int>(number)), Result<void>();
        if (number > 65535) return Failure(bad(option, value));
        return void(settings.port = static_cast<std::uint16_t>(number)), Result<void>();
    }
    return Failure(bad(option, value));
}

bool takes_no_value(std::string_view option) {
    return option == "legacy" || option == "big-ids" || option == "secret-forks";
}

}  // namespace

Result<Options> parse_options(std::span<char* const> arguments) {
    Options out;
    if (arguments.empty()) return Failure(bad("FORGE", ""));
    out.forge = arguments.front();
    if (out.forge != "bitbucket-server") return Failure(bad("FORGE", out.forge));
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        std::string_view option = arguments[i];
        if (!option.starts_with("--")) return Failure(bad(option, ""));
        option.remove_prefix(2);
        const auto equals = option.find('=');
        if (equals != std::string_view::npos) {
            TRY(set(out, option.substr(0, equals), option.substr(equals + 1)));
        } else if (takes_no_value(option)) {
            TRY(set(out, option, "true"));
        } else {
            if (i + 1 == arguments.size()) return Failure(bad(option, "nothing"));
            TRY(set(out, option, arguments[++i]));
        }
    }
    return out;
}

}  // namespace forgehouse::sim
