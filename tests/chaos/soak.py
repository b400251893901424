#!/usr/bin/env python3
"""`schedule` for a long time, on a server that changes all the while:
soak.py --program FORGEHOUSE --simulator FORGEHOUSE-SIM (--minutes 60 | --days 10) [--json FILE].

With --days the clock is set by hand: six hours pass between two runs, and nobody waits for them.

Said and judged in the end: memory of the collector and of the engine, open files, parts of the tables,
files of the archive, bytes of logs. Memory and files must be flat: what the last quarter has in the middle
is at most a fifth more than the second quarter's. Of days that are over, the archive has one part for each
kind of page of a repository. Then the tables must be the truth.
"""

import argparse
import json
import os
import re
import shutil
import signal
import statistics
import sys
import tempfile
import time
import urllib.request

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e", "bitbucket_server"))
import truth as truths
from hazards import HandClock
from program import Failed, Program, check
from simulator import Simulator

RUNS_A_DAY = 4
MOST_GROWTH = 1.2
FLAT = ("collector_mb", "collector_files", "engine_mb")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--simulator", required=True)
    length = parser.add_mutually_exclusive_group(required=True)
    length.add_argument("--minutes", type=float)
    length.add_argument("--days", type=int)
    parser.add_argument("--interval", default="5s", help="of the schedule, with --minutes")
    parser.add_argument("--org", default="11,12")
    parser.add_argument("--json", help="write all samples there")
    options = parser.parse_args()
    options.program, options.simulator = map(os.path.abspath, (options.program, options.simulator))
    return options


def resident_mb(pid):
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def files_below(folder):
    return [os.path.join(where, name) for where, _, names in os.walk(folder) for name in names]


def bytes_of(paths):
    return sum(os.path.getsize(path) for path in paths if os.path.exists(path))


def metric(address, name):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(address + "/metrics", timeout=30) as answer:
        lines = answer.read().decode().splitlines()
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name))


