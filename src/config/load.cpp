#include "config/load.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "base/text.h"
#include "config/check.h"
#include "config/options.h"
#include "config/well_known.h"

namespace forgehouse::config {
namespace {

constexpr std::string_view kFileName = "forgehouse.yaml";

std::string variable(const Environment& environment, std::string_view name) {
    const auto at = environment.find(name);
    return at == environment.end() ? std::string() : at->second;
}

std::filesystem::path home_of(const Environment& environment) {
    const std::string home = variable(environment, "HOME");
    return home.empty() ? std::filesystem::path("/") : std::filesystem::path(home);
}

/// A folder of the XDG base directory specification; relative values are to be ignored.
std::filesystem::path xdg(const Environment& environment, std::string_view name,
                          std::string_view fallback) {
    const std::string set = variable(environment, name);
    return set.starts_with('/') ? std::filesystem::path(set) : home_of(environment) / fallback;
}

/// One file of configuration, and how far it is trusted.
struct Found {
    std::filesystem::path path;
    std::string shown;       ///< its name in messages
    bool by_chance = false;  ///< nobody named it
    bool may_use_secrets = true;
};

/// Whether what lies in the folder may have come with a clone.
bool in_work_tree(const std::filesystem::path& folder) {
    std::error_code failure;
    for (std::filesystem::path at = std::filesystem::absolute(folder, failure); !failure;
         at = at.parent_path()) {
        if (std::filesystem::exists(at / ".git", failure)) return true;
        if (at == at.parent_path()) break;
    }
    return false;
}

bool group_may_write(const std::filesystem::path& file) {
    struct ::stat facts{};
    return ::stat(file.c_str(), &facts) == 0 && (facts.st_mode & S_IWGRP) != 0;
}

class Loader {
public:
    explicit Loader(const Inputs& inputs)
        : inputs_(inputs), here_{.folder = inputs.folder, .home = home_of(inputs.environment)} {}

    Loaded load() {
        take_defaults();
        const auto found = find_file();
        if (found) take_file(*found);
        read_variables();
        take_environment();
        if (found) check_password_of_environment(*found);
        for (const Override& given : inputs_.overrides)
            take(option_named(given.key), Node::of_scalar(given.text), given.flag, here_);
        check_sources(loaded_, places_);
        check_warehouse(loaded_);
        return std::move(loaded_);
    }

private:
    void problem(Error error, std::string at) {
        loaded_.problems.push_back(std::move(error).with("at", std::move(at)));
    }

    void take_defaults() {
        for (const auto& option : options()) {
            loaded_.origins[std::string(option.declared.key)] = "default";
            if (option.declared.fallback.empty()) continue;
            take(option, Node::of_scalar(std::string(option.declared.fallback)), "default", here_);
        }
        if (variable(inputs_.environment, "XDG_DATA_HOME").starts_with('/'))
            loaded_.settings.data = xdg(inputs_.environment, "XDG_DATA_HOME", "") / "forgehouse";
    }

    /// Gives an option a value; a refused one is a problem at `origin`.
    void take(const Option<Settings>& option, const Node& node, const std::string& origin,
              const Reading& reading) {
        if (auto done = option.read(loaded_.settings, node, option.declared, reading); !done) {
            auto error = std::move(done).error();
            return problem(std::move(error).with("key", std::string(option.declared.key)), origin);
        }
        loaded_.origins[std::string(option.declared.key)] = origin;
    }

    std::optional<Found> find_file() {
        const std::string named = variable(inputs_.environment, "FORGEHOUSE_CONFIG");
        if (inputs_.file || !named.empty()) {
            const std::filesystem::path path = inputs_.file.value_or(named);
            return Found{inputs_.folder / path, path.string()};
        }
        const std::filesystem::path nearby = inputs_.folder / kFileName;
        std::error_code failure;
        if (std::filesystem::exists(nearby, failure))
            return Found{nearby, std::string(kFileName), true,
                         !in_work_tree(inputs_.folder) && !group_may_write(nearby)};
        const std::filesystem::path own = user_file(inputs_.environment);
        if (std::filesystem::exists(own, failure)) return Found{own, own.string()};
        return std::nullopt;
    }

