#include "engine/clauses.h"

#include <algorithm>

#include "base/text.h"
#include "engine/tokens.h"

namespace forgehouse::engine {
namespace {

using Tokens = std::vector<Token>;

/// A literal as a setting's value. Escapes are not plain: nobody needs them here.
std::optional<std::string> plain_value(const Token& token) {
    if (token.kind == Token::Kind::Number || token.is_word("TRUE") || token.is_word("FALSE"))
        return std::string(token.text);
    if (token.kind != Token::Kind::String || token.text.size() < 2 || !token.text.starts_with('\''))
        return std::nullopt;
    const std::string_view inside = token.text.substr(1, token.text.size() - 2);
    if (inside.find_first_of("\\'") != std::string_view::npos) return std::nullopt;
    return std::string(inside);
}

/// Reads `name = value, …` from token `at` on, which is left behind the last.
std::optional<Pairs> assignments(const Tokens& tokens, std::size_t& at) {
    Pairs out;
    for (;;) {
        if (at + 2 >= tokens.size() || tokens[at].kind != Token::Kind::Word ||
            !tokens[at + 1].is_symbol("="))
            return std::nullopt;
        const std::string name(tokens[at].text);
        at += 2;
        const bool negative = tokens[at].is_symbol("-") && at + 1 < tokens.size();
        if (negative) ++at;
        const auto value = plain_value(tokens[at]);
        if (!value) return std::nullopt;
        out.emplace_back(name, negative ? "-" + *value : *value);
        ++at;
        if (at == tokens.size() || !tokens[at].is_symbol(",")) return out;
        ++at;
    }
}

}  // namespace

std::optional<Pairs> set_statement(std::string_view canonical) {
    const auto tokens = tokenize(canonical);
    if (!tokens || tokens->size() < 2 || !tokens->front().is_word("SET")) return std::nullopt;
    std::size_t at = 1;
    auto out = assignments(*tokens, at);
    return at == tokens->size() ? out : std::nullopt;
}

std::optional<std::string> use_statement(std::string_view canonical) {
    const auto tokens = tokenize(canonical);
    if (!tokens || tokens->size() != 2 || !tokens->front().is_word("USE")) return std::nullopt;
    const auto name = name_of(tokens->back());
    return name ? std::optional(*name) : std::nullopt;
}

std::optional<Kill> kill_statement(std::string_view canonical) {
    const auto tokens = tokenize(canonical);
    if (!tokens || tokens->size() < 6 || tokens->size() > 7) return std::nullopt;
    const Tokens& t = *tokens;
    if (!t[0].is_word("KILL") || !t[1].is_word("QUERY") || !t[2].is_word("WHERE") ||
        !t[3].is_word("QUERY_ID") || !t[4].is_symbol("="))
        return std::nullopt;
    if (t.size() == 7 && !t[6].is_word("SYNC") && !t[6].is_word("ASYNC")) return std::nullopt;
    const auto id = t[5].kind == Token::Kind::String ? plain_value(t[5]) : std::nullopt;
    if (!id) return std::nullopt;
    return Kill{.id = *id, .waits = t.size() == 7 && t[6].is_word("SYNC")};
}

bool makes_temporary_table(std::string_view canonical) {
    const auto tokens = tokenize(canonical);
    return tokens && tokens->size() > 2 && (*tokens)[0].is_word("CREATE") &&
           (*tokens)[1].is_word("TEMPORARY");
}

bool is_of_temporary_table(std::string_view canonical) {
    return makes_temporary_table(canonical) || canonical.starts_with("DROP TEMPORARY TABLE ");
}

bool names_settings(std::string_view sql) {
    return text::lower_ascii(sql).find("system.settings") != std::string::npos;
}

bool reads_settings_alone(std::string_view canonical) {
    const auto tokens = tokenize(canonical);
    if (!tokens || tokens->empty() || !tokens->front().is_word("SELECT")) return false;
    std::size_t sources = 0;
    for (std::size_t i = 0; i < tokens->size(); ++i) {
        const Token& token = (*tokens)[i];
        if (token.is_symbol("(") || token.is_symbol("{") || token.is_word("INTO") ||
            token.is_word("JOIN") || token.is_word("SETTINGS") || token.is_word("UNION") ||
            token.is_word("APPLY"))
            return false;
        if (!token.is_word("FROM")) continue;
        ++sources;
        const bool known = i + 3 < tokens->size() && (*tokens)[i + 1].is_word("SYSTEM") &&
                           (*tokens)[i + 2].is_symbol(".") && (*tokens)[i + 3].is_word("SETTINGS");
        if (!known) return false;
        i += 3;
        if (i + 1 < tokens->size() && (*tokens)[i + 1].is_symbol(",")) return false;
    }
    return sources == 1;
}

bool names_user(std::string_view sql) {
    return text::lower_ascii(sql).find("user") != std::string::npos;
}

std::string with_user(std::string_view canonical, std::string_view user) {
    const auto tokens = tokenize(canonical);
    if (!tokens) return std::string(canonical);
    const Tokens& t = *tokens;
    std::string out;
    std::size_t copied = 0;
    for (std::size_t i = 0; i + 2 < t.size(); ++i) {
        const bool asks =
            t[i].is_word("CURRENTUSER") || t[i].is_word("USER") || t[i].is_word("CURRENT_USER");
        if (!asks || !t[i + 1].is_symbol("(") || !t[i + 2].is_symbol(")")) continue;
        if (i > 0 && t[i - 1].is_symbol(".")) continue;
        const std::size_t begin = t[i].end_in(canonical) - t[i].text.size();
        const std::size_t end = t[i + 2].end_in(canonical);
        const bool named = i + 3 < t.size() && t[i + 3].is_word("AS");
        out += canonical.substr(copied, begin - copied);
        out += named ? quoted_text(user)
                     : fmt::format("({} AS {})", quoted_text(user),
                                   quoted_name(std::string(t[i].text) + "()"));
        copied = end;
    }
    return out += canonical.substr(copied);
}

std::optional<Lifted> lift_settings(std::string_view canonical) {
    const auto tokens = tokenize(canonical);
    if (!tokens) return std::nullopt;
    const Tokens& t = *tokens;
    int depth = 0;
    for (std::size_t i = 0; i < t.size(); ++i) {
        if (t[i].is_symbol("(")) ++depth;
        if (t[i].is_symbol(")")) --depth;
        if (depth != 0 || i == 0 || !t[i].is_word("SETTINGS")) continue;
        std::size_t end = i + 1;
        auto settings = assignments(t, end);
        if (!settings) continue;
        if (end != t.size() && !(t[end].is_word("FORMAT") && end + 2 == t.size())) continue;
        const std::size_t begin = t[i - 1].end_in(canonical);
        const std::size_t rest = t[end - 1].end_in(canonical);
        return Lifted{.statement = std::string(canonical.substr(0, begin)) +
                                   std::string(canonical.substr(rest)),
                      .settings = std::move(*settings)};
    }
    return std::nullopt;
}

}  // namespace forgehouse::engine
