#include "app/cli/help.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/cli/parse.h"
#include "base/text.h"

namespace forgehouse::app::cli {
namespace {

constexpr std::size_t kWidth = 80;
constexpr std::size_t kIndent = 2;
constexpr std::size_t kNameColumn = 24;  ///< where explanations begin

class Page {
public:
    explicit Page(bool colour) : colour_(colour) {}

    void text(std::string_view text, std::size_t indent = 0) {
        for (const std::string_view paragraph : paragraphs(text)) {
            for (const std::string& line : wrapped(paragraph, kWidth - indent))
                out_ += fmt::format("{:{}}{}\n", "", indent, line);
            out_ += '\n';
        }
    }

    void heading(std::string_view title) { out_ += fmt::format("{}\n", bold(title)); }

    /// A name in the left column and its explanation in the right one.
    void entry(std::string_view name, std::string_view doc) {
        const std::size_t width = text::display_width(name);
        out_ += fmt::format("{:{}}{}", "", kIndent, bold(name));
        std::size_t at = kIndent + width;
        if (at + 2 > kNameColumn) {
            out_ += '\n';
            at = 0;
        }
        for (const std::string& line : wrapped(doc, kWidth - kNameColumn)) {
            out_ += fmt::format("{:{}}{}\n", "", kNameColumn - at, line);
            at = 0;
        }
    }

    void examples(std::string_view program, std::span<const Example> examples) {
        if (examples.empty()) return;
        heading("examples");
        for (const Example& example : examples) {
            out_ += fmt::format("  $ {} {}\n", program, example.command);
            for (const std::string& line : wrapped(example.doc, kWidth - 6))
                out_ += fmt::format("      {}\n", line);
        }
        out_ += '\n';
    }

    void line(std::string_view text) { out_ += fmt::format("{}\n", text); }
    void gap() { out_ += '\n'; }

    std::string take() {
        while (out_.ends_with("\n\n")) out_.pop_back();
        return std::move(out_);
    }

private:
    std::string bold(std::string_view text) const {
        return colour_ ? fmt::format("\x1b[1m{}\x1b[0m", text) : std::string(text);
    }

    bool colour_;
    std::string out_;
};

void options_of(Page& page, std::string_view title, std::span<const Option> options) {
    if (options.empty()) return;
    page.heading(title);
    for (const Option& option : options) page.entry(option_heading(option), doc_of(option));
    page.gap();
}

/// A bar would end the cell of a table.
std::string cell(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '|') out += '\\';
        out += c;
    }
    return out;
}

std::string markdown_options(std::span<const Option> options) {
    std::string out = "| option | meaning |\n|---|---|\n";
    for (const Option& option : options)
        out += fmt::format("| `{}` | {} |\n", cell(option_heading(option)), cell(doc_of(option)));
    return out + '\n';
}

std::string markdown_verb(const Program& program, const Verb& verb) {
    std::string out = fmt::format("### `{}`\n\n{}{}.\n\n```\n{}\n```\n\n{}\n\n", verb.name,
                                  static_cast<char>(verb.summary[0] - 'a' + 'A'),
                                  verb.summary.substr(1), usage_line(program, verb), verb.about);
    if (!verb.operands.empty()) {
        out += "| operand | meaning |\n|---|---|\n";
        for (const Operand& operand : verb.operands)
            out += fmt::format("| `{}` | {} |\n", fmt::join(text::split(operand.name, '|'), "`, `"),
                               operand.doc);
        out += '\n';
    }
    if (!verb.options.empty()) out += markdown_options(verb.options);
    if (!verb.examples.empty()) {
        out += "```console\n";
        for (const Example& example : verb.examples)
            out += fmt::format("# {}\n$ {} {}\n", example.doc, program.name, example.command);
        out += "```\n\n";
    }
    return out;
}

}  // namespace

std::vector<std::string> wrapped(std::string_view paragraph, std::size_t width) {
    // Indented lines are laid out by hand: examples of output, lists.
    if (paragraph.starts_with("  ")) {
        std::vector<std::string> lines;
        for (const std::string_view line : text::split(paragraph, '\n')) lines.emplace_back(line);
        return lines;
    }
    std::vector<std::string> lines(1);
    for (const std::string_view part : text::split(paragraph, '\n'))
        for (const std::string_view word : text::split(part, ' ')) {
            if (word.empty()) continue;
            std::string& line = lines.back();
            if (line.empty())
                line = word;
            else if (text::display_width(line) + 1 + text::display_width(word) <= width)
                line += fmt::format(" {}", word);
            else
                lines.emplace_back(word);
        }
    return lines;
}

