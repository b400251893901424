// Every folder of testdata/ is a history (`stream`, for git fast-import) and the rows that must
// come of it (`rows.jsonl`). UPDATE_GOLDEN=1 accepts what comes now; look at the diff.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <regex>
#include <sstream>

#include "ports/forwarding_warehouse.h"
#include "schema/rows_text.h"
#include "support/collecting.h"

namespace forgehouse::collect {
namespace {

namespace fs = std::filesystem;

const fs::path kCases = fs::path(FORGEHOUSE_ROOM_DIR) / "testdata";

std::string content_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return (std::ostringstream() << file.rdbuf()).str();
}

std::vector<std::string> cases() {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(kCases))
        names.push_back(entry.path().filename().string());
    std::ranges::sort(names);
    return names;
}

// Keeps each inserted batch as text, by table.
class Recording final : public ports::ForwardingWarehouse {
public:
    using ForwardingWarehouse::ForwardingWarehouse;

    Result<void> insert(exec::Context& ctx, const schema::Batch& rows,
                        std::string_view token) override {
        TRY_LET(text, schema::to_json_lines(rows));
        const std::string name(rows.table().name);
        if (name != "git_collection_runs" && name != "git_data_quality" && name != "git_coverage")
            lines[name] += text;
        return ForwardingWarehouse::insert(ctx, rows, token);
    }

    std::map<std::string, std::string> lines;
};

class GitRows : public testing_support::Collecting,
                public testing::WithParamInterface<std::string> {};

TEST_P(GitRows, AreThoseOfTheGolden) {
    testing_support::init_repository(repo(), {"--bare"});
    const fs::path folder = kCases / GetParam();
    if (const std::string stream = content_of(folder / "stream"); !stream.empty())
        testing_support::git(repo(), {"fast-import", "--quiet"}, stream);
    testing_support::MemoryWarehouse memory;
    Recording recording(memory);
    const auto report = run_on(recording, {repo().string()});
    ASSERT_TRUE(report) << report.error().describe();
    ASSERT_EQ(report->status, schema::RunStatus::Completed);
    std::string rows;
    for (const auto& [table, lines] : recording.lines) rows += "# " + table + '\n' + lines;
    // Where the test runs, and how well git packs, are no matter of the mapping.
    for (std::size_t at; (at = rows.find(this->folder.path().string())) != std::string::npos;)
        rows.replace(at, this->folder.path().string().size(), "");
    rows = std::regex_replace(rows, std::regex(R"("size_kb":("?)\d+)"), R"("size_kb":$017)");
    const fs::path golden = folder / "rows.jsonl";
    if (::getenv("UPDATE_GOLDEN")) std::ofstream(golden, std::ios::binary) << rows;
    EXPECT_EQ(rows, content_of(golden));
}

INSTANTIATE_TEST_SUITE_P(Cases, GitRows, testing::ValuesIn(cases()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace forgehouse::collect
