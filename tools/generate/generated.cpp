#include "generate/generated.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "schema/all.h"
#include "schema/markdown.h"
#include "schema/typescript.h"
#include "warehouse/bigquery/table_json.h"
#include "warehouse/clickhouse/ddl.h"
#include "warehouse/clickhouse/evolve.h"

namespace forgehouse::generate {
namespace {

using warehouse::clickhouse::Layout;

/// What prepare() executes on an empty warehouse.
std::string clickhouse_sql(const Layout& layout) {
    const auto plan = warehouse::clickhouse::plan({}, layout);
    std::string out;
    if (plan)
        for (const std::string& statement : plan->statements) out += statement + ";\n\n";
    return out;
}

std::string bigquery_json() {
    std::string out = "[\n";
    for (const schema::TableInfo& table : schema::all_tables()) {
        if (out.size() > 2) out += ",\n";
        out += warehouse::bigquery::table_json(table);
    }
    return out + "]\n";
}

/// nullopt where the file cannot be read.
std::optional<std::string> content_of(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return std::nullopt;
    std::ostringstream out;
    out << in.rdbuf();
    return std::move(out).str();
}

}  // namespace

std::vector<GeneratedFile> generated_files() {
    const auto tables = schema::all_tables();
    return {
        {"docs/generated/tables.md",
         schema::to_markdown(tables, warehouse::clickhouse::stored_type)},
        {"web/src/generated/tables.ts", schema::to_typescript(tables)},
        {"tests/golden/schema/clickhouse.sql", clickhouse_sql(Layout{})},
        {"tests/golden/schema/clickhouse_by_year.sql",
         clickhouse_sql(Layout{.database = "history", .cluster = "", .partition_by_year = true})},
        {"tests/golden/schema/clickhouse_cluster.sql",
         clickhouse_sql(
             Layout{.database = "default", .cluster = "main", .partition_by_year = false})},
        {"tests/golden/schema/bigquery.json", bigquery_json()},
    };
}

std::vector<std::string> outdated(const std::filesystem::path& root) {
    std::vector<std::string> out;
    for (const GeneratedFile& file : generated_files())
        if (content_of(root / file.path) != file.content) out.push_back(file.path);
    return out;
}

Result<std::vector<std::string>> write_generated(const std::filesystem::path& root) {
    std::vector<std::string> written;
    for (const GeneratedFile& file : generated_files()) {
        const std::filesystem::path path = root / file.path;
        if (content_of(path) == file.content) continue;
        std::error_code ignored;  // a folder that cannot be made shows in the next line
        std::filesystem::create_directories(path.parent_path(), ignored);
        std::ofstream out(path, std::ios::binary | std::ios::trunc);
        out << file.content;
        if (!out.flush())
            return Failure(Error(Errc::Unavailable, "cannot write a generated file")
                               .with("path", path.string())
                               .hint("give the root of a source tree that you may write"));
        written.push_back(file.path);
    }
    return written;
}

}  // namespace forgehouse::generate
