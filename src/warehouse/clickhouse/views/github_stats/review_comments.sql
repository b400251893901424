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
FROM git_pr_comments AS m FINAL
GLOBAL ANY LEFT JOIN
(
    SELECT data_source, project_key, repo_slug, pr_id, toNullable(pr_number) AS pr_number
    FROM git_pull_requests FINAL
) AS p
    ON p.data_source = m.data_source AND p.project_key = m.project_key
    AND p.repo_slug = m.repo_slug AND p.pr_id = m.pr_id
WHERE m.stream = 'REVIEW' OR (m.stream = '' AND m.kind != 'GENERAL')
