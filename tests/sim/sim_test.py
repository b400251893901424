#!/usr/bin/env python3
"""What the simulator promises, tried on the program itself.

sim_test.py --program PATH/forgehouse-sim [--junit FILE] [CASE…]

That it is the same each time; that each fault does what README.md says of it, and nothing else; that
its truth is what real git says of a clone; that scenarios are read, and wrong ones refused.
"""

import argparse
import base64
import email.utils
import glob
import http.client
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.parse
import xml.sax.saxutils

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
REPOSITORIES = "/rest/api/1.0/repos?archived=ALL&limit=100"
USERS = "/rest/api/1.0/users?limit=100"
PROPERTIES = "/rest/api/1.0/application-properties"


class Failed(Exception):
    """What the test found wrong."""


def check(condition, *message):
    if not condition:
        raise Failed(": ".join(str(part) for part in message))


def same(have, want, what):
    check(have == want, what, f"{str(have)[:600]} instead of {str(want)[:600]}")


class Reply:
    def __init__(self, answer, pieces, is_whole, took):
        self.status, self.headers, self.pieces = answer.status, answer.headers, pieces
        self.body, self.is_whole, self.took = b"".join(pieces), is_whole, took

    def json(self):
        return json.loads(self.body)

    def ids(self):
        return [value["id"] for value in self.json()["values"]]


class Simulator:
    def __init__(self, program, *options):
        self.process = subprocess.Popen(
            [program, "bitbucket-server", "--while", str(os.getpid()), *options], stdout=subprocess.PIPE
        )
        line = self.process.stdout.readline()
        check(line, "the simulator did not start", " ".join(options))
        self.says = json.loads(line)
        self.url, self.address = self.says["url"], urllib.parse.urlsplit(self.says["url"]).netloc

    def ask(self, target, *faults, token="sim-token", method="GET", body=None, **headers):
        """One request over a connection of its own; raises what a broken one raises."""
        if token:
            headers.setdefault("Authorization", "Bearer " + token)
        if faults:
            headers["X-Sim-Fault"] = ";".join(faults)
        begin = time.monotonic()
        connection = http.client.HTTPConnection(self.address, timeout=30)
        try:
            connection.request(method, target, body, headers)
            answer = connection.getresponse()
            pieces, is_whole = [], True
            try:
                while piece := answer.read1(1 << 20):
                    pieces.append(piece)
            except (http.client.IncompleteRead, ConnectionError):
                is_whole = False
            return Reply(answer, pieces, is_whole, time.monotonic() - begin)
        finally:
            connection.close()

    def post(self, target, body=""):
        return self.ask(target, token=None, method="POST", body=body.encode())

    def faults(self, *lines):
        reply = self.post("/_sim/faults", "\n".join(lines))
        same(reply.status, 200, reply.body)

    def statuses(self, count, target=PROPERTIES, **how):
        return [self.ask(target, **how).status for _ in range(count)]

    def counters(self):
        return self.ask("/_sim/counters").json()

    def mutate(self, seed, rounds):
        return self.post(f"/_sim/mutate?seed={seed}&rounds={rounds}").json()["changes"]

    def bytes_of(self, target):
        """Without its own address, which differs from one start to the next."""
        return self.ask(target).body.replace(self.url.encode(), b"URL")

    def truth(self):
        tables = {}
        for line in self.ask("/_sim/manifest").body.splitlines():
            entry = json.loads(line)
            tables.setdefault(entry["table"], []).append(entry["row"])
        return tables

    def longest_list(self):
        """The list of the repository that has the most pull requests, without `limit` and `start`."""
        rows = self.truth()["git_pull_requests"]
        names = [(row["project_key"], row["repo_slug"]) for row in rows]
        key, slug = max(sorted(set(names)), key=names.count)
        check(names.count((key, slug)) > 6, "too few pull requests to test pages with")
        return f"/rest/api/1.0/projects/{key}/repos/{slug}/pull-requests?state=ALL&order=NEWEST"

    def stop(self):
        self.process.terminate()
        same(self.process.wait(30), 0, "exit code of the simulator")
        self.process.stdout.close()


