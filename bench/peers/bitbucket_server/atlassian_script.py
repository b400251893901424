"""The usual script, on atlassian-python-api: all repositories, the commits of the default branch with a
/diff for each, pull requests with their commits and activities. The library asks for one thing at a time."""

from peer import PAGE, Store, comments_of, main


def lines_of(diff):
    """Paths of a diff with the lines added and removed."""
    for file in diff.get("diffs", []):
        count = {"ADDED": 0, "REMOVED": 0}
        for hunk in file.get("hunks") or []:
            for segment in hunk["segments"]:
                if segment["type"] in count:
                    count[segment["type"]] += len(segment["lines"])
        yield (file.get("destination") or file["source"])["toString"], count


def store_commits(server, store, place, repository, commits):
    """The hash of the first, None where there is none."""
    first = None
    for commit in commits:
        first = first or commit["id"]
        key = [repository["id"], commit["id"]]
        if store.get("commits", key):
            continue
        path = "rest/api/1.0/projects/{}/repos/{}/commits/{}/diff".format(*place, commit["id"])
        diff = server.get(path, params={"contextLines": 0})
        for file, count in lines_of(diff):
            store.put("changed files", [*key, file], count)
        store.put("commits", key, commit)
    return first


def store_pulls(server, store, place, repository):
    """Newest first, down to the newest that was stored before."""
    known = newest = store.get("newest pull request", repository["id"], 0)
    for pull in server.get_pull_requests(*place, state="ALL", limit=PAGE):
        if pull["updatedDate"] <= known:
            break
        newest = max(newest, pull["updatedDate"])
        key = [repository["id"], pull["id"]]
        store_commits(
            server, store, place, repository, server.get_pull_requests_commits(*place, pull["id"], limit=PAGE)
        )
        for activity in server.get_pull_requests_activities(*place, pull["id"], limit=PAGE):
            store.put("activities", [activity["id"]], activity)
        store.put("pull requests", key, pull)
    store.put("newest pull request", repository["id"], newest)


def collect(folder, url, token):
    from atlassian import Bitbucket
    from requests.exceptions import HTTPError

    server, store = Bitbucket(url=url, token=token), Store(folder)
    for user in server.get_users(limit=PAGE)["values"]:
        store.put("users", [user["id"]], user)
    for repository in server.get("rest/api/1.0/repos", params={"archived": "ALL", "limit": PAGE})["values"]:
        # With a bare ~ the library asks below users/, which the simulator does not serve.
        place = (repository["project"]["key"].replace("~", "%7E"), repository["slug"])
        known = store.get("head", repository["id"])
        commits = server.get_commits(*place, since=known, ignore_missing="true", limit=PAGE)
        try:
            head = store_commits(server, store, place, repository, commits)
        except HTTPError as error:  # no commit yet
            if error.response.status_code != 404:
                raise
            continue
        store.put("head", repository["id"], head or known)
        store_pulls(server, store, place, repository)
        store.commit()


def keys(folder):
    store = Store(folder)
    found = {
        kind: [key for key, _ in store.all(kind)]
        for kind in ("commits", "changed files", "pull requests", "activities", "users")
    }
    found["reviewers"] = [
        [*key, one["user"]["id"]] for key, pull in store.all("pull requests") for one in pull["reviewers"]
    ]
    found["comments"] = comments_of(activity for _, activity in store.all("activities"))
    return found


if __name__ == "__main__":
    main(collect, keys)
