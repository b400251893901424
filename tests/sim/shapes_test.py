#!/usr/bin/env python3
"""Holds the simulator's answers against what is known of the product.

shapes_test.py --program PATH/forgehouse-sim [--junit FILE]

FORGEHOUSE_SPECS names the folder with bitbucket-server/bitbucket-9.4-openapi.json: a sample of every
kind of answer must fit the schema of its path. FORGEHOUSE_PAYLOADS names the folder of recordings: for
each kind the members (paths with types) that every recording has must be there, none may have another
type, and none may be of our own invention. Without a folder its part is skipped, and says so.
"""

import argparse
import csv
import json
import os
import re
import subprocess
import sys
import urllib.parse
import urllib.request
import xml.sax.saxutils

SPEC = "bitbucket-server/bitbucket-9.4-openapi.json"
REPOSITORY = "/api/latest/projects/{projectKey}/repos/{repositorySlug}"

# Where the description is known to be wrong, or says one item where the product sends a page.
PAGES_OF_ITEMS = {"/api/latest/users", REPOSITORY + "/commits/{commitId}/changes"}

# kind → the recordings of it: a path below the folder of Bitbucket Server, and where the values lie.
RECORDINGS = {
    "pull_requests": ["devlake-bitbucket_server/raw_tables/_raw_bitbucket_server_api_pull_requests.csv",
                      "drone-go-scm/testdata/prs.json", "cdancy-bitbucket-rest/pull-request-page.json"],
    "activities": ["drone-go-scm/testdata/pr_comments.json", "cdancy-bitbucket-rest/pull-request-activities.json",
                   "danger-js/_tests/fixtures/bitbucket_server_activities.json"],
    "commits": ["devlake-bitbucket_server/raw_tables/_raw_bitbucket_server_api_pull_request_commits.csv",
                "drone-go-scm/testdata/commits.json"],
    "repositories": ["drone-go-scm/testdata/repos.json",
                     "jenkins-bitbucket-branch-source/server/payload/1.0-projects-amuniz-repos_start_0_limit_200.json"],
    "users": ["drone-go-scm/testdata/user_search.json", "cdancy-bitbucket-rest/admin-list-users.json"],
    "branches": ["drone-go-scm/testdata/branches.json", "jenkins-atlassian-bitbucket-server/branches.json"],
    "tags": ["drone-go-scm/testdata/tags.json", "jenkins-atlassian-bitbucket-server/tags.json"],
    "changes": ["drone-go-scm/testdata/changes.json", "cdancy-bitbucket-rest/pull-request-changes.json"],
    "errors": ["drone-go-scm/testdata/error.json", "cdancy-bitbucket-rest/commit-error.json",
               "cdancy-bitbucket-rest/pull-request-page-error.json"],
}

# Things that lie within others are the same things: what is known of one is known of all.
PLACES = [
    (r"^(.*\.)?(user|owner|resolver|(added|removed)Reviewers\[\])\.", "USER."),
    (r"^(.*\.)?comment(\.comments\[\])*\.(author)\.", "USER."),
    (r"^(.*\.)?(repository|origin)\.", "REPOSITORY."),
    (r"^(.*\.)?project\.", "PROJECT."),
    (r"^(.*\.)?comment(\.comments\[\])*\.", "COMMENT."),
    (r"^((added|removed)\.commits\[\]|commit)\.", "COMMIT."),
    (r"^COMMIT\.(author|committer)\.", "USER."),
]
WHOLE = {"repositories": "REPOSITORY.", "users": "USER.", "commits": "COMMIT."}

# Members that the recordings here lack, known from the description or from the facts about the product.
KNOWN_BEYOND = {
    "draft", "reviewers[].lastReviewedCommit", "addedReviewers", "removedReviewers", "COMMENT.resolver",
    "COMMENT.resolvedDate", "COMMENT.severity", "COMMENT.state", "COMMENT.threadResolved", "COMMENT.comments",
    "REPOSITORY.archived", "REPOSITORY.hierarchyId", "REPOSITORY.description", "REPOSITORY.origin", "PROJECT.owner",
    "PROJECT.description", "srcPath", "commit",
}
# The description calls it a text; recordings have null where a tag is no object of its own.
WRONG_IN_DESCRIPTION = re.compile(r"^tags: values\.\d+\.hash: None is not of type")


