#include "base/json.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <iterator>
#include <variant>

#include "base/check.h"
#include "base/text.h"

namespace forgehouse::json {

using simdjson::dom::element;
static_assert(sizeof(element) == sizeof(Value));
static_assert(std::is_trivially_copyable_v<element>);

struct Access {
    static element of(const Value& value) noexcept { return std::bit_cast<element>(value.place_); }
    static Value wrap(element place) noexcept {
        Value value;
        std::memcpy(value.place_.data(), &place, sizeof place);
        return value;
    }
};

struct Document::Parsed {
    simdjson::dom::parser parser;
};

namespace {

Literal kind_of(element place) noexcept {
    switch (place.type()) {
        case simdjson::dom::element_type::ARRAY: return "array";
        case simdjson::dom::element_type::OBJECT: return "object";
        case simdjson::dom::element_type::INT64:
        case simdjson::dom::element_type::UINT64:
        case simdjson::dom::element_type::DOUBLE: return "number";
        case simdjson::dom::element_type::STRING: return "text";
        case simdjson::dom::element_type::BOOL: return "flag";
        case simdjson::dom::element_type::NULL_VALUE: return "null";
    }
    return "nothing";
}

Failure unexpected(Literal expected, element found) {
    return Failure(Error(Errc::Corrupt, "a JSON value is of another kind")
                       .with("expected", std::string(expected.view()))
                       .with("found", std::string(kind_of(found).view())));
}

template <class T>
Result<T> scalar(const Value& value, Literal expected) {
    const element place = Access::of(value);
    T out{};
    if (place.get(out) != simdjson::SUCCESS) return unexpected(expected, place);
    return out;
}

// As text::json_quoted; the parser has made sure of the UTF-8 already.
void append_quoted(std::string& out, std::string_view value) {
    out += '"';
    std::size_t kept = 0;
    for (std::size_t i = 0; i < value.size(); ++i) {
        const auto c = static_cast<unsigned char>(value[i]);
        if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f) continue;
        out.append(value, kept, i - kept);
        kept = i + 1;
        switch (c) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            default: fmt::format_to(std::back_inserter(out), "\\u{:04x}", c);
        }
    }
    out.append(value, kept);
    out += '"';
}

void append_scalar(std::string& out, element place) {
    const auto to = std::back_inserter(out);
    switch (place.type()) {
        case simdjson::dom::element_type::INT64:
            fmt::format_to(to, "{}", std::int64_t(place));
            break;
        case simdjson::dom::element_type::UINT64:
            fmt::format_to(to, "{}", std::uint64_t(place));
            break;
        case simdjson::dom::element_type::DOUBLE:
            // `-0` would be read as a whole number, and lose its sign.
            if (const double number(place); number == 0 && std::signbit(number))
                out += "-0.0";
            else
                fmt::format_to(to, "{}", number);
            break;
        case simdjson::dom::element_type::STRING:
            append_quoted(out, std::string_view(place));
            break;
        case simdjson::dom::element_type::BOOL: out += bool(place) ? "true" : "false"; break;
        default: out += "null";
    }
}

// What is open while a value is printed: where it stands, and its end.
struct OpenArray {
    simdjson::dom::array::iterator at;
    simdjson::dom::array::iterator end;
};
struct OpenObject {
    simdjson::dom::object::iterator at;
    simdjson::dom::object::iterator end;
};
struct Open {
    std::variant<OpenArray, OpenObject> place;
    bool first = true;
};

class Printer {
public:
    Printer(std::string& out, Omit omit) : out_(out), omit_(omit) {}

    void run(element root) {
        begin(root);
        while (!open_.empty()) {
            if (const auto next = step(open_.back()))
                begin(*next);
            else
                open_.pop_back();
        }
    }

private:
    void begin(element value) {
        if (simdjson::dom::array array; value.get(array) == simdjson::SUCCESS) {
            out_ += '[';
            open_.push_back({.place = OpenArray{.at = array.begin(), .end = array.end()}});
        } else if (simdjson::dom::object object; value.get(object) == simdjson::SUCCESS) {
            out_ += '{';
            open_.push_back({.place = OpenObject{.at = object.begin(), .end = object.end()}});
        } else {
            append_scalar(out_, value);
        }
    }

    // The next value inside of what is open; nullopt at its end, which is printed then.
    std::optional<element> step(Open& open) {
        if (auto* array = std::get_if<OpenArray>(&open.place)) {
            if (!(array->at != array->end)) {
                out_ += ']';
                return std::nullopt;
            }
            comma(open);
            const element value = *array->at;
            ++array->at;
            return value;
        }
        auto& object = std::get<OpenObject>(open.place);
        while (object.at != object.end && omit_ && omit_(object.at.key())) ++object.at;
        if (!(object.at != object.end)) {
            out_ += '}';
            return std::nullopt;
        }
        comma(open);
        append_quoted(out_, object.at.key());
        out_ += ':';
        const element value = object.at.value();
        ++object.at;
        return value;
    }

    void comma(Open& open) {
        if (!open.first) out_ += ',';
        open.first = false;
    }

    std::string& out_;
    const Omit omit_;
    std::vector<Open> open_;
};

}  // namespace

