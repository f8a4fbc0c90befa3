"""arrivals.py DIR DATABASE: what flaky.py's DIR/requests says about alerts.

Writes DIR/counted (NAME VALUE) and DIR/details.
"""
import collections
import pathlib
import sqlite3
import sys

directory = pathlib.Path(sys.argv[1])
db = sqlite3.connect(f"{pathlib.Path(sys.argv[2]).as_uri()}?mode=ro", uri=True)
stored, numbers = {}, {}
for number, known, subject in db.execute("SELECT n, id, subject FROM alert"):
    stored[known] = subject
    numbers[known] = number
kinds, copies = collections.Counter(), collections.Counter()
bodies = collections.defaultdict(set)
last = {}
overtaken = []
for line in (directory / "requests").read_text().splitlines():
    kind, where, known, incident, digest = line.split()
    kinds[kind] += 1
    if kind != "taken" and not kind.startswith("lost-"):
        continue
    copies[known] += 1
    bodies[known].add(digest)
    # A copy of an older one behind a younger one of its incident.
    place = (where, incident)
    if numbers.get(known, 0) < last.get(place, 0):
        overtaken.append(known)
    last[place] = max(numbers.get(known, 0), last.get(place, 0))
never = sorted(set(stored) - set(copies))
strange = sorted(set(copies) - set(stored))
changed = sorted(known for known, seen in bodies.items() if len(seen) > 1)
waiting, dead = db.execute(
    "SELECT sum(state IN (0, 4)), sum(state = 2) FROM outbox").fetchone()
counts = {
    "alerts": len(stored), "incidents": len(last),
    "requests": kinds.total(),
    "taken": copies.total(), "arrived": len(copies),
    "answers_lost": sum(n for kind, n in kinds.items()
                        if kind.startswith("lost-")),
    "second_copies": copies.total() - len(copies),
    "most_copies": max(copies.values(), default=0),
    "never_arrived": len(never), "unknown_ids": len(strange),
    "changed_bodies": len(changed), "out_of_order": len(overtaken),
    "waiting": waiting, "dead": dead,
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
                        ("changed", changed), ("out of order", overtaken))
    for known in found[:20]))
