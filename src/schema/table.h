// A table is written once: a row struct, and beside it one `column<>` line for each member.
// Everything else (DDL of every dialect, block encoder, generated documents, TypeScript types) is a
// loop over what stands there.
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
};

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
}  // namespace detail

template <auto member>
constexpr auto column(std::string_view name, std::string_view doc) {
    using M = detail::MemberOf<decltype(member)>;
    using Value = typename M::Member;
    return Column<typename M::Row, Value>{
        member, ColumnInfo{name, doc, TypeOf<Value>::type, is_nullable<Value>}};
}

template <class... Names>
constexpr auto key(Names... names) {
    return std::array<std::string_view, sizeof...(Names)>{std::string_view(names)...};
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

template <class Row, std::size_t keys, class... Columns>
constexpr auto table(std::string_view name, std::string_view doc,
                     std::array<std::string_view, keys> key, std::string_view partition_time,
                     Columns... columns) {
    static_assert(boost::pfr::tuple_size_v<Row> == sizeof...(Columns), "every member is a column");
    return Table<Row, keys, Columns...>{
        name, doc, key, partition_time, std::tuple(columns...), std::array{columns.info...}};
}

}  // namespace forgehouse::schema
