"""Collectors from the package registries beside the program: each against a server of its own that is the same for
all, a first run and one after the same changes. Counted are calls (by the server), time, memory, and rows by their
keys against the truth."""

import collections
import json
import os
import shlex
import shutil
import subprocess
import sys
import threading
import time

from harness import PROGRAM, ROOT, SIMULATOR, Failed, Ticker, clean_environment, row, run

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers", "bitbucket_server")
WITHOUT_REST = "branches without a pull request, lines added and removed, what is deleted"
# By driver: what the peer does not collect at all.
PEERS = {
    "dlt_rest_api": WITHOUT_REST,
    "pyairbyte": WITHOUT_REST,
    "atlassian_script": "branches without a pull request, what is deleted",
    "perceval_git": "pull requests and all about them, commits that are on no branch, users",
}
# An ordinary time between two runs: nobody renames a repository or leaves.
UNUSUAL = "repo_create,repo_rename,repo_move,repo_delete,repo_archive,user_rename,user_leave"
Run = collections.namedtuple("Run", "seconds megabytes")


class Memory:
    """The most that a process, all below it and `also` (a pid or None) held at once, looked at ten times a second.
    A page that several of them share counts once."""

    def __init__(self, pid, also=lambda: None):
        self.megabytes, self._pid, self._also, self._done = 0.0, pid, also, threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._done.set()
        self._thread.join()

    def _watch(self):
        while not self._done.wait(0.1):
            held = sum(self._kilobytes(pid) for pid in self._tree())
            self.megabytes = max(self.megabytes, held / 1024)

    def _tree(self):
        parents = {}
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
                    parents[int(pid)] = int(stat.read().rpartition(")")[2].split()[1])
            except OSError:
                continue
        found = {self._pid, self._also()} - {None}
        for _ in parents:
            below = {pid for pid, parent in parents.items() if parent in found}
            if below <= found:
                break
            found |= below
        return found

    @staticmethod
    def _kilobytes(pid):
        try:
            with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as lines:
                return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        except (OSError, StopIteration):
            return 0


def watched(command, environment, folder, also=lambda: None):
    """Runs it to its end; what it says goes into a file of the folder."""
    log = os.path.join(folder, "said.txt")
    with open(log, "ab") as said, Ticker(os.path.basename(command[1])):
        begin = time.perf_counter()
        process = subprocess.Popen(
            command, env=environment, cwd=folder, stdin=subprocess.DEVNULL, stdout=said, stderr=said
        )
        with Memory(process.pid, also) as memory:
            status = process.wait()
        took = time.perf_counter() - begin
    if status != 0:
        raise Failed(f"{os.path.basename(command[1])} ended with {status}; see {log}")
    return Run(took, memory.megabytes)


class Peer:
    """A driver in a virtual environment of the versions that its requirements pin."""

    def __init__(self, driver, scratch, environments):
        requirements = os.path.join(FOLDER, driver + ".txt")
        with open(requirements, encoding="utf-8") as file:
            wanted = file.read()
        first = next(line for line in wanted.splitlines() if not line.startswith("#"))
        self.name, self.without = first.replace("==", " "), PEERS[driver]
        self._driver, self._home = os.path.join(FOLDER, driver + ".py"), os.path.join(scratch, driver)
        place = os.path.join(environments, driver)
        self._python = os.path.join(place, "bin/python")
        self._install(place, requirements, wanted)
        os.makedirs(self._home)

    def _install(self, place, requirements, wanted):
        done = os.path.join(place, "installed.txt")
        if os.path.isfile(done) and open(done, encoding="utf-8").read() == wanted:
            return
        with Ticker(f"installing {self.name}"):
            run(["python3", "-m", "venv", "--clear", place])
            run([self._python, "-m", "pip", "install", "--quiet", "--no-deps", "--requirement", requirements])
        with open(done, "w", encoding="utf-8") as file:
            file.write(wanted)

    def collect(self, simulator):
        command = [self._python, self._driver, "collect", self._home, simulator.url, simulator.says["token"]]
        return watched(command, self._environment(), self._home)

    def keys(self):
        return json.loads(run([self._python, self._driver, "keys", self._home]))

    def _environment(self):
        return {**clean_environment(), "HOME": self._home, "TMPDIR": self._home, "PYTHONDONTWRITEBYTECODE": "1"}