class Simulator:
    def __init__(self, program, *options):
        self.process = subprocess.Popen([program, "bitbucket-server", "--org", "7,12", *options], stdout=subprocess.PIPE)
        self.info = json.loads(self.process.stdout.readline())

    def ask(self, target):
        request = urllib.request.Request(self.info["url"] + target,
                                         headers={"Authorization": "Bearer " + self.info["token"]})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            return json.load(error)

    def all(self, target):
        """The values of all pages."""
        start = 0
        while start is not None:
            joint = "&" if "?" in target else "?"
            page = self.ask(f"{target}{joint}limit=100&start={start}")
            yield from page["values"]
            start = page.get("nextPageStart")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def samples(simulator):
    """Yields (kind, path in the description, answer) of every kind of answer."""
    yield "application_properties", "/api/latest/application-properties", simulator.ask("/rest/api/latest/application-properties")
    yield "users", "/api/latest/users", simulator.ask("/rest/api/latest/users?limit=1000")
    yield "repositories", "/api/latest/repos", simulator.ask("/rest/api/latest/repos?archived=ALL&limit=1000")
    yield "projects", "/api/latest/projects", simulator.ask("/rest/api/latest/projects")
    for repository in list(simulator.all("/rest/api/latest/repos?archived=ALL")):
        stem = f"/rest/api/latest/projects/{repository['project']['key']}/repos/{repository['slug']}"
        yield from repository_samples(simulator, stem)


def repository_samples(simulator, stem):
    for kind, tail in (("branches", "/branches"), ("tags", "/tags"), ("commits", "/commits")):
        yield kind, REPOSITORY + tail, simulator.ask(stem + tail + "?limit=50")
    yield "repository", REPOSITORY, simulator.ask(stem)
    default = simulator.ask(stem + "/default-branch")
    yield ("errors", None, default) if "errors" in default else ("default_branch", REPOSITORY + "/default-branch", default)
    for branch in simulator.ask(stem + "/branches")["values"][:3]:
        commit = stem + "/commits/" + branch["latestCommit"]
        yield "commit", REPOSITORY + "/commits/{commitId}", simulator.ask(commit)
        yield "changes", REPOSITORY + "/commits/{commitId}/changes", simulator.ask(commit + "/changes")
        yield "diff", None, simulator.ask(commit + "/diff")
        yield "builds", "/build-status/latest/commits/{commitId}", simulator.ask(
            "/rest/build-status/latest/commits/" + branch["latestCommit"])
    yield "pull_requests", REPOSITORY + "/pull-requests", simulator.ask(stem + "/pull-requests?state=ALL&limit=100")
    for pull in list(simulator.all(stem + "/pull-requests?state=ALL"))[:10]:
        one = f"{stem}/pull-requests/{pull['id']}"
        path = REPOSITORY + "/pull-requests/{pullRequestId}"
        yield "pull_request", path, simulator.ask(one)
        yield "activities", path + "/activities", simulator.ask(one + "/activities?limit=100")
        yield "commits", path + "/commits", simulator.ask(one + "/commits")


# --- the description ---------------------------------------------------------------------------------


def answer_schema(description, path):
    content = description["paths"][path]["get"]["responses"]["200"]["content"]
    schema = next(iter(content.values()))["schema"]
    if path in PAGES_OF_ITEMS and "properties" not in schema:
        schema = {"type": "object", "properties": {"values": {"type": "array", "items": schema}}}
    return dict(schema, components=description["components"])


def check_description(simulator, folder):
    """Breaches, one line each, and how many answers were held against it."""
    import jsonschema

    with open(os.path.join(folder, SPEC), encoding="utf-8") as file:
        description = json.load(file)
    problems, count, kinds = set(), 0, set()
    for kind, path, answer in samples(simulator):
        if path is None:
            continue
        count += 1
        kinds.add(kind)
        validator = jsonschema.Draft4Validator(answer_schema(description, path))
        for error in validator.iter_errors(answer):
            problems.add(f"{kind}: {'.'.join(str(p) for p in error.absolute_path)}: {error.message[:200]}")
    problems = [problem for problem in problems if not WRONG_IN_DESCRIPTION.match(problem)]
    return sorted(problems), f"{count} answers of {len(kinds)} kinds fit the description"


