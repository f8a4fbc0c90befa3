"""agent: a ctaild whose alerts are the lines it read.

Each cell is a [log] of its own with a rule that matches every line.  Its
subject is the line; nothing is sent anywhere, what was decided is read from
the database, which is what a sink would get.
"""
import os
import pathlib
import signal
import sqlite3
import subprocess
import threading

from tools import PATIENCE, process_state, until
from told import Told

HEAD = """[agent]
state_dir = {state}
reserve = 64k
sink = quiet
[file quiet]
path = {out}
min_severity = critical
"""

LOG = """[log {name}]
path = {paths}
{more}
[rule {name}]
log = {name}
match = .
throttle = none
subject = ${{line}}
"""


class Agent:
    """One configuration and its state; it runs, or passes are made."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.state = self.directory / "state"
        self.conf = self.directory / "ctail.ini"
        self.said = self.directory / "said"
        self.logs, self.told, self.places = {}, {}, {}
        self.last = 0
        self.process = None
        self.prefix = []
        self.database = None
        self.lock = threading.Lock()
        self.watching = threading.Event()

    # --- Configuration ------------------------------------------------------

    def add_log(self, name, base, paths, more):
        """A [log]; what it tells."""
        self.logs[name] = LOG.format(
            name=name, paths="\n       ".join(map(str, paths)),
            more="\n".join(more))
        self.told.setdefault(name, Told())
        self.places[name] = str(base)
        return self.told[name]

    def write_conf(self):
        text = HEAD.format(state=self.state, out=self.directory / "out")
        new = self.conf.with_suffix(".new")
        new.write_text(text + "".join(self.logs.values()))
        new.rename(self.conf)

    # --- Running ------------------------------------------------------------

    def command(self, *options):
        return [os.environ["CTAILD"], "-c", self.conf, "--libexec",
                os.environ["builddir"], *options]

    def control(self, *words):
        return subprocess.run(
            [os.environ["CTAILCTL"], "-c", self.conf, "--libexec",
             os.environ["builddir"], *words], stdin=subprocess.DEVNULL,
            capture_output=True, check=False)

    def answers(self):
        return ((self.state / "control.sock").exists() and
                self.control("sweep").returncode == 0)

    def start(self):
        self.write_conf()
        with open(self.said, "ab") as said:
            # pylint: disable=consider-using-with
            self.process = subprocess.Popen(
                [*self.prefix, *self.command()], stdin=subprocess.DEVNULL,
                stdout=said, stderr=said)
        if not until(self.answers, PATIENCE):
            raise RuntimeError(f"ctaild does not answer: {self.words()}")
        self.watching = threading.Event()
        threading.Thread(target=self.watch, args=(self.watching,),
                         daemon=True).start()

    def end(self, number=signal.SIGTERM):
        """Its status after that signal."""
        if not self.process:
            return None
        self.process.send_signal(number)
        status = self.process.wait(PATIENCE)
        self.process = None
        self.watching.set()
        self.poll()
        return status

    def once(self):
        """One pass; its status."""
        self.write_conf()
        with open(self.said, "ab") as said:
            status = subprocess.run(
                [*self.prefix, *self.command("--once")], stdout=said,
                stderr=said, stdin=subprocess.DEVNULL, check=False,
                timeout=6 * PATIENCE).returncode
        self.poll()
        return status

    def signal(self, number):
        self.process.send_signal(number)
        if number == signal.SIGSTOP:
            pid = self.process.pid
            until(lambda: process_state(pid) == "T", PATIENCE)

    def words(self):
        return self.said.read_bytes() if self.said.exists() else b""

    # --- What it told -------------------------------------------------------

    def watch(self, ended):
        while not ended.wait(0.02):
            self.poll()

    def poll(self):
        """Takes over new rows of the database."""
        with self.lock:
            for n, rule, kind, subject, fields in self.rows():
                self.last = n
                if kind == "match" and rule in self.told:
                    self.told[rule].add(
                        subject.encode(errors="surrogateescape"))
                else:
                    self.take_notice(subject, bytes(fields))

    def rows(self):
        path = self.state / "ctail.db"
        if not path.exists():
            return []
        # A cursor of its own each time: a killed agent leaves a journal that
        # the next one rolls back.
        try:
            database = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True,
                                       timeout=5)
            database.text_factory = lambda raw: raw.decode(
                errors="surrogateescape")
            try:
                return database.execute(
                    "SELECT n, rule, kind, subject, fields FROM alert"
                    " WHERE n > ? ORDER BY n", (self.last,)).fetchall()
            finally:
                database.close()
        except sqlite3.Error:
            return []

    def take_notice(self, subject, fields):
        """One about a log belongs to the cell whose directory it names."""
        for name, place in self.places.items():
            if place.encode() + b"/" in fields:
                self.told[name].add_notice(subject)
