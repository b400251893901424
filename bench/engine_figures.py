"""The engine as other people's clients meet it: small queries, inserts, and an answer of five gigabytes."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from statistics import median

from harness import PROGRAM, ROOT, Failed, Ticker, clean_environment, row

SMALL_QUERIES = 4000
INSERTED_ROWS = 2_000_000
STREAMED_BYTES = 5_000_000_000
COMMAND = "bench/run engine"

INSERTS = """
import { createClient } from '@clickhouse/client'
const client = createClient({ url: process.argv[2] })
const rows = Number(process.argv[3]), batch = 100000
await client.command({ query: 'CREATE TABLE t (id UInt64, name String, made DateTime) ENGINE = MergeTree ORDER BY id' })
const values = Array.from({ length: batch }, (_, i) => [i, 'name ' + (i % 1000), 1700000000 + i])
const begin = process.hrtime.bigint()
for (let done = 0; done < rows; done += batch)
  await client.insert({ table: 't', values, format: 'JSONCompactEachRow' })
const seconds = Number(process.hrtime.bigint() - begin) / 1e9
const stored = await (await client.query({ query: 'SELECT count() AS n FROM t', format: 'JSONEachRow' })).json()
console.log(JSON.stringify({ seconds, stored: Number(stored[0].n) }))
await client.close()
"""


def run(words, **options):
    done = subprocess.run(words, env=clean_environment(), capture_output=True, text=True, check=False, **options)
    if done.returncode != 0:
        raise Failed(f"{' '.join(map(str, words[:3]))} … ended with {done.returncode}: {done.stderr[-500:]}")
    return done.stdout


def small_queries(url, connections):
    """A second, by curl: each connection stays, and asks for the next one when it has its answer."""
    words = ["curl", "-sS", "--fail", f"{url}/?query=SELECT%201#[1-{SMALL_QUERIES // connections}]"]
    begin = time.monotonic()
    running = [subprocess.Popen(words, env=clean_environment(), stdout=subprocess.PIPE, text=True) for _ in range(connections)]
    answers = [process.communicate()[0].split() for process in running]
    took = time.monotonic() - begin
    if any(process.returncode != 0 for process in running) or set(sum(answers, [])) != {"1"}:
        raise Failed("a small query was not answered")
    return sum(map(len, answers)) / took


def resident(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS:"))


def streamed(url, pid):
    """(bytes, seconds, megabytes that the engine's memory grew by at the most)"""
    query = "SELECT number, toString(number) AS text, now() AS made FROM numbers(150000000) FORMAT TSV"
    before, height, size, begin = resident(pid), 0, 0, time.monotonic()
    process = subprocess.Popen(["curl", "-sS", "--fail", url, "--data-binary", query], env=clean_environment(), stdout=subprocess.PIPE)
    while part := process.stdout.read(1 << 20):
        size += len(part)
        height = max(height, resident(pid))
    if process.wait() != 0:
        raise Failed("the large answer did not end well")
    return size, time.monotonic() - begin, height - before


def inserts(url, folder, packages):
    script = pathlib.Path(folder) / "inserts.mjs"
    script.write_text(INSERTS, encoding="utf-8")
    (script.parent / "node_modules").symlink_to(packages.npm() / "node_modules")
    said = json.loads(run(["node", str(script), url, str(INSERTED_ROWS)]))
    if said["stored"] != INSERTED_ROWS:
        raise Failed(f"{said['stored']} rows of {INSERTED_ROWS} are there")
    return INSERTED_ROWS / said["seconds"]


def engine(options):
    """Small queries over connections that stay, inserts by @clickhouse/client, a streamed answer."""
    sys.path[0:0] = [os.path.join(ROOT, "tests/clients"), os.path.join(ROOT, "tests")]
    import packages
    from engine import Engine

    with tempfile.TemporaryDirectory(dir=options.scratch) as folder, Engine(PROGRAM, folder) as running:
        for connections in (1, 8):
            rate = small_queries(running.url, connections)
            yield row(f"SELECT 1, {connections} connections that stay", "at least 1,000/s", "/s", rate, rate >= 1000, COMMAND)
        with Ticker("inserting by @clickhouse/client"):
            rate = inserts(running.url, folder, packages)
        yield row("inserts by @clickhouse/client", "at least 500,000 rows/s", "rows/s", rate, rate >= 500_000, COMMAND, f"{INSERTED_ROWS:,} rows of three columns, JSONCompactEachRow")
        with Ticker("streaming a large answer"):
            size, took, grown = streamed(running.url, running.process.pid)
        yield row("an answer of 5 GB, streamed", "the engine grows by less than 100 MB", "MB", grown, grown < 100 and size > STREAMED_BYTES, COMMAND, f"{size / 1e9:.1f} GB in {took:.1f} s")


SOAK_TABLES = 8
SOAK_RUNS = 288  # a day of a collector that runs every five minutes
SOAK_SECONDS = 150
SOAK_ROWS = 20
SOAK_COMMAND = "bench/run engine_soak"


def asked(url, query, body=b""):
    request = urllib.request.Request(f"{url}/?query={urllib.parse.quote(query)}", data=body, method="POST")
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read().decode().strip()


def soak_run(url, run):
    """One run of a collector: an insert into each table, most rows of this year, some old ones again."""
    lines = "".join(
        json.dumps({"id": (run * SOAK_ROWS + i) if i % 4 else i, "at": f"{2026 - i % 3}-01-01 00:00:{run % 60:02}", "v": run, "text": "x" * 50}) + "\n"
        for i in range(SOAK_ROWS)
    )
    for table in range(SOAK_TABLES):
        asked(url, f"INSERT INTO soak_{table} FORMAT JSONEachRow", lines.encode())


def soak_sample(url, pid):
    parts, most = asked(url, "SELECT sum(n), max(n) FROM (SELECT count() AS n FROM system.parts WHERE active AND table LIKE 'soak%' GROUP BY table, partition)").split()
    return {"parts": int(parts), "most_of_a_partition": int(most), "mb": round(resident(pid))}


def engine_soak(options):
    """A day of small inserts, compressed: parts must not pile up, nor memory grow."""
    sys.path[0:0] = [os.path.join(ROOT, "tests/clients"), os.path.join(ROOT, "tests")]
    from engine import Engine

    with tempfile.TemporaryDirectory(dir=options.scratch) as folder, Engine(PROGRAM, folder) as running:
        for table in range(SOAK_TABLES):
            asked(running.url, f"CREATE TABLE soak_{table} (id UInt64, at DateTime, v UInt64, text String) ENGINE = ReplacingMergeTree(v) PARTITION BY toYear(at) ORDER BY id SETTINGS non_replicated_deduplication_window = 1000")
        samples, begin = [], time.monotonic()
        with Ticker("a day of small inserts"):
            for number in range(SOAK_RUNS):
                soak_run(running.url, number)
                time.sleep(max(0.0, begin + (number + 1) * SOAK_SECONDS / SOAK_RUNS - time.monotonic()))
                if number % (SOAK_RUNS // 24) == 0:
                    samples.append(soak_sample(running.url, running.process.pid))
        samples.append(soak_sample(running.url, running.process.pid))
        most = max(sample["most_of_a_partition"] for sample in samples)
        inserts_done = SOAK_RUNS * SOAK_TABLES
        note = f"{inserts_done:,} inserts of {SOAK_ROWS} rows into {SOAK_TABLES} tables of 3 partitions in {time.monotonic() - begin:.0f} s; by time: parts {[sample['parts'] for sample in samples]}, MB {[sample['mb'] for sample in samples]}"
        yield row("soak: parts of a partition, at the most", "under 50", "parts", most, most < 50, SOAK_COMMAND, note)
        second, last = (median(sample["mb"] for sample in samples[quarter * 6 : quarter * 6 + 6]) for quarter in (1, 3))
        yield row("soak: memory, last quarter against the second", "at most 1.2 ×", "×", last / second, last / second <= 1.2, SOAK_COMMAND, f"{second:.0f} and {last:.0f} MB")
