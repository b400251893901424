CREATE DATABASE IF NOT EXISTS `history`;

CREATE TABLE IF NOT EXISTS `history`.`git_projects`
(
    `data_source` LowCardinality(String) COMMENT 'The connector that wrote the row.',
    `project_key` String COMMENT 'What stands before the repository in its address: project, owner, group path or workspace; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `repo_slug` String COMMENT 'The repository\'s name in its address; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `project_uuid` Nullable(String) COMMENT 'The forge\'s own id; NULL for plain git.' CODEC(ZSTD(3)),
    `name` Nullable(String) COMMENT 'The name for people; NULL where the forge has only the key.' CODEC(ZSTD(3)),
    `description` Nullable(String) COMMENT 'The description; NULL where there is none.' CODEC(ZSTD(3)),
    `kind` LowCardinality(Nullable(String)) COMMENT 'What the forge calls it; NULL for plain git. One of PROJECT, PERSONAL, ORGANIZATION, GROUP or WORKSPACE.',
    `is_private` Nullable(Bool) COMMENT 'Whether it is hidden from the public; NULL where the forge does not say.',
    `web_url` Nullable(String) COMMENT 'The page for people; NULL where there is none.' CODEC(ZSTD(3)),
    `created_on` Nullable(DateTime64(3, 'UTC')) COMMENT 'When it was made; NULL where the forge does not say.' CODEC(ZSTD(1)),
    `updated_on` Nullable(DateTime64(3, 'UTC')) COMMENT 'When it last changed; NULL where the forge does not say.' CODEC(ZSTD(1)),
    `metadata` String DEFAULT '{}' COMMENT 'The forge\'s own object as JSON; for what came from git, what no column holds.' CODEC(ZSTD(3)),
    `collected_at` DateTime64(3, 'UTC') COMMENT 'When the row was collected.' CODEC(ZSTD(1)),
    `_version` UInt64 COMMENT 'Epoch milliseconds handed out by the checkpoint store; the largest wins.' CODEC(ZSTD(1)),
    `is_deleted` UInt8 COMMENT '1 on a tombstone: the row is gone at its source.'
)
ENGINE = ReplacingMergeTree(_version, is_deleted)
ORDER BY (`data_source`, `project_key`)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'One project, owner, group or workspace, as last seen. (schema 1, definition 964cd5ea43ee239f)';

CREATE TABLE IF NOT EXISTS `history`.`git_repositories`
(
    `data_source` LowCardinality(String) COMMENT 'The connector that wrote the row.',
    `project_key` String COMMENT 'What stands before the repository in its address: project, owner, group path or workspace; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `repo_slug` String COMMENT 'The repository\'s name in its address; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `repo_uuid` Nullable(String) COMMENT 'The forge\'s own id, which survives renames; NULL for plain git.' CODEC(ZSTD(3)),
    `name` String COMMENT 'The name for people; the slug where there is no other.' CODEC(ZSTD(3)),
    `full_name` Nullable(String) COMMENT 'As the forge writes it, such as owner/name; NULL on Bitbucket Server.' CODEC(ZSTD(3)),
    `parent_project_key` Nullable(String) COMMENT 'Bitbucket Cloud\'s project inside the workspace; else NULL.' CODEC(ZSTD(3)),
    `description` Nullable(String) COMMENT 'The description; NULL where there is none.' CODEC(ZSTD(3)),
    `visibility` LowCardinality(Nullable(String)) COMMENT 'Who may see it; NULL where the forge does not say. One of PUBLIC, INTERNAL or PRIVATE.',
    `is_private` Nullable(Bool) COMMENT 'Whether it is hidden from the public; NULL where the forge does not say.',
    `is_archived` Nullable(Bool) COMMENT 'Whether it is kept read-only; NULL where the forge does not say.',
    `is_fork` Nullable(Bool) COMMENT 'Whether it is a copy of another one; NULL where the forge does not say.',
    `forked_from` Nullable(String) COMMENT 'The parent, as project_key/repo_slug; NULL unless it is a known fork.' CODEC(ZSTD(3)),
    `is_empty` Nullable(Bool) COMMENT 'Whether it has no commits; NULL where unknown.',
    `default_branch` Nullable(String) COMMENT 'Short name; NULL where the repository has none.' CODEC(ZSTD(3)),
    `language` LowCardinality(Nullable(String)) COMMENT 'The main language, by the forge or by lines of the default branch; NULL where unknown.',
    `size_kb` Nullable(UInt64) COMMENT 'Size in units of 1024 bytes, when a run last found something new; NULL where unknown.' CODEC(ZSTD(1)),
    `has_issues` Nullable(Bool) COMMENT 'Whether its issue tracker is on; NULL where the forge does not say.',
    `has_wiki` Nullable(Bool) COMMENT 'Whether its wiki is on; NULL where the forge does not say.',
    `fork_policy` LowCardinality(Nullable(String)) COMMENT 'Who may fork, in the forge\'s words; NULL where the forge does not say.',
    `topics` Array(String) COMMENT 'Labels of the repository.' CODEC(ZSTD(3)),
    `web_url` Nullable(String) COMMENT 'The page for people; NULL where there is none.' CODEC(ZSTD(3)),
    `created_on` Nullable(DateTime64(3, 'UTC')) COMMENT 'When it was made; NULL where the forge does not say.' CODEC(ZSTD(1)),
    `updated_on` Nullable(DateTime64(3, 'UTC')) COMMENT 'When it last changed; NULL where the forge does not say.' CODEC(ZSTD(1)),
    `last_commit_date` Nullable(DateTime64(3, 'UTC')) COMMENT 'The newest committer\'s time among its branches; NULL where it has no commits.' CODEC(ZSTD(1)),
    `first_seen` DateTime64(3, 'UTC') COMMENT 'When a run first met the repository.' CODEC(ZSTD(1)),
    `metadata` String DEFAULT '{}' COMMENT 'The forge\'s own object as JSON; for what came from git, what no column holds.' CODEC(ZSTD(3)),
    `collected_at` DateTime64(3, 'UTC') COMMENT 'When the row was collected.' CODEC(ZSTD(1)),
    `_version` UInt64 COMMENT 'Epoch milliseconds handed out by the checkpoint store; the largest wins.' CODEC(ZSTD(1)),
    `is_deleted` UInt8 COMMENT '1 on a tombstone: the row is gone at its source.'
)
ENGINE = ReplacingMergeTree(_version, is_deleted)
ORDER BY (`data_source`, `project_key`, `repo_slug`)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'One repository, as last seen. (schema 1, definition c21db6bfb2fff10d)';

CREATE TABLE IF NOT EXISTS `history`.`git_branches`
(
    `data_source` LowCardinality(String) COMMENT 'The connector that wrote the row.',
    `project_key` String COMMENT 'What stands before the repository in its address: project, owner, group path or workspace; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `repo_slug` String COMMENT 'The repository\'s name in its address; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `branch_name` String COMMENT 'Short name, without refs/heads/, as git\'s bytes.' CODEC(ZSTD(3)),
    `head_hash` String COMMENT 'Full id of the commit it points at, in hex.' CODEC(ZSTD(3)),
    `is_default` Bool COMMENT 'Whether it is the repository\'s default branch.',
    `is_protected` Nullable(Bool) COMMENT 'Whether the forge guards it; NULL where unknown.',
    `last_commit_date` Nullable(DateTime64(3, 'UTC')) COMMENT 'The committer\'s time of its head; NULL where unknown.' CODEC(ZSTD(1)),
    `metadata` String DEFAULT '{}' COMMENT 'The forge\'s own object as JSON; for what came from git, what no column holds.' CODEC(ZSTD(3)),
    `collected_at` DateTime64(3, 'UTC') COMMENT 'When the row was collected.' CODEC(ZSTD(1)),
    `_version` UInt64 COMMENT 'Epoch milliseconds handed out by the checkpoint store; the largest wins.' CODEC(ZSTD(1)),
    `is_deleted` UInt8 COMMENT '1 on a tombstone: the row is gone at its source.'
)
ENGINE = ReplacingMergeTree(_version, is_deleted)
ORDER BY (`data_source`, `project_key`, `repo_slug`, `branch_name`)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'One branch of a repository, as last seen: heads only. (schema 1, definition 186a400ba9b4bada)';

CREATE TABLE IF NOT EXISTS `history`.`git_tags`
(
    `data_source` LowCardinality(String) COMMENT 'The connector that wrote the row.',
    `project_key` String COMMENT 'What stands before the repository in its address: project, owner, group path or workspace; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `repo_slug` String COMMENT 'The repository\'s name in its address; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `tag_name` String COMMENT 'Short name, without refs/tags/, as git\'s bytes.' CODEC(ZSTD(3)),
    `target_hash` String COMMENT 'Full id of the object that it names in the end, tag objects peeled off.' CODEC(ZSTD(3)),
    `is_annotated` Bool COMMENT 'Whether it is a tag object of its own.',
    `tagger_name` Nullable(String) COMMENT 'Who tagged; NULL on a lightweight tag.' CODEC(ZSTD(3)),
    `tagger_email` Nullable(String) COMMENT 'Who tagged; NULL on a lightweight tag.' CODEC(ZSTD(3)),
    `tagged_on` Nullable(DateTime64(3, 'UTC')) COMMENT 'When it was tagged; NULL on a lightweight tag.' CODEC(ZSTD(1)),
    `message` Nullable(String) COMMENT 'The message; NULL on a lightweight tag.' CODEC(ZSTD(3)),
    `collected_at` DateTime64(3, 'UTC') COMMENT 'When the row was collected.' CODEC(ZSTD(1)),
    `_version` UInt64 COMMENT 'Epoch milliseconds handed out by the checkpoint store; the largest wins.' CODEC(ZSTD(1)),
    `is_deleted` UInt8 COMMENT '1 on a tombstone: the row is gone at its source.'
)
ENGINE = ReplacingMergeTree(_version, is_deleted)
ORDER BY (`data_source`, `project_key`, `repo_slug`, `tag_name`)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'One tag of a repository, as last seen. (schema 1, definition e03dce8e432d4cd6)';

