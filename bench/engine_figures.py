"""The engine as other people's clients meet it: small queries, inserts, and an answer of five gigabytes."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

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
