SELECT
    toInt64OrNull(u.user_uuid) AS id,
    u.login AS username,
    u.name AS name,
    u.email AS email,
    u.state AS state,
    u.created_on AS created_at,
    u.last_activity_on AS last_activity_on
FROM git_users AS u FINAL
WHERE u.data_source GLOBAL IN (SELECT data_source FROM gitlab.data_sources)
