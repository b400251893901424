"""The cases of what keeps a collection running: resume, schedule, the care of the archive."""

import json
import os
import shutil
import signal
import time
import urllib.request

import truth as truths
from cases import OF_A_RUN, configured, same
from program import Failed, check

SMALL = "7,6"


def resuming(bench):
    """A run that ended partial is taken up again, by itself, by its id and by the time it began."""
    simulator = bench.simulator(org=SMALL)
    program = bench.for_server("data", simulator)
    program.must("collect")
    nothing = program.run("resume")
    check(nothing.code == 0 and "every run completed" in nothing.error, f"nothing to resume: {nothing}")
    check("run=" not in nothing.error, f"a run without a name is named: {nothing}")
    for number, way in enumerate(("resume", "RUN_ID", "--collection-id ID", "--collection-id TIME")):
        simulator.mutate(bench.options.seed + number, rounds=2, only="comment,pr_open,reply")
        simulator.faults("status code=500 kind=activities")
        program.must("collect", code=3)
        simulator.faults()
        (run,) = program.query(
            "SELECT run_id, formatDateTime(started_at, '%Y-%m-%dT%H:%i:%SZ') AS time FROM git_collection_runs "
            "WHERE status != 'completed' ORDER BY started_at DESC LIMIT 1"
        )
        operands = {
            "resume": [],
            "RUN_ID": [run["run_id"]],
            "--collection-id ID": ["--collection-id", run["run_id"]],
            "--collection-id TIME": ["--collection-id", run["time"]],
        }[way]
        program.must("resume", *operands)
        truths.hold(program, simulator.truth(), without={"git_commit_statuses"}, when=f"after {way}")
    for wrong in ("2001-01-01T00:00:00Z", "nonsense"):
        outcome = program.run("resume", "--collection-id", wrong)
        check(outcome.code == 1 and f"run={wrong}" in outcome.error, f"no such run: {outcome}")


def answer(url, method="GET"):
    request = urllib.request.Request(url, method=method)
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=20) as got:
            return got.status, got.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""


def until_healthy(address, wanted):
    """What /healthz says once the first run is over and the next one has its time; its state must be `wanted`."""
    for _ in range(1200):
        status, body = answer(address + "/healthz")
        health = json.loads(body)
        # The door is open before the first run has begun: no source is known then.
        if health["next_run"] and any(source["last_status"] for source in health["sources"]):
            check([source["last_status"] for source in health["sources"]] == [wanted], f"/healthz: {status} {body}")
            return health
        time.sleep(0.05)
    raise Failed(f"/healthz knows of no run after a minute: {body}")


def scheduling(bench):
    """`scheduled --interval 6` runs at once, says so at /healthz and /metrics, and ends when it is told."""
    simulator = bench.simulator(org=SMALL)
    program = bench.for_server("data", simulator)
    process = program.start("scheduled", "--interval", "6", "--listen", "127.0.0.1:0")
    try:
        line = process.stderr.readline().decode()
        check("serving http://127.0.0.1:" in line, f"the address is not said first: {line}")
        address = line.split()[1].removesuffix("/metrics")
        health = until_healthy(address, "completed")
        hours = (seconds_of(health["next_run"]) - seconds_of(health["started"])) / 3600
        check(6 <= hours < 7, f"the next run is {hours} hours away")
        status, metrics = answer(address + "/metrics")
        values = dict(line.rsplit(" ", 1) for line in metrics.splitlines() if not line.startswith("#"))
        truth = simulator.truth()
        for name, expected in (
            ('forgehouse_runs_total{source="bitbucket",status="completed"}', 1),
            ('forgehouse_commits_total{source="bitbucket"}', len(truth["git_commits"])),
            ('forgehouse_pull_requests_total{source="bitbucket"}', len(truth["git_pull_requests"])),
        ):
            check(float(values.get(name, -1)) == expected, f"{name}: {values.get(name)} instead of {expected}")
        check(answer(address + "/nothing")[0] == 404, "an unknown path")
        check(answer(address + "/metrics", "POST")[0] == 405, "another method")
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=120)
    check(process.returncode == 0, f"the exit code after SIGTERM is {process.returncode}")
    truths.hold(program, truth, without={"git_commit_statuses"}, when="scheduled")
    for span in ("0", "-1", "x"):
        outcome = program.run("scheduled", "--interval", span)
        check(outcome.code == 2 and "interval" in outcome.error, f"--interval {span}: {outcome}")


