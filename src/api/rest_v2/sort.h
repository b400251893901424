// Sort: `sort=field` or `sort=-field`, one field. As SQL it is an order that is total, by a unique
// column behind the field, and that can be entered behind a row: so no page costs more than the
// first (rest_v2/page.h).
//
// Null comes before all values, and so last where the order is turned round.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "api/rest_v2/query_field.h"
#include "base/result.h"
#include "ports/metadb.h"

namespace forgehouse::api {

class Sort {
public:
    Sort(const QueryField& field, bool descending) : field_(&field), descending_(descending) {}

    /// The fields must outlive it. Errors: Invalid for a field that is not there, with the nearest
    /// as a hint, or that has several values; for more than one.
    static Result<Sort> parse(std::string_view text, QueryFields fields);

    const QueryField& field() const noexcept { return *field_; }
    bool descending() const noexcept { return descending_; }
    /// As it is asked for: `-updated_on`.
    std::string text() const;

    /// Appends ` ORDER BY …`. `unique` is a column of whole numbers or text, never null.
    void add_order(ports::Sql& sql, Literal unique) const;
    /// Appends the condition, in parentheses, that a row comes behind the one that has these.
    void add_after(ports::Sql& sql, Literal unique, ports::SqlValue value,
                   ports::SqlValue unique_value) const;

    /// Whether a row of `one` comes before a row of `other`: for rows in memory.
    bool before(const FieldValue& one, const FieldValue& other) const;

private:
    const QueryField* field_;
    bool descending_;
};

}  // namespace forgehouse::api
