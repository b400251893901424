"""The program under test in a data directory of its own, and its tables as plain rows."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import time

# Tables about the collecting itself; two ways of arriving need not agree on them.
ABOUT_RUNS = {"git_collection_runs", "git_data_quality", "git_coverage"}


class Failed(Exception):
    """What the test found wrong."""


def check(condition, message):
    if not condition:
        raise Failed(message)


class Outcome:
    def __init__(self, code, out, error, took):
        self.code, self.out, self.error, self.took = code, out, error, took

    def __str__(self):
        return f"exit code {self.code}\n{self.out[-3000:]}\n{self.error[-3000:]}"


class Program:
    """Settings of the machine and of the user stay outside."""

    def __init__(self, path, folder, name, **settings):
        self.path = path
        self.data = os.path.join(folder, name)
        self.home = os.path.join(folder, name + "-home")
        os.makedirs(self.home, exist_ok=True)
        dropped = ("FORGEHOUSE_", "BITBUCKET_", "CLICKHOUSE_", "XDG_CONFIG")
        self.environment = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(dropped) or key == "FORGEHOUSE_LIBCHDB"
        }
        self.environment.update(FORGEHOUSE_DATA=self.data, XDG_CONFIG_HOME=self.home, NO_COLOR="1")
        self.environment.update(settings)

    def start(self, *arguments, through=(), before=None, **variables):
        """`through`: a command that the program is given to; `before`: called in the child first."""
        return subprocess.Popen(
            [*through, self.path, *arguments],
            preexec_fn=before,
            env={**self.environment, **variables},
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *arguments, timeout=900):
        begin = time.monotonic()
        process = self.start(*arguments)
        try:
            out, error = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            raise Failed(f"{' '.join(arguments)} has not ended after {timeout} s") from None
        took = time.monotonic() - begin
        return Outcome(process.returncode, out.decode(errors="replace"), error.decode(errors="replace"), took)

    def must(self, *arguments, code=0):
        outcome = self.run(*arguments)
        check(outcome.code == code, f"{' '.join(arguments)}: {code} was expected, not {outcome}")
        return outcome

    def query(self, sql):
        """Each row as an object."""
        process = self.start("query", "--format", "JSONEachRow", sql)
        out, error = process.communicate(timeout=300)
        check(process.returncode == 0, f"query: {error.decode(errors='replace')}\n{sql}")
        return [json.loads(line) for line in out.splitlines()]

    def tables(self):
        found = self.query("SELECT name FROM system.tables WHERE database = 'default' AND name LIKE 'git_%'")
        return sorted(row["name"] for row in found)

    def rows(self, table, condition=""):
        """As the truth writes them: ISO 8601 times, JSON columns as what they hold."""
        columns = self.query(
            f"SELECT name, type FROM system.columns WHERE database = 'default' AND table = '{table}' ORDER BY position"
        )
        # Texts travel in hex: in JSON, bytes that are not UTF-8 would come out as something else.
        forms, wanted = {}, []
        for column in columns:
            name, in_hex = column["name"], is_text(column)
            forms[name] = form_of(column, in_hex)
            wanted.append(f"hex(`{name}`) AS `{name} in hex`" if in_hex else f"`{name}`")
        rows = self.query(f"SELECT {', '.join(wanted)} FROM {table} {condition}")
        return [{name: forms[name](value) for name, value in zip(forms, row.values())} for row in rows]

    def everything(self, without):
        """All tables as sets of lines, for two ways of arriving to be compared."""
        out = {}
        for table in self.tables():
            if table not in ABOUT_RUNS:
                condition = "WHERE is_reachable" if table == "git_commits" else ""
                out[table] = sorted(line_of(row, without) for row in self.rows(table, condition))
        return out

    def copy_without_warehouse(self, folder, name, path=None):
        """What a replay needs: the archive and the mirrors, and nothing that was made of them."""
        self.stop_engine()
        kept = {"FORGEHOUSE_DATA", "XDG_CONFIG_HOME"}
        settings = {key: value for key, value in self.environment.items() if key not in kept}
        other = Program(path or self.path, folder, name, **settings)
        shutil.copytree(
            self.data,
            other.data,
            symlinks=True,
            ignore=shutil.ignore_patterns("clickhouse", "checkpoints", "engine.*", "logs", "*.lock"),
        )
        return other

    def engine(self):
        try:
            with open(os.path.join(self.data, "engine.lock"), encoding="ascii") as lock:
                return int(lock.readline())
        except (OSError, ValueError):
            return None

    def write(self, sql):
        """A statement that changes something, as nobody but the collector may send it."""
        self.must("query", "SELECT 1")
        with open(os.path.join(self.data, "engine.lock"), encoding="utf-8") as lock:
            path = next(line.strip() for line in lock if ".sock" in line)
        with open(os.path.join(self.data, "engine.token"), encoding="ascii") as file:
            token = file.read().strip()
        connection = http.client.HTTPConnection("localhost")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(path)
        connection.request("POST", "/", sql.encode(), {"X-Forgehouse-Writer": token})
        answer = connection.getresponse()
        check(answer.status == 200, f"{sql}: {answer.read().decode(errors='replace')}")
        connection.close()

    def stop_engine(self):
        pid = self.engine()
        if not pid:
            return
        try:
            os.kill(pid, signal.SIGTERM)
            for _ in range(600):
                os.kill(pid, 0)
                time.sleep(0.05)
        except ProcessLookupError:
            pass


def is_text(column):
    return "String" in column["type"] and not column["type"].startswith("Array")


def form_of(column, in_hex):
    """What makes a value of the truth's form from one of the warehouse's."""
    if column["type"].find("DateTime64") >= 0:
        form = lambda value: value.replace(" ", "T") + "Z"
    elif column["type"].find("Int") >= 0:
        form = int
    elif in_hex and column["name"] in ("metadata", "language_breakdown", "settings"):
        form = lambda value: json.loads(text_of(value))
    elif in_hex:
        form = text_of
    else:
        form = lambda value: value
    return lambda value: value if value is None else form(value)


def text_of(value):
    return bytes.fromhex(value).decode(errors="surrogateescape")


def line_of(row, without):
    return json.dumps({name: value for name, value in row.items() if name not in without}, sort_keys=True)
