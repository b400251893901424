#include "engine/tokens.h"

#include <array>

#include "base/text.h"

namespace forgehouse::engine {
namespace {

bool is_blank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool begins_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool in_word(char c) {
    return begins_word(c) || is_digit(c) || c == '$';
}

constexpr std::array<std::string_view, 9> kLongSymbols{
    "<=>", "::", "->", "<=", ">=", "!=", "<>", "==", "||"};
constexpr std::string_view kSymbols = "()[]{},;.*/+-%<>=!?:|@^&~";

std::size_t number_length(std::string_view text) {
    std::size_t n = 0;
    while (n < text.size() &&
           (in_word(text[n]) || text[n] == '.' ||
            ((text[n] == '+' || text[n] == '-') && n > 0 && n + 1 < text.size() &&
             is_digit(text[n + 1]) && (text[n - 1] == 'e' || text[n - 1] == 'E') &&
             !text.starts_with("0x") && !text.starts_with("0X"))))
        ++n;
    return n;
}

}  // namespace

bool Token::is_word(std::string_view upper) const {
    if (kind != Kind::Word || text.size() != upper.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i] >= 'a' && text[i] <= 'z' ? static_cast<char>(text[i] - 32) : text[i];
        if (c != upper[i]) return false;
    }
    return true;
}

Tokenizer::Found Tokenizer::skip_blanks() {
    for (;;) {
        while (at_ < source_.size() && is_blank(source_[at_])) ++at_;
        if (at_ >= source_.size()) return Found::End;
        const std::string_view text = rest();
        if (text.starts_with("--") || text.starts_with("#!") || text.starts_with("# ")) {
            const auto end = text.find('\n');
            if (end == std::string_view::npos) {
                at_ = source_.size();
                return Found::End;
            }
            at_ += end + 1;
        } else if (text.starts_with("/*")) {
            const auto end = text.find("*/", 2);
            if (end == std::string_view::npos) return Found::Cut;
            at_ += end + 2;
        } else {
            return Found::Token;
        }
    }
}

Tokenizer::Found Tokenizer::take(std::size_t length, Token::Kind kind, Token& token) {
    token = {.kind = kind, .text = rest().substr(0, length)};
    at_ += length;
    return Found::Token;
}

Tokenizer::Found Tokenizer::quoted(char quote, Token::Kind kind, Token& token) {
    const std::string_view text = rest();
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '\\') {
            ++i;
        } else if (text[i] == quote) {
            if (i + 1 >= text.size() || text[i + 1] != quote) return take(i + 1, kind, token);
            ++i;
        }
    }
    return Found::Cut;
}

Tokenizer::Found Tokenizer::heredoc(Token& token) {
    const std::string_view text = rest();
    std::size_t tag = 1;
    while (tag < text.size() && (begins_word(text[tag]) || is_digit(text[tag]))) ++tag;
    if (tag >= text.size()) return Found::Cut;
    if (text[tag] != '$') return Found::Broken;
    const auto end = text.find(text.substr(0, tag + 1), tag + 1);
    if (end == std::string_view::npos) return Found::Cut;
    return take(end + tag + 1, Token::Kind::String, token);
}

Tokenizer::Found Tokenizer::next(Token& token) {
    if (const Found found = skip_blanks(); found != Found::Token) return found;
    const char c = source_[at_];
    const std::string_view text = rest();
    if (begins_word(c)) {
        std::size_t n = 1;
        while (n < text.size() && in_word(text[n])) ++n;
        return take(n, Token::Kind::Word, token);
    }
    if (is_digit(c)) return take(number_length(text), Token::Kind::Number, token);
    if (c == '\'') return quoted(c, Token::Kind::String, token);
    if (c == '`' || c == '"') return quoted(c, Token::Kind::Name, token);
    if (c == '$') return heredoc(token);
    for (const std::string_view symbol : kLongSymbols)
        if (text.starts_with(symbol)) return take(symbol.size(), Token::Kind::Symbol, token);
    if (kSymbols.find(c) != std::string_view::npos) return take(1, Token::Kind::Symbol, token);
    return Found::Broken;
}

Result<std::vector<Token>> tokenize(std::string_view sql) {
    std::vector<Token> tokens;
    Tokenizer reader(sql);
    for (Token token{};;) {
        switch (reader.next(token)) {
            case Tokenizer::Found::Token: tokens.push_back(token); break;
            case Tokenizer::Found::End: return tokens;
            case Tokenizer::Found::Cut:
                return Failure(Error(Errc::Invalid, "the statement ends inside quotes"));
            case Tokenizer::Found::Broken:
                return Failure(Error(Errc::Invalid, "the statement has a character of no meaning"));
        }
    }
}

Result<std::string> name_of(const Token& token) {
    if (token.kind == Token::Kind::Word) return std::string(token.text);
    if (token.kind != Token::Kind::Name)
        return Failure(Error(Errc::Invalid, "a name is expected here"));
    const char quote = token.text.front();
    const std::string_view inner = token.text.substr(1, token.text.size() - 2);
    std::string name;
    for (std::size_t i = 0; i < inner.size(); ++i) {
        if (inner[i] == '\\' || inner[i] == quote) {
            // \` \" \\ and doubled quotes; \n, \x41 and their like have no place in a name.
            if (i + 1 >= inner.size() ||
                (inner[i + 1] != quote && (inner[i] != '\\' || inner[i + 1] != '\\')))
                return Failure(Error(Errc::Invalid, "a name has an escape"));
            ++i;
        }
        name += inner[i];
    }
    return name;
}

std::string quoted_name(std::string_view name) {
    std::string out = "`";
    for (const char c : name) {
        if (c == '`' || c == '\\') out += '\\';
        out += c;
    }
    return out + '`';
}

std::string quoted_text(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + '\'';
}

}  // namespace forgehouse::engine
