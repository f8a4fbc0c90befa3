"""arrivals.py DIR DATABASE: what flaky.py's DIR/requests says about alerts.

Writes DIR/counted (NAME VALUE) and DIR/details.
"""
import collections
import pathlib
import sqlite3
import sys

directory = pathlib.Path(sys.argv[1])
db = sqlite3.connect(f"{pathlib.Path(sys.argv[2]).as_uri()}?mode=ro", uri=True)
stored = dict(db.execute("SELECT id, subject FROM alert"))
kinds, copies = collections.Counter(), collections.Counter()
bodies = collections.defaultdict(set)
for line in (directory / "requests").read_text().splitlines():
    kind, known, digest = line.split()
    kinds[kind] += 1
    if kind == "taken" or kind.startswith("lost-"):
        copies[known] += 1
        bodies[known].add(digest)
never = sorted(set(stored) - set(copies))
strange = sorted(set(copies) - set(stored))
changed = sorted(known for known, seen in bodies.items() if len(seen) > 1)
due, dead = db.execute(
    "SELECT sum(state = 0), sum(state = 2) FROM outbox").fetchone()
counts = {
    "alerts": len(stored), "requests": kinds.total(),
    "taken": copies.total(), "arrived": len(copies),
    "answers_lost": sum(n for kind, n in kinds.items()
                        if kind.startswith("lost-")),
    "second_copies": copies.total() - len(copies),
    "most_copies": max(copies.values(), default=0),
    "never_arrived": len(never), "unknown_ids": len(strange),
    "changed_bodies": len(changed), "due": due, "dead": dead,
}
counts.update(sorted(kinds.items()))
counts.update(
    ("attempt_" + outcome, n) for outcome, n in db.execute(
        "SELECT outcome, count(*) FROM attempt GROUP BY outcome"))
# Sent by the server, recorded by nobody.
counts["lost_by_kills"] = kinds["taken"] - counts.get("attempt_delivered", 0)
(directory / "counted").write_text(
    "".join(f"{name} {value}\n" for name, value in counts.items()))
(directory / "details").write_text("".join(
    f"{what} {known} {stored.get(known, '')}\n"
    for what, found in (("never arrived", never), ("unknown", strange),
                        ("changed", changed))
    for known in found[:20]))
