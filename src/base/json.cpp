#include "base/json.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <bit>
#include <cmath>
#include <cstring>

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

}  // namespace

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
