"""writer.py LOG LINES RATE SECONDS: appends numbered lines in bursts.

Lines are `line N PADDING`, from 1 to LINES, at RATE lines a second while it
writes; pauses between bursts stretch it over SECONDS.  Some lines are written
in two halves.  SEED is in the environment.
"""
import os
import random
import sys
import time


class Writer:
    def __init__(self, path, lines, rate):
        self.fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        self.random = random.Random(int(os.environ["SEED"]))
        self.lines, self.rate, self.number = lines, rate, 0

    def write_one(self):
        self.number += 1
        padding = "x" * self.random.choice((0, 7, 30, 200))
        line = f"line {self.number} {padding}\n".encode()
        if self.random.random() < 0.02:
            half = self.random.randrange(1, len(line))
            os.write(self.fd, line[:half])
            time.sleep(0.002)
            line = line[half:]
        os.write(self.fd, line)

    def burst(self, count):
        """At most `count` lines, in steps of ten."""
        start = time.monotonic()
        for written in range(count):
            if self.number == self.lines:
                return
            if written % 10 == 0:
                ahead = written / self.rate - (time.monotonic() - start)
                time.sleep(max(ahead, 0))
            self.write_one()

    def run(self, seconds):
        start = time.monotonic()
        while self.number < self.lines:
            self.burst(self.random.randrange(50, 1000))
            due = seconds * self.number / self.lines
            time.sleep(max(start + due - time.monotonic(), 0))


def main():
    path, lines, rate, seconds = sys.argv[1:]
    Writer(path, int(lines), int(rate)).run(float(seconds))


main()
