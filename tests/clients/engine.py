"""The engine as a stranger's client meets it: on a loopback port of its own, in folders of its own."""

import os
import pathlib
import select
import subprocess


class Failed(Exception):
    """What the test found wrong."""


def check(condition, message):
    if not condition:
        raise Failed(message)


class Engine:
    """Ends with the block."""

    def __init__(self, program, folder, options=("--writable",)):
        self.program, self.folder, self.options = program, pathlib.Path(folder), list(options)

    def __enter__(self):
        runtime = self.folder / "run"
        runtime.mkdir(mode=0o700)
        environment = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith("FORGEHOUSE_") or key == "FORGEHOUSE_LIBCHDB"
        }
        environment.update(XDG_RUNTIME_DIR=str(runtime), HOME=str(self.folder), NO_COLOR="1", TZ="UTC")
        cache = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
        environment["XDG_CACHE_HOME"] = str(cache)
        words = [self.program, "engine", "--data", str(self.folder / "data"), "--listen", "127.0.0.1:0", *self.options]
        self.process = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        line = self.ready_line()
        if not line.startswith("ready on http"):
            self.__exit__()
            raise Failed(f"the engine does not start: {line}")
        self.url = line.removeprefix("ready on ")
        self.address = self.url.split("://")[1]
        return self

    def ready_line(self):
        """It says so on standard error; what it writes there later is little and may stay in the pipe."""
        readable, _, _ = select.select([self.process.stderr], [], [], 60)
        return self.process.stderr.readline().decode().strip() if readable else "nothing within a minute"

    def __exit__(self, *_):
        ended = self.process.poll()
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        said = self.process.stderr.read().decode(errors="replace")
        self.process.stderr.close()
        # Whatever the client made of it, this is the reason.
        check(ended is None, f"the engine ended by itself: exit code {ended}\n{said[-3000:]}")
