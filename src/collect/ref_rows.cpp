#include "collect/ref_rows.h"

#include <fmt/format.h>

#include <map>

#include "collect/queries.h"
#include "schema/batch_reader.h"

namespace forgehouse::collect {
namespace {

// Ids in one question; they travel in its address.
constexpr std::size_t kAsked = 200;

schema::GitBranch stored_branch(const Stamp& stamp) {
    return map_branch(stamp, git::Ref(), false, std::nullopt);
}

schema::GitTag stored_tag(const Stamp& stamp) {
    git::Ref tag;
    tag.name = "refs/tags/";
    return map_tag(stamp, tag);
}

std::optional<std::string> optional_text(const schema::ColumnView& column, std::size_t row) {
    return column.is_null(row) ? std::nullopt : std::optional<std::string>(column.text(row));
}

std::optional<Time> optional_time(const schema::ColumnView& column, std::size_t row) {
    return column.is_null(row) ? std::nullopt : std::optional(column.time(row));
}

Result<std::map<std::string, schema::GitBranch>> stored_branches(exec::Context& ctx,
                                                                 ports::Warehouse& warehouse,
                                                                 const Stamp& stamp) {
    std::map<std::string, schema::GitBranch> out;
    TRY(warehouse.read(ctx, ports::Query(kStoredBranches, parameters_of(stamp.repo)),
                       kStoredBranchesShape, [&](const schema::Batch& block) -> Result<void> {
                           TRY_LET(rows, schema::BatchReader::open(block));
                           for (std::size_t i = 0; i < rows.rows(); ++i) {
                               schema::GitBranch row = stored_branch(stamp);
                               row.branch_name = rows["branch_name"].text(i);
                               row.head_hash = rows["head_hash"].text(i);
                               row.is_default = rows["is_default"].flag(i);
                               row.last_commit_date = optional_time(rows["last_commit_date"], i);
                               out.emplace(row.branch_name, std::move(row));
                           }
                           return {};
                       }));
    return out;
}

Result<std::map<std::string, schema::GitTag>> stored_tags(exec::Context& ctx,
                                                          ports::Warehouse& warehouse,
                                                          const Stamp& stamp) {
    std::map<std::string, schema::GitTag> out;
    TRY(warehouse.read(ctx, ports::Query(kStoredTags, parameters_of(stamp.repo)), kStoredTagsShape,
                       [&](const schema::Batch& block) -> Result<void> {
                           TRY_LET(rows, schema::BatchReader::open(block));
                           for (std::size_t i = 0; i < rows.rows(); ++i) {
                               schema::GitTag row = stored_tag(stamp);
                               row.tag_name = rows["tag_name"].text(i);
                               row.target_hash = rows["target_hash"].text(i);
                               row.is_annotated = rows["is_annotated"].flag(i);
                               row.tagger_name = optional_text(rows["tagger_name"], i);
                               row.tagger_email = optional_text(rows["tagger_email"], i);
                               row.tagged_on = optional_time(rows["tagged_on"], i);
                               row.message = optional_text(rows["message"], i);
                               out.emplace(row.tag_name, std::move(row));
                           }
                           return {};
                       }));
    return out;
}

bool same(const schema::GitBranch& a, const schema::GitBranch& b) {
    return a.head_hash == b.head_hash && a.is_default == b.is_default &&
           a.last_commit_date == b.last_commit_date;
}

bool same(const schema::GitTag& a, const schema::GitTag& b) {
    return a.target_hash == b.target_hash && a.is_annotated == b.is_annotated &&
           a.tagger_name == b.tagger_name && a.tagger_email == b.tagger_email &&
           a.tagged_on == b.tagged_on && a.message == b.message;
}

Result<void> ask_dates(exec::Context& ctx, ports::Warehouse& warehouse, const Stamp& stamp,
                       HeadDates& dates) {
    std::vector<std::string> missing;
    for (const auto& [id, date] : dates)
        if (!date) missing.push_back(id.hex());
    for (std::size_t from = 0; from < missing.size(); from += kAsked) {
        const std::size_t n = std::min(kAsked, missing.size() - from);
        std::vector<ports::Parameter> parameters = parameters_of(stamp.repo);
        parameters.push_back(
            {.name = "hashes", .value = array_of(std::span(missing).subspan(from, n))});
        TRY(warehouse.read(ctx, ports::Query(kCommitDates, std::move(parameters)),
                           kCommitDatesShape, [&](const schema::Batch& block) -> Result<void> {
                               TRY_LET(rows, schema::BatchReader::open(block));
                               for (std::size_t i = 0; i < rows.rows(); ++i)
                                   if (const auto id =
                                           git::ObjectId::from_hex(rows["commit_hash"].text(i)))
                                       dates[*id] = rows["committed_on"].time(i);
                               return {};
                           }));
    }
    return {};
}

// Appends what is new or has changed, then a tombstone for each row of `stored` that is left.
template <class Table, class Row>
void append_changes(schema::Batch& out, const Table& table, std::map<std::string, Row>& stored,
                    std::vector<std::pair<std::string, Row>> present) {
    for (auto& [name, row] : present) {
        const auto was = stored.find(name);
        if (was == stored.end() || !same(was->second, row)) out.append(table, row);
        if (was != stored.end()) stored.erase(was);
    }
    for (auto& [name, row] : stored) {
        row.is_deleted = 1;
        out.append(table, row);
    }
}

bool is_branch(const git::Ref& ref) {
    return ref.kind == git::RefKind::Head && ref.is_commit();
}

}  // namespace

HeadDates heads_of(const git::Refs& refs) {
    HeadDates heads;
    for (const git::Ref& ref : refs.refs)
        if (is_branch(ref)) heads.try_emplace(ref.peeled);
    return heads;
}

Result<RefRows> store_refs(exec::Context& ctx, ports::Warehouse& warehouse, const Stamp& stamp,
                           const git::Refs& refs, HeadDates dates, std::string_view token) {
    TRY_LET(branches, stored_branches(ctx, warehouse, stamp));
    TRY_LET(tags, stored_tags(ctx, warehouse, stamp));
    // A commit's date never changes: what a branch row has serves again while its head stays.
    for (const auto& [name, row] : branches)
        if (const auto id = git::ObjectId::from_hex(row.head_hash))
            if (const auto head = dates.find(*id); head != dates.end() && !head->second)
                head->second = row.last_commit_date;
    TRY(ask_dates(ctx, warehouse, stamp, dates));

    RefRows out;
    std::vector<std::pair<std::string, schema::GitBranch>> now;
    std::vector<std::pair<std::string, schema::GitTag>> tags_now;
    for (const git::Ref& ref : refs.refs) {
        if (is_branch(ref)) {
            const std::optional<Time> date = dates[ref.peeled];
            if (date && (!out.last_commit_date || *out.last_commit_date < *date))
                out.last_commit_date = date;
            schema::GitBranch row = map_branch(stamp, ref, ref.name == refs.default_branch(), date);
            now.emplace_back(row.branch_name, std::move(row));
        } else if (ref.kind == git::RefKind::Tag) {
            schema::GitTag row = map_tag(stamp, ref);
            tags_now.emplace_back(row.tag_name, std::move(row));
        }
    }
    schema::Batch branch_rows(schema::git_branches.info());
    schema::Batch tag_rows(schema::git_tags.info());
    append_changes(branch_rows, schema::git_branches, branches, std::move(now));
    append_changes(tag_rows, schema::git_tags, tags, std::move(tags_now));
    for (const schema::Batch* batch : {&branch_rows, &tag_rows}) {
        if (batch->empty()) continue;
        TRY(warehouse.insert(ctx, *batch, fmt::format("{}/{}", token, batch->table().name)));
        out.rows += batch->rows();
        out.bytes += batch->bytes();
    }
    return out;
}

}  // namespace forgehouse::collect