def following(bench):
    """`runs --follow` shows the run of another process while it goes on, and its record afterwards."""
    simulator = bench.simulator(org=SMALL)
    simulator.faults("latency ms=60 path=/rest/*")
    program = bench.for_server("data", simulator)
    program.must("query", "SELECT 1")
    nothing = program.must("runs", "--follow")
    check("no run is at work" in nothing.error, f"nothing to follow: {nothing}")
    process = program.start("collect")
    try:
        until = time.monotonic() + 60
        while not os.path.exists(os.path.join(program.data, "run.json")):
            check(time.monotonic() < until, "a run that is at work writes no view")
            time.sleep(0.01)
        lines = [json.loads(line) for line in program.must("runs", "--follow", "--json").out.splitlines()]
    finally:
        process.communicate(timeout=120)
    check(len(lines) >= 2 and lines[0]["repositories"] > 0, f"the run is not shown: {lines}")
    check(lines[0]["run_id"] == lines[-1]["run_id"], "the record in the end is that of another run")
    check(lines[-1]["status"] == "completed", f"the record in the end: {lines[-1]}")
    check(not os.path.exists(os.path.join(program.data, "run.json")), "the view outlives the run")
    program.must("runs", "--follow", "some-run", code=2)


SIDE_BY_SIDE = """sources:
  - name: slow
    kind: bitbucket_server
    url: {slow}
    token: {{env: THE_TOKEN}}
    data_source: slow
  - name: fast
    kind: bitbucket_server
    url: {fast}
    token: {{env: THE_TOKEN}}
    data_source: fast
"""


def side_by_side(bench):
    """Two servers are read at the same time: the slow one holds nothing of the fast one up, and each brings the
    rows that it brings alone."""
    slow, fast = bench.simulator(org=SMALL), bench.simulator(org="8,6")
    slow.faults("latency ms=300 path=/rest/*")
    # So that it is still at work when somebody looks.
    fast.faults("latency ms=100 path=/rest/*")

    def configured_both(name):
        program = bench.program(name, THE_TOKEN="sim-token")
        path = os.path.join(program.home, "forgehouse.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(SIDE_BY_SIDE.format(slow=slow.url, fast=fast.url))
        program.environment["FORGEHOUSE_CONFIG"] = path
        return program

    program = configured_both("both")
    process = program.start("collect")
    try:
        until = time.monotonic() + 60
        while not os.path.exists(os.path.join(program.data, "run.json")):
            check(time.monotonic() < until, "runs that are at work write no view")
            time.sleep(0.01)
        seen = [json.loads(line) for line in program.must("runs", "--follow", "--json").out.splitlines()]
    finally:
        _, error = process.communicate(timeout=300)
    check(process.returncode == 0, f"collect of both: {error.decode()}")
    shown = {line["source"] for line in seen if "source" in line}
    check(shown == {"slow", "fast"}, f"the runs that are shown: {shown}")
    check({line["status"] for line in seen if "status" in line} == {"completed"}, f"their records: {seen}")
    runs = {
        row["data_source"]: row
        for row in program.query("SELECT data_source, started_at, completed_at FROM git_collection_runs")
    }
    check(runs["slow"]["started_at"] < runs["fast"]["completed_at"], f"they ran one after the other: {runs}")
    check(runs["fast"]["completed_at"] < runs["slow"]["completed_at"], f"the fast one waited: {runs}")

    for simulator in (slow, fast):
        simulator.faults()
    for name in ("slow", "fast"):
        alone = configured_both(f"alone-{name}")
        alone.must("collect", "--source", name)
        of_both = program.everything(OF_A_RUN)
        for table, lines in of_both.items():
            of_both[table] = [line for line in lines if json.loads(line)["data_source"] == name]
        same(of_both, alone.everything(OF_A_RUN), f"{name}, beside the other")


def reloading(bench):
    """At SIGHUP the configuration is read anew: one with a mistake is told of and not taken."""
    simulator = bench.simulator(org="3,2")
    program = configured(bench, "data", simulator)
    path = program.environment["FORGEHOUSE_CONFIG"]
    with open(path, encoding="utf-8") as file:
        written = file.read()

    def rewrite(more):
        with open(path, "w", encoding="utf-8") as file:
            file.write(written + more)

    process = program.start("schedule", "--listen", "127.0.0.1:0")
    said = []

    def read_until(words):
        while True:
            line = process.stderr.readline().decode()
            check(line, f"it ended before it said '{words}': {said}")
            said.append(line)
            if words in line:
                return

    def runs():
        _, metrics = answer(address + "/metrics")
        return sum(
            float(line.rsplit(" ", 1)[1]) for line in metrics.splitlines() if line.startswith("forgehouse_runs_total{")
        )

    try:
        read_until("serving http://")
        address = said[-1].split()[1].removesuffix("/metrics")
        read_until("the next run begins")
        check(answer(address + "/readyz")[0] == 200, "after a run it is not ready")
        names = answer(address + "/metrics")[1]
        for name in (
            'forgehouse_api_answers_total{source="server",stream="repositories",status="200"} 1',
            'forgehouse_table_rows_total{table="git_commits"}',
            'forgehouse_repository_fresh_timestamp_seconds{source="server",repository="',
        ):
            check(name in names, f"/metrics lacks {name}")
        rewrite("schedule: {interval: soon}\n")
        process.send_signal(signal.SIGHUP)
        read_until("stays as it was")
        check(any("schedule.interval" in line for line in said), f"the mistake is not told: {said}")
        check(runs() == 1, "a configuration with a mistake began a run")
        with open(path, "w", encoding="utf-8") as file:
            file.write("schedule: {interval: 1s}\n")
        process.send_signal(signal.SIGHUP)
        read_until("stays as it was")
        check(any("no source configured" in line for line in said), f"a file without sources: {said}")
        rewrite("schedule: {interval: 1s}\n")
        process.send_signal(signal.SIGHUP)
        read_until("was read anew")
        read_until("the next run begins")
        read_until("the next run begins")
        check(runs() >= 2, "the new interval is not kept")
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=120)
    check(process.returncode == 0, f"the exit code after SIGTERM is {process.returncode}")


