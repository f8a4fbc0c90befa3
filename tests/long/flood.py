"""flood.py LOG RATE: appends RATE numbered lines a second until SIGTERM.

A line is `line N PADDING` (flood_lines.py), one write(2) each.  The last
number is on standard output at the end.
"""
import os
import signal
import sys
import time

from flood_lines import flood_line


def main():
    path, rate = sys.argv[1], float(sys.argv[2])
    fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    ended = []
    signal.signal(signal.SIGTERM, lambda *_: ended.append(True))
    number, begun = 0, time.monotonic()
    while not ended:
        due = int((time.monotonic() - begun) * rate)
        # Not more at once than a busy program would write: whoever lags
        # behind stays behind.
        if due - number > rate / 10:
            begun += (due - number) / rate
        for _ in range(min(due - number, 100)):
            number += 1
            os.write(fd, flood_line(number))
        if number >= due:
            time.sleep(0.001)
    print(number)


main()
