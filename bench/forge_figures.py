"""What the forge answers, how fast it starts, and what it takes: `forgehouse serve` on SQLite, asked by
wrk on the same machine, whose share of the processors is part of the figure."""

import base64
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
import urllib.request

from harness import PROGRAM, Failed, median, row

PASSWORD = "bench-password"
SECONDS = 8
COMMAND = "bench/run forge"


class Server:
    def __init__(self, folder):
        self.folder = folder
        kept = {key: value for key, value in os.environ.items() if not key.startswith("FORGEHOUSE_")}
        self.environment = {
            **kept, "HOME": folder, "FORGEHOUSE_ADMIN_PASSWORD": PASSWORD,
            "FORGEHOUSE_SERVER_REQUESTS_PER_HOUR": "0", "FORGEHOUSE_SERVER_ANONYMOUS_REQUESTS_PER_HOUR": "0",
        }  # fmt: skip

    def __enter__(self):
        begin = time.monotonic()
        words = [PROGRAM, "serve", "--data", os.path.join(self.folder, "data"), "--listen", "127.0.0.1:0"]
        self.process = subprocess.Popen(words, env=self.environment, stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            if line.startswith("ready on "):
                break
        else:
            raise Failed("the server does not start")
        self.start_ms = (time.monotonic() - begin) * 1000
        self.url = line.split()[2] + "/2.0"
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()

    def memory_megabytes(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1000

    def ask(self, method, path, body=None, kind="application/json"):
        request = urllib.request.Request(self.url + path, data=body, method=method)
        request.add_header("Authorization", "Basic " + base64.b64encode(f"admin:{PASSWORD}".encode()).decode())
        request.add_header("Content-Type", kind)
        with urllib.request.urlopen(request) as answer:
            return answer.read()

    def token(self):
        words = [PROGRAM, "admin", "token", "create", "--user", "admin", "--scopes", "repository:admin repository:write webhook", "--data", os.path.join(self.folder, "data")]
        return subprocess.run(words, env=self.environment, capture_output=True, text=True, check=True).stdout.strip()


def wrk(url, token, script=None):
    """Answers a second; one that is no success fails the figure."""
    words = ["wrk", "-t1", "-c16", f"-d{SECONDS}s", "-H", f"Authorization: Bearer {token}"]
    said = subprocess.run([*words, *(["-s", script] if script else []), url], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise Failed(f"not all answers were good: {said}")
    return float(re.search(r"Requests/sec:\s+([0-9.]+)", said).group(1))


def prepared(server, repositories):
    server.ask("POST", "/repositories/admin/tools", b"{}")
    form = "application/x-www-form-urlencoded"
    server.ask("POST", "/repositories/admin/tools/src", b"message=one&branch=main&README.md=text", form)
    for number in range(repositories):
        server.ask("POST", f"/repositories/admin/more-{number}", b"{}")


def large_diff(server):
    """Milliseconds for the diff of a commit that changes 600 files of 40 lines in one line each."""
    server.ask("POST", "/repositories/admin/large", b"{}")
    for last in ("one", "two"):
        fields = {f"d{n % 20}/f{n}.txt": "".join(f"line {n} {i}\n" for i in range(39)) + last + "\n" for n in range(600)}
        body = "&".join(["message=x", "branch=main", *(f"{key}={value}" for key, value in fields.items())]).replace("\n", "%0A").replace(" ", "+")
        server.ask("POST", "/repositories/admin/large/src", body.encode(), "application/x-www-form-urlencoded")
    head = json.loads(server.ask("GET", "/repositories/admin/large/commits"))["values"][0]["hash"]
    times = []
    for _ in range(9):
        begin = time.monotonic()
        text = server.ask("GET", f"/repositories/admin/large/diff/{head}")
        times.append((time.monotonic() - begin) * 1000)
    if text.count(b"diff --git") != 600:
        raise Failed("the diff is not of 600 files")
    return median(times)


def forge(options):
    if not shutil.which("wrk"):
        raise Failed("wrk is needed: apt-get install wrk")
    with tempfile.TemporaryDirectory(dir=options.scratch) as folder:
        with Server(folder) as server:
            prepared(server, 200)
            token = server.token()
            for path, what in (("/tools", "one repository"), ("?pagelen=10", "a page of ten repositories"), ("/tools/refs/branches", "branches"), ("/tools/src/main/README.md", "a file")):
                rate = wrk(f"{server.url}/repositories/admin{path}", token)
                yield row(f"forge, REST reads of {what}", "at least 10,000/s", "/s", rate, rate >= 10_000, COMMAND, "16 connections, SQLite, wrk on the same processors")
            script = os.path.join(folder, "write.lua")
            with open(script, "w", encoding="utf-8") as file:
                file.write('wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\nwrk.body = [[{"url":"https://example.org","active":true,"events":["repo:push"]}]]\n')
            rate = wrk(f"{server.url}/repositories/admin/tools/hooks", token, script)
            yield row("forge, REST writes, durable", "at least 1,000/s", "/s", rate, rate >= 1000, COMMAND, "webhooks created over 16 connections")
            taken = large_diff(server)
            yield row("forge, diff of 600 files", "under 100 ms", "ms", taken, taken < 100, COMMAND)
        starts, memory = [], 0.0
        for _ in range(5):
            with Server(folder) as server:
                starts.append(server.start_ms)
                memory = server.memory_megabytes()
        yield row("forge, start", "under 150 ms", "ms", median(starts), median(starts) < 150, COMMAND, "202 repositories; the database with what was written before")
        yield row("forge, idle memory", "under 40 MB", "MB", memory, memory < 40, COMMAND, "resident after a start")
