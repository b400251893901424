#include "collect/api/people.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/digest.h"
#include "base/log.h"
#include "base/text.h"
#include "collect/api/read_list.h"
#include "collect/api/renames.h"
#include "collect/packed_json.h"
#include "collect/queries.h"

namespace forgehouse::collect {
namespace {

constexpr std::uint64_t kFormat = 1;
constexpr std::size_t kRows = 1000;

std::string key_of(std::string_view data_source) {
    return fmt::format("users/{}.json.zst", ports::object_key_part(data_source));
}

}  // namespace

Result<People::Known> People::load(exec::Context& ctx) {
    Known known;
    const auto loaded = load_packed(ctx, deps_.checkpoints, key_of(forge_.info().data_source));
    if (!loaded && loaded.error().code() != Errc::Corrupt) return Failure(loaded.error());
    // Nothing is lost with it but one comparison: a damaged one counts as none.
    if (!loaded || !*loaded) return known;
    const auto& document = *loaded;
    if (const auto fingerprint = document->root().find("fingerprint"))
        known.fingerprint = fingerprint->text().value_or("");
    if (const auto logins = document->root().find("logins"))
        known.logins = logins->text().value_or("");
    if (const auto listed = document->root().find("listed"))
        for (const json::Value& item : listed->items().value_or(std::vector<json::Value>()))
            known.listed.emplace(item.text().value_or(""));
    return known;
}

Result<void> People::keep(exec::Context& ctx, const Known& known) {
    json::Writer out;
    out.object().name("format").count(kFormat).name("fingerprint").text(known.fingerprint);
    out.name("logins").text(known.logins).name("listed").array();
    for (const std::string& uuid : known.listed) out.text(uuid);
    return save_packed(ctx, deps_.checkpoints, key_of(forge_.info().data_source),
                       out.end().end().take());
}

Result<void> People::forget(exec::Context& ctx, ports::Objects& checkpoints,
                            std::string_view data_source) {
    return checkpoints.remove(ctx, key_of(data_source));
}

Result<void> People::list(exec::Context& ctx, Fetcher& fetcher) {
    TRY_LET(before, load(ctx));
    known_ = std::move(before);
    const sources::RepoRef whole{
        .data_source = forge_.info().data_source, .project_key = {}, .repo_slug = {}};
    TRY_LET(first, forge_.first(sources::Stream::Users, whole, {}));
    std::vector<schema::GitUser> users;
    std::string lines;
    std::string bodies;
    const auto read = [&](const sources::Page& page) { return forge_.read_users(page); };
    TRY(read_list(ctx, fetcher, std::move(first), version_, read,
                  [&](const sources::Page& page, sources::UserListing& listing) -> Result<Brought> {
                      append_line(lines, sources::name_of(sources::Stream::Users), page,
                                  archive_.run_id());
                      bodies += page.body;
                      all_read_ = all_read_ && listing.unreadable.empty();
                      const std::size_t before_it = users.size();
                      for (schema::GitUser& user : listing.users)
                          if (listed_.insert(user.user_uuid).second) {
                              logins_.add(user);
                              users.push_back(std::move(user));
                          }
                      return users.size() > before_it ? Brought::News : Brought::Nothing;
                  }));
    const std::string fingerprint = sha256_hex(bodies);
    TRY_LET(answer, deps_.warehouse.ask(ctx, ports::Query(kUserCount, parameters_of(whole))));
    const auto stored = answer.rows.empty() ? std::string() : answer.rows[0][0].value_or("");
    const bool all_there =
        text::to_int(stored).value_or(0) >= static_cast<std::int64_t>(users.size());
    if (known_.fingerprint == fingerprint && all_there) return {};
    std::set<std::string> gone;
    // One that cannot be read may be any of those that were known.
    if (all_read_)
        std::ranges::set_difference(known_.listed, listed_, std::inserter(gone, gone.end()));
    TRY(archive_.store(ctx, whole, sources::name_of(sources::Stream::Users), lines));
    if (!known_.listed.empty()) TRY(read_again(ctx, users, gone));
    TRY(store(ctx, users));
    TRY(mark_inactive(ctx, gone));
    known_.fingerprint = fingerprint;
    if (all_read_) known_.listed.clear();
    known_.listed.insert(listed_.begin(), listed_.end());
    return keep(ctx, known_);
}

Result<void> People::finish(exec::Context& ctx, std::uint64_t version) {
    TRY(flush(ctx));
    std::string now = all_read_ ? logins_.fingerprint() : std::string();
    if (known_.logins == now || listed_.empty()) return {};
    // Who could not be read has his login all the same: the next whole list gives it to his
    // commits.
    if (all_read_)
        TRY(amend_logins(ctx, deps_.warehouse, forge_.info().data_source, logins_, version));
    known_.logins = std::move(now);
    return keep(ctx, known_);
}

Result<void> People::read_again(exec::Context& ctx, const std::vector<schema::GitUser>& users,
                                const std::set<std::string>& gone) {
    const std::string& data_source = forge_.info().data_source;
    TRY_LET(people, shown_otherwise(ctx, deps_.warehouse, data_source, users, gone));
    if (people.empty()) return {};
    TRY_LET(count, forget_readings(ctx, deps_.warehouse, deps_.checkpoints, data_source, people));
    log::info(
        "collect", "people have other names: their pull requests are read again",
        {{"run_id", archive_.run_id()}, {"people", people.uuids.size()}, {"pull_requests", count}});
    return {};
}

Result<void> People::mark_inactive(exec::Context& ctx, const std::set<std::string>& gone) {
    static constexpr schema::TableInfo kUsers = schema::git_users.info();
    if (gone.empty()) return {};
    return deps_.warehouse.amend(ctx, {.table = &kUsers,
                                       .prefix = {forge_.info().data_source},
                                       .members = std::vector(gone.begin(), gone.end()),
                                       .changes = {{"state", "inactive"}},
                                       .version = version_,
                                       .member_column = {},
                                       .older_than = version_});
}

Result<void> People::adopt(exec::Context& ctx, std::vector<schema::GitUser> users) {
    std::erase_if(
        users, [&](const schema::GitUser& user) { return !listed_.insert(user.user_uuid).second; });
    for (const schema::GitUser& user : users) logins_.add(user);
    return store(ctx, users);
}

Result<void> People::store(exec::Context& ctx, const std::vector<schema::GitUser>& users) {
    for (std::size_t begin = 0; begin < users.size(); begin += kRows) {
        schema::Batch batch(schema::git_users.info());
        for (std::size_t i = begin; i < std::min(users.size(), begin + kRows); ++i) {
            schema::GitUser row = users[i];
            row._version = version_;
            batch.append(schema::git_users, row);
        }
        // Replays share a name: with the version, each is told from those before it.
        TRY(deps_.warehouse.insert(
            ctx, batch, fmt::format("{}/users/{}/{}", archive_.run_id(), version_, ++inserts_)));
        rows_ += batch.rows();
    }
    return {};
}

Result<void> People::met(exec::Context& ctx, std::vector<schema::GitUser> people) {
    for (schema::GitUser& one : people)
        if (!listed_.contains(one.user_uuid) && met_.insert(one.user_uuid).second)
            waiting_.push_back(std::move(one));
    return waiting_.size() < kRows ? Result<void>() : flush(ctx);
}

Result<void> People::flush(exec::Context& ctx) {
    return store(ctx, std::exchange(waiting_, {}));
}

}  // namespace forgehouse::collect