class Bench:
    def __init__(self, program, folder):
        self.program, self.folder, self.simulators = program, folder, []

    def simulator(self, *options):
        self.simulators.append(Simulator(self.program, *options))
        return self.simulators[-1]

    def refused(self, *options):
        """What it says when it does not start."""
        done = subprocess.run(
            [self.program, "bitbucket-server", "--org", "1,1", *options], capture_output=True, timeout=30, check=False
        )
        check(done.returncode in (1, 64) and not done.stdout, options, "was not refused")
        return done.stderr.decode()

    def close(self):
        for simulator in self.simulators:
            simulator.stop()


# --- the same each time ------------------------------------------------------------------------------


def everything(simulator):
    """All that a client can see and the truth, without addresses."""
    out = {"truth": simulator.bytes_of("/_sim/manifest")}
    targets = [REPOSITORIES, USERS]
    for row in simulator.truth()["git_repositories"]:
        stem = f"/rest/api/1.0/projects/{row['project_key']}/repos/{row['repo_slug']}"
        git = f"/scm/{row['project_key'].lower()}/{row['repo_slug']}.git/info/refs?service=git-upload-pack"
        targets += [f"{stem}/pull-requests?state=ALL&limit=100", f"{stem}/branches?limit=100", git]
        for number in simulator.ask(f"{stem}/pull-requests?state=ALL&limit=5").ids():
            targets.append(f"{stem}/pull-requests/{number}/activities?limit=100")
    for target in targets:
        out[target] = simulator.bytes_of(target)
    return out


def determinism(bench):
    """Seed, size, options and changes say every byte; the port and the folder say none."""
    for options in (("--legacy",), ("--big-ids", "--dates", "iso", "--prs", "4")):
        first, second = (bench.simulator("--org", "7,3", *options) for _ in range(2))
        before = everything(first)
        same(everything(second), before, f"the same organisation made twice, {options}")
        for seed in (5, 6):
            changes = first.mutate(seed, 3)
            same(second.mutate(seed, 3), changes, f"the same changes, seed {seed}")
        after = everything(first)
        check(after["truth"] != before["truth"], "changes change nothing")
        same(everything(second), after, f"the same changes made twice, {options}")
        check(first.mutate(7, 3) != second.mutate(8, 3) or everything(first) != everything(second), "seeds of changes")
    other = bench.simulator("--org", "8,3", *options)
    check(other.bytes_of("/_sim/manifest") != before["truth"], "another seed makes the same organisation")


def manifest(bench):
    """The files of --manifest are the endpoint's tables, from the start and after changes."""
    folder = os.path.join(bench.folder, "manifest")
    simulator = bench.simulator("--org", "3,3", "--manifest", folder)
    for _ in range(2):
        tables = simulator.truth()
        found = {os.path.basename(path)[: -len(".jsonl")] for path in glob.glob(folder + "/*.jsonl")}
        check(set(tables) <= found, "tables without a file", set(tables) - found)
        for table in found:
            with open(f"{folder}/{table}.jsonl", encoding="utf-8") as file:
                same([json.loads(line) for line in file], tables.get(table, []), table)
        with open(f"{folder}/git_commits.jsonl", "rb") as file:
            same(file.read(), simulator.ask("/_sim/manifest?table=git_commits").body, "one table")
        simulator.mutate(1, 2)
    check(simulator.truth() != tables, "two rounds of change left the truth as it was")


# --- faults ------------------------------------------------------------------------------------------


def waits(bench):
    """latency, slow."""
    simulator = bench.simulator("--org", "1,2")
    plain = simulator.ask(USERS)
    late = simulator.ask(USERS, "latency ms=150")
    check(late.took >= 0.15, "latency did not wait", late.took)
    same(late.body, plain.body, "the answer after latency")
    slow = simulator.ask(USERS, "slow ms=20 parts=5")
    same(len(slow.pieces), 5, "parts of a slow body")
    check(slow.took >= 0.08, "slow did not wait between the parts", slow.took)
    same((slow.body, slow.is_whole), (plain.body, True), "the slow body")


