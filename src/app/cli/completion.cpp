#include "app/cli/completion.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "app/cli/parse.h"
#include "base/text.h"

namespace forgehouse::app::cli {
namespace {

std::string first_sentence(std::string_view doc) {
    const auto end = std::min(doc.find(". "), doc.find(": "));
    std::string out(doc.substr(0, end));
    if (out.ends_with('.')) out.pop_back();
    return out;
}

std::string spaced(const std::vector<std::string>& words) {
    return fmt::format("{}", fmt::join(words, " "));
}

std::vector<std::string> names_of(const Option& option) {
    std::vector<std::string> names;
    if (option.letter != 0) names.push_back(fmt::format("-{}", option.letter));
    names.emplace_back(option.name);
    return names;
}

/// All options of the program, each once: a name means the same everywhere.
std::vector<const Option*> every_option(const Program& program) {
    std::vector<const Option*> out;
    std::set<std::string_view> seen;
    for (const Option& option : program.globals)
        if (seen.insert(option.name).second) out.push_back(&option);
    for (const Verb* verb : program.verbs)
        for (const Option& option : verb->options)
            if (seen.insert(option.name).second) out.push_back(&option);
    return out;
}

/// The first words of the verbs, each once.
std::vector<std::string> first_words(const Program& program) {
    std::vector<std::string> out;
    for (const Verb* verb : program.verbs) {
        std::string word(verb->name.substr(0, verb->name.find(' ')));
        if (std::ranges::find(out, word) == out.end()) out.push_back(std::move(word));
    }
    return out;
}

/// The second words after `first`, for verbs of two words.
std::vector<std::string> second_words(const Program& program, std::string_view first) {
    std::vector<std::string> out;
    for (const Verb* verb : program.verbs)
        if (verb->name.size() > first.size() && verb->name.starts_with(first) &&
            verb->name[first.size()] == ' ')
            out.emplace_back(verb->name.substr(first.size() + 1));
    return out;
}

std::vector<std::string> operand_words(const Verb& verb) {
    std::vector<std::string> out;
    for (const Operand& operand : verb.operands)
        if (operand.words != nullptr)
            for (const std::string_view word : operand.words()) out.emplace_back(word);
    return out;
}

bool takes_files(const Verb& verb) {
    return std::ranges::any_of(verb.operands,
                               [](const Operand& o) { return o.completes != Completes::Nothing; });
}

std::string bash_value(const Option& option) {
    if (option.words != nullptr)
        return fmt::format("COMPREPLY=($(compgen -W '{}' -- \"$word\"))",
                           fmt::join(option.words(), " "));
    switch (option.completes) {
        case Completes::Files: return "COMPREPLY=($(compgen -f -- \"$word\"))";
        case Completes::Folders: return "COMPREPLY=($(compgen -d -- \"$word\"))";
        case Completes::Nothing: break;
    }
    return "COMPREPLY=()";
}

std::string bash_verb(const Verb& verb) {
    std::vector<std::string> words;
    for (const Option& option : verb.options)
        for (std::string& name : names_of(option)) words.push_back(std::move(name));
    for (std::string& word : operand_words(verb)) words.push_back(std::move(word));
    return fmt::format("        '{}') words='{}' files={} ;;\n", verb.name, spaced(words),
                       takes_files(verb) ? 1 : 0);
}

std::string bash(const Program& program) {
    std::string out = fmt::format(
        "# bash completion of {0}: {0} completion bash > "
        "~/.local/share/bash-completion/completions/{0}\n_{0}() {{\n"
        "    local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}}\n"
        "    local verb='' words='' files=0 i\n    COMPREPLY=()\n    case $before in\n",
        program.name);
    std::vector<std::string> with_value;
    for (const Option* option : every_option(program)) {
        if (!option->takes_value()) continue;
        out += fmt::format("        {}) {}; return ;;\n", fmt::join(names_of(*option), "|"),
                           bash_value(*option));
        for (std::string& name : names_of(*option)) with_value.push_back(std::move(name));
    }
    out += fmt::format(
        "    esac\n    for ((i = 1; i < COMP_CWORD; i++)); do\n        case ${{COMP_WORDS[i]}} in\n"
        "            {}) ((i++)) ;;\n            -*) ;;\n"
        "            *) verb=\"${{verb:+$verb }}${{COMP_WORDS[i]}}\"; [[ $verb == 'config' ]] || "
        "break ;;\n        esac\n    done\n    case $verb in\n        '') words='{}' ;;\n",
        fmt::join(with_value, "|"), spaced(first_words(program)));
    for (const std::string& first : first_words(program))
        if (const auto second = second_words(program, first); !second.empty())
            out += fmt::format("        '{}') words='{}' ;;\n", first, spaced(second));
    for (const Verb* verb : program.verbs) out += bash_verb(*verb);
    std::vector<std::string> globals;
    for (const Option& option : program.globals)
        for (std::string& name : names_of(option)) globals.push_back(std::move(name));
    return out + fmt::format(
                     "    esac\n    COMPREPLY=($(compgen -W \"$words {}\" -- \"$word\"))\n"
                     "    if ((files)) && [[ $word != -* ]]; then\n"
                     "        COMPREPLY+=($(compgen -f -- \"$word\"))\n    fi\n}}\ncomplete -o "
                     "filenames -F _{} {}\n",
                     spaced(globals), program.name, program.name);
}

/// Text inside single quotes.
std::string in_quotes(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'')
            out += "'\\''";
        else
            out += c;
    }
    return out + '\'';
}

