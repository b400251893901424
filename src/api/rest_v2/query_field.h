// QueryField: what can be filtered and sorted by. A collection says its fields once, as a table;
// the filter and the sort of a request are held against it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/literal.h"
#include "base/result.h"
#include "base/time.h"

namespace forgehouse::api {

enum class FieldKind : std::uint8_t {
    Text,
    Integer,
    Flag,    ///< 0 or 1 in its column
    Time,    ///< milliseconds since 1970 in its column
    Uuid,    ///< lower case, without braces in its column
    Choice,  ///< one of `choices`; the column holds their `stored` texts
};

/// One of the values of a Choice. Their order in the table is the one that `<` and `>` mean.
struct FieldChoice {
    std::string_view name;  ///< as the API says it; read in any case
    std::string_view stored;
};

struct QueryField {
    std::string_view name;  ///< as the API says it, with its dots
    FieldKind kind = FieldKind::Text;
    Literal column = "";  ///< SQL: a column or an expression. Not used for rows that come from git.
    std::span<const FieldChoice> choices{};
    /// For a field that has several values, such as the reviewers of a pull request: SQL up to the
    /// condition, `EXISTS (SELECT 1 FROM … WHERE … AND `. Its parenthesis is closed behind it.
    Literal within = "";
    bool nullable = true;  ///< false where the column is NOT NULL: saves the database a look
};

using QueryFields = std::span<const QueryField>;

/// A value of a field; monostate for null. The text is the row's or the filter's.
using FieldValue = std::variant<std::monostate, bool, std::int64_t, std::string, Time>;

/// The field of that name. Errors: Invalid with the nearest name as a hint; `position` (from 0)
/// says where in the request's text the name stands.
Result<const QueryField*> field_named(QueryFields fields, std::string_view name,
                                      std::size_t position);

/// The lower-case text without braces of `{0D9F…}` or `0d9f…`; "" where it is no UUID.
std::string plain_uuid(std::string_view text);

}  // namespace forgehouse::api
