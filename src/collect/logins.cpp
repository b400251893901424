#include "collect/logins.h"

#include <vector>

#include "base/digest.h"
#include "base/json.h"
#include "base/text.h"
#include "collect/queries.h"
#include "schema/batch_reader.h"
#include "schema/git_commits.h"

namespace forgehouse::collect {
namespace {

constexpr schema::TableInfo kCommits = schema::git_commits.info();

}  // namespace

Logins::Logins(std::string noreply_host)
    : noreply_(noreply_host.empty() ? "" : "@" + text::lower_ascii(noreply_host)) {}

void Logins::add(const schema::GitUser& user) {
    if (!user.login || user.login->empty() || !user.email || user.email->empty()) return;
    const auto [at, is_new] = map_.try_emplace(text::lower_ascii(*user.email), *user.login);
    if (!is_new && *user.login < at->second) at->second = *user.login;
}

std::optional<std::string> Logins::find(std::string_view email) const {
    const std::string address = text::lower_ascii(email);
    if (const auto at = map_.find(address); at != map_.end()) return at->second;
    if (noreply_.empty() || !address.ends_with(noreply_)) return std::nullopt;
    std::string_view local = email.substr(0, email.size() - noreply_.size());
    const auto plus = local.find('+');
    if (plus != std::string_view::npos) local.remove_prefix(plus + 1);
    return local.empty() ? std::nullopt : std::optional(std::string(local));
}

std::string Logins::fingerprint() const {
    json::Writer out;
    out.object();
    for (const auto& [address, login] : map_) out.name(address).text(login);
    out.name(noreply_).flag(true);
    return sha256_hex(out.end().take());
}

Result<std::uint64_t> amend_logins(exec::Context& ctx, ports::Warehouse& warehouse,
                                   const std::string& data_source, const Logins& logins,
                                   std::uint64_t version) {
    std::map<std::optional<std::string>, std::vector<std::string>> changed;
    std::uint64_t count = 0;
    TRY(warehouse.read(ctx, ports::Query(kAuthorLogins, {{.name = "source", .value = data_source}}),
                       kAuthorLoginsShape, [&](const schema::Batch& block) -> Result<void> {
                           TRY_LET(rows, schema::BatchReader::open(block));
                           const auto &email = rows["author_email"], &login = rows["author_login"];
                           for (std::size_t i = 0; i < rows.rows(); ++i) {
                               auto now = logins.find(email.text(i));
                               const bool is_same =
                                   login.is_null(i) ? !now : now && *now == login.text(i);
                               if (is_same) continue;
                               ++count;
                               changed[std::move(now)].emplace_back(email.text(i));
                           }
                           return {};
                       }));
    for (auto& [login, emails] : changed)
        TRY(warehouse.amend(ctx, {.table = &kCommits,
                                  .prefix = {data_source},
                                  .members = std::move(emails),
                                  .changes = {{"author_login", login}},
                                  .version = version,
                                  .member_column = "author_email"}));
    return count;
}

}  // namespace forgehouse::collect
