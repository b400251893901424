-- A made-up history for the views, one statement a paragraph. Octo is a person, helper-bot a bot,
-- ghost an account that is gone.

INSERT INTO git_users FORMAT JSONEachRow
{"data_source": "insight_github", "user_uuid": "1", "login": "octo", "name": "Octo Cat", "email": "octo@example.com", "user_type": "USER", "_version": 1}
{"data_source": "insight_github", "user_uuid": "2", "login": "helper-bot", "user_type": "BOT", "_version": 1}
{"data_source": "insight_gitlab", "user_uuid": "71", "login": "tanuki", "name": "Old name", "state": "active", "created_on": "2020-01-02 03:04:05.000", "_version": 1}
{"data_source": "insight_gitlab", "user_uuid": "71", "login": "tanuki", "name": "Tanuki", "email": "t@example.com", "state": "active", "created_on": "2020-01-02 03:04:05.000", "last_activity_on": "2024-05-01 00:00:00.000", "_version": 2}
{"data_source": "insight_gitlab", "user_uuid": "72", "login": "gone", "state": "blocked", "_version": 1, "is_deleted": 1}

INSERT INTO git_pull_requests FORMAT JSONEachRow
{"data_source": "insight_github", "project_key": "acme", "repo_slug": "app", "pr_id": 9001, "pr_number": 1, "title": "Old title", "state": "OPEN", "state_raw": "OPEN", "author_name": "octo", "author_type": "USER", "created_on": "2024-03-04 10:00:00.000", "updated_on": "2024-03-04 10:00:00.000", "source_branch": "feature", "destination_branch": "main", "_version": 1}
{"data_source": "insight_github", "project_key": "acme", "repo_slug": "app", "pr_id": 9001, "pr_number": 1, "title": "Add a thing", "state": "MERGED", "state_raw": "MERGED", "author_name": "octo", "author_type": "USER", "created_on": "2024-03-04 10:00:00.000", "updated_on": "2024-03-12 10:00:00.000", "closed_on": "2024-03-12 10:00:00.000", "merged_on": "2024-03-12 10:00:00.000", "merged_by": "helper-bot", "source_branch": "feature", "destination_branch": "main", "commit_count": 2, "comment_count": 3, "review_count": 2, "files_changed": 4, "lines_added": 40, "lines_removed": 2, "size_label": "M", "labels": ["size/M", "api"], "first_review_on": "2024-03-04 16:30:00.000", "_version": 2}
{"data_source": "insight_github", "project_key": "acme", "repo_slug": "app", "pr_id": 9002, "pr_number": 2, "title": "Try another way", "state": "DECLINED", "state_raw": "CLOSED", "author_name": "helper-bot", "author_type": "BOT", "created_on": "2024-03-05 00:00:00.000", "updated_on": "2024-03-06 00:00:00.000", "closed_on": "2024-03-06 00:00:00.000", "source_branch": "other", "destination_branch": "main", "_version": 1}
{"data_source": "insight_github", "project_key": "acme", "repo_slug": "app", "pr_id": 9003, "pr_number": 3, "title": "Merged before number 1", "state": "MERGED", "state_raw": "MERGED", "author_name": "ghost", "author_type": "GHOST", "created_on": "2024-03-04 00:00:00.000", "updated_on": "2024-03-05 12:00:00.000", "closed_on": "2024-03-05 12:00:00.000", "merged_on": "2024-03-05 12:00:00.000", "source_branch": "early", "destination_branch": "main", "_version": 1}
{"data_source": "insight_github", "project_key": "acme", "repo_slug": "app", "pr_id": 9004, "pr_number": 4, "title": "Deleted", "state": "OPEN", "state_raw": "OPEN", "created_on": "2024-03-04 00:00:00.000", "updated_on": "2024-03-04 00:00:00.000", "source_branch": "x", "destination_branch": "main", "_version": 1, "is_deleted": 1}
{"data_source": "insight_gitlab", "project_key": "group/sub", "repo_slug": "lib", "pr_id": 501, "pr_number": 7, "title": "Draft: faster", "description": "why", "state": "OPEN", "state_raw": "opened", "author_uuid": "71", "author_name": "tanuki", "assignees": ["tanuki"], "created_on": "2024-04-01 08:00:00.000", "updated_on": "2024-04-02 08:00:00.000", "source_branch": "fast", "destination_branch": "main", "web_url": "https://gitlab.example/7", "_version": 1}
{"data_source": "insight_gitlab", "project_key": "group/sub", "repo_slug": "lib", "pr_id": 502, "pr_number": 8, "title": "Merged", "state": "MERGED", "state_raw": "merged", "author_uuid": "71", "author_name": "tanuki", "created_on": "2024-04-01 08:00:00.000", "updated_on": "2024-04-03 08:00:00.000", "merged_on": "2024-04-03 08:00:00.000", "closed_on": "2024-04-03 08:00:00.000", "source_branch": "a", "destination_branch": "main", "metadata": {"assignee": {"id": 73}}, "_version": 1}
{"data_source": "insight_gitlab", "project_key": "group/sub", "repo_slug": "lib", "pr_id": 503, "pr_number": 9, "title": "Closed unmerged", "state": "DECLINED", "state_raw": "closed", "author_uuid": "71", "author_name": "tanuki", "created_on": "2024-04-01 08:00:00.000", "updated_on": "2024-04-04 08:00:00.000", "closed_on": "2024-04-04 08:00:00.000", "source_branch": "b", "destination_branch": "main", "_version": 1}

