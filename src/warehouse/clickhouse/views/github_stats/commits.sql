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
FROM git_commits AS c FINAL
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
    FROM (SELECT data_source, project_key, repo_slug, pr_id, commit_hash FROM git_pr_commits FINAL) AS pc
    GLOBAL INNER JOIN
    (
        SELECT data_source, project_key, repo_slug, pr_id, pr_number, state, merged_on, created_on
        FROM git_pull_requests FINAL
    ) AS p
        ON p.data_source = pc.data_source AND p.project_key = pc.project_key
        AND p.repo_slug = pc.repo_slug AND p.pr_id = pc.pr_id
    GROUP BY data_source, project_key, repo_slug, commit_hash
) AS h
    ON h.data_source = c.data_source AND h.project_key = c.project_key
    AND h.repo_slug = c.repo_slug AND h.commit_hash = c.commit_hash
GLOBAL ANY LEFT JOIN
(
    SELECT data_source, login, user_type FROM git_users FINAL WHERE login IS NOT NULL
) AS u
    ON u.data_source = c.data_source AND u.login = c.author_login
