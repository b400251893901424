"""PyAirbyte with a declarative (low-code) manifest into its DuckDB cache: eight streams at once, pull requests as a
feed that ends at what is known, activities of those only that have changed."""

import json
import os
import sys

from peer import PAGE, comments_of, main

NAME = "source-bitbucket-server"
TYPES = {"text": "string", "int": "integer", "flag": "boolean", "json": "object", "list": "array"}


def of_slice(name):
    return "{{ stream_slice.extra_fields['" + name + "'] }}"


def schema(columns):
    """Columns as `int:id text:slug …`."""
    pairs = [column.split(":") for column in columns.split()]
    return {name: {"type": ["null", TYPES[kind]]} for kind, name in pairs}


def stream(name, path, key, columns, parameters=None, parent=None, cursor=None, added=None):
    """`parent`: its name and the fields to take along; `cursor`: a field and how the list is to be cut by it;
    `added`: fields that are taken from the parent's."""
    taken = dict(item if isinstance(item, tuple) else (item, item) for item in (added or []))
    made = {
        "type": "DeclarativeStream",
        "name": name,
        "primary_key": key,
        "schema_loader": {
            "type": "InlineSchemaLoader",
            "schema": {"type": "object", "additionalProperties": True, "properties": schema(columns)},
        },
        "retriever": {
            "type": "SimpleRetriever",
            "requester": {
                "type": "HttpRequester",
                "url_base": "{{ config['url'] }}/rest/api/1.0/",
                "path": path,
                "http_method": "GET",
                "request_parameters": parameters or {},
                "authenticator": {"type": "BearerAuthenticator", "api_token": "{{ config['token'] }}"},
                # A repository without a commit has no default branch to list.
                "error_handler": {
                    "type": "DefaultErrorHandler",
                    "response_filters": [{"type": "HttpResponseFilter", "http_codes": [404], "action": "IGNORE"}],
                },
            },
            "record_selector": {
                "type": "RecordSelector",
                "extractor": {"type": "DpathExtractor", "field_path": ["values"]},
            },
            "paginator": {
                "type": "DefaultPaginator",
                "page_token_option": {
                    "type": "RequestOption",
                    "inject_into": "request_parameter",
                    "field_name": "start",
                },
                "page_size_option": {
                    "type": "RequestOption",
                    "inject_into": "request_parameter",
                    "field_name": "limit",
                },
                "pagination_strategy": {
                    "type": "CursorPagination",
                    "page_size": PAGE,
                    "cursor_value": "{{ response.get('nextPageStart') }}",
                    "stop_condition": "{{ response.get('isLastPage', True) }}",
                },
            },
        },
    }
    if taken:
        made["transformations"] = [
            {
                "type": "AddFields",
                "fields": [{"path": [name], "value": of_slice(field)} for name, field in taken.items()],
            }
        ]
    if parent:
        above, fields = parent
        made["retriever"]["partition_router"] = {
            "type": "SubstreamPartitionRouter",
            "parent_stream_configs": [
                {
                    "type": "ParentStreamConfig",
                    "stream": above,
                    "parent_key": "id",
                    "partition_field": "parent",
                    "extra_fields": [field.split(".") for field in fields],
                    "incremental_dependency": "incremental_sync" in above,
                }
            ],
        }
    if cursor:
        field, how = cursor
        made["incremental_sync"] = {
            "type": "DatetimeBasedCursor",
            "cursor_field": field,
            "datetime_format": "%ms",
            "cursor_datetime_formats": ["%ms"],
            "start_datetime": {"type": "MinMaxDatetime", "datetime": "0", "datetime_format": "%ms"},
            **how,
        }
    return made


