"""The cases: each gets a Bench, makes what it needs, and raises Failed."""

import json
import os
import random
import shutil
import signal
import time

import figures
import truth as truths
from program import Program, check
from simulator import Simulator

# Where the server changes between two runs, all of it has to be seen.
FRESH_LIST = {"FORGEHOUSE_COLLECT_DISCOVERY_CACHE": "0s"}
# What differs between two ways to the same rows, and says nothing about the forge.
OF_A_RUN = {"collected_at", "_version", "first_seen", "is_deleted", "size_kb"}


class Bench:
    """Where a case works: its folder, and what it starts, which ends with it."""

    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.programs, self.simulators = [], []

    def simulator(self, *arguments, org=None):
        org = org or self.options.org
        self.simulators.append(Simulator(self.options.simulator, "--org", org, *arguments))
        return self.simulators[-1]

    def program(self, name, **settings):
        self.programs.append(Program(self.options.program, self.folder, name, **settings))
        return self.programs[-1]

    def for_server(self, name, simulator, **settings):
        return self.program(name, **simulator.settings(), **settings)

    def adopt(self, program):
        self.programs.append(program)
        return program

    def close(self):
        for program in self.programs:
            program.stop_engine()
        for simulator in self.simulators:
            simulator.stop()


def same(have, want, when):
    """Two results of Program.everything()."""
    check(have.keys() == want.keys(), f"{when}: {sorted(have)} instead of {sorted(want)}")
    for table, lines in want.items():
        if have[table] != lines:
            ours, theirs = set(have[table]), set(lines)
            check(
                False,
                f"{when}: {table} has {len(ours)} rows instead of {len(theirs)}\n"
                f"  only here: {sorted(ours - theirs)[:2]}\n  only there: {sorted(theirs - ours)[:2]}",
            )


def place_of(row):
    return row["project_key"], row["repo_slug"], row["commit_hash"]


def in_sight(program):
    """All tables without what only who was there before can have: people who left and whom nothing names any
    more, and what hangs on commits that nothing reaches any more."""
    tables = program.everything(OF_A_RUN)
    named = {row["participant_uuid"] for row in program.rows("git_pr_participants")}
    named |= {row["author_uuid"] for row in program.rows("git_pr_comments")}
    named |= {row["actor_uuid"] for row in program.rows("git_pr_events")}
    reached = {place_of(row) for row in program.rows("git_commits", "WHERE is_reachable")}

    def keep(table, is_seen):
        tables[table] = [line for line in tables[table] if is_seen(json.loads(line))]

    keep("git_users", lambda row: row["state"] == "active" or row["user_uuid"] in named)
    keep("git_commit_files", lambda row: place_of(row) in reached)
    keep("git_tickets", lambda row: not row["commit_hash"] or place_of(row) in reached)
    return tables


def check_record(program):
    """The last run says that it is over, and its checks found nothing wrong."""
    running = program.query("SELECT run_id FROM git_collection_runs WHERE status = 'running'")
    check(not running, f"runs that nobody ended: {running}")
    wrong = program.query(
        "SELECT check, failed, sample FROM git_data_quality WHERE severity = 'ERROR' AND failed > 0 "
        "AND run_id = (SELECT max(run_id) FROM git_collection_runs)"
    )
    check(not wrong, f"checks of the last run: {wrong}")


def live(bench):
    """A first run brings the truth at no more calls than the figure, a second one asks for lists
    only, and a replay of the archive makes the same rows."""
    simulator = bench.simulator()
    program = bench.for_server("data", simulator)
    program.must("collect")
    truth = simulator.truth()
    first = simulator.counters()
    truths.hold(program, truth, without={"git_commit_statuses"}, when="a first run")
    check_record(program)
    made, most = figures.check_calls(first, figures.full(truth, 100), "a first run")
    print(f"  {made} calls, the figure is {most}")

    simulator.reset()
    program.must("collect")
    lists = {kind: n for kind, n in figures.full(truth, 100).items() if kind != "activities"}
    figures.check_calls(simulator.counters(), lists, "a second run")
    check("git_fetch" not in simulator.counters()["calls"], "a second run fetches from git")
    truths.hold(program, truth, without={"git_commit_statuses"}, when="a second run")

    stored = program.everything({"collected_at", "first_seen"} | OF_A_RUN)
    replay = bench.adopt(program.copy_without_warehouse(bench.folder, "replay"))
    replay.must("archive", "load")
    same(replay.everything({"collected_at", "first_seen"} | OF_A_RUN), stored, "a replay")


