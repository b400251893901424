#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <optional>

#include "api/rest_v2/filter.h"
#include "base/text.h"

namespace forgehouse::api {
namespace {

using Node = FilterNode<FilterTerm>;

enum class TokenKind : std::uint8_t { End, Open, Close, Comma, Operator, Text, Word };

struct Token {
    TokenKind kind = TokenKind::End;
    std::size_t position = 0;
    std::string text{};  ///< of a Text: without quotes and escapes
};

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool in_word(char c) {
    return is_letter(c) || is_digit(c) || c == '.' || c == '-' || c == '+' || c == ':';
}

Error misread(std::size_t position, std::string expected, std::string found) {
    std::string hint =
        fmt::format("at position {}: expected {}, found {}", position, expected, found);
    return Error(Errc::Invalid, "the filter cannot be read")
        .with("position", static_cast<std::int64_t>(position))
        .with("expected", std::move(expected))
        .with("found", std::move(found))
        .hint(std::move(hint));
}

class Lexer {
public:
    explicit Lexer(std::string_view text) : text_(text) {}

    Result<Token> next() {
        while (at_ < text_.size() &&
               std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos)
            ++at_;
        if (at_ == text_.size()) return Token{.position = at_};
        const char c = text_[at_];
        if (c == '(') return taken(TokenKind::Open, 1);
        if (c == ')') return taken(TokenKind::Close, 1);
        if (c == ',') return taken(TokenKind::Comma, 1);
        if (c == '"') return quoted();
        for (const std::string_view sign : {"!=", "!~", ">=", "<=", "=", "~", ">", "<"})
            if (text_.substr(at_).starts_with(sign)) return taken(TokenKind::Operator, sign.size());
        std::size_t length = 0;
        while (at_ + length < text_.size() && in_word(text_[at_ + length])) ++length;
        if (length > 0) return taken(TokenKind::Word, length);
        return Failure(misread(at_, "a field, a value or an operator",
                               text::json_quoted(text_.substr(at_, 1))));
    }

private:
    Token taken(TokenKind kind, std::size_t length) {
        Token out{.kind = kind, .position = at_, .text = std::string(text_.substr(at_, length))};
        at_ += length;
        return out;
    }

    Result<Token> quoted() {
        Token out{.kind = TokenKind::Text, .position = at_, .text = {}};
        for (++at_; at_ < text_.size(); ++at_) {
            char c = text_[at_];
            if (c == '"') {
                ++at_;
                return out;
            }
            if (c == '\\') {
                if (++at_ == text_.size()) break;
                c = text_[at_];
                if (c != '"' && c != '\\')
                    return Failure(misread(at_ - 1, "\\\" or \\\\ behind a backslash",
                                           text::json_quoted(text_.substr(at_, 1))));
            }
            out.text += c;
        }
        return Failure(misread(text_.size(), "a closing quote", "the end"));
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

std::string shown(const Token& token) {
    if (token.kind == TokenKind::End) return "the end";
    return text::json_quoted(token.text.substr(0, 40));
}

std::optional<FilterNumber> number_of(std::string_view text) {
    if (const auto whole = text::to_int(text)) return FilterNumber{.floor = *whole, .whole = true};
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    // Beyond this a double is no longer an int64.
    if (!(value > -9e18 && value < 9e18)) return std::nullopt;
    const double floor = std::floor(value);
    return FilterNumber{.floor = static_cast<std::int64_t>(floor), .whole = floor == value};
}

bool is_field(std::string_view text) {
    if (text.empty() || !is_letter(text.front()) || text.back() == '.') return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!is_letter(text[i]) && !is_digit(text[i]) && text[i] != '.' && text[i] != '-')
            return false;
        if (text[i] == '.' && text[i + 1] == '.') return false;
    }
    return true;
}

/// Recursive descent: or = and ("OR" and)*, and = one ("AND" one)*, one = "(" or ")" | term.
class Parser {
public:
    explicit Parser(std::string_view text) : lexer_(text) {}

    Result<Node> all() {
        TRY(advance());
        TRY_LET(node, any_of(0));
        if (token_.kind != TokenKind::End) return Failure(unexpected("AND, OR or the end"));
        return std::move(node);
    }

private:
    Result<void> advance() {
        TRY_LET(token, lexer_.next());
        token_ = std::move(token);
        return {};
    }
    Error unexpected(std::string expected) const {
        return misread(token_.position, std::move(expected), shown(token_));
    }
    bool at_word(std::string_view lower) const {
        return token_.kind == TokenKind::Word && text::lower_ascii(token_.text) == lower;
    }

    Result<Node> any_of(std::size_t depth) {
        Node out{.kind = Node::Kind::Or};
        do {
            if (!out.nodes.empty()) TRY(advance());
            TRY_LET(node, all_of(depth));
            out.nodes.push_back(std::move(node));
        } while (at_word("or"));
        if (out.nodes.size() > 1) return out;
        Node only = std::move(out.nodes.front());
        return only;
    }

