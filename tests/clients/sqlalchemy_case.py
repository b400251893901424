"""clickhouse-sqlalchemy of PyPI over HTTP: sqlalchemy_case.py ADDRESS."""

import sys

from clickhouse_sqlalchemy import engines, types
from clickhouse_sqlalchemy.exceptions import DatabaseException
from sqlalchemy import Column, MetaData, Table, create_engine, func, insert, inspect, select, text
from expect import same

database = create_engine(f"clickhouse+http://default:@{sys.argv[1]}/default")
metadata = MetaData()
people = Table(
    "people",
    metadata,
    Column("id", types.Int32, primary_key=True),
    Column("name", types.String),
    Column("born", types.Nullable(types.Date)),
    engines.MergeTree(order_by=["id"]),
)


metadata.create_all(database)
with database.connect() as connection:
    same(connection.execute(text("SELECT 1, 'x'")).fetchall(), [(1, "x")])
    connection.execute(insert(people), [{"id": 1, "name": "it's"}, {"id": 2, "name": "b"}])
    same(connection.execute(select(people.c.id).where(people.c.name == "it's")).fetchall(), [(1,)])
    same(connection.execute(select(func.count()).select_from(people)).scalar(), 2)
    looking = inspect(database)
    same("people" in looking.get_table_names(), True)
    same([column["name"] for column in looking.get_columns("people")], ["id", "name", "born"])
    try:
        connection.execute(text("SELECT * FROM nosuch"))
        raise AssertionError("no error")
    except DatabaseException as error:
        same("Code: 60" in str(error), True)
metadata.drop_all(database)
same(inspect(database).has_table("people"), False)