INSERT INTO git_repositories FORMAT JSONEachRow
{"data_source": "insight_github", "project_key": "acme", "repo_slug": "app", "repo_uuid": "33", "name": "app", "first_seen": "2024-01-01 00:00:00.000", "_version": 1}
{"data_source": "insight_gitlab", "project_key": "group/sub", "repo_slug": "lib", "repo_uuid": "4611686018427387905", "name": "Lib", "description": "a library", "visibility": "INTERNAL", "default_branch": "main", "web_url": "https://gitlab.example/group/sub/lib", "created_on": "2019-01-01 00:00:00.000", "updated_on": "2024-04-04 08:00:00.000", "first_seen": "2024-01-01 00:00:00.000", "_version": 1}
{"data_source": "work", "project_key": "group", "repo_slug": "named", "repo_uuid": "5", "name": "Named", "visibility": "PRIVATE", "first_seen": "2024-01-01 00:00:00.000", "_version": 1}
{"data_source": "bitbucket", "project_key": "PRJ", "repo_slug": "other", "repo_uuid": "6", "name": "Other", "first_seen": "2024-01-01 00:00:00.000", "_version": 1}

INSERT INTO git_collection_runs FORMAT JSONEachRow
{"data_source": "work", "run_id": "work-20240101-000000", "started_at": "2024-01-01 00:00:00.000", "status": "completed", "settings": {"connector": "gitlab"}, "_version": 1}
{"data_source": "bitbucket", "run_id": "bitbucket-20240101-000000", "started_at": "2024-01-01 00:00:00.000", "status": "completed", "settings": {"connector": "bitbucket_server"}, "_version": 1}

INSERT INTO git_commits FORMAT JSONEachRow
{"data_source": "insight_github", "project_key": "acme", "repo_slug": "app", "commit_hash": "c1", "author_login": "octo", "author_name": "Octo Cat", "author_email": "octo@example.com", "committer_name": "GitHub", "message": "in both", "date": "2024-03-03 23:59:59.000", "committed_on": "2024-03-04 09:00:00.000", "files_changed": 1, "lines_added": 10, "lines_removed": 1, "_version": 1}
{"data_source": "insight_github", "project_key": "acme", "repo_slug": "app", "commit_hash": "c2", "author_login": "octo", "author_name": "Octo Cat", "author_email": "octo@example.com", "committer_name": "GitHub", "message": "unmerged only", "date": "2024-03-04 00:00:00.000", "committed_on": "2024-03-04 09:00:00.000", "files_changed": 2, "lines_added": 20, "lines_removed": 2, "_version": 1}
{"data_source": "insight_github", "project_key": "acme", "repo_slug": "app", "commit_hash": "c3", "author_name": "No Login", "author_email": "n@example.com", "message": "in none, before 1970", "date": "1969-12-31 23:00:00.000", "committed_on": "1969-12-31 23:00:00.000", "_version": 1}
{"data_source": "insight_github", "project_key": "acme", "repo_slug": "app", "commit_hash": "c4", "author_login": "octo", "author_name": "Octo Cat", "author_email": "octo@example.com", "message": "Merge", "date": "2024-03-05 00:00:00.000", "committed_on": "2024-03-05 00:00:00.000", "is_merge_commit": true, "lines_added": 1000, "_version": 1}
{"data_source": "insight_github", "project_key": "acme", "repo_slug": "app", "commit_hash": "c5", "author_name": "Gone", "author_email": "", "message": "a tombstone", "date": "2024-03-05 00:00:00.000", "committed_on": "2024-03-05 00:00:00.000", "_version": 2, "is_deleted": 1}