    Result<Node> all_of(std::size_t depth) {
        Node out{.kind = Node::Kind::And};
        do {
            if (!out.nodes.empty()) TRY(advance());
            TRY_LET(node, one(depth));
            out.nodes.push_back(std::move(node));
        } while (at_word("and"));
        if (out.nodes.size() > 1) return out;
        Node only = std::move(out.nodes.front());
        return only;
    }

    Result<Node> one(std::size_t depth) {
        if (token_.kind != TokenKind::Open) return term();
        if (depth == kMostFilterDepth)
            return Failure(Error(Errc::Invalid, "the filter is nested too deeply")
                               .with("position", static_cast<std::int64_t>(token_.position))
                               .with("most", std::int64_t{kMostFilterDepth}));
        TRY(advance());
        TRY_LET(inner, any_of(depth + 1));
        if (token_.kind != TokenKind::Close) return Failure(unexpected("AND, OR or )"));
        TRY(advance());
        return std::move(inner);
    }

    Result<Node> term() {
        if (token_.kind != TokenKind::Word || !is_field(token_.text))
            return Failure(unexpected("a field or ("));
        if (++terms_ > kMostFilterTerms)
            return Failure(Error(Errc::Invalid, "the filter has too many comparisons")
                               .with("most", std::int64_t{kMostFilterTerms}));
        Node out{.kind = Node::Kind::Term};
        out.term.field = token_.text;
        out.term.position = token_.position;
        TRY(advance());
        TRY_LET(is_list, test(out.term));
        if (!is_list) {
            TRY_LET(only, value());
            out.term.values.push_back(std::move(only));
            return out;
        }
        TRY(list(out.term));
        return out;
    }

    /// Reads the operator. Returns whether a list has to follow.
    Result<bool> test(FilterTerm& term) {
        struct Sign {
            std::string_view text;
            FilterTest test;
            bool negated;
        };
        using enum FilterTest;
        static constexpr Sign kSigns[] = {{"=", OneOf, false},    {"!=", OneOf, true},
                                          {"~", Contains, false}, {"!~", Contains, true},
                                          {">", Greater, false},  {">=", GreaterOrEqual, false},
                                          {"<", Less, false},     {"<=", LessOrEqual, false}};
        if (at_word("not")) {
            TRY(advance());
            if (!at_word("in")) return Failure(unexpected("IN"));
            term.negated = true;
        }
        if (at_word("in")) {
            TRY(advance());
            return true;
        }
        for (const Sign& sign : kSigns) {
            if (token_.kind != TokenKind::Operator || token_.text != sign.text) continue;
            term.test = sign.test;
            term.negated = sign.negated;
            TRY(advance());
            return false;
        }
        return Failure(unexpected("one of = != ~ !~ > >= < <= IN"));
    }

    Result<void> list(FilterTerm& term) {
        if (token_.kind != TokenKind::Open) return Failure(unexpected("("));
        do {
            TRY(advance());
            TRY_LET(one, value());
            term.values.push_back(std::move(one));
            // A list of one's own is as much work as so many comparisons.
            if (++terms_ > kMostFilterTerms)
                return Failure(Error(Errc::Invalid, "the filter has too many comparisons")
                                   .with("most", std::int64_t{kMostFilterTerms}));
        } while (token_.kind == TokenKind::Comma);
        if (token_.kind != TokenKind::Close) return Failure(unexpected(", or )"));
        return advance();
    }

    Result<FilterValue> value() {
        FilterValue out;
        if (token_.kind == TokenKind::Text) {
            out = token_.text;
        } else if (at_word("true") || at_word("false")) {
            out = at_word("true");
        } else if (token_.kind != TokenKind::Word) {
            return Failure(unexpected("a value"));
        } else if (const auto number = number_of(token_.text)) {
            out = *number;
        } else if (const auto time = parse_time(token_.text)) {
            out = *time;
        } else if (!at_word("null")) {
            return Failure(unexpected("a value (texts stand in double quotes)"));
        }
        TRY(advance());
        return out;
    }

    Lexer lexer_;
    Token token_;
    std::size_t terms_ = 0;
};

}  // namespace

Result<FilterNode<FilterTerm>> parse_filter(std::string_view text) {
    if (text.size() > kMostFilterBytes)
        return Failure(Error(Errc::Invalid, "the filter is too long")
                           .with("most_bytes", std::int64_t{kMostFilterBytes}));
    if (!text::is_utf8(text) || text.find('\0') != std::string_view::npos)
        return Failure(Error(Errc::Invalid, "the filter is no text in UTF-8"));
    return Parser(text).all();
}

}  // namespace forgehouse::api
