// Rows that tests of this and other rooms start from.
#pragma once

#include "schema/git_commits.h"

namespace forgehouse::schema {

/// A commit with something in every kind of column.
inline GitCommit sample_commit() {
    return GitCommit{.data_source = {"insight_git"},
                     .project_key = "example.org/team",
                     .repo_slug = "app",
                     .commit_hash = "5f2c",
                     .branch = {"main"},
                     .is_reachable = true,
                     .is_in_default_branch = false,
                     .author_name = "Ada",
                     .author_email = "ada@example.org",
                     .author_login = std::nullopt,
                     .co_authors = {"Bo <bo@example.org>", "caf\xE9"},
                     .committer_name = "Ada",
                     .committer_email = std::nullopt,
                     .message = "Say \"hi\"\n\nna\xC3\xAFve \xFF\xC3",
                     .date = Time::from_ms(-1),
                     .committed_on = Time::from_seconds(1'700'000'000),
                     .parents = {},
                     .files_changed = 3,
                     .lines_added = 70'000,
                     .lines_removed = std::nullopt,
                     .is_merge_commit = false,
                     .patch_id = std::nullopt,
                     .language_breakdown = {R"({"C++":{"added":70000}})"},
                     .metadata = {"not json"},
                     .collected_at = Time::from_seconds(1'700'000'001),
                     ._version = 1'700'000'001'000,
                     .is_deleted = 0};
}

}  // namespace forgehouse::schema
