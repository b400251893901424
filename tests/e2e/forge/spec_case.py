"""Every GET that the server describes, asked for once, and its answer held against Atlassian's description
of it (Swagger 2, 2024): types, formats and required members of every object that the description knows."""

import json

import jsonschema
from server import Failed, check

# Members in which we differ on purpose, and why.
DIFFERENT = {
    # null where a repository is no fork: Bitbucket says so too, its description does not.
    ("repository", "parent"),
    # Those of 2026, which the description of 2024 does not have.
    ("branch", "merge_strategies"),
}


def schema_of(definition, definitions, seen=()):
    """JSON Schema of a Swagger 2 definition. References are put in; what refers to itself is anything."""
    if "$ref" in definition:
        name = definition["$ref"].rsplit("/", 1)[1]
        if name in seen or len(seen) > 6:
            return {}
        return schema_of(definitions[name], definitions, (*seen, name))
    made = {key: value for key, value in definition.items() if key in ("type", "enum", "required", "minLength", "maxLength")}
    if "allOf" in definition:
        made["allOf"] = [schema_of(part, definitions, seen) for part in definition["allOf"]]
    if "properties" in definition:
        known = {key: schema_of(value, definitions, seen) for key, value in definition["properties"].items() if not any((kind, key) in DIFFERENT for kind in seen)}
        # What may be left out may be null as well.
        made["properties"] = {key: {"anyOf": [value, {"type": "null"}]} for key, value in known.items()}
    if "items" in definition:
        made["items"] = schema_of(definition["items"], definitions, seen)
    return made


def prepared(server):
    """A repository with all that can be asked for."""
    def must(method, path, body=None, headers=()):
        answer = server.ask(method, path, body, headers=headers)
        check(answer.status < 300, f"{method} {path}: {answer.status} {answer.body[:300]}")
        return answer

    must("POST", "/workspaces/admin/projects", {"key": "PROJ", "name": "Project"})
    must("POST", "/repositories/admin/tools", {"project": {"key": "PROJ"}})
    form = [("Content-Type", "application/x-www-form-urlencoded")]
    must("POST", "/repositories/admin/tools/src", b"message=one&branch=main&dir/a.txt=1", form)
    must("POST", "/repositories/admin/tools/src", b"message=two&branch=main&dir/a.txt=2", form)
    head = must("GET", "/repositories/admin/tools/commits").json["values"][0]["hash"]
    must("POST", "/repositories/admin/tools/refs/tags", {"name": "v1", "message": "one", "target": {"hash": head}})
    must("POST", "/repositories/admin/tools/hooks", {"description": "d", "url": "https://example.org", "active": True, "events": ["repo:push"]})
    must("POST", "/workspaces/admin/hooks", {"description": "d", "url": "https://example.org", "active": True, "events": ["repo:push"]})
    must("POST", "/repositories/admin/tools/branch-restrictions", {"kind": "push", "branch_match_kind": "glob", "pattern": "x"})
    must("PUT", "/repositories/admin/tools/default-reviewers/admin")
    must("PUT", "/workspaces/admin/projects/PROJ/default-reviewers/admin")
    must("PUT", "/repositories/admin/tools/permissions-config/users/admin", {"permission": "write"})
    key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl me@here"
    must("POST", "/repositories/admin/tools/deploy-keys", {"key": key, "label": "l"})
    return head


def addresses(server, head):
    """Of each path of the description that can be filled in: what to ask for."""
    values = {
        "workspace": "admin", "repo_slug": "tools", "project_key": "PROJ", "commit": head, "revision": "main", "spec": head,
        "revspec": f"{head}..{head}", "path": "dir/", "selected_user": "admin", "member": "admin", "subject_type": "repository",
        "target_username": "admin", "selected_user_id": "admin",
    }  # fmt: skip
    description = server.ask("GET", "/swagger.json").json
    for path, operations in description["paths"].items():
        if "get" not in operations:
            continue
        filled = path
        for name, value in {**values, "name": "v1" if "/tags/" in path else "main"}.items():
            filled = filled.replace("{" + name + "}", value)
        if "{" not in filled:
            yield path, filled


def hold_answers(server, folder):
    definitions = json.loads((folder / "definitions.json").read_text())
    paths = json.loads((folder / "paths.json").read_text())
    problems, held = [], 0
    for path, address in addresses(server, prepared(server)):
        described = paths.get(path, {}).get("get", {}).get("responses", {}).get("200", {}).get("schema")
        answer = server.ask("GET", address)
        if answer.status == 404 and "effective" not in path and described:
            problems.append(f"{path}: 404")
        if not described or answer.status != 200 or "json" not in answer.headers.get("Content-Type", ""):
            continue
        held += 1
        checker = jsonschema.Draft7Validator(schema_of(described, definitions))
        for error in list(checker.iter_errors(answer.json))[:3]:
            problems.append(f"{path}: {'.'.join(map(str, error.absolute_path))}: {error.message[:200]}")
    print(f"{held} answers held against their descriptions")
    if problems or held < 40:
        raise Failed("\n".join(problems) or f"only {held} answers were held against anything")
