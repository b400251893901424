"""What Grafana's plugin and DBeaver ask first, word for word as their logs have it or by the tables that they
read: tools_case.py URL. Whether the tools themselves are happy is not shown by it."""

import json
import sys
import urllib.request

URL = sys.argv[1]
# The driver of Grafana's plugin opens with it.
HELLO = "SELECT displayName(), version(), revision(), timezone()"
QUERIES = [
    "SELECT name FROM system.databases",
    "SELECT name, engine, comment, total_rows, create_table_query FROM system.tables WHERE database = 'default'",
    "SELECT name, type, default_kind, comment FROM system.columns WHERE database = 'system' AND table = 'one'",
    "SELECT name, is_aggregate, case_insensitive, alias_to FROM system.functions",
    "SELECT name, value, type, description FROM system.settings",
    "SELECT name, case_insensitive, alias_to FROM system.data_type_families",
    "SELECT * FROM system.table_engines",
    "SELECT name FROM system.table_functions",
    "SELECT name FROM system.formats",
    "SELECT keyword FROM system.keywords",
    "SELECT currentUser(), currentDatabase(), hostName(), uptime()",
    "SELECT * FROM INFORMATION_SCHEMA.TABLES LIMIT 5",
    "SHOW DATABASES",
    "SHOW TABLES FROM system",
    "SHOW PROCESSLIST",
    "DESCRIBE TABLE system.one",
]
MAY_BE_EMPTY = ["SELECT * FROM system.clusters", "SELECT * FROM system.dictionaries", "SELECT * FROM system.mutations"]


def rows(sql):
    request = urllib.request.Request(f"{URL}/?default_format=JSON", data=sql.encode())
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)["data"]


name, version, revision, timezone = rows(HELLO)[0].values()
assert name and version[0].isdigit() and int(revision) > 54000 and timezone, (name, version, revision, timezone)
for query in QUERIES:
    found = rows(query)
    assert found or "'default'" in query, query
for query in MAY_BE_EMPTY:
    rows(query)
