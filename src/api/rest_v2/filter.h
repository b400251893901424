// Filter: the language of `q=`, Bitbucket's for asking a collection.
//
//   (state = "open" OR state = "new") AND assignee = null AND created_on >
//   2015-10-04T14:00:00-07:00
//
// Operators are = != ~ !~ > >= < <= IN NOT IN, with AND before OR, in any case. `~` is "contains",
// in any case. Texts stand in double quotes, where \" and \\ are the escapes; numbers, null, true,
// false and ISO-8601 dates and times stand without.
//
// `!=` and `!~` are the opposites of `=` and `~` for every row: null differs from all values, and
// contains none. Nothing but null is equal to null, or comes before or after it.
//
// A filter is read, then bound to the fields of a collection; what is bound becomes SQL, or is
// asked of rows in memory, and means the same. Values; threads: const from many.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "api/rest_v2/query_field.h"
#include "base/result.h"
#include "ports/metadb.h"

namespace forgehouse::api {

inline constexpr std::size_t kMostFilterBytes = 4096, kMostFilterDepth = 50, kMostFilterTerms = 200;

enum class FilterTest : std::uint8_t {
    OneOf,
    Contains,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual
};

/// A number as it stands in a filter: what is smaller than it or equal, and whether it is whole.
struct FilterNumber {
    std::int64_t floor = 0;
    bool whole = true;
};

using FilterValue = std::variant<std::monostate, bool, FilterNumber, std::string, Time>;

/// One comparison. `=` is OneOf with one value; `!=`, `!~` and NOT IN are the negated tests.
struct FilterTerm {
    std::string field;
    std::size_t position = 0;  ///< of the field in the text, from 0
    FilterTest test = FilterTest::OneOf;
    bool negated = false;
    std::vector<FilterValue> values;
};

/// Terms, bound by AND and OR. No deeper than kMostFilterDepth.
template <class Comparison>
struct FilterNode {
    enum class Kind : std::uint8_t { Term, And, Or };
    Kind kind = Kind::And;
    Comparison term{};
    std::vector<FilterNode> nodes{};
};

/// Errors: Invalid with `position` (from 0), `expected` and `found`, or for what is over a bound.
Result<FilterNode<FilterTerm>> parse_filter(std::string_view text);

class Filter {
public:
    /// Everything matches.
    Filter() = default;

    /// Reads a filter and holds it against the fields, which must outlive it. "" matches
    /// everything. Errors: Invalid as of parse_filter(); for a field that is not there, with the
    /// nearest as a hint; for an operator or a value that the field does not take.
    static Result<Filter> parse(std::string_view text, QueryFields fields);

    bool matches_all() const noexcept { return root_.nodes.empty(); }

    /// Appends the condition in parentheses, all values bound. `1 = 1` where everything matches.
    void add_to(ports::Sql& sql) const;

    /// The value that a row has of a field.
    using Row = std::function<FieldValue(const QueryField& field)>;
    /// Fields with several values are no matter of rows in memory: their `within` is disregarded.
    bool matches(const Row& row) const;

private:
    struct Term {
        const QueryField* field = nullptr;
        FilterTest test = FilterTest::OneOf;
        bool negated = false;
        bool or_null = false;  ///< OneOf: null is one of them
        std::vector<FieldValue> values;
    };
    using Node = FilterNode<Term>;
    friend class FilterBinding;
    friend class FilterSql;
    friend class FilterRow;

    Node root_;  ///< an And or an Or
};

}  // namespace forgehouse::api
