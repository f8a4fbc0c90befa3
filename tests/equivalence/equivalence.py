"""equivalence.py DIR FIRST COUNT: the same logs, however they are read, yield
the same decisions; a TAP line for each of COUNT seeds from FIRST on.

The decisions (rule, kind, key, completing record with its offset, count) of
one agent, of many passes, under kills at any moment, of a rehearsal and of
`ctailctl test` are compared with those of reference.py.  A seed that fails is
named, and its directory is kept.
"""
import collections
import concurrent.futures
import pathlib
import random
import shutil
import sys
import time
import traceback

import forecast
import reference
import runs
import world as worlds

SHOWN = 6
# Delivering costs a flush of the disk for each alert.
DELIVERED_MOST = 40


class Seed:
    """One world under all readers."""

    def __init__(self, seed, top):
        self.seed = seed
        self.place = pathlib.Path(top) / str(seed)
        self.problems = []
        self.kills = 0
        self.world = self.want = None
        self.ways = 0

    def play(self):
        try:
            self.world = worlds.World(self.seed)
            self.want = reference.decisions(self.world)
            self.world.delivers = len(self.want) <= DELIVERED_MOST
            script = runs.Script(self.world)
            for name, way in runs.WAYS.items():
                if name != "live" or not self.world.together:
                    self.attempt(name, script, self.read, way)
            self.attempt("--dry-run", script, self.rehearse)
            if forecast.available():
                self.attempt("ctailctl test", script, self.forecast)
        except Exception:  # pylint: disable=broad-exception-caught
            self.problems += traceback.format_exc(limit=-4).splitlines()

    def attempt(self, name, script, what, *arguments):
        # A forecast is of what sinks would get.
        run = runs.Run(self.world, script,
                       self.place / name.strip("-").replace(" ", "-"),
                       self.world.delivers or what == self.forecast)
        self.ways += 1
        try:
            what(name, run, *arguments)
        except Exception as trouble:  # pylint: disable=broad-except
            self.problems.append(f"{name}: {trouble!r}")
        run.clean_up()
        self.kills += run.kills

    def read(self, name, run, way):
        way(run, random.Random(f"{self.seed} {name}"))
        told, odd = run.decisions()
        self.problems += [f"{name}: {one}" for one in odd[:SHOWN]]
        self.compare(name, told, run.offsets, self.want)

    def rehearse(self, name, run):
        self.compare(name, runs.rehearse(run), run.offsets,
                     [one for one in self.want if one[1] == "match"])

    def forecast(self, name, run):
        runs.play_whole(run, None)
        told = forecast.decisions(run)
        offsets = run.offsets if told and told[0][5] is not None else None
        self.compare(name, told, offsets,
                     [one for one in self.want if one[1] == "match"])

    def compare(self, name, told, offsets, want):
        """Without an order: that of files that no rule joins is open."""
        def full(one):
            return (*one, offsets[one[4]] if offsets else None)

        want = collections.Counter(map(full, want))
        told = collections.Counter(told)
        for what, some in (("missing", want - told), ("too much", told - want)):
            some = sorted(some.elements(), key=lambda one: (one[4], one[0]))
            for one in some[:SHOWN]:
                self.problems.append(f"{name}: {what}: {one}")
            if len(some) > SHOWN:
                self.problems.append(
                    f"{name}: {what}: {len(some) - SHOWN} more")

    def print(self, number):
        what = self.world.describe() if self.world else "no world"
        print(f"{'not ok' if self.problems else 'ok'} {number} - seed "
              f"{self.seed}: {what}: {len(self.want or ())} decisions, the "
              f"same {self.ways} ways, {self.kills} kills", flush=True)
        for problem in self.problems:
            print(f"#  {problem}")
        if self.problems:
            print(f"#  again: CTAIL_SEED={self.seed} CTAIL_SEEDS=1; "
                  f"directory: {self.place}", flush=True)
        else:
            shutil.rmtree(self.place, ignore_errors=True)


def main():
    top, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    begun = time.monotonic()
    seeds = [Seed(first + i, top) for i in range(count)]
    if not forecast.available():
        print("# not compared: `ctailctl test', which is not here")
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for number, seed in enumerate(pool.map(
                lambda seed: (seed.play(), seed)[1], seeds), 1):
            seed.print(number)
    print(f"1..{count}")
    failed = sum(bool(seed.problems) for seed in seeds)
    print(f"# figure: equivalence: {count} seeds from {first}, "
          f"{sum(len(seed.want or ()) for seed in seeds)} decisions, "
          f"{sum(seed.kills for seed in seeds)} kills, {failed} failed, "
          f"{time.monotonic() - begun:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