    Result<std::string> content_of(const Found& found) const {
        std::ifstream stream(found.path, std::ios::binary);
        struct ::stat facts{};
        if (!stream || ::stat(found.path.c_str(), &facts) != 0)
            return Failure(Error(Errc::NotFound, "the configuration cannot be read")
                               .hint("check the name given by --config or FORGEHOUSE_CONFIG, and "
                                     "the rights of that file"));
        if (!S_ISREG(facts.st_mode) && !S_ISFIFO(facts.st_mode) && !S_ISCHR(facts.st_mode))
            return Failure(Error(Errc::Invalid, "the configuration is not a file")
                               .hint("name a file, not a folder"));
        const bool foreign = facts.st_uid != ::geteuid() && facts.st_uid != 0;
        if (found.by_chance && (foreign || (facts.st_mode & S_IWOTH) != 0))
            return Failure(
                Error(Errc::Denied, "the file in the working directory is not yours alone")
                    .hint("name it by --config if you trust it; else go to another "
                          "folder, or take the rights of others away"));
        std::string content(kMostBytes + 1, '\0');
        stream.read(content.data(), static_cast<std::streamsize>(content.size()));
        content.resize(static_cast<std::size_t>(stream.gcount()));
        return content;
    }

    void take_file(const Found& found) {
        loaded_.file = found.path;
        const auto content = content_of(found);
        if (!content) return problem(content.error(), found.shown);
        const auto root = parse_yaml(*content, found.shown);
        if (!root) return loaded_.problems.push_back(root.error());
        if (root->kind == Node::Kind::Null) return;
        if (root->kind != Node::Kind::Map)
            return problem(Error(Errc::Invalid, "the file does not consist of keys and values")
                               .hint("begin with a line such as data: /srv/forgehouse"),
                           fmt::format("{}:{}", found.shown, root->line));
        const Reading reading{.folder = found.path.parent_path(), .home = here_.home};
        take_level(*root, "", found, reading);
    }

    static std::string place(const Found& found, int line) {
        return fmt::format("{}:{}", found.shown, line);
    }

    /// The keys of one section ("" is the top), and of the sections in it.
    void take_level(const Node& map, std::string_view section, const Found& found,
                    const Reading& reading) {
        for (const Node& member : map.items) {
            const std::string key =
                section.empty() ? member.key : fmt::format("{}.{}", section, member.key);
            const auto option =
                std::ranges::find(options(), key, [](const auto& o) { return o.declared.key; });
            const bool is_section =
                section.empty() && !key.empty() &&
                std::ranges::any_of(sections(), [&](const Section& s) { return s.name == key; });
            if (option != options().end())
                take_member(*option, member, found, reading);
            else if (section.empty() && key == "sources")
                take_sources(member, found, reading);
            else if (is_section)
                take_section(member, found, reading);
            else
                unknown_key(section, member, found);
        }
    }

    void take_member(const Option<Settings>& option, const Node& member, const Found& found,
                     const Reading& reading) {
        if (member.kind == Node::Kind::Null) return;
        if (auto refused = refusal_of(found, option.declared, member, option.declared.key))
            return problem(std::move(*refused), place(found, member.line));
        take(option, member, place(found, member.line), reading);
    }

    /// What a file that nobody named may not say.
    static std::optional<Error> refusal_of(const Found& found, const Declared& declared,
                                           const Node& value, std::string_view key) {
        if (found.by_chance && runs_code(declared, value)) return code_refused(key);
        if (!found.may_use_secrets && uses_secret(value)) return secret_refused(key);
        return std::nullopt;
    }

    static bool runs_code(const Declared& declared, const Node& value) {
        return declared.runs_code || refers_by(value, "command");
    }

    /// Whether a value, or one of a list, is `{way: …}`.
    static bool refers_by(const Node& value, std::string_view way) {
        return std::ranges::any_of(value.items, [way](const Node& item) {
            return item.key == way || refers_by(item, way);
        });
    }

