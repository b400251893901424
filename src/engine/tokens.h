// A tokenizer for ClickHouse's SQL: enough to see where words, names, strings and comments begin
// and end. Strict: what it does not know is an error, never a guess.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace forgehouse::engine {

struct Token {
    enum class Kind : std::uint8_t {
        Word,    ///< bare: keyword, name, function, also `_x1`
        Name,    ///< `quoted` or "quoted"
        String,  ///< 'text' or $tag$text$tag$
        Number,
        Symbol,  ///< one character, or one of :: -> <= >= != <> == || <=>
    };
    Kind kind;
    std::string_view text;  ///< as written, with its quotes

    bool is_symbol(std::string_view symbol) const { return kind == Kind::Symbol && text == symbol; }
    /// Whether it is that keyword (given in upper case), bare.
    bool is_word(std::string_view upper) const;
    std::size_t end_in(std::string_view source) const {
        return static_cast<std::size_t>(text.data() + text.size() - source.data());
    }
};

/// Reads tokens one at a time. The source outlives it.
class Tokenizer {
public:
    explicit Tokenizer(std::string_view source) : source_(source) {}

    enum class Found : std::uint8_t {
        Token,
        End,    ///< of the text; a comment that is not closed counts as cut
        Cut,    ///< the text ends inside a token or comment: more of it may help
        Broken  ///< a character that begins nothing
    };
    Found next(Token& token);
    /// Bytes that were read so far.
    std::size_t offset() const noexcept { return at_; }

private:
    Found skip_blanks();
    Found quoted(char quote, Token::Kind kind, Token& token);
    Found heredoc(Token& token);
    std::string_view rest() const { return source_.substr(at_); }
    Found take(std::size_t length, Token::Kind kind, Token& token);

    std::string_view source_;
    std::size_t at_ = 0;
};

/// All tokens. Errors: Invalid where the text is cut or broken.
Result<std::vector<Token>> tokenize(std::string_view sql);

/// A name without its quotes and escapes; a bare word as it is. Errors: Invalid for other tokens
/// and for escapes that nobody needs in a name.
Result<std::string> name_of(const Token& token);

/// `name` in backticks.
std::string quoted_name(std::string_view name);
/// 'text' with its escapes.
std::string quoted_text(std::string_view text);

}  // namespace forgehouse::engine
