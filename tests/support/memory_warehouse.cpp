#include "support/memory_warehouse.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/json.h"
#include "base/text.h"
#include "collect/queries.h"
#include "schema/all.h"
#include "schema/batch_reader.h"

namespace forgehouse::testing_support {
namespace {

using schema::Type;

Cell cell_of(const schema::ColumnView& column, std::size_t row) {
    Cell cell;
    cell.null = column.is_null(row);
    if (cell.null) return cell;
    switch (column.info().type) {
        case Type::Int64: cell.text = fmt::to_string(column.integer(row)); break;
        case Type::UInt64:
        case Type::UInt32:
        case Type::UInt8: cell.text = fmt::to_string(column.count(row)); break;
        case Type::Float64: cell.text = fmt::to_string(column.number(row)); break;
        case Type::Bool: cell.text = column.flag(row) ? "true" : "false"; break;
        case Type::Time: cell.text = fmt::to_string(column.time(row).ms()); break;
        case Type::Text:
        case Type::Word:
        case Type::Json: cell.text = column.text(row); break;
        case Type::TextList:
            for (const std::string_view text : column.texts(row)) cell.list.emplace_back(text);
    }
    return cell;
}

std::uint64_t number(const Row& row, std::string_view column) {
    const auto at = row.find(column);
    if (at == row.end() || at->second.null) return 0;
    return static_cast<std::uint64_t>(text::to_int(at->second.text).value_or(0));
}

bool flag(const Row& row, std::string_view column) {
    return row.find(column)->second.text == "true";
}

const std::string& text_of(const Row& row, std::string_view column) {
    return row.find(column)->second.text;
}

template <class T>
void append_number(schema::ColumnData& out, const Cell& cell) {
    out.append_fixed(static_cast<T>(text::to_int(cell.text).value_or(0)));
}

void append_list(schema::ColumnData& out, const Cell& cell) {
    std::uint64_t end = 0;
    if (!out.ends.empty())
        std::memcpy(&end, out.ends.data() + out.ends.size() - sizeof end, sizeof end);
    end += cell.list.size();
    char bytes[sizeof end];
    std::memcpy(bytes, &end, sizeof end);
    out.ends.append(bytes, sizeof bytes);
    for (const std::string& text : cell.list) out.append_text(text);
}

void append(schema::ColumnData& out, const schema::ColumnInfo& info, const Cell& cell) {
    if (info.nullable) out.nulls += static_cast<char>(cell.null);
    switch (info.type) {
        case Type::Int64:
        case Type::Time: return append_number<std::int64_t>(out, cell);
        case Type::UInt64: return append_number<std::uint64_t>(out, cell);
        case Type::UInt32: return append_number<std::uint32_t>(out, cell);
        case Type::UInt8: return append_number<std::uint8_t>(out, cell);
        case Type::Bool: out.values += static_cast<char>(cell.text == "true"); return;
        case Type::Text:
        case Type::Word:
        case Type::Json: return out.append_text(cell.text);
        case Type::TextList: return append_list(out, cell);
        case Type::Float64: CHECK(false);
    }
}

std::string_view parameter(const ports::Query& query, std::string_view name) {
    for (const ports::Parameter& one : query.parameters())
        if (one.name == name) return one.value;
    return {};
}

ports::Answer one_row(std::vector<std::string> values) {
    ports::Answer answer;
    auto& row = answer.rows.emplace_back();
    for (std::string& value : values) row.emplace_back(std::move(value));
    return answer;
}

ports::Answer language_lines(const std::vector<Row>& commits) {
    std::map<std::string, std::int64_t> lines;
    for (const Row& row : commits) {
        if (!flag(row, "is_in_default_branch") || flag(row, "is_merge_commit")) continue;
        const auto document = json::Document::parse(text_of(row, "language_breakdown"));
        for (const auto& [language, sum] : *document->root().members())
            lines[std::string(language)] +=
                *sum.at("added")->integer() - *sum.at("removed")->integer();
    }
    ports::Answer answer;
    for (const auto& [language, sum] : lines)
        answer.rows.push_back({language, fmt::to_string(sum)});
    return answer;
}

ports::Answer orphans(const std::vector<Row>& files, const std::vector<Row>& commits) {
    std::set<std::string> known;
    for (const Row& row : commits) known.insert(text_of(row, "commit_hash"));
    std::set<std::string> found;
    std::size_t count = 0;
    for (const Row& row : files)
        if (!known.contains(text_of(row, "commit_hash"))) {
            ++count;
            found.insert(text_of(row, "commit_hash"));
        }
    return one_row({fmt::to_string(count), fmt::format("{}", fmt::join(found, " "))});
}

Failure unknown_question(const ports::Query& query) {
    return Failure(Error(Errc::Invalid, "a question that the fake does not know")
                       .with("sql", std::string(query.sql())));
}

/// Whether all but the prefix of an amendment takes in this row.
bool is_meant(const ports::Warehouse::Amendment& amendment, const Row& row) {
    if (amendment.older_than && number(row, "_version") >= *amendment.older_than) return false;
    if (!amendment.members) return true;
    const std::string_view column = amendment.member_column.empty()
                                        ? amendment.table->key[amendment.prefix.size()]
                                        : std::string_view(amendment.member_column);
    return std::ranges::find(*amendment.members, text_of(row, column)) != amendment.members->end();
}

}  // namespace

void MemoryWarehouse::put(Table& table, Row row) {
    std::vector<std::string> key;
    for (const std::string_view column : table.info->key) key.push_back(text_of(row, column));
    const auto [at, is_new] = table.rows.try_emplace(std::move(key), row);
    if (!is_new && number(row, "_version") >= number(at->second, "_version"))
        at->second = std::move(row);
}

Result<void> MemoryWarehouse::insert(exec::Context& ctx, const schema::Batch& rows,
                                     std::string_view token) {
    TRY(ctx.check());
    TRY_LET(reader, schema::BatchReader::open(rows));
    state_.with([&](State& state) {
        if (!state.tokens.insert(std::string(rows.table().name) + ' ' + std::string(token))
                 .second) {
            ++state.deduplicated;
            return;
        }
        Table& table = state.tables[std::string(rows.table().name)];
        table.info = schema::find_table(rows.table().name);
        for (std::size_t i = 0; i < reader.rows(); ++i) {
            Row row;
            for (const schema::ColumnView& column : reader.columns())
                row.emplace(column.info().name, cell_of(column, i));
            put(table, std::move(row));
        }
    });
    return {};
}

Result<void> MemoryWarehouse::amend(exec::Context& ctx, const Amendment& amendment) {
    TRY(ctx.check());
    state_.with([&](State& state) {
        Table& table = state.tables[std::string(amendment.table->name)];
        table.info = amendment.table;
        const std::size_t depth = amendment.prefix.size();
        std::vector<Row> changed;
        for (const auto& [key, row] : table.rows) {
            if (!std::ranges::equal(amendment.prefix, std::span(key).first(depth))) continue;
            if (!is_meant(amendment, row) || number(row, "is_deleted") != 0) continue;
            Row copy = row;
            for (const auto& [column, value] : amendment.changes) {
                copy[column].text = value.value_or("");
                copy[column].null = !value;
            }
            copy["_version"].text = fmt::to_string(amendment.version);
            changed.push_back(std::move(copy));
        }
        for (Row& row : changed) put(table, std::move(row));
    });
    return {};
}

std::vector<Row> MemoryWarehouse::rows(std::string_view table) const {
    return state_.with([&](const State& state) {
        std::vector<Row> out;
        const auto at = state.tables.find(table);
        if (at == state.tables.end()) return out;
        for (const auto& [key, row] : at->second.rows)
            if (number(row, "is_deleted") == 0) out.push_back(row);
        return out;
    });
}

std::vector<Row> MemoryWarehouse::rows_of(std::string_view table, const ports::Query& query) const {
    std::vector<Row> out = rows(table);
    std::erase_if(out, [&](const Row& row) {
        return text_of(row, "data_source") != parameter(query, "source") ||
               text_of(row, "project_key") != parameter(query, "project") ||
               text_of(row, "repo_slug") != parameter(query, "slug");
    });
    return out;
}

std::vector<Row> MemoryWarehouse::pull_requests_of_people(const ports::Query& query) const {
    const std::string_view people = parameter(query, "people");
    const std::string_view texts = parameter(query, "texts");
    const std::vector<std::pair<std::string_view, std::string_view>> places{
        {"git_pull_requests", "author_uuid"},
        {"git_pr_reviewers", "reviewer_uuid"},
        {"git_pr_participants", "participant_uuid"},
        {"git_pr_events", "actor_uuid"},
        {"git_pr_comments", "author_uuid"}};
    std::vector<std::string> needles;
    for (const std::string_view text : text::split(texts.substr(1, texts.size() - 2), ','))
        if (text.size() > 2) needles.emplace_back(text.substr(1, text.size() - 2));
    std::vector<Row> out;
    for (const auto& [table, column] : places)
        for (Row& row : rows(table)) {
            const Cell& uuid = row.find(column)->second;
            bool named = !uuid.null && people.contains("'" + uuid.text + "'");
            if (table == "git_pr_events" || table == "git_pr_comments")
                named = named || std::ranges::any_of(needles, [&](const std::string& needle) {
                            return text_of(row, "metadata").contains(needle);
                        });
            if (named && text_of(row, "data_source") == parameter(query, "source"))
                out.push_back(std::move(row));
        }
    return out;
}

// The lists of names only make the answer smaller.
ports::Answer MemoryWarehouse::row_counts(const ports::Query& query) const {
    ports::Answer answer;
    for (const schema::TableInfo& table : schema::all_tables()) {
        if (!query.sql().contains(fmt::format(" FROM {} ", table.name))) continue;
        std::map<std::pair<std::string, std::string>, std::uint64_t> counts;
        for (const Row& row : rows(table.name))
            if (text_of(row, "data_source") == parameter(query, "source"))
                ++counts[{text_of(row, "project_key"), text_of(row, "repo_slug")}];
        for (const auto& [repo, count] : counts)
            answer.rows.push_back(
                {std::string(table.name), repo.first, repo.second, fmt::to_string(count)});
    }
    return answer;
}

void MemoryWarehouse::lose(std::string_view table) {
    state_.with([&](State& state) {
        if (const auto at = state.tables.find(table); at != state.tables.end())
            at->second.rows.clear();
    });
}

Result<ports::Answer> MemoryWarehouse::ask(exec::Context& ctx, const ports::Query& query) {
    using namespace collect;
    TRY(ctx.check());
    const std::vector<Row> commits = rows_of("git_commits", query);
    if (query.sql() == kStoredRepository.view()) {
        const auto found = rows_of("git_repositories", query);
        if (found.empty()) return ports::Answer();
        return one_row({text_of(found[0], "first_seen"), text_of(found[0], "_version")});
    }
    if (query.sql() == kCommitCounts.view()) {
        std::uint64_t files = 0;
        for (const Row& row : commits) files += number(row, "files_changed");
        const auto reachable = std::ranges::count_if(
            commits, [](const Row& row) { return flag(row, "is_reachable"); });
        return one_row({fmt::to_string(reachable), fmt::to_string(files)});
    }
    if (query.sql() == kLanguageLines.view()) return language_lines(commits);
    if (query.sql() == kUserCount.view()) {
        const auto users = rows("git_users");
        return one_row({fmt::to_string(std::ranges::count_if(users, [&](const Row& row) {
            return text_of(row, "data_source") == parameter(query, "source");
        }))});
    }
    if (query.sql() == kPullRequestCounts.view()) {
        std::map<std::pair<std::string, std::string>, std::pair<std::uint64_t, std::uint64_t>> all;
        for (const Row& row : rows("git_pull_requests"))
            if (text_of(row, "data_source") == parameter(query, "source")) {
                auto& [count, sum] = all[{text_of(row, "project_key"), text_of(row, "repo_slug")}];
                ++count;
                sum += number(row, "pr_id");
            }
        ports::Answer answer;
        for (const auto& [repo, of] : all)
            answer.rows.push_back(
                {repo.first, repo.second, fmt::to_string(of.first), fmt::to_string(of.second)});
        return answer;
    }
    if (query.sql() == kRowCounts.view()) return row_counts(query);
    if (query.sql() == kPullRequestIds.view()) {
        std::vector<std::string> ids;
        for (const Row& row : rows_of("git_pull_requests", query))
            ids.push_back(text_of(row, "pr_id"));
        return one_row({fmt::format("{}", fmt::join(ids, " "))});
    }
    const std::vector<Row> files = rows_of("git_commit_files", query);
    if (query.sql() == kFileCount.view()) return one_row({fmt::to_string(files.size())});
    if (query.sql() == kOrphanFiles.view()) return orphans(files, commits);
    return unknown_question(query);
}

Result<void> MemoryWarehouse::read(exec::Context& ctx, const ports::Query& query,
                                   const schema::TableInfo& shape, const ports::BlockSink& sink) {
    using namespace collect;
    TRY(ctx.check());
    std::vector<Row> found;
    if (query.sql() == kStoredCommits.view()) {
        found = rows_of("git_commits", query);
        for (Row& row : found)
            for (const std::string_view mark : {"shallow", "over_api"})
                row[mark == "shallow" ? "is_shallow_edge" : "is_over_api"].text =
                    text_of(row, "metadata").starts_with(fmt::format("{{\"{}\":true", mark))
                        ? "true"
                        : "false";
    } else if (query.sql() == kStoredHistory.view()) {
        found = rows_of("git_commits", query);
    } else if (query.sql() == kStoredBranches.view()) {
        found = rows_of("git_branches", query);
    } else if (query.sql() == kAuthorLogins.view()) {
        found = rows("git_commits");
        std::erase_if(found, [&](const Row& row) {
            return text_of(row, "data_source") != parameter(query, "source");
        });
    } else if (query.sql() == kStoredUsers.view()) {
        found = rows("git_users");
        std::erase_if(found, [&](const Row& row) {
            return text_of(row, "data_source") != parameter(query, "source");
        });
    } else if (query.sql() == kPullRequestsOfPeople.view()) {
        found = pull_requests_of_people(query);
    } else if (query.sql() == kTicketMessages.view()) {
        std::set<std::string> named;
        for (const Row& row : rows_of("git_tickets", query))
            named.insert(text_of(row, "commit_hash"));
        found = rows_of("git_commits", query);
        std::erase_if(found,
                      [&](const Row& row) { return !named.contains(text_of(row, "commit_hash")); });
    } else if (query.sql() == kStoredTags.view()) {
        found = rows_of("git_tags", query);
    } else if (query.sql() == kCommitDates.view()) {
        found = rows_of("git_commits", query);
        std::erase_if(found, [&](const Row& row) {
            return !parameter(query, "hashes").contains(text_of(row, "commit_hash"));
        });
    } else {
        return unknown_question(query);
    }
    // Small blocks, so that a consumer that trusts in one block is found out.
    for (std::size_t from = 0; from < found.size(); from += 100) {
        const std::size_t n = std::min<std::size_t>(100, found.size() - from);
        std::vector<schema::ColumnData> columns(shape.columns.size());
        for (std::size_t c = 0; c < columns.size(); ++c)
            for (std::size_t i = from; i < from + n; ++i)
                append(columns[c], shape.columns[c], found[i].find(shape.columns[c].name)->second);
        schema::Batch block(shape);
        block.adopt(n, std::move(columns));
        TRY(sink(block));
    }
    return {};
}

Result<void> MemoryWarehouse::pass_through(exec::Context&, const ports::Query& query,
                                           std::string_view, const ports::ByteSink&) {
    return unknown_question(query);
}

std::size_t MemoryWarehouse::deduplicated() const {
    return state_.with([](const State& state) { return state.deduplicated; });
}

std::string MemoryWarehouse::same_rows() const {
    std::set<std::string> unreachable;
    std::set<std::string> reachable;
    for (const Row& row : rows("git_commits"))
        (flag(row, "is_reachable") ? reachable : unreachable).insert(text_of(row, "commit_hash"));
    std::string out;
    for (const schema::TableInfo& table : schema::all_tables()) {
        if (table.name == "git_collection_runs" || table.name == "git_data_quality" ||
            table.name == "git_coverage")
            continue;
        for (const Row& row : rows(table.name)) {
            if (const auto hash = row.find("commit_hash");
                hash != row.end() && !reachable.contains(hash->second.text))
                continue;
            out += table.name;
            for (const auto& [column, cell] : row) {
                if (column == "collected_at" || column == "_version" || column == "first_seen" ||
                    column == "is_deleted")
                    continue;
                out += fmt::format(" {}=", column);
                out += cell.null ? std::string("NULL") : text::json_quoted(cell.text);
                for (const std::string& text : cell.list) out += text::json_quoted(text);
            }
            out += '\n';
        }
    }
    return out;
}

}  // namespace forgehouse::testing_support
