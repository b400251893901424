"""The walk over history (src/git/history) against git: the same answers, and how long both take.

git has no process that answers many such questions, so each costs it its start. What a start costs is
measured beside and taken off; both figures are told. Ours opens the store and the commit-graph anew for
each question where a row says "each"."""

import json
import os
import random
import shutil
import subprocess
import time

from harness import ROOT, Failed, Ticker, clean_environment, label, median, row, run

PROGRAM = os.path.join(ROOT, "build/release/bench/history_bench")
PATHS, PAIRS, PAGE = 32, 160, 20
GIT_LOG = {"log": [], "first": ["--first-parent"], "follow": ["--follow"]}


def _borrow(repository, folder, graph):
    """A bare repository of ours over the objects of another, with a commit-graph of its own or without any."""
    shutil.rmtree(folder, ignore_errors=True)
    run(["git", "init", "-q", "--bare", folder])
    objects = run(["git", "-C", repository, "rev-parse", "--path-format=absolute", "--git-path", "objects"]).strip()
    with open(os.path.join(folder, "objects/info/alternates"), "w", encoding="utf-8") as file:
        file.write(objects + "\n")
    refs = run(["git", "-C", repository, "for-each-ref", "--format=create %(refname) %(objectname)"])
    head = run(["git", "-C", repository, "rev-parse", "HEAD"]).strip()
    subprocess.run(["git", "-C", folder, "update-ref", "--stdin"], input=refs.encode(), env=clean_environment(), check=True)
    if graph:
        run(["git", "-C", folder, "commit-graph", "write", "--reachable", "--changed-paths", "--no-progress"])
    return folder, head


def _git(words, most):
    """The git command that answers a question; of a log no more than so many commits, 0: all."""
    kind, first, second = words
    limit = [f"--max-count={most}"] if most else []
    if kind == "bases":
        return ["merge-base", "--all", first, second]
    if kind == "apart":
        return ["rev-list", "--left-right", "--count", f"{first}...{second}"]
    if kind in ("date", "topo"):
        return ["rev-list", *(["--topo-order"] if kind == "topo" else []), *limit, second]
    return ["--literal-pathspecs", "log", "--format=%H", *GIT_LOG[kind], *limit, first, "--", second]


def _ask_git(repository, questions, most):
    """Its answers, and the seconds that its processes took."""
    answers = []
    begin = time.perf_counter()
    for words in questions:
        done = subprocess.run(["git", "-C", repository, *_git(words, most)], capture_output=True, env=clean_environment(), check=False)
        if done.returncode > (1 if words[0] == "bases" else 0):
            raise Failed(done.stderr.decode(errors="replace"))
        answers.append(" ".join(done.stdout.decode().split()))
    return answers, time.perf_counter() - begin


def _start_of_git(repository, commit, count):
    """Seconds of so many processes that look one commit up."""
    begin = time.perf_counter()
    for _ in range(count):
        subprocess.run(["git", "-C", repository, "rev-parse", f"{commit}^0"], capture_output=True, env=clean_environment(), check=True)
    return time.perf_counter() - begin


def _ask_ours(repository, questions, how, most):
    command = [PROGRAM, repository, how, *([str(most)] if most else [])]
    lines = "".join("\t".join(words) + "\n" for words in questions)
    done = subprocess.run(command, input=lines.encode(), capture_output=True, env=clean_environment(), check=False)
    if done.returncode != 0:
        raise Failed(done.stderr.decode(errors="replace"))
    return done.stdout.decode().split("\n")[:-1], json.loads(done.stderr.decode().splitlines()[-1])["seconds"]


def _compare(options, name, what, repository, head, questions, most=0):
    """Rounds by turns; the answers have to be the same."""
    git, starts, each, together, different = [], [], [], [], 0
    for _ in range(options.rounds):
        theirs, took = _ask_git(repository, questions, most)
        git.append(took)
        starts.append(_start_of_git(repository, head, len(questions)))
        for how, times in (("each", each), ("all", together)):
            mine, took = _ask_ours(repository, questions, how, most)
            times.append(took)
            different += sum(a != b for a, b in zip(mine, theirs)) + abs(len(mine) - len(theirs))
    peer, start, ours, at_once = median(git), median(starts), median(each), median(together)
    ratio = (peer - start) / ours
    detail = f"{len(questions)} questions: git {peer:.3f} s, {start:.3f} s of it its starts; ours {ours:.3f} s each, {at_once:.3f} s all; {different} answers differ"
    command = f"bench/run history --repo {name}"
    yield row(f"history, {what}, {name}", "the same answers, at least as fast as git without its start", "×", ratio, ratio >= 1 and different == 0, command, detail)


def history(options):
    """Logs of paths, merge bases, and how far commits are apart, with a commit-graph and without."""
    if not os.path.exists(PROGRAM):
        raise Failed("there is no build/release/bench/history_bench")
    for repository in options.repositories:
        name = label(repository)
        chance = random.Random(7)
        commits = sorted(run(["git", "-C", repository, "rev-list", "--all"]).split())
        recent = run(["git", "-C", repository, "rev-list", "--max-count=300", "HEAD"]).split()
        for graph in (False, True):
            folder, head = _borrow(repository, os.path.join(options.scratch, "history"), graph)
            files = sorted(path for path in run(["git", "-C", folder, "-c", "core.quotePath=false", "ls-tree", "-r", "--name-only", head]).split("\n") if path and '"' not in path)
            folders = sorted({path.rsplit("/", 1)[0] for path in files if "/" in path})
            paths = chance.sample(files, min(PATHS * 3 // 4, len(files))) + chance.sample(folders, min(PATHS // 4, len(folders)))
            pairs = [(chance.choice(commits), head if i % 3 == 0 else chance.choice(commits)) for i in range(PAIRS)]
            near = [(tip, head) for tip in chance.sample(recent, min(PAIRS // 4, len(recent)))]
            told = "with a commit-graph and filters" if graph else "no commit-graph"
            with Ticker(f"history of {name}, {told}"):
                yield from _compare(options, name, f"log -- PATH, {told}", folder, head, [("log", head, path) for path in paths])
                yield from _compare(options, name, f"log -- PATH, first {PAGE} commits, {told}", folder, head, [("log", head, path) for path in paths], PAGE)
                yield from _compare(options, name, f"log --follow -- PATH, {told}", folder, head, [("follow", head, path) for path in paths[:10]])
                yield from _compare(options, name, f"rev-list HEAD, {told}", folder, head, [("date", "-", head)])
                yield from _compare(options, name, f"merge bases, {told}", folder, head, [("bases", a, b) for a, b in pairs])
                yield from _compare(options, name, f"ahead and behind, {told}", folder, head, [("apart", a, b) for a, b in pairs])
                yield from _compare(options, name, f"merge bases with HEAD of the last 300, {told}", folder, head, [("bases", a, b) for a, b in near])
                yield from _compare(options, name, f"ahead and behind HEAD of the last 300, {told}", folder, head, [("apart", a, b) for a, b in near])
            shutil.rmtree(folder, ignore_errors=True)
