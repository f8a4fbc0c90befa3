"""tally.py DIR LINES DATABASE FILE [COMMAND-FILE]: was every line told once?

Numbers in subjects of matches are to be 1 to LINES: in the database each
exactly once, in FILE (JSON lines of a sink) each at least once, more copies
only with an equal id and equal content.  COMMAND-FILE is the same for a
second sink.  Matches with other subjects are no lines and may be in any sink;
those that end in a number are to be there once, too.
Writes DIR/counted (NAME VALUE) and DIR/details.
"""
import collections
import json
import pathlib
import sqlite3
import sys


class Tally:
    def __init__(self, directory, lines):
        self.directory, self.lines = directory, lines
        self.counts, self.details = {}, []

    def count(self, name, found):
        found = list(found)
        self.counts[name] = len(found)
        self.details += [f"{name}: {one}" for one in found[:20]]

    def missing(self, seen):
        return [n for n in range(1, self.lines + 1) if str(n) not in seen]

    def database(self, path):
        uri = f"{pathlib.Path(path).as_uri()}?mode=ro"
        db = sqlite3.connect(uri, uri=True)
        subjects = collections.Counter(
            row[0] for row in db.execute(
                "SELECT subject FROM alert WHERE kind = 'match'"))
        ids = db.execute("SELECT count(*), count(DISTINCT id) FROM alert")
        total, distinct = ids.fetchone()
        self.counts["alerts"] = total
        self.count("lost", self.missing(subjects))
        self.count("repeated", (
            s for s, n in subjects.items() if n > 1 and s[-1:].isdigit()))
        self.counts["doubled_ids"] = total - distinct
        self.count("other_words", db.execute(
            "SELECT kind, subject FROM alert WHERE kind <> 'match'"))
        self.count("undelivered", db.execute(
            "SELECT alert, sink, state FROM outbox WHERE state <> 1"))
        return dict(db.execute("SELECT id, subject FROM alert"))

    def sink(self, name, path, stored):
        """`stored`: id -> subject, as decided."""
        first, torn, changed, unknown, copies = {}, [], [], [], 0
        with open(path, encoding="utf-8", newline="\n") as file:
            for line in file.read().split("\n")[:-1]:
                try:
                    alert = json.loads(line)
                except ValueError:
                    torn.append(line[:60])
                    continue
                known = alert["id"]
                if stored.get(known) != alert["subject"]:
                    unknown.append(f"{known} {alert['subject']}")
                if known in first:
                    copies += 1
                    if first[known] != line:
                        changed.append(f"{known}: {line}")
                first.setdefault(known, line)
        self.count(name + "_lost", (
            subject for known, subject in stored.items()
            if subject.isdigit() and known not in first))
        self.count(name + "_unknown", unknown)
        self.count(name + "_changed", changed)
        self.count(name + "_torn", torn)
        self.counts[name + "_second_copies"] = copies

    def write(self):
        lines = [f"{name} {value}\n" for name, value in self.counts.items()]
        (self.directory / "counted").write_text("".join(lines))
        (self.directory / "details").write_text(
            "".join(f"{line}\n" for line in self.details))


def main():
    directory, lines, database, *sinks = sys.argv[1:]
    tally = Tally(pathlib.Path(directory), int(lines))
    stored = tally.database(database)
    for path in sinks:
        tally.sink(pathlib.Path(path).stem, path, stored)
    tally.write()


main()
