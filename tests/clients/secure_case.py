"""clickhouse-connect over TLS as users with a password: secure_case.py ADDRESS CERTIFICATE."""

import sys

import clickhouse_connect
from clickhouse_connect.driver.exceptions import DatabaseError
from expect import fails, same

HOST, PORT = sys.argv[1].split(":")


def client(user, password="so long", **more):
    return clickhouse_connect.get_client(
        host=HOST, port=int(PORT), secure=True, ca_cert=sys.argv[2], username=user, password=password, **more
    )


reader, writer = client("ann"), client("ben")
same(reader.query("SELECT currentUser()").result_rows, [("ann",)])
writer.command("CREATE TABLE t (a Int64) ENGINE = MergeTree ORDER BY a")
writer.insert("t", [[i] for i in range(100_000)], column_names=["a"])
same(reader.query("SELECT count(), sum(a) FROM t").result_rows, [(100_000, 4_999_950_000)])
same(len(reader.query("SELECT a FROM t").result_rows), 100_000)
fails(DatabaseError, 164, lambda: reader.command("INSERT INTO t VALUES (1)"))
fails(DatabaseError, 516, lambda: client("ann", "so short"))
fails(DatabaseError, 516, lambda: client("nobody"))
fails(DatabaseError, 516, lambda: client("default", ""))
