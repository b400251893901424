#include "api/rest_v2/sort.h"

#include "base/text.h"

namespace forgehouse::api {

Result<Sort> Sort::parse(std::string_view text, QueryFields fields) {
    const bool descending = text.starts_with('-');
    const std::string_view name = text.substr(descending ? 1 : 0);
    if (name.find(',') != std::string_view::npos)
        return Failure(Error(Errc::Invalid, "only one field can be sorted by")
                           .with("sort", text::printable(text)));
    TRY_LET(field, field_named(fields, name, descending ? 1 : 0));
    if (!field->within.empty())
        return Failure(Error(Errc::Invalid, "a field of several values gives no order")
                           .with("field", std::string(name)));
    return Sort(*field, descending);
}

std::string Sort::text() const {
    return (descending_ ? "-" : "") + std::string(field_->name);
}

void Sort::add_order(ports::Sql& sql, Literal unique) const {
    sql.add(" ORDER BY ").add(field_->column);
    if (descending_) sql.add(" DESC");
    if (field_->nullable) sql.add(descending_ ? Literal(" NULLS LAST") : Literal(" NULLS FIRST"));
    sql.add(", ").add(unique);
    if (descending_) sql.add(" DESC");
}

void Sort::add_after(ports::Sql& sql, Literal unique, ports::SqlValue value,
                     ports::SqlValue unique_value) const {
    const Literal than = descending_ ? Literal(" < ") : Literal(" > ");
    const Literal column = field_->column;
    if (std::holds_alternative<std::monostate>(value.get())) {
        sql.add("((").add(column).add(" IS NULL AND ").add(unique).add(than);
        sql.bind(std::move(unique_value)).add(")");
        if (!descending_) sql.add(" OR ").add(column).add(" IS NOT NULL");
        sql.add(")");
        return;
    }
    // A row value is what both databases take from an index at once.
    sql.add("((").add(column).add(", ").add(unique).add(")").add(than).add("(");
    sql.bind(std::move(value)).add(", ").bind(std::move(unique_value)).add(")");
    if (descending_ && field_->nullable) sql.add(" OR ").add(column).add(" IS NULL");
    sql.add(")");
}

bool Sort::before(const FieldValue& one, const FieldValue& other) const {
    return descending_ ? other < one : one < other;
}

}  // namespace forgehouse::api
