// How the command line is declared: verbs, operands, options, examples. Parser, help, man pages,
// completion and docs/generated/cli.md are loops over what stands here. All text is static.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace forgehouse::app::cli {

/// What completion offers for a value.
enum class Completes : std::uint8_t { Nothing, Files, Folders };

struct Option {
    std::string_view name;        ///< `--since`
    char letter = 0;              ///< `o` of `-o`, 0 where there is none
    std::string_view value = "";  ///< what stands for the value in help: `T`; "" is a switch
    std::string_view doc = "";    ///< a sentence or two; "" takes the doc of `key`
    std::string_view key = "";    ///< the configuration's option that it overrides
    std::span<const std::string_view> (*words)() = nullptr;  ///< the usual values, for completion
    Completes completes = Completes::Nothing;
    bool strict = false;  ///< no other value than `words` is taken

    constexpr bool takes_value() const noexcept { return !value.empty(); }
};

/// What stands on the command line without a name.
struct Operand {
    std::string_view name;  ///< `PATH|URL`
    std::string_view doc;
    std::size_t least = 1;
    std::size_t most = 1;  ///< kMany: any number
    std::span<const std::string_view> (*words)() = nullptr;
    Completes completes = Completes::Nothing;
};
inline constexpr std::size_t kMany = ~std::size_t{0};

struct Example {
    std::string_view command;  ///< without the program's name
    std::string_view doc;
};

struct Verb {
    std::string_view name;     ///< one word, or two: `config check`
    std::string_view group;    ///< under which the program's help lists it
    std::string_view summary;  ///< one line, lower case, no full stop
    std::string_view about;    ///< paragraphs, a blank line between them
    std::span<const Operand> operands = {};
    std::span<const Option> options = {};
    std::span<const Example> examples = {};
};

/// A titled list of explanations: exit codes, files, environment.
struct Table {
    std::string_view title;
    std::span<const std::pair<std::string_view, std::string_view>> lines;
};

struct Program {
    std::string_view name;
    std::string_view summary;
    std::string_view about;
    std::span<const Verb* const> verbs;  ///< in the order of the help
    std::span<const Option> globals;     ///< options that every verb takes
    std::span<const Example> examples;
    std::span<const Table> tables;
};

}  // namespace forgehouse::app::cli
