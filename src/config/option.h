// How an option is declared: key, default, doc, and the member of the settings that it fills. The
// kind of its values follows from the member's type; the name of its environment variable from its
// key. Everything else (parser, checks, `config print`, `config docs`) is a loop over declarations.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/settings.h"
#include "config/yaml.h"

namespace forgehouse::config {

/// The kinds of sources that an option of `sources` is for.
enum class SourceUse : unsigned char { All, PlainGit, Forges };

/// An option apart from where its value is kept. All text is static.
struct Declared {
    std::string_view key;       ///< path with dots: `engine.idle`
    std::string_view fallback;  ///< the default as one would write it; "" is unset
    std::string_view doc;       ///< one or two sentences
    std::string_view example =
        "";                      ///< a value for the reference, where the default says too little
    std::string_view flag = "";  ///< the command line's option for it, "" where there is none
    std::uint64_t least = 0;     ///< bounds of a number, a size (bytes) or a span (ms)
    std::uint64_t most = ~std::uint64_t{0};
    /// Refused in a file that was merely found in the working directory: its value is code.
    bool runs_code = false;
    SourceUse use = SourceUse::All;
};

/// What a value may be: a word for messages and for the reference.
struct Shape {
    std::string_view name;  ///< `duration`, `size`, `path`, …
    std::span<const std::string_view> words =
        {};  ///< the only values allowed, where there are such
};

/// Where a value is read: relative paths start at `folder`, `~` is `home`.
struct Reading {
    std::filesystem::path folder;
    std::filesystem::path home;
};

/// FORGEHOUSE_ENGINE_IDLE for `engine.idle`.
std::string environment_name(std::string_view key);

// One overload for each type of member. Errc::Invalid without place or key, which the caller adds.
Result<void> read_value(std::string& out, const Node&, const Declared&, const Reading&);
Result<void> read_value(std::filesystem::path& out, const Node&, const Declared&, const Reading&);
Result<void> read_value(bool& out, const Node&, const Declared&, const Reading&);
Result<void> read_value(std::uint32_t& out, const Node&, const Declared&, const Reading&);
Result<void> read_value(Bytes& out, const Node&, const Declared&, const Reading&);
Result<void> read_value(std::chrono::milliseconds& out, const Node&, const Declared&,
                        const Reading&);
Result<void> read_value(SecretRef& out, const Node&, const Declared&, const Reading&);
Result<void> read_value(std::vector<SecretRef>& out, const Node&, const Declared&, const Reading&);
Result<void> read_value(std::vector<std::string>& out, const Node&, const Declared&,
                        const Reading&);
Result<void> read_value(std::vector<std::filesystem::path>& out, const Node&, const Declared&,
                        const Reading&);
Result<void> read_value(log::Level& out, const Node&, const Declared&, const Reading&);
Result<void> read_value(log::Format& out, const Node&, const Declared&, const Reading&);
Result<void> read_value(SourceKind& out, const Node&, const Declared&, const Reading&);
Result<void> read_value(CommitsBy& out, const Node&, const Declared&, const Reading&);

// The value as YAML would have it on one line; "" where it is unset. A secret shows its presence.
std::string show_value(const std::string&);
std::string show_value(const std::filesystem::path&);
std::string show_value(bool);
std::string show_value(std::uint32_t);
std::string show_value(Bytes);
std::string show_value(std::chrono::milliseconds);
std::string show_value(const SecretRef&);
std::string show_value(const std::vector<SecretRef>&);
std::string show_value(const std::vector<std::string>&);
std::string show_value(const std::vector<std::filesystem::path>&);
std::string show_value(log::Level);
std::string show_value(log::Format);
std::string show_value(SourceKind);
std::string show_value(CommitsBy);

Shape shape_of(const std::string&);
Shape shape_of(const std::filesystem::path&);
Shape shape_of(bool);
Shape shape_of(std::uint32_t);
Shape shape_of(Bytes);
Shape shape_of(std::chrono::milliseconds);
Shape shape_of(const SecretRef&);
Shape shape_of(const std::vector<SecretRef>&);
Shape shape_of(const std::vector<std::string>&);
Shape shape_of(const std::vector<std::filesystem::path>&);
Shape shape_of(log::Level);
Shape shape_of(log::Format);
Shape shape_of(SourceKind);
Shape shape_of(CommitsBy);

/// A declaration bound to a member of T.
template <class T>
struct Option {
    Declared declared;
    Result<void> (*read)(T&, const Node&, const Declared&, const Reading&);
    std::string (*show)(const T&);
    Shape (*shape)();
};

/// `option<&Settings::engine, &EngineSettings::idle>({.key = …})`.
template <class T, auto... members>
constexpr Option<T> option(Declared declared) {
    return {declared,
            [](T& out, const Node& node, const Declared& d, const Reading& r) {
                return read_value((out.*....*members), node, d, r);
            },
            [](const T& in) { return show_value((in.*....*members)); },
            [] {
                const T blank{};
                return shape_of((blank.*....*members));
            }};
}

}  // namespace forgehouse::config
