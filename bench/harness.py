"""What the cases of bench/run stand on: running, timing, machine, results."""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
PROGRAM = os.path.join(ROOT, "build/release/forgehouse")
SIMULATOR = os.path.join(ROOT, "build/release/tests/sim/forgehouse-sim")


class Failed(Exception):
    """A case that could not be measured, with the reason in words."""


def row(figure, target, unit, value, good, command, detail=""):
    return {"figure": figure, "target": target, "unit": unit, "value": value, "good": good, "command": command, "detail": detail}


def say(text):
    print(text, file=sys.stderr, flush=True)


def label(repository):
    """The folder's name, or that of the one around it where every repository is called so."""
    path = os.path.normpath(repository)
    name = os.path.basename(path)
    return os.path.basename(os.path.dirname(path)) if name in ("repo", "repo.git", ".git") else name


def clean_environment(data=None):
    """The environment of measured programs: nothing of the user's configuration counts."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR") if name in os.environ}
    kept.update(LC_ALL="C.UTF-8", GIT_CONFIG_NOSYSTEM="1", GIT_CONFIG_GLOBAL="/dev/null", GIT_ATTR_NOSYSTEM="1")
    if data:
        kept["FORGEHOUSE_DATA"] = data
    return kept


def run(command, data=None, folder=None, stdin=None, path=None):
    """Runs it to its end and returns its standard output; Failed with its own words otherwise."""
    environment = clean_environment(data)
    if path:
        environment["PATH"] = path + os.pathsep + environment["PATH"]
    try:
        done = subprocess.run(command, env=environment, cwd=folder or ROOT, stdin=stdin or subprocess.DEVNULL, capture_output=True, check=False)
    except OSError as error:
        raise Failed(f"{command[0]} cannot be run: {error.strerror}; leave --no-build out") from error
    if done.returncode != 0:
        words = done.stderr.decode(errors="replace").strip().splitlines()
        raise Failed(f"{' '.join(map(str, command[:6]))} … ended with {done.returncode}: {' '.join(words[-2:])}")
    return done.stdout.decode(errors="replace")


def seconds(command, data=None, folder=None, path=None):
    """Wall seconds of one run; what it prints goes nowhere."""
    environment = clean_environment(data)
    if path:
        environment["PATH"] = path + os.pathsep + environment["PATH"]
    with tempfile.TemporaryFile() as errors:
        begin = time.perf_counter()
        status = subprocess.call(command, env=environment, cwd=folder or ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors)
        took = time.perf_counter() - begin
        if status != 0:
            errors.seek(0)
            words = errors.read().decode(errors="replace").strip().splitlines()
            raise Failed(f"{' '.join(map(str, command[:6]))} … ended with {status}: {' '.join(words[-2:])}")
    return took


def peak_megabytes(command, data=None):
    """The high-water mark of the process's own memory (children apart), watched while it runs."""
    process = subprocess.Popen(command, env=clean_environment(data), cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        try:
            with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
                for line in status:
                    if line.startswith("VmHWM:"):
                        peak = max(peak, int(line.split()[1]))
        except OSError:
            break
        time.sleep(0.01)
    if process.wait() != 0:
        raise Failed(f"{' '.join(map(str, command[:4]))} … ended with {process.returncode}")
    return peak / 1024


def median(values):
    return statistics.median(values)


class Machine:
    """What the figures were measured on, and how busy it was meanwhile."""

    def __init__(self):
        self.text = f"{os.cpu_count()} × {self._processor()}, {self._memory()} GiB, {self._system()}, Linux {platform.release()}"
        self.load_before = os.getloadavg()[0]

    @staticmethod
    def _processor():
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
        return names[0] if names else platform.machine()

    @staticmethod
    def _memory():
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)

    @staticmethod
    def _system():
        with open("/etc/os-release", encoding="utf-8") as file:
            names = dict(line.rstrip().split("=", 1) for line in file if "=" in line)
        return names.get("PRETTY_NAME", "").strip('"')


def commit():
    hash_ = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short=10", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()
    dirty = subprocess.run(["git", "-C", ROOT, "status", "--porcelain", "--untracked-files=no"], capture_output=True, text=True, check=False).stdout.strip()
    return hash_ + ("+changes" if dirty else "")


class Ticker:
    """Says every few seconds that a long measurement still runs."""

    def __init__(self, what):
        self._what, self._done = what, threading.Event()
        self._thread = threading.Thread(target=self._tick)

    def _tick(self):
        begin = time.monotonic()
        while not self._done.wait(15):
            say(f"  … {self._what}, {time.monotonic() - begin:.0f} s")

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._done.set()
        self._thread.join()


def write_json(path, machine, rows):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(
            {"commit": commit(), "machine": machine.text, "load_before": machine.load_before, "load_after": os.getloadavg()[0], "results": rows},
            file, indent=2)
        file.write("\n")
