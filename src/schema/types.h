// The column types of the git_* tables, apart from any warehouse, and how C++ types map to them.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/time.h"

namespace forgehouse::schema {

enum class Type : std::uint8_t {
    Int64,
    UInt64,
    UInt32,
    UInt8,
    Bool,
    Float64,
    Time,      ///< milliseconds, UTC
    Text,      ///< any bytes; UTF-8 unless the column's doc says otherwise
    Word,      ///< a text of few distinct values: enums, branch names, languages
    Json,      ///< a JSON document as text
    TextList,  ///< a list of texts
};

/// A text of few distinct values that is not an enum (branch, language, data source).
struct Word {
    std::string value;
    friend bool operator==(const Word&, const Word&) = default;
};

/// A JSON document, already serialized. `{}` when there is nothing to say.
struct Json {
    std::string value = "{}";
    friend bool operator==(const Json&, const Json&) = default;
};

using TextList = std::vector<std::string>;

/// An enum of the schema has `constexpr std::string_view name_of(E)`, found beside it, which gives
/// the word that is stored, and "" for a number that is no enumerator. Enumerators count from 0
/// without gaps.
template <class T>
concept NamedEnum = std::is_enum_v<T> && requires(T value) {
    { name_of(value) } -> std::convertible_to<std::string_view>;
};

template <class T>
struct TypeOf;
template <>
struct TypeOf<std::int64_t> {
    static constexpr Type type = Type::Int64;
};
template <>
struct TypeOf<std::uint64_t> {
    static constexpr Type type = Type::UInt64;
};
template <>
struct TypeOf<std::uint32_t> {
    static constexpr Type type = Type::UInt32;
};
template <>
struct TypeOf<std::uint8_t> {
    static constexpr Type type = Type::UInt8;
};
template <>
struct TypeOf<bool> {
    static constexpr Type type = Type::Bool;
};
template <>
struct TypeOf<double> {
    static constexpr Type type = Type::Float64;
};
template <>
struct TypeOf<Time> {
    static constexpr Type type = Type::Time;
};
template <>
struct TypeOf<std::string> {
    static constexpr Type type = Type::Text;
};
template <>
struct TypeOf<Word> {
    static constexpr Type type = Type::Word;
};
template <>
struct TypeOf<Json> {
    static constexpr Type type = Type::Json;
};
template <>
struct TypeOf<TextList> {
    static constexpr Type type = Type::TextList;
};
template <NamedEnum E>
struct TypeOf<E> {
    static constexpr Type type = Type::Word;
};
template <class T>
struct TypeOf<std::optional<T>> {
    static constexpr Type type = TypeOf<T>::type;
};

template <class T>
inline constexpr bool is_nullable = false;
template <class T>
inline constexpr bool is_nullable<std::optional<T>> = true;

namespace detail {
template <NamedEnum E>
consteval std::size_t word_count() {
    std::size_t n = 1;  // the first may be stored as ''
    while (!name_of(static_cast<E>(n)).empty()) ++n;
    return n;
}
template <NamedEnum E>
inline constexpr auto enum_words = [] {
    std::array<std::string_view, word_count<E>()> words;
    for (std::size_t i = 0; i < words.size(); ++i) words[i] = name_of(static_cast<E>(i));
    return words;
}();
}  // namespace detail

/// The vocabulary of a column's type: an enum's words in their order; empty for everything else.
template <class T>
inline constexpr std::span<const std::string_view> words_of{};
template <NamedEnum E>
inline constexpr std::span<const std::string_view> words_of<E>{detail::enum_words<E>};
template <NamedEnum E>
inline constexpr std::span<const std::string_view> words_of<std::optional<E>>{
    detail::enum_words<E>};

/// The enumerator that is stored as `word`; nullopt where none is.
template <NamedEnum E>
constexpr std::optional<E> from_word(std::string_view word) noexcept {
    for (std::size_t i = 0; i < detail::enum_words<E>.size(); ++i)
        if (detail::enum_words<E>[i] == word) return static_cast<E>(i);
    return std::nullopt;
}

}  // namespace forgehouse::schema
