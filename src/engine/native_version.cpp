#include "engine/native_version.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>
#include <vector>

#include "engine/exceptions.h"

namespace forgehouse::engine {
namespace {

// The first version in which a column says how it is serialized.
constexpr std::uint64_t kCustomSerialization = 54454;
// Fields of a block, number and value: it is no overflow, it is of no bucket; then the end.
constexpr std::string_view kBlockInfo("\x01\x00\x02\xff\xff\xff\xff\x00", 8);
constexpr int kDeepest = 50;

struct Cursor {
    std::string_view rest;

    bool skip(std::uint64_t bytes) {
        if (bytes > rest.size()) return false;
        rest.remove_prefix(bytes);
        return true;
    }
    bool skip(std::uint64_t count, std::uint64_t each) {
        return (each == 0 || count <= rest.size() / each) && skip(count * each);
    }
    bool number(std::uint64_t& out) {
        out = 0;
        for (int shift = 0; shift < 63 && !rest.empty(); shift += 7) {
            const auto byte = static_cast<unsigned char>(rest.front());
            rest.remove_prefix(1);
            out |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
            if (byte < 0x80) return true;
        }
        return false;
    }
    bool text(std::string_view& out) {
        std::uint64_t length = 0;
        if (!number(length) || length > rest.size()) return false;
        out = rest.substr(0, length);
        return skip(length);
    }
};

struct Fixed {
    std::string_view type;
    std::uint64_t bytes;
};
constexpr Fixed kFixed[]{
    {"Int8", 1},       {"UInt8", 1},       {"Bool", 1},       {"Enum8", 1},     {"Nothing", 1},
    {"Int16", 2},      {"UInt16", 2},      {"Date", 2},       {"Enum16", 2},    {"BFloat16", 2},
    {"Int32", 4},      {"UInt32", 4},      {"Float32", 4},    {"DateTime", 4},  {"Date32", 4},
    {"IPv4", 4},       {"Time", 4},        {"Int64", 8},      {"UInt64", 8},    {"Float64", 8},
    {"DateTime64", 8}, {"Time64", 8},      {"Int128", 16},    {"UInt128", 16},  {"UUID", 16},
    {"IPv6", 16},      {"Int256", 32},     {"UInt256", 32},   {"Decimal32", 4}, {"Decimal64", 8},
    {"Point", 16},     {"Decimal128", 16}, {"Decimal256", 32}};
struct Alias {
    std::string_view type, is;
};
constexpr Alias kAliases[]{{"Ring", "Array(Point)"},
                           {"LineString", "Array(Point)"},
                           {"Polygon", "Array(Array(Point))"},
                           {"MultiLineString", "Array(Array(Point))"},
                           {"MultiPolygon", "Array(Array(Array(Point)))"}};

/// `a, b(c, d), 'e,f'` at its own commas.
std::vector<std::string_view> arguments(std::string_view inside) {
    std::vector<std::string_view> out;
    int depth = 0;
    char quote = 0;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < inside.size(); ++i) {
        const char c = inside[i];
        if (quote != 0) {
            if (c == '\\')
                ++i;
            else if (c == quote)
                quote = 0;
        } else if (c == '\'' || c == '`' || c == '"') {
            quote = c;
        } else if (c == '(') {
            ++depth;
        } else if (c == ')') {
            --depth;
        } else if (c == ',' && depth == 0) {
            out.push_back(inside.substr(begin, i - begin));
            begin = i + 1;
        }
    }
    if (begin < inside.size()) out.push_back(inside.substr(begin));
    for (auto& argument : out)
        while (argument.starts_with(' ')) argument.remove_prefix(1);
    return out;
}

/// The type of a tuple's element, which may have a name in front: `a Int8`, `` `b c` String ``.
std::string_view element_type(std::string_view element) {
    if (element.starts_with('`')) {
        std::size_t i = 1;
        while (i < element.size() && element[i] != '`') i += element[i] == '\\' ? 2 : 1;
        return i + 2 <= element.size() ? element.substr(i + 2) : std::string_view();
    }
    const auto blank = element.find(' ');
    return blank < element.find('(') ? element.substr(blank + 1) : element;
}

std::uint64_t number_in(std::string_view text) {
    std::uint64_t out = 0;
    std::from_chars(text.data(), text.data() + text.size(), out);
    return out;
}

enum class Walk : unsigned char { Ok, Broken, UnknownType };

/// How often LowCardinality stands in a type: each writes 8 bytes in front of all data of a column.
std::uint64_t low_cardinalities(std::string_view type) {
    std::uint64_t count = 0;
    for (auto at = type.find("LowCardinality("); at != std::string_view::npos;
         at = type.find("LowCardinality(", at + 1))
        ++count;
    return count;
}

Walk walk(Cursor& at, std::string_view type, std::uint64_t rows, int depth);

Walk strings(Cursor& at, std::uint64_t rows) {
    std::string_view ignored;
    for (std::uint64_t i = 0; i < rows; ++i)
        if (!at.text(ignored)) return Walk::Broken;
    return Walk::Ok;
}

Walk elements(Cursor& at, std::string_view inside, std::uint64_t rows, int depth) {
    const auto all = arguments(inside);
    if (all.empty()) return at.skip(rows) ? Walk::Ok : Walk::Broken;
    for (const std::string_view element : all)
        if (const Walk w = walk(at, element_type(element), rows, depth); w != Walk::Ok) return w;
    return Walk::Ok;
}

/// Offsets, and then what they point into.
template <class Inner>
Walk array(Cursor& at, std::uint64_t rows, Inner&& inner) {
    const std::string_view offsets = at.rest;
    if (!at.skip(rows, 8)) return Walk::Broken;
    std::uint64_t last = 0;
    if (rows > 0) std::memcpy(&last, offsets.data() + (rows - 1) * 8, sizeof last);
    return inner(last);
}

/// A dictionary of its own, and for each row a place in it.
Walk dictionary(Cursor& at, std::string_view type, std::uint64_t rows, int depth) {
    if (rows == 0) return Walk::Ok;
    const auto word = [&](std::uint64_t& out) {
        const std::string_view from = at.rest;
        if (!at.skip(8)) return false;
        std::memcpy(&out, from.data(), sizeof out);
        return true;
    };
    std::uint64_t form = 0, keys = 0, places = 0;
    if (!word(form) || !word(keys)) return Walk::Broken;
    // One dictionary of all blocks is what only files have.
    if ((form & 0x100) != 0 || (form & 0xff) > 3) return Walk::Broken;
    constexpr std::string_view kNullable = "Nullable(";
    if (type.starts_with(kNullable) && type.ends_with(')'))
        type = type.substr(kNullable.size(), type.size() - kNullable.size() - 1);
    if (const Walk w = walk(at, type, keys, depth); w != Walk::Ok) return w;
    if (!word(places) || places != rows) return Walk::Broken;
    return at.skip(rows, std::uint64_t{1} << (form & 0xff)) ? Walk::Ok : Walk::Broken;
}

Walk walk(Cursor& at, std::string_view type, std::uint64_t rows, int depth) {
    if (depth > kDeepest) return Walk::UnknownType;
    const auto bracket = type.find('(');
    const std::string_view name = type.substr(0, bracket);
    std::string_view inside;
    if (bracket != std::string_view::npos && type.ends_with(')'))
        inside = type.substr(bracket + 1, type.size() - bracket - 2);
    const auto deeper = [&](std::string_view of, std::uint64_t n) {
        return walk(at, of, n, depth + 1);
    };
    const auto fixed = [&](std::uint64_t bytes) {
        return at.skip(rows, bytes) ? Walk::Ok : Walk::Broken;
    };
    for (const Fixed& known : kFixed)
        if (known.type == name) return fixed(known.bytes);
    for (const Alias& known : kAliases)
        if (known.type == name) return deeper(known.is, rows);
    if (name == "String") return strings(at, rows);
    if (name == "FixedString") return fixed(number_in(inside));
    if (name.starts_with("Interval")) return fixed(8);
    if (name == "Decimal") {
        const std::uint64_t digits = number_in(inside);
        return fixed(digits < 10 ? 4 : digits < 19 ? 8 : digits < 39 ? 16 : 32);
    }
    if (name == "Nullable") return at.skip(rows) ? deeper(inside, rows) : Walk::Broken;
    if (name == "LowCardinality") return dictionary(at, inside, rows, depth + 1);
    if (name == "Tuple") return elements(at, inside, rows, depth + 1);
    if (name == "Array") return array(at, rows, [&](std::uint64_t n) { return deeper(inside, n); });
    if (name == "Map" || name == "Nested")
        return array(at, rows, [&](std::uint64_t n) { return elements(at, inside, n, depth + 1); });
    if (name == "SimpleAggregateFunction") {
        const auto parts = arguments(inside);
        return parts.size() == 2 ? deeper(parts.back(), rows) : Walk::UnknownType;
    }
    return Walk::UnknownType;
}

SqlError error_of(Walk walk, std::string_view type) {
    if (walk == Walk::UnknownType)
        return exception(Code::NotImplemented,
                         fmt::format("Native of a protocol version is not given for {}; take "
                                     "another format, or cast it to String",
                                     type));
    return exception(Code::IncorrectData, "A block of Native cannot be read");
}

}  // namespace

SqlResult<std::string> native_of_version(std::string_view blocks, std::uint64_t version) {
    Cursor at{.rest = blocks};
    std::string out;
    out.reserve(blocks.size() + 256);
    const auto copied = [&](std::string_view from) {
        out += from.substr(0, from.size() - at.rest.size());
    };
    while (!at.rest.empty()) {
        std::string_view begin = at.rest;
        std::uint64_t columns = 0, rows = 0;
        if (!at.number(columns) || !at.number(rows)) return FailureOf(error_of(Walk::Broken, ""));
        out += kBlockInfo;
        copied(begin);
        for (std::uint64_t i = 0; i < columns; ++i) {
            std::string_view name, type;
            begin = at.rest;
            if (!at.text(name) || !at.text(type)) return FailureOf(error_of(Walk::Broken, ""));
            copied(begin);
            if (version >= kCustomSerialization) out += '\0';
            begin = at.rest;
            if (rows > 0 && !at.skip(low_cardinalities(type), 8))
                return FailureOf(error_of(Walk::Broken, type));
            if (const Walk w = walk(at, type, rows, 0); w != Walk::Ok)
                return FailureOf(error_of(w, type));
            copied(begin);
        }
    }
    return out;
}

}  // namespace forgehouse::engine
