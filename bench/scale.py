"""How a collection of a simulated Bitbucket Server grows from 10 to 100 to 1,000 repositories."""

import os
import shutil
import sys
import time

from harness import PROGRAM, ROOT, SIMULATOR, Failed, Ticker, row

COMMITS, PULLS = 1000, 100  # of a repository in the middle
MOST_MEMORY = 250


def high_water(pid):
    """Megabytes of that process's own memory at its height; 0 where it is gone."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            return next((int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM:")), 0)
    except OSError:
        return 0


def watched(program, *arguments):
    """Seconds and the height of the collector's memory."""
    begin, height = time.monotonic(), 0
    # Quiet, so that what it says does not fill the pipe that nobody reads meanwhile.
    process = program.start("--quiet", *arguments)
    while process.poll() is None:
        height = max(height, high_water(process.pid))
        time.sleep(0.02)
    took = time.monotonic() - begin
    if process.returncode != 0:
        raise Failed(f"{' '.join(arguments)} ended with {process.returncode}: {process.stderr.read()[-500:].decode(errors='replace')}")
    process.communicate()
    return took, height


def count(program, table):
    return int(program.query(f"SELECT count() AS n FROM {table}")[0]["n"])


def megabytes(folder):
    return sum(os.path.getsize(os.path.join(where, name)) for where, _, names in os.walk(folder) for name in names) / 1e6


def bound_of(program, figures):
    tables = ("git_repositories", "git_users", "git_pull_requests")
    truth = {table: program.query(f"SELECT * FROM {table}") for table in tables}
    events = program.query("SELECT project_key, repo_slug, pr_id, count() AS n FROM git_pr_events GROUP BY ALL")
    bound = figures.full(truth, 100)
    bound["activities"] = sum(figures.pages(int(one["n"]), 100) for one in events)
    return sum(bound.values())


def measure(size, folder, simulator, figures, program_class):
    command = f"bench/run scale --sizes {size}"
    program = program_class(PROGRAM, folder, "data", **simulator.settings(), FORGEHOUSE_COLLECT_MAX_WORKERS="16", FORGEHOUSE_COLLECT_DISCOVERY_CACHE="0s")
    replay = None
    try:
        program.must("query", "SELECT 1")
        with Ticker(f"{size} repositories: a first run"):
            took, height = watched(program, "collect")
        calls = sum(n for kind, n in simulator.counters()["calls"].items() if not kind.startswith("git_"))
        commits, pulls, events = (count(program, table) for table in ("git_commits", "git_pull_requests", "git_pr_events"))
        rows = sum(count(program, table) for table in program.tables())
        disk = ", ".join(f"{name} {megabytes(os.path.join(program.data, name)):.0f} MB" for name in ("mirrors", "archive", "checkpoints", "clickhouse"))
        what = f"{commits:,} commits, {pulls:,} pull requests, {events:,} events, {rows:,} rows in {took:.1f} s; engine {high_water(program.engine()):.0f} MB; {disk}"
        yield row(f"{size} repositories, first run", "–", "rows/s", rows / took, True, command, what)
        yield row(f"{size} repositories, collector's memory", f"under {MOST_MEMORY} MB", "MB", height, height < MOST_MEMORY, command, "the first run, the engine apart")
        bound = bound_of(program, figures)
        yield row(f"{size} repositories, calls of the first run", "at most 1.05 × the bound", "×", calls / bound, calls <= 1.05 * bound, command, f"{calls}; the bound is {bound}")

        simulator.reset()
        with Ticker(f"{size} repositories: nothing new"):
            took, height = watched(program, "collect")
        yield row(f"{size} repositories, a run without news", "–", "s", took, True, command, f"{simulator.counters()['total']} calls, git's too; {height:.0f} MB")
        rounds = max(1, size // 10)
        simulator.mutate(7, rounds)
        simulator.reset()
        with Ticker(f"{size} repositories: {10 * rounds} changes"):
            took, height = watched(program, "collect")
        yield row(f"{size} repositories, a run after {10 * rounds} changes", "–", "s", took, True, command, f"{simulator.counters()['total']} calls, git's too; {height:.0f} MB")

        replay = program.copy_without_warehouse(folder, "replay")
        replay.must("query", "SELECT 1")
        with Ticker(f"{size} repositories: replay"):
            took, height = watched(replay, "archive", "load")
        rows = sum(count(replay, table) for table in replay.tables())
        yield row(f"{size} repositories, replay", "at least 100,000 rows/s", "rows/s", rows / took, rows / took >= 100_000, command, f"{rows:,} rows in {took:.1f} s; {height:.0f} MB")
    finally:
        for one in (program, replay):
            if one:
                one.stop_engine()


def scale(options):
    """First run, runs after, replay, memory, for each of --sizes. 1,000 repositories take half an hour and 20 GB."""
    sys.path.insert(0, os.path.join(ROOT, "tests/e2e/bitbucket_server"))
    import figures
    from program import Program
    from simulator import Simulator

    for size in options.sizes:
        folder = os.path.join(options.scratch, f"scale-{size}")
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        with Ticker(f"making {size} repositories of about {COMMITS} commits and {PULLS} pull requests"):
            simulator = Simulator(SIMULATOR, "--org", f"1,{size}", "--prs", str(PULLS), "--commits", str(COMMITS))
        try:
            yield from measure(size, folder, simulator, figures, Program)
        finally:
            simulator.stop()
            shutil.rmtree(folder, ignore_errors=True)
