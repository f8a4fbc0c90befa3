"""alternate.py DIR COUNT: ctail and the old tools in turn on one offset file.

COUNT times lines are written to DIR/app.log, sometimes it is rotated (app.log
becomes app.log.1, and so on, an empty app.log is made), and one program, drawn
by SEED, prints what is new: pygtail, logtail2, logtail, ctail, and ctail
called by their names.  DIR/counted (NAME VALUE) says what came out of it,
DIR/details where.

Only what the old tools themselves get right happens: full lines, one rotation
between two runs, and none before logtail while lines are unread.
"""
import collections
import os
import pathlib
import random
import subprocess
import sys

directory, count = pathlib.Path(sys.argv[1]), int(sys.argv[2])
chance = random.Random(int(os.environ["SEED"]))
log = directory / "app.log"
names = directory / "names"
KEEP = 4


class Tool:
    """A program that prints what is new in the log."""

    def __init__(self, name, *command, crosses=True):
        self.name, self.command = name, list(map(str, command))
        # Whether it reads the rest of the rotated file.
        self.crosses = crosses

    def run(self):
        done = subprocess.run(self.command, stdin=subprocess.DEVNULL,
                              capture_output=True, check=False)
        return done.returncode, done.stdout, done.stderr


def linked(name):
    """ctail under the name of another program."""
    path = names / name
    path.symlink_to(os.environ["CTAIL"])
    return path


def tools():
    names.mkdir()
    offset = f"{log}.offset"
    yield Tool("pygtail", "pygtail", log)
    yield Tool("pygtail -p", "pygtail", "-p", log)
    yield Tool("logtail2", "logtail2", "-f", log, "-o", offset)
    yield Tool("logtail", "logtail", "-f", log, crosses=False)
    ctail = os.environ["CTAIL"]
    yield Tool("ctail", ctail, log)
    yield Tool("ctail -o", ctail, "-o", offset, log)
    yield Tool("ctail -p", ctail, "-p", log)
    yield Tool("ctail as pygtail", linked("pygtail"), log)
    yield Tool("ctail as logtail2", linked("logtail2"), "-f", log, "-o",
               offset)
    yield Tool("ctail as logtail", linked("logtail"), log, offset,
               crosses=False)


class Log:
    """Numbered lines, unread ones among them."""

    def __init__(self):
        self.number, self.unread = 0, []
        log.touch()

    def write(self):
        with open(log, "ab") as file:
            for _ in range(chance.choice((0, 1, 1, 2, 5, 30))):
                self.number += 1
                line = b"%d %s\n" % (self.number,
                                     b"x" * chance.choice((0, 9, 60)))
                file.write(line)
                self.unread.append(line)

    def rotate(self):
        for n in range(KEEP, 0, -1):
            old = directory / f"app.log.{n}"
            if old.exists():
                os.rename(old, directory / f"app.log.{n + 1}")
        os.rename(log, directory / "app.log.1")
        log.touch()


class Figures:
    """What went wrong, and how often each program ran."""

    def __init__(self):
        self.counts = collections.Counter(repeated=0, failed=0, lines=0)
        self.seen, self.details = set(), []

    def judge(self, turn, tool, unread, answer):
        """What is unread afterwards."""
        status, output, words = answer
        lines = output.splitlines(keepends=True)
        again = [line for line in lines if line in self.seen]
        self.seen.update(lines)
        self.counts["runs_of_" + tool.name.replace(" ", "_")] += 1
        self.counts["lines"] += len(lines)
        self.counts["repeated"] += len(again)
        if status or output != b"".join(unread):
            self.counts["failed"] += 1
            self.details.append(
                f"turn {turn}, {tool.name}: status {status}, "
                f"{len(unread)} unread, {len(lines)} printed, {len(again)} "
                f"of them again, it said {words[-200:]!r}")
        return [line for line in unread if line not in self.seen]

    def write(self, lost):
        self.counts["lost"] = len(lost)
        (directory / "counted").write_text("".join(
            f"{name} {value}\n"
            for name, value in sorted(self.counts.items())))
        (directory / "details").write_text(
            "".join(f"{line}\n" for line in self.details))


def main():
    every, figures, lines = list(tools()), Figures(), Log()
    before = None
    for turn in range(count):
        tool = chance.choice(every)
        lines.write()
        if before and chance.random() < 0.3 and (
                tool.crosses or not lines.unread):
            lines.rotate()
            figures.counts["rotations"] += 1
            lines.write()
        lines.unread = figures.judge(turn, tool, lines.unread, tool.run())
        if before:
            figures.counts["handovers"] += before.name != tool.name
        before = tool
    figures.write(lines.unread)


main()