# --- the recordings ----------------------------------------------------------------------------------


def type_of(value):
    if value is None:
        return "null"
    return {bool: "flag", int: "number", float: "number", str: "text", dict: "object", list: "list"}[type(value)]


def shape(value, prefix=""):
    """{path: types} of a value; items of lists share a path."""
    out = {}

    def add(path, kind):
        out.setdefault(path, set()).add(kind)

    def walk(value, path):
        if isinstance(value, dict):
            for name, member in value.items():
                below = f"{path}.{name}" if path else name
                add(below, type_of(member))
                walk(member, below)
        elif isinstance(value, list):
            for item in value:
                walk(item, path + "[]")

    walk(value, prefix)
    return out


def placed(kind, paths):
    """The same with each path put where its thing is described."""
    out = {}
    for path, types in paths.items():
        path = WHOLE.get(kind, "") + path
        for pattern, place in PLACES:
            path = re.sub(pattern, place, path)
        out.setdefault(path, set()).update(types)
    return out


def recorded_values(folder, name):
    path = os.path.join(folder, "bitbucket-server", name)
    if name.endswith(".csv"):
        csv.field_size_limit(1 << 30)
        with open(path, encoding="utf-8", newline="") as file:
            return [json.loads(row["data"]) for row in csv.DictReader(file)]
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    if isinstance(data, list):
        return data
    return data["values"] if "values" in data else [data]


def merged(shapes):
    out = {}
    for each in shapes:
        for path, types in each.items():
            out.setdefault(path, set()).update(types)
    return out


def check_shapes(simulator, folder):
    ours, recorded, count = {}, {}, 0
    for kind, _, answer in samples(simulator):
        values = answer["values"] if "values" in answer else [answer]
        ours.setdefault(kind, []).extend(shape(value) for value in values)
    for kind, names in RECORDINGS.items():
        values = [value for name in names for value in recorded_values(folder, name)]
        count += len(values)
        recorded[kind] = [shape(value) for value in values]
    known = merged(placed(kind, merged(shapes)) for kind, shapes in recorded.items())
    problems = set()
    for kind in RECORDINGS:
        for path, types in placed(kind, merged(ours[kind])).items():
            if path in known and not (types & known[path]) and known[path] != {"null"}:
                problems.add(f"{kind}: {path} is {sorted(types)} here and {sorted(known[path])} in recordings")
            if path not in known and path not in KNOWN_BEYOND:
                problems.add(f"{kind}: {path} is in no recording")
        always = set.intersection(*(set(each) for each in recorded[kind]))
        for path in always - set(merged(ours[kind])):
            problems.add(f"{kind}: {path} is in every recording and never here")
    return sorted(problems), f"{len(RECORDINGS)} kinds have the shapes of {count} recordings"


def write_junit(path, cases):
    with open(path, "w", encoding="utf-8") as file:
        file.write(f'<testsuites><testsuite name="sim_shapes" tests="{len(cases)}">')
        for name, outcome, text in cases:
            quoted = xml.sax.saxutils.quoteattr(text)
            inner = {"passed": "", "failed": f"<failure message={quoted}/>", "skipped": f"<skipped message={quoted}/>"}
            file.write(f'<testcase classname="sim_shapes" name="{name}">{inner[outcome]}</testcase>')
        file.write("</testsuite></testsuites>")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--junit")
    options = parser.parse_args()
    cases = []
    with Simulator(options.program) as simulator:
        for name, variable, check in (("description", "FORGEHOUSE_SPECS", check_description),
                                      ("recordings", "FORGEHOUSE_PAYLOADS", check_shapes)):
            folder = os.environ.get(variable)
            if not folder or not os.path.isdir(folder):
                cases.append((name, "skipped", f"{variable} names no folder: the {name} were not looked at"))
            else:
                problems, text = check(simulator, folder)
                cases.append((name, "failed" if problems else "passed", "\n".join(problems) or text))
            print(f"{cases[-1][1]}: {cases[-1][2]}")
    if options.junit:
        write_junit(options.junit, cases)
    outcomes = {outcome for _, outcome, _ in cases}
    return 1 if "failed" in outcomes else 77 if outcomes == {"skipped"} else 0


if __name__ == "__main__":
    sys.exit(main())