class Ours:
    name, without = "forgehouse and its engine", ""

    def __init__(self, program):
        self._program = program

    def collect(self, _):
        program = self._program
        program.stop_engine()  # the others start from nothing too
        return watched([program.path, "collect"], program.environment, program.home, program.engine)

    def keys(self):
        found = keys_of(lambda table: self._program.rows(table, "WHERE is_reachable" if table == "git_commits" else ""))
        # Files of commits that nothing reaches any more stay with them.
        reachable = set(map(tuple, found["commits"]))
        found["changed files"] = [key for key in found["changed files"] if tuple(key[:2]) in reachable]
        return found


def keys_of(rows_of):
    """Of tables in the program's form what the drivers say of theirs; a repository by its id, which outlives names."""
    ids = {(one["project_key"], one["repo_slug"]): one["repo_uuid"] for one in rows_of("git_repositories")}

    def keys(table, *columns, in_repository=True):
        for row in rows_of(table):
            place = [ids[row["project_key"], row["repo_slug"]]] if in_repository else []
            yield place + [str(row[column]) for column in columns]

    found = {
        "commits": keys("git_commits", "commit_hash"),
        "changed files": keys("git_commit_files", "commit_hash", "file_path"),
        "pull requests": keys("git_pull_requests", "pr_id"),
        "activities": keys("git_pr_events", "event_id", in_repository=False),
        "comments": keys("git_pr_comments", "comment_id", in_repository=False),
        "reviewers": keys("git_pr_reviewers", "pr_id", "reviewer_uuid"),
        "users": keys("git_users", "user_uuid", in_repository=False),
    }
    return {kind: list(rows) for kind, rows in found.items()}


def compared(found, truth):
    """By kind: true rows, those that were found, those that were missed, and those found that are true no more."""

    def apart(rows):
        # Bytes of a path that are no UTF-8 do not travel in JSON: nobody is held to these.
        return {tuple(part.encode(errors="surrogateescape").decode(errors="replace") for part in key) for key in rows}

    out = {}
    for kind, rows in truth.items():
        true, have = apart(rows), apart(found.get(kind, []))
        missed = len(true - have) if kind in found else None
        out[kind] = {"true": len(true), "rows": len(true & have), "missed": missed, "stale": len(have - true)}
    return out


def measured(collector, simulator):
    """The first run, then one after the changes of a day."""
    for when in ("first run", "second run"):
        if when == "second run":
            simulator.mutate(2, rounds=10, without=UNUSUAL)
        simulator.reset()
        done = collector.collect(simulator)
        counters = simulator.counters()
        calls = {kind: count for kind, count in counters["calls"].items() if count}
        truth = simulator.truth()
        kinds = compared(collector.keys(), keys_of(lambda table: truth.get(table, [])))
        yield {
            "collector": collector.name,
            "run": when,
            "seconds": done.seconds,
            "megabytes": done.megabytes,
            "calls": calls,
            "kinds": kinds,
            "without": collector.without,
        }


def told(one):
    """A measurement in one line."""
    git = sum(count for kind, count in one["calls"].items() if kind.startswith("git_"))
    rest = sum(one["calls"].values()) - git
    parts = []
    for kind, counts in one["kinds"].items():
        missed = "none collected" if counts["missed"] is None else f"{counts['missed']:,} missed"
        stale = f" and {counts['stale']:,} of the past" if counts["stale"] else ""
        parts.append(f"{kind} {counts['rows']:,} of {counts['true']:,} ({missed}{stale})")
    without = f"; does not collect {one['without']}" if one["without"] else ""
    return f"{rest:,} calls and {git:,} of git, {one['megabytes']:,.0f} MB; {', '.join(parts)}{without}"


def peers(options):
    """Peer after peer, then the program, each against a server of its own."""
    sys.path.insert(0, os.path.join(ROOT, "tests/e2e/bitbucket_server"))
    from program import Program
    from simulator import Simulator

    folder, environments = (os.path.join(options.scratch, name) for name in ("peers", "peers-environments"))
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    for driver in [*PEERS, None]:
        with Ticker("making an organisation"):
            simulator = Simulator(SIMULATOR, *shlex.split(options.simulated))
        program = Program(PROGRAM, folder, "forgehouse", **simulator.settings(), FORGEHOUSE_COLLECT_MAX_WORKERS="8")
        try:
            collector = Peer(driver, folder, environments) if driver else Ours(program)
            for one in measured(collector, simulator):
                figure = f"peers, {collector.name}, {one['run']}"
                target = "–" if driver else "misses no row"
                good = bool(driver) or not any(counts["missed"] for counts in one["kinds"].values())
                said = row(figure, target, "s", one["seconds"], good, "bench/run peers", told(one))
                yield {**said, "peer": one}
        finally:
            program.stop_engine()
            simulator.stop()
