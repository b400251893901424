SELECT
    toInt64OrNull(r.repo_uuid) AS id,
    r.name AS name,
    r.description AS description,
    r.web_url AS web_url,
    r.created_on AS created_at,
    r.updated_on AS updated_at,
    lower(r.visibility) AS visibility,
    r.default_branch AS default_branch
FROM git_repositories AS r FINAL
WHERE r.data_source GLOBAL IN (SELECT data_source FROM gitlab.data_sources)