def seconds_of(text):
    return time.mktime(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S"))


def archive_care(bench):
    """The archive is verified, loaded by repository and by day, and wiped only where that is confirmed."""
    simulator = bench.simulator(org=SMALL)
    program = bench.for_server("data", simulator)
    program.must("plan")  # reads the list of repositories, too; the archive must get it all the same
    program.must("collect")
    program.must("archive", "verify")
    truth = simulator.truth()
    names = [(row["project_key"], row["repo_slug"]) for row in truth["git_pull_requests"]]
    key, slug = max(sorted(set(names)), key=names.count)
    one = f"{key}/{slug}"
    day = program.query("SELECT formatDateTime(max(collected_at), '%F') AS day FROM git_pull_requests")[0]["day"]
    stored = {table: program.rows(table) for table in ("git_pull_requests", "git_pr_comments")}

    other = bench.adopt(program.copy_without_warehouse(bench.folder, "loaded"))
    other.must("archive", "load", "--repo", one)
    for table, rows in stored.items():
        own = [row for row in rows if (row["project_key"], row["repo_slug"]) == (key, slug)]
        check(len(other.rows(table)) == len(own), f"{table} of {one} alone: {len(other.rows(table))} rows")
    other.must("archive", "load", "--repo", "NO/such", code=1)
    other.must("archive", "load", "--date", "yesterday", code=2)
    other.must("archive", "load", "--date", "2001-01-01", code=1)
    other.must("archive", "load", "--date", day)
    truths.hold(other, truth, without={"git_commit_statuses"}, when="loaded by day")

    asked = other.must("archive", "wipe", "--repo", one)
    check("nothing was removed" in asked.out + asked.error, f"wipe without --confirm: {asked}")
    check(one in other.must("archive", "summary").out, "wipe without --confirm has wiped")
    other.must("archive", "wipe", "--repo", one, "--confirm")
    check(one not in other.must("archive", "summary").out, "wipe --confirm has not wiped")
    other.must("archive", "verify")
    other.must("archive", "wipe", code=2)
    other.stop_engine()

    # What was wiped is read again, whether the warehouse is lost meanwhile or not.
    program.must("archive", "wipe", "--repo", one, "--confirm")
    program.stop_engine()
    shutil.rmtree(os.path.join(program.data, "clickhouse"))
    program.must("archive", "load")
    check(not program.rows("git_pull_requests", f"WHERE project_key = '{key}' AND repo_slug = '{slug}'"), "wiped, and loaded")
    program.must("collect")
    truths.hold(program, truth, without={"git_commit_statuses"}, when="collected after a wipe")
    check(one in program.must("archive", "summary").out, "what was wiped is not archived again")
    check("nothing is missing" in program.must("coverage", "--missing").error, "coverage after a wipe")
    program.must("archive", "wipe", "--repo", one, "--confirm")
    program.must("collect")
    again = bench.adopt(program.copy_without_warehouse(bench.folder, "again"))
    again.must("archive", "load")
    truths.hold(again, truth, without={"git_commit_statuses"}, when="loaded after a wipe")


def damaged_archive(bench):
    """A damaged part is named and costs what it held; the rest is loaded, and the next run reads it again."""
    simulator = bench.simulator(org=SMALL)
    program = bench.for_server("data", simulator)
    program.must("collect")
    truth = simulator.truth()
    archive = os.path.join(program.data, "archive")
    parts = {}
    for folder, _, files in os.walk(archive):
        for file in files:
            path = os.path.join(folder, file)
            if file.endswith(".jsonl.zst"):
                parts.setdefault(os.path.relpath(path, archive).split(os.sep)[3], []).append(path)
    for stream in ("pull_requests", "users"):
        copy = bench.adopt(program.copy_without_warehouse(bench.folder, f"without-{stream}"))
        name = os.path.relpath(max(sorted(parts[stream]), key=os.path.getsize), archive)
        path = os.path.join(copy.data, "archive", name)
        with open(path, "r+b") as file:
            file.truncate(os.path.getsize(path) // 2)
        check("parts are damaged" in copy.run("doctor").out, "doctor does not see a damaged part")
        outcome = copy.run("archive", "load")
        check(outcome.code == 3 and name in outcome.error, f"a damaged part of {stream}: {outcome}")
        loaded, wanted = len(copy.rows("git_pull_requests")), len(truth["git_pull_requests"])
        check(0 < loaded < wanted if stream == "pull_requests" else loaded == wanted, f"{loaded} of {wanted} loaded")
        copy.must("collect")
        truths.hold(copy, truth, without={"git_commit_statuses"}, when=f"read again: {stream}")


DELETED = ("git_branches", "git_commits", "git_commit_files", "git_tickets", "git_pr_events", "git_pr_comments")


def mending(bench):
    """What was lost or restored from a copy is brought together again by the next run: rows that somebody deleted,
    checkpoints that are too old, a warehouse that is gone, files of the archive that are gone."""
    simulator = bench.simulator(org=SMALL)
    program = bench.program("data", **simulator.settings(), FORGEHOUSE_COLLECT_DISCOVERY_CACHE="0s")
    program.must("collect")
    for table in DELETED:
        program.write(f"DELETE FROM {table} WHERE cityHash64(repo_slug, _version) % 2 = 0 OR repo_slug LIKE '%1'")
    program.must("collect")
    truths.hold(program, simulator.truth(), without={"git_commit_statuses"}, when="after rows were deleted")
    found = program.query("SELECT DISTINCT table_name AS t FROM git_data_quality WHERE check = 'rows_still_there'")
    check({row["t"] for row in found} == set(DELETED), f"what was found missing: {found}")

    checkpoints, copy = os.path.join(program.data, "checkpoints"), os.path.join(bench.folder, "old-checkpoints")
    shutil.copytree(checkpoints, copy)
    simulator.mutate(1, rounds=2)
    program.must("collect")
    simulator.mutate(2, rounds=2, only="pr_delete,reviewers,comment_delete")
    shutil.rmtree(checkpoints)
    shutil.copytree(copy, checkpoints)
    program.must("collect")
    truths.hold(program, simulator.truth(), without={"git_commit_statuses"}, when="with checkpoints of before")

    program.stop_engine()
    shutil.rmtree(os.path.join(program.data, "clickhouse"))
    program.must("collect")
    truths.hold(program, simulator.truth(), without={"git_commit_statuses"}, when="with a warehouse that was gone")
    check("nothing is missing" in program.must("coverage", "--missing").error, "coverage, the warehouse gone")

    program.stop_engine()
    shutil.rmtree(os.path.join(program.data, "clickhouse"))
    lost = 0
    for folder, _, files in os.walk(os.path.join(program.data, "archive")):
        for file in files:
            if file.endswith(".jsonl.zst") and f"{os.sep}pull_requests{os.sep}" in folder and lost < 5:
                os.remove(os.path.join(folder, file))
                lost += 1
    check(lost > 0, "there was nothing to lose")
    program.must("archive", "load")
    program.must("collect")
    truths.hold(program, simulator.truth(), without={"git_commit_statuses"}, when="with an archive that lost files")


def limited(bench):
    """A server's limit counts git's requests too: neither is history asked for commit by commit over the API
    because of it, nor is a run kept waiting for ever by what the server asks."""
    simulator = bench.simulator(org="3,8")
    program = bench.for_server("data", simulator)
    simulator.faults("bucket tokens=15 rate=15 retry_after=seconds")
    program.must("collect")
    calls = simulator.counters()["calls"]
    check("diff" not in calls, f"commits were asked for one by one: {calls}")
    truths.hold(program, simulator.truth(), without={"git_commit_statuses"}, when="under a limit")
    simulator.faults("status code=429 retry_after=999999")
    outcome = program.run("backfill", timeout=60)
    check(outcome.code == 1 and "longer pause" in outcome.error, f"a pause without end: {outcome}")


def several_tokens(bench):
    """Requests are spread over the tokens, each within its own limit; one that is refused is left out."""
    simulator = bench.simulator(org="3,8")
    program = configured(bench, "data", simulator, "tokens: [{env: ONE}, {env: TWO}, {env: THREE}]", token=None)
    program.environment.update(ONE="sim-token", TWO="sim-token-2", THREE="sim-token-3")
    simulator.faults(
        "bucket tokens=15 rate=15 retry_after=seconds",
        "status code=503 token=sim-token-2 first=1",
        "expire token=sim-token-3",
    )
    outcome = program.must("collect")
    check("one of several tokens is left out" in outcome.error, f"nothing is said of the third: {outcome}")
    met = simulator.counters()["faults"]
    check(met.get("status") == 1, f"the second token was not used: {met}")
    truths.hold(program, simulator.truth(), without={"git_commit_statuses"}, when="with several tokens")
    asked = program.run("doctor")
    check("tokens[2]" in asked.out + asked.error, f"doctor does not say which token is refused: {asked}")


def endless(bench):
    """A list that names a further page for ever is given up with a word about it, and the rest is read."""
    simulator = bench.simulator(org=SMALL)
    program = bench.for_server("data", simulator)
    program.must("collect")
    for path, code in (("*/repos?*", 1), ("*/users?*", 3), ("*/pull-requests?*", 1)):
        simulator.faults(f"endless path={path}")
        outcome = program.run("collect", "--discovery-cache", "0s", timeout=120)
        check(outcome.code == code, f"endless {path}: {outcome}")
        check("does not come to its end" in outcome.error, f"endless {path}: nothing is said of it: {outcome}")
    simulator.faults()
    program.must("collect")
    truths.hold(program, simulator.truth(), without={"git_commit_statuses"}, when="after lists without an end")


def misshapen(bench):
    """What cannot be read is put aside and told of; the rest is read, and nothing counts as gone."""
    simulator = bench.simulator(org=SMALL)
    program = bench.for_server("data", simulator)

    def collect(path, words):
        simulator.faults(f"misshapen path={path}")
        outcome = program.run("collect", "--discovery-cache", "0s", timeout=120)
        check(outcome.code == 3, f"misshapen {path}: {outcome}")
        check(words in outcome.error, f"misshapen {path}: nothing is said of it: {outcome}")
        run = program.rows("git_collection_runs", "ORDER BY started_at DESC LIMIT 1")[0]
        check(run["quarantined"] > 0 and run["status"] == "partial", f"misshapen {path}: the run says {run}")

    collect("*/repos?*", "the other entries are read")
    check(program.rows("git_repositories"), "one bad entry took the others with it")
    collect("*/activities?*", "cannot be right and were put aside")
    found = program.rows("git_data_quality", "WHERE check = 'pull_requests_quarantined' AND failed > 0")
    check(found and all(row["sample"] for row in found), f"those put aside are not named: {found}")
    summary = program.rows("git_collection_runs", "ORDER BY started_at DESC LIMIT 1")[0]["error_summary"]
    check("pull_requests_quarantined" in (summary or ""), f"the run does not name them: {summary}")
    simulator.faults()
    program.must("collect", "--discovery-cache", "0s")
    truth = simulator.truth()
    truths.hold(program, truth, without={"git_commit_statuses"}, when="once all can be read")
    for path in ("*/repos?*", "*/users?*", "*/pull-requests?*"):
        collect(path, "the other entries are read")
        truths.hold(program, truth, without={"git_commit_statuses"}, when=f"with misshapen entries of {path}")
    simulator.faults()
    program.must("collect", "--discovery-cache", "0s")
    copy = bench.adopt(program.copy_without_warehouse(bench.folder, "copy"))
    copy.must("archive", "load")
    truths.hold(copy, truth, without={"git_commit_statuses"}, when="loaded")


CASES = {case.__name__: case for case in (endless, misshapen, damaged_archive, mending, limited, several_tokens, resuming, scheduling, following, side_by_side, reloading, archive_care)}
