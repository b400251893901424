#include "engine/native_version.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>
#include <vector>

#include "engine/exceptions.h"

namespace forgehouse::engine {
namespace {

// The first version in which a column says how it is serialized.
constexpr std::uint64_t kCustomSerialization = 54454;
// The first version whose DateTime names its time zone; without a version the library leaves it
// out.
constexpr std::uint64_t kTimeZones = 54337;
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

void put_text(std::string& out, std::string_view text) {
    std::uint64_t length = text.size();
    for (; length >= 0x80; length >>= 7) out += static_cast<char>(length | 0x80);
    out += static_cast<char>(length);
    out += text;
}

enum class Walk : unsigned char { Ok, Broken, UnknownType };

/// A type as its data lie in a column. Of Dynamic and JSON the parts are known once the prefixes of
/// the column were read.
struct Node {
    enum class Kind : unsigned char {
        Fixed,  ///< so many bytes each
        String,
        Nullable,
        Dictionary,  ///< LowCardinality
        Parts,       ///< of a tuple, one column behind the other
        Array,
        Variant,  ///< for each row one of the parts
        Dynamic,  ///< the same, the parts stand in the prefix
        Object    ///< JSON: its typed paths, then a Dynamic for each other one, then the rest
    };
    Kind kind;
    std::uint64_t bytes = 0;
    std::vector<Node> parts{};
};

std::optional<Node> node_of(std::string_view type, int depth);

std::optional<Node> around(Node::Kind kind, std::string_view inside, int depth) {
    auto inner = node_of(inside, depth);
    if (!inner) return std::nullopt;
    Node out{.kind = kind};
    out.parts.push_back(std::move(*inner));
    return out;
}

/// Elements with or without names.
std::optional<Node> group(Node::Kind kind, std::string_view inside, int depth) {
    Node out{.kind = kind};
    for (const std::string_view element : arguments(inside)) {
        auto inner = node_of(element_type(element), depth);
        if (!inner) return std::nullopt;
        out.parts.push_back(std::move(*inner));
    }
    // A tuple of nothing has a byte a row all the same.
    if (out.parts.empty() && kind == Node::Kind::Parts)
        return Node{.kind = Node::Kind::Fixed, .bytes = 1};
    return out;
}

std::optional<Node> array_of(std::optional<Node> inner) {
    if (!inner) return std::nullopt;
    Node out{.kind = Node::Kind::Array};
    out.parts.push_back(std::move(*inner));
    return out;
}

/// Typed paths are `name type`; the other arguments say how many there may be of others, and which
/// are left out.
std::optional<Node> object(std::string_view inside, int depth) {
    Node out{.kind = Node::Kind::Object};
    for (const std::string_view argument : arguments(inside)) {
        if (argument.starts_with("SKIP ") || argument.starts_with("max_dynamic_")) continue;
        auto typed = node_of(element_type(argument), depth);
        if (!typed) return std::nullopt;
        out.parts.push_back(std::move(*typed));
    }
    return out;
}

std::optional<Node> compound(std::string_view name, std::string_view inside, int depth) {
    using Kind = Node::Kind;
    if (name == "Nullable") return around(Kind::Nullable, inside, depth);
    if (name == "LowCardinality") {
        constexpr std::string_view kNullable = "Nullable(";
        if (inside.starts_with(kNullable) && inside.ends_with(')'))
            inside = inside.substr(kNullable.size(), inside.size() - kNullable.size() - 1);
        return around(Kind::Dictionary, inside, depth);
    }
    if (name == "Tuple") return group(Kind::Parts, inside, depth);
    if (name == "Array") return around(Kind::Array, inside, depth);
    if (name == "Map" || name == "Nested") return array_of(group(Kind::Parts, inside, depth));
    if (name == "Variant") return group(Kind::Variant, inside, depth);
    if (name == "Dynamic") return Node{.kind = Kind::Dynamic};
    if (name == "JSON") return object(inside, depth);
    if (name == "SimpleAggregateFunction") {
        const auto parts = arguments(inside);
        return parts.size() == 2 ? node_of(parts.back(), depth) : std::nullopt;
    }
    return std::nullopt;
}

/// nullopt for a type that is not known here.
std::optional<Node> node_of(std::string_view type, int depth) {
    if (depth > kDeepest) return std::nullopt;
    const auto bracket = type.find('(');
    const std::string_view name = type.substr(0, bracket);
    std::string_view inside;
    if (bracket != std::string_view::npos && type.ends_with(')'))
        inside = type.substr(bracket + 1, type.size() - bracket - 2);
    const auto fixed = [](std::uint64_t bytes) {
        return Node{.kind = Node::Kind::Fixed, .bytes = bytes};
    };
    for (const Fixed& known : kFixed)
        if (known.type == name) return fixed(known.bytes);
    for (const Alias& known : kAliases)
        if (known.type == name) return node_of(known.is, depth + 1);
    if (name == "String") return Node{.kind = Node::Kind::String};
    if (name == "FixedString") return fixed(number_in(inside));
    if (name.starts_with("Interval")) return fixed(8);
    if (name == "Decimal") {
        const std::uint64_t digits = number_in(inside);
        return fixed(digits < 10 ? 4 : digits < 19 ? 8 : digits < 39 ? 16 : 32);
    }
    return compound(name, inside, depth + 1);
}

// --- what stands in front of a column's data
// ------------------------------------------------------

// How Dynamic and JSON are written for a client that names no version, which is how the library is
// asked. A newer client reads that form too: it looks at the number.
constexpr std::uint64_t kDynamicForm = 1, kObjectForm = 0, kObjectAsText = 1;

bool word(Cursor& at, std::uint64_t& out) {
    const std::string_view from = at.rest;
    if (!at.skip(8)) return false;
    std::memcpy(&out, from.data(), sizeof out);
    return true;
}

Walk prefix(Cursor& at, Node& node, int depth);

Walk prefixes(Cursor& at, std::vector<Node>& parts, int depth) {
    for (Node& part : parts)
        if (const Walk w = prefix(at, part, depth); w != Walk::Ok) return w;
    return Walk::Ok;
}

/// The types that occur, ordered by their names among which is that of what is in no type's column.
Walk dynamic_prefix(Cursor& at, Node& node, int depth) {
    std::uint64_t form = 0, most = 0, count = 0, mode = 0;
    if (!word(at, form) || form != kDynamicForm || !at.number(most) || !at.number(count))
        return Walk::Broken;
    std::vector<std::string_view> names{"SharedVariant"};
    for (std::uint64_t i = 0; i < count; ++i)
        if (!at.text(names.emplace_back())) return Walk::Broken;
    std::ranges::sort(names);
    node.parts.clear();
    for (const std::string_view name : names) {
        auto part = node_of(name == "SharedVariant" ? std::string_view("String") : name, depth);
        if (!part) return Walk::UnknownType;
        node.parts.push_back(std::move(*part));
    }
    if (!word(at, mode) || mode != 0) return Walk::Broken;
    return prefixes(at, node.parts, depth);
}

Walk object_prefix(Cursor& at, Node& node, int depth) {
    std::uint64_t form = 0, most = 0, count = 0;
    if (!word(at, form)) return Walk::Broken;
    if (form == kObjectAsText) {
        node = {.kind = Node::Kind::String};
        return Walk::Ok;
    }
    if (form != kObjectForm || !at.number(most) || !at.number(count)) return Walk::Broken;
    std::string_view ignored;
    for (std::uint64_t i = 0; i < count; ++i)
        if (!at.text(ignored)) return Walk::Broken;
    if (const Walk w = prefixes(at, node.parts, depth); w != Walk::Ok) return w;
    for (std::uint64_t i = 0; i < count; ++i) {
        Node path{.kind = Node::Kind::Dynamic};
        if (const Walk w = prefix(at, path, depth); w != Walk::Ok) return w;
        node.parts.push_back(std::move(path));
    }
    // Paths that have no column of their own, with their values.
    node.parts.push_back(*node_of("Array(Tuple(String, String))", 0));
    return Walk::Ok;
}

Walk prefix(Cursor& at, Node& node, int depth) {
    if (depth > kDeepest) return Walk::UnknownType;
    std::uint64_t mode = 0;
    switch (node.kind) {
        case Node::Kind::Dictionary:
            if (!at.skip(8)) return Walk::Broken;
            break;
        case Node::Kind::Variant:
            if (!word(at, mode) || mode != 0) return Walk::Broken;
            break;
        case Node::Kind::Dynamic: return dynamic_prefix(at, node, depth + 1);
        case Node::Kind::Object: return object_prefix(at, node, depth + 1);
        default: break;
    }
    return prefixes(at, node.parts, depth + 1);
}

// --- the data ---------------------------------------------------------------------------------

Walk data(Cursor& at, const Node& node, std::uint64_t rows);

Walk strings(Cursor& at, std::uint64_t rows) {
    std::string_view ignored;
    for (std::uint64_t i = 0; i < rows; ++i)
        if (!at.text(ignored)) return Walk::Broken;
    return Walk::Ok;
}

Walk columns_of(Cursor& at, const std::vector<Node>& parts, std::uint64_t rows) {
    for (const Node& part : parts)
        if (const Walk w = data(at, part, rows); w != Walk::Ok) return w;
    return Walk::Ok;
}

/// Offsets, and then what they point into.
Walk array(Cursor& at, const Node& inner, std::uint64_t rows) {
    const std::string_view offsets = at.rest;
    if (!at.skip(rows, 8)) return Walk::Broken;
    std::uint64_t last = 0;
    if (rows > 0) std::memcpy(&last, offsets.data() + (rows - 1) * 8, sizeof last);
    return data(at, inner, last);
}

/// A dictionary of its own, and for each row a place in it.
Walk dictionary(Cursor& at, const Node& inner, std::uint64_t rows) {
    if (rows == 0) return Walk::Ok;
    std::uint64_t form = 0, keys = 0, places = 0;
    if (!word(at, form) || !word(at, keys)) return Walk::Broken;
    // One dictionary of all blocks is what only files have.
    if ((form & 0x100) != 0 || (form & 0xff) > 3) return Walk::Broken;
    if (const Walk w = data(at, inner, keys); w != Walk::Ok) return w;
    if (!word(at, places) || places != rows) return Walk::Broken;
    return at.skip(rows, std::uint64_t{1} << (form & 0xff)) ? Walk::Ok : Walk::Broken;
}

/// Which of the parts each row is of, 255 for none; then the parts, each with its rows alone.
Walk variant(Cursor& at, const std::vector<Node>& parts, std::uint64_t rows) {
    const std::string_view which = at.rest;
    if (parts.size() > 255 || !at.skip(rows)) return Walk::Broken;
    std::array<std::uint64_t, 256> counts{};
    for (std::uint64_t i = 0; i < rows; ++i) ++counts[static_cast<unsigned char>(which[i])];
    for (std::size_t i = parts.size(); i < 255; ++i)
        if (counts[i] > 0) return Walk::Broken;
    for (std::size_t i = 0; i < parts.size(); ++i)
        if (const Walk w = data(at, parts[i], counts[i]); w != Walk::Ok) return w;
    return Walk::Ok;
}

Walk data(Cursor& at, const Node& node, std::uint64_t rows) {
    using Kind = Node::Kind;
    switch (node.kind) {
        case Kind::Fixed: return at.skip(rows, node.bytes) ? Walk::Ok : Walk::Broken;
        case Kind::String: return strings(at, rows);
        case Kind::Nullable:
            return at.skip(rows) ? data(at, node.parts.front(), rows) : Walk::Broken;
        case Kind::Dictionary: return dictionary(at, node.parts.front(), rows);
        case Kind::Array: return array(at, node.parts.front(), rows);
        case Kind::Variant:
        case Kind::Dynamic: return variant(at, node.parts, rows);
        case Kind::Parts:
        case Kind::Object: return columns_of(at, node.parts, rows);
    }
    return Walk::UnknownType;
}

/// Moves over all of a column.
Walk column(Cursor& at, std::string_view type, std::uint64_t rows) {
    auto node = node_of(type, 0);
    if (!node) return Walk::UnknownType;
    if (rows == 0) return Walk::Ok;
    if (const Walk w = prefix(at, *node, 0); w != Walk::Ok) return w;
    return data(at, *node, rows);
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

bool hides_time_zones(std::string_view blocks) {
    return blocks.find(
               "\x08"
               "DateTime") != std::string_view::npos;
}

SqlResult<std::string> native_of_version(std::string_view blocks, std::uint64_t version,
                                         const std::vector<std::string>& types) {
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
            if (!at.text(name)) return FailureOf(error_of(Walk::Broken, ""));
            copied(begin);
            begin = at.rest;
            if (!at.text(type)) return FailureOf(error_of(Walk::Broken, ""));
            if (type == "DateTime" && version >= kTimeZones && i < types.size() &&
                types[i].starts_with("DateTime("))
                put_text(out, types[i]);
            else
                copied(begin);
            if (version >= kCustomSerialization) out += '\0';
            begin = at.rest;
            if (const Walk w = column(at, type, rows); w != Walk::Ok)
                return FailureOf(error_of(w, type));
            copied(begin);
        }
    }
    return out;
}

}  // namespace forgehouse::engine
