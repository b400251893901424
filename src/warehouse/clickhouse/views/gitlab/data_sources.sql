-- Which sources are GitLab servers: by name, else by what their runs say, since a configured source
-- may have any name. The other views of this database ask it; it sorts, and is made, before them.
SELECT DISTINCT data_source
FROM git_collection_runs FINAL
WHERE JSONExtractString(settings, 'connector') = 'gitlab'
UNION DISTINCT
SELECT DISTINCT data_source FROM git_repositories FINAL WHERE data_source LIKE '%gitlab%'
UNION DISTINCT
SELECT DISTINCT data_source FROM git_users FINAL WHERE data_source LIKE '%gitlab%'
UNION DISTINCT
SELECT DISTINCT data_source FROM git_pull_requests FINAL WHERE data_source LIKE '%gitlab%'
