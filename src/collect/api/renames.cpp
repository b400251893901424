#include "collect/api/renames.h"

#include <map>
#include <vector>

#include "base/text.h"
#include "collect/api/ledger.h"
#include "collect/queries.h"
#include "schema/batch_reader.h"

namespace forgehouse::collect {
namespace {

// Of ids and of texts in one question: ClickHouse searches for at most 255 texts at once.
constexpr std::size_t kAsked = 200;

using Named = std::map<sources::RepoRef, std::set<std::int64_t>>;

std::optional<std::string_view> shown(const schema::ColumnView& column, std::size_t row) {
    if (column.is_null(row)) return std::nullopt;
    return column.text(row);
}

// What pull requests show of a person.
bool same(const schema::GitUser& user, const schema::BatchReader& rows, std::size_t row) {
    const auto equal = [&](std::string_view column, const std::optional<std::string>& now) {
        const auto before = shown(rows[column], row);
        return before.has_value() == now.has_value() && (!now || *before == *now);
    };
    std::optional<std::string> type;
    if (user.user_type) type = schema::name_of(*user.user_type);
    std::optional<std::string> state;
    if (user.state) state = user.state->value;
    return equal("login", user.login) && equal("name", user.name) && equal("email", user.email) &&
           equal("user_type", type) && equal("state", state);
}

std::vector<std::string> piece_of(const std::vector<std::string>& all, std::size_t begin) {
    if (begin >= all.size()) return {};
    const auto from = all.begin() + static_cast<std::ptrdiff_t>(begin);
    return {from, from + static_cast<std::ptrdiff_t>(std::min(kAsked, all.size() - begin))};
}

Result<Named> pull_requests_that_name(exec::Context& ctx, ports::Warehouse& warehouse,
                                      const std::string& data_source,
                                      const ShownOtherwise& people) {
    Named named;
    const std::vector<std::string> uuids(people.uuids.begin(), people.uuids.end());
    const std::vector<std::string> texts(people.texts.begin(), people.texts.end());
    for (std::size_t at = 0; at < std::max(uuids.size(), texts.size()); at += kAsked)
        TRY(warehouse.read(
            ctx,
            ports::Query(kPullRequestsOfPeople,
                         {{.name = "source", .value = data_source},
                          {.name = "people", .value = array_of(piece_of(uuids, at))},
                          {.name = "texts", .value = array_of(piece_of(texts, at))}}),
            kPullRequestsOfPeopleShape, [&](const schema::Batch& block) -> Result<void> {
                TRY_LET(rows, schema::BatchReader::open(block));
                for (std::size_t i = 0; i < rows.rows(); ++i)
                    named[{.data_source = data_source,
                           .project_key = std::string(rows["project_key"].text(i)),
                           .repo_slug = std::string(rows["repo_slug"].text(i))}]
                        .insert(rows["pr_id"].integer(i));
                return {};
            }));
    return named;
}

}  // namespace

void ShownOtherwise::add(std::string_view uuid, std::string_view login, std::string_view email) {
    uuids.emplace(uuid);
    if (!login.empty()) texts.insert(text::json_quoted(login));
    if (!email.empty()) texts.insert(text::json_quoted(email));
}

Result<ShownOtherwise> shown_otherwise(exec::Context& ctx, ports::Warehouse& warehouse,
                                       const std::string& data_source,
                                       std::span<const schema::GitUser> listed,
                                       const std::set<std::string>& gone) {
    std::map<std::string_view, const schema::GitUser*> now;
    for (const schema::GitUser& user : listed) now[user.user_uuid] = &user;
    ShownOtherwise found;
    TRY(warehouse.read(
        ctx, ports::Query(kStoredUsers, {{.name = "source", .value = data_source}}),
        kStoredUsersShape, [&](const schema::Batch& block) -> Result<void> {
            TRY_LET(rows, schema::BatchReader::open(block));
            for (std::size_t i = 0; i < rows.rows(); ++i) {
                const std::string_view uuid = rows["user_uuid"].text(i);
                const auto at = now.find(uuid);
                const bool changed = at != now.end() ? !same(*at->second, rows, i)
                                                     : gone.contains(std::string(uuid));
                if (!changed) continue;
                found.add(uuid, shown(rows["login"], i).value_or(""),
                          shown(rows["email"], i).value_or(""));
                if (at != now.end())
                    found.add(uuid, at->second->login.value_or(""), at->second->email.value_or(""));
            }
            return {};
        }));
    return found;
}

Result<std::uint64_t> forget_readings(exec::Context& ctx, ports::Warehouse& warehouse,
                                      ports::Objects& checkpoints, const std::string& data_source,
                                      const ShownOtherwise& people) {
    TRY_LET(named, pull_requests_that_name(ctx, warehouse, data_source, people));
    std::uint64_t forgotten = 0;
    for (const auto& [repo, ids] : named) {
        TRY_LET(stored, load_ledger(ctx, checkpoints, repo));
        std::uint64_t here = 0;
        for (const std::int64_t id : ids) {
            const auto at = stored.ledger.read.find(id);
            if (at == stored.ledger.read.end()) continue;
            at->second.fingerprint = 0;
            ++here;
        }
        if (here == 0) continue;
        stored.ledger.unfinished = true;  // until they are read: `resume` goes there too
        TRY(save_ledger(ctx, checkpoints, repo, stored));
        forgotten += here;
    }
    return forgotten;
}

}  // namespace forgehouse::collect
