"""Whether the reader's rows are those of git log: one for each file that a commit changed."""

import collections
import re
import subprocess

from harness import clean_environment

GIT_LOG = ["log", "--all", "-M", "--numstat", "-z", "--diff-merges=first-parent", "--format=commit %H", "--no-ext-diff", "--no-textconv"]


def ours(program, repository):
    """COMMIT ADDED\\tREMOVED\\tOLD\\tPATH, each ended by a NUL."""
    said = subprocess.run([program, repository, "0", "rows"], capture_output=True, check=True, env=clean_environment()).stdout
    rows = collections.Counter()
    for entry in said.split(b"\0")[:-1]:
        commit, rest = entry.split(b" ", 1)
        rows[commit, *rest.split(b"\t", 3)] += 1
    return rows


def gits(repository):
    said = subprocess.run(["git", "-C", repository, "-c", "core.attributesFile=/dev/null", *GIT_LOG], capture_output=True, check=True, env=clean_environment()).stdout
    rows, commit = collections.Counter(), b""
    entries = iter(said.split(b"\0")[:-1])
    for entry in entries:
        # Headers stand before the first file, or alone where there is none.
        while header := re.match(rb"\n?commit ([0-9a-f]+)\n?", entry):
            commit, entry = header[1], entry[header.end() :]
        if not entry:
            continue
        added, removed, path = entry.lstrip(b"\n").split(b"\t", 2)
        old = b""
        if not path:
            old, path = next(entries), next(entries)
        rows[commit, added, removed, old, path] += 1
    return rows


def compare(program, repository):
    """(rows, rows that only one of the two has)"""
    mine, theirs = ours(program, repository), gits(repository)
    return sum(mine.values()), sum((mine - theirs).values()) + sum((theirs - mine).values())
