"""The figures that bench/run measures. A case yields rows; each row names its figure, its target and
what was measured, with the peer of the same run where there is one."""

import json
import os
import re
import shutil
import subprocess
import time

import repositories
from harness import ROOT, Failed, Ticker, clean_environment, median, peak_megabytes, run, say, seconds

PROGRAM = os.path.join(ROOT, "build/release/forgehouse")
GIT_LOG = ["log", "--all", "-M", "--numstat", "-z", "--diff-merges=first-parent", "--format=%H%x00%an%x00%ae%x00%at%x00%cn%x00%ce%x00%ct%x00%B"]


def row(figure, target, unit, value, good, command, detail=""):
    return {"figure": figure, "target": target, "unit": unit, "value": value, "good": good, "command": command, "detail": detail}


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
    """The reader by git processes against one git log process."""
    program = os.path.join(ROOT, "build/release/bench/reader_bench")
    if not os.path.exists(program):
        raise Failed("there is no build/release/bench/reader_bench")
    for repository in options.repositories:
        name = os.path.basename(repository.rstrip("/"))
        with Ticker(f"reader on {name}"):
            ours, peer = paired(options, [program, repository], git_log(repository))
        yield row(f"reader, {name}", "at least 1.6 × one git log", "×", peer / ours, peer / ours >= 1.6, f"bench/run reader --repo {name}", f"{ours:.2f} s against {peer:.2f} s")


def collect(options):
    """A whole collection, engine warm, fresh data folder, against the same git log process."""
    for repository in options.repositories:
        name = os.path.basename(repository.rstrip("/"))

        def fresh():
            data = data_folder(options, "collect")
            warm_engine(data)
            return data

        with Ticker(f"collect on {name}"):
            ours, peer = paired(options, [PROGRAM, "collect", repository], git_log(repository), fresh)
        yield row(f"collect, {name}", "at least 1.2 × one git log", "×", peer / ours, peer / ours >= 1.2, f"bench/run collect --repo {name}", f"{ours:.2f} s against {peer:.2f} s")
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
        name = os.path.basename(repository.rstrip("/"))
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
    yield row("incremental, 100 new on 80,000 commits", "under 0.5 s besides git's processes", "s", median(besides), median(besides) < 0.5, "bench/run incremental", f"{median(whole):.2f} s in all")


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
    for source in ("src/git/walk.cpp", "src/collect/collect.cpp", "src/app/main.cpp"):
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


CASES = {case.__name__: case for case in (reader, collect, insert, memory, latency, incremental, build, first_answer)}
DEFAULT = [name for name in CASES if name != "first_answer"]
