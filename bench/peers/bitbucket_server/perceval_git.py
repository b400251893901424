"""Perceval's git backend on every repository that the server lists: the history, and nothing else."""

import json
import os
import urllib.request

from peer import PAGE, Store, main


def repositories(url, token):
    ask = urllib.request.Request(
        f"{url}/rest/api/1.0/repos?archived=ALL&limit={PAGE}", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(ask) as answer:
        for repository in json.load(answer)["values"]:
            yield repository["id"], next(one["href"] for one in repository["links"]["clone"] if one["name"] == "http")


def collect(folder, url, token):
    from perceval.backends.core.git import Git

    # Otherwise git says a path that is not ASCII in escapes, and the backend stores it so.
    os.environ["HOME"] = folder
    with open(os.path.join(folder, ".gitconfig"), "w", encoding="ascii") as file:
        file.write("[core]\n\tquotePath = false\n")
    store = Store(folder)
    for repository, address in repositories(url, token):
        address = address.replace("://", f"://x-token-auth:{token}@")
        for item in Git(address, os.path.join(folder, "mirrors", str(repository))).fetch(latest_items=True):
            commit = item["data"]
            store.put("commits", [repository, commit["commit"]], commit)
        store.commit()


def keys(folder):
    found = {"commits": [], "changed files": []}
    for key, commit in Store(folder).all("commits"):
        found["commits"].append(key)
        found["changed files"] += [[*key, file.get("newfile") or file["file"]] for file in commit["files"]]
    return found


if __name__ == "__main__":
    main(collect, keys)
