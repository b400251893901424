"""One episode: a server, a data directory, and what happens to them."""

import os
import random
import shutil
import subprocess
import threading

import hazards
import truth as truths
from program import Failed, Program, check
from simulator import Simulator

# What the server does wrong now and then; each run has some of it.
WEATHER = (
    "status code=500 every=23 path=/rest/*",
    "status code=503 retry_after=1 every=37",
    "status code=429 retry_after=1 every=31",
    "status code=429 retry_after=date:1 every=43",
    "reset every=29",
    "cut at=0.4 every=19 path=/rest/*",
    "slow ms=5 parts=4 every=7",
    "drift",
    "malformed every=41 path=/rest/*",
    "html code=502 every=47 path=/rest/*",
    "bucket tokens=60 rate=400 retry_after=seconds",
    "cap limit=7",
)
# Something happens on the server while it is read, too.
CHANGES_MEANWHILE = 0.5
RUNS = (2, 4)


class Episode:
    def __init__(self, options, number, folder):
        self.dice = random.Random(f"{options.seed}/{number}")
        self.folder = folder
        self.told = []
        self.program = self.simulator = None
        self.mounted = False
        self.hazards = [self.dice.choice(options.possible) for _ in range(self.dice.randint(*RUNS))]
        self.dates = self.dice.choice(["epoch", "iso"])
        self.org = f"{self.dice.randint(1, 999)},{options.size}"
        self.simulator = Simulator(options.simulator, "--org", self.org, "--dates", self.dates, "--prs", "8", "--commits", "12")
        self.program = Program(
            options.program,
            folder,
            "data",
            FORGEHOUSE_COLLECT_DISCOVERY_CACHE="0s",
            FORGEHOUSE_COLLECT_READ_TIMEOUT="1s",
            FORGEHOUSE_COLLECT_MAX_RETRIES="5",
            FORGEHOUSE_CONFIG=self.configure("server", self.simulator.url),
        )
        if "disk_full" in self.hazards:
            os.mkdir(self.program.data)
            self.mounted = hazards.mount(self.program.data)

    def configure(self, name, url):
        """A configuration whose token comes from a command, so that it can be another one at any time."""
        path = os.path.join(self.folder, f"{name}.yaml")
        self.token("sim-token")
        with open(path, "w", encoding="utf-8") as file:
            file.write(
                f"sources:\n  - name: server\n    kind: bitbucket_server\n    url: {url}\n    data_source: server\n"
                f"    token: {{command: [cat, {self.folder}/token]}}\n"
            )
        os.chmod(path, 0o600)
        return path

    def token(self, value):
        with open(os.path.join(self.folder, "token.new"), "w", encoding="utf-8") as file:
            file.write(value)
        os.replace(os.path.join(self.folder, "token.new"), os.path.join(self.folder, "token"))

    def go(self):
        self.longest = 2.0
        if self.dice.random() < 0.5:
            self.longest = self.program.must("collect").took
            self.told.append("collected")
        for name in self.hazards:
            if self.dice.random() < 0.7:
                self.simulator.mutate(self.dice.randrange(10**6))
            self.simulator.reset()
            weather = [line for line in WEATHER if self.dice.random() < 0.35]
            hazard = hazards.ALL[name]
            self.simulator.faults(*hazard.faults(self), *weather)
            meanwhile = self.change_meanwhile()
            try:
                said = hazard.go(self)
            finally:
                meanwhile.join()
            self.told.append(f"{name} ({said})" if said else name)
        self.simulator.faults()
        self.end()

    def change_meanwhile(self):
        wait, seed = self.dice.random() * self.longest, self.dice.randrange(10**6)
        changes = self.dice.random() < CHANGES_MEANWHILE

        def change():
            if changes:
                self.simulator.mutate(seed)

        timer = threading.Timer(wait, change)
        timer.start()
        return timer

    def end(self):
        """What is left to be read is read by the next undisturbed run."""
        self.program.must("collect")
        truth = self.simulator.truth()
        truths.hold(self.program, truth, without={"git_commit_statuses"}, when="in the end")
        running = self.program.query("SELECT run_id FROM git_collection_runs WHERE status = 'running'")
        check(not running, f"runs that nobody ended: {running}")
        missing = self.program.query("SELECT repo_slug, expected, stored FROM git_coverage WHERE missing != 0 OR expected IS NULL")
        check(not missing, f"the coverage ledger misses what is there: {missing}")
        if self.dice.random() < 0.3:
            self.replay(truth)

    def replay(self, truth):
        copy = self.program.copy_without_warehouse(self.folder, "replay")
        try:
            copy.must("archive", "load")
            truths.hold(copy, truth, without={"git_commit_statuses"}, when="replayed")
        finally:
            copy.stop_engine()
        self.told.append("replayed")

    def story(self):
        return f"organisation {self.org}, {self.dates}: {', '.join(self.told)}"

    def close(self):
        if self.program:
            self.program.stop_engine()
        if self.simulator:
            self.simulator.stop()
        if self.mounted:
            subprocess.run(["umount", "--lazy", self.program.data], check=False)
        shutil.rmtree(os.path.join(self.folder, "data"), ignore_errors=True)


__all__ = ["Episode", "Failed"]
