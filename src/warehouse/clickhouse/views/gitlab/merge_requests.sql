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
FROM git_pull_requests AS m FINAL
GLOBAL ANY LEFT JOIN
(
    SELECT data_source, project_key, repo_slug, repo_uuid FROM git_repositories FINAL
) AS r
    ON r.data_source = m.data_source AND r.project_key = m.project_key
    AND r.repo_slug = m.repo_slug
GLOBAL ANY LEFT JOIN
(
    SELECT data_source, login, user_uuid FROM git_users FINAL WHERE login IS NOT NULL
) AS u
    ON u.data_source = m.data_source AND u.login = m.assignees[1]
WHERE m.data_source GLOBAL IN (SELECT data_source FROM gitlab.data_sources)