std::vector<std::string_view> paragraphs(std::string_view text) {
    std::vector<std::string_view> out;
    while (!text.empty()) {
        const auto gap = text.find("\n\n");
        out.push_back(text.substr(0, gap));
        text = gap == text.npos ? std::string_view() : text.substr(gap + 2);
    }
    return out;
}

std::vector<std::string_view> groups(const Program& program) {
    std::vector<std::string_view> out;
    for (const Verb* verb : program.verbs)
        if (std::ranges::find(out, verb->group) == out.end()) out.push_back(verb->group);
    return out;
}

std::string usage_line(const Program& program, const Verb& verb) {
    std::string line = fmt::format("{} {}", program.name, verb.name);
    if (!verb.options.empty()) line += " [OPTION…]";
    for (const Operand& operand : verb.operands)
        line += fmt::format(" {}{}{}{}", operand.least == 0 ? "[" : "", operand.name,
                            operand.most == kMany ? "…" : "", operand.least == 0 ? "]" : "");
    return line;
}

std::string option_heading(const Option& option) {
    std::string out = option.letter == 0 ? std::string() : fmt::format("-{}, ", option.letter);
    out += option.name;
    return option.takes_value() ? fmt::format("{} {}", out, option.value) : out;
}

std::string program_help(const Program& program, bool colour) {
    Page page(colour);
    page.text(fmt::format("{}: {}", program.name, program.summary));
    page.line(fmt::format("usage: {} VERB [OPTION…] [OPERAND…]", program.name));
    page.gap();
    page.text(program.about);
    for (const std::string_view group : groups(program)) {
        page.heading(group);
        for (const Verb* verb : program.verbs)
            if (verb->group == group) page.entry(verb->name, verb->summary);
        page.gap();
    }
    options_of(page, "options of every verb", program.globals);
    page.examples(program.name, program.examples);
    for (const Table& table : program.tables) {
        page.heading(table.title);
        for (const auto& [name, doc] : table.lines) page.entry(name, doc);
        page.gap();
    }
    page.text(
        fmt::format("Say `{0} VERB --help` for one verb, `{0} config docs` for all that can "
                    "be configured.",
                    program.name));
    return page.take();
}

std::string group_help(const Program& program, std::string_view first, bool colour) {
    Page page(colour);
    page.line(fmt::format("usage: {} {} VERB [OPTION…]", program.name, first));
    page.gap();
    page.heading("verbs");
    for (const Verb* verb : program.verbs)
        if (verb->name.starts_with(fmt::format("{} ", first)))
            page.entry(verb->name, verb->summary);
    page.gap();
    page.text(fmt::format("Say `{} {} VERB --help` for one of them.", program.name, first));
    return page.take();
}

std::string verb_help(const Program& program, const Verb& verb, bool colour) {
    Page page(colour);
    page.text(fmt::format("{} {}: {}", program.name, verb.name, verb.summary));
    page.line(fmt::format("usage: {}", usage_line(program, verb)));
    page.gap();
    page.text(verb.about);
    if (!verb.operands.empty()) {
        page.heading("operands");
        for (const Operand& operand : verb.operands) page.entry(operand.name, operand.doc);
        page.gap();
    }
    options_of(page, "options", verb.options);
    page.examples(program.name, verb.examples);
    std::string globals;
    for (const Option& option : program.globals)
        globals += fmt::format("{}{}", globals.empty() ? "" : ", ", option.name);
    page.text(fmt::format("Options of every verb ({} --help): {}.", program.name, globals));
    return page.take();
}

std::string reference_markdown(const Program& program) {
    std::string out = fmt::format(
        "# The command line\n\nGenerated by `forgehouse man --markdown` from the declarations in "
        "`src/app/verbs/`; do not edit.\n\n{}\n\n",
        program.about);
    for (const Table& table : program.tables) {
        out += fmt::format("## {}{}\n\n| | |\n|---|---|\n",
                           static_cast<char>(table.title[0] - 'a' + 'A'), table.title.substr(1));
        for (const auto& [name, doc] : table.lines)
            out += fmt::format("| `{}` | {} |\n", name, doc);
        out += '\n';
    }
    out += "## Options of every verb\n\n" + markdown_options(program.globals);
    for (const std::string_view group : groups(program)) {
        out += fmt::format("## {}{}\n\n", static_cast<char>(group[0] - 'a' + 'A'), group.substr(1));
        for (const Verb* verb : program.verbs)
            if (verb->group == group) out += markdown_verb(program, *verb);
    }
    out.pop_back();
    return out;
}

}  // namespace forgehouse::app::cli