CREATE TABLE IF NOT EXISTS `history`.`git_commits`
(
    `data_source` LowCardinality(String) COMMENT 'The connector that wrote the row.',
    `project_key` String COMMENT 'What stands before the repository in its address: project, owner, group path or workspace; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `repo_slug` String COMMENT 'The repository\'s name in its address; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `commit_hash` String COMMENT 'Full id of the commit, in hex.' CODEC(ZSTD(3)),
    `branch` LowCardinality(String) COMMENT 'The default branch if it holds the commit, else the first by name among heads, remote-tracking branches, tags, pull request refs, other refs; \'\' where no ref reaches it. A head\'s short name, the full name of any other ref.',
    `is_reachable` Bool COMMENT 'Whether a ref reaches it.',
    `is_in_default_branch` Bool COMMENT 'Whether the default branch reaches it.',
    `author_name` String COMMENT 'As the commit itself says.' CODEC(ZSTD(3)),
    `author_email` String COMMENT 'As the commit itself says.' CODEC(ZSTD(3)),
    `author_login` Nullable(String) COMMENT 'The author\'s login, by the forge\'s attribution or its users\' addresses; NULL where unknown.' CODEC(ZSTD(3)),
    `co_authors` Array(String) COMMENT 'Those of the Co-authored-by trailers, as `Name <e-mail>`.' CODEC(ZSTD(3)),
    `committer_name` Nullable(String) COMMENT 'As the commit itself says; NULL where only a forge that hides it was asked.' CODEC(ZSTD(3)),
    `committer_email` Nullable(String) COMMENT 'As the commit itself says; NULL where only a forge that hides it was asked.' CODEC(ZSTD(3)),
    `message` String COMMENT 'The whole message, made valid UTF-8.' CODEC(ZSTD(3)),
    `date` DateTime64(3, 'UTC') COMMENT 'The author\'s time.' CODEC(ZSTD(1)),
    `committed_on` DateTime64(3, 'UTC') COMMENT 'The committer\'s time.' CODEC(ZSTD(1)),
    `parents` Array(String) COMMENT 'Full ids of the parents, the first one first.' CODEC(ZSTD(3)),
    `files_changed` Nullable(UInt32) COMMENT 'Against the first parent; NULL where the difference was not read.' CODEC(ZSTD(1)),
    `lines_added` Nullable(UInt32) COMMENT 'Against the first parent; NULL where the difference was not read.' CODEC(ZSTD(1)),
    `lines_removed` Nullable(UInt32) COMMENT 'Against the first parent; NULL where the difference was not read.' CODEC(ZSTD(1)),
    `is_merge_commit` Bool COMMENT 'Whether it has more than one parent.',
    `patch_id` Nullable(String) COMMENT '`git patch-id --stable`; NULL for merges and where the option patch_ids is off.' CODEC(ZSTD(3)),
    `language_breakdown` String DEFAULT '{}' COMMENT 'Lines added and removed by language.' CODEC(ZSTD(3)),
    `metadata` String DEFAULT '{}' COMMENT 'The forge\'s own object as JSON; for what came from git, what no column holds.' CODEC(ZSTD(3)),
    `collected_at` DateTime64(3, 'UTC') COMMENT 'When the row was collected.' CODEC(ZSTD(1)),
    `_version` UInt64 COMMENT 'Epoch milliseconds handed out by the checkpoint store; the largest wins.' CODEC(ZSTD(1)),
    `is_deleted` UInt8 COMMENT '1 on a tombstone: the row is gone at its source.'
)
ENGINE = ReplacingMergeTree(_version, is_deleted)
PARTITION BY toYear(`committed_on`)
ORDER BY (`data_source`, `project_key`, `repo_slug`, `commit_hash`)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'One commit. A commit that no ref reaches any more stays. (schema 1, definition 78287419faf2daee)';

CREATE TABLE IF NOT EXISTS `history`.`git_commit_files`
(
    `data_source` LowCardinality(String) COMMENT 'The connector that wrote the row.',
    `project_key` String COMMENT 'What stands before the repository in its address: project, owner, group path or workspace; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `repo_slug` String COMMENT 'The repository\'s name in its address; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `commit_hash` String COMMENT 'Full id of the commit, in hex.' CODEC(ZSTD(3)),
    `file_path` String COMMENT 'The path after the commit (before it, when deleted), as git\'s bytes.' CODEC(ZSTD(3)),
    `committed_on` DateTime64(3, 'UTC') COMMENT 'The committer\'s time.' CODEC(ZSTD(1)),
    `old_path` Nullable(String) COMMENT 'The path before a rename or copy, as git\'s bytes; else NULL.' CODEC(ZSTD(3)),
    `change_type` LowCardinality(String) COMMENT 'What became of the file. One of ADDED, MODIFIED, DELETED, RENAMED or COPIED.',
    `file_extension` LowCardinality(String) COMMENT 'Lower case, without the dot; \'\' where there is none.',
    `language` LowCardinality(String) COMMENT 'The programming language by file name (linguist\'s table); \'\' where unknown.',
    `lines_added` UInt32 COMMENT 'As git counts them; 0 for binary files.' CODEC(ZSTD(1)),
    `lines_removed` UInt32 COMMENT 'As git counts them; 0 for binary files.' CODEC(ZSTD(1)),
    `is_binary` Bool COMMENT 'Whether git takes the file for binary.',
    `blob_hash` String COMMENT 'Id of the new blob, \'\' when deleted.' CODEC(ZSTD(3)),
    `diff_hash` String COMMENT 'SHA-256 in hex of `OLD NEW`, the two full blob ids, zeros for a missing side.' CODEC(ZSTD(3)),
    `collected_at` DateTime64(3, 'UTC') COMMENT 'When the row was collected.' CODEC(ZSTD(1)),
    `_version` UInt64 COMMENT 'Epoch milliseconds handed out by the checkpoint store; the largest wins.' CODEC(ZSTD(1)),
    `is_deleted` UInt8 COMMENT '1 on a tombstone: the row is gone at its source.'
)
ENGINE = ReplacingMergeTree(_version, is_deleted)
PARTITION BY toYear(`committed_on`)
ORDER BY (`data_source`, `project_key`, `repo_slug`, `commit_hash`, `file_path`)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'One file that one commit changed, compared with the commit\'s first parent. (schema 1, definition 27caae852999e2fd)';

CREATE TABLE IF NOT EXISTS `history`.`git_pull_requests`
(
    `data_source` LowCardinality(String) COMMENT 'The connector that wrote the row.',
    `project_key` String COMMENT 'What stands before the repository in its address: project, owner, group path or workspace; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `repo_slug` String COMMENT 'The repository\'s name in its address; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `pr_id` Int64 COMMENT 'The forge\'s own id; where ids are per repository, the number.' CODEC(ZSTD(1)),
    `pr_number` Int64 COMMENT 'The number that people see, per repository.' CODEC(ZSTD(1)),
    `title` String COMMENT 'The title.' CODEC(ZSTD(3)),
    `description` Nullable(String) COMMENT 'The description; NULL where there is none.' CODEC(ZSTD(3)),
    `state` LowCardinality(String) COMMENT 'Closed unmerged is DECLINED. One of OPEN, MERGED, DECLINED or SUPERSEDED.',
    `state_raw` LowCardinality(String) COMMENT 'The forge\'s own word for the state.',
    `is_draft` Bool COMMENT 'Whether it is marked as not ready.',
    `author_name` Nullable(String) COMMENT 'Login or name, as the forge shows it; NULL where unknown.' CODEC(ZSTD(3)),
    `author_uuid` Nullable(String) COMMENT 'The forge\'s id of the person (git_users.user_uuid); NULL where unknown.' CODEC(ZSTD(3)),
    `author_email` Nullable(String) COMMENT 'The author\'s e-mail address; NULL where the forge does not say.' CODEC(ZSTD(3)),
    `author_type` LowCardinality(Nullable(String)) COMMENT 'What kind of account the author has; NULL where unknown. One of USER, BOT or GHOST.',
    `created_on` DateTime64(3, 'UTC') COMMENT 'When it was opened.' CODEC(ZSTD(1)),
    `updated_on` DateTime64(3, 'UTC') COMMENT 'When it last changed; the watermark of collection.' CODEC(ZSTD(1)),
    `closed_on` Nullable(DateTime64(3, 'UTC')) COMMENT 'When it left OPEN, by merge or decline; NULL while open.' CODEC(ZSTD(1)),
    `merged_on` Nullable(DateTime64(3, 'UTC')) COMMENT 'When it was merged; NULL unless merged.' CODEC(ZSTD(1)),
    `merged_by` Nullable(String) COMMENT 'Who merged it, as author_name; NULL unless merged and known.' CODEC(ZSTD(3)),
    `assignees` Array(String) COMMENT 'As author_name.' CODEC(ZSTD(3)),
    `merge_commit_hash` Nullable(String) COMMENT 'The commit that the merge made; NULL unless merged and known.' CODEC(ZSTD(3)),
    `merge_strategy` LowCardinality(Nullable(String)) COMMENT 'In the forge\'s words; NULL unless merged and known.',
    `source_project_key` Nullable(String) COMMENT 'Where the change comes from; NULL where that repository is gone.' CODEC(ZSTD(3)),
    `source_repo_slug` Nullable(String) COMMENT 'Where the change comes from; NULL where that repository is gone.' CODEC(ZSTD(3)),
    `source_branch` String COMMENT 'Short name of the branch with the change.' CODEC(ZSTD(3)),
    `source_hash` Nullable(String) COMMENT 'Head of the change when last seen; NULL where unknown.' CODEC(ZSTD(3)),
    `destination_branch` String COMMENT 'Short name of the branch that it is to go into.' CODEC(ZSTD(3)),
    `destination_hash` Nullable(String) COMMENT 'Head of the destination as the forge gives it; NULL where unknown.' CODEC(ZSTD(3)),
    `commit_count` Nullable(UInt32) COMMENT 'Commits that it holds; NULL where unknown.' CODEC(ZSTD(1)),
    `comment_count` Nullable(UInt32) COMMENT 'Comments on it; NULL where unknown.' CODEC(ZSTD(1)),
    `review_count` Nullable(UInt32) COMMENT 'Submitted reviews; NULL where unknown.' CODEC(ZSTD(1)),
    `task_count` Nullable(UInt32) COMMENT 'Tasks on it; NULL where unknown.' CODEC(ZSTD(1)),
    `files_changed` Nullable(UInt32) COMMENT 'Files that it changes; NULL where unknown.' CODEC(ZSTD(1)),
    `lines_added` Nullable(UInt32) COMMENT 'Lines that it adds; NULL where unknown.' CODEC(ZSTD(1)),
    `lines_removed` Nullable(UInt32) COMMENT 'Lines that it removes; NULL where unknown.' CODEC(ZSTD(1)),
    `size_label` LowCardinality(Nullable(String)) COMMENT 'What a label such as size/M says, else by lines added and removed: XS under 10, S under 30, M under 100, L under 500, XL under 1,000, XXL from there; NULL where unknown.',
    `labels` Array(String) COMMENT 'Names of its labels.' CODEC(ZSTD(3)),
    `duration_seconds` Nullable(UInt64) COMMENT 'From opening to leaving OPEN; NULL while open.' CODEC(ZSTD(1)),
    `first_review_on` Nullable(DateTime64(3, 'UTC')) COMMENT 'When somebody other than the author first reviewed or commented; NULL where nobody has.' CODEC(ZSTD(1)),
    `jira_tickets` Array(String) COMMENT 'Ticket keys found in it (git_tickets).' CODEC(ZSTD(3)),
    `web_url` Nullable(String) COMMENT 'The page for people; NULL where there is none.' CODEC(ZSTD(3)),
    `metadata` String DEFAULT '{}' COMMENT 'The forge\'s own object as JSON; for what came from git, what no column holds.' CODEC(ZSTD(3)),
    `collected_at` DateTime64(3, 'UTC') COMMENT 'When the row was collected.' CODEC(ZSTD(1)),
    `_version` UInt64 COMMENT 'Epoch milliseconds handed out by the checkpoint store; the largest wins.' CODEC(ZSTD(1)),
    `is_deleted` UInt8 COMMENT '1 on a tombstone: the row is gone at its source.'
)
ENGINE = ReplacingMergeTree(_version, is_deleted)
PARTITION BY toYear(`created_on`)
ORDER BY (`data_source`, `project_key`, `repo_slug`, `pr_id`)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'One pull request, as last seen. (schema 1, definition 2adf61b3764b9307)';

