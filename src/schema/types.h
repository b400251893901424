// The column types of the git_* tables, apart from any warehouse, and how C++ types map to them.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
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

/// An enum of the schema has `std::string_view name_of(E)`, found beside it, which gives the
/// upper-case word that is stored.
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

}  // namespace forgehouse::schema
