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
    FROM git_pull_requests FINAL
    UNION ALL
    SELECT
        'merged', project_key, repo_slug, author_name, author_type, merged_on, 0, 0,
        dateDiff('millisecond', created_on, merged_on) / 3600000
    FROM git_pull_requests FINAL
    WHERE state = 'MERGED' AND merged_on IS NOT NULL
    UNION ALL
    SELECT
        'commit', c.project_key, c.repo_slug, ifNull(c.author_login, c.author_name), u.user_type,
        c.date, ifNull(c.lines_added, 0), ifNull(c.lines_removed, 0), NULL
    FROM git_commits AS c FINAL
    GLOBAL ANY LEFT JOIN
    (
        SELECT data_source, login, user_type FROM git_users FINAL WHERE login IS NOT NULL
    ) AS u
        ON u.data_source = c.data_source AND u.login = c.author_login
    WHERE NOT c.is_merge_commit
    UNION ALL
    SELECT
        'review', project_key, repo_slug, reviewer_name, reviewer_type, reviewed_at, 0, 0, NULL
    FROM git_pr_reviewers FINAL
    WHERE status NOT IN ('REQUESTED', 'UNAPPROVED') AND reviewed_at IS NOT NULL
    UNION ALL
    SELECT 'comment', project_key, repo_slug, author_name, author_type, created_at, 0, 0, NULL
    FROM git_pr_comments FINAL
)
GROUP BY organization, repository, author, week
