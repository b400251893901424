"""What the drivers of the peers share: their command line, and a store for those that bring none.

A driver collects into FOLDER (again: what is new since), and says which rows lie there by their keys:
`{"commits":[["repository id","hash"],…],"changed files":…}`. A kind that it does not collect is absent.
"""

import json
import os
import sqlite3
import sys

PAGE = 1000


def main(collect, keys):
    """DRIVER collect FOLDER URL TOKEN | DRIVER keys FOLDER"""
    what, folder, *server = sys.argv[1:]
    if what == "collect":
        collect(folder, *server)
        return
    found = {kind: sorted({tuple(map(str, key)) for key in rows}) for kind, rows in keys(folder).items()}
    json.dump(found, sys.stdout)


def comments_of(activities):
    """Ids of the comments in these that were not deleted: a thread's first and all below it."""
    waiting = [one["comment"] for one in activities if one.get("comment") and one["commentAction"] != "DELETED"]
    while waiting:
        comment = waiting.pop()
        yield [comment["id"]]
        waiting += comment["comments"]


class Store:
    """JSON objects by kind and key in SQLite: the table that a script writes to."""

    def __init__(self, folder):
        self._base = sqlite3.connect(os.path.join(folder, "peer.sqlite"))
        self._base.execute("CREATE TABLE IF NOT EXISTS rows (kind TEXT, key TEXT, row TEXT, PRIMARY KEY (kind, key))")

    def put(self, kind, key, row):
        self._base.execute("INSERT OR REPLACE INTO rows VALUES (?, ?, ?)", (kind, json.dumps(key), json.dumps(row)))

    def get(self, kind, key, otherwise=None):
        found = self._base.execute(
            "SELECT row FROM rows WHERE kind = ? AND key = ?", (kind, json.dumps(key))
        ).fetchone()
        return json.loads(found[0]) if found else otherwise

    def all(self, kind):
        """Pairs of key and row."""
        for key, row in self._base.execute("SELECT key, row FROM rows WHERE kind = ?", (kind,)):
            yield json.loads(key), json.loads(row)

    def commit(self):
        self._base.commit()
