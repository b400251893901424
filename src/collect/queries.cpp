#include "collect/queries.h"

#include <array>

namespace forgehouse::collect {
namespace {

using schema::ColumnInfo;
using schema::Type;

constexpr ColumnInfo of(std::string_view name, Type type, bool nullable = false) {
    return {.name = name, .doc = {}, .type = type, .nullable = nullable, .words = {}};
}

constexpr std::array kCommitColumns{
    of("commit_hash", Type::Text),          of("branch", Type::Word),
    of("is_in_default_branch", Type::Bool), of("is_reachable", Type::Bool),
    of("is_shallow_edge", Type::Bool),      of("is_over_api", Type::Bool)};
constexpr std::array kHistoryColumns{of("commit_hash", Type::Text), of("branch", Type::Word),
                                     of("is_in_default_branch", Type::Bool),
                                     of("is_reachable", Type::Bool), of("parents", Type::TextList)};
constexpr std::array kBranchColumns{of("branch_name", Type::Text), of("head_hash", Type::Text),
                                    of("is_default", Type::Bool),
                                    of("last_commit_date", Type::Time, true)};
constexpr std::array kTagColumns{
    of("tag_name", Type::Text),           of("target_hash", Type::Text),
    of("is_annotated", Type::Bool),       of("tagger_name", Type::Text, true),
    of("tagger_email", Type::Text, true), of("tagged_on", Type::Time, true),
    of("message", Type::Text, true)};
constexpr std::array kDateColumns{of("commit_hash", Type::Text), of("committed_on", Type::Time)};
constexpr std::array kLoginColumns{of("author_email", Type::Text),
                                   of("author_login", Type::Text, true)};

constexpr std::array kUserColumns{of("user_uuid", Type::Text),       of("login", Type::Text, true),
                                  of("name", Type::Text, true),      of("email", Type::Text, true),
                                  of("user_type", Type::Word, true), of("state", Type::Word, true)};
constexpr std::array kPullRequestColumns{of("project_key", Type::Text), of("repo_slug", Type::Text),
                                         of("pr_id", Type::Int64)};
constexpr std::array kMessageColumns{of("commit_hash", Type::Text), of("message", Type::Text)};

constexpr schema::TableInfo shape(std::string_view name, std::span<const ColumnInfo> columns) {
    return {.name = name, .doc = {}, .key = {}, .columns = columns, .partition_time = {}};
}

}  // namespace

std::vector<ports::Parameter> parameters_of(const sources::RepoRef& repo) {
    return {{.name = "source", .value = repo.data_source},
            {.name = "project", .value = repo.project_key},
            {.name = "slug", .value = repo.repo_slug}};
}

std::string array_of(std::span<const std::string> texts) {
    std::string out = "[";
    for (const std::string& text : texts) {
        out += out.size() > 1 ? ",'" : "'";
        for (const char c : text) {
            if (c == '\'' || c == '\\') out += '\\';
            out += c;
        }
        out += '\'';
    }
    return out + ']';
}

constinit const Literal kStoredCommits =
    "SELECT commit_hash, branch, is_in_default_branch, is_reachable, "
    "CAST(startsWith(metadata, '{\"shallow\":true'), 'Bool') AS is_shallow_edge, "
    "CAST(startsWith(metadata, '{\"over_api\":true'), 'Bool') AS is_over_api FROM git_commits "
    "WHERE data_source = {source:String} AND project_key = {project:String} "
    "AND repo_slug = {slug:String} ORDER BY commit_hash";
constinit const schema::TableInfo kStoredCommitsShape = shape("stored commits", kCommitColumns);

constinit const Literal kStoredHistory =
    "SELECT commit_hash, branch, is_in_default_branch, is_reachable, parents FROM git_commits "
    "WHERE data_source = {source:String} AND project_key = {project:String} "
    "AND repo_slug = {slug:String}";
constinit const schema::TableInfo kStoredHistoryShape = shape("stored history", kHistoryColumns);

constinit const Literal kStoredBranches =
    "SELECT branch_name, head_hash, is_default, last_commit_date FROM git_branches "
    "WHERE data_source = {source:String} AND project_key = {project:String} "
    "AND repo_slug = {slug:String}";
constinit const schema::TableInfo kStoredBranchesShape = shape("stored branches", kBranchColumns);

constinit const Literal kStoredTags =
    "SELECT tag_name, target_hash, is_annotated, tagger_name, tagger_email, tagged_on, message "
    "FROM git_tags WHERE data_source = {source:String} AND project_key = {project:String} "
    "AND repo_slug = {slug:String}";
constinit const schema::TableInfo kStoredTagsShape = shape("stored tags", kTagColumns);

constinit const Literal kCommitDates =
    "SELECT commit_hash, committed_on FROM git_commits "
    "WHERE data_source = {source:String} AND project_key = {project:String} "
    "AND repo_slug = {slug:String} AND commit_hash IN {hashes:Array(String)}";
constinit const schema::TableInfo kCommitDatesShape = shape("commit dates", kDateColumns);

constinit const Literal kAuthorLogins =
    "SELECT author_email, author_login FROM git_commits WHERE data_source = {source:String} "
    "GROUP BY author_email, author_login";
constinit const schema::TableInfo kAuthorLoginsShape = shape("author logins", kLoginColumns);

constinit const Literal kStoredUsers =
    "SELECT user_uuid, login, name, email, user_type, state FROM git_users "
    "WHERE data_source = {source:String}";
constinit const schema::TableInfo kStoredUsersShape = shape("stored users", kUserColumns);

constinit const Literal kPullRequestsOfPeople =
    "SELECT DISTINCT project_key, repo_slug, pr_id FROM ("
    "SELECT project_key, repo_slug, pr_id FROM git_pull_requests "
    "WHERE data_source = {source:String} AND author_uuid IN {people:Array(String)} "
    "UNION ALL SELECT project_key, repo_slug, pr_id FROM git_pr_reviewers "
    "WHERE data_source = {source:String} AND reviewer_uuid IN {people:Array(String)} "
    "UNION ALL SELECT project_key, repo_slug, pr_id FROM git_pr_participants "
    "WHERE data_source = {source:String} AND participant_uuid IN {people:Array(String)} "
    "UNION ALL SELECT project_key, repo_slug, pr_id FROM git_pr_events "
    "WHERE data_source = {source:String} AND (actor_uuid IN {people:Array(String)} "
    "OR multiSearchAny(metadata, {texts:Array(String)})) "
    "UNION ALL SELECT project_key, repo_slug, pr_id FROM git_pr_comments "
    "WHERE data_source = {source:String} AND (author_uuid IN {people:Array(String)} "
    "OR multiSearchAny(metadata, {texts:Array(String)})))";
constinit const schema::TableInfo kPullRequestsOfPeopleShape =
    shape("pull requests of people", kPullRequestColumns);

constinit const Literal kTicketMessages =
    "SELECT commit_hash, message FROM git_commits "
    "WHERE data_source = {source:String} AND project_key = {project:String} "
    "AND repo_slug = {slug:String} AND commit_hash IN (SELECT commit_hash FROM git_tickets "
    "WHERE data_source = {source:String} AND project_key = {project:String} "
    "AND repo_slug = {slug:String} AND commit_hash != '')";
constinit const schema::TableInfo kTicketMessagesShape =
    shape("messages with tickets", kMessageColumns);

constinit const Literal kPastRuns =
    "SELECT data_source, run_id, status, toUnixTimestamp64Milli(started_at), "
    "toUnixTimestamp64Milli(completed_at), repos_processed, repos_failed, commits_collected, "
    "prs_collected, records, api_calls, settings, error_summary FROM git_collection_runs "
    "WHERE data_source = {source:String} OR {source:String} = '' "
    "ORDER BY started_at DESC, run_id DESC LIMIT {limit:UInt64}";

constinit const Literal kUserCount =
    "SELECT count() FROM git_users WHERE data_source = {source:String}";

constinit const Literal kPullRequestCounts =
    "SELECT project_key, repo_slug, count(), sum(pr_id) FROM git_pull_requests "
    "WHERE data_source = {source:String} GROUP BY project_key, repo_slug";

constinit const Literal kPullRequestIds =
    "SELECT arrayStringConcat(arraySort(groupArray(pr_id)), ' ') FROM git_pull_requests "
    "WHERE data_source = {source:String} AND project_key = {project:String} "
    "AND repo_slug = {slug:String}";

constinit const Literal kStoredRepository =
    "SELECT toUnixTimestamp64Milli(first_seen), _version FROM git_repositories "
    "WHERE data_source = {source:String} AND project_key = {project:String} "
    "AND repo_slug = {slug:String}";

constinit const Literal kLanguageLines =
    "SELECT pair.1 AS language, sum(toInt64(JSONExtractUInt(pair.2, 'added')) - "
    "toInt64(JSONExtractUInt(pair.2, 'removed'))) FROM git_commits "
    "ARRAY JOIN JSONExtractKeysAndValuesRaw(language_breakdown) AS pair "
    "WHERE data_source = {source:String} AND project_key = {project:String} "
    "AND repo_slug = {slug:String} AND is_in_default_branch AND NOT is_merge_commit "
    "GROUP BY language";

constinit const Literal kCommitCounts =
    "SELECT countIf(is_reachable), sum(files_changed) FROM git_commits "
    "WHERE data_source = {source:String} AND project_key = {project:String} "
    "AND repo_slug = {slug:String}";

constinit const Literal kFileCount =
    "SELECT count() FROM git_commit_files "
    "WHERE data_source = {source:String} AND project_key = {project:String} "
    "AND repo_slug = {slug:String}";

constinit const Literal kOrphanFiles =
    "SELECT count(), arrayStringConcat(arraySort(groupUniqArray(10)(commit_hash)), ' ') "
    "FROM git_commit_files "
    "WHERE data_source = {source:String} AND project_key = {project:String} "
    "AND repo_slug = {slug:String} AND commit_hash NOT IN (SELECT commit_hash FROM git_commits "
    "WHERE data_source = {source:String} AND project_key = {project:String} "
    "AND repo_slug = {slug:String})";

// A macro, since a Literal is made of literals alone.
#define ROWS_OF(table)                                                               \
    "SELECT '" table "', project_key, repo_slug, count() FROM " table                \
    " WHERE data_source = {source:String} AND (empty({projects:Array(String)}) "     \
    "OR project_key IN {projects:Array(String)}) AND (empty({slugs:Array(String)}) " \
    "OR repo_slug IN {slugs:Array(String)}) GROUP BY project_key, repo_slug"
constinit const Literal kRowCounts =
    ROWS_OF("git_projects") " UNION ALL "
    ROWS_OF("git_repositories") " UNION ALL "
    ROWS_OF("git_branches") " UNION ALL "
    ROWS_OF("git_tags") " UNION ALL "
    ROWS_OF("git_commits") " UNION ALL "
    ROWS_OF("git_commit_files") " UNION ALL "
    ROWS_OF("git_tickets") " UNION ALL "
    ROWS_OF("git_pull_requests") " UNION ALL "
    ROWS_OF("git_pr_events") " UNION ALL "
    ROWS_OF("git_pr_reviewers") " UNION ALL "
    ROWS_OF("git_pr_comments") " UNION ALL "
    ROWS_OF("git_pr_participants") " UNION ALL "
    ROWS_OF("git_pr_commits");
#undef ROWS_OF

}  // namespace forgehouse::collect
