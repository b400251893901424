"""The figures that bench/run measures. A case yields rows; each row names its figure, its target and
what was measured, with the peer of the same run where there is one."""

import json
import os
import random
import re
import shutil
import subprocess
import sys
import time

import blame_figures
import history_rows
import repositories
from engine_figures import engine, engine_soak
from forge_figures import forge
from harness import PROGRAM, ROOT, SIMULATOR, Failed, Ticker, clean_environment, label, median, peak_megabytes, row, run, say, seconds
from history_figures import history
from peer_runs import peers
from scale import scale

MOST_BLOBS = 20_000
GIT_LOG = ["log", "--all", "-M", "--numstat", "-z", "--diff-merges=first-parent", "--format=%H%x00%an%x00%ae%x00%at%x00%cn%x00%ce%x00%ct%x00%B"]


def git_log(repository):
    return ["git", "-C", repository, "-c", "core.attributesFile=/dev/null", *GIT_LOG]


def data_folder(options, name):
    folder = os.path.join(options.scratch, name)
    stop_engine(folder)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    return folder


def warm_engine(data):
    run([PROGRAM, "query", "SELECT 1"], data)


def stop_engine(data):
    """Engines leave by themselves; a folder that is to be removed cannot wait for that."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            words = open(f"/proc/{pid}/cmdline", "rb").read().split(b"\0")
        except OSError:
            continue
        if b"engine" in words and data.encode() in words:
            os.kill(int(pid), 15)
            while os.path.isdir(f"/proc/{pid}"):
                time.sleep(0.02)


def paired(options, ours, peer, prepare=lambda: None):
    """Medians of both over the rounds, one after the other in each round, so that a busy machine
    slows both down."""
    mine, theirs = [], []
    for _ in range(options.rounds):
        theirs.append(seconds(peer))
        data = prepare()
        mine.append(seconds(ours, data))
    return median(mine), median(theirs)


def reader(options):
    """The reader against one git log process, and whether its rows are the same."""
    program = os.path.join(ROOT, "build/release/bench/reader_bench")
    if not os.path.exists(program):
        raise Failed("there is no build/release/bench/reader_bench")
    for repository in options.repositories:
        name = label(repository)
        with Ticker(f"reader on {name}"):
            ours, peer = paired(options, [program, repository], git_log(repository))
        yield row(f"reader, {name}", "at least 2.5 × one git log", "×", peer / ours, peer / ours >= 2.5, f"bench/run reader --repo {name}", f"{ours:.2f} s against {peer:.2f} s")
        with Ticker(f"comparing the rows of {name}"):
            rows, differences = history_rows.compare(program, repository)
        yield row(f"reader's rows, {name}", "those of git log", "differences", differences, differences == 0, f"bench/run reader --repo {name}", f"{rows:,} rows")


def patch_ids(options):
    """The reader with patch ids against what gives them by git, and whether they are the same."""
    program = os.path.join(ROOT, "build/release/bench/reader_bench")
    for repository in options.repositories:
        name = label(repository)
        git = ["sh", "-c", 'git -C "$1" log --all -p -M --full-index | git patch-id --stable', "sh", repository]
        with Ticker(f"patch ids of {name}"):
            ours, peer = paired(options, [program, repository, "0", "patch_ids"], git)
        yield row(f"patch ids, {name}", "at least 2.5 × git log -p | git patch-id --stable", "×", peer / ours, peer / ours >= 2.5, f"bench/run patch_ids --repo {name}", f"{ours:.2f} s against {peer:.2f} s")
        theirs = set(run(git).split("\n"))
        differences = len(theirs ^ set(run([program, repository, "0", "ids"]).split("\n")))
        yield row(f"patch ids themselves, {name}", "those of git", "differences", differences, differences == 0, f"bench/run patch_ids --repo {name}", f"{len(theirs) - 1:,} ids")


def patches(options):
    """All patches of a history, written by one thread, against git log -p."""
    program = os.path.join(ROOT, "build/release/bench/patch_bench")
    for repository in options.repositories:
        name = label(repository)
        git = ["git", "-C", repository, "log", "--all", "-p", "-M", "--full-index", "--diff-merges=first-parent", "--format=commit %H"]
        with Ticker(f"patches of {name}"):
            ours, peer = paired(options, [program, repository, "text"], git)
        yield row(f"patches, {name}", "at least as fast as git log -p", "×", peer / ours, peer / ours >= 1, f"bench/run patches --repo {name}", f"one thread, {ours:.2f} s against {peer:.2f} s")


def blame(options):
    """Files blamed one after the other, against a git process each, and whether each line is the same."""
    program = os.path.join(ROOT, "build/release/bench/blame_bench")
    for repository in options.repositories:
        name = label(repository)
        commit, files = blame_figures.chosen(repository)
        with Ticker(f"blame of {len(files)} files of {name}"):
            ours, peer = paired(options, [program, repository, commit, *files], blame_figures.by_git(repository, commit, files))
        yield row(f"blame, {name}", "at least as fast as git blame", "×", peer / ours, peer / ours >= 1, f"bench/run blame --repo {name}", f"{len(files)} files, {ours:.2f} s against {peer:.2f} s")
        lines, differences = blame_figures.compare(program, repository, commit, files)
        yield row(f"blamed lines, {name}", "those of git blame", "differences", differences, differences == 0, f"bench/run blame --repo {name}", f"{lines:,} lines")


def objects(options):
    """Random blobs out of our own store, by one thread and by two, one by one and all asked for
    together, against one git cat-file that gets the whole list at once."""
    program = os.path.join(ROOT, "build/release/bench/objects_bench")
    for repository in options.repositories:
        name = label(repository)
        listed = run(["git", "-C", repository, "cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objecttype) %(objectname)"])
        ids = sorted(line.split()[1] for line in listed.splitlines() if line.startswith("blob "))
        random.Random(7).shuffle(ids)
        ids = ids[:MOST_BLOBS]
        asked = os.path.join(options.scratch, "blobs")
        with open(asked, "w", encoding="ascii") as file:
            file.writelines(f"{one}\n" for one in ids)
        git = ["sh", "-c", 'exec git -C "$1" cat-file --batch --buffer <"$2" >/dev/null', "sh", repository, asked]
        for how in ("1", "2", "1 together", "2 together"):
            mine = ["sh", "-c", 'exec "$1" "$2" $3 <"$4" >/dev/null', "sh", program, repository, how, asked]
            threads = f"{how[0]} threads{how[1:]}"
            with Ticker(f"{len(ids):,} random blobs of {name}, {threads}"):
                ours, peer = paired(options, mine, git)
            yield row(f"objects, {threads}, {name}", "at least 3 × git cat-file --batch", "×", peer / ours, peer / ours >= 3, f"bench/run objects --repo {name}", f"{len(ids):,} random blobs, {ours:.2f} s against {peer:.2f} s")


def collect(options):
    """A whole collection, engine warm, its tables empty, against the same git log process."""
    for repository in options.repositories:
        name = label(repository)

        def fresh():
            data = data_folder(options, "collect")
            run([PROGRAM, "init"], data)
            return data

        with Ticker(f"collect on {name}"):
            ours, peer = paired(options, [PROGRAM, "collect", repository], git_log(repository), fresh)
        yield row(f"collect, {name}", "at least 2 × one git log", "×", peer / ours, peer / ours >= 2, f"bench/run collect --repo {name}", f"{ours:.2f} s against {peer:.2f} s")
    stop_engine(os.path.join(options.scratch, "collect"))


def insert(options):
    """A million file rows into the engine by our own client."""
    program = os.path.join(ROOT, "build/release/bench/insert_bench")
    best = []
    for _ in range(options.rounds):
        data = data_folder(options, "insert")
        best.append(json.loads(run([program, PROGRAM, data, "1000000", "2"]))["rows_per_second"])
    stop_engine(os.path.join(options.scratch, "insert"))
    value = median(best)
    yield row("insert, 1 M git_commit_files rows", "at least 400,000 rows/s", "rows/s", value, value >= 400_000, "bench/run insert")


def memory(options):
    """The collector's own memory, the largest of the repositories and a generated one."""
    big = repositories.generate(os.path.join(options.scratch, "generated-80000"), 80_000)
    for repository in [*options.repositories, big]:
        name = label(repository)
        with Ticker(f"memory on {name}"):
            value = peak_megabytes([PROGRAM, "collect", repository], data_folder(options, "memory"))
        yield row(f"collector's memory, {name}", "under 200 MB", "MB", value, value < 200, f"bench/run memory --repo {name}")
    stop_engine(os.path.join(options.scratch, "memory"))