CREATE TABLE IF NOT EXISTS `history`.`git_pr_reviewers`
(
    `data_source` LowCardinality(String) COMMENT 'The connector that wrote the row.',
    `project_key` String COMMENT 'What stands before the repository in its address: project, owner, group path or workspace; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `repo_slug` String COMMENT 'The repository\'s name in its address; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `pr_id` Int64 COMMENT 'As in git_pull_requests.' CODEC(ZSTD(1)),
    `reviewer_uuid` String COMMENT 'The forge\'s id of the reviewer (git_users.user_uuid).' CODEC(ZSTD(3)),
    `review_id` String COMMENT 'The review\'s own id; \'\' where the forge does not number reviews.' CODEC(ZSTD(3)),
    `reviewer_name` Nullable(String) COMMENT 'Login or name, as the forge shows it; NULL where unknown.' CODEC(ZSTD(3)),
    `reviewer_email` Nullable(String) COMMENT 'The reviewer\'s e-mail address; NULL where the forge does not say.' CODEC(ZSTD(3)),
    `reviewer_type` LowCardinality(Nullable(String)) COMMENT 'What kind of account the reviewer has; NULL where unknown. One of USER, BOT or GHOST.',
    `status` LowCardinality(String) COMMENT 'The reviewer\'s verdict. One of APPROVED, UNAPPROVED, NEEDS_WORK, CHANGES_REQUESTED, COMMENTED, DISMISSED or REQUESTED.',
    `role` LowCardinality(Nullable(String)) COMMENT 'Why the reviewer was asked, in the forge\'s words; NULL where unknown.',
    `approved` Bool COMMENT 'Whether the verdict is an approval that still stands.',
    `commit_hash` Nullable(String) COMMENT 'The commit that was reviewed; NULL where unknown.' CODEC(ZSTD(3)),
    `reviewed_at` Nullable(DateTime64(3, 'UTC')) COMMENT 'NULL where the reviewer has not answered or the forge does not say when.' CODEC(ZSTD(1)),
    `body` Nullable(String) COMMENT 'The review\'s text; NULL where there is none.' CODEC(ZSTD(3)),
    `metadata` String DEFAULT '{}' COMMENT 'The forge\'s own object as JSON; for what came from git, what no column holds.' CODEC(ZSTD(3)),
    `collected_at` DateTime64(3, 'UTC') COMMENT 'When the row was collected.' CODEC(ZSTD(1)),
    `_version` UInt64 COMMENT 'Epoch milliseconds handed out by the checkpoint store; the largest wins.' CODEC(ZSTD(1)),
    `is_deleted` UInt8 COMMENT '1 on a tombstone: the row is gone at its source.'
)
ENGINE = ReplacingMergeTree(_version, is_deleted)
ORDER BY (`data_source`, `project_key`, `repo_slug`, `pr_id`, `reviewer_uuid`, `review_id`)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'One review of a pull request; where a reviewer has one present state and not numbered reviews, one row for each reviewer. (schema 1, definition 7c06f291878d6618)';

CREATE TABLE IF NOT EXISTS `history`.`git_pr_comments`
(
    `data_source` LowCardinality(String) COMMENT 'The connector that wrote the row.',
    `project_key` String COMMENT 'What stands before the repository in its address: project, owner, group path or workspace; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `repo_slug` String COMMENT 'The repository\'s name in its address; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `pr_id` Int64 COMMENT 'As in git_pull_requests.' CODEC(ZSTD(1)),
    `stream` LowCardinality(String) COMMENT 'Which of the forge\'s two number ranges the comment\'s id is from; \'\' where it has one. One of \'\', REVIEW or ISSUE.',
    `comment_id` Int64 COMMENT 'The forge\'s own id.' CODEC(ZSTD(1)),
    `parent_id` Nullable(Int64) COMMENT 'The comment that it answers; NULL where it starts a thread.' CODEC(ZSTD(1)),
    `review_id` Nullable(String) COMMENT 'The review that it belongs to; NULL where to none.' CODEC(ZSTD(3)),
    `kind` LowCardinality(String) COMMENT 'What it is about: the whole, a line or a file. One of GENERAL, INLINE or FILE.',
    `is_task` Bool COMMENT 'Whether it is a task that must be resolved.',
    `content` String COMMENT 'The text as written.' CODEC(ZSTD(3)),
    `author_name` Nullable(String) COMMENT 'Login or name, as the forge shows it; NULL where unknown.' CODEC(ZSTD(3)),
    `author_uuid` Nullable(String) COMMENT 'The forge\'s id of the person (git_users.user_uuid); NULL where unknown.' CODEC(ZSTD(3)),
    `author_email` Nullable(String) COMMENT 'The author\'s e-mail address; NULL where the forge does not say.' CODEC(ZSTD(3)),
    `author_type` LowCardinality(Nullable(String)) COMMENT 'What kind of account the author has; NULL where unknown. One of USER, BOT or GHOST.',
    `created_at` DateTime64(3, 'UTC') COMMENT 'When it was written.' CODEC(ZSTD(1)),
    `updated_at` Nullable(DateTime64(3, 'UTC')) COMMENT 'When it was last changed; NULL where the forge does not say.' CODEC(ZSTD(1)),
    `state` LowCardinality(Nullable(String)) COMMENT 'In the forge\'s words, such as OPEN or RESOLVED; NULL where it has none.',
    `severity` LowCardinality(Nullable(String)) COMMENT 'In the forge\'s words, such as NORMAL or BLOCKER; NULL where it has none.',
    `thread_resolved` Nullable(Bool) COMMENT 'Whether its thread is resolved; NULL where the forge does not say.',
    `resolved_by` Nullable(String) COMMENT 'As author_name; NULL where not resolved or unknown.' CODEC(ZSTD(3)),
    `file_path` Nullable(String) COMMENT 'NULL unless it stands at a file or line.' CODEC(ZSTD(3)),
    `line_number` Nullable(UInt32) COMMENT 'Counted from 1; NULL unless it stands at a line that still exists.' CODEC(ZSTD(1)),
    `line_side` LowCardinality(Nullable(String)) COMMENT 'Which side of the difference the line is on: OLD or NEW; NULL unless it stands at a line.',
    `commit_hash` Nullable(String) COMMENT 'The commit that was commented; NULL where unknown.' CODEC(ZSTD(3)),
    `metadata` String DEFAULT '{}' COMMENT 'The forge\'s own object as JSON; for what came from git, what no column holds.' CODEC(ZSTD(3)),
    `collected_at` DateTime64(3, 'UTC') COMMENT 'When the row was collected.' CODEC(ZSTD(1)),
    `_version` UInt64 COMMENT 'Epoch milliseconds handed out by the checkpoint store; the largest wins.' CODEC(ZSTD(1)),
    `is_deleted` UInt8 COMMENT '1 on a tombstone: the row is gone at its source.'
)
ENGINE = ReplacingMergeTree(_version, is_deleted)
PARTITION BY toYear(`created_at`)
ORDER BY (`data_source`, `project_key`, `repo_slug`, `pr_id`, `stream`, `comment_id`)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'One comment or task on a pull request. (schema 1, definition 63112113b3ac186e)';

