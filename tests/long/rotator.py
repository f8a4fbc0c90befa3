"""rotator.py DIR [--run COMMAND...]: rotates logs under their writers.

LOGS logs DIR/app-L.log are written to at RATE lines a second, all together,
and rotated ROTATIONS times altogether, each after FROM to TO seconds.  HOW:

    rename        LOG.1 becomes LOG.2 and so on, LOG becomes LOG.1
    logrotate     the same by logrotate
    copytruncate  by logrotate

After a rotation by rename the old writer goes on for up to LATE seconds in
what is now LOG.1, while another one writes to the new LOG; with NEW=after
there is no new LOG before the old writer has ended.

With COMMAND it is run again and again, PAUSE seconds between two runs on
average, its standard output appended to DIR/output; no log is then rotated
before a run that has begun after its last rotation and after its late writer's
last line has ended.

What it complains of is added to DIR/complaints.

Lines are `line L-G-I PADDING`: log, generation, number in the generation.
DIR/written says at the end how many there are: `L-G COUNT`.  These settings
and SEED are in the environment.
"""
import os
import pathlib
import random
import subprocess
import sys
import threading
import time

directory = pathlib.Path(sys.argv[1])
command = sys.argv[3:]
seed = int(os.environ["SEED"])
HOW = os.environ.get("HOW", "rename")
LOGS = int(os.environ.get("LOGS", 3))
ROTATIONS = int(os.environ.get("ROTATIONS", 300))
RATE = float(os.environ.get("RATE", 1000))
FROM = float(os.environ.get("FROM", 0.4))
TO = float(os.environ.get("TO", 1.0))
LATE = float(os.environ.get("LATE", 2))
NEW = os.environ.get("NEW", "at-once")
PAUSE = float(os.environ.get("PAUSE", 0.05))
KEEP = 20


class Runs:
    """Runs of the command, one after the other."""

    def __init__(self):
        self.begun = self.ended = self.count = 0
        self.statuses = {}
        self.changed = threading.Condition()

    def run(self, output, complaints):
        with self.changed:
            self.begun += 1
        status = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=output,
            stderr=complaints, check=False).returncode
        self.statuses[status] = self.statuses.get(status, 0) + 1
        with self.changed:
            self.ended = self.begun
            self.changed.notify_all()

    def wait_for_a_whole_one(self):
        if not command:
            return
        with self.changed:
            first = self.begun + 1
            self.changed.wait_for(lambda: self.ended >= first)


class Generation:
    def __init__(self, log, number):
        self.log, self.number, self.lines = log, number, 0
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        self.fd = os.open(log.path, flags, 0o644)

    def write(self):
        self.lines += 1
        padding = "x" * self.log.random.choice((0, 7, 30, 200))
        line = f"line {self.log.number}-{self.number}-{self.lines} {padding}\n"
        os.write(self.fd, line.encode())

    def write_until(self, end):
        while time.monotonic() < end:
            for _ in range(10):
                self.write()
            time.sleep(10 * LOGS / RATE)

    def close(self):
        os.close(self.fd)
        self.log.written.append(f"{self.log.number}-{self.number} {self.lines}")


class Log:
    def __init__(self, number, runs):
        self.number, self.runs = number, runs
        self.path = str(directory / f"app-{number}.log")
        self.random = random.Random(seed * 1000 + number)
        self.late, self.written = [], []

    def shift(self):
        for n in range(KEEP, 0, -1):
            older = f"{self.path}.{n}"
            if os.path.exists(older):
                os.rename(older, f"{self.path}.{n + 1}")
        os.rename(self.path, self.path + ".1")

    def logrotate(self):
        conf = pathlib.Path(self.path + ".conf")
        way = "copytruncate" if HOW == "copytruncate" else "create"
        conf.write_text(f"{self.path} {{\n rotate {KEEP}\n {way}\n}}\n")
        subprocess.run(["logrotate", "-f", "-s", self.path + ".state", conf],
                       check=True)

    def rotate(self, generation):
        if HOW == "rename":
            self.shift()
        else:
            self.logrotate()
        if HOW == "copytruncate":
            return generation
        self.late.append(threading.Thread(
            target=self.write_late,
            args=(generation, self.random.uniform(0, LATE))))
        self.late[-1].start()
        if NEW == "after":
            self.join_late()
        return Generation(self, generation.number + 1)

    @staticmethod
    def write_late(generation, seconds):
        generation.write_until(time.monotonic() + seconds)
        generation.close()

    def write(self, generation):
        generation.write_until(
            time.monotonic() + self.random.uniform(FROM, TO))
        if not command:
            return
        # Until it may be rotated: in small steps, so that it is written to.
        waiter = threading.Thread(target=self.settle)
        waiter.start()
        while waiter.is_alive():
            generation.write_until(time.monotonic() + 0.05)

    def join_late(self):
        while self.late:
            self.late.pop(0).join()

    def settle(self):
        self.join_late()
        self.runs.wait_for_a_whole_one()

    def run(self, rotations):
        generation = Generation(self, 0)
        for _ in range(rotations):
            self.write(generation)
            generation = self.rotate(generation)
        self.write(generation)
        self.join_late()
        generation.close()


def main():
    runs = Runs()
    logs = [Log(number, runs) for number in range(LOGS)]
    each = -(-ROTATIONS // LOGS)
    threads = [threading.Thread(target=log.run, args=(each,)) for log in logs]
    for thread in threads:
        thread.start()
    pauses = random.Random(seed)
    with open(directory / "output", "ab") as output, \
            open(directory / "complaints", "ab") as complaints:
        while command and any(thread.is_alive() for thread in threads):
            runs.run(output, complaints)
            time.sleep(pauses.uniform(0, 2 * PAUSE))
        for thread in threads:
            thread.join()
        if command:
            runs.run(output, complaints)
    written = [line + "\n" for log in logs for line in log.written]
    (directory / "written").write_text("".join(written))
    (directory / "runs").write_text(
        f"{runs.begun} runs, by status: {runs.statuses}\n")


main()