    static Error code_refused(std::string_view key) {
        return Error(Errc::Denied, "a file found in the working directory cannot run programs")
            .with("key", std::string(key))
            .hint(
                "name the file by --config if you trust it, or move this key to your own "
                "configuration (forgehouse config print shows where that is)");
    }

    static bool uses_secret(const Node& value) {
        return refers_by(value, "env") || refers_by(value, "file");
    }

    static Error secret_refused(std::string_view key) {
        return Error(Errc::Denied,
                     "a file found in a git working tree, or that a group may write, cannot use "
                     "secrets")
            .with("key", std::string(key))
            .hint(
                "it may come from others, and names where the secret would be sent: name the "
                "file by --config or FORGEHOUSE_CONFIG if you trust it, or move this to your own "
                "configuration (forgehouse config print shows where that is)");
    }

    /// A password of the environment belongs to the address that its owner had in mind.
    void check_password_of_environment(const Found& found) {
        const std::string& url = loaded_.origins["warehouse.url"];
        if (found.may_use_secrets || !url.starts_with(found.shown + ":")) return;
        if (loaded_.origins["warehouse.password"] == environment_name("warehouse.password"))
            problem(secret_refused("warehouse.password"), url);
    }

    void take_section(const Node& member, const Found& found, const Reading& reading) {
        if (member.kind == Node::Kind::Map) return take_level(member, member.key, found, reading);
        if (member.kind == Node::Kind::Null) return;
        problem(Error(Errc::Invalid, "a section has keys of its own")
                    .with("key", member.key)
                    .hint(fmt::format("write the keys of {} below it, indented", member.key)),
                place(found, member.line));
    }

    void unknown_key(std::string_view section, const Node& member, const Found& found) {
        std::vector<std::string_view> known;
        for (const auto& option : options())
            if (section_of(option.declared.key) == section)
                known.push_back(
                    option.declared.key.substr(section.empty() ? 0 : section.size() + 1));
        if (section.empty()) {
            for (const Section& s : sections())
                if (!s.name.empty()) known.push_back(s.name);
            known.push_back("sources");
        }
        refuse_key(section, member, known, found);
    }

    void refuse_key(std::string_view section, const Node& member,
                    const std::vector<std::string_view>& known, const Found& found) {
        const auto near = text::nearest(member.key, known);
        Error error = Error(Errc::Invalid, "unknown key in the configuration")
                          .with("key", section.empty() ? text::printable(member.key)
                                                       : fmt::format("{}.{}", section,
                                                                     text::printable(member.key)))
                          .hint(near ? fmt::format("did you mean {}?", *near)
                                     : fmt::format("known here: {}", fmt::join(known, ", ")));
        problem(std::move(error), place(found, member.line));
    }

    void take_sources(const Node& member, const Found& found, const Reading& reading) {
        if (member.kind == Node::Kind::Null) return;
        if (member.kind != Node::Kind::List)
            return problem(Error(Errc::Invalid, "sources is a list")
                               .with("key", "sources")
                               .hint("begin each source by a line such as `- name: work`"),
                           place(found, member.line));
        for (const Node& item : member.items) {
            if (item.kind != Node::Kind::Map) {
                problem(Error(Errc::Invalid, "a source consists of keys and values")
                            .with("key", "sources")
                            .hint("write `- name: work`, and below it `paths: [~/src/app]`"),
                        place(found, item.line));
                continue;
            }
            take_source(item, found, reading);
        }
    }

    void take_source(const Node& item, const Found& found, const Reading& reading) {
        const std::size_t index = loaded_.settings.sources.size();
        const std::string prefix = fmt::format("sources[{}]", index);
        SourceSettings source;
        places_.push_back(place(found, item.line));
        for (const Node& member : item.items)
            take_source_key(source, prefix, member, found, reading);
        loaded_.settings.sources.push_back(std::move(source));
    }