std::string zsh_action(std::span<const std::string_view> (*words)(), Completes completes) {
    if (words != nullptr) return fmt::format("({})", fmt::join(words(), " "));
    switch (completes) {
        case Completes::Files: return "_files";
        case Completes::Folders: return "_files -/";
        case Completes::Nothing: break;
    }
    return " ";
}

std::string zsh_option(const Option& option) {
    std::string out;
    std::string doc;
    for (const char c : first_sentence(doc_of(option))) {
        if (c == '[' || c == ']' || c == ':') doc += '\\';
        doc += c;
    }
    for (const std::string& name : names_of(option)) {
        std::string spec = fmt::format("*{}[{}]", name, doc);
        if (option.takes_value())
            spec += fmt::format(":{}:{}", text::lower_ascii(option.value),
                                zsh_action(option.words, option.completes));
        out += fmt::format(" \\\n            {}", in_quotes(spec));
    }
    return out;
}

std::string zsh(const Program& program) {
    std::string out = fmt::format(
        "#compdef {0}\n# zsh completion of {0}: {0} completion zsh > \"${{fpath[1]}}/_{0}\"\n"
        "_{0}() {{\n    local -a verbs\n    verbs=(\n",
        program.name);
    for (const std::string& first : first_words(program)) {
        const auto at = std::ranges::find(program.verbs, first, &Verb::name);
        const auto second = second_words(program, first);
        out +=
            fmt::format("        {}\n",
                        in_quotes(fmt::format("{}:{}", first,
                                              at != program.verbs.end()
                                                  ? std::string((*at)->summary)
                                                  : fmt::format("{}", fmt::join(second, ", ")))));
    }
    out += "    )\n    local state line\n    _arguments -C";
    for (const Option& option : program.globals) out += zsh_option(option);
    out +=
        " \\\n            '1: :->verb' '*:: :->rest' && return\n    case $state in\n        verb) "
        "_describe verb verbs ;;\n        rest) case $line[1] in\n";
    for (const std::string& first : first_words(program)) {
        out += fmt::format("        {}) _arguments", first);
        if (const auto second = second_words(program, first); !second.empty())
            out += fmt::format(" '1:verb:({})'", spaced(second));
        const auto at = std::ranges::find(program.verbs, first, &Verb::name);
        if (at != program.verbs.end()) {
            for (const Option& option : (*at)->options) out += zsh_option(option);
            for (const Operand& operand : (*at)->operands)
                out += fmt::format(
                    " {}", in_quotes(fmt::format(
                               "{}:{}:{}", operand.most == kMany ? "*" : "",
                               text::lower_ascii(operand.name.substr(0, operand.name.find('|'))),
                               zsh_action(operand.words, operand.completes))));
        }
        for (const Option& option : program.globals) out += zsh_option(option);
        out += " ;;\n";
    }
    return out + fmt::format("        esac ;;\n    esac\n}}\ncompdef _{0} {0}\n", program.name);
}

std::string fish_option(const Program& program, const Option& option,
                        const std::string& condition) {
    std::string out = fmt::format("complete -c {}{}", program.name, condition);
    if (option.letter != 0) out += fmt::format(" -s {}", option.letter);
    out += fmt::format(" -l {}", option.name.substr(2));
    if (option.words != nullptr)
        out += fmt::format(" -x -a '{}'", fmt::join(option.words(), " "));
    else if (option.takes_value())
        out += option.completes == Completes::Nothing ? " -x" : " -r -F";
    return out + fmt::format(" -d {}\n", in_quotes(first_sentence(doc_of(option))));
}

std::string fish(const Program& program) {
    std::string out = fmt::format(
        "# fish completion of {0}: {0} completion fish > ~/.config/fish/completions/{0}.fish\n"
        "complete -c {0} -f\n",
        program.name);
    for (const Option& option : program.globals) out += fish_option(program, option, "");
    for (const std::string& first : first_words(program)) {
        const auto at = std::ranges::find(program.verbs, first, &Verb::name);
        const auto second = second_words(program, first);
        out += fmt::format(
            "complete -c {} -n __fish_use_subcommand -a {} -d {}\n", program.name, first,
            in_quotes(at != program.verbs.end() ? std::string((*at)->summary) : spaced(second)));
        const std::string condition = fmt::format(" -n '__fish_seen_subcommand_from {}'", first);
        if (!second.empty())
            out +=
                fmt::format("complete -c {}{} -a '{}'\n", program.name, condition, spaced(second));
        if (at == program.verbs.end()) continue;
        for (const Option& option : (*at)->options) out += fish_option(program, option, condition);
        if (const auto words = operand_words(**at); !words.empty())
            out +=
                fmt::format("complete -c {}{} -a '{}'\n", program.name, condition, spaced(words));
        if (takes_files(**at)) out += fmt::format("complete -c {}{} -F\n", program.name, condition);
    }
    return out;
}

}  // namespace

std::string completion(const Program& program, Shell shell) {
    switch (shell) {
        case Shell::Bash: return bash(program);
        case Shell::Zsh: return zsh(program);
        case Shell::Fish: return fish(program);
    }
    return {};
}

}  // namespace forgehouse::app::cli
