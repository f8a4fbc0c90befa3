"""churn.py DIR READER: copytruncate by logrotate under a flood of lines.

DIR/app.log is written to at RATE lines a second (50000) and rotated
ROTATIONS times (1000), PERIOD seconds (0.15) apart, while READER reads it:
`follow` (ctail --follow) or `agent` (ctaild; every 50th line is an alert of
its own: more would test the database).  DISTURB:

    none   nothing
    stop   the reader is stopped (SIGSTOP) for 0 to 3 s, and goes on for 0 to 2
    kill   it is killed (SIGKILL) after 0 to 3 s and started anew

All copies are looked at.  DIR/counted (NAME VALUE) says what became of the
lines, DIR/details which were lost: `destroyed` are in no file, and of these
`saved` were read in time; `lost` are in a file and were not told.
"""
import os
import pathlib
import random
import signal
import subprocess
import sys
import time

from churn_readers import READERS
from flood_lines import Tally

HERE = pathlib.Path(__file__).resolve().parent
ROTATIONS = int(os.environ.get("ROTATIONS") or 1000)
RATE = float(os.environ.get("RATE") or 50000)
PERIOD = float(os.environ.get("PERIOD") or 0.15)
DISTURB = os.environ.get("DISTURB") or "none"
# More than are made while the reader sleeps.
KEEP = 250


class Copies:
    """The lines that are, or were, in a file."""

    def __init__(self, directory):
        self.log = directory / "app.log"
        self.conf, self.state = directory / "rotate.conf", directory / "state"
        self.conf.write_text(f"{self.log} {{\n  copytruncate\n  rotate "
                             f"{KEEP}\n}}\n")
        self.conf.chmod(0o644)
        self.tally, self.cut = Tally(), set()

    def rotate(self):
        subprocess.run(["logrotate", "-f", "-s", self.state, self.conf],
                       check=True)
        self.take(f"{self.log}.1")

    def take(self, path):
        lines = pathlib.Path(path).read_bytes().split(b"\n")
        # What the copy itself has torn: its end, and where the file begins
        # in the middle of a line.
        self.cut.add(lines.pop())
        for line in lines:
            self.tally.take(line)
        self.cut.update(self.tally.torn)


class Disturbance:
    """Stops or kills the reader at random."""

    def __init__(self, reader, chance):
        self.reader, self.chance = reader, chance
        self.due = self.next_due()
        self.stopped = False
        self.count = 0

    def next_due(self):
        return time.monotonic() + self.chance.uniform(0, 3)

    def act(self):
        if DISTURB == "none" or time.monotonic() < self.due:
            return
        self.due = self.next_due()
        self.count += 1
        if DISTURB == "kill":
            self.reader.kill()
            self.reader.start()
        elif self.stopped:
            self.resume()
            self.due -= 1
        else:
            self.reader.signal(signal.SIGSTOP)
            self.stopped = True

    def resume(self):
        if self.stopped:
            self.reader.signal(signal.SIGCONT)
            self.stopped = False


def churn(copies, reader, disturbance):
    for _ in range(ROTATIONS):
        due = time.monotonic() + PERIOD
        while time.monotonic() < due:
            disturbance.act()
            time.sleep(max(0, min(due - time.monotonic(), 0.02)))
        copies.rotate()
    disturbance.resume()


def judge(directory, written, copies, told, step):
    """The figures; `step`: every so many-th line is told at all."""
    counts = dict.fromkeys(("destroyed", "saved", "lost", "repeated"), 0)
    details = []
    for number in range(step, written + 1, step):
        times, kept = told.times(number), copies.tally.has(number)
        counts["destroyed"] += not kept
        counts["saved"] += not kept and times > 0
        counts["repeated"] += times > 1
        if kept and not times:
            counts["lost"] += 1
            details.append(f"lost {number}")
        elif times > 1:
            details.append(f"told {times} times: {number}")
    torn = [line for line in told.torn if line not in copies.cut]
    counts.update(torn=len(torn), torn_by_copy=len(told.torn) - len(torn),
                  out_of_order=told.swapped)
    details += [f"torn {line[:80]!r}" for line in torn]
    (directory / "details").write_text(
        "".join(f"{line}\n" for line in details[:1000]))
    return counts


def main():
    directory = pathlib.Path(sys.argv[1])
    chance = random.Random(int(os.environ["SEED"]))
    copies = Copies(directory)
    copies.log.touch()
    reader = READERS[sys.argv[2]](directory, copies.log)
    reader.start()
    with subprocess.Popen(
            [sys.executable, HERE / "flood.py", copies.log, str(RATE)],
            stdout=subprocess.PIPE) as writer:
        begun = time.monotonic()
        disturbance = Disturbance(reader, chance)
        try:
            churn(copies, reader, disturbance)
        finally:
            writer.terminate()
        written = int(writer.stdout.read())
    took = time.monotonic() - begun
    copies.take(copies.log)
    told = reader.finish(written)
    counts = judge(directory, written, copies, told, reader.step)
    counts.update(rotations=ROTATIONS, lines=written,
                  rate=int(written / took), disturbed=disturbance.count,
                  each=reader.step, gaps=reader.gaps)
    counts["gone_per_rotation"] = round(
        (counts["destroyed"] - counts["saved"]) * reader.step / ROTATIONS, 1)
    (directory / "counted").write_text("".join(
        f"{name} {value}\n" for name, value in counts.items()))


main()
