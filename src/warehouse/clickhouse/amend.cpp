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

struct Skeleton {
    std::string replaced;   ///< inside REPLACE(…)
    std::string condition;  ///< of the prefix; ends with the member column
    std::vector<ports::Parameter> parameters;
};

Result<Skeleton> skeleton_of(const Amendment& a) {
    const schema::TableInfo& table = *a.table;
    if (a.prefix.size() >= table.key.size())
        return Failure(Error(Errc::Invalid, "the prefix leaves no key column for the members")
                           .with("table", std::string(table.name)));
    Skeleton out;
    const auto bind = [&](const schema::ColumnInfo& column, std::string value) {
        std::string name = fmt::format("p{}", out.parameters.size());
        std::string text = placeholder(name, column);
        out.parameters.push_back({.name = std::move(name), .value = std::move(value)});
        return text;
    };
    for (const auto& [name, value] : a.changes) {
        TRY_LET(column, find_column(table, name));
        out.replaced += fmt::format("{} AS {}, ", bind(*column, value), quoted_name(name));
    }
    TRY_LET(version, find_column(table, "_version"));
    out.replaced += bind(*version, std::to_string(a.version)) + " AS `_version`";
    for (std::size_t i = 0; i < a.prefix.size(); ++i) {
        TRY_LET(column, find_column(table, table.key[i]));
        out.condition +=
            fmt::format("{} = {} AND ", quoted_name(table.key[i]), bind(*column, a.prefix[i]));
    }
    out.condition += quoted_name(table.key[a.prefix.size()]);
    return out;
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
    std::vector<AmendStatement> out;
    std::span<const std::string> rest(amendment.members);
    while (!rest.empty()) {
        const auto some = rest.first(std::min(rest.size(), kAmendMembers));
        rest = rest.subspan(some.size());
        out.push_back(
            {.sql = fmt::format("INSERT INTO {} SELECT * REPLACE({}) FROM {} FINAL "
                                "WHERE {} IN ({})",
                                table, skeleton.replaced, table, skeleton.condition, list_of(some)),
             .parameters = skeleton.parameters});
    }
    return out;
}

}  // namespace forgehouse::warehouse::clickhouse
