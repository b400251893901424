"""Recorded output of `git log --raw --numstat --pretty=fuller --decorate=full --parents`, parsed, and
rebuilt as a real repository that gives the same log again."""

import datetime
import re
import subprocess

_COMMIT = re.compile(rb"^commit ([0-9a-f]{40})((?: [0-9a-f]{40})*)(?: \((.*)\))?$")
_PERSON = re.compile(rb"^(.*) <(.*)>$")
_RAW = re.compile(rb"^(:+)[0-7 ]+ .*? ([A-Z]+)(\d*)\t(.*)$")
_NUMSTAT = re.compile(rb"^(\d+|-)\t(\d+|-)\t(.*)$")


class Change:
    def __init__(self, kind, path, old_path):
        self.kind, self.path, self.old_path = kind, path, old_path
        self.added = self.removed = 0


class Commit:
    def __init__(self, hash_, parents):
        self.hash, self.parents = hash_, parents
        self.author = self.committer = None  # (name, e-mail)
        self.author_time = self.commit_time = None  # (epoch seconds, zone)
        self.message, self.changes, self.counts = [], [], []

    @property
    def is_merge(self):
        return self.parents > 1


def _time(text):
    moment = datetime.datetime.strptime(text.decode(), "%a %b %d %H:%M:%S %Y %z")
    return int(moment.timestamp()), text.split()[-1].decode()


def _header(commit, line):
    name, _, value = line.partition(b":")
    value = value.strip()
    if name in (b"Author", b"Commit"):
        person = _PERSON.match(value).groups()
        if name == b"Author":
            commit.author = person
        else:
            commit.committer = person
    elif name == b"AuthorDate":
        commit.author_time = _time(value)
    elif name == b"CommitDate":
        commit.commit_time = _time(value)


def _change(commit, line):
    match = _RAW.match(line)
    if match and match.group(1) == b":":
        paths = match.group(4).split(b"\t")
        commit.changes.append(Change(match.group(2).decode(), paths[-1], paths[0] if len(paths) > 1 else None))
    match = _NUMSTAT.match(line)
    if match:
        commit.counts.append(match.groups())


def parse(data):
    """The commits of the log, newest first. The counts stand in the order of the raw lines."""
    commits = []
    for line in data.split(b"\n"):
        match = _COMMIT.match(line)
        if match:
            commits.append(Commit(match.group(1).decode(), len(match.group(2).split())))
        elif not commits:
            continue
        elif line.startswith(b"    "):
            commits[-1].message.append(line[4:])
        elif line[:1] in b":0123456789-" and line:
            _change(commits[-1], line)
        elif re.match(rb"^(Author|Commit|AuthorDate|CommitDate): ", line):
            _header(commits[-1], line)
    for commit in commits:
        _join_counts(commit)
    return commits


def _join_counts(commit):
    if commit.is_merge:  # against the first parent; the raw lines are against all of them
        commit.changes = [Change("M", path, None) for _, _, path in commit.counts if b" => " not in path]
        commit.counts = [count for count in commit.counts if b" => " not in count[2]]
    if len(commit.counts) != len(commit.changes):
        commit.changes = []  # a log that was cut: its people, times and words still count
        return
    for change, (added, removed, _) in zip(commit.changes, commit.counts):
        change.added = None if added == b"-" else int(added)
        change.removed = None if removed == b"-" else int(removed)
    # Copies are found by -C, which our reader does not use: such files are new ones to it.
    commit.changes = [change for change in commit.changes if change.kind in ("A", "M", "D", "R")]


def _lines(tag, count):
    return b"".join(b"%s line %d\n" % (tag, n) for n in range(count))


def _contents(change):
    """The file before and after, so that git counts what the log says."""
    own = change.path.replace(b"\n", b" ")
    if change.added is None:
        return b"\0before " + own, b"\0after " + own
    if change.kind == "A":
        return None, _lines(own, change.added)
    if change.kind == "D":
        return _lines(own, change.removed), None
    kept = _lines(b"kept of " + own, 5 + (10 * (change.added + change.removed) if change.kind == "R" else 0))
    return kept + _lines(b"removed from " + own, change.removed), kept + _lines(b"added to " + own, change.added)


def _data(text):
    return b"data %d\n%s\n" % (len(text), text)


def _path(path):
    """A path as fast-import takes it: bytes it could misread are written in octal."""
    return b'"' + b"".join(b"\\%03o" % c if c < 32 or c in b'"\\' or c > 126 else bytes([c]) for c in path) + b'"'


def _person(label, person, time):
    return b"%s %s <%s> %d %s\n" % (label, person[0], person[1], time[0], time[1].encode())


def _stream(index, commit):
    """A commit that holds what was before, a second root where a merge wants one, and the commit."""
    ref = b"refs/heads/case%d" % index
    mark = 4 * index
    someone = _person(b"committer", (b"Before", b"before@example.org"), (1, "+0000"))
    out = [b"commit %s\nmark :%d\n%s%s" % (ref, mark + 1, someone, _data(b"before"))]
    for change in commit.changes:
        before = _contents(change)[0]
        if before is not None:
            out.append(b"M 100644 inline %s\n%s" % (_path(change.old_path or change.path), _data(before)))
    if commit.is_merge:
        out.append(b"commit refs/heads/side%d\nmark :%d\n%s%s" % (index, mark + 2, someone, _data(b"side")))
    out.append(b"commit %s\nmark :%d\n" % (ref, mark + 3))
    out.append(_person(b"author", commit.author, commit.author_time))
    out.append(_person(b"committer", commit.committer, commit.commit_time))
    out.append(_data(b"\n".join(commit.message) + b"\n"))
    out.append(b"from :%d\n" % (mark + 1))
    if commit.is_merge:
        out.append(b"merge :%d\n" % (mark + 2))
    for change in commit.changes:
        if change.old_path or change.kind == "D":
            out.append(b"D %s\n" % _path(change.old_path or change.path))
    for change in commit.changes:
        after = _contents(change)[1]
        if after is not None:
            out.append(b"M 100644 inline %s\n%s" % (_path(change.path), _data(after)))
    return b"".join(out)


def rebuild(commits, folder, environment):
    """A bare repository of them in `folder`; returns the new id of each commit, in their order."""
    subprocess.check_call(["git", "init", "-q", "--bare", "--initial-branch=case0", folder], env=environment)
    marks = folder + "/rebuilt-marks"
    subprocess.run(["git", "fast-import", "--quiet", "--export-marks=" + marks], cwd=folder, env=environment, check=True,
                   input=b"".join(_stream(i, commit) for i, commit in enumerate(commits)))
    with open(marks, encoding="ascii") as file:
        known = dict(line.split() for line in file)
    return [known[f":{4 * i + 3}"] for i in range(len(commits))]
