"""Of README.md: a query that keeps C code and Python code busy."""
import sqlite3


def similar(a, b):
    return sum(x == y for x, y in zip(a, b)) > 2


def find_doubles(database):
    database.create_function("similar", 2, similar)
    query = "select count(*) from names a, names b where similar(a.name, b.name)"
    return database.execute(query).fetchone()


def main():
    database = sqlite3.connect(":memory:")
    database.execute("create table names (name text)")
    database.executemany("insert into names values (?)", [("name %d" % i,) for i in range(5000)])
    print("ready", flush=True)
    print(find_doubles(database))


main()
