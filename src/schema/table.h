// A table is written once: a row struct, and beside it one `column<>` line for each member of its
// own. The columns that all tables share are added by `table`. Everything else (DDL of every
// dialect, block encoder, generated documents, TypeScript types) is a loop over what stands there,
// and what can be wrong about a declaration does not compile.
#pragma once

#include <array>
#include <boost/pfr/tuple_size.hpp>
#include <span>
#include <string>
#include <string_view>

#include "schema/types.h"

namespace forgehouse::schema {

struct ColumnInfo {
    std::string_view name;
    std::string_view doc;
    Type type;
    bool nullable;
    std::span<const std::string_view> words;  ///< an enum's vocabulary; empty where it is open
};

/// The column's doc, and after it the words that its enum knows.
std::string described(const ColumnInfo& column);

/// A table without its row type: what dialects and generators loop over. All text is static.
struct TableInfo {
    std::string_view name;
    std::string_view doc;
    std::span<const std::string_view> key;  ///< natural key, in sorting order
    std::span<const ColumnInfo> columns;    ///< in declared order, which never changes
    /// The immutable time to partition by on a cluster, "" where the table has none.
    std::string_view partition_time;

    /// The column's place; columns.size() where there is none.
    constexpr std::size_t index_of(std::string_view column) const noexcept {
        std::size_t i = 0;
        while (i < columns.size() && columns[i].name != column) ++i;
        return i;
    }
};

/// A column of the struct member that it is named after.
template <auto member>
struct Column {
    ColumnInfo info;
};

namespace detail {
template <class T>
struct MemberOf;
template <class R, class M>
struct MemberOf<M R::*> {
    using Member = M;
};

/// `Row::name` as both compilers spell a member pointer in a function's name.
template <auto member>
consteval std::string_view member_name() {
    std::string_view text = __PRETTY_FUNCTION__;
    text = text.substr(0, text.find_first_of(";]"));
    return text.substr(text.rfind(':') + 1);
}

// Not constexpr on purpose: a declaration that calls one of them does not compile.
void every_column_must_stand_in_the_order_of_its_member();
void every_key_column_must_exist_and_must_not_be_null();
void the_partition_time_must_be_a_time_and_must_not_be_null();

/// Gives the members addresses at compile time without making a row.
template <class Row>
union Unborn {
    Row row;
    char none;
    constexpr Unborn() : none() {}
    constexpr ~Unborn() {}
};
template <class Row>
inline constexpr Unborn<Row> unborn;

/// clang does not order addresses of two types in constants; g++, which builds the release, does.
template <class Row, auto... members>
consteval bool in_member_order() {
#ifndef __clang__
    const std::array at{static_cast<const void*>(&(unborn<Row>.row.*members))...};
    for (std::size_t i = 1; i < at.size(); ++i)
        if (!(at[i - 1] < at[i])) return false;
#endif
    return true;
}

consteval bool has(std::span<const ColumnInfo> columns, std::string_view name, bool is_time) {
    for (const ColumnInfo& c : columns)
        if (c.name == name) return !c.nullable && (!is_time || c.type == Type::Time);
    return false;
}
}  // namespace detail

template <auto member>
consteval auto column(std::string_view doc) {
    using Value = typename detail::MemberOf<decltype(member)>::Member;
    return Column<member>{ColumnInfo{detail::member_name<member>(), doc, TypeOf<Value>::type,
                                     is_nullable<Value>, words_of<Value>}};
}

template <class... Names>
consteval auto key(Names... names) {
    return std::array<std::string_view, sizeof...(Names)>{std::string_view(names)...};
}

/// The key of what belongs to one repository: the three leading columns, then `names`.
template <class... Names>
consteval auto repository_key(Names... names) {
    return key("data_source", "project_key", "repo_slug", names...);
}

/// `partition_time` is "" or the name of a Time column that never changes once a row exists.
template <class Row, std::size_t keys, auto... members>
struct Table {
    std::string_view name;
    std::string_view doc;
    std::array<std::string_view, keys> key;
    std::string_view partition_time;
    std::array<ColumnInfo, sizeof...(members)> columns;

    /// Views into this table, which is a static constant.
    constexpr TableInfo info() const noexcept { return {name, doc, key, columns, partition_time}; }

    /// Calls `visit` with each member's value, in the order of the columns.
    template <class Visit>
    static void for_each_value(const Row& row, Visit&& visit) {
        (visit(row.*members), ...);
    }
};

namespace detail {
template <class Row, std::size_t keys, auto... members>
consteval auto checked_table(std::string_view name, std::string_view doc,
                             std::array<std::string_view, keys> key,
                             std::string_view partition_time, Column<members>... columns) {
    static_assert(boost::pfr::tuple_size_v<Row> == sizeof...(members), "every member is a column");
    if (!in_member_order<Row, members...>()) every_column_must_stand_in_the_order_of_its_member();
    const std::array infos{columns.info...};
    for (const std::string_view part : key)
        if (!has(infos, part, false)) every_key_column_must_exist_and_must_not_be_null();
    if (!partition_time.empty() && !has(infos, partition_time, true))
        the_partition_time_must_be_a_time_and_must_not_be_null();
    return Table<Row, keys, members...>{name, doc, key, partition_time, infos};
}
}  // namespace detail

/// The columns of a query's answer, as Warehouse::read() wants to know them: no table, no key.
template <class Row, auto... members>
consteval auto shape(std::string_view name, Column<members>... columns) {
    return detail::checked_table<Row>(name, "", std::array<std::string_view, 0>{}, "", columns...);
}

/// `columns` are the table's own: what every table starts and ends with is added here.
template <class Row, std::size_t keys, auto... members>
consteval auto table(std::string_view name, std::string_view doc,
                     std::array<std::string_view, keys> key, std::string_view partition_time,
                     Column<members>... columns) {
    return detail::checked_table<Row>(
        name, doc, key, partition_time,
        column<&Row::data_source>("The connector that wrote the row."),
        column<&Row::project_key>("What stands before the repository in its address: project, "
                                  "owner, group path or workspace; '' where the row belongs to "
                                  "none."),
        column<&Row::repo_slug>("The repository's name in its address; '' where the row belongs to "
                                "none."),
        columns..., column<&Row::collected_at>("When the row was collected."),
        column<&Row::_version>(
            "Epoch milliseconds handed out by the checkpoint store; the largest wins."),
        column<&Row::is_deleted>("1 on a tombstone: the row is gone at its source."));
}

}  // namespace forgehouse::schema
