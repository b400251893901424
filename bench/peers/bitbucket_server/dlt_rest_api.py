"""dlt's declarative rest_api source into DuckDB: parents and children as its documentation nests them, children
read side by side, pull requests and commits cut by the newest time that was stored."""

import json
import os

from peer import PAGE, comments_of, main

NAME = "bitbucket_server"


def resource(name, path, key, cursor=None, parameters=None, parent=None):
    endpoint = {
        "path": path,
        "params": {"limit": PAGE, **(parameters or {})},
        "data_selector": "values",
        # A repository without a commit has no default branch to list.
        "response_actions": [{"status_code": 404, "action": "ignore"}],
    }
    if cursor:
        endpoint["incremental"] = {"cursor_path": cursor, "initial_value": 0}
    made = {"name": name, "primary_key": key, "write_disposition": "merge", "endpoint": endpoint}
    if parent:
        made.update(include_from_parent=parent, parallelized=True)
    return made


def source(url, token):
    from dlt.sources.rest_api import rest_api_source

    def inside(parent, project, slug):
        return f"projects/{{resources.{parent}.{project}.key}}/repos/{{resources.{parent}.{slug}}}"

    home = inside("repositories", "project", "slug")
    of_commit = inside("commits", "_repositories_project", "_repositories_slug")
    of_pull = inside("pull_requests", "_repositories_project", "_repositories_slug")
    of_pull_commit = inside(
        "pull_request_commits", "_pull_requests__repositories_project", "_pull_requests__repositories_slug"
    )
    resources = [
        resource("repositories", "repos", "id", parameters={"archived": "ALL"}),
        resource("users", "users", "id"),
        resource(
            "commits",
            home + "/commits",
            ["_repositories_id", "id"],
            cursor="committerTimestamp",
            parent=["id", "slug", "project"],
        ),
        resource(
            "changes",
            of_commit + "/commits/{resources.commits.id}/changes",
            ["_commits__repositories_id", "_commits_id", "path__to_string"],
            parent=["id", "_repositories_id"],
        ),
        resource(
            "pull_requests",
            home + "/pull-requests",
            ["_repositories_id", "id"],
            cursor="updatedDate",
            parameters={"state": "ALL", "order": "NEWEST"},
            parent=["id", "slug", "project"],
        ),
        resource(
            "pull_request_commits",
            of_pull + "/pull-requests/{resources.pull_requests.id}/commits",
            ["_pull_requests__repositories_id", "id"],
            parent=["_repositories_id", "_repositories_slug", "_repositories_project"],
        ),
        resource(
            "pull_request_changes",
            of_pull_commit + "/commits/{resources.pull_request_commits.id}/changes",
            ["_pull_request_commits__pull_requests__repositories_id", "_pull_request_commits_id", "path__to_string"],
            parent=["id", "_pull_requests__repositories_id"],
        ),
        resource(
            "activities",
            of_pull + "/pull-requests/{resources.pull_requests.id}/activities",
            "id",
            parent=["id", "_repositories_id"],
        ),
    ]
    client = {
        "base_url": f"{url}/rest/api/1.0/",
        "auth": {"type": "bearer", "token": token},
        "paginator": {"type": "cursor", "cursor_path": "nextPageStart", "cursor_param": "start"},
    }
    return rest_api_source({"client": client, "resources": resources}, name=NAME, max_table_nesting=1)


def collect(folder, url, token):
    os.environ.update(RUNTIME__DLTHUB_TELEMETRY="false", EXTRACT__WORKERS="8", NORMALIZE__WORKERS="2")
    import dlt

    place = dlt.destinations.duckdb(os.path.join(folder, "peer.duckdb"))
    pipelines = os.path.join(folder, "pipelines")
    dlt.pipeline(NAME, pipelines_dir=pipelines, destination=place, dataset_name="git").run(source(url, token))


def keys(folder):
    import duckdb

    base = duckdb.connect(os.path.join(folder, "peer.duckdb"), read_only=True)

    def rows(sql):
        return base.execute(sql).fetchall()

    def activities():
        for action, first, below in rows("SELECT comment_action, comment__id, comment__comments FROM git.activities"):
            comment = {"id": first, "comments": json.loads(below)} if first else None
            yield {"commentAction": action, "comment": comment}

    return {
        "commits": rows(
            "SELECT _repositories_id, id FROM git.commits "
            "UNION SELECT _pull_requests__repositories_id, id FROM git.pull_request_commits"
        ),
        "changed files": rows(
            "SELECT _commits__repositories_id, _commits_id, path__to_string FROM git.changes UNION "
            "SELECT _pull_request_commits__pull_requests__repositories_id, _pull_request_commits_id, path__to_string "
            "FROM git.pull_request_changes"
        ),
        "pull requests": rows("SELECT _repositories_id, id FROM git.pull_requests"),
        "activities": rows("SELECT id FROM git.activities"),
        "comments": comments_of(activities()),
        "reviewers": rows(
            "SELECT p._repositories_id, p.id, json_extract_string(r.user, 'id') FROM git.pull_requests__reviewers r "
            "JOIN git.pull_requests p ON p._dlt_id = r._dlt_parent_id"
        ),
        "users": rows("SELECT id FROM git.users"),
    }


if __name__ == "__main__":
    main(collect, keys)
