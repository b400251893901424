"""curl, as people try a server by hand: curl_case.py URL."""

import json
import pathlib
import subprocess
import sys
import tempfile
from expect import same

URL = sys.argv[1]


def curl(*words, body=None):
    done = subprocess.run(["curl", "-sS", "--max-time", "60", *words], input=body, capture_output=True, check=False)
    assert done.returncode == 0, (words, done.returncode, done.stderr)
    return done.stdout


def head_and_body(*words, body=None):
    text = curl("-i", *words, body=body).decode()
    head, _, rest = text.partition("\r\n\r\n")
    lines = head.split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:])}
    return int(lines[0].split()[1]), headers, rest


def paths_and_methods():
    same(curl(f"{URL}/ping"), b"Ok.\n")
    same(curl(f"{URL}/"), b"Ok.\n")
    same(curl(f"{URL}/replicas_status"), b"Ok.\n")
    same(head_and_body(f"{URL}/play")[0], 404)
    same(head_and_body(f"{URL}/nosuch")[0], 404)
    same(head_and_body("-X", "DELETE", f"{URL}/?query=SELECT+1")[0], 405)
    status, headers, _ = head_and_body("-G", "--data-urlencode", "query=CREATE TABLE g (a Int8) ENGINE = Log", URL)
    same((status, headers["x-clickhouse-exception-code"]), (500, "164"))  # a GET changes nothing


def headers_of_an_answer():
    status, headers, body = head_and_body(f"{URL}/?query_id=q-1&default_format=JSONEachRow", "-d", "SELECT 1 AS a")
    same((status, body), (200, '{"a":1}\n'))
    same(headers["x-clickhouse-query-id"], "q-1")
    same(headers["x-clickhouse-format"], "JSONEachRow")
    assert headers["x-clickhouse-timezone"] and headers["x-clickhouse-server-display-name"]
    same(json.loads(headers["x-clickhouse-summary"])["result_rows"], "1")
    status, headers, body = head_and_body("-d", "SELECT * FROM nosuch", URL)
    same((status, headers["x-clickhouse-exception-code"]), (404, "60"))
    assert body.startswith("Code: 60. DB::Exception: ") and body.endswith("(UNKNOWN_TABLE)\n"), body


def packed():
    for coding in ("gzip", "deflate", "br", "zstd"):
        words = ["--compressed", "-H", f"Accept-Encoding: {coding}", f"{URL}/?query=SELECT+count()+FROM+numbers(9)"]
        if coding in ("gzip", "deflate"):
            same(curl(*words), b"9\n")
        same(head_and_body("-o", "/dev/null", "-D", "-", *words)[1]["content-encoding"], coding)


def inserts():
    curl("-d", "CREATE TABLE c (a Int64, s String) ENGINE = MergeTree ORDER BY a", URL)
    rows = "".join(f"{i}\ttext {i}\n" for i in range(100_000))
    curl("--data-binary", "@-", f"{URL}/?query=INSERT+INTO+c+FORMAT+TSV", body=rows.encode())
    curl("-H", "Transfer-Encoding: chunked", "--data-binary", "@-", URL, body=b"INSERT INTO c VALUES (-1, 'it''s')")
    same(curl("-d", "SELECT count(), sum(a), min(a) FROM c", URL), b"100001\t4999949999\t-1\n")
    same(curl("-d", "SELECT s FROM c WHERE a = {x:Int64}", f"{URL}/?param_x=-1"), b"it\\'s\n")


def external_tables():
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "rows.csv"
        file.write_text("1,x\n2,y\n")
        target = f"{URL}/?query=SELECT+sum(a),max(s)+FROM+t&t_structure=a+Int32,s+String&t_format=CSV"
        same(curl("-F", f"t=@{file}", target), b"3\ty\n")


def a_hundred_at_once():
    found = curl("--parallel", "--parallel-max", "100", f"{URL}/?query=SELECT+[1-300]+SETTINGS+max_threads%3D1")
    same(sorted(map(int, found.split())), list(range(1, 301)))


paths_and_methods()
headers_of_an_answer()
packed()
inserts()
external_tables()
a_hundred_at_once()
