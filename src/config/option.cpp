#include "config/option.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace forgehouse::config {
namespace {

constexpr std::array<std::string_view, 5> kLevels{"debug", "info", "warn", "error", "off"};
constexpr std::array<std::string_view, 2> kFormats{"text", "json"};
constexpr std::array<std::string_view, 2> kSourceKinds{"plain_git", "bitbucket_server"};
constexpr std::array<std::string_view, 3> kCommitsBy{"auto", "git", "api"};

Error expected(const Node& node, Literal what) {
    switch (node.kind) {
        case Node::Kind::Map: return Error(Errc::Invalid, what).with("found", "several keys");
        case Node::Kind::List: return Error(Errc::Invalid, what).with("found", "a list");
        case Node::Kind::Null: return Error(Errc::Invalid, what).with("found", "nothing");
        case Node::Kind::Scalar: return Error(Errc::Invalid, what).with("value", node.scalar);
    }
    return Error(Errc::Invalid, what);
}

Result<std::string_view> scalar(const Node& node) {
    if (node.kind == Node::Kind::Scalar) return node.scalar;
    return Failure(expected(node, "one plain value belongs here")
                       .hint("write the value behind the key, on the same line"));
}

Result<void> in_bounds(std::uint64_t number, const Declared& declared, const Node& node,
                       const std::string& least, const std::string& most) {
    if (number >= declared.least && number <= declared.most) return {};
    return Failure(expected(node, "the value is out of bounds")
                       .hint(declared.most == ~std::uint64_t{0}
                                 ? fmt::format("it must be at least {}", least)
                                 : fmt::format("it must lie between {} and {}", least, most)));
}

template <class E, std::size_t n>
Result<void> read_word(E& out, const Node& node, const std::array<std::string_view, n>& words) {
    TRY_LET(text, scalar(node));
    const auto at = std::ranges::find(words, text::lower_ascii(text));
    if (at == words.end()) {
        const auto near = text::nearest(text, words);
        return Failure(
            expected(node, "not one of the words allowed here")
                .hint(near ? fmt::format("did you mean {}?", *near)
                           : fmt::format("it must be one of: {}", fmt::join(words, ", "))));
    }
    out = static_cast<E>(at - words.begin());
    return {};
}

std::filesystem::path resolved(std::string_view text, const Reading& reading) {
    if (text == "~") return reading.home;
    if (text.starts_with("~/")) return reading.home / text.substr(2);
    // lexically_normal keeps a trailing slash, which would make one folder look like two.
    std::filesystem::path path = (reading.folder / text).lexically_normal();
    return path.has_filename() || path == path.root_path() ? path : path.parent_path();
}

Result<void> read_list(std::vector<std::string>& out, const Node& node) {
    out.clear();
    if (node.kind == Node::Kind::Scalar) {
        for (const std::string_view part : text::split(node.scalar, ','))
            if (!text::trim(part).empty()) out.emplace_back(text::trim(part));
        return {};
    }
    if (node.kind != Node::Kind::List)
        return Failure(expected(node, "a list of values belongs here")
                           .hint("write [a, b], or one `- value` a line"));
    for (const Node& item : node.items) {
        TRY_LET(text, scalar(item));
        out.emplace_back(text);
    }
    return {};
}

/// Plain where YAML reads it back as the same text, quoted otherwise.
std::string yaml_scalar(std::string_view value) {
    const bool plain =
        !value.empty() && value.find_first_of("\"'\\#:{}[],&*!|>%@`\n\r\t") == value.npos &&
        text::trim(value) == value && value != "null" && value != "~" && value.front() != '-' &&
        value.front() != '?' && text::printable(value) == value;
    return plain ? std::string(value) : text::json_quoted(value);
}

template <class T>
std::string show_list(const std::vector<T>& list) {
    std::string out;
    for (const T& item : list) {
        if (!out.empty()) out += ", ";
        if constexpr (std::is_same_v<T, std::filesystem::path>)
            out += yaml_scalar(item.string());
        else
            out += yaml_scalar(item);
    }
    return list.empty() ? "" : fmt::format("[{}]", out);
}

Result<void> read_reference(SecretRef& out, const Node& member, const Reading& reading) {
    if (member.key == "env") {
        TRY_LET(name, scalar(member));
        out = {SecretRef::From::Environment, std::string(name), {}};
        return {};
    }
    if (member.key == "file") {
        TRY_LET(path, scalar(member));
        out = {SecretRef::From::File, resolved(path, reading).string(), {}};
        return {};
    }
    if (member.key != "command")
        return Failure(Error(Errc::Invalid, "unknown way to refer to a secret")
                           .with("found", member.key)
                           .hint("write {env: NAME}, {file: PATH} or {command: [PROGRAM, …]}"));
    std::vector<std::string> words;
    if (member.kind != Node::Kind::List || member.items.empty())
        return Failure(expected(member, "a command is a list of words")
                           .hint("write {command: [pass, show, NAME]}; no shell reads it"));
    TRY(read_list(words, member));
    out = {SecretRef::From::Command, {}, std::move(words)};
    return {};
}

}  // namespace