def refusals(bench):
    """status, html, expire, denied."""
    simulator = bench.simulator("--org", "1,2")
    reply = simulator.ask(USERS, "status")
    same(reply.status, 503, "status without a code")
    check(reply.json()["errors"][0]["message"], "the product's own error body")
    check("Retry-After" not in reply.headers, "Retry-After although nobody said so")
    reply = simulator.ask(USERS, "status code=429 retry_after=7")
    same((reply.status, reply.headers["Retry-After"]), (429, "7"), "status with seconds")
    begin = time.time()
    reply = simulator.ask(USERS, "status code=503 retry_after=date:7")
    named = email.utils.parsedate_to_datetime(reply.headers["Retry-After"]).timestamp()
    check(int(begin) + 7 <= named <= time.time() + 7, "the date of Retry-After", named - begin)
    for code in (502, 504):
        reply = simulator.ask(USERS, f"status code={code}")
        same((reply.status, reply.headers["Content-Type"][:9]), (code, "text/html"), "a proxy's error")
    for fault, status in (("html", 200), ("html code=302", 302)):
        reply = simulator.ask(USERS, fault)
        same((reply.status, reply.headers["Content-Type"][:9]), (status, "text/html"), fault)
        check(b"Sign in" in reply.body, "the page of a proxy", reply.body)
    reply = simulator.ask(USERS, "expire")
    same(reply.status, 401, "expire")
    check("IncorrectPassword" in reply.json()["errors"][0]["exceptionName"], reply.body)
    for fault, status in (("denied", 401), ("denied code=403", 403)):
        reply = simulator.ask(USERS, fault)
        same(reply.status, status, fault)
        check("AuthorisationException" in reply.json()["errors"][0]["exceptionName"], reply.body)
    same(simulator.ask(USERS).status, 200, "after faults of other requests")


