"""`forgehouse serve` as a stranger meets it: on a loopback port and in a folder of its own."""

import base64
import json
import os
import pathlib
import subprocess
import urllib.error
import urllib.request

PASSWORD = "first-password"


class Failed(Exception):
    """What the test found wrong."""


def check(condition, message):
    if not condition:
        raise Failed(message)


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)


class Server:
    """Ends with the block."""

    def __init__(self, program, folder, **settings):
        self.program, self.folder, self.settings = program, pathlib.Path(folder), settings
        self.process = None

    def environment(self):
        kept = {key: value for key, value in os.environ.items() if not key.startswith("FORGEHOUSE_")}
        kept.update(HOME=str(self.folder), NO_COLOR="1", TZ="UTC", FORGEHOUSE_ADMIN_PASSWORD=PASSWORD)
        # The tests ask more than people do.
        kept.update(FORGEHOUSE_SERVER_REQUESTS_PER_HOUR="0", FORGEHOUSE_SERVER_ANONYMOUS_REQUESTS_PER_HOUR="0")
        kept.update(self.settings)
        return kept

    def start(self):
        words = [self.program, "serve", "--data", str(self.folder / "data"), "--listen", "127.0.0.1:0"]
        self.process = subprocess.Popen(words, env=self.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        said = ""
        while "ready on " not in said:
            line = self.process.stdout.readline()
            if not line:
                self.process.kill()
                raise Failed(f"the server does not start: {said}{self.process.stderr.read()}")
            said += line
        self.said = said
        self.url = said.split("ready on ")[1].strip()
        return self

    def stop(self):
        self.process.terminate()
        code = self.process.wait(40)
        self.process.stdout.close()
        self.process.stderr.close()
        return code

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()

    __enter__ = start

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.stop()

    def ask(self, method, path, body=None, user="admin", password=PASSWORD, headers=(), base="/2.0"):
        request = urllib.request.Request(self.url + base + path, method=method)
        if user:
            request.add_header("Authorization", "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode())
        for name, value in headers:
            request.add_header(name, value)
        if isinstance(body, dict):
            request.add_header("Content-Type", "application/json")
            body = json.dumps(body).encode()
        try:
            with urllib.request.urlopen(request, data=body, timeout=60) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as answer:
            return Answer(answer.code, answer.headers, answer.read())

    def admin(self, *words, **more):
        """The verb of that name on the same data folder."""
        return subprocess.run([self.program, "admin", *words, "--data", str(self.folder / "data")], env=self.environment(), capture_output=True, text=True, check=False, **more)
