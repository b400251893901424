"""How many calls a collection may make, computed from the truth."""

import math

from program import check


def pages(items, limit):
    return max(1, math.ceil(items / limit))


def full(truth, limit):
    """Of a first run: lists, the activities of each pull request, one fetch for each repository."""
    repositories = truth["git_repositories"]
    pulls, events = {}, {}
    for row in truth.get("git_pull_requests", []):
        key = (row["project_key"], row["repo_slug"])
        pulls[key] = pulls.get(key, 0) + 1
    for row in truth.get("git_pr_events", []):
        key = (row["project_key"], row["repo_slug"], row["pr_id"])
        events[key] = events.get(key, 0) + 1
    active = sum(row["state"] == "active" for row in truth["git_users"])
    return {
        "repositories": pages(len(repositories), limit),
        "users": pages(active, limit),
        "pull_requests": sum(pages(pulls.get((r["project_key"], r["repo_slug"]), 0), limit) for r in repositories),
        "activities": sum(pages(count, limit) for count in events.values()),
    }


def check_calls(counters, expected, when):
    """At most five of a hundred more than the figure; nothing at all per commit."""
    calls = counters["calls"]
    api = {kind: count for kind, count in calls.items() if not kind.startswith("git_")}
    most = sum(expected.values())
    made = sum(api.values())
    check(made <= math.floor(1.05 * most + 1), f"{when}: {made} calls, the figure is {most}: {api} against {expected}")
    for kind in ("commits", "commit", "diff", "changes", "pr_commits", "pull_request"):
        check(calls.get(kind, 0) == 0, f"{when}: {calls.get(kind)} calls of the kind {kind}")
    return made, most