CREATE TABLE IF NOT EXISTS `history`.`git_pr_commits`
(
    `data_source` LowCardinality(String) COMMENT 'The connector that wrote the row.',
    `project_key` String COMMENT 'What stands before the repository in its address: project, owner, group path or workspace; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `repo_slug` String COMMENT 'The repository\'s name in its address; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `pr_id` Int64 COMMENT 'As in git_pull_requests.' CODEC(ZSTD(1)),
    `commit_hash` String COMMENT 'Full id of the commit, in hex.' CODEC(ZSTD(3)),
    `commit_order` UInt32 COMMENT 'From 0, in the forge\'s order.' CODEC(ZSTD(1)),
    `collected_at` DateTime64(3, 'UTC') COMMENT 'When the row was collected.' CODEC(ZSTD(1)),
    `_version` UInt64 COMMENT 'Epoch milliseconds handed out by the checkpoint store; the largest wins.' CODEC(ZSTD(1)),
    `is_deleted` UInt8 COMMENT '1 on a tombstone: the row is gone at its source.'
)
ENGINE = ReplacingMergeTree(_version, is_deleted)
ORDER BY (`data_source`, `project_key`, `repo_slug`, `pr_id`, `commit_hash`)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'One commit that one pull request holds. (schema 1, definition 5de026d0f9fb2768)';

CREATE TABLE IF NOT EXISTS `history`.`git_pr_participants`
(
    `data_source` LowCardinality(String) COMMENT 'The connector that wrote the row.',
    `project_key` String COMMENT 'What stands before the repository in its address: project, owner, group path or workspace; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `repo_slug` String COMMENT 'The repository\'s name in its address; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `pr_id` Int64 COMMENT 'As in git_pull_requests.' CODEC(ZSTD(1)),
    `participant_uuid` String COMMENT 'The forge\'s id of the person (git_users.user_uuid).' CODEC(ZSTD(3)),
    `participant_name` Nullable(String) COMMENT 'Login or name, as the forge shows it; NULL where unknown.' CODEC(ZSTD(3)),
    `participant_email` Nullable(String) COMMENT 'The person\'s e-mail address; NULL where the forge does not say.' CODEC(ZSTD(3)),
    `role` LowCardinality(String) COMMENT 'The part that the person takes. One of AUTHOR, REVIEWER or PARTICIPANT.',
    `status` LowCardinality(Nullable(String)) COMMENT 'The person\'s verdict; NULL where there is none. One of APPROVED, UNAPPROVED, NEEDS_WORK, CHANGES_REQUESTED, COMMENTED, DISMISSED or REQUESTED.',
    `approved` Bool COMMENT 'Whether the verdict is an approval that still stands.',
    `last_reviewed_commit` Nullable(String) COMMENT 'The commit that the person reviewed last; NULL where there is none or the forge does not say.' CODEC(ZSTD(3)),
    `metadata` String DEFAULT '{}' COMMENT 'The forge\'s own object as JSON; for what came from git, what no column holds.' CODEC(ZSTD(3)),
    `collected_at` DateTime64(3, 'UTC') COMMENT 'When the row was collected.' CODEC(ZSTD(1)),
    `_version` UInt64 COMMENT 'Epoch milliseconds handed out by the checkpoint store; the largest wins.' CODEC(ZSTD(1)),
    `is_deleted` UInt8 COMMENT '1 on a tombstone: the row is gone at its source.'
)
ENGINE = ReplacingMergeTree(_version, is_deleted)
ORDER BY (`data_source`, `project_key`, `repo_slug`, `pr_id`, `participant_uuid`)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'One person who takes part in a pull request. (schema 1, definition 91488d007684a476)';

CREATE TABLE IF NOT EXISTS `history`.`git_pr_events`
(
    `data_source` LowCardinality(String) COMMENT 'The connector that wrote the row.',
    `project_key` String COMMENT 'What stands before the repository in its address: project, owner, group path or workspace; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `repo_slug` String COMMENT 'The repository\'s name in its address; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `pr_id` Int64 COMMENT 'As in git_pull_requests.' CODEC(ZSTD(1)),
    `event_id` String COMMENT 'The forge\'s own id of the event.' CODEC(ZSTD(3)),
    `action` LowCardinality(String) COMMENT 'OPENED, UPDATED, RESCOPED, APPROVED, UNAPPROVED, REVIEWED, COMMENTED, MERGED, DECLINED, REOPENED, LABELED, or what else the forge reports.',
    `actor_name` Nullable(String) COMMENT 'Login or name, as the forge shows it; NULL where unknown.' CODEC(ZSTD(3)),
    `actor_uuid` Nullable(String) COMMENT 'The forge\'s id of the person (git_users.user_uuid); NULL where unknown.' CODEC(ZSTD(3)),
    `occurred_at` DateTime64(3, 'UTC') COMMENT 'When it happened.' CODEC(ZSTD(1)),
    `from_hash` Nullable(String) COMMENT 'Source head after a rescope; else NULL.' CODEC(ZSTD(3)),
    `to_hash` Nullable(String) COMMENT 'Destination head after a rescope; else NULL.' CODEC(ZSTD(3)),
    `previous_from_hash` Nullable(String) COMMENT 'Source head before a rescope; else NULL.' CODEC(ZSTD(3)),
    `previous_to_hash` Nullable(String) COMMENT 'Destination head before a rescope; else NULL.' CODEC(ZSTD(3)),
    `metadata` String DEFAULT '{}' COMMENT 'The forge\'s own object as JSON; for what came from git, what no column holds.' CODEC(ZSTD(3)),
    `collected_at` DateTime64(3, 'UTC') COMMENT 'When the row was collected.' CODEC(ZSTD(1)),
    `_version` UInt64 COMMENT 'Epoch milliseconds handed out by the checkpoint store; the largest wins.' CODEC(ZSTD(1)),
    `is_deleted` UInt8 COMMENT '1 on a tombstone: the row is gone at its source.'
)
ENGINE = ReplacingMergeTree(_version, is_deleted)
PARTITION BY toYear(`occurred_at`)
ORDER BY (`data_source`, `project_key`, `repo_slug`, `pr_id`, `event_id`)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'One thing that happened to a pull request. (schema 1, definition 005169d9f90a3b73)';

CREATE TABLE IF NOT EXISTS `history`.`git_issues`
(
    `data_source` LowCardinality(String) COMMENT 'The connector that wrote the row.',
    `project_key` String COMMENT 'What stands before the repository in its address: project, owner, group path or workspace; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `repo_slug` String COMMENT 'The repository\'s name in its address; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `issue_id` Int64 COMMENT 'The forge\'s own id; where ids are per repository, the number.' CODEC(ZSTD(1)),
    `issue_number` Int64 COMMENT 'The number that people see, per repository.' CODEC(ZSTD(1)),
    `title` String COMMENT 'The title.' CODEC(ZSTD(3)),
    `body` Nullable(String) COMMENT 'The text; NULL where there is none.' CODEC(ZSTD(3)),
    `state` LowCardinality(String) COMMENT 'In upper case: OPEN, CLOSED, or what else the forge has.',
    `kind` LowCardinality(Nullable(String)) COMMENT 'In upper case, such as BUG or TASK; NULL where the forge has none.',
    `priority` LowCardinality(Nullable(String)) COMMENT 'In upper case; NULL where the forge has none.',
    `labels` Array(String) COMMENT 'Names of its labels.' CODEC(ZSTD(3)),
    `milestone` Nullable(String) COMMENT 'The milestone that it belongs to; NULL where there is none.' CODEC(ZSTD(3)),
    `author_name` Nullable(String) COMMENT 'Login or name, as the forge shows it; NULL where unknown.' CODEC(ZSTD(3)),
    `author_uuid` Nullable(String) COMMENT 'The forge\'s id of the person (git_users.user_uuid); NULL where unknown.' CODEC(ZSTD(3)),
    `author_type` LowCardinality(Nullable(String)) COMMENT 'What kind of account the author has; NULL where unknown. One of USER, BOT or GHOST.',
    `assignees` Array(String) COMMENT 'As author_name.' CODEC(ZSTD(3)),
    `comment_count` Nullable(UInt32) COMMENT 'Comments on it; NULL where unknown.' CODEC(ZSTD(1)),
    `created_on` DateTime64(3, 'UTC') COMMENT 'When it was opened.' CODEC(ZSTD(1)),
    `updated_on` DateTime64(3, 'UTC') COMMENT 'When it last changed; the watermark of collection.' CODEC(ZSTD(1)),
    `closed_on` Nullable(DateTime64(3, 'UTC')) COMMENT 'When it was closed; NULL while open.' CODEC(ZSTD(1)),
    `web_url` Nullable(String) COMMENT 'The page for people; NULL where there is none.' CODEC(ZSTD(3)),
    `metadata` String DEFAULT '{}' COMMENT 'The forge\'s own object as JSON; for what came from git, what no column holds.' CODEC(ZSTD(3)),
    `collected_at` DateTime64(3, 'UTC') COMMENT 'When the row was collected.' CODEC(ZSTD(1)),
    `_version` UInt64 COMMENT 'Epoch milliseconds handed out by the checkpoint store; the largest wins.' CODEC(ZSTD(1)),
    `is_deleted` UInt8 COMMENT '1 on a tombstone: the row is gone at its source.'
)
ENGINE = ReplacingMergeTree(_version, is_deleted)
PARTITION BY toYear(`created_on`)
ORDER BY (`data_source`, `project_key`, `repo_slug`, `issue_id`)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'One issue, as last seen. (schema 1, definition 5bc0b8d16a74ac48)';

