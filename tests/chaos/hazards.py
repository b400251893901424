"""What happens to a run beside the server's own faults. Each begins a run, does its worst, and waits until the
run is over: whatever it says then, it has not crashed, and it has said why it failed."""

import os
import resource
import shutil
import signal
import subprocess
import time

from program import Failed, check

# The ends that the program chooses itself: all well, something failed, usage, a part failed, stopped.
ORDERLY = {0, 1, 3, 130, 143}
LONGEST = 300


def wait_for(process, what, killed=False):
    """The end of a run. One that was killed may end as it was told to."""
    try:
        _, error = process.communicate(timeout=LONGEST)
    except subprocess.TimeoutExpired:
        process.kill()
        raise Failed(f"{what}: the run has not ended after {LONGEST} s") from None
    code, error = process.returncode, error.decode(errors="replace")
    if killed and code == -signal.SIGKILL:
        return "killed"
    check(code in ORDERLY, f"{what}: exit code {code}\n{error[-2000:]}")
    check(code == 0 or error.strip(), f"{what}: exit code {code}, and not a word why")
    return f"{code}" if code == 0 else f"{code}: {error.strip().splitlines()[0][:160]}"


def tell(pid, number):
    try:
        if pid:
            os.kill(pid, number)
    except ProcessLookupError:
        pass


class Hazard:
    def impossible(self):
        """Why it cannot be had here; empty where it can."""
        return ""

    def faults(self, episode):
        return []

    def go(self, episode):
        return wait_for(episode.program.start("collect"), type(self).__name__)


class Kill(Hazard):
    """SIGKILL at any moment, to the collector, the engine, or both."""

    def __init__(self, collector, engine):
        self.collector, self.engine = collector, engine

    def go(self, episode):
        process = episode.program.start("collect")
        after = episode.dice.random() * episode.longest
        time.sleep(after)
        if self.engine:
            tell(episode.program.engine(), signal.SIGKILL)
        if self.collector:
            process.kill()
        return f"after {after:.2f} s: {wait_for(process, 'kill', self.collector)}"


class Terminate(Hazard):
    """SIGTERM: what is in hand is stored, and the run says that it was stopped."""

    def go(self, episode):
        process = episode.program.start("collect")
        time.sleep(episode.dice.random() * episode.longest)
        tell(process.pid, signal.SIGTERM)
        return wait_for(process, "SIGTERM")


class Away(Hazard):
    """The warehouse hangs for a while, as under a snapshot of its machine."""

    def go(self, episode):
        process = episode.program.start("collect")
        time.sleep(episode.dice.random() * episode.longest)
        engine = episode.program.engine()
        tell(engine, signal.SIGSTOP)
        try:
            time.sleep(1 + 2 * episode.dice.random())
        finally:
            tell(engine, signal.SIGCONT)
        return wait_for(process, "a warehouse that hangs")


class Restarts(Hazard):
    """The warehouse dies again and again."""

    def go(self, episode):
        process = episode.program.start("collect")
        for _ in range(4):
            time.sleep(0.2 + episode.dice.random())
            tell(episode.program.engine(), signal.SIGKILL)
        return wait_for(process, "a warehouse that dies again and again")


class Expired(Hazard):
    """The token is refused in the middle; the command that gives it has another one by then."""

    def faults(self, episode):
        return [f"expire token=sim-token after={episode.dice.randint(1, 40)}"]

    def go(self, episode):
        process = episode.program.start("collect")
        time.sleep(0.1)
        episode.token("sim-token-2")
        try:
            return wait_for(process, "a token that expires")
        finally:
            episode.token("sim-token")


class Silent(Hazard):
    """Some requests are accepted and never answered."""

    def faults(self, episode):
        return [f"latency ms=4000 every={episode.dice.randint(20, 60)} path=/rest/*"]


class DiskFull(Hazard):
    """The disk of the data directory runs full, and has room again afterwards."""

    def impossible(self):
        return "" if os.geteuid() == 0 and shutil.which("mount") else "it needs root, to mount a small file system"

    def go(self, episode):
        facts = os.statvfs(episode.program.data)
        used = (facts.f_blocks - facts.f_bfree) * facts.f_frsize // 1024
        limit(episode.program.data, used + episode.dice.randint(64, 8192))
        try:
            said = wait_for(episode.program.start("collect"), "a disk that is full")
        finally:
            limit(episode.program.data, ROOMY_KB)
        return said


ROOMY_KB = 2 << 20


def mount(folder):
    options = f"size={ROOMY_KB}k,mode=700"
    return subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", folder], check=False).returncode == 0


def limit(folder, kilobytes):
    subprocess.run(["mount", "-o", f"remount,size={kilobytes}k", folder], check=True)


class FewFiles(Hazard):
    """Hardly any file may be open."""

    def go(self, episode):
        # The engine has had its own when it began.
        episode.program.run("query", "SELECT 1")
        most = episode.dice.randint(12, 60)
        process = episode.program.start(
            "collect", before=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        )
        return f"{most}: {wait_for(process, f'at most {most} open files')}"


class NoNames(Hazard):
    """The server's name is found at first, and then no more."""

    def impossible(self):
        works = os.geteuid() == 0 and shutil.which("unshare")
        if works and subprocess.run(["unshare", "-m", "true"], check=False, capture_output=True).returncode == 0:
            return ""
        return "it needs root, for an /etc/hosts of its own"

    def go(self, episode):
        hosts = os.path.join(episode.folder, "hosts")
        known = "127.0.0.1 localhost forge.test\n"
        with open(hosts, "w", encoding="utf-8") as file:
            file.write(known if episode.dice.random() < 0.7 else "127.0.0.1 localhost\n")
        port = episode.simulator.url.rsplit(":", 1)[1]
        config = episode.configure("named", f"http://forge.test:{port}")
        script = f'mount --bind "{hosts}" /etc/hosts && exec "$0" collect --config "{config}"'
        process = episode.program.start(through=("unshare", "-m", "sh", "-c", script))
        time.sleep(episode.dice.random() * episode.longest)
        with open(hosts, "w", encoding="utf-8") as file:
            file.write("127.0.0.1 localhost\n")
        return wait_for(process, "names that are not found")


class HandClock:
    """A clock of one process that is set by hand. Spans and timeouts stay real."""

    def __init__(self, folder):
        self.offset, self.file = 0, os.path.join(folder, "clock")
        self.move(0)

    def move(self, seconds):
        self.offset += seconds
        with open(self.file + ".new", "w", encoding="utf-8") as file:
            file.write(str(self.offset))
        os.replace(self.file + ".new", self.file)

    def variables(self):
        return {"FORGEHOUSE_CLOCK_FILE": self.file}


class Clock(Hazard):
    """The clock is set, back or forward, while the collector runs."""

    def __init__(self, seconds):
        self.seconds = seconds

    def go(self, episode):
        clock = HandClock(episode.folder)
        process = episode.program.start("collect", **clock.variables())
        time.sleep(episode.dice.random() * episode.longest)
        clock.move(self.seconds)
        return wait_for(process, f"the clock set by {self.seconds} s")


ALL = {
    "kill_collector": Kill(True, False),
    "kill_engine": Kill(False, True),
    "kill_both": Kill(True, True),
    "terminate": Terminate(),
    "away": Away(),
    "restarts": Restarts(),
    "expired": Expired(),
    "silent": Silent(),
    "disk_full": DiskFull(),
    "few_files": FewFiles(),
    "no_names": NoNames(),
    "clock_back": Clock(-3600),
    "clock_forward": Clock(7200),
}
