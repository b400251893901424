#!/usr/bin/env python3
"""Kills the collector or the engine at random moments, many times, while the history changes, and
holds what is stored in the end against an undisturbed run: kill_test --program FORGEHOUSE.

The same rows, none twice, none lost; no run stays "running". The seed is printed: the same seed
makes the same history and the same plan of kills (the moments depend on the machine).
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

NOT_COMPARED = {"collected_at", "_version", "first_seen", "is_deleted"}
ABOUT_RUNS = {"git_collection_runs", "git_data_quality", "git_coverage"}
LANGUAGES = ("cpp", "py", "md", "txt")


def fail(message):
    print(f"kill_test: {message}", file=sys.stderr)
    sys.exit(1)


class History:
    """A bare repository that grows, forks, rewrites and forgets by `git fast-import`."""

    def __init__(self, folder, dice):
        self.folder, self.dice, self.clock, self.count = folder, dice, 1_600_000_000, 0
        self.commits = []
        self.git("init", "-q", "--bare", "-b", "main", folder, cwd=None)

    def git(self, *arguments, cwd=True, data=None):
        environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1"}
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder if cwd else None, input=data, env=environment, capture_output=True
        )
        if done.returncode != 0:
            fail(f"git {arguments[0]}: {done.stderr.decode()}")
        return done.stdout.decode()

    def grow(self, commits, files):
        """Adds commits, each with some files, each on top of any branch."""
        heads = dict(
            reversed(line.split(" ", 1))
            for line in self.git("for-each-ref", "--format=%(objectname) %(refname)", "refs/heads").splitlines()
        )
        stream = []
        for _ in range(commits):
            self.clock += self.dice.randrange(600)
            self.count += 1
            branch = f"refs/heads/{self.dice.choice(('main', 'main', 'a', 'b', 'c'))}"
            message = f"TIX-{self.count} change {self.count}\n"
            stream.append(f"commit {branch}\nmark :{self.count}\n")
            for who in ("author", "committer"):
                stream.append(f"{who} Ann <ann{self.count % 7}@example.org> {self.clock} +0100\n")
            stream.append(f"data {len(message)}\n{message}\n")
            if branch in heads:
                stream.append(f"from {heads[branch]}\n")
            other = self.dice.choice(list(heads.values())) if heads else None
            if other and other != heads.get(branch) and self.dice.random() < 0.1:
                stream.append(f"merge {other}\n")
            for _ in range(self.dice.randrange(1, files)):
                name = f"d{self.dice.randrange(9)}/f{self.dice.randrange(40)}.{self.dice.choice(LANGUAGES)}"
                text = "".join(f"line {self.dice.randrange(50)}\n" for _ in range(self.dice.randrange(1, 30)))
                stream.append(f"M 100644 inline {name}\ndata {len(text)}\n{text}\n")
            heads[branch] = f":{self.count}"
        self.git("fast-import", "--quiet", "--force", data="".join(stream).encode())
        self.commits = self.git("rev-list", "--all").split()

    def change(self):
        """One of the things that people do to refs."""
        what = self.dice.randrange(5)
        commit = self.dice.choice(self.commits)
        if what == 0:
            self.git("update-ref", f"refs/heads/{self.dice.choice('abc')}", commit)
        elif what == 1:
            self.git("update-ref", "-d", f"refs/heads/{self.dice.choice('abc')}")
        elif what == 2:
            self.git("tag", "-f", f"v{self.dice.randrange(4)}", commit)
        elif what == 3:
            self.git("update-ref", f"refs/pull/{self.dice.randrange(4)}/head", commit)
        else:
            self.grow(self.dice.randrange(1, 60), 12)


class Collector:
    def __init__(self, program, data):
        self.program, self.data = program, data
        self.environment = dict(os.environ, FORGEHOUSE_DATA=data)

    def start(self, repository):
        return subprocess.Popen(
            [self.program, "collect", repository],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    def run(self, repository):
        started = time.monotonic()
        process = self.start(repository)
        _, error = process.communicate(timeout=600)
        if process.returncode != 0:
            fail(f"a run that nobody disturbed ended with {process.returncode}: {error.decode()}")
        return time.monotonic() - started

    def query(self, sql):
        done = subprocess.run([self.program, "query", sql], env=self.environment, capture_output=True, timeout=120)
        if done.returncode != 0:
            fail(f"query: {done.stderr.decode()}\n{sql}")
        return done.stdout.decode(errors="surrogateescape")

    def engine(self):
        try:
            with open(os.path.join(self.data, "engine.lock")) as lock:
                return int(lock.readline())
        except (OSError, ValueError):
            return None

    def stop_engine(self):
        pid = self.engine()
        if pid:
            try:
                os.kill(pid, signal.SIGTERM)
            except ProcessLookupError:
                pass


def tables_of(collector):
    names = collector.query("SELECT name FROM system.tables WHERE database = 'default' AND name LIKE 'git_%'")
    return sorted(names.split())


def rows_of(collector):
    """Every table as text, as far as two ways of arriving must agree."""
    out = {}
    for table in tables_of(collector):
        if table in ABOUT_RUNS:
            continue
        columns = collector.query(
            f"SELECT name FROM system.columns WHERE database = 'default' AND table = '{table}' ORDER BY position"
        ).split()
        wanted = ", ".join(f"`{name}`" for name in columns if name not in NOT_COMPARED)
        condition = ""
        if table == "git_commits":
            condition = "WHERE is_reachable"
        elif "commit_hash" in columns:
            condition = "WHERE commit_hash IN (SELECT commit_hash FROM git_commits WHERE is_reachable)"
        out[table] = collector.query(f"SELECT {wanted} FROM {table} {condition} ORDER BY ALL")
    return out


def check_no_doubles(collector):
    """No row stands twice for any reader."""
    for table in tables_of(collector):
        key = collector.query(
            f"SELECT sorting_key FROM system.tables WHERE database = 'default' AND name = '{table}'"
        ).strip()
        doubles = collector.query(f"SELECT count() - uniqExact({key}) FROM {table}")
        if int(doubles) != 0:
            fail(f"{table} has {doubles.strip()} rows twice")


def disturb(collector, repository, dice, longest):
    """One run, in which the collector or the engine is killed at some moment."""
    process = collector.start(repository)
    victim = dice.choice(("collector", "engine"))
    time.sleep(dice.random() * longest)
    pid = process.pid if victim == "collector" else collector.engine()
    if pid:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    _, error = process.communicate(timeout=600)
    if victim == "engine" and process.returncode not in (0, 1, 3):
        fail(f"a killed engine took the collector down: {process.returncode} {error.decode()}")
    return victim, process.returncode


def check_runs(collector):
    running = collector.query("SELECT run_id FROM git_collection_runs WHERE status = 'running'")
    if running:
        fail(f"runs that nobody ended: {running}")
    wrong = collector.query(
        "SELECT run_id, check, failed, sample FROM git_data_quality WHERE severity = 'ERROR' AND failed > 0 "
        "AND run_id = (SELECT max(run_id) FROM git_collection_runs)"
    )
    if wrong:
        fail(f"checks of the last run: {wrong}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    seed = random.randrange(1 << 32) if options.seed is None else options.seed
    print(f"kill_test: seed {seed}")
    dice = random.Random(seed)
    folder = tempfile.mkdtemp(prefix="forgehouse-kill-")
    collectors = []
    try:
        history = History(os.path.join(folder, "project.git"), dice)
        history.grow(1000, 40)
        collector = Collector(options.program, os.path.join(folder, "data"))
        collectors.append(collector)
        probe = Collector(options.program, os.path.join(folder, "probe"))
        collectors.append(probe)
        longest = 1.2 * probe.run(history.folder)
        outcomes = {}
        for kill in range(options.kills):
            # The first quarter hits one big first run again and again, the rest small steps.
            first_runs = kill < options.kills // 4
            if not first_runs:
                history.change()
            seen = disturb(collector, history.folder, dice, longest if first_runs else 0.4 * longest)
            outcomes[seen] = outcomes.get(seen, 0) + 1
        collector.run(history.folder)
        check_runs(collector)
        fresh = Collector(options.program, os.path.join(folder, "fresh"))
        collectors.append(fresh)
        fresh.run(history.folder)
        stored, expected = rows_of(collector), rows_of(fresh)
        for table, rows in expected.items():
            if stored.get(table) != rows:
                ours, theirs = set(stored.get(table, "").splitlines()), set(rows.splitlines())
                fail(f"{table} differs: {sorted(ours - theirs)[:3]} instead of {sorted(theirs - ours)[:3]}")
        check_no_doubles(collector)
        commits = len(expected["git_commits"].splitlines())
        reachable = int(history.git("rev-list", "--all", "--count"))
        if commits != reachable:
            fail(f"{commits} commits are stored, git has {reachable}")
        print(f"kill_test: {options.kills} kills, {commits} commits, the same rows; outcomes {outcomes}")
    finally:
        for one in collectors:
            one.stop_engine()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
