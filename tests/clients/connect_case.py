"""clickhouse-connect of PyPI, with its pandas and Arrow paths: connect_case.py ADDRESS."""

import datetime
import gzip
import sys

import clickhouse_connect
import pandas
import pyarrow
from clickhouse_connect.driver.exceptions import DatabaseError
from clickhouse_connect.driver.external import ExternalData
from expect import fails, same

HOST, PORT = sys.argv[1].split(":")
NOON = datetime.datetime(2020, 1, 1, 12)


def client(**more):
    return clickhouse_connect.get_client(host=HOST, port=int(PORT), **more)


def packings():
    for packing in (False, "lz4", "zstd", "gzip", "br"):
        by = client(compress=packing)
        by.command("CREATE OR REPLACE TABLE p (a Int64, s String) ENGINE = MergeTree ORDER BY a")
        by.insert("p", [[i, f"text {i}"] for i in range(50_000)], column_names=["a", "s"])
        same(by.query("SELECT count(), sum(a) FROM p").result_rows, [(50_000, 1_249_975_000)])
        same(len(by.query("SELECT * FROM p").result_rows), 50_000)


def reading(by):
    same(by.ping(), True)
    sql = "SELECT 1, toDateTime('2020-01-01 12:00:00', 'UTC'), [1, 2], map('k', 2), NULL, tuple(1, 'a')"
    same(by.query(sql).result_rows[0], (1, NOON, [1, 2], {"k": 2}, None, (1, "a")))
    bound = {"a": 1, "s": "it's\t", "l": ["a'", "b"]}
    same(by.query("SELECT {a:Int32}, {s:String}, {l:Array(String)}", parameters=bound).result_rows,
         [(1, "it's\t", ["a'", "b"])])  # fmt: skip
    same(by.query("SELECT %(s)s", parameters={"s": "it's"}).result_rows, [("it's",)])
    frame = by.query_df("SELECT number, toString(number) AS s FROM numbers(3)")
    same(frame["s"].tolist(), ["0", "1", "2"])
    same(by.query_arrow("SELECT number FROM numbers(100000)").num_rows, 100_000)
    with by.query_arrow_stream("SELECT number FROM numbers(500000)") as parts:
        same(sum(part.num_rows for part in parts), 500_000)
    with by.query_rows_stream("SELECT number FROM numbers(200000)") as rows:
        same(sum(1 for _ in rows), 200_000)
    same(by.query("SELECT getSetting('max_block_size')", settings={"max_block_size": 1000}).result_rows, [(1000,)])
    same(client(settings={"max_execution_time": 10}).command("SELECT getSetting('max_execution_time')"), 10)
    same(client(database="system").query("SELECT * FROM one").result_rows, [(0,)])
    sent = ExternalData(file_name="ext", fmt="CSV", structure=["a Int32", "s String"], data=b"1,x\n2,y\n")
    same(by.query("SELECT * FROM ext ORDER BY a", external_data=sent).result_rows, [(1, "x"), (2, "y")])


def writing(by):
    by.command("CREATE TABLE t (a Int64, s String, d DateTime('UTC')) ENGINE = MergeTree ORDER BY a")
    same(by.insert("t", [[1, "x", NOON]]).written_rows, 1)
    by.insert_df("t", pandas.DataFrame({"a": [2, 3], "s": ["y", "z"], "d": pandas.to_datetime([NOON, NOON])}))
    by.insert_arrow("t", pyarrow.table({"a": [4, 5], "s": ["y", "z"], "d": [0, 1]}))
    packed = gzip.compress(b"9\tq\t2020-01-01 00:00:00\n")
    by.raw_insert("t", ["a", "s", "d"], packed, fmt="TSV", compression="gzip")
    same(by.query("SELECT count(), sum(a) FROM t").result_rows, [(6, 24)])
    same(by.query("SELECT d FROM t WHERE a = 3").result_rows, [(NOON,)])


def open_types(by):
    """Types of which the data say what they are, out of Native of the client's version."""
    json = by.query("""SELECT CAST('{"a": 1, "b": {"c": [1, 2]}}' AS JSON) AS j FROM numbers(2)""")
    same(json.result_rows, [({"a": 1, "b": {"c": [1, 2]}},)] * 2)
    same(by.query("SELECT number::Dynamic FROM numbers(3)").result_rows, [(0,), (1,), (2,)])
    either = "if(number % 2, 'x'::Variant(String, UInt64), number::Variant(String, UInt64))"
    same(by.query(f"SELECT {either} FROM numbers(3)").result_rows, [(0,), ("x",), (2,)])
    zoned = by.query("SELECT toDateTime('2020-01-01 12:00:00', 'Europe/Moscow')").result_rows[0][0]
    same(str(zoned.tzinfo), "Europe/Moscow")


def sessions(by):
    by.command("CREATE TEMPORARY TABLE mine (a Int32)")
    by.insert("mine", [[5]], column_names=["a"], column_type_names=["Int32"])
    same(by.query("SELECT * FROM mine").result_rows, [(5,)])
    by.command("SET max_block_size = 77")
    same(by.command("SELECT getSetting('max_block_size')"), 77)


def failing(by):
    fails(DatabaseError, 60, lambda: by.query("SELECT * FROM nosuch"))
    fails(DatabaseError, 62, lambda: by.query("SELEC"))
    late = "SELECT throwIf(number = 3000000) FROM numbers(10000000) SETTINGS max_block_size = 65000, max_threads = 1"
    fails(DatabaseError, 395, lambda: by.query(late))
    fails(DatabaseError, 516, lambda: client(username="somebody", password="a word"))


packings()
reading(client())
writing(client())
open_types(client())
sessions(client())
failing(client())