CREATE TABLE IF NOT EXISTS `history`.`git_issue_comments`
(
    `data_source` LowCardinality(String) COMMENT 'The connector that wrote the row.',
    `project_key` String COMMENT 'What stands before the repository in its address: project, owner, group path or workspace; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `repo_slug` String COMMENT 'The repository\'s name in its address; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `issue_id` Int64 COMMENT 'As in git_issues.' CODEC(ZSTD(1)),
    `comment_id` Int64 COMMENT 'The forge\'s own id.' CODEC(ZSTD(1)),
    `content` String COMMENT 'The text as written.' CODEC(ZSTD(3)),
    `author_name` Nullable(String) COMMENT 'Login or name, as the forge shows it; NULL where unknown.' CODEC(ZSTD(3)),
    `author_uuid` Nullable(String) COMMENT 'The forge\'s id of the person (git_users.user_uuid); NULL where unknown.' CODEC(ZSTD(3)),
    `author_type` LowCardinality(Nullable(String)) COMMENT 'What kind of account the author has; NULL where unknown. One of USER, BOT or GHOST.',
    `created_at` DateTime64(3, 'UTC') COMMENT 'When it was written.' CODEC(ZSTD(1)),
    `updated_at` Nullable(DateTime64(3, 'UTC')) COMMENT 'When it was last changed; NULL where the forge does not say.' CODEC(ZSTD(1)),
    `metadata` String DEFAULT '{}' COMMENT 'The forge\'s own object as JSON; for what came from git, what no column holds.' CODEC(ZSTD(3)),
    `collected_at` DateTime64(3, 'UTC') COMMENT 'When the row was collected.' CODEC(ZSTD(1)),
    `_version` UInt64 COMMENT 'Epoch milliseconds handed out by the checkpoint store; the largest wins.' CODEC(ZSTD(1)),
    `is_deleted` UInt8 COMMENT '1 on a tombstone: the row is gone at its source.'
)
ENGINE = ReplacingMergeTree(_version, is_deleted)
PARTITION BY toYear(`created_at`)
ORDER BY (`data_source`, `project_key`, `repo_slug`, `issue_id`, `comment_id`)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'One comment on an issue. (schema 1, definition 457a84a834dd292c)';

CREATE TABLE IF NOT EXISTS `history`.`git_tickets`
(
    `data_source` LowCardinality(String) COMMENT 'The connector that wrote the row.',
    `project_key` String COMMENT 'What stands before the repository in its address: project, owner, group path or workspace; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `repo_slug` String COMMENT 'The repository\'s name in its address; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `external_ticket_id` String COMMENT 'The ticket\'s key in upper case, such as ABC-123.' CODEC(ZSTD(3)),
    `pr_id` Int64 COMMENT 'The pull request that names it, as in git_pull_requests; 0 where a commit does.' CODEC(ZSTD(1)),
    `commit_hash` String COMMENT 'The commit that names it; \'\' where a pull request does.' CODEC(ZSTD(3)),
    `found_in` LowCardinality(String) COMMENT 'Where the key stands. One of TITLE, DESCRIPTION, BRANCH, COMMIT_MESSAGE or EXPLICIT.',
    `collected_at` DateTime64(3, 'UTC') COMMENT 'When the row was collected.' CODEC(ZSTD(1)),
    `_version` UInt64 COMMENT 'Epoch milliseconds handed out by the checkpoint store; the largest wins.' CODEC(ZSTD(1)),
    `is_deleted` UInt8 COMMENT '1 on a tombstone: the row is gone at its source.'
)
ENGINE = ReplacingMergeTree(_version, is_deleted)
ORDER BY (`data_source`, `project_key`, `repo_slug`, `external_ticket_id`, `pr_id`, `commit_hash`, `found_in`)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'One place where a ticket of a tracker outside (Jira) is named. (schema 1, definition 36407de87cfb885c)';

CREATE TABLE IF NOT EXISTS `history`.`git_users`
(
    `data_source` LowCardinality(String) COMMENT 'The connector that wrote the row.',
    `project_key` String COMMENT 'What stands before the repository in its address: project, owner, group path or workspace; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `repo_slug` String COMMENT 'The repository\'s name in its address; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `user_uuid` String COMMENT 'The forge\'s own id, which survives renames.' CODEC(ZSTD(3)),
    `login` Nullable(String) COMMENT 'The name that the user signs in with; NULL where the forge does not say.' CODEC(ZSTD(3)),
    `name` Nullable(String) COMMENT 'The name for people; NULL where the forge does not say.' CODEC(ZSTD(3)),
    `email` Nullable(String) COMMENT 'The e-mail address; NULL where the forge does not say.' CODEC(ZSTD(3)),
    `user_type` LowCardinality(Nullable(String)) COMMENT 'What kind of account it is; NULL where the forge does not say. One of USER, BOT or GHOST.',
    `state` LowCardinality(Nullable(String)) COMMENT 'In the forge\'s words, such as active or blocked; NULL where it does not say.',
    `created_on` Nullable(DateTime64(3, 'UTC')) COMMENT 'When it was made; NULL where the forge does not say.' CODEC(ZSTD(1)),
    `last_activity_on` Nullable(DateTime64(3, 'UTC')) COMMENT 'When the user last did something; NULL where the forge does not say.' CODEC(ZSTD(1)),
    `web_url` Nullable(String) COMMENT 'The page for people; NULL where there is none.' CODEC(ZSTD(3)),
    `metadata` String DEFAULT '{}' COMMENT 'The forge\'s own object as JSON; for what came from git, what no column holds.' CODEC(ZSTD(3)),
    `collected_at` DateTime64(3, 'UTC') COMMENT 'When the row was collected.' CODEC(ZSTD(1)),
    `_version` UInt64 COMMENT 'Epoch milliseconds handed out by the checkpoint store; the largest wins.' CODEC(ZSTD(1)),
    `is_deleted` UInt8 COMMENT '1 on a tombstone: the row is gone at its source.'
)
ENGINE = ReplacingMergeTree(_version, is_deleted)
ORDER BY (`data_source`, `user_uuid`)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'One user of a forge, as last seen. (schema 1, definition c95a9b8758b3a136)';

CREATE TABLE IF NOT EXISTS `history`.`git_pipelines`
(
    `data_source` LowCardinality(String) COMMENT 'The connector that wrote the row.',
    `project_key` String COMMENT 'What stands before the repository in its address: project, owner, group path or workspace; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `repo_slug` String COMMENT 'The repository\'s name in its address; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `pipeline_id` String COMMENT 'The forge\'s own id.' CODEC(ZSTD(3)),
    `number` Nullable(Int64) COMMENT 'The number that people see; NULL where there is none.' CODEC(ZSTD(1)),
    `name` Nullable(String) COMMENT 'The name for people; NULL where there is none.' CODEC(ZSTD(3)),
    `trigger` LowCardinality(Nullable(String)) COMMENT 'What started it, in the forge\'s words; NULL where unknown.',
    `ref` Nullable(String) COMMENT 'Branch or tag that it ran for; NULL where for none.' CODEC(ZSTD(3)),
    `commit_hash` Nullable(String) COMMENT 'The commit that it ran for; NULL where unknown.' CODEC(ZSTD(3)),
    `state` LowCardinality(String) COMMENT 'How far it is. One of PENDING, RUNNING or COMPLETED.',
    `result` LowCardinality(Nullable(String)) COMMENT 'How it ended; NULL until it is completed. One of SUCCESSFUL, FAILED, STOPPED, ERROR or SKIPPED.',
    `created_on` DateTime64(3, 'UTC') COMMENT 'When it was asked for.' CODEC(ZSTD(1)),
    `started_on` Nullable(DateTime64(3, 'UTC')) COMMENT 'When it began; NULL until it starts.' CODEC(ZSTD(1)),
    `completed_on` Nullable(DateTime64(3, 'UTC')) COMMENT 'When it ended; NULL until it is completed.' CODEC(ZSTD(1)),
    `duration_seconds` Nullable(UInt64) COMMENT 'As the forge counts it; NULL until it is completed.' CODEC(ZSTD(1)),
    `web_url` Nullable(String) COMMENT 'The page for people; NULL where there is none.' CODEC(ZSTD(3)),
    `metadata` String DEFAULT '{}' COMMENT 'The forge\'s own object as JSON; for what came from git, what no column holds.' CODEC(ZSTD(3)),
    `collected_at` DateTime64(3, 'UTC') COMMENT 'When the row was collected.' CODEC(ZSTD(1)),
    `_version` UInt64 COMMENT 'Epoch milliseconds handed out by the checkpoint store; the largest wins.' CODEC(ZSTD(1)),
    `is_deleted` UInt8 COMMENT '1 on a tombstone: the row is gone at its source.'
)
ENGINE = ReplacingMergeTree(_version, is_deleted)
PARTITION BY toYear(`created_on`)
ORDER BY (`data_source`, `project_key`, `repo_slug`, `pipeline_id`)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'One run of a build pipeline. (schema 1, definition 2bfef20b3f2a902f)';

