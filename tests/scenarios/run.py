"""run.py DIR: the table of tests/scenarios, a TAP line for each cell.

Environment: that of tests/env.sh; ROWS and READERS choose by a regular
expression; KEEP=1 keeps the directories; PATIENCE in seconds.
"""
import concurrent.futures
import os
import pathlib
import re
import sys
import time
import traceback

import rows
from agent import Agent
from cell import Cell
from readers import READERS, TITLES, AgentReader
from table import ALL, ROWS, Skip
from tools import Missing

BACKEND = os.environ["watch_backend"]
# How many cells at once: those that stay mostly wait (where they poll, for
# seconds), the others compute.
WIDTHS = {True: 40 if BACKEND == "poll" else 8, False: 2}


class Task:
    """One cell of the table and what became of it."""

    def __init__(self, index, row, reader, top):
        self.row, self.reader = row, reader
        self.base = top / f"{reader}-{index}"
        self.cell = None
        self.skipped = row.skip.get(reader)
        self.problems = []
        self.took = 0

    def title(self):
        return (f"{self.row.number}: {self.row.title} | "
                f"{TITLES[self.reader]} | {BACKEND}")

    def prepare(self):
        if not self.skipped:
            self.cell = Cell(self.base, self.row, self.reader,
                             not self.row.own)

    def play(self):
        begun = time.monotonic()
        try:
            self.row.play(self.cell, *self.row.arguments)
            self.problems = self.cell.finish()
        except (Missing, Skip) as reason:
            self.skipped = str(reason)
        except Exception:  # pylint: disable=broad-exception-caught
            self.problems = self.cell.verdict() + traceback.format_exc(
                limit=-3).splitlines()
        self.took = time.monotonic() - begun

    def print(self, number):
        good = "not ok" if self.problems else "ok"
        skip = f" # SKIP {self.skipped}" if self.skipped else ""
        print(f"{good} {number} - {self.title()}{skip}")
        if not self.problems:
            return
        for problem in self.problems:
            print(f"#  {problem}")
        for line in self.cell.reader.words().splitlines()[-6:]:
            print(f"#  said: {line.decode(errors='replace')[:300]}")
        print(f"#  directory: {self.base}")


def chosen(top):
    wanted = re.compile(os.environ.get("ROWS") or ".")
    readers = re.compile(os.environ.get("READERS") or ".")
    for index, row in enumerate(ROWS):
        if wanted.search(f"{row.number}: {row.title}"):
            for reader in ALL:
                if readers.fullmatch(reader) or readers.pattern == ".":
                    yield Task(index, row, reader, top)


def play_all(tasks):
    """The cells of readers that stay beside the others."""
    with concurrent.futures.ThreadPoolExecutor(WIDTHS[True]) as staying, \
            concurrent.futures.ThreadPoolExecutor(WIDTHS[False]) as others:
        for task in tasks:
            if task.cell:
                pool = staying if READERS[task.reader].stays else others
                pool.submit(task.play)


def check_shared(shared, tasks):
    """The agent of many cells ends well; another pass repeats nothing."""
    told = {name: len(one.lines) for name, one in shared.told.items()}
    status = shared.end()
    shared.once()
    for task in tasks:
        if task.cell and task.cell.name in told and not task.cell.reader.own:
            again = len(shared.told[task.cell.name].lines)
            if status:
                task.problems.append(f"ctaild ended with {status}")
            if again > told[task.cell.name]:
                task.problems.append("a further pass repeated lines")


def main():
    top = pathlib.Path(sys.argv[1])
    tasks = list(chosen(top))
    shared = AgentReader.shared = Agent(top / "agent")
    for task in tasks:
        task.prepare()
    shared_used = bool(shared.logs)
    if shared_used:
        shared.start()
    play_all(tasks)
    if shared_used:
        check_shared(shared, tasks)
    print(f"# backend: {BACKEND}; {rows.COUNT} modules, {len(ROWS)} scenarios")
    for number, task in enumerate(tasks, 1):
        task.print(number)
    print(f"1..{len(tasks)}")
    slow = sorted(tasks, key=lambda task: -task.took)[:5]
    for task in slow:
        print(f"# {task.took:.1f} s: {task.title()}")
    for task in tasks:
        if task.cell and not os.environ.get("KEEP"):
            task.cell.clean()
    return 1 if any(task.problems for task in tasks) else 0


sys.exit(main())
