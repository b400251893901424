// Help: what `--help` shows, 80 columns wide, from the declarations; and the same as one Markdown
// document, docs/generated/cli.md.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/cli/declare.h"

namespace forgehouse::app::cli {

/// Bold headings and names where `colour`.
std::string program_help(const Program& program, bool colour);
/// The verbs that begin with the word `first`.
std::string group_help(const Program& program, std::string_view first, bool colour);
std::string verb_help(const Program& program, const Verb& verb, bool colour);
std::string reference_markdown(const Program& program);

/// `forgehouse collect [OPTIONS] [PATH|URL…]`
std::string usage_line(const Program& program, const Verb& verb);
/// `-o, --output FILE`
std::string option_heading(const Option& option);
/// The lines of a paragraph, at most `width` columns each.
std::vector<std::string> wrapped(std::string_view paragraph, std::size_t width);
/// The paragraphs of a text.
std::vector<std::string_view> paragraphs(std::string_view text);
/// The groups of the verbs, in order, each once.
std::vector<std::string_view> groups(const Program& program);

}  // namespace forgehouse::app::cli
