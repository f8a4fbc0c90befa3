"""churn_readers: the readers of churn.py, and what they have told."""
import os
import sqlite3
import subprocess
import threading
import time

from flood_lines import Tally

PATIENCE = float(os.environ.get("PATIENCE") or 120)


class Follow:
    """`ctail --follow`, all its lives into one pipe."""

    step = 1

    def __init__(self, directory, log):
        self.log, self.said = log, directory / "said"
        self.process = None
        self.gaps = 0
        self.tally = Tally()
        source, self.sink = os.pipe()
        self.thread = threading.Thread(target=self.take, args=(source,))
        self.thread.start()

    def take(self, source):
        rest = b""
        while block := os.read(source, 1 << 18):
            lines = (rest + block).split(b"\n")
            rest = lines.pop()
            for line in lines:
                self.tally.take(line)
        os.close(source)
        if rest:
            self.tally.torn.append(rest)

    def start(self):
        with open(self.said, "ab") as said:
            # pylint: disable=consider-using-with
            self.process = subprocess.Popen(
                [os.environ["CTAIL"], "--follow", self.log],
                stdin=subprocess.DEVNULL, stdout=self.sink, stderr=said)

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def finish(self, written):
        """What was told, once it has told the last line."""
        end = time.monotonic() + PATIENCE
        while not self.tally.has(written) and time.monotonic() < end:
            time.sleep(0.1)
        self.process.terminate()
        self.process.wait()
        os.close(self.sink)
        self.thread.join()
        self.gaps = self.said.read_bytes().count(b"may be lost")
        return self.tally


CONF = """[agent]
state_dir = {directory}/state.d
reserve = 64k
sink = quiet
[file quiet]
path = {directory}/out
min_severity = critical
[log app]
path = {log}
start = start
[rule some]
log = app
match = ^line \\d*[05]0[ ]
        ^(?!line \\d+ [A-Z]*\\.$)
throttle = none
subject = ${{line}}
"""


class Agent:
    """ctaild; every 50th line, and what is no whole line, is an alert."""

    step = 50

    def __init__(self, directory, log):
        self.directory, self.said = directory, directory / "said"
        self.conf = directory / "ctail.ini"
        self.conf.write_text(CONF.format(directory=directory, log=log))
        self.process = None
        self.gaps = 0

    def start(self):
        with open(self.said, "ab") as said:
            # pylint: disable=consider-using-with
            self.process = subprocess.Popen(
                [os.environ["CTAILD"], "-c", self.conf, "--libexec",
                 os.environ["builddir"]], stdin=subprocess.DEVNULL,
                stdout=said, stderr=said)

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def rows(self, query):
        path = self.directory / "state.d" / "ctail.db"
        database = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True,
                                   timeout=30)
        try:
            yield from database.execute(query)
        finally:
            database.close()

    def finish(self, written):
        last = written - written % self.step
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            newest = list(self.rows(
                "SELECT subject FROM alert WHERE kind = 'match'"
                " ORDER BY n DESC LIMIT 1"))
            if newest and newest[0][0].startswith(f"line {last} "):
                break
            time.sleep(0.2)
        self.process.terminate()
        self.process.wait()
        tally = Tally()
        for subject, in self.rows("SELECT subject FROM alert"
                                  " WHERE kind = 'match' ORDER BY n"):
            tally.take(subject.encode())
        self.gaps = sum(1 for _ in self.rows(
            "SELECT 1 FROM alert WHERE kind <> 'match'"))
        return tally


READERS = {"follow": Follow, "agent": Agent}
