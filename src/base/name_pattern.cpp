#include "base/name_pattern.h"

#include <optional>
#include <regex>

#include "base/text.h"

namespace forgehouse {
namespace {

// std::regex recurses once for each character.
constexpr std::size_t kMostCharacters = 1024;

}  // namespace

struct NamePattern::Compiled {
    std::string text;
    std::string glob;  ///< lower case
    std::optional<std::regex> expression;
};

NamePattern::NamePattern(std::shared_ptr<const Compiled> compiled) noexcept
    : compiled_(std::move(compiled)) {}

Result<NamePattern> NamePattern::parse(std::string_view text) {
    if (text.empty())
        return Failure(Error(Errc::Invalid, "an empty pattern matches nothing")
                           .hint("write a glob such as team-*, or leave it out"));
    auto compiled = std::make_shared<Compiled>();
    compiled->text = text;
    const bool is_expression = text.size() > 2 && text.front() == '/' && text.back() == '/';
    if (!is_expression) {
        compiled->glob = text::lower_ascii(text);
        return NamePattern(std::move(compiled));
    }
    try {
        compiled->expression.emplace(std::string(text.substr(1, text.size() - 2)),
                                     std::regex::ECMAScript | std::regex::icase);
    } catch (const std::regex_error&) {
        return Failure(Error(Errc::Invalid, "this is no regular expression")
                           .with("pattern", std::string(text))
                           .hint("check its brackets and repetitions; the syntax is that of "
                                 "JavaScript"));
    }
    return NamePattern(std::move(compiled));
}

bool NamePattern::matches(std::string_view name) const {
    if (!compiled_->expression) return text::glob_match(compiled_->glob, text::lower_ascii(name));
    const std::string_view start = name.substr(0, kMostCharacters);
    try {
        return std::regex_search(start.begin(), start.end(), *compiled_->expression);
    } catch (const std::regex_error&) {
        return false;  // too complex for this name: the expression does not say yes
    }
}

const std::string& NamePattern::text() const noexcept {
    return compiled_->text;
}

}  // namespace forgehouse
