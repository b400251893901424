// Parse: from the words of a command line to a verb with its operands and options.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/cli/declare.h"
#include "base/result.h"
#include "config/load.h"

namespace forgehouse::app::cli {

struct Arguments {
    const Verb* verb = nullptr;  ///< null where only help or the version was asked for
    bool help = false;           ///< of the verb, of the verbs `group`, or of the program
    std::string group;  ///< `config`: the first word of several verbs, where only that stands
    std::vector<std::string> operands;
    std::vector<std::pair<std::string_view, std::string>> options;  ///< as given, in order

    /// How often a switch was given.
    std::size_t count(std::string_view name) const noexcept;
    bool has(std::string_view name) const noexcept { return count(name) > 0; }
    /// The last value given.
    std::optional<std::string> value(std::string_view name) const;
    /// The values that override the configuration.
    std::vector<config::Override> overrides(const Program& program) const;
};

/// Options stand before or after the verb and its operands, as `--name value` or `--name=value`,
/// letters as `-o FILE`, `-oFILE` or, switches, together: `-vq`. After `--` everything is an
/// operand. A word with a blank in it is never an option, so that SQL may begin with a comment.
/// Errors: Invalid, with a hint that names the nearest verb or option.
Result<Arguments> parse(const Program& program, const std::vector<std::string>& words);

/// The option of that name among the verb's own and the program's; null where there is none.
const Option* find_option(const Program& program, const Verb* verb, std::string_view name);

/// The verb of exactly these words; null where there is none.
const Verb* verb_named(const Program& program, std::span<const std::string> words);

/// What to say of words that begin no verb, with a hint that names the nearest.
Error unknown_verb(const Program& program, const std::vector<std::string>& words);

/// An option's doc: its own, or that of the configuration's option that it overrides.
std::string_view doc_of(const Option& option);

}  // namespace forgehouse::app::cli
