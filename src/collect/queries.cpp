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
    of("commit_hash", Type::Text), of("branch", Type::Word), of("is_in_default_branch", Type::Bool),
    of("is_reachable", Type::Bool), of("is_shallow_edge", Type::Bool)};
constexpr std::array kBranchColumns{of("branch_name", Type::Text), of("head_hash", Type::Text),
                                    of("is_default", Type::Bool),
                                    of("last_commit_date", Type::Time, true)};
constexpr std::array kTagColumns{
    of("tag_name", Type::Text),           of("target_hash", Type::Text),
    of("is_annotated", Type::Bool),       of("tagger_name", Type::Text, true),
    of("tagger_email", Type::Text, true), of("tagged_on", Type::Time, true),
    of("message", Type::Text, true)};
constexpr std::array kDateColumns{of("commit_hash", Type::Text), of("committed_on", Type::Time)};

constexpr schema::TableInfo shape(std::string_view name, std::span<const ColumnInfo> columns) {
    return {.name = name, .doc = {}, .key = {}, .columns = columns, .partition_time = {}};
}

}  // namespace

std::vector<ports::Parameter> parameters_of(const sources::RepoRef& repo) {
    return {{.name = "source", .value = repo.data_source},
            {.name = "project", .value = repo.project_key},
            {.name = "slug", .value = repo.repo_slug}};
}

std::string array_of(std::span<const std::string> hex_ids) {
    std::string out = "[";
    for (const std::string& id : hex_ids) {
        if (out.size() > 1) out += ',';
        out.append("'").append(id).append("'");
    }
    return out + ']';
}

constinit const Literal kStoredCommits =
    "SELECT commit_hash, branch, is_in_default_branch, is_reachable, "
    "CAST(startsWith(metadata, '{\"shallow\":true'), 'Bool') AS is_shallow_edge FROM git_commits "
    "WHERE data_source = {source:String} AND project_key = {project:String} "
    "AND repo_slug = {slug:String} ORDER BY commit_hash";
constinit const schema::TableInfo kStoredCommitsShape = shape("stored commits", kCommitColumns);

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

constinit const Literal kStoredRepository =
    "SELECT toUnixTimestamp64Milli(first_seen), _version FROM git_repositories "
    "WHERE data_source = {source:String} AND project_key = {project:String} "
    "AND repo_slug = {slug:String}";

constinit const Literal kMainLanguage =
    "SELECT pair.1 AS language FROM git_commits "
    "ARRAY JOIN JSONExtractKeysAndValuesRaw(language_breakdown) AS pair "
    "WHERE data_source = {source:String} AND project_key = {project:String} "
    "AND repo_slug = {slug:String} AND is_in_default_branch AND NOT is_merge_commit "
    "GROUP BY language ORDER BY sum(toInt64(JSONExtractUInt(pair.2, 'added')) - "
    "toInt64(JSONExtractUInt(pair.2, 'removed'))) DESC, language LIMIT 1";

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

}  // namespace forgehouse::collect