class Soak:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.simulator = Simulator(options.simulator, "--org", options.org)
        self.program = Program(
            options.program, folder, "data", **self.simulator.settings(), FORGEHOUSE_COLLECT_DISCOVERY_CACHE="0s"
        )
        self.clock = HandClock(folder) if options.days else None
        self.begun = time.monotonic()
        self.samples = []
        self.log = open(os.path.join(folder, "log"), "wb")  # pylint: disable=consider-using-with
        self.process = None

    def start(self):
        interval, variables = self.options.interval, {}
        if self.clock:
            # What sanitizers hold back is no growth.
            interval, variables = "6h", self.clock.variables()
            variables["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1"
        self.process = self.program.start(
            "schedule", "--interval", interval, "--listen", "127.0.0.1:0", **variables
        )
        line = self.process.stderr.readline().decode()
        check("serving http://" in line, f"the address is not said first: {line}")
        self.address = line.split()[1].removesuffix("/metrics")
        if os.fork() == 0:  # what it says must not fill a pipe
            shutil.copyfileobj(self.process.stderr, self.log)
            os._exit(0)

    def sample(self):
        engine = self.program.engine()
        archive = files_below(os.path.join(self.program.data, "archive"))
        parts = self.program.query("SELECT count() AS n FROM system.parts WHERE active AND database = 'default'")
        one = {
            "minute": round((time.monotonic() - self.begun) / 60, 2),
            "runs": metric(self.address, "forgehouse_runs_total{"),
            "not_completed": metric(self.address, "forgehouse_runs_total{")
            - metric(self.address, 'forgehouse_runs_total{source="bitbucket",status="completed"}'),
            "collector_mb": resident_mb(self.process.pid),
            "collector_files": len(os.listdir(f"/proc/{self.process.pid}/fd")),
            "engine_mb": resident_mb(engine) if engine else 0,
            "table_parts": int(parts[0]["n"]),
            "archive_files": len(archive),
            "archive_mb": bytes_of(archive) / 1e6,
            "checkpoints_mb": bytes_of(files_below(os.path.join(self.program.data, "checkpoints"))) / 1e6,
            "logs_mb": bytes_of(files_below(os.path.join(self.program.data, "logs"))) / 1e6,
        }
        self.samples.append(one)
        print(", ".join(f"{name} {value:.1f}" for name, value in one.items()), flush=True)

    def alive(self):
        check(self.process.poll() is None, f"schedule has ended with {self.process.returncode}")

    def by_the_systems_clock(self):
        number, said = 0, 0.0
        while (minute := (time.monotonic() - self.begun) / 60) < self.options.minutes:
            self.alive()
            number += 1
            self.simulator.mutate(number)
            if minute >= said:
                self.sample()
                said = minute + 1
            time.sleep(7)
        self.sample()

    def by_hand(self):
        for number in range(1, self.options.days * RUNS_A_DAY + 1):
            until = time.monotonic() + 300
            # Waiting again: the run of this number is over, and the archive cared for.
            while metric(self.address, "forgehouse_runs_total{") < number or not metric(
                self.address, "forgehouse_next_run_timestamp_seconds"
            ):
                self.alive()
                check(time.monotonic() < until, f"run {number} has not ended")
                time.sleep(0.02)
            self.sample()
            self.simulator.mutate(number)
            # A tenth of the interval, five minutes at most, is what the schedule may add.
            self.clock.move(6 * 3600 + 301)
            self.process.send_signal(signal.SIGHUP)

    def go(self):
        self.start()
        if self.clock:
            self.by_hand()
        else:
            self.by_the_systems_clock()
        self.process.send_signal(signal.SIGTERM)
        check(self.process.wait(120) == 0, f"the exit code after SIGTERM is {self.process.returncode}")
        self.judge()

    def judge(self):
        self.program.must("collect")
        truths.hold(self.program, self.simulator.truth(), without={"git_commit_statuses"}, when="in the end")
        check(self.samples[-1]["runs"] > 2, "hardly a run was made")
        # What is renamed or deleted while it is read makes a run partial; the next one is whole again.
        check(
            self.samples[-1]["not_completed"] <= self.samples[-1]["runs"] / 20,
            f"too many runs did not complete: {self.samples[-1]}",
        )
        self.judge_archive()
        quarter = len(self.samples) // 4
        if quarter < 2:
            print("too short to say whether anything grows")
            return
        for name in FLAT:
            if self.clock and name == "engine_mb":
                continue  # days that pass in a minute do not warm its caches up
            early = statistics.median(one[name] for one in self.samples[quarter : 2 * quarter])
            late = statistics.median(one[name] for one in self.samples[-quarter:])
            print(f"{name}: {early:.1f}, in the end {late:.1f}")
            check(late <= MOST_GROWTH * early, f"{name} grows from {early:.1f} to {late:.1f}")

    def judge_archive(self):
        """Parts are named <source>/<project>/<repository>/<folder>/<run>…, and runs after their time."""
        folders = {}
        for path in files_below(os.path.join(self.program.data, "archive")):
            folder, name = os.path.split(path)
            if not name.endswith(".zst"):
                continue
            day = re.search(r"-(\d{8})-\d{6}", name)
            check(day, f"a part of the archive is not named after its run: {path}")
            folders.setdefault((folder, day[1]), []).append(name)
        today = max(day for _, day in folders)
        many = {place: names for place, names in folders.items() if len(names) > 1 and place[1] < today}
        check(not many or not self.clock, f"parts of days that are over: {next(iter(many.items()), None)}")
        print(f"archive: {sum(map(len, folders.values()))} parts of {len(folders)} folders and days")

    def close(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
        self.program.stop_engine()
        self.simulator.stop()
        self.log.close()


def main():
    options = arguments()
    folder = tempfile.mkdtemp(prefix="forgehouse-soak-")
    soak = Soak(options, folder)
    try:
        soak.go()
        print("soak: ok")
        return 0
    except Failed as failure:
        print(f"soak: FAILED\n{failure}")
        return 1
    finally:
        if options.json:
            with open(options.json, "w", encoding="utf-8") as file:
                json.dump(soak.samples, file, indent=1)
        soak.close()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