void print(std::string& out, const Value& value, Omit omit) {
    Printer(out, omit).run(Access::of(value));
}

Kind Value::kind() const noexcept {
    switch (Access::of(*this).type()) {
        case simdjson::dom::element_type::ARRAY: return Kind::Array;
        case simdjson::dom::element_type::OBJECT: return Kind::Object;
        case simdjson::dom::element_type::INT64:
        case simdjson::dom::element_type::UINT64:
        case simdjson::dom::element_type::DOUBLE: return Kind::Number;
        case simdjson::dom::element_type::STRING: return Kind::Text;
        case simdjson::dom::element_type::BOOL: return Kind::Flag;
        case simdjson::dom::element_type::NULL_VALUE: return Kind::Null;
    }
    return Kind::Null;
}
bool Value::is_null() const noexcept {
    return Access::of(*this).is_null();
}
Result<bool> Value::flag() const {
    return scalar<bool>(*this, "flag");
}
Result<std::int64_t> Value::integer() const {
    return scalar<std::int64_t>(*this, "whole number of 64 bits");
}
Result<std::uint64_t> Value::count() const {
    return scalar<std::uint64_t>(*this, "whole number from 0");
}
Result<double> Value::number() const {
    return scalar<double>(*this, "number");
}
Result<std::string_view> Value::text() const {
    return scalar<std::string_view>(*this, "text");
}

Result<std::vector<Value>> Value::items() const {
    const element place = Access::of(*this);
    simdjson::dom::array array;
    if (place.get(array) != simdjson::SUCCESS) return unexpected("array", place);
    std::vector<Value> out;
    out.reserve(array.size());
    for (const element item : array) out.push_back(Access::wrap(item));
    return out;
}

Result<std::vector<std::pair<std::string_view, Value>>> Value::members() const {
    const element place = Access::of(*this);
    simdjson::dom::object object;
    if (place.get(object) != simdjson::SUCCESS) return unexpected("object", place);
    std::vector<std::pair<std::string_view, Value>> out;
    out.reserve(object.size());
    for (const auto& field : object) out.emplace_back(field.key, Access::wrap(field.value));
    return out;
}

std::optional<Value> Value::find(std::string_view name) const {
    simdjson::dom::object object;
    if (Access::of(*this).get(object) != simdjson::SUCCESS) return std::nullopt;
    element found;
    if (object.at_key(name).get(found) != simdjson::SUCCESS || found.is_null()) return std::nullopt;
    return Access::wrap(found);
}

Result<Value> Value::at(std::string_view name) const {
    if (const auto found = find(name)) return *found;
    return Failure(
        Error(Errc::Corrupt, "a JSON object lacks a member").with("member", std::string(name)));
}

Document::Document(std::unique_ptr<Parsed> parsed) : parsed_(std::move(parsed)), root_() {}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

Result<Document> Document::parse(std::string_view text) {
    auto parsed = std::make_unique<Parsed>();
    element root;
    const auto error = parsed->parser.parse(text.data(), text.size()).get(root);
    if (error != simdjson::SUCCESS)
        return Failure(Error(Errc::Corrupt, "the text is not valid JSON")
                           .with("reason", simdjson::error_message(error)));
    Document document(std::move(parsed));
    document.root_ = Access::wrap(root);
    return document;
}

void Writer::place() {
    const bool in_object = !open_.empty() && open_.back() == '}';
    CHECK(in_object == named_);
    CHECK(!open_.empty() || out_.empty());
    if (!named_ && !first_) out_ += ',';
    named_ = false;
    first_ = false;
}

Writer& Writer::object() {
    place();
    out_ += '{';
    open_ += '}';
    first_ = true;
    return *this;
}

Writer& Writer::array() {
    place();
    out_ += '[';
    open_ += ']';
    first_ = true;
    return *this;
}

Writer& Writer::end() {
    CHECK(!open_.empty() && !named_);
    out_ += open_.back();
    open_.pop_back();
    first_ = false;
    return *this;
}

Writer& Writer::name(std::string_view member) {
    CHECK(!open_.empty() && open_.back() == '}' && !named_);
    if (!first_) out_ += ',';
    first_ = false;
    out_ += text::json_quoted(member);
    out_ += ':';
    named_ = true;
    return *this;
}

Writer& Writer::text(std::string_view value) {
    place();
    out_ += text::json_quoted(value);
    return *this;
}

Writer& Writer::integer(std::int64_t value) {
    place();
    out_ += fmt::to_string(value);
    return *this;
}

Writer& Writer::count(std::uint64_t value) {
    place();
    out_ += fmt::to_string(value);
    return *this;
}

Writer& Writer::number(double value) {
    if (!std::isfinite(value)) return null();
    place();
    out_ += fmt::format("{}", value);
    return *this;
}

Writer& Writer::flag(bool value) {
    place();
    out_ += value ? "true" : "false";
    return *this;
}

Writer& Writer::null() {
    place();
    out_ += "null";
    return *this;
}

Writer& Writer::raw(std::string_view json) {
    place();
    out_ += json;
    return *this;
}

std::string Writer::take() {
    CHECK(open_.empty() && !named_);
    first_ = true;
    return std::exchange(out_, {});
}

}  // namespace forgehouse::json