CREATE TABLE IF NOT EXISTS `history`.`git_pipeline_steps`
(
    `data_source` LowCardinality(String) COMMENT 'The connector that wrote the row.',
    `project_key` String COMMENT 'What stands before the repository in its address: project, owner, group path or workspace; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `repo_slug` String COMMENT 'The repository\'s name in its address; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `pipeline_id` String COMMENT 'As in git_pipelines.' CODEC(ZSTD(3)),
    `step_id` String COMMENT 'The forge\'s own id.' CODEC(ZSTD(3)),
    `name` Nullable(String) COMMENT 'The name for people; NULL where there is none.' CODEC(ZSTD(3)),
    `kind` LowCardinality(Nullable(String)) COMMENT 'In the forge\'s words, such as a stage or deployment; NULL where it has none.',
    `state` LowCardinality(String) COMMENT 'How far it is. One of PENDING, RUNNING or COMPLETED.',
    `result` LowCardinality(Nullable(String)) COMMENT 'How it ended; NULL until it is completed. One of SUCCESSFUL, FAILED, STOPPED, ERROR or SKIPPED.',
    `runner` Nullable(String) COMMENT 'The machine or runner that did it; NULL where unknown.' CODEC(ZSTD(3)),
    `exit_code` Nullable(Int64) COMMENT 'Of its command; NULL where unknown.' CODEC(ZSTD(1)),
    `created_on` Nullable(DateTime64(3, 'UTC')) COMMENT 'When it was made; NULL where the forge does not say.' CODEC(ZSTD(1)),
    `started_on` Nullable(DateTime64(3, 'UTC')) COMMENT 'When it began; NULL until it starts.' CODEC(ZSTD(1)),
    `completed_on` Nullable(DateTime64(3, 'UTC')) COMMENT 'When it ended; NULL until it is completed.' CODEC(ZSTD(1)),
    `duration_seconds` Nullable(UInt64) COMMENT 'As the forge counts it; NULL until it is completed.' CODEC(ZSTD(1)),
    `web_url` Nullable(String) COMMENT 'The page for people; NULL where there is none.' CODEC(ZSTD(3)),
    `metadata` String DEFAULT '{}' COMMENT 'The forge\'s own object as JSON; for what came from git, what no column holds.' CODEC(ZSTD(3)),
    `collected_at` DateTime64(3, 'UTC') COMMENT 'When the row was collected.' CODEC(ZSTD(1)),
    `_version` UInt64 COMMENT 'Epoch milliseconds handed out by the checkpoint store; the largest wins.' CODEC(ZSTD(1)),
    `is_deleted` UInt8 COMMENT '1 on a tombstone: the row is gone at its source.'
)
ENGINE = ReplacingMergeTree(_version, is_deleted)
ORDER BY (`data_source`, `project_key`, `repo_slug`, `pipeline_id`, `step_id`)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'One step (job) of one pipeline run. (schema 1, definition 5b1cf8b9932107d1)';

CREATE TABLE IF NOT EXISTS `history`.`git_commit_statuses`
(
    `data_source` LowCardinality(String) COMMENT 'The connector that wrote the row.',
    `project_key` String COMMENT 'What stands before the repository in its address: project, owner, group path or workspace; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `repo_slug` String COMMENT 'The repository\'s name in its address; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `commit_hash` String COMMENT 'Full id of the commit, in hex.' CODEC(ZSTD(3)),
    `status_key` String COMMENT 'The reporter\'s own key of the check, one for each commit.' CODEC(ZSTD(3)),
    `name` Nullable(String) COMMENT 'The name for people; NULL where there is none.' CODEC(ZSTD(3)),
    `state` LowCardinality(String) COMMENT 'In upper case, in the forge\'s words, such as SUCCESSFUL or INPROGRESS.',
    `description` Nullable(String) COMMENT 'The description; NULL where there is none.' CODEC(ZSTD(3)),
    `author_name` Nullable(String) COMMENT 'Who reported it; NULL where unknown.' CODEC(ZSTD(3)),
    `created_on` Nullable(DateTime64(3, 'UTC')) COMMENT 'When it was made; NULL where the forge does not say.' CODEC(ZSTD(1)),
    `updated_on` Nullable(DateTime64(3, 'UTC')) COMMENT 'When it last changed; NULL where the forge does not say.' CODEC(ZSTD(1)),
    `web_url` Nullable(String) COMMENT 'The page for people; NULL where there is none.' CODEC(ZSTD(3)),
    `metadata` String DEFAULT '{}' COMMENT 'The forge\'s own object as JSON; for what came from git, what no column holds.' CODEC(ZSTD(3)),
    `collected_at` DateTime64(3, 'UTC') COMMENT 'When the row was collected.' CODEC(ZSTD(1)),
    `_version` UInt64 COMMENT 'Epoch milliseconds handed out by the checkpoint store; the largest wins.' CODEC(ZSTD(1)),
    `is_deleted` UInt8 COMMENT '1 on a tombstone: the row is gone at its source.'
)
ENGINE = ReplacingMergeTree(_version, is_deleted)
ORDER BY (`data_source`, `project_key`, `repo_slug`, `commit_hash`, `status_key`)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'What one check or build outside says about one commit. (schema 1, definition e3086c7c322eab00)';

CREATE TABLE IF NOT EXISTS `history`.`git_releases`
(
    `data_source` LowCardinality(String) COMMENT 'The connector that wrote the row.',
    `project_key` String COMMENT 'What stands before the repository in its address: project, owner, group path or workspace; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `repo_slug` String COMMENT 'The repository\'s name in its address; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `tag_name` String COMMENT 'The tag that it is made of.' CODEC(ZSTD(3)),
    `release_id` Nullable(String) COMMENT 'The forge\'s own id; NULL where it has none.' CODEC(ZSTD(3)),
    `name` Nullable(String) COMMENT 'The name for people; NULL where there is none.' CODEC(ZSTD(3)),
    `body` Nullable(String) COMMENT 'The notes; NULL where there are none.' CODEC(ZSTD(3)),
    `is_prerelease` Nullable(Bool) COMMENT 'Whether it is marked as not final; NULL where the forge does not say.',
    `is_draft` Nullable(Bool) COMMENT 'Whether it is not published yet; NULL where the forge does not say.',
    `author_name` Nullable(String) COMMENT 'Login or name, as the forge shows it; NULL where unknown.' CODEC(ZSTD(3)),
    `published_on` Nullable(DateTime64(3, 'UTC')) COMMENT 'NULL until it is published.' CODEC(ZSTD(1)),
    `web_url` Nullable(String) COMMENT 'The page for people; NULL where there is none.' CODEC(ZSTD(3)),
    `metadata` String DEFAULT '{}' COMMENT 'The forge\'s own object as JSON; for what came from git, what no column holds.' CODEC(ZSTD(3)),
    `collected_at` DateTime64(3, 'UTC') COMMENT 'When the row was collected.' CODEC(ZSTD(1)),
    `_version` UInt64 COMMENT 'Epoch milliseconds handed out by the checkpoint store; the largest wins.' CODEC(ZSTD(1)),
    `is_deleted` UInt8 COMMENT '1 on a tombstone: the row is gone at its source.'
)
ENGINE = ReplacingMergeTree(_version, is_deleted)
ORDER BY (`data_source`, `project_key`, `repo_slug`, `tag_name`)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'One release, as last seen. (schema 1, definition c77cc91ff5212bc5)';

CREATE TABLE IF NOT EXISTS `history`.`git_deployments`
(
    `data_source` LowCardinality(String) COMMENT 'The connector that wrote the row.',
    `project_key` String COMMENT 'What stands before the repository in its address: project, owner, group path or workspace; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `repo_slug` String COMMENT 'The repository\'s name in its address; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `deployment_id` String COMMENT 'The forge\'s own id.' CODEC(ZSTD(3)),
    `environment` LowCardinality(Nullable(String)) COMMENT 'Where to; NULL where unknown.',
    `commit_hash` Nullable(String) COMMENT 'What was deployed; NULL where unknown.' CODEC(ZSTD(3)),
    `state` LowCardinality(String) COMMENT 'In upper case, in the forge\'s words, such as COMPLETED or FAILED.',
    `started_on` Nullable(DateTime64(3, 'UTC')) COMMENT 'When it began; NULL where the forge does not say.' CODEC(ZSTD(1)),
    `completed_on` Nullable(DateTime64(3, 'UTC')) COMMENT 'When it ended; NULL until it is completed.' CODEC(ZSTD(1)),
    `metadata` String DEFAULT '{}' COMMENT 'The forge\'s own object as JSON; for what came from git, what no column holds.' CODEC(ZSTD(3)),
    `collected_at` DateTime64(3, 'UTC') COMMENT 'When the row was collected.' CODEC(ZSTD(1)),
    `_version` UInt64 COMMENT 'Epoch milliseconds handed out by the checkpoint store; the largest wins.' CODEC(ZSTD(1)),
    `is_deleted` UInt8 COMMENT '1 on a tombstone: the row is gone at its source.'
)
ENGINE = ReplacingMergeTree(_version, is_deleted)
ORDER BY (`data_source`, `project_key`, `repo_slug`, `deployment_id`)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'One deployment of one commit to one environment. (schema 1, definition 50408a66438800ea)';