def manifest():
    home = ["id", "project.key", "slug"]
    home_of = [("repository_id", "id"), ("project_key", "project.key"), ("repo_slug", "slug")]
    in_repository = f"projects/{of_slice('project.key')}/repos/{of_slice('slug')}"
    below = f"projects/{of_slice('project_key')}/repos/{of_slice('repo_slug')}"
    commit = (
        "text:id json:author int:authorTimestamp json:committer int:committerTimestamp text:message list:parents "
        "int:repository_id text:project_key text:repo_slug"
    )
    repositories = stream(
        "repositories",
        "repos",
        ["id"],
        "int:id text:slug text:name json:project json:origin flag:archived flag:public json:links",
        {"archived": "ALL"},
    )
    users = stream(
        "users", "users", ["id"], "int:id text:name text:slug text:displayName text:emailAddress flag:active"
    )
    commits = stream(
        "commits",
        in_repository + "/commits",
        ["repository_id", "id"],
        commit,
        parent=(repositories, home),
        cursor=("committerTimestamp", {"is_client_side_incremental": True}),
        added=home_of,
    )
    pull_requests = stream(
        "pull_requests",
        in_repository + "/pull-requests",
        ["repository_id", "id"],
        "int:id text:title text:description text:state int:createdDate int:updatedDate int:closedDate json:fromRef "
        "json:toRef json:author list:reviewers list:participants json:properties int:repository_id text:project_key "
        "text:repo_slug",
        {"state": "ALL", "order": "NEWEST"},
        parent=(repositories, home),
        cursor=("updatedDate", {"is_data_feed": True}),
        added=home_of,
    )
    pull_request_commits = stream(
        "pull_request_commits",
        below + "/pull-requests/{{ stream_partition.parent }}/commits",
        ["repository_id", "id"],
        commit,
        parent=(pull_requests, ["repository_id", "project_key", "repo_slug"]),
        cursor=("committerTimestamp", {"global_substream_cursor": True}),
        added=["repository_id", "project_key", "repo_slug"],
    )

    def changes(name, parent):
        made = stream(
            name,
            below + "/commits/{{ stream_partition.parent }}/changes",
            ["repository_id", "commit_id", "file_path"],
            "text:type json:path json:srcPath text:nodeType text:file_path int:repository_id text:commit_id "
            "int:committerTimestamp",
            parent=(parent, ["id", "repository_id", "project_key", "repo_slug", "committerTimestamp"]),
            cursor=("committerTimestamp", {"global_substream_cursor": True}),
            added=[("commit_id", "id"), "repository_id", "committerTimestamp"],
        )
        path = {"path": ["file_path"], "value": "{{ record['path']['toString'] }}"}
        made["transformations"][0]["fields"].append(path)
        return made

    activities = stream(
        "activities",
        below + "/pull-requests/{{ stream_partition.parent }}/activities",
        ["id"],
        "int:id text:action text:commentAction int:createdDate json:user json:comment json:commentAnchor text:fromHash "
        "text:toHash text:previousFromHash text:previousToHash json:added json:removed json:commit "
        "list:addedReviewers list:removedReviewers int:repository_id int:pull_request_id",
        parent=(pull_requests, ["id", "repository_id", "project_key", "repo_slug"]),
        cursor=("createdDate", {"global_substream_cursor": True}),
        added=[("pull_request_id", "id"), "repository_id"],
    )
    return {
        "version": "6.44.0",
        "type": "DeclarativeSource",
        "check": {"type": "CheckStream", "stream_names": ["users"]},
        "streams": [
            repositories,
            users,
            commits,
            changes("changes", commits),
            pull_requests,
            pull_request_commits,
            changes("pull_request_changes", pull_request_commits),
            activities,
        ],
        "concurrency_level": {"type": "ConcurrencyLevel", "default_concurrency": 8, "max_concurrency": 8},
        "spec": {
            "type": "Spec",
            "connection_specification": {
                "type": "object",
                "required": ["url", "token"],
                "properties": {"url": {"type": "string"}, "token": {"type": "string"}},
            },
        },
    }


def collect(folder, url, token):
    os.environ.update(AIRBYTE_OFFLINE_MODE="1", DO_NOT_TRACK="1", AIRBYTE_LOGGING_ROOT=os.path.join(folder, "logs"))
    import airbyte
    from airbyte.caches import DuckDBCache

    # The program that the platform runs manifests with: read in PyAirbyte's own process they start over each time.
    program = os.path.join(os.path.dirname(sys.executable), "source-declarative-manifest")
    config = {"url": url, "token": token, "__injected_declarative_manifest": manifest()}
    source = airbyte.get_source(NAME, config=config, local_executable=program)
    source.select_all_streams()
    place = DuckDBCache(db_path=os.path.join(folder, "peer.duckdb"), cache_dir=os.path.join(folder, "cache"))
    source.read(cache=place, skip_validation=True)


def keys(folder):
    import duckdb

    base = duckdb.connect(os.path.join(folder, "peer.duckdb"), read_only=True)

    def rows(sql):
        return base.execute(sql).fetchall()

    def activities():
        for action, comment in rows("SELECT commentaction, comment FROM activities WHERE comment IS NOT NULL"):
            yield {"commentAction": action, "comment": json.loads(comment)}

    return {
        "commits": rows(
            "SELECT repository_id, id FROM commits UNION SELECT repository_id, id FROM pull_request_commits"
        ),
        "changed files": rows(
            "SELECT repository_id, commit_id, file_path FROM changes UNION "
            "SELECT repository_id, commit_id, file_path FROM pull_request_changes"
        ),
        "pull requests": rows("SELECT repository_id, id FROM pull_requests"),
        "activities": rows("SELECT id FROM activities"),
        "comments": comments_of(activities()),
        "reviewers": [
            [repository, pull, reviewer["user"]["id"]]
            for repository, pull, text in rows("SELECT repository_id, id, reviewers FROM pull_requests")
            for reviewer in json.loads(text)
        ],
        "users": rows("SELECT id FROM users"),
    }


if __name__ == "__main__":
    main(collect, keys)
