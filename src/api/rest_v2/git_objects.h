// What the routes about git share: the repository that is asked, commits in Bitbucket's JSON, and
// who acts.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/call.h"
#include "api/rest_v2/render.h"
#include "base/json.h"
#include "forge/permission.h"
#include "git/hosted/identity.h"
#include "git/hosted/served_repository.h"

namespace forgehouse::api::rest_v2 {

/// A repository, and its git. Shares the open one with whoever else asks it; a body that is written
/// later holds on to it.
struct OpenRepository {
    forge::Workspace workspace;
    forge::Repository repository;
    std::shared_ptr<git::ServedRepository> git;

    /// `https://forge.example.org/2.0/repositories/acme/tools`.
    std::string api_address(const Call& call) const;
    std::string html_address(const Call& call) const;
};
Result<OpenRepository> open_repository(Call& call, const forge::RepoRead& proof);

/// Errors: NotFound with Bitbucket's text where there is none, or it is no commit; Invalid where
/// several commits begin so.
Result<git::ResolvedRev> resolve(Call& call, const OpenRepository& in, std::string_view rev);
/// `a..b`. nullopt for the second where there is one only. Errors: as above; NotFound for `a..`.
struct ResolvedSpec {
    git::ObjectId first;
    std::optional<git::ObjectId> second;
};
Result<ResolvedSpec> resolve_spec(Call& call, const OpenRepository& in, std::string_view spec);

/// Commits, with those of their authors who are users of ours.
struct CommitList {
    std::vector<git::CommitDetails> commits;
    std::map<std::string, forge::User> users;  ///< by lower-case address

    /// nullptr where nobody has that address.
    const forge::User* user_of(std::string_view email) const;
};
Result<CommitList> read_commits(Call& call, const OpenRepository& in,
                                std::span<const git::ObjectId> ids);

/// A commit whole, as a value of its own.
void commit(json::Writer& out, const Call& call, const OpenRepository& in, const CommitList& list,
            const git::CommitDetails& one);
/// `{"type":"commit","hash":…,"links":…}`.
void commit_condensed(json::Writer& out, const Call& call, const OpenRepository& in,
                      const git::ObjectId& id);
/// `{"type":"author","raw":…,"user":…}`.
void author(json::Writer& out, const Call& call, std::string_view raw, const forge::User* user);
/// `{"raw":…,"markup":"markdown","html":…}`: text of somebody's, harmless as HTML.
void rendered_text(json::Writer& out, std::string_view raw);
std::string html_escaped(std::string_view text);

/// Whole seconds: `2024-05-01T12:00:00+00:00`.
std::string commit_time(Time time);
/// The path with every name of it percent-encoded.
std::string path_in_address(std::string_view path);

/// The page of a log that is asked for: by what the page before said of it, or by its number.
struct LogPlace {
    std::size_t size = 0;
    std::string after = {};  ///< as LogQuery::after
};
/// Errors: Invalid with Bitbucket's texts.
Result<LogPlace> log_place(const QueryString& query, std::int64_t usual);
/// LogPage::next as the value of `page`: no number.
std::string log_token(std::string_view next);

/// For moving refs: what has begun is brought to its end though its client hangs up, since a ref
/// that has moved is to be told of.
exec::Context to_the_end();

/// Who acts, as git writes it down: the user's name and primary address; a token that acts for
/// itself by its own name. Errors: Denied where nobody asks; those of Metadb.
Result<git::Identity> identity_of(Call& call);

/// The address that was asked for, without its query.
std::string asked_address(const Call& call);

}  // namespace forgehouse::api::rest_v2