CREATE TABLE IF NOT EXISTS `history`.`git_collection_runs`
(
    `data_source` LowCardinality(String) COMMENT 'The connector that wrote the row.',
    `project_key` String COMMENT 'What stands before the repository in its address: project, owner, group path or workspace; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `repo_slug` String COMMENT 'The repository\'s name in its address; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `run_id` String COMMENT '`<data_source>-%Y%m%d-%H%M%S`, with a suffix where two start in one second.' CODEC(ZSTD(3)),
    `started_at` DateTime64(3, 'UTC') COMMENT 'When the run began.' CODEC(ZSTD(1)),
    `completed_at` Nullable(DateTime64(3, 'UTC')) COMMENT 'When it ended; NULL while it runs.' CODEC(ZSTD(1)),
    `duration_seconds` Nullable(UInt64) COMMENT 'How long it took; NULL while it runs.' CODEC(ZSTD(1)),
    `status` LowCardinality(String) COMMENT 'How the run goes or ended; partial: some repositories failed. One of running, completed, partial, failed or cancelled.',
    `repos_processed` UInt64 COMMENT 'Repositories that were read to their end.' CODEC(ZSTD(1)),
    `repos_failed` UInt64 COMMENT 'Repositories that were not.' CODEC(ZSTD(1)),
    `commits_collected` UInt64 COMMENT 'Commit rows written.' CODEC(ZSTD(1)),
    `prs_collected` UInt64 COMMENT 'Pull request rows written.' CODEC(ZSTD(1)),
    `records` UInt64 COMMENT 'Rows written, of all tables.' CODEC(ZSTD(1)),
    `api_calls` UInt64 COMMENT 'Requests sent to the forge.' CODEC(ZSTD(1)),
    `api_calls_saved` UInt64 COMMENT 'Requests that caches, ETags and fingerprints spared.' CODEC(ZSTD(1)),
    `rate_limit_waits` UInt64 COMMENT 'Times that the run waited for a rate limit.' CODEC(ZSTD(1)),
    `retries` UInt64 COMMENT 'Requests and writes that were tried again.' CODEC(ZSTD(1)),
    `bytes_downloaded` UInt64 COMMENT 'From the forge, by API and git.' CODEC(ZSTD(1)),
    `errors` UInt64 COMMENT 'Failures that were counted and passed over.' CODEC(ZSTD(1)),
    `quarantined` UInt64 COMMENT 'Items put aside because they could not be right.' CODEC(ZSTD(1)),
    `settings` String DEFAULT '{}' COMMENT 'The options of the run, without secrets.' CODEC(ZSTD(3)),
    `error_summary` Nullable(String) COMMENT 'What failed and why, for people; NULL where nothing did.' CODEC(ZSTD(3)),
    `collected_at` DateTime64(3, 'UTC') COMMENT 'When the row was collected.' CODEC(ZSTD(1)),
    `_version` UInt64 COMMENT 'Epoch milliseconds handed out by the checkpoint store; the largest wins.' CODEC(ZSTD(1)),
    `is_deleted` UInt8 COMMENT '1 on a tombstone: the row is gone at its source.'
)
ENGINE = ReplacingMergeTree(_version, is_deleted)
PARTITION BY toYear(`started_at`)
ORDER BY (`data_source`, `run_id`)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'One run of the collector over one data source. project_key and repo_slug are always empty. (schema 1, definition dadbca1354b1f796)';

CREATE TABLE IF NOT EXISTS `history`.`git_data_quality`
(
    `data_source` LowCardinality(String) COMMENT 'The connector that wrote the row.',
    `project_key` String COMMENT 'What stands before the repository in its address: project, owner, group path or workspace; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `repo_slug` String COMMENT 'The repository\'s name in its address; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `run_id` String COMMENT 'The run, as in git_collection_runs.' CODEC(ZSTD(3)),
    `check` String COMMENT 'Name of the check.' CODEC(ZSTD(3)),
    `table_name` String COMMENT 'The table that was looked at.' CODEC(ZSTD(3)),
    `checked` UInt64 COMMENT 'Rows or items looked at.' CODEC(ZSTD(1)),
    `failed` UInt64 COMMENT 'Those that were not right.' CODEC(ZSTD(1)),
    `sample` Array(String) COMMENT 'Some of those that were not right, by their keys.' CODEC(ZSTD(3)),
    `severity` LowCardinality(String) COMMENT 'How much a failure of the check matters. One of INFO, WARNING or ERROR.',
    `collected_at` DateTime64(3, 'UTC') COMMENT 'When the row was collected.' CODEC(ZSTD(1)),
    `_version` UInt64 COMMENT 'Epoch milliseconds handed out by the checkpoint store; the largest wins.' CODEC(ZSTD(1)),
    `is_deleted` UInt8 COMMENT '1 on a tombstone: the row is gone at its source.'
)
ENGINE = ReplacingMergeTree(_version, is_deleted)
ORDER BY (`data_source`, `project_key`, `repo_slug`, `run_id`, `check`, `table_name`)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'What one check of one run found in one table. (schema 1, definition 20ffc4b602f41689)';

CREATE TABLE IF NOT EXISTS `history`.`git_coverage`
(
    `data_source` LowCardinality(String) COMMENT 'The connector that wrote the row.',
    `project_key` String COMMENT 'What stands before the repository in its address: project, owner, group path or workspace; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `repo_slug` String COMMENT 'The repository\'s name in its address; \'\' where the row belongs to none.' CODEC(ZSTD(3)),
    `stream` String COMMENT 'Such as commits or pull_requests.' CODEC(ZSTD(3)),
    `window` String COMMENT 'The window\'s name, such as 2024-02 or all.' CODEC(ZSTD(3)),
    `expected` Nullable(UInt64) COMMENT 'Items that the source says it has; NULL where it does not say.' CODEC(ZSTD(1)),
    `stored` UInt64 COMMENT 'Items that the warehouse holds.' CODEC(ZSTD(1)),
    `missing` Nullable(UInt64) COMMENT 'Expected and not stored; NULL where unknown.' CODEC(ZSTD(1)),
    `last_checked_at` DateTime64(3, 'UTC') COMMENT 'When this was counted.' CODEC(ZSTD(1)),
    `collected_at` DateTime64(3, 'UTC') COMMENT 'When the row was collected.' CODEC(ZSTD(1)),
    `_version` UInt64 COMMENT 'Epoch milliseconds handed out by the checkpoint store; the largest wins.' CODEC(ZSTD(1)),
    `is_deleted` UInt8 COMMENT '1 on a tombstone: the row is gone at its source.'
)
ENGINE = ReplacingMergeTree(_version, is_deleted)
ORDER BY (`data_source`, `project_key`, `repo_slug`, `stream`, `window`)
SETTINGS non_replicated_deduplication_window = 1000
COMMENT 'How complete one stream of one repository is in one window of time. (schema 1, definition 554b86bfc2ce9fca)';

CREATE DATABASE IF NOT EXISTS `github_stats`;

CREATE DATABASE IF NOT EXISTS `gitlab`;

CREATE OR REPLACE VIEW `github_stats`.`commits` AS
-- A commit may be in several pull requests: it counts for the first that was merged, where none
-- was for the lowest number.
SELECT
    c.commit_hash AS sha,
    c.repo_slug AS repository,
    c.project_key AS organization,
    c.author_login AS author,
    c.author_name AS author_name,
    c.author_email AS author_email,
    replaceOne(initcap(u.user_type), 'Ghost', 'Mannequin') AS author_type,
    c.committer_name AS committer_name,
    c.committed_on AS commit_date,
    c.message AS message,
    c.lines_added AS additions,
    c.lines_removed AS deletions,
    c.files_changed AS changed_files,
    h.pr_number AS pr_number
FROM `history`.git_commits AS c FINAL
GLOBAL ANY LEFT JOIN
(
    SELECT
        pc.data_source AS data_source,
        pc.project_key AS project_key,
        pc.repo_slug AS repo_slug,
        pc.commit_hash AS commit_hash,
        toNullable(argMin(p.pr_number, (
            p.state != 'MERGED',
            isNull(p.merged_on),
            ifNull(p.merged_on, p.created_on),
            p.pr_number))) AS pr_number
    FROM (SELECT data_source, project_key, repo_slug, pr_id, commit_hash FROM `history`.git_pr_commits FINAL) AS pc
    GLOBAL INNER JOIN
    (
        SELECT data_source, project_key, repo_slug, pr_id, pr_number, state, merged_on, created_on
        FROM `history`.git_pull_requests FINAL
    ) AS p
        ON p.data_source = pc.data_source AND p.project_key = pc.project_key
        AND p.repo_slug = pc.repo_slug AND p.pr_id = pc.pr_id
    GROUP BY data_source, project_key, repo_slug, commit_hash
) AS h
    ON h.data_source = c.data_source AND h.project_key = c.project_key
    AND h.repo_slug = c.repo_slug AND h.commit_hash = c.commit_hash
GLOBAL ANY LEFT JOIN
(
    SELECT data_source, login, user_type FROM `history`.git_users FINAL WHERE login IS NOT NULL
) AS u
    ON u.data_source = c.data_source AND u.login = c.author_login
COMMENT 'definition c76c4e73fa238f27 (schema 1)';

CREATE OR REPLACE VIEW `github_stats`.`issue_comments` AS
-- Comments on the pull request as a whole: those of the forge's issue stream, and where a forge
-- numbers all comments together, those at no line or file.
SELECT
    m.comment_id AS comment_id,
    toInt64OrNull(m.review_id) AS review_id,
    p.pr_number AS pr_number,
    m.repo_slug AS repository,
    m.project_key AS organization,
    m.author_name AS author,
    replaceOne(initcap(m.author_type), 'Ghost', 'Mannequin') AS author_type,
    m.content AS body,
    m.created_at AS created_at,
    m.updated_at AS updated_at
FROM `history`.git_pr_comments AS m FINAL
GLOBAL ANY LEFT JOIN
(
    SELECT data_source, project_key, repo_slug, pr_id, toNullable(pr_number) AS pr_number
    FROM `history`.git_pull_requests FINAL
) AS p
    ON p.data_source = m.data_source AND p.project_key = m.project_key
    AND p.repo_slug = m.repo_slug AND p.pr_id = m.pr_id
WHERE m.stream = 'ISSUE' OR (m.stream = '' AND m.kind = 'GENERAL')
COMMENT 'definition 5902d45aaf370088 (schema 1)';

