// The schema in ClickHouse's words: types, and the statements that make the tables. Pure functions;
// evolve.h decides which statements a given warehouse needs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "schema/table.h"

namespace forgehouse::warehouse::clickhouse {

/// Where and how the tables stand.
struct Layout {
    std::string database = "default";
    /// Name of the cluster; "" on one server. On a cluster the rows lie in `<table>_local` on each
    /// shard, and `<table>` is a Distributed table in front.
    std::string cluster{};
    /// PARTITION BY the year of the table's immutable time, where it has one.
    bool partition_by_year = false;
};

/// The type that the column has in its table, spelled as system.columns spells it.
std::string stored_type(const schema::ColumnInfo& column);

/// The type of the column's bytes as a Batch lays them out: the stored type without
/// LowCardinality. The server converts on insert; a read must ask for it (`CAST`).
std::string wire_type(const schema::ColumnInfo& column);

/// `` `name` `` with whatever is in it escaped.
std::string quoted_name(std::string_view name);
/// `'text'` with whatever is in it escaped.
std::string quoted_text(std::string_view text);

/// `` `name` type COMMENT '…' CODEC(…) ``, as it stands in CREATE and ALTER.
std::string column_definition(const schema::ColumnInfo& column);

/// What the comment of a table says: its doc, the schema version, and a fingerprint of its
/// definition with all comments, so that what is as it should be is known by the comment alone.
std::string table_comment(const schema::TableInfo& table);

/// The tables' names in the layout that hold the rows and that are asked: two on a cluster, the
/// rows' one first; else the one.
std::vector<std::string> physical_names(const schema::TableInfo& table, const Layout& layout);

/// `CREATE DATABASE IF NOT EXISTS …`.
std::string create_database(std::string_view database, const Layout& layout);

/// `CREATE TABLE IF NOT EXISTS …`, one statement for each of physical_names().
std::vector<std::string> create_table(const schema::TableInfo& table, const Layout& layout);

}  // namespace forgehouse::warehouse::clickhouse