INSERT INTO git_pr_commits FORMAT JSONEachRow
{"data_source": "insight_github", "project_key": "acme", "repo_slug": "app", "pr_id": 9001, "commit_hash": "c1", "_version": 1}
{"data_source": "insight_github", "project_key": "acme", "repo_slug": "app", "pr_id": 9002, "commit_hash": "c1", "_version": 1}
{"data_source": "insight_github", "project_key": "acme", "repo_slug": "app", "pr_id": 9003, "commit_hash": "c1", "_version": 1}
{"data_source": "insight_github", "project_key": "acme", "repo_slug": "app", "pr_id": 9002, "commit_hash": "c2", "_version": 1}
{"data_source": "insight_github", "project_key": "acme", "repo_slug": "app", "pr_id": 9004, "commit_hash": "c3", "_version": 1}

INSERT INTO git_pr_reviewers FORMAT JSONEachRow
{"data_source": "insight_github", "project_key": "acme", "repo_slug": "app", "pr_id": 9001, "reviewer_uuid": "2", "review_id": "801", "reviewer_name": "helper-bot", "reviewer_type": "BOT", "status": "COMMENTED", "reviewed_at": "2024-03-04 16:30:00.000", "body": "hm", "commit_hash": "c1", "_version": 1}
{"data_source": "insight_github", "project_key": "acme", "repo_slug": "app", "pr_id": 9001, "reviewer_uuid": "2", "review_id": "802", "reviewer_name": "helper-bot", "reviewer_type": "BOT", "status": "APPROVED", "approved": true, "reviewed_at": "2024-03-12 09:00:00.000", "commit_hash": "c1", "_version": 1}
{"data_source": "insight_github", "project_key": "acme", "repo_slug": "app", "pr_id": 9001, "reviewer_uuid": "1", "review_id": "", "reviewer_name": "octo", "reviewer_type": "USER", "status": "REQUESTED", "_version": 1}
{"data_source": "bitbucket", "project_key": "PRJ", "repo_slug": "other", "pr_id": 3, "reviewer_uuid": "9", "review_id": "", "reviewer_name": "bb", "status": "NEEDS_WORK", "_version": 1}

INSERT INTO git_pr_comments FORMAT JSONEachRow
{"data_source": "insight_github", "project_key": "acme", "repo_slug": "app", "pr_id": 9001, "stream": "REVIEW", "comment_id": 71, "review_id": "801", "kind": "INLINE", "content": "here", "author_name": "helper-bot", "author_type": "BOT", "created_at": "2024-03-04 16:30:00.000", "file_path": "a.c", "line_number": 12, "_version": 1}
{"data_source": "insight_github", "project_key": "acme", "repo_slug": "app", "pr_id": 9001, "stream": "ISSUE", "comment_id": 71, "kind": "GENERAL", "content": "the same number, another stream", "author_name": "octo", "author_type": "USER", "created_at": "2024-03-05 00:00:00.000", "updated_at": "2024-03-05 01:00:00.000", "_version": 1}
{"data_source": "bitbucket", "project_key": "PRJ", "repo_slug": "other", "pr_id": 3, "stream": "", "comment_id": 5, "kind": "FILE", "content": "about the file", "created_at": "2024-03-05 00:00:00.000", "file_path": "b.c", "_version": 1}
{"data_source": "bitbucket", "project_key": "PRJ", "repo_slug": "other", "pr_id": 3, "stream": "", "comment_id": 6, "kind": "GENERAL", "content": "in general", "created_at": "2024-03-05 00:00:00.000", "_version": 1}
