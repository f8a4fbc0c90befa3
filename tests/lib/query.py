"""query.py DATABASE SQL: read-only; a row a line, its fields between bars."""
import pathlib
import sqlite3
import sys

path = pathlib.Path(sys.argv[1])
if path.exists():
    database = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=5)
    for row in database.execute(sys.argv[2]):
        print("|".join("" if field is None else str(field) for field in row))
