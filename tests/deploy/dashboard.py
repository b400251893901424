"""deploy/grafana: the dashboard against the types that Grafana publishes for its dashboards, and its
queries against Prometheus' own parser.

The types are those of the Grafana Foundation SDK on PyPI, made from Grafana's schema. They read a
dashboard without a word about what they do not know, so it is written out again: what is lost on the
way is an unknown field. Then every value is held against the type that its field declares.
"""

import enum
import json
import re
import sys
import typing

import fetched
import metrics
from program import Failed, check

# What Grafana puts in place of its variables.
VARIABLES = {"$__rate_interval": "5m", "$job": "a", "$instance": "a", "$source": "a"}


def verify(bench):
    path = bench.deploy / "grafana" / "forgehouse.json"
    try:
        written = json.loads(path.read_text())
    except ValueError as error:
        raise Failed(f"{path}: {error}") from None
    problems = against_schema(written) + list(layout(written)) + list(variables(written))
    check(not problems, "\n".join(problems))
    queries(bench, written)


def against_schema(written):
    if sys.version_info < (3, 11):
        raise fetched.Skipped("the types of dashboards need Python 3.11")
    sys.path.insert(0, str(fetched.wheel("grafana_types")))
    from grafana_foundation_sdk.cog import encoder, plugins
    from grafana_foundation_sdk.models.dashboard import Dashboard

    plugins.register_default_plugins()
    for panel in written["panels"]:
        if panel["type"] != "row":
            known = plugins.cogruntime.panelcfg_config(panel["type"])
            check(known, f"panel {panel['id']}: Grafana has no panel '{panel['type']}'")
    try:
        read = Dashboard.from_json(written)
        again = json.loads(json.dumps(read, cls=encoder.JSONEncoder))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Failed(f"Grafana's types cannot read it: {error!r}") from None
    return list(lost(written, again, "dashboard")) + list(mistyped(read, Dashboard, "dashboard"))


def lost(before, after, path):
    """What of `before` is not in `after`; more may be there, because defaults are written out."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key, value in before.items():
            if key in after:
                yield from lost(value, after[key], f"{path}.{key}")
            elif value is not None:
                yield f"{path}.{key}: an unknown field"
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, pair in enumerate(zip(before, after)):
            yield from lost(*pair, f"{path}[{index}]")
    elif before != after:
        yield f"{path}: {before!r} comes back as {after!r}"


def mistyped(value, hint, path):
    """Where a value is none of its declared type."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if hint in (typing.Any, object):
        # Of a panel's own kind: that class was chosen when it was read.
        if hasattr(type(value), "from_json"):
            yield from misfits(value, type(value), path)
    elif origin is typing.Union:
        found = [list(mistyped(value, one, path)) for one in inner if value is None or one is not type(None)]
        if all(found):
            yield from min(found, key=len)
    elif origin is typing.Literal:
        if value not in inner:
            yield f"{path}: {value!r} is none of {inner}"
    elif origin is list and isinstance(value, list):
        for index, one in enumerate(value):
            yield from mistyped(one, inner[0], f"{path}[{index}]")
    elif origin in (list, dict):
        if not isinstance(value, origin):
            yield f"{path}: {value!r} is no {origin.__name__}"
    elif issubclass(hint, enum.Enum):
        if value not in [member.value for member in hint]:
            yield f"{path}: {value!r} is none of {[member.value for member in hint]}"
    else:
        yield from misfits(value, hint, path)


def misfits(value, hint, path):
    if hasattr(hint, "from_json") and isinstance(value, dict):
        before, value = value, hint.from_json(value)
        yield from lost(before, value.to_json(), path)
    if not isinstance(value, (int, float) if hint is float else hint) or (isinstance(value, bool) and hint is not bool):
        yield f"{path}: {value!r} is no {hint.__name__}"
    elif hasattr(type(value), "from_json"):
        for name, declared in typing.get_type_hints(type(value)).items():
            yield from mistyped(getattr(value, name), declared, f"{path}.{name}")


def layout(written):
    """Each panel has a number and a place of its own, within the 24 columns of Grafana's grid."""
    numbers, taken = set(), {}
    for panel in written["panels"]:
        at, name = panel["gridPos"], f"panel {panel['id']}, {panel.get('title')!r}"
        if panel["id"] in numbers:
            yield f"{name}: its id is another one's"
        numbers.add(panel["id"])
        if at["x"] + at["w"] > 24:
            yield f"{name}: wider than the grid"
        for cell in ((x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])):
            if cell in taken:
                yield f"{name}: lies over {taken[cell]}"
                break
            taken[cell] = name


def variables(written):
    declared = {variable["name"] for variable in written["templating"]["list"]}
    used = set(re.findall(r"\$\{?([a-z]\w*)", json.dumps(written)))
    for name in sorted(used ^ declared):
        yield f"the variable {name} is " + ("not declared" if name in used else "never used")


def queries(bench, written):
    """As recording rules, which promtool parses."""
    rules = []
    for panel in written["panels"]:
        for target in panel.get("targets", []):
            query = target["expr"]
            for name, value in VARIABLES.items():
                query = query.replace(name, value)
            rules.append({"record": f"panel_{panel['id']}:{target['refId']}", "expr": query})
    path = bench.folder / "queries.json"
    path.write_text(json.dumps({"groups": [{"name": "queries", "rules": rules}]}))
    metrics.promtool("check", "rules", path)