CREATE OR REPLACE VIEW `github_stats`.`metrics` AS
-- What one person did in one repository in one week (its Monday, UTC). A pull request counts as
-- opened, with its way to the first review, in the week of its opening; as merged, with its way to
-- the merge, in the week of the merge. Lines and commits are those of commits by author time, merges
-- apart, whose lines are other commits' lines. Without a login a commit's author is the name in it.
SELECT
    organization,
    repository,
    author,
    replaceOne(initcap(max(type)), 'Ghost', 'Mannequin') AS author_type,
    assumeNotNull(toDate32(at) - (toDayOfWeek(at) - 1)) AS week,
    countIf(what = 'opened') AS prs_opened,
    countIf(what = 'merged') AS prs_merged,
    sum(added) AS additions,
    sum(removed) AS deletions,
    countIf(what = 'commit') AS commits,
    countIf(what = 'review') AS reviews_given,
    countIf(what = 'comment') AS comments_given,
    quantileExactInclusiveIf(0.5)(hours, what = 'opened') AS median_hours_to_first_review,
    quantileExactInclusiveIf(0.5)(hours, what = 'merged') AS median_hours_to_merge
FROM
(
    SELECT
        'opened' AS what, project_key AS organization, repo_slug AS repository,
        author_name AS author, author_type AS type, toNullable(created_on) AS at,
        toUInt64(0) AS added, toUInt64(0) AS removed,
        dateDiff('millisecond', created_on, first_review_on) / 3600000 AS hours
    FROM `history`.git_pull_requests FINAL
    UNION ALL
    SELECT
        'merged', project_key, repo_slug, author_name, author_type, merged_on, 0, 0,
        dateDiff('millisecond', created_on, merged_on) / 3600000
    FROM `history`.git_pull_requests FINAL
    WHERE state = 'MERGED' AND merged_on IS NOT NULL
    UNION ALL
    SELECT
        'commit', c.project_key, c.repo_slug, ifNull(c.author_login, c.author_name), u.user_type,
        c.date, ifNull(c.lines_added, 0), ifNull(c.lines_removed, 0), NULL
    FROM `history`.git_commits AS c FINAL
    GLOBAL ANY LEFT JOIN
    (
        SELECT data_source, login, user_type FROM `history`.git_users FINAL WHERE login IS NOT NULL
    ) AS u
        ON u.data_source = c.data_source AND u.login = c.author_login
    WHERE NOT c.is_merge_commit
    UNION ALL
    SELECT
        'review', project_key, repo_slug, reviewer_name, reviewer_type, reviewed_at, 0, 0, NULL
    FROM `history`.git_pr_reviewers FINAL
    WHERE status NOT IN ('REQUESTED', 'UNAPPROVED') AND reviewed_at IS NOT NULL
    UNION ALL
    SELECT 'comment', project_key, repo_slug, author_name, author_type, created_at, 0, 0, NULL
    FROM `history`.git_pr_comments FINAL
)
GROUP BY organization, repository, author, week
COMMENT 'definition d1e8c6b91013014d (schema 1)';

CREATE OR REPLACE VIEW `github_stats`.`pull_requests` AS
SELECT
    p.pr_number AS pr_number,
    p.repo_slug AS repository,
    p.project_key AS organization,
    p.title AS title,
    multiIf(p.state = 'OPEN', 'OPEN', p.state = 'MERGED', 'MERGED', 'CLOSED') AS state,
    p.author_name AS author,
    replaceOne(initcap(p.author_type), 'Ghost', 'Mannequin') AS author_type,
    p.created_on AS created_at,
    p.updated_on AS updated_at,
    p.closed_on AS closed_at,
    p.merged_on AS merged_at,
    if(p.state = 'MERGED', true, false) AS is_merged,
    p.lines_added AS additions,
    p.lines_removed AS deletions,
    p.files_changed AS changed_files,
    p.commit_count AS commits,
    p.review_count AS review_count,
    p.comment_count AS comment_count,
    p.labels AS labels,
    p.size_label AS size_label,
    p.destination_branch AS base_branch,
    p.source_branch AS head_branch,
    p.merged_by AS merged_by
FROM `history`.git_pull_requests AS p FINAL
COMMENT 'definition dbedba686476679e (schema 1)';

CREATE OR REPLACE VIEW `github_stats`.`review_comments` AS
-- Comments on the change itself: those of the forge's review stream, and where a forge numbers all
-- comments together, those at a line or file.
SELECT
    m.comment_id AS comment_id,
    toInt64OrNull(m.review_id) AS review_id,
    p.pr_number AS pr_number,
    m.repo_slug AS repository,
    m.project_key AS organization,
    m.author_name AS author,
    replaceOne(initcap(m.author_type), 'Ghost', 'Mannequin') AS author_type,
    m.content AS body,
    m.file_path AS path,
    m.line_number AS line,
    m.created_at AS created_at,
    m.updated_at AS updated_at
FROM `history`.git_pr_comments AS m FINAL
GLOBAL ANY LEFT JOIN
(
    SELECT data_source, project_key, repo_slug, pr_id, toNullable(pr_number) AS pr_number
    FROM `history`.git_pull_requests FINAL
) AS p
    ON p.data_source = m.data_source AND p.project_key = m.project_key
    AND p.repo_slug = m.repo_slug AND p.pr_id = m.pr_id
WHERE m.stream = 'REVIEW' OR (m.stream = '' AND m.kind != 'GENERAL')
COMMENT 'definition 2b7b7f47efb85f99 (schema 1)';

CREATE OR REPLACE VIEW `github_stats`.`reviews` AS
-- Submitted reviews: who was only asked, or took an approval back, has none.
SELECT
    toInt64OrNull(r.review_id) AS review_id,
    p.pr_number AS pr_number,
    r.repo_slug AS repository,
    r.project_key AS organization,
    r.reviewer_name AS reviewer,
    replaceOne(initcap(r.reviewer_type), 'Ghost', 'Mannequin') AS reviewer_type,
    if(r.status = 'NEEDS_WORK', 'CHANGES_REQUESTED', r.status) AS state,
    r.reviewed_at AS submitted_at,
    r.body AS body,
    r.commit_hash AS commit_sha
FROM `history`.git_pr_reviewers AS r FINAL
GLOBAL ANY LEFT JOIN
(
    SELECT data_source, project_key, repo_slug, pr_id, toNullable(pr_number) AS pr_number
    FROM `history`.git_pull_requests FINAL
) AS p
    ON p.data_source = r.data_source AND p.project_key = r.project_key
    AND p.repo_slug = r.repo_slug AND p.pr_id = r.pr_id
WHERE r.status NOT IN ('REQUESTED', 'UNAPPROVED')
COMMENT 'definition 7975633c2f5c45e0 (schema 1)';

CREATE OR REPLACE VIEW `gitlab`.`data_sources` AS
-- Which sources are GitLab servers: by name, else by what their runs say, since a configured source
-- may have any name. The other views of this database ask it; it sorts, and is made, before them.
SELECT DISTINCT data_source
FROM `history`.git_collection_runs FINAL
WHERE JSONExtractString(settings, 'connector') = 'gitlab'
UNION DISTINCT
SELECT DISTINCT data_source FROM `history`.git_repositories FINAL WHERE data_source LIKE '%gitlab%'
UNION DISTINCT
SELECT DISTINCT data_source FROM `history`.git_users FINAL WHERE data_source LIKE '%gitlab%'
UNION DISTINCT
SELECT DISTINCT data_source FROM `history`.git_pull_requests FINAL WHERE data_source LIKE '%gitlab%'
COMMENT 'definition 36ab4220d1da7a1b (schema 1)';

CREATE OR REPLACE VIEW `gitlab`.`merge_requests` AS
-- GitLab's own object names the assignee by id; where it is not kept, the first assignee's login does.
SELECT
    m.pr_id AS id,
    toInt64OrNull(r.repo_uuid) AS project_id,
    m.title AS title,
    m.description AS description,
    m.state_raw AS state,
    toInt64OrNull(m.author_uuid) AS author_id,
    coalesce(
        JSONExtract(m.metadata, 'assignee', 'id', 'Nullable(Int64)'),
        toInt64OrNull(u.user_uuid)) AS assignee_id,
    m.created_on AS created_at,
    m.updated_on AS updated_at,
    m.merged_on AS merged_at,
    if(m.state = 'MERGED', NULL, m.closed_on) AS closed_at,
    m.source_branch AS source_branch,
    m.destination_branch AS target_branch,
    m.web_url AS web_url
FROM `history`.git_pull_requests AS m FINAL
GLOBAL ANY LEFT JOIN
(
    SELECT data_source, project_key, repo_slug, repo_uuid FROM `history`.git_repositories FINAL
) AS r
    ON r.data_source = m.data_source AND r.project_key = m.project_key
    AND r.repo_slug = m.repo_slug
GLOBAL ANY LEFT JOIN
(
    SELECT data_source, login, user_uuid FROM `history`.git_users FINAL WHERE login IS NOT NULL
) AS u
    ON u.data_source = m.data_source AND u.login = m.assignees[1]
WHERE m.data_source GLOBAL IN (SELECT data_source FROM gitlab.data_sources)
COMMENT 'definition 310f0b188235d7fe (schema 1)';

CREATE OR REPLACE VIEW `gitlab`.`projects` AS
SELECT
    toInt64OrNull(r.repo_uuid) AS id,
    r.name AS name,
    r.description AS description,
    r.web_url AS web_url,
    r.created_on AS created_at,
    r.updated_on AS updated_at,
    lower(r.visibility) AS visibility,
    r.default_branch AS default_branch
FROM `history`.git_repositories AS r FINAL
WHERE r.data_source GLOBAL IN (SELECT data_source FROM gitlab.data_sources)
COMMENT 'definition 29d640471f229b0f (schema 1)';

CREATE OR REPLACE VIEW `gitlab`.`users` AS
SELECT
    toInt64OrNull(u.user_uuid) AS id,
    u.login AS username,
    u.name AS name,
    u.email AS email,
    u.state AS state,
    u.created_on AS created_at,
    u.last_activity_on AS last_activity_on
FROM `history`.git_users AS u FINAL
WHERE u.data_source GLOBAL IN (SELECT data_source FROM gitlab.data_sources)
COMMENT 'definition 2a0e695f2993d4b6 (schema 1)';