def latency(options):
    """What a command costs that has little to do."""
    data = data_folder(options, "latency")
    times = [seconds([PROGRAM, "version"], data) for _ in range(51)]
    yield row("forgehouse version", "under 15 ms", "ms", 1000 * median(times), median(times) < 0.015, "bench/run latency", "median of 51")
    warm_engine(data)
    times = [seconds([PROGRAM, "query", "SELECT 1"], data) for _ in range(51)]
    yield row("query \"SELECT 1\", engine up", "under 40 ms", "ms", 1000 * median(times), median(times) < 0.040, "bench/run latency", "median of 51")
    stop_engine(data)


GIT_CLOCK = """#!/bin/bash
begin=$EPOCHREALTIME
{git} "$@"
status=$?
printf '%s %s\\n' "$begin" "$EPOCHREALTIME" >>{log}
exit $status
"""


def _covered(intervals):
    """Seconds in which at least one interval lies."""
    total, end = 0.0, 0.0
    for begin, finish in sorted(intervals):
        total += max(0.0, finish - max(begin, end))
        end = max(end, finish)
    return total


def incremental(options):
    """100 new commits on 80,000, besides the time in which a process of git runs."""
    base = repositories.generate(os.path.join(options.scratch, "generated-80000"), 80_000)
    repository = os.path.join(options.scratch, "incremental-repo")
    shutil.rmtree(repository, ignore_errors=True)
    shutil.copytree(base, repository)
    data = data_folder(options, "incremental")
    clock = os.path.join(options.scratch, "git-clock")
    log = os.path.join(options.scratch, "git-clock.log")
    os.makedirs(clock, exist_ok=True)
    with open(os.path.join(clock, "git"), "w", encoding="ascii") as file:
        file.write(GIT_CLOCK.format(git=shutil.which("git"), log=log))
    os.chmod(os.path.join(clock, "git"), 0o755)
    with Ticker("collecting 80,000 commits first"):
        run([PROGRAM, "collect", repository], data)
    besides, whole = [], []
    for turn in range(options.rounds):
        repositories.extend(repository, 100, 80_000 + 100 * turn)
        warm_engine(data)
        open(log, "w", encoding="ascii").close()
        took = seconds([PROGRAM, "collect", repository], data, path=clock)
        with open(log, encoding="ascii") as file:
            inside = _covered([tuple(map(float, line.split())) for line in file])
        whole.append(took)
        besides.append(took - inside)
    stop_engine(data)
    yield row("incremental, 100 new on 80,000 commits", "under 0.5 s besides git's processes", "s", median(besides), median(besides) < 0.5, "bench/run incremental",
              f"{median(whole):.2f} s in all, {median(whole) - median(besides):.2f} s of it git's own")


