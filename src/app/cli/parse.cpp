#include "app/cli/parse.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>

#include "base/text.h"
#include "config/options.h"

namespace forgehouse::app::cli {
namespace {

Error usage(Literal text) {
    return Error(Errc::Invalid, text);
}

bool looks_like_option(std::string_view word) {
    return word.size() > 1 && word.front() == '-' && word.find_first_of(" \t\n") == word.npos;
}

/// The option of that name or letter anywhere in the program. A name means the same everywhere, so
/// an option before the verb can be read before the verb is known.
const Option* find_anywhere(const Program& program, std::string_view name) {
    if (const Option* option = find_option(program, nullptr, name)) return option;
    for (const Verb* verb : program.verbs)
        if (const Option* option = find_option(program, verb, name)) return option;
    return nullptr;
}

std::string letter_name(char letter) {
    return fmt::format("-{}", letter);
}

/// One word of the command line after the options were told apart.
struct Given {
    const Option* option = nullptr;  ///< null: an operand
    std::string text;                ///< the operand, or the option's value
};

class Reader {
public:
    Reader(const Program& program, const std::vector<std::string>& words)
        : program_(program), words_(words.begin(), words.end()) {}

    Result<std::vector<Given>> read() {
        while (!words_.empty()) {
            const std::string word = next();
            if (operands_only_ || !looks_like_option(word))
                given_.push_back({nullptr, word});
            else if (word == "--")
                operands_only_ = true;
            else if (word.starts_with("--"))
                TRY(take_long(word));
            else
                TRY(take_letters(word));
        }
        return std::move(given_);
    }

private:
    std::string next() {
        std::string word = std::move(words_.front());
        words_.pop_front();
        return word;
    }

    Result<void> take_long(const std::string& word) {
        const auto equals = word.find('=');
        const std::string name = word.substr(0, equals);
        const Option* option = find_anywhere(program_, name);
        if (option == nullptr) return Failure(unknown(name));
        if (!option->takes_value()) {
            if (equals != word.npos)
                return Failure(usage("the option takes no value")
                                   .with("option", name)
                                   .hint(fmt::format("write {} alone", name)));
            given_.push_back({option, {}});
            return {};
        }
        return take_value(
            *option, equals == word.npos ? std::nullopt : std::optional(word.substr(equals + 1)));
    }

    Result<void> take_letters(const std::string& word) {
        for (std::size_t i = 1; i < word.size(); ++i) {
            const Option* option = find_anywhere(program_, letter_name(word[i]));
            if (option == nullptr) return Failure(unknown(word));
            if (option->takes_value())
                return take_value(*option, i + 1 < word.size() ? std::optional(word.substr(i + 1))
                                                               : std::nullopt);
            given_.push_back({option, {}});
        }
        return {};
    }

    Result<void> take_value(const Option& option, std::optional<std::string> attached) {
        if (!attached && words_.empty())
            return Failure(usage("the option wants a value")
                               .with("option", std::string(option.name))
                               .hint(fmt::format("write {} {}", option.name, option.value)));
        std::string text = attached ? std::move(*attached) : next();
        if (option.strict) {
            const auto words = option.words();
            if (std::ranges::find(words, text) == words.end()) {
                const auto near = text::nearest(text, words);
                return Failure(
                    usage("the option does not take this value")
                        .with("option", std::string(option.name))
                        .with("value", text)
                        .hint(near ? fmt::format("did you mean {}?", *near)
                                   : fmt::format("it takes: {}", fmt::join(words, ", "))));
            }
        }
        given_.push_back({&option, std::move(text)});
        return {};
    }

    Error unknown(const std::string& name) const {
        std::vector<std::string_view> known;
        for (const Option& option : program_.globals) known.push_back(option.name);
        for (const Verb* verb : program_.verbs)
            for (const Option& option : verb->options) known.push_back(option.name);
        const auto near = name.size() > 2 ? text::nearest(name, known) : std::nullopt;
        return usage("unknown option")
            .with("option", name)
            .hint(near ? fmt::format("did you mean {}?", *near)
                       : fmt::format("see {} --help", program_.name));
    }

