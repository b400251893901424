// Literal: text that is known to be written in our own source.
// Option names of git, SQL text and error messages are Literals, so that no text from outside can
// become an option, a statement or a log group.
#pragma once

#include <string_view>

namespace forgehouse {

class Literal {
public:
    // Implicit on purpose: a string literal is the only thing that converts.
    consteval Literal(const char* text) : text_(text) {}  // NOLINT(google-explicit-constructor)

    constexpr std::string_view view() const noexcept { return text_; }
    /// NUL-terminated, of static lifetime.
    constexpr const char* c_str() const noexcept { return text_; }
    constexpr bool empty() const noexcept { return *text_ == '\0'; }

    friend constexpr bool operator==(Literal a, Literal b) noexcept { return a.view() == b.view(); }

private:
    const char* text_;
};

}  // namespace forgehouse
