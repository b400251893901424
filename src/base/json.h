// JSON: reading behind one wrapper (simdjson, named only in json.cpp) and a writer whose output
// depends on nothing but the calls.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace forgehouse::json {

class Value;

/// Whether the member of that name is left out, at whatever depth it stands.
using Omit = bool (*)(std::string_view member) noexcept;

/// Appends the value as JSON without blanks, members in the order of the document. Needs no stack
/// for what is nested, so that a small one suffices for any document.
void print(std::string& out, const Value& value, Omit omit = nullptr);

enum class Kind : unsigned char { Null, Flag, Number, Text, Array, Object };

/// A place in a Document, which must outlive it. Two words; copied freely.
/// Errors of the readers: Corrupt, with what was expected and what was found.
class Value {
public:
    Kind kind() const noexcept;
    bool is_null() const noexcept;
    Result<bool> flag() const;
    /// A whole number that fits. 1.0 is not one.
    Result<std::int64_t> integer() const;
    Result<std::uint64_t> count() const;
    Result<double> number() const;
    /// A view into the document.
    Result<std::string_view> text() const;
    Result<std::vector<Value>> items() const;
    /// Members in the order of the document; views into it.
    Result<std::vector<std::pair<std::string_view, Value>>> members() const;

    /// The member of that name (the first, where there are several); nullopt where there is none,
    /// where it is null, and where this is no object.
    std::optional<Value> find(std::string_view name) const;
    /// The member of that name. Errors: Corrupt, field `member`.
    Result<Value> at(std::string_view name) const;

private:
    friend class Document;
    friend struct Access;
    alignas(std::uint64_t) std::array<std::byte, 16> place_{};
};

/// A parsed text. Movable; its Values stay good when it is moved.
class Document {
public:
    /// Strict JSON: valid UTF-8, nothing after the value, at most 1,024 levels deep.
    /// Errors: Corrupt, with the parser's words.
    static Result<Document> parse(std::string_view text);

    Document(Document&&) noexcept;
    Document& operator=(Document&&) noexcept;
    ~Document();

    Value root() const noexcept { return root_; }

private:
    struct Parsed;
    explicit Document(std::unique_ptr<Parsed> parsed);
    std::unique_ptr<Parsed> parsed_;
    Value root_;
};

/// Writes one JSON value without blanks. Members stand in the order of the calls; bytes that are
/// not UTF-8 become U+FFFD. A call out of place (a member outside an object, a value without its
/// name) is a programming error and aborts.
class Writer {
public:
    Writer& object();
    Writer& array();
    /// Ends the innermost object or array.
    Writer& end();
    Writer& name(std::string_view member);

    Writer& text(std::string_view value);
    Writer& integer(std::int64_t value);
    Writer& count(std::uint64_t value);
    /// Infinity and NaN, which JSON lacks, as null.
    Writer& number(double value);
    Writer& flag(bool value);
    Writer& null();
    /// JSON that is already written. Not checked.
    Writer& raw(std::string_view json);

    /// The finished text; the writer is empty then.
    std::string take();

private:
    void place();
    std::string out_;
    std::string open_;  ///< one closing bracket for each open object or array
    bool first_ = true;
    bool named_ = false;
};

}  // namespace forgehouse::json
