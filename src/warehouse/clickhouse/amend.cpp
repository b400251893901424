#include "warehouse/clickhouse/amend.h"

#include <algorithm>
#include <span>

#include "warehouse/clickhouse/ddl.h"

namespace forgehouse::warehouse::clickhouse {
namespace {

using Amendment = ports::Warehouse::Amendment;

Result<const schema::ColumnInfo*> find_column(const schema::TableInfo& table,
                                              std::string_view name) {
    const std::size_t i = table.index_of(name);
    if (i < table.columns.size()) return &table.columns[i];
    return Failure(Error(Errc::Invalid, "the table has no such column")
                       .with("table", std::string(table.name))
                       .with("column", std::string(name)));
}

/// `{name:Type}` for a value of that column.
std::string placeholder(std::string_view name, const schema::ColumnInfo& column) {
    return fmt::format("{{{}:{}}}", name, wire_type(column));
}

/// With its table, since a bare name may mean the value that replaces it.
std::string column_of(const schema::TableInfo& table, std::string_view name) {
    return quoted_name(table.name) + "." + quoted_name(name);
}

struct Skeleton {
    std::string replaced;   ///< inside REPLACE(…)
    std::string condition;  ///< of all but the members
    std::vector<ports::Parameter> parameters;

    /// The placeholder of one more value.
    std::string bind(const schema::ColumnInfo& column, std::string value) {
        std::string name = fmt::format("p{}", parameters.size());
        std::string text = placeholder(name, column);
        parameters.push_back({.name = std::move(name), .value = std::move(value)});
        return text;
    }
};

Result<Skeleton> skeleton_of(const Amendment& a) {
    const schema::TableInfo& table = *a.table;
    if (a.prefix.empty() || a.prefix.size() > table.key.size())
        return Failure(Error(Errc::Invalid, "the prefix is none of the table's key")
                           .with("table", std::string(table.name)));
    Skeleton out;
    for (const auto& [name, value] : a.changes) {
        TRY_LET(column, find_column(table, name));
        // The new rows have the table's types whatever the expression's is.
        out.replaced += fmt::format("{} AS {}, ", value ? out.bind(*column, *value) : "NULL",
                                    quoted_name(name));
    }
    TRY_LET(version, find_column(table, "_version"));
    out.replaced += out.bind(*version, std::to_string(a.version)) + " AS `_version`";
    for (std::size_t i = 0; i < a.prefix.size(); ++i) {
        TRY_LET(column, find_column(table, table.key[i]));
        out.condition +=
            fmt::format("{}{} = {}", i == 0 ? "" : " AND ", column_of(table, table.key[i]),
                        out.bind(*column, a.prefix[i]));
    }
    if (a.older_than)
        out.condition += fmt::format(" AND {} < {}", column_of(table, "_version"),
                                     out.bind(*version, std::to_string(*a.older_than)));
    return out;
}

/// Quoted. Errors: Invalid where neither the amendment nor the key names one.
Result<std::string> member_column(const Amendment& a) {
    if (a.member_column.empty() && a.prefix.size() >= a.table->key.size())
        return Failure(Error(Errc::Invalid, "the prefix leaves no key column for the members")
                           .with("table", std::string(a.table->name)));
    TRY_LET(column, find_column(*a.table, a.member_column.empty() ? a.table->key[a.prefix.size()]
                                                                  : a.member_column));
    return column_of(*a.table, column->name);
}

std::string list_of(std::span<const std::string> members) {
    std::string out;
    for (const std::string& member : members)
        out += (out.empty() ? "" : ", ") + quoted_text(member);
    return out;
}

}  // namespace

Result<std::vector<AmendStatement>> amend_statements(const Amendment& amendment) {
    TRY_LET(skeleton, skeleton_of(amendment));
    const std::string table = quoted_name(amendment.table->name);
    const std::string sql =
        fmt::format("INSERT INTO {} SELECT * REPLACE({}) FROM {} FINAL WHERE {}", table,
                    skeleton.replaced, table, skeleton.condition);
    std::vector<AmendStatement> out;
    if (!amendment.members) {
        out.push_back({.sql = sql, .parameters = std::move(skeleton.parameters)});
        return out;
    }
    TRY_LET(column, member_column(amendment));
    std::span<const std::string> rest(*amendment.members);
    while (!rest.empty()) {
        const auto some = rest.first(std::min(rest.size(), kAmendMembers));
        rest = rest.subspan(some.size());
        out.push_back({.sql = fmt::format("{} AND {} IN ({})", sql, column, list_of(some)),
                       .parameters = skeleton.parameters});
    }
    return out;
}

}  // namespace forgehouse::warehouse::clickhouse
