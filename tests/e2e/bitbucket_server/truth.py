"""Holds the warehouse against the truth, row for row."""

import json

from program import Failed

# Rows of people and builds that are gone may stay: the truth must be contained in these.
CONTAINED = {"git_users", "git_commit_statuses"}


def lines(rows, names):
    return {json.dumps({name: row.get(name) for name in names}, sort_keys=True) for row in rows}


def differences(table, stored, expected):
    """What to tell a person about one table; empty where all is well."""
    if not expected:
        return [] if not stored or table in CONTAINED else [f"{table}: {len(stored)} rows, none is true: {stored[0]}"]
    names = list(expected[0])
    have, want = lines(stored, names), lines(expected, names)
    missing, beyond = sorted(want - have), sorted(have - want)
    if table in CONTAINED:
        beyond = []
    found = []
    if len(have) != len(stored):
        found.append(f"{table}: {len(stored) - len(have)} rows stand twice")
    if missing or beyond:
        found.append(f"{table}: of {len(want)} rows {len(missing)} are missing, {len(beyond)} are not true")
        found.extend(explain(missing[0] if missing else None, beyond))
    return found


def explain(missing, beyond):
    """The true row beside the stored one that is most like it, and in what they differ."""
    if missing is None:
        return [f"  not true: {beyond[0]}"]
    true = json.loads(missing)

    def alike(line):
        return sum(value == true.get(name) for name, value in json.loads(line).items())

    if not beyond:
        return [f"  missing: {missing}"]
    nearest = json.loads(max(beyond, key=alike))
    differing = {name: (nearest.get(name), value) for name, value in true.items() if nearest.get(name) != value}
    if len(differing) > len(true) // 2:
        return [f"  missing: {missing}", f"  not true: {beyond[0]}"]
    return [f"  {name}: {got!r} is stored, {value!r} is true" for name, (got, value) in differing.items()] + [
        f"  of {missing[:300]}"
    ]


# What a server's API does not tell: the signature of who has an account, whose address is his up to
# its case; blanks around a message; bytes of a path that are no UTF-8; blobs; what an annotated tag
# says; how much a pull request changes.
HIDDEN = {
    "git_commits": {"author_name", "committer_name"},
    "git_commit_files": {"blob_hash", "diff_hash"},
    "git_tags": {"tagger_name", "tagger_email", "tagged_on", "message"},
    "git_pull_requests": {"files_changed", "lines_added", "lines_removed", "size_label"},
}


def over_api(table, row):
    """As much of a row as is known without git."""
    row = {name: value for name, value in row.items() if name not in HIDDEN.get(table, ())}
    if table == "git_commits":
        row["message"] = row["message"].strip()
        row.update({name: (row[name] or "").lower() for name in ("author_email", "committer_email")})
    for name in ("file_path", "old_path"):
        if table == "git_commit_files" and row[name]:
            row[name] = row[name].encode(errors="surrogateescape").decode(errors="replace")
    return row


def hold(program, truth, without=(), when="", known=lambda table, row: row):
    """Fails unless the tables of the program are the truth, as far as `known` says."""
    found = []
    for table, expected in sorted(truth.items()):
        if table not in without:
            condition = "WHERE is_reachable" if table == "git_commits" else ""
            if table == "git_commit_files":
                # Files of commits that nothing reaches any more stay with them.
                condition = (
                    "WHERE (project_key, repo_slug, commit_hash) IN (SELECT project_key, repo_slug, commit_hash "
                    "FROM git_commits WHERE is_reachable)"
                )
            if table == "git_tickets":
                condition = (
                    "WHERE commit_hash = '' OR (project_key, repo_slug, commit_hash) IN (SELECT project_key, "
                    "repo_slug, commit_hash FROM git_commits WHERE is_reachable)"
                )
            stored = [known(table, row) for row in program.rows(table, condition)]
            found += differences(table, stored, [known(table, row) for row in expected])
    if found:
        raise Failed(f"{when}: the tables are not the truth\n" + "\n".join(found))
