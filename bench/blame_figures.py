"""Which files are blamed, by git how, and whether our answer is the same."""

import os
import random
import subprocess

MOST_FILES = 60


def git(repository, *arguments):
    done = subprocess.run(["git", "-C", repository, *arguments], capture_output=True, check=True)
    return done.stdout.decode("utf-8", "surrogateescape")


def chosen(repository):
    """A commit and some of its files, the same every time."""
    commit = git(repository, "rev-parse", "HEAD").strip()
    listed = [entry.split("\t", 1) for entry in git(repository, "ls-tree", "-r", "-z", commit).split("\0") if entry]
    files = [path for facts, path in listed if facts.split()[1] == "blob" and not set(path) & set(' \n"')]
    random.Random(7).shuffle(files)
    return commit, files[:MOST_FILES]


def by_git(repository, commit, files):
    """The command that blames them, a process for each."""
    script = 'repository=$1 commit=$2; shift 2; for file; do git -C "$repository" blame --porcelain "$commit" -- "$file"; done'
    return ["sh", "-c", script, "sh", repository, commit, *files]


def lines_of_git(repository, commit, file):
    begin = None
    for line in git(repository, "blame", "--line-porcelain", commit, "--", file).split("\n"):
        if line.startswith("\t"):
            begin = None
        elif begin is None and line:
            then, there, here = line.split()[:3]
            begin = f"{file} {here} {then} {there}"
        elif line.startswith("filename "):
            yield f"{begin} {line[9:]}"


def compare(program, repository, commit, files):
    """How many lines there are, and how many are not the same."""
    environment = {**os.environ, "FORGEHOUSE_LINES": "1"}
    done = subprocess.run([program, repository, commit, *files], capture_output=True, check=True, env=environment)
    ours = set(done.stdout.decode("utf-8", "surrogateescape").splitlines())
    theirs = {line for file in files for line in lines_of_git(repository, commit, file)}
    return len(theirs), len(ours ^ theirs)
