"""rows: the scenarios, a module for each subject, in the table's order."""
import importlib

MODULES = ("truncation", "renames", "names", "compressed", "identity",
           "places", "content", "state", "watching")
COUNT = len(MODULES)
for name in MODULES:
    importlib.import_module(f"rows.{name}")
