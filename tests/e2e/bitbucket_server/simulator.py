"""forgehouse-sim as a test sees it: started, asked, changed, broken."""

import json
import os
import subprocess
import urllib.request

from program import Failed


class Simulator:
    def __init__(self, path, *options):
        self.process = subprocess.Popen(
            [path, "bitbucket-server", "--port", "0", "--while", str(os.getpid()), *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        )
        line = self.process.stdout.readline()
        if not line:
            raise Failed(f"the simulator did not start: {' '.join(options)}")
        self.says = json.loads(line)
        self.url = self.says["url"]

    def settings(self, token=None):
        """The environment that alone suffices for one server."""
        return {"BITBUCKET_BASE_URL": self.url, "BITBUCKET_TOKEN": token or self.says["token"]}

    def ask(self, path, body=None, method=None):
        request = urllib.request.Request(self.url + path, data=body, method=method)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=600) as answer:
            return answer.read()

    def truth(self):
        """Rows by table."""
        tables = {}
        for line in self.ask("/_sim/manifest").splitlines():
            entry = json.loads(line)
            tables.setdefault(entry["table"], []).append(entry["row"])
        return tables

    def counters(self):
        return json.loads(self.ask("/_sim/counters"))

    def reset(self):
        self.ask("/_sim/reset", b"", "POST")

    def mutate(self, seed, rounds=1, **how):
        extra = "".join(f"&{name}={value}" for name, value in how.items())
        return json.loads(self.ask(f"/_sim/mutate?seed={seed}&rounds={rounds}{extra}", b"", "POST"))

    def faults(self, *lines):
        self.ask("/_sim/faults", "\n".join(lines).encode(), "POST")

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
