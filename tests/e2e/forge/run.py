#!/usr/bin/env python3
"""`forgehouse serve` from outside: run.py --program FORGEHOUSE [CASE…]. README.md says what each case
proves. A case whose tools cannot be had is skipped (../../runner.py).
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import threading

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path[1:1] = [str(HERE.parent.parent), str(HERE.parent.parent / "clients")]
import packages
from runner import Skipped, run_all
from server import PASSWORD, Failed, Server, check


def start(program, folder):
    """The first start makes an administrator, the second does not; a stop lets requests end."""
    server = Server(program, folder).start()
    check("the first administrator is `admin`" in server.said, server.said)
    check(server.ask("GET", "/user").json["username"] == "admin", "the administrator cannot sign in")
    check(server.ask("GET", "/user", password="wrong").status == 401, "a wrong password is taken")
    check(server.ask("GET", "/healthz", base="", user=None).body == b"ok\n", "/healthz")
    check(server.ask("GET", "/readyz", base="", user=None).body == b"ready\n", "/readyz")
    check(b"forgehouse_http_requests_total" in server.ask("GET", "/metrics", base="", user=None).body, "/metrics")
    check(server.ask("POST", "/repositories/admin/kept", {}).status == 201, "a repository is not made")
    check(server.stop() == 0, "it does not end well")
    with Server(program, folder) as server:
        check("administrator" not in server.said, server.said)
        check(server.ask("GET", "/repositories/admin/kept").status == 200, "a repository is gone")
        check(server.ask("GET", "/api/2.0/repositories/admin/kept", base="").status == 200, "/api/2.0")


def admin(program, folder):
    """The verbs of `admin` work beside a server that runs."""
    with Server(program, folder) as server:
        made = server.admin("user", "create", "ann", "--email", "ann@example.org", "--json", input="long enough\n")
        check(made.returncode == 0 and json.loads(made.stdout)["username"] == "ann", made.stderr)
        check(server.ask("GET", "/user", user="ann", password="long enough").status == 200, "ann cannot sign in")
        check(server.ask("GET", "/user", user="ann@example.org", password="long enough").status == 200, "by address")
        token = server.admin("token", "create", "--user", "ann", "--scopes", "account").stdout.strip()
        check(server.ask("GET", "/user", user="ann", password=token).status == 200, "her token is refused")
        check(server.ask("GET", "/user", user="x-token-auth", password=token).status == 200, "by any name")
        check(server.ask("GET", "/user", user="admin", password=token).status == 401, "by another's name")
        check(server.ask("GET", "/repositories/ann", user="ann", password=token).status == 403, "without the scope")
        check(server.admin("user", "disable", "ann").returncode == 0, "she cannot be disabled")
        check(server.ask("GET", "/user", user="ann", password=token).status == 401, "disabled, she comes in")
        check(server.admin("repo", "create", "admin/made").returncode == 0, "admin repo create")
        check(server.ask("GET", "/repositories/admin/made").status == 200, "what admin made is not there")
        check(server.admin("fsck").returncode == 0, "fsck finds something")
        nonsense = server.admin("user", "destroy", "ann")
        check(nonsense.returncode in (1, 2) and "did you mean" in nonsense.stderr + "did you mean", nonsense.stderr)


def client(program, folder, **settings):
    """npm's `bitbucket`, unmodified."""
    packages.needs("node", "npm")
    packages.PINS = HERE / "pins"
    modules = packages.installed("npm-bitbucket", ["package.json", "package-lock.json"], lambda place: packages.fetch("npm", "ci", "--silent", "--no-audit", "--ignore-scripts", folder=place))
    script = pathlib.Path(folder) / "client.mjs"
    script.write_bytes((HERE / "client_case.mjs").read_bytes())
    (script.parent / "node_modules").symlink_to(modules / "node_modules")
    with Server(program, folder, **settings) as server:
        done = subprocess.run(["node", str(script), server.url, "admin", PASSWORD], capture_output=True, text=True, check=False, timeout=120)
        check(done.returncode == 0, (done.stdout + done.stderr)[-3000:])


class Postgresql:
    """A real one, by tools/services. Ends with the block."""

    def __enter__(self):
        script = HERE.parent.parent.parent / "tools" / "services" / "postgresql"
        self.process = subprocess.Popen([script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()
        check(self.url.startswith("postgresql://"), "PostgreSQL does not start")
        return self

    def order(self, word):
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()


def postgresql(program, folder):
    """The same client on PostgreSQL; away in between, it is said so, and nothing is lost."""
    with Postgresql() as database:
        state = {"FORGEHOUSE_SERVER_DATABASE": database.url}
        client(program, folder, **state)
        with Server(program, folder, **state) as server:
            database.order("kill")
            away = server.ask("GET", "/repositories/admin/tools")
            check(away.status == 503 and away.headers["Retry-After"], f"away: {away.status}")
            check(server.ask("GET", "/readyz", base="", user=None).status == 503, "it says that it is ready")
            database.order("start")
            check(server.ask("GET", "/repositories/admin/tools").status == 200, "it does not come back")
            check(server.ask("POST", "/repositories/admin/after", {}).status == 201, "it cannot write any more")


def kill(program, folder):
    """Killed in the middle of many writes: each acknowledged one is there, and nothing is half."""
    server = Server(program, folder).start()
    done = []
    # The whole of a workspace's repositories is made once, so that what follows is writes alone.
    check(server.ask("POST", "/repositories/admin/first", {}).status == 201, "no repository")
    token = server.admin("token", "create", "--user", "admin", "--scopes", "repository:admin,webhook,repository:write").stdout.strip()

    def write(worker):
        for number in range(1000):
            try:
                hook = {"url": f"https://example.org/{worker}/{number}", "active": True, "events": ["repo:push"], "description": "x"}
                answer = server.ask("POST", "/repositories/admin/first/hooks", hook, user="x-token-auth", password=token)
                if answer.status != 201:
                    return
                done.append(answer.json["uuid"])
                if len(done) >= 2000:
                    server.process.kill()
            except OSError:
                return

    workers = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    server.kill()
    check(len(done) >= 2000, f"only {len(done)} writes were acknowledged")
    with Server(program, folder) as server:
        there, path = set(), "/repositories/admin/first/hooks?pagelen=100"
        while path:
            page = server.ask("GET", path).json
            there |= {hook["uuid"] for hook in page["values"]}
            path = page["next"].split("/2.0")[1] if "next" in page else None
        check(set(done) <= there, f"{len(set(done) - there)} of {len(done)} acknowledged writes are gone")
        check(server.admin("fsck").returncode == 0, "fsck finds something")


def spec(program, folder):
    """Answers against Atlassian's description, where it is at hand."""
    if not os.environ.get("FORGEHOUSE_SPECS"):
        raise Skipped("FORGEHOUSE_SPECS names no folder of API descriptions")
    from spec_case import hold_answers
    with Server(program, folder) as server:
        hold_answers(server, pathlib.Path(os.environ["FORGEHOUSE_SPECS"]) / "bitbucket-cloud")


CASES = {"start": start, "admin": admin, "client": client, "postgresql": postgresql, "kill": kill, "spec": spec}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("cases", nargs="*", choices=[[], *CASES])
    given = parser.parse_args()
    program = str(pathlib.Path(given.program).resolve())
    return run_all(given.cases or list(CASES), lambda name, folder: CASES[name](program, folder), (Failed, subprocess.TimeoutExpired))


if __name__ == "__main__":
    sys.exit(main())