def _build_seconds(folder, *arguments):
    environment = {**clean_environment(), "CCACHE_DISABLE": "1"}
    begin = time.perf_counter()
    subprocess.check_call(["cmake", "--build", folder, *arguments], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def build(options):
    """From scratch, and after one changed source file, the compiler cache off."""
    folder = os.path.join(options.scratch, "build")
    shutil.rmtree(folder, ignore_errors=True)
    begin = time.perf_counter()
    subprocess.check_call(["cmake", "-S", ROOT, "-B", folder, "-G", "Ninja", "-DCMAKE_CXX_COMPILER=g++", "-DCMAKE_BUILD_TYPE=Release", "-DBUILD_TESTING=OFF"], stdout=subprocess.DEVNULL, env=clean_environment())
    with Ticker("build from scratch"):
        _build_seconds(folder, "--target", "forgehouse")
    value = time.perf_counter() - begin
    yield row("build from scratch", "under 240 s", "s", value, value < 240, "bench/run build", f"g++ Release, {os.cpu_count()} processors")
    slowest = 0.0
    for source in ("src/git/walk.cpp", "src/collect/git_stream.cpp", "src/app/main.cpp"):
        if os.path.isfile(os.path.join(ROOT, source)):
            os.utime(os.path.join(ROOT, source))
            slowest = max(slowest, _build_seconds(folder, "--target", "forgehouse"))
    yield row("one changed source file to a linked program", "under 15 s", "s", slowest, slowest < 15, "bench/run build", "the slowest of three")
    shutil.rmtree(folder, ignore_errors=True)


def first_answer(options):
    """From git clone to the first answer on a fresh machine, downloads apart: by tools/fresh_machine."""
    say("  a fresh machine is made; this takes a while")
    command = [os.path.join(ROOT, "tools/fresh_machine"), "--folder", os.path.join(options.scratch, "fresh"), "--cache", os.path.join(options.scratch, "debian"), "run"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    match = re.search(r"time: packages (\d+) s, libchdb (\d+) s, build (\d+) s, collect (\d+) s", done.stdout)
    if done.returncode != 0 or not match:
        raise Failed("tools/fresh_machine: " + " ".join((done.stdout + done.stderr).strip().splitlines()[-2:]))
    packages, library, built, collected = map(int, match.groups())
    value = built + collected
    yield row("clone to first answer, downloads apart", "under 360 s", "s", value, value < 360, "bench/run first_answer",
              f"packages {packages} s, libchdb {library} s, build {built} s, collect {collected} s")


def ranges(options):
    """What pull requests bring, asked of git without a process for each."""
    program = os.path.join(ROOT, "build/release/bench/ranges_bench")
    for repository in options.repositories:
        name = os.path.basename(repository.rstrip("/"))
        said = [json.loads(run([program, repository])) for _ in range(options.rounds)]
        value = median([one["a_second"] for one in said])
        detail = f"{said[0]['pull_requests']} pull requests, graph of {said[0]['graph_commits']} commits in {said[0]['graph_bytes'] / 1e6:.1f} MB"
        yield row(f"pull requests' commits and sizes, {name}", "at least 2,000/s", "/s", value, value >= 2000, f"bench/run ranges --repo {name}", detail)


def _naive_calls(truth):
    """Of the usual script: lists, a /diff for each commit of the default branch, activities and
    commits for each pull request."""
    repositories = len(truth["git_repositories"])
    commits = sum(one["is_in_default_branch"] for one in truth["git_commits"])
    pulls = len(truth["git_pull_requests"])
    return 1 + 3 * repositories + -(-commits // 100) + commits + -(-pulls // 100) + 2 * pulls


def bitbucket_server(options):
    """A simulated Bitbucket Server on this machine, no limit and no latency: live, and replayed."""
    sys.path.insert(0, os.path.join(ROOT, "tests/e2e/bitbucket_server"))
    import figures
    from program import Program
    from simulator import Simulator

    folder = os.path.join(options.scratch, "bitbucket_server")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    with Ticker("making an organisation of about 4,000 pull requests"):
        simulator = Simulator(SIMULATOR, "--org", "1,12", "--prs", "500", "--commits", "50")
    command = "bench/run bitbucket_server"
    programs = []
    try:
        truth = simulator.truth()
        pulls, activities = len(truth["git_pull_requests"]), len(truth["git_pr_events"])
        program = Program(PROGRAM, folder, "data", **simulator.settings(), FORGEHOUSE_COLLECT_MAX_WORKERS="8")
        programs.append(program)
        program.must("query", "SELECT 1")
        with Ticker("collecting it"):
            live = program.must("collect").took
        made = sum(count for kind, count in simulator.counters()["calls"].items() if not kind.startswith("git_"))
        detail = f"{pulls} with {activities} activities and the history of {len(truth['git_commits'])} commits in {live:.2f} s"
        yield row("Bitbucket Server, first run with all history", "at least 1,000 pull requests/s", "/s", pulls / live, pulls / live >= 1000, command, detail)
        bound, naive = sum(figures.full(truth, 100).values()), _naive_calls(truth)
        yield row("Bitbucket Server, calls", "at most 1.05 × the bound", "×", made / bound, made <= 1.05 * bound, command, f"{made}; the bound is {bound}, the usual script's {naive}")

        replay = program.copy_without_warehouse(folder, "replay")
        programs.append(replay)
        replay.must("query", "SELECT 1")
        with Ticker("replaying its archive"):
            took = replay.must("archive", "load").took
        rows = sum(int(replay.query(f"SELECT count() AS n FROM {table}")[0]["n"]) for table in replay.tables())
        yield row("Bitbucket Server, replay", "at least 100,000 rows/s", "rows/s", rows / took, rows / took >= 100_000, command, f"{rows} rows in {took:.2f} s, commits and files from the mirrors")

        # The history first, pull requests refused; then these: what the API's side takes.
        apart = Program(PROGRAM, folder, "apart", **simulator.settings(), FORGEHOUSE_COLLECT_MAX_WORKERS="8")
        programs.append(apart)
        simulator.faults("denied kind=pull_requests")
        with Ticker("collecting the history alone"):
            apart.must("collect", code=1)
        simulator.faults()
        with Ticker("reading its pull requests"):
            took = apart.must("collect").took
        stored = int(apart.query("SELECT count() AS n FROM git_pull_requests")[0]["n"])
        yield row("Bitbucket Server, pull requests with their activities", "at least 1,000 pull requests/s", "/s", stored / took, stored / took >= 1000, command, f"{stored} with {activities} activities and their sizes by git in {took:.2f} s, the history stored before")
    finally:
        for one in programs:
            one.stop_engine()
        simulator.stop()


def quota(options):
    """Never over a server's limit and never idle under it: wall time beside the least that it can be."""
    sys.path.insert(0, os.path.join(ROOT, "tests/e2e/bitbucket_server"))
    from program import Program
    from simulator import Simulator

    folder = os.path.join(options.scratch, "quota")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    command = "bench/run quota"
    rate, burst, latency, concurrency = 5, 60, 0.1, 32

    def measured(name, org, pulls, workers, faults, known):
        """Seconds, calls and answers of 429 of a run; `known`: the history is stored already, and no pull request."""
        with Ticker("making an organisation"):
            simulator = Simulator(SIMULATOR, "--org", org, "--prs", str(pulls), "--commits", "10")
        program = Program(PROGRAM, folder, name, **simulator.settings(), FORGEHOUSE_COLLECT_MAX_WORKERS=str(workers))
        try:
            program.must("query", "SELECT 1")
            if known:
                simulator.faults("denied kind=pull_requests")
                program.must("collect", code=1)
            simulator.reset()
            simulator.faults(faults)
            with Ticker("collecting"):
                took = program.must("collect").took
            counters = simulator.counters()
            return took, counters["total"], counters["status"].get("429", 0)
        finally:
            program.stop_engine()
            simulator.stop()

    took, calls, refused = measured("rate", "5,12", 25, 5, f"bucket tokens={burst} rate={rate} retry_after=seconds", False)
    bound = (calls - burst) / rate
    detail = f"{calls} calls in {took:.1f} s, the bound is {bound:.1f} s; {refused} answers of 429"
    yield row("Bitbucket Server, 5 requests/s with a burst of 60", "at most 1.1 × the bound, no 429", "×", took / bound, took <= 1.1 * bound and refused == 0, command, detail)
    for known, what in ((False, "first run"), (True, "history stored before")):
        took, calls, _ = measured(f"latency-{known}", "5,12", 600, concurrency, f"latency ms={latency * 1000:.0f} path=/rest/*", known)
        bound = calls * latency / concurrency
        yield row(f"Bitbucket Server, 100 ms latency, 32 at once, {what}", "at most 1.1 × the bound", "×", took / bound, took <= 1.1 * bound, command, f"{calls} calls in {took:.1f} s, the bound is {bound:.1f} s")


CASES = {case.__name__: case for case in (reader, patch_ids, patches, blame, objects, history, ranges, collect, insert, engine, engine_soak, memory, latency, incremental, bitbucket_server, quota, scale, peers, build, first_answer, forge)}
DEFAULT = [name for name in CASES if name not in ("first_answer", "engine_soak", "bitbucket_server", "quota", "scale", "peers", "forge")]