def broken(bench):
    """reset, cut, malformed."""
    simulator = bench.simulator("--org", "1,2")
    plain = simulator.ask(USERS)
    try:
        simulator.ask(USERS, "reset")
        raise Failed("reset gave an answer")
    except ConnectionResetError:
        pass
    for fault, share in (("cut", 0.5), ("cut at=0.25", 0.25), ("cut at=0", 0)):
        reply = simulator.ask(USERS, fault)
        same(reply.body, plain.body[: int(share * len(plain.body))], fault)
        check(not reply.is_whole, fault, "the connection did not break")
    reply = simulator.ask(USERS, "malformed")
    differing = [at for at, (one, other) in enumerate(zip(reply.body, plain.body)) if one != other]
    same((reply.status, reply.is_whole, differing), (200, True, [len(plain.body) // 2]), "malformed")
    try:
        reply.json()
        raise Failed("malformed is JSON")
    except json.JSONDecodeError:
        pass


def paged(simulator, target, limit, *faults):
    """Pages until the last."""
    start = 0
    while start is not None:
        page = simulator.ask(f"{target}&limit={limit}&start={start}", *faults).json()
        same((page["start"], page["size"]), (start, len(page["values"])), "a page about itself")
        yield page
        start = page.get("nextPageStart")
        same(page["isLastPage"], start is None, "isLastPage and nextPageStart")


def pages(bench):
    """cap, holes, endless, drift, --page-cap."""
    simulator = bench.simulator("--org", "2,2", "--page-cap", "50")
    target = simulator.longest_list()
    every = simulator.ask(target + "&limit=1000")
    same(every.json()["limit"], 50, "--page-cap")
    ids = every.ids()

    def ids_of(seen):
        return [value["id"] for page in seen for value in page["values"]]

    seen = list(paged(simulator, target, 100, "cap limit=2"))
    same({page["limit"] for page in seen}, {2}, "limit of capped pages")
    check(max(page["size"] for page in seen) == 2 and ids_of(seen) == ids, "cap loses or adds items", ids_of(seen))
    seen = list(paged(simulator, target, 3, "holes"))
    same(ids_of(seen), ids, "all pages with holes")
    beyond = [p for p in seen if not p["isLastPage"] and p["nextPageStart"] > p["start"] + p["size"]]
    check(beyond, "holes leaves no hole")
    same(ids_of(paged(simulator, target, 3)), ids, "all pages")
    behind = simulator.ask(f"{target}&limit=3&start={len(ids) + 5}", "endless").json()
    same((behind["values"], behind["isLastPage"], behind["nextPageStart"]), ([], False, len(ids) + 6), "endless")

    drifting = ids_of(paged(simulator, target, 3, "drift"))
    moved = len(list(paged(simulator, target, 3))) - 1
    check(set(drifting) < set(ids) and len(drifting) > len(set(drifting)), "drift shows and hides", drifting)
    after = simulator.ask(target + "&limit=1000").ids()
    # The oldest moves to the front, once for each page but the first.
    same(after, ids[-moved:] + ids[:-moved], "the list after drift")
    same(simulator.ask(target + "&limit=3", "drift").ids(), after[:3], "a first page with drift")


def bucket(bench):
    """One bucket for each user, REST and git; headers of the product."""
    simulator = bench.simulator("--org", "1,2")
    clone = simulator.ask(REPOSITORIES).json()["values"][0]["links"]["clone"][0]["href"]
    git = urllib.parse.urlsplit(clone).path + "/info/refs?service=git-upload-pack"
    simulator.faults("bucket tokens=3 rate=0.01")
    reply = simulator.ask(USERS)
    names = ("Limit", "Remaining", "FillRate", "Interval-Seconds")
    have = [reply.headers["X-RateLimit-" + name] for name in names]
    same(have, ["3", "2", "0", "1"], "headers of a first answer")
    same(simulator.ask(git).status, 200, "git with a token left")
    same(simulator.ask(USERS).headers["X-RateLimit-Remaining"], "0", "the last token")
    reply = simulator.ask(USERS)
    same((reply.status, reply.headers["X-RateLimit-Remaining"]), (429, "0"), "an empty bucket")
    check(95 <= int(reply.headers["Retry-After"]) <= 100, "Retry-After", reply.headers["Retry-After"])
    check("RateLimited" in reply.json()["errors"][0]["exceptionName"], reply.body)
    same(simulator.ask(git).status, 429, "git of an empty bucket")
    same(simulator.ask(USERS, token="sim-admin").status, 200, "somebody else's bucket")
    simulator.post("/_sim/reset")
    same(simulator.statuses(4), [200, 200, 200, 429], "after a reset")

    simulator.faults("bucket tokens=1 rate=0.01 retry_after=date")
    simulator.ask(USERS)
    named = email.utils.parsedate_to_datetime(simulator.ask(USERS).headers["Retry-After"])
    check(90 <= named.timestamp() - time.time() <= 100, "Retry-After as a date", named)
    simulator.faults("bucket tokens=1 rate=0.01 retry_after=none")
    for status in (200, 429):
        reply = simulator.ask(USERS)
        same(reply.status, status, "a silent bucket")
        told = [name for name in reply.headers if name.lower().startswith(("x-ratelimit", "retry-after"))]
        same(told, [], "what a silent bucket tells")
    simulator.faults("bucket tokens=1 rate=5")
    begin = time.monotonic()
    same(simulator.ask(USERS).headers["X-RateLimit-FillRate"], "5", "the rate")
    while simulator.ask(USERS).status == 429:
        check(time.monotonic() - begin < 10, "a bucket does not fill again")


def conditions(bench):
    """path, every, first, after, kind; which fault decides; counting."""
    simulator = bench.simulator("--org", "1,2")
    for condition, expected in (
        ("first=2", [503, 503, 200, 200, 200, 200]),
        ("after=2", [200, 200, 503, 503, 503, 503]),
        ("after=1 first=3", [200, 503, 503, 200, 200, 200]),
        ("every=3", [200, 200, 503, 200, 200, 503]),
        ("every=2 after=2", [200, 200, 200, 503, 200, 503]),
    ):
        simulator.faults("status code=503 " + condition)
        same(simulator.statuses(6), expected, condition)
        same(simulator.counters()["faults"].get("status"), expected.count(503), f"counted: {condition}")
        simulator.post("/_sim/reset")
        same(simulator.statuses(6), expected, condition + " after a reset")
        simulator.post("/_sim/reset")
    for condition in ("path=*/users*", "path=*limit=100", "kind=users", "kind=builds,users"):
        simulator.faults("status " + condition)
        same([simulator.ask(USERS).status, simulator.ask(PROPERTIES).status], [503, 200], condition)
    simulator.faults("status first=1 kind=users")
    same([simulator.ask(t).status for t in (PROPERTIES, USERS, USERS)], [200, 503, 200], "counts what matches")

    simulator.faults("expire token=sim-token after=1")
    tokens = ("sim-token-2", "sim-token", "sim-admin", "sim-token", "sim-token-3", "sim-token")
    same([simulator.ask(USERS, token=token).status for token in tokens], [200, 200, 200, 401, 200, 401], "one token")

    simulator.faults("latency ms=30", "denied code=403 kind=users", "status code=500")
    reply = simulator.ask(USERS)
    check(reply.status == 403 and reply.took >= 0.03, "the first fault decides, and latency adds", reply.status)
    same(simulator.ask(PROPERTIES).status, 500, "the first that holds")
    same(simulator.ask(PROPERTIES, "status code=418").status, 418, "a request's own fault goes first")
    same(simulator.ask("/_sim/counters").status, 200, "faults at its own endpoints")
    reply = simulator.post("/_sim/faults", "status code=500\nno-such kind=users")
    same(reply.status, 400, "a wrong line")
    check(b"no-such" in reply.body, "the wrong line is not named", reply.body)
    same(simulator.ask(PROPERTIES).status, 500, "wrong faults leave those in force")
    simulator.faults()
    same(simulator.ask(PROPERTIES).status, 200, "no faults")
    same(simulator.ask(PROPERTIES, "nonsense").status, 400, "a header that is no fault")


def ways_in(bench):
    """Who is let in, and what a reader sees."""
    simulator = bench.simulator("--org", "7,12", "--gateway", "X-Gate=open sesame")
    gate = {"X-Gate": "open sesame"}
    reply = simulator.ask(USERS)
    same((reply.status, reply.headers["Content-Type"][:9]), (403, "text/html"), "without the gateway's header")

    def basic(user, password):
        return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()

    for way, status in (
        ("Bearer sim-token", 200),
        (basic("sim", "sim-password"), 200),
        (basic("sim", "sim-token"), 200),
        (basic("x-token-auth", "sim-token"), 200),
        ("Bearer sim-expired", 401),
        ("Bearer sim-token-2", 200),
        ("Bearer sim-token-x", 401),
        ("Bearer nonsense", 401),
        (basic("sim", "nonsense"), 401),
    ):
        same(simulator.ask(USERS, token=None, Authorization=way, **gate).status, status, way)
    same(simulator.ask(USERS, token=None, **gate).status, 401, "nobody")
    keys = [
        {repository["project"]["key"] for repository in simulator.ask(REPOSITORIES, token=token, **gate).json()["values"]}
        for token in ("sim-token", "sim-admin")
    ]
    same(keys[1] - keys[0], {"SECR"}, "what only the administrator sees")
    check("SECR" not in {row["project_key"] for row in simulator.truth()["git_repositories"]}, "the truth of SECR")


# --- the truth ---------------------------------------------------------------------------------------


def git(folder, *arguments):
    environment = dict(os.environ, GIT_CONFIG_NOSYSTEM="1", GIT_CONFIG_GLOBAL="/dev/null", GIT_TERMINAL_PROMPT="0")
    done = subprocess.run(
        ["git", "-C", folder, *arguments], capture_output=True, env=environment, timeout=60, check=False
    )
    check(done.returncode == 0, "git " + " ".join(arguments), done.stderr.decode(errors="replace"))
    return done.stdout.decode(errors="surrogateescape")


def refs_of(clone, prefix):
    """{short name: what it points at, tags peeled}."""
    out = {}
    for line in git(clone, "for-each-ref", "--format=%(refname)%09%(objectname)%09%(*objectname)", prefix).splitlines():
        name, hash_, peeled = line.split("\t")
        out[name[len(prefix) :]] = peeled or hash_
    return out


def commits_of(clone):
    """{hash: (time of the committer, parents, files, lines added, lines removed)} of what refs reach."""
    said = git(
        clone, "log", "--branches", "--tags", "--glob=refs/pull-requests/*/from", "--format=@%H %ct %P",
        "--numstat", "-M", "--diff-merges=first-parent", "--root",
    )  # fmt: skip
    out, commit = {}, None
    for line in filter(None, said.split("\n")):
        if line.startswith("@"):
            commit, when, *parents = line[1:].split()
            out[commit] = (int(when), parents, 0, 0, 0)
        else:
            added, removed = (0 if word == "-" else int(word) for word in line.split("\t")[:2])
            when, parents, files, sum_added, sum_removed = out[commit]
            out[commit] = (when, parents, files + 1, sum_added + added, sum_removed + removed)
    return out


def seconds_of(text):
    return int(time.mktime(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone)


def hold_against_git(clone, rows, name):
    same(refs_of(clone, "refs/heads/"), {r["branch_name"]: r["head_hash"] for r in rows["git_branches"]}, f"{name}: branches")
    same(refs_of(clone, "refs/tags/"), {r["tag_name"]: r["target_hash"] for r in rows["git_tags"]}, f"{name}: tags")
    stored = {
        row["commit_hash"]: (
            seconds_of(row["committed_on"]),
            *(row[column] for column in ("parents", "files_changed", "lines_added", "lines_removed")),
        )
        for row in rows["git_commits"]
    }
    commits = commits_of(clone)
    same(sorted(stored), sorted(commits), f"{name}: commits")
    for commit, numbers in commits.items():
        same(stored[commit], numbers, f"{name}: {commit}")
    same(len(rows["git_commit_files"]), sum(numbers[2] for numbers in commits.values()), f"{name}: files")
    for row in rows["git_pull_requests"]:
        hold_pull_request(clone, row, rows, f"{name}: pull request {row['pr_id']}")
    return len(commits)


def hold_pull_request(clone, row, rows, name):
    to, source = row["destination_hash"], row["source_hash"]
    same(git(clone, "rev-parse", f"refs/pull-requests/{row['pr_id']}/from").strip(), source, f"{name}: source")
    listed = sorted((r["commit_order"], r["commit_hash"]) for r in rows["git_pr_commits"] if r["pr_id"] == row["pr_id"])
    range_ = git(clone, "rev-list", "--topo-order", f"{to}..{source}").split()
    same([commit for _, commit in listed], range_, f"{name}: commits")
    numbers = [line.split("\t") for line in git(clone, "diff", "--numstat", "-M", f"{to}...{source}").splitlines()]
    sums = [sum(int(line[side]) for line in numbers if line[side] != "-") for side in (0, 1)]
    same([row["files_changed"], row["lines_added"], row["lines_removed"]], [len(numbers), *sums], f"{name}: numbers")


def truth(bench):
    """Cloned over HTTP, git itself counts what the manifest says, at first and after changes."""
    simulator = bench.simulator("--org", "7,5", "--prs", "5")
    header = "http.extraHeader=Authorization: Bearer sim-token"
    count = itertools.count()
    for _ in range(2):
        tables, commits = simulator.truth(), 0
        listed = simulator.ask(REPOSITORIES).json()["values"]
        same(len(listed), len(tables["git_repositories"]), "repositories")
        for repository in listed:
            key, slug = repository["project"]["key"], repository["slug"]
            clone = os.path.join(bench.folder, f"clone-{next(count)}")
            address = next(link["href"] for link in repository["links"]["clone"] if link["name"] == "http")
            git("/", "-c", header, "clone", "-q", "--mirror", address, clone)
            rows = {
                table: [row for row in of_all if (row.get("project_key"), row.get("repo_slug")) == (key, slug)]
                for table, of_all in tables.items()
            }
            for table in ("git_branches", "git_tags", "git_commits", "git_commit_files", "git_pull_requests"):
                rows.setdefault(table, [])
            commits += hold_against_git(clone, rows, f"{key}/{slug}")
        check(commits > 50, "too small an organisation to say anything", commits)
        simulator.mutate(3, 3)


# --- scenarios ---------------------------------------------------------------------------------------


def scenarios(bench):
    """Those that stand here start and do something; what is wrong is refused with its place."""
    for path in sorted(glob.glob(HERE + "/scenarios/*.yaml")):
        simulator = bench.simulator("--org", "1,1", "--scenario", path)
        same(simulator.ask("/_sim/counters").status, 200, path)
    path = os.path.join(bench.folder, "scenario.yaml")

    def written(text):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return "--scenario", path

    simulator = bench.simulator("--org", "1,2", *written("page-cap: 2\ndates: iso\nfaults:\n  - status code=500 first=1\n"))
    same(simulator.ask(USERS).status, 500, "a scenario's fault")
    same(simulator.ask(USERS).json()["limit"], 2, "a scenario's option")

    for text, words in (
        ("pages: 3", ("pages", ":1")),
        ("dates: iso\npage-cap: many", ("page-cap", "many", ":2")),
        ("legacy: maybe", ("legacy", "maybe")),
        ("org: [1, 2]", ("org", "one value")),
        ("faults: reset", ("faults", "list")),
        ("faults:\n  - {status: 500}", ("one line",)),
        ("faults:\n  - stats code=500", ("kind=stats",)),
        ("faults:\n  - status code=many", ("code=many",)),
        ("faults:\n  - status at=0.5", ("at=0.5",)),
        ("faults:\n  - status retry_after=soon", ("retry_after=soon",)),
        ("faults:\n  - bucket retry_after=7", ("retry_after=7",)),
        ("faults:\n  - reset now", ("now",)),
        ("scenario: other.yaml", ("scenario",)),
        ("- page-cap", ("options",)),
        ("dates: [", ("YAML", "scenario.yaml:")),
    ):
        said = bench.refused(*written(text + "\n"))
        for word in words:
            check(word in said, repr(text), f"{word} is not said", said)
    for options in (["--scenario", path + ".none"], ["--org", "x"], ["--nonsense", "1"], ["--port"], ["--port", "70000"]):
        check(options[0][2:] in bench.refused(*options), options, "the option is not named")


CASES = {
    case.__name__: case
    for case in (determinism, manifest, waits, refusals, broken, pages, bucket, conditions, ways_in, truth, scenarios)
}


def outcome_of(case, program):
    with tempfile.TemporaryDirectory(prefix="forgehouse-sim-test-") as folder:
        bench = Bench(program, folder)
        try:
            case(bench)
            return "passed", ""
        except Failed as failure:
            return "failed", str(failure)
        finally:
            bench.close()


def write_junit(path, outcomes):
    with open(path, "w", encoding="utf-8") as file:
        file.write(f'<testsuites><testsuite name="sim" tests="{len(outcomes)}">')
        for name, (outcome, text) in outcomes.items():
            inner = f"<failure message={xml.sax.saxutils.quoteattr(text)}/>" if outcome == "failed" else ""
            file.write(f'<testcase classname="sim" name="{name}">{inner}</testcase>')
        file.write("</testsuite></testsuites>")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", choices=[[], *CASES], metavar="CASE")
    parser.add_argument("--program", required=True)
    parser.add_argument("--junit")
    options = parser.parse_args()
    outcomes = {}
    for name in options.cases or CASES:
        begin = time.monotonic()
        outcomes[name] = outcome_of(CASES[name], options.program)
        print(f"{name}: {outcomes[name][0]}, {time.monotonic() - begin:.1f} s {outcomes[name][1]}", flush=True)
    if options.junit:
        write_junit(options.junit, outcomes)
    return 1 if any(outcome == "failed" for outcome, _ in outcomes.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