std::string environment_name(std::string_view key) {
    std::string name = "FORGEHOUSE_";
    for (const char c : key) {
        const bool lower = c >= 'a' && c <= 'z';
        name += c == '.' ? '_' : lower ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return name;
}

Result<void> read_value(std::string& out, const Node& node, const Declared&, const Reading&) {
    TRY_LET(text, scalar(node));
    out = text;
    return {};
}

Result<void> read_value(std::filesystem::path& out, const Node& node, const Declared&,
                        const Reading& reading) {
    TRY_LET(text, scalar(node));
    if (text.empty())
        out.clear();
    else
        out = resolved(text, reading);
    return {};
}

Result<void> read_value(bool& out, const Node& node, const Declared&, const Reading&) {
    constexpr std::array<std::string_view, 8> words{"false", "true", "no", "yes",
                                                    "off",   "on",   "0",  "1"};
    TRY_LET(text, scalar(node));
    const auto at = std::ranges::find(words, text::lower_ascii(text));
    if (at == words.end())
        return Failure(expected(node, "neither true nor false").hint("write true or false"));
    out = (at - words.begin()) % 2 == 1;
    return {};
}

Result<void> read_value(std::uint32_t& out, const Node& node, const Declared& declared,
                        const Reading&) {
    TRY_LET(text, scalar(node));
    const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
    if (digits.empty() || digits.find_first_not_of("0123456789") != digits.npos)
        return Failure(expected(node, "not a number").hint("write a whole number, such as 4"));
    const auto number = text::to_int(text);
    const bool fits = number && *number >= 0 && *number <= INT64_C(0xFFFFFFFF);
    Declared bounds = declared;
    bounds.most = std::min<std::uint64_t>(declared.most, UINT32_MAX);
    TRY(in_bounds(fits ? static_cast<std::uint64_t>(*number) : UINT64_MAX, bounds, node,
                  std::to_string(bounds.least), std::to_string(bounds.most)));
    out = static_cast<std::uint32_t>(*number);
    return {};
}

Result<void> read_value(Bytes& out, const Node& node, const Declared& declared, const Reading&) {
    TRY_LET(text, scalar(node));
    TRY_LET(size, parse_size(text));
    TRY(in_bounds(size.count, declared, node, size_text({declared.least}),
                  size_text({declared.most})));
    out = size;
    return {};
}

Result<void> read_value(std::chrono::milliseconds& out, const Node& node, const Declared& declared,
                        const Reading&) {
    TRY_LET(text, scalar(node));
    TRY_LET(span, parse_span(text));
    const auto spoken = [](std::uint64_t ms) {
        return span_text(std::chrono::milliseconds(static_cast<std::int64_t>(ms)));
    };
    TRY(in_bounds(static_cast<std::uint64_t>(span.count()), declared, node, spoken(declared.least),
                  spoken(declared.most)));
    out = span;
    return {};
}

Result<void> read_value(SecretRef& out, const Node& node, const Declared&, const Reading& reading) {
    if (node.kind == Node::Kind::Map && node.items.size() == 1)
        return read_reference(out, node.items.front(), reading);
    // The value itself is left out of the message: it may be the secret.
    return Failure(Error(Errc::Invalid, "a secret must not stand in a configuration")
                       .hint("say where it is to be found: {env: NAME}, {file: PATH} or "
                             "{command: [PROGRAM, …]}; and change a secret that was written here"));
}

Result<void> read_value(std::vector<SecretRef>& out, const Node& node, const Declared& declared,
                        const Reading& reading) {
    if (node.kind != Node::Kind::List)
        return Failure(expected(node, "a list of secrets belongs here")
                           .hint("write [{env: NAME}, {file: PATH}], or one `- {env: NAME}` a "
                                 "line"));
    out.clear();
    for (const Node& item : node.items)
        TRY(read_value(out.emplace_back(), item, declared, reading));
    return {};
}

Result<void> read_value(std::vector<std::string>& out, const Node& node, const Declared&,
                        const Reading&) {
    return read_list(out, node);
}

Result<void> read_value(std::vector<std::filesystem::path>& out, const Node& node, const Declared&,
                        const Reading& reading) {
    std::vector<std::string> texts;
    TRY(read_list(texts, node));
    out.clear();
    for (const std::string& text : texts) out.push_back(resolved(text, reading));
    return {};
}

Result<void> read_value(log::Level& out, const Node& node, const Declared&, const Reading&) {
    return read_word(out, node, kLevels);
}

Result<void> read_value(log::Format& out, const Node& node, const Declared&, const Reading&) {
    return read_word(out, node, kFormats);
}

Result<void> read_value(SourceKind& out, const Node& node, const Declared&, const Reading&) {
    return read_word(out, node, kSourceKinds);
}

Result<void> read_value(CommitsBy& out, const Node& node, const Declared&, const Reading&) {
    return read_word(out, node, kCommitsBy);
}

std::string show_value(const std::string& value) {
    return value.empty() ? "" : yaml_scalar(value);
}
std::string show_value(const std::filesystem::path& value) {
    return show_value(value.string());
}
std::string show_value(bool value) {
    return value ? "true" : "false";
}
std::string show_value(std::uint32_t value) {
    return std::to_string(value);
}
std::string show_value(Bytes value) {
    return size_text(value);
}
std::string show_value(std::chrono::milliseconds value) {
    return span_text(value);
}
std::string show_value(const SecretRef& value) {
    return value.empty() ? "" : "(set)";
}
std::string show_value(const std::vector<SecretRef>& value) {
    return value.empty() ? "" : fmt::format("({} set)", value.size());
}
std::string show_value(const std::vector<std::string>& value) {
    return show_list(value);
}
std::string show_value(const std::vector<std::filesystem::path>& value) {
    return show_list(value);
}
std::string show_value(log::Level value) {
    return std::string(kLevels.at(static_cast<std::size_t>(value)));
}
std::string show_value(log::Format value) {
    return std::string(kFormats.at(static_cast<std::size_t>(value)));
}
std::string show_value(SourceKind value) {
    return std::string(kSourceKinds.at(static_cast<std::size_t>(value)));
}
std::string show_value(CommitsBy value) {
    return std::string(kCommitsBy.at(static_cast<std::size_t>(value)));
}

Shape shape_of(const std::string&) {
    return {"text", {}};
}
Shape shape_of(const std::filesystem::path&) {
    return {"path", {}};
}
Shape shape_of(bool) {
    return {"true or false", {}};
}
Shape shape_of(std::uint32_t) {
    return {"number", {}};
}
Shape shape_of(Bytes) {
    return {"size", {}};
}
Shape shape_of(std::chrono::milliseconds) {
    return {"duration", {}};
}
Shape shape_of(const SecretRef&) {
    return {"secret", {}};
}
Shape shape_of(const std::vector<SecretRef>&) {
    return {"list of secrets", {}};
}
Shape shape_of(const std::vector<std::string>&) {
    return {"list of texts", {}};
}
Shape shape_of(const std::vector<std::filesystem::path>&) {
    return {"list of paths", {}};
}
Shape shape_of(log::Level) {
    return {"word", kLevels};
}
Shape shape_of(log::Format) {
    return {"word", kFormats};
}
Shape shape_of(SourceKind) {
    return {"word", kSourceKinds};
}
Shape shape_of(CommitsBy) {
    return {"word", kCommitsBy};
}

}  // namespace forgehouse::config
