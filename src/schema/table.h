// A table is written once: a row struct, and beside it one `column<>` line for each member of its
// own. The columns that all tables share come from `leading` and `trailing`. Everything else (DDL
// of every dialect, block encoder, generated documents, TypeScript types) is a loop over what
// stands there, and what can be wrong about a declaration does not compile.
#pragma once

#include <array>
#include <boost/pfr/core.hpp>
#include <boost/pfr/tuple_size.hpp>
#include <span>
#include <string_view>
#include <tuple>

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

template <class Row, class Member>
struct Column {
    using Value = Member;
    Member Row::* member;
    ColumnInfo info;
};

namespace detail {
template <class T>
struct MemberOf;
template <class R, class M>
struct MemberOf<M R::*> {
    using Row = R;
    using Member = M;
};

/// `Row::name` as both compilers spell a member pointer in a function's name.
template <auto member>
consteval std::string_view member_name() {
    std::string_view text = __PRETTY_FUNCTION__;
    text = text.substr(0, text.find_first_of(";]"));
    return text.substr(text.rfind(':') + 1);
}

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

// Not constexpr on purpose: a declaration that calls one of them does not compile.
void every_member_must_be_a_column_in_the_same_order();
void every_key_column_must_exist_and_must_not_be_null();
void the_partition_time_must_be_a_time_and_must_not_be_null();

template <class Row, class... Columns>
consteval bool in_member_order(const std::tuple<Columns...>& columns) {
    const auto at = std::apply(
        [](const auto&... c) {
            return std::array{static_cast<const void*>(&(unborn<Row>.row.*(c.member)))...};
        },
        columns);
    std::size_t i = 0;
    return std::apply(
        [&](const auto&... m) { return ((static_cast<const void*>(&m) == at[i++]) && ...); },
        boost::pfr::structure_tie(unborn<Row>.row));
}

consteval bool has(std::span<const ColumnInfo> columns, std::string_view name, bool is_time) {
    for (const ColumnInfo& c : columns)
        if (c.name == name) return !c.nullable && (!is_time || c.type == Type::Time);
    return false;
}
}  // namespace detail

/// The column is named as the member is.
template <auto member>
consteval auto column(std::string_view doc) {
    using M = detail::MemberOf<decltype(member)>;
    using Value = typename M::Member;
    return Column<typename M::Row, Value>{
        member, ColumnInfo{detail::member_name<member>(), doc, TypeOf<Value>::type,
                           is_nullable<Value>, words_of<Value>}};
}

/// What every table starts with.
template <class Row>
consteval auto leading() {
    return std::tuple(column<&Row::data_source>("The connector that wrote the row."),
                      column<&Row::project_key>("What stands before the repository in its address: "
                                                "project, owner, group path or workspace; '' where "
                                                "the row belongs to none."),
                      column<&Row::repo_slug>("The repository's name in its address; '' where the "
                                              "row belongs to none."));
}

/// What every table ends with.
template <class Row>
consteval auto trailing() {
    return std::tuple(
        column<&Row::collected_at>("When the row was collected."),
        column<&Row::_version>(
            "Epoch milliseconds handed out by the checkpoint store; the largest wins."),
        column<&Row::is_deleted>("1 on a tombstone: the row is gone at its source."));
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
template <class Row, std::size_t keys, class... Columns>
struct Table {
    std::string_view name;
    std::string_view doc;
    std::array<std::string_view, keys> key;
    std::string_view partition_time;
    std::tuple<Columns...> columns;
    std::array<ColumnInfo, sizeof...(Columns)> infos;

    /// Views into this table, which is a static constant.
    constexpr TableInfo info() const noexcept { return {name, doc, key, infos, partition_time}; }
};

namespace detail {
template <class Row, std::size_t keys, class... Columns>
consteval auto checked_table(std::string_view name, std::string_view doc,
                             std::array<std::string_view, keys> key,
                             std::string_view partition_time, std::tuple<Columns...> columns) {
    static_assert(boost::pfr::tuple_size_v<Row> == sizeof...(Columns), "every member is a column");
    if (!in_member_order<Row>(columns)) every_member_must_be_a_column_in_the_same_order();
    const auto infos = std::apply([](const auto&... c) { return std::array{c.info...}; }, columns);
    for (const std::string_view part : key)
        if (!has(infos, part, false)) every_key_column_must_exist_and_must_not_be_null();
    if (!partition_time.empty() && !has(infos, partition_time, true))
        the_partition_time_must_be_a_time_and_must_not_be_null();
    return Table<Row, keys, Columns...>{name, doc, key, partition_time, columns, infos};
}
}  // namespace detail

/// The columns of a query's answer, as Warehouse::read() wants to know them: no table, no key.
template <class Row, class... Columns>
consteval auto shape(std::string_view name, Columns... columns) {
    return detail::checked_table<Row>(name, "", std::array<std::string_view, 0>{}, "",
                                      std::tuple(columns...));
}

/// `columns` are the table's own, without those that all tables share.
template <class Row, std::size_t keys, class... Columns>
consteval auto table(std::string_view name, std::string_view doc,
                     std::array<std::string_view, keys> key, std::string_view partition_time,
                     Columns... columns) {
    return detail::checked_table<Row>(
        name, doc, key, partition_time,
        std::tuple_cat(leading<Row>(), std::tuple(columns...), trailing<Row>()));
}

}  // namespace forgehouse::schema