    const Program& program_;
    std::deque<std::string> words_;
    bool operands_only_ = false;
    std::vector<Given> given_;
};

/// The verb that the operands begin with; takes its words away.
const Verb* take_verb(const Program& program, std::vector<std::string>& operands) {
    for (std::size_t words = std::min<std::size_t>(operands.size(), 2); words > 0; --words) {
        const Verb* verb = verb_named(program, std::span(operands).first(words));
        if (verb == nullptr) continue;
        operands.erase(operands.begin(), operands.begin() + static_cast<std::ptrdiff_t>(words));
        return verb;
    }
    return nullptr;
}

/// The second words of the verbs that begin with `first`.
std::vector<std::string_view> second_words(const Program& program, std::string_view first) {
    std::vector<std::string_view> out;
    for (const Verb* verb : program.verbs)
        if (verb->name.size() > first.size() && verb->name.starts_with(first) &&
            verb->name[first.size()] == ' ')
            out.push_back(verb->name.substr(first.size() + 1));
    return out;
}

Result<void> check_operands(const Program& program, const Arguments& arguments) {
    const Verb& verb = *arguments.verb;
    std::size_t least = 0, most = 0;
    for (const Operand& operand : verb.operands) {
        if (arguments.operands.size() <= least && operand.least > 0)
            return Failure(usage("something is missing on the command line")
                               .with("missing", std::string(operand.name))
                               .hint(fmt::format("see {} {} --help", program.name, verb.name)));
        least += operand.least;
        most = operand.most == kMany ? kMany : most + operand.most;
    }
    if (arguments.operands.size() > most)
        return Failure(usage("too much on the command line")
                           .with("surplus", arguments.operands[most])
                           .hint(fmt::format("see {} {} --help; a text with blanks wants quotes",
                                             program.name, verb.name)));
    return {};
}

Result<void> check_options(const Program& program, const Arguments& arguments) {
    for (const auto& [name, value] : arguments.options) {
        if (find_option(program, arguments.verb, name) != nullptr) continue;
        std::vector<std::string_view> takers;
        for (const Verb* verb : program.verbs)
            if (find_option(program, verb, name) != nullptr) takers.push_back(verb->name);
        return Failure(usage("the verb does not take this option")
                           .with("verb", std::string(arguments.verb->name))
                           .with("option", std::string(name))
                           .hint(fmt::format("{} belongs to: {}", name, fmt::join(takers, ", "))));
    }
    return {};
}

}  // namespace

std::size_t Arguments::count(std::string_view name) const noexcept {
    return static_cast<std::size_t>(
        std::ranges::count_if(options, [&](const auto& given) { return given.first == name; }));
}

std::optional<std::string> Arguments::value(std::string_view name) const {
    std::optional<std::string> last;
    for (const auto& [given, text] : options)
        if (given == name) last = text;
    return last;
}

std::vector<config::Override> Arguments::overrides(const Program& program) const {
    std::vector<config::Override> out;
    for (const auto& [name, text] : options) {
        const Option* option = find_option(program, verb, name);
        if (option == nullptr || option->key.empty()) continue;
        out.push_back({.key = std::string(option->key),
                       .text = option->takes_value() ? text : "true",
                       .flag = std::string(name)});
    }
    return out;
}

const Option* find_option(const Program& program, const Verb* verb, std::string_view name) {
    const auto matches = [&](const Option& option) {
        return option.name == name || (option.letter != 0 && name.size() == 2 && name[0] == '-' &&
                                       name[1] == option.letter);
    };
    if (verb != nullptr)
        if (const auto at = std::ranges::find_if(verb->options, matches); at != verb->options.end())
            return &*at;
    const auto at = std::ranges::find_if(program.globals, matches);
    return at == program.globals.end() ? nullptr : &*at;
}

const Verb* verb_named(const Program& program, std::span<const std::string> words) {
    const auto at =
        std::ranges::find(program.verbs, fmt::format("{}", fmt::join(words, " ")), &Verb::name);
    return at == program.verbs.end() ? nullptr : *at;
}

Error unknown_verb(const Program& program, const std::vector<std::string>& words) {
    const std::vector<std::string_view> second = second_words(program, words[0]);
    if (!second.empty()) {
        if (words.size() < 2)
            return usage("the verb is not complete")
                .with("verb", words[0])
                .hint(
                    fmt::format("write {} {} {}", program.name, words[0], fmt::join(second, "|")));
        const auto near = text::nearest(words[1], second);
        return usage("unknown verb")
            .with("verb", words[0] + ' ' + words[1])
            .hint(near ? fmt::format("did you mean {} {}?", words[0], *near)
                       : fmt::format("write {} {} {}", program.name, words[0],
                                     fmt::join(second, "|")));
    }
    std::vector<std::string_view> known;
    for (const Verb* verb : program.verbs)
        known.push_back(verb->name.substr(0, verb->name.find(' ')));
    const auto near = text::nearest(words[0], known);
    return usage("unknown verb")
        .with("verb", words[0])
        .hint(near ? fmt::format("did you mean {}? See {} --help", *near, program.name)
                   : fmt::format("see {} --help", program.name));
}

std::string_view doc_of(const Option& option) {
    return option.doc.empty() && !option.key.empty() ? config::option_named(option.key).declared.doc
                                                     : option.doc;
}

Result<Arguments> parse(const Program& program, const std::vector<std::string>& words) {
    Arguments arguments;
    TRY_LET(given, Reader(program, words).read());
    for (Given& one : given) {
        if (one.option == nullptr)
            arguments.operands.push_back(std::move(one.text));
        else if (one.option->name == "--help")
            arguments.help = true;
        else
            arguments.options.emplace_back(one.option->name, std::move(one.text));
    }
    if (!arguments.operands.empty() && arguments.operands.front() == "help") {
        arguments.help = true;
        arguments.operands.erase(arguments.operands.begin());
    }
    if (arguments.operands.empty()) return arguments;
    arguments.verb = take_verb(program, arguments.operands);
    if (arguments.verb == nullptr && arguments.help && arguments.operands.size() == 1 &&
        !second_words(program, arguments.operands[0]).empty()) {
        arguments.group = std::move(arguments.operands[0]);
        arguments.operands.clear();
        return arguments;
    }
    if (arguments.verb == nullptr) return Failure(unknown_verb(program, arguments.operands));
    if (arguments.help) return arguments;
    TRY(check_options(program, arguments));
    TRY(check_operands(program, arguments));
    return arguments;
}

}  // namespace forgehouse::app::cli
