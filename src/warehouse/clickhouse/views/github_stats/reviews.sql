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
FROM git_pr_reviewers AS r FINAL
GLOBAL ANY LEFT JOIN
(
    SELECT data_source, project_key, repo_slug, pr_id, toNullable(pr_number) AS pr_number
    FROM git_pull_requests FINAL
) AS p
    ON p.data_source = r.data_source AND p.project_key = r.project_key
    AND p.repo_slug = r.repo_slug AND p.pr_id = r.pr_id
WHERE r.status NOT IN ('REQUESTED', 'UNAPPROVED')
