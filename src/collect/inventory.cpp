#include "collect/inventory.h"

#include <algorithm>
#include <thread>

#include "base/text.h"
#include "collect/queries.h"

namespace forgehouse::collect {
namespace {

std::int64_t number(const std::vector<std::optional<std::string>>& row, std::size_t at) {
    return at < row.size() ? text::to_int(row[at].value_or("")).value_or(0) : 0;
}

std::uint64_t count(const ports::Answer& answer, std::size_t at) {
    return answer.rows.empty() ? 0 : static_cast<std::uint64_t>(number(answer.rows.front(), at));
}

Result<void> ask_commits(exec::Context& ctx, ports::Warehouse& warehouse,
                         const sources::RepoRef& repo, Inventory& out) {
    TRY_LET(counts, warehouse.ask(ctx, ports::Query(kCommitCounts, parameters_of(repo))));
    out.reachable = count(counts, 0);
    out.files_of_commits = count(counts, 1);
    TRY_LET(lines, warehouse.ask(ctx, ports::Query(kLanguageLines, parameters_of(repo))));
    for (const auto& row : lines.rows)
        if (!row.empty()) out.languages[row[0].value_or("")] = number(row, 1);
    return {};
}

}  // namespace

Inventory& Inventory::operator+=(const Inventory& more) {
    reachable += more.reachable;
    files_of_commits += more.files_of_commits;
    file_rows += more.file_rows;
    for (const auto& [language, lines] : more.languages) languages[language] += lines;
    return *this;
}

std::optional<std::string> Inventory::main_language() const {
    const auto most = std::ranges::max_element(
        languages, [](const auto& a, const auto& b) { return a.second < b.second; });
    return most == languages.end() ? std::nullopt : std::optional(most->first);
}

Result<Inventory> take_inventory_of_files(exec::Context& ctx, ports::Warehouse& warehouse,
                                          const sources::RepoRef& repo) {
    TRY_LET(answer, warehouse.ask(ctx, ports::Query(kFileCount, parameters_of(repo))));
    Inventory out;
    out.file_rows = count(answer, 0);
    return out;
}

Result<Inventory> take_inventory(exec::Context& ctx, ports::Warehouse& warehouse,
                                 const sources::RepoRef& repo) {
    Inventory out;
    Result<void> asked;
    Result<Inventory> files{Inventory()};
    {
        const std::jthread beside(
            [&, own = ctx]() mutable { asked = ask_commits(own, warehouse, repo, out); });
        files = take_inventory_of_files(ctx, warehouse, repo);
    }
    TRY(std::move(asked));
    if (!files) return files;
    out.file_rows = files->file_rows;
    return out;
}

}  // namespace forgehouse::collect
