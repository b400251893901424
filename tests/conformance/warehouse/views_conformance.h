// What ClickHouse's views answer over made-up rows, asked through the client: recorded in
// src/warehouse/clickhouse/testdata/views/<database>.<view>.tsv. UPDATE_GOLDEN=1 records anew.
//
//   INSTANTIATE_TEST_SUITE_P(Engine, ViewsConformance, testing::Values(open_engine));
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/text.h"
#include "conformance/warehouse/warehouse_conformance.h"
#include "warehouse/clickhouse/views.h"

namespace forgehouse::conformance {
namespace views {

using warehouse::clickhouse::View;

inline const std::filesystem::path kFolder =
    std::filesystem::path(FORGEHOUSE_SOURCE_DIR) / "src/warehouse/clickhouse/testdata/views";

inline std::string content_of(const std::filesystem::path& path) {
    std::ostringstream out;
    out << std::ifstream(path, std::ios::binary).rdbuf();
    return std::move(out).str();
}

/// The INSERT statements of rows.sql, into the tables of `database`.
inline std::vector<std::string> inserts(const std::string& database) {
    constexpr std::string_view opening = "INSERT INTO ";
    const std::string sql = content_of(kFolder / "rows.sql");
    std::vector<std::string> out;
    for (std::size_t at = sql.find(opening); at != std::string::npos;) {
        const std::size_t begin = at + opening.size();
        at = sql.find(opening, begin);
        out.push_back(fmt::format("{}{}.{}", opening, database,
                                  text::trim(std::string_view(sql).substr(begin, at - begin))));
    }
    return out;
}

inline std::string answer_of(ports::Warehouse& warehouse, const View& view) {
    exec::Context ctx = exec::Context().with_timeout(std::chrono::minutes(1));
    std::string out;
    const auto query = ports::Query::from_user(
        fmt::format("SELECT * FROM {}.{} ORDER BY ALL", view.database, view.name));
    const auto done = warehouse.pass_through(ctx, query, "TabSeparatedWithNames",
                                             [&](std::string_view part) -> Result<void> {
                                                 out += part;
                                                 return {};
                                             });
    EXPECT_TRUE(done) << done.error().describe();
    return out;
}

}  // namespace views

class ViewsConformance : public testing::TestWithParam<OpenWarehouse> {};

TEST_P(ViewsConformance, AnswerOverMadeUpRowsAsRecorded) {
    exec::Context ctx = exec::Context().with_timeout(std::chrono::minutes(2));
    const Subject subject = GetParam()("views_test");
    const auto prepared = subject.warehouse->prepare(ctx);
    ASSERT_TRUE(prepared) << prepared.error().describe();
    const auto statements = views::inserts("views_test");
    ASSERT_FALSE(statements.empty());
    for (const std::string& sql : statements) {
        const auto done = subject.execute(sql);
        ASSERT_TRUE(done) << done.error().describe();
    }
    for (const views::View& view : warehouse::clickhouse::all_views()) {
        const auto path = views::kFolder / fmt::format("{}.{}.tsv", view.database, view.name);
        const std::string answer = views::answer_of(*subject.warehouse, view);
        if (std::getenv("UPDATE_GOLDEN") != nullptr)
            std::ofstream(path, std::ios::binary) << answer;
        EXPECT_EQ(answer, views::content_of(path)) << view.database << "." << view.name;
        EXPECT_GT(std::ranges::count(answer, '\n'), 1) << "no row says anything about this view";
    }
}

}  // namespace forgehouse::conformance