def builds(bench):
    """With build_statuses, builds of the heads of branches and open pull requests."""
    simulator = bench.simulator()
    program = configured(bench, "data", simulator, "build_statuses: true")
    program.must("collect")
    truths.hold(program, simulator.truth(), when="with builds")


def configured(bench, name, simulator, *lines, token="sim-token"):
    """A program whose server stands in a file."""
    program = bench.program(name, THE_TOKEN=token or "")
    path = os.path.join(program.home, "forgehouse.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"sources:\n  - name: server\n    kind: bitbucket_server\n    url: {simulator.url}\n")
        file.write("".join(f"    {line}\n" for line in lines))
        if not any(line.startswith(("user:", "token:", "tokens:")) for line in lines):
            file.write("    token: {env: THE_TOKEN}\n")
    program.environment["FORGEHOUSE_CONFIG"] = path
    return program


def dialects(bench):
    """Servers of other versions and with other limits."""
    for number, options in enumerate(
        (["--dates", "iso"], ["--page-cap", "7"], ["--touch", "state"], ["--legacy"]),
    ):
        simulator = bench.simulator(*options, org="3,6")
        program = bench.for_server(f"data-{number}", simulator)
        program.must("collect")
        truths.hold(program, simulator.truth(), without={"git_commit_statuses"}, when=" ".join(options))


def incremental(bench):
    """After rounds of change the tables are those of a fresh full run, and of a replay."""
    simulator = bench.simulator()
    program = bench.for_server("data", simulator, **FRESH_LIST)
    program.must("collect")
    for number in range(bench.options.rounds):
        changes = simulator.mutate(bench.options.seed + number)
        program.must("collect")
        if number < 10 or number % 10 == 0:
            when = f"round {number} (seed {bench.options.seed + number}: {changes['changes']})"
            truths.hold(program, simulator.truth(), without={"git_commit_statuses"}, when=when)
    truth = simulator.truth()
    truths.hold(program, truth, without={"git_commit_statuses"}, when=f"after {bench.options.rounds} rounds")
    check_record(program)
    fresh = bench.for_server("fresh", simulator)
    fresh.must("collect")
    truths.hold(fresh, truth, without={"git_commit_statuses"}, when="a fresh run")
    stored = in_sight(program)
    same(stored, in_sight(fresh), "incremental and full")
    replay = bench.adopt(program.copy_without_warehouse(bench.folder, "replay"))
    replay.must("archive", "load")
    same(in_sight(replay), stored, "a replay of all rounds")


def outdated_list(bench):
    """A run that trusts a list of repositories which is not true any more comes to the truth all the same."""
    simulator = bench.simulator()
    program = bench.for_server("data", simulator)
    program.must("collect")
    lists = []
    for number, kinds in enumerate(("repo_rename", "repo_move", "repo_delete", "repo_rename,repo_move,repo_delete")):
        simulator.mutate(bench.options.seed + number, only=kinds, changes=3)
        simulator.reset()
        program.must("collect")
        truths.hold(program, simulator.truth(), without={"git_commit_statuses"}, when=f"after {kinds}")
        lists.append(simulator.counters()["calls"].get("repositories", 0))
        check_record(program)
    # What changes where we cannot look makes no list outdated.
    check(max(lists) == 1, f"the list was read {lists} times")


def hidden(bench):
    """Pull requests to a repository that is hidden, out of forks that are not: the lists of what leaves these
    tell of them, at a call for each such fork, and one that is refused."""
    simulator = bench.simulator("--secret-forks", org=bench.options.org)
    program = bench.for_server("data", simulator, **FRESH_LIST)
    program.must("collect")
    truth = simulator.truth()
    count = sum(row["project_key"] == "SECR" for row in truth["git_pull_requests"])
    check(count > 0, "nothing of the hidden repository is to be seen")
    truths.hold(program, truth, without={"git_commit_statuses"}, when="a first run")
    check_record(program)
    made = simulator.counters()["calls"]["pull_requests"]
    check(made == len(truth["git_repositories"]) + 2, f"{made} lists of {len(truth['git_repositories'])} repositories")
    refused = simulator.counters()["status"].get("401", 0)
    check(0 < refused <= 8, f"{refused} refusals for {count} pull requests")
    simulator.reset()
    program.must("collect")
    check(not simulator.counters()["calls"].get("activities"), "a second run asks for activities")

    stored = program.everything({"collected_at", "first_seen"} | OF_A_RUN)
    replay = bench.adopt(program.copy_without_warehouse(bench.folder, "replay"))
    replay.must("archive", "load")
    same(replay.everything({"collected_at", "first_seen"} | OF_A_RUN), stored, "a replay")

    for number in range(min(bench.options.rounds, 10)):
        changes = simulator.mutate(bench.options.seed + number, changes=20)
        if number == 5:
            changes["changes"] = simulator.mutate(bench.options.seed, only="repo_rename,repo_delete", changes=8)
        program.must("collect")
        when = f"round {number} (seed {bench.options.seed + number}: {changes['changes']})"
        truths.hold(program, simulator.truth(), without={"git_commit_statuses"}, when=when)

    # With rights it is like any other.
    secret = "WHERE project_key = 'SECR'"
    bare = program.rows("git_pull_requests", secret)
    program.environment["BITBUCKET_TOKEN"] = simulator.says["admin_token"]
    program.must("collect")
    if bare:
        check(program.rows("git_pr_events", secret), "with rights, activities are not read")
        unread = program.rows("git_pull_requests", secret + " AND review_count IS NULL")
        check(not unread, f"with rights, {len(unread)} pull requests stay as a list shows them")


FAULTS = {
    "rate": ["bucket tokens=20 rate=40 retry_after=seconds", "status code=429 retry_after=1 every=25"],
    "server": ["status code=500 every=7", "status code=502 every=11", "status code=503 retry_after=1 every=31"],
    "wires": ["reset every=9", "cut at=0.5 every=13", "latency ms=5"],
    "garbage": ["html code=200 first=2 path=*activities*", "malformed first=3 path=*activities*"],
    "pages": ["cap limit=5", "holes", "drift every=3"],
}


def faults(bench):
    """Whatever goes wrong on the way, nothing is lost: at the latest the next undisturbed run has it."""
    for name, lines in FAULTS.items():
        simulator = bench.simulator(org="5,6")
        program = bench.for_server(f"data-{name}", simulator, **FRESH_LIST)
        simulator.faults(*lines)
        outcome = program.run("collect")
        check(outcome.code in (0, 1, 3), f"faults {name}: {outcome}")
        counted = simulator.counters()
        check(counted["faults"], f"faults {name}: none has happened")
        print(f"  {name}: exit {outcome.code}, {counted['faults']}")
        simulator.faults()
        program.must("collect")
        truths.hold(program, simulator.truth(), without={"git_commit_statuses"}, when=f"faults {name}")


def kills(bench):
    """Killed at any moment, the collector or the engine, the next runs come to the truth."""
    simulator = bench.simulator()
    dice = random.Random(bench.options.seed)
    probe = bench.for_server("probe", simulator)
    longest = probe.must("collect").took
    program = bench.for_server("data", simulator, **FRESH_LIST)
    for number in range(bench.options.kills):
        if number >= bench.options.kills // 2:
            simulator.mutate(bench.options.seed + number)
        process = program.start("collect")
        time.sleep(dice.random() * longest * (1.2 if number < bench.options.kills // 2 else 0.6))
        pid = program.engine() if dice.random() < 0.3 else process.pid
        try:
            os.kill(pid or process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.communicate(timeout=600)
    program.must("collect")
    check_record(program)
    truths.hold(program, simulator.truth(), without={"git_commit_statuses"}, when=f"after {bench.options.kills} kills")


def ways_in(bench):
    """User and password, a gateway's header; a token that does not leak."""
    simulator = bench.simulator("--gateway", "X-Gate=open sesame", org="3,4")
    program = configured(
        bench,
        "basic",
        simulator,
        "user: sim",
        "password: {env: THE_TOKEN}",
        "header: X-Gate",
        "header_value: {env: THE_GATE}",
        token="sim-password",
    )
    program.environment["THE_GATE"] = "open sesame"
    outcome = program.must("collect")
    truths.hold(program, simulator.truth(), without={"git_commit_statuses"}, when="by user, password and gateway")
    program.stop_engine()
    for secret in ("sim-password", "open sesame"):
        check(secret not in outcome.out + outcome.error, f"the output shows {secret}")
        for folder, _, names in os.walk(program.data):
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    check(secret.encode() not in file.read(), f"{folder}/{name} holds {secret}")


PER_ITEM = ("commits", "commit", "diff", "changes", "pr_commits", "activities", "pull_request", "git_refs", "git_fetch")


def check_only_lists(simulator, when):
    made = {kind: n for kind, n in simulator.counters()["calls"].items() if kind in PER_ITEM}
    check(not made, f"{when}: more than lists is asked for: {made}")


def collect_all(program):
    """A run that asks for the list of repositories, which is trusted for an hour."""
    shutil.rmtree(os.path.join(program.data, "checkpoints", "discovery"), ignore_errors=True)
    return program.must("collect")


def hold_over_api(program, simulator, when):
    truths.hold(program, simulator.truth(), {"git_commit_statuses"}, when, known=truths.over_api)


def check_replay(bench, program, name):
    """The archive and the mirrors, if any, make the rows that the program has."""
    stored = program.everything(OF_A_RUN)
    replay = bench.adopt(program.copy_without_warehouse(bench.folder, name))
    replay.must("archive", "load")
    same(replay.everything(OF_A_RUN), stored, f"a replay ({name})")


def findings(program, name):
    return program.query(
        f"SELECT sum(failed) AS failed FROM git_data_quality WHERE check = '{name}' "
        "AND run_id = (SELECT max(run_id) FROM git_collection_runs)"
    )[0]["failed"]


def by_api(bench):
    """Without git, all comes over the API as far as it can know: at once, step by step, killed, and
    out of the archive."""
    simulator = bench.simulator(org="3,4")
    program = configured(bench, "data", simulator, "commits: api")
    program.must("collect")
    check(not {"git_fetch", "git_refs"} & set(simulator.counters()["calls"]), "commits: api asks git")
    hold_over_api(program, simulator, "commits: api")
    check_record(program)
    made = simulator.counters()["calls"]
    print(f"  {made}")
    commits = len(program.rows("git_commits"))
    check(made["diff"] == commits, f"{made['diff']} differences of {commits} commits were asked for")

    simulator.reset()
    program.must("collect")
    check_only_lists(simulator, "a second run")
    check_replay(bench, program, "replay-first")

    dice = random.Random(bench.options.seed)
    for number in range(max(2, bench.options.rounds // 2)):
        simulator.mutate(bench.options.seed + number, without="user_rename,user_leave")
        if number % 2:
            shutil.rmtree(os.path.join(program.data, "checkpoints", "discovery"), ignore_errors=True)
            process = program.start("collect")
            time.sleep(dice.random() * 2)
            process.kill()
            process.communicate(timeout=600)
        collect_all(program)
        hold_over_api(program, simulator, f"commits: api, round {number} (seed {bench.options.seed + number})")
    check_record(program)
    fresh = configured(bench, "fresh", simulator, "commits: api")
    fresh.must("collect")
    stored, expected = program.everything(OF_A_RUN), fresh.everything(OF_A_RUN)
    # Files and tickets of commits that nothing reaches any more stay, and people who were met.
    for table in ("git_commit_files", "git_tickets", "git_users"):
        lost = set(expected.pop(table)) - set(stored.pop(table))
        check(not lost, f"commits: api, step by step: {table} lacks {sorted(lost)[:3]}")
    same(stored, expected, "commits: api, step by step and at once")
    check_replay(bench, program, "replay-last")


def cut_diffs(bench):
    """What a server cuts is recorded, and its files are there all the same, without lines."""
    simulator = bench.simulator("--diff-cap", "6", org="3,4")
    program = configured(bench, "data", simulator, "commits: api")
    program.must("collect")

    def without_lines(table, row):
        lines = ("lines_added", "lines_removed", "language_breakdown", "language", "is_binary")
        row = truths.over_api(table, row)
        hidden = lines if table in ("git_commits", "git_commit_files", "git_repositories") else ()
        return {name: value for name, value in row.items() if name not in hidden}

    truths.hold(program, simulator.truth(), {"git_commit_statuses"}, "with cut differences", known=without_lines)
    cut = [row for row in program.rows("git_commits") if row["metadata"].get("truncated")]
    check(cut, "no commit says that its difference was cut")
    calls = simulator.counters()["calls"]
    check(calls["changes"] == len(cut), f"{calls['changes']} lists of changes for {len(cut)} cut differences")
    check(int(findings(program, "truncated_diffs")) == len(cut), "data quality does not count what was cut")
    check_replay(bench, program, "replay")


def git_refused(bench):
    """commits: auto goes on over the API where git is refused, says so, and trusts git again later;
    not where git is only away for once, and never with commits: git."""
    for number, refusal in enumerate(("status code=503", "denied code=403")):
        simulator = bench.simulator(org="3,4")
        program = configured(bench, f"data-{number}", simulator)
        fault = f"{refusal} kind=git_refs,git_fetch"
        if number:
            program.must("collect")
            simulator.mutate(bench.options.seed, without="user_rename,user_leave")
        simulator.faults(fault)
        outcome = collect_all(program)
        check("git cannot be reached" in outcome.error, f"{refusal}: nothing is said of it: {outcome}")
        check(int(findings(program, "git_reached")) > 0, f"{refusal}: no finding tells of it")
        hold_over_api(program, simulator, f"{refusal}: over the API")
        check_replay(bench, program, f"replay-{number}-refused")
        simulator.faults()
        program.must("collect")
        truths.hold(program, simulator.truth(), {"git_commit_statuses"}, f"{refusal}: by git again")
        check_record(program)
        check_replay(bench, program, f"replay-{number}-again")
    simulator.mutate(bench.options.seed + 1, only="push")
    simulator.faults("status code=503 kind=git_refs,git_fetch")
    simulator.reset()
    outcome = program.run("collect")
    check(outcome.code in (1, 3), f"git is away: {outcome}")
    check("diff" not in simulator.counters()["calls"], "git is away, and each new commit is asked for")
    simulator.faults()
    program.must("resume")
    truths.hold(program, simulator.truth(), {"git_commit_statuses"}, "git was away")
    simulator.faults(fault)
    simulator.reset()
    outcome = configured(bench, "git", simulator, "commits: git").run("collect")
    check(outcome.code != 0, f"commits: git, and git is refused: {outcome}")
    check("diff" not in simulator.counters()["calls"], "commits: git asks for differences")


def bad_input(bench):
    """Each mistake has a message of its own that says what to do, and an exit code."""
    simulator = bench.simulator(org="3,4")
    closed = "http://127.0.0.1:9"
    seen = {}

    def expect(name, codes, words, faults=(), **settings):
        simulator.faults(*faults)
        program = bench.program("bad", **{**simulator.settings(), **settings})
        outcome = program.run("collect")
        said = (outcome.out + outcome.error).lower()
        check(outcome.code in codes, f"{name}: {outcome}")
        check(any(word in said for word in words), f"{name}: none of {words} is said: {outcome}")
        check("sim-token" not in said and "wrong-token" not in said, f"{name}: the token is shown")
        seen[name] = next((line for line in outcome.error.splitlines() if "rror" in line), outcome.error)
        program.stop_engine()
        shutil.rmtree(program.data, ignore_errors=True)
        simulator.faults()

    expect("nobody listens", (1,), ("connect", "refused", "reach"), BITBUCKET_BASE_URL=closed)
    expect("no such host", (1,), ("host", "resolve", "name"), BITBUCKET_BASE_URL="http://bitbucket.invalid")
    expect("no address", (1, 2), ("url", "address"), BITBUCKET_BASE_URL="bitbucket")
    expect("wrong path", (1,), ("bitbucket", "address", "url"), BITBUCKET_BASE_URL=simulator.url + "/nothing")
    expect("wrong token", (1,), ("token", "credentials", "denied"), BITBUCKET_TOKEN="wrong-token")
    expect("expired token", (1,), ("token", "expired", "credentials"), BITBUCKET_TOKEN="sim-expired")
    expect("a proxy's page", (1,), ("html", "proxy", "page", "sign"), faults=["html code=200"])
    expect("a gateway", (1,), ("denied", "rights", "gateway", "403", "permission"), faults=["denied code=403"])
    # The server tells a token that has expired from a wrong one no more than we can.
    del seen["expired token"]
    check(len(set(seen.values())) == len(seen), "two mistakes have one message:\n" + "\n".join(seen.values()))

    # No rights on one project: it is not listed, or refused; the others are there all the same.
    simulator.faults("denied code=401 path=*projects/CORE/*")
    program = bench.for_server("rights", simulator)
    outcome = program.run("collect")
    check(outcome.code in (1, 3), f"no rights on one project: {outcome}")
    check(program.rows("git_pull_requests", "WHERE project_key != 'CORE'"), "the other projects are not there")
    simulator.faults()
    program.must("collect")
    truths.hold(program, simulator.truth(), without={"git_commit_statuses"}, when="after rights were given")


CASES = {
    case.__name__: case
    for case in (
        live,
        builds,
        dialects,
        incremental,
        outdated_list,
        hidden,
        faults,
        kills,
        ways_in,
        by_api,
        cut_diffs,
        git_refused,
        bad_input,
    )
}