    void take_source_key(SourceSettings& source, const std::string& prefix, const Node& member,
                         const Found& found, const Reading& reading) {
        const auto option = std::ranges::find(source_options(), member.key,
                                              [](const auto& o) { return o.declared.key; });
        if (option == source_options().end()) {
            std::vector<std::string_view> known;
            for (const auto& o : source_options()) known.push_back(o.declared.key);
            return refuse_key(prefix, member, known, found);
        }
        if (member.kind == Node::Kind::Null) return;
        const std::string key = fmt::format("{}.{}", prefix, member.key);
        if (auto refused = refusal_of(found, option->declared, member, key))
            return problem(std::move(*refused), place(found, member.line));
        if (auto done = option->read(source, member, option->declared, reading); !done) {
            auto error = std::move(done).error();
            return problem(std::move(error).with("key", key), place(found, member.line));
        }
        loaded_.origins[key] = place(found, member.line);
    }

    /// A configuration of nothing is meant to be one of nothing: for a program that starts us.
    void read_variables() {
        if (loaded_.file && loaded_.file->string() == "/dev/null") return;
        loaded_.dotenv = read_dotenv(inputs_.folder);
        for (const std::string& remark : loaded_.dotenv.remarks) loaded_.remarks.push_back(remark);
    }

    void take_environment() {
        const Variables variables{.environment = inputs_.environment, .dotenv = loaded_.dotenv};
        take_warehouse(variables, loaded_);
        if (const std::string origin = take_bitbucket(variables, loaded_); !origin.empty())
            places_.push_back(origin);
        for (const auto& option : options()) take_variable(option, variables);
        remark_on_variables();
    }

    void take_variable(const Option<Settings>& option, const Variables& variables) {
        const std::string name = environment_name(option.declared.key);
        const auto value = variables.find(name);
        if (!value) return;
        if (value->from_dotenv && option.declared.runs_code)
            return problem(code_refused(option.declared.key), value->origin);
        Node node = Node::of_scalar(value->text);
        // The variable itself is the place of the secret.
        if (option.shape().name == "secret") {
            Node reference = Node::of_scalar(name);
            reference.key = "env";
            node = Node();
            node.kind = Node::Kind::Map;
            node.items.push_back(std::move(reference));
        }
        take(option, node, value->origin, here_);
    }

    void remark_on_variables() {
        // Kubernetes sets variables such as FORGEHOUSE_PORT_80_TCP: what is far from every name is
        // none of ours.
        std::vector<std::string> names{"FORGEHOUSE_CONFIG", "FORGEHOUSE_LIBCHDB",
                                       "FORGEHOUSE_CLOCK_FILE"};
        for (const auto& option : options()) names.push_back(environment_name(option.declared.key));
        const std::vector<std::string_view> known(names.begin(), names.end());
        for (const auto& [name, value] : inputs_.environment) remark_on(name, known);
        for (const auto& [name, entry] : loaded_.dotenv.entries)
            if (!inputs_.environment.contains(name)) remark_on(name, known);
    }

    void remark_on(const std::string& name, const std::vector<std::string_view>& known) {
        if (!name.starts_with("FORGEHOUSE_") || std::ranges::find(known, name) != known.end())
            return;
        const auto near = text::nearest(std::string_view(name).substr(11), tails(known));
        if (near)
            loaded_.remarks.push_back(
                fmt::format("the environment variable {} is not used; did you mean FORGEHOUSE_{}?",
                            text::printable(name), *near));
    }

    static std::vector<std::string_view> tails(const std::vector<std::string_view>& names) {
        std::vector<std::string_view> out;
        for (const std::string_view name : names) out.push_back(name.substr(11));
        return out;
    }

    const Inputs& inputs_;
    Reading here_;
    Loaded loaded_;
    std::vector<std::string> places_;  ///< where each source begins
};

}  // namespace

Loaded load(const Inputs& inputs) {
    return Loader(inputs).load();
}

std::filesystem::path user_file(const Environment& environment) {
    return xdg(environment, "XDG_CONFIG_HOME", ".config") / "forgehouse" / kFileName;
}

}  // namespace forgehouse::config
