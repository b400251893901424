// MemoryWarehouse: the Warehouse port in memory, as honest as a test needs: rows replace each other
// by key and version, tombstones hide, tokens deduplicate, amendments rewrite. It answers the
// questions of collect/queries.h and no others.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "exec/guarded.h"
#include "ports/warehouse.h"

namespace forgehouse::testing_support {

/// A value as plain text, as Answer has it; a list's elements apart.
struct Cell {
    bool null = false;
    std::string text;
    std::vector<std::string> list;
    auto operator<=>(const Cell&) const = default;
};
using Row = std::map<std::string, Cell, std::less<>>;

class MemoryWarehouse final : public ports::Warehouse {
public:
    Result<ports::Prepared> prepare(exec::Context&) override { return ports::Prepared{}; }
    Result<void> insert(exec::Context&, const schema::Batch& rows, std::string_view token) override;
    Result<void> amend(exec::Context&, const Amendment&) override;
    Result<ports::Answer> ask(exec::Context&, const ports::Query&) override;
    Result<void> read(exec::Context&, const ports::Query&, const schema::TableInfo& shape,
                      const ports::BlockSink&) override;
    Result<void> pass_through(exec::Context&, const ports::Query&, std::string_view,
                              const ports::ByteSink&) override;
    Result<std::string> version(exec::Context&) override { return std::string("memory"); }

    /// The newest rows that are no tombstones, in key order.
    std::vector<Row> rows(std::string_view table) const;
    /// All tables' rows as lines of text, without the columns and tables in which two ways of
    /// arriving may differ, and without unreachable commits and what belongs to them.
    std::string same_rows() const;
    /// Deletes a table's rows, as somebody might by hand.
    void lose(std::string_view table);
    /// Inserts that were refused because their token had been seen.
    std::size_t deduplicated() const;

private:
    struct Table {
        const schema::TableInfo* info = nullptr;
        std::map<std::vector<std::string>, Row> rows;  ///< newest version by key
    };
    struct State {
        std::map<std::string, Table, std::less<>> tables;
        std::set<std::string, std::less<>> tokens;
        std::size_t deduplicated = 0;
    };
    static void put(Table& table, Row row);
    std::vector<Row> rows_of(std::string_view table, const ports::Query& query) const;
    std::vector<Row> pull_requests_of_people(const ports::Query& query) const;
    ports::Answer row_counts(const ports::Query& query) const;
    exec::Guarded<State> state_;
};

}  // namespace forgehouse::testing_support
