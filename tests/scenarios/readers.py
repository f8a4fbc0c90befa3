"""readers: the four ways to read a log, driven alike.

A scenario calls `look`: afterwards the reader has seen what is there.  A
reader that runs once does so then.  One that stays is waited for: until every
line is told and then until a line of a second file, the witness, is told as
well; that one was written last, so that the reader has also noticed what
yields no line, such as a log that is empty now.
"""
import os
import pathlib
import signal
import subprocess
import tempfile
import threading

from agent import Agent
from told import Told
from tools import PATIENCE, process_state, until

# More than any scenario writes; less than a hole that is printed.
OUTPUT_MOST = 256 << 20
POLLING = os.environ["watch_backend"] == "poll"


class Reader:
    """What all have in common.  stays: it runs between looks."""

    name = ""
    stays = False
    is_agent = False

    def __init__(self, cell):
        self.cell = cell
        self.told = Told()
        self.failures = []
        self.patience = PATIENCE

    def set_up(self):
        """Takes over what the cell says about the log."""

    def start(self):
        """Before the first line is written or after."""

    def look(self, patience=None):
        """Sees what is there."""

    def settle(self):
        """It has stored what it has told."""

    def end(self, number=signal.SIGTERM):
        """Ends it; the state stays."""

    def pause(self):
        """It sees nothing until resume."""

    def resume(self):
        pass

    def prove_end(self):
        """At the very end: a further reader with its state has nothing to
        tell."""

    def words(self):
        """What it said on standard error."""
        return b""

    def gaps(self):
        """How often it has said that lines may be lost."""
        return 0

    def pid(self):
        """Of the process that stays."""
        return None

    def holder(self):
        """What starts it: has a `prefix`, the command before its own."""
        return self.agent if self.is_agent else self


def run_bounded(command, directory):
    """Status, output and words of a run that may not print everything."""
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen(
                command, cwd=directory, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=said) as process:
            timer = threading.Timer(3 * PATIENCE, process.kill)
            timer.start()
            output = process.stdout.read(OUTPUT_MOST)
            if len(output) == OUTPUT_MOST:
                process.kill()
            timer.cancel()
        said.seek(0)
        return process.returncode, output, said.read()


def count_gaps(words):
    return sum(any(sign in line for sign in (b"lost", b"gap"))
               for line in words.splitlines())


class CtailReader(Reader):
    """`ctail LOG` at each look."""

    name = "ctail"

    def __init__(self, cell):
        super().__init__(cell)
        self.said = b""
        self.statuses = []
        self.output = b""
        self.prefix = []

    def command(self, *options):
        return [*self.prefix, os.environ["CTAIL"], *options,
                *self.cell.options(), *map(str, self.cell.logs())]

    def look(self, patience=None):
        status, output, said = run_bounded(self.command(), self.cell.base)
        self.said += said
        self.statuses.append(status)
        self.output += output
        texts = output.split(b"\n")
        # Full lines only: there is nothing behind the last newline.
        for text in texts if texts[-1] else texts[:-1]:
            self.told.add(text)
        if status and status not in self.cell.allowed_statuses:
            self.failures.append(f"status {status}: {said[-300:]!r}")

    def prove_end(self):
        before = len(self.told.lines)
        self.look()
        if len(self.told.lines) > before:
            self.failures.append("a further run repeated lines")

    def words(self):
        return self.said

    def gaps(self):
        return count_gaps(self.said)


class StayingReader(Reader):
    """Waits for one that runs."""

    stays = True

    def __init__(self, cell):
        super().__init__(cell)
        self.witness = cell.base / "witness.log"
        self.witness.touch()
        self.looks = 0
        self.stopped = False

    def fail(self, text):
        # What is wrong once stays wrong: no more long waits, nor words.
        if not self.failures:
            self.failures.append(text)
        self.patience = min(self.patience, 0.5)

    def look(self, patience=None):
        if patience is None or self.failures:
            patience = self.patience
        ledger = self.cell.ledger
        self.looks += 1
        # Not before: it would hide that nothing woke the reader.  Polling
        # needs no waking.
        if POLLING:
            self.write_witness()
        if not until(lambda: self.told.has_all(ledger), patience):
            self.fail(f"look {self.looks}: not all was told in time")
        if not POLLING:
            self.write_witness()
        if not until(lambda: self.told.witness >= self.looks, self.patience):
            self.fail(f"look {self.looks}: the witness was not told")

    def write_witness(self):
        with open(self.witness, "ab") as file:
            file.write(b"witness %d\n" % self.looks)

    def signal(self, number):
        os.kill(self.pid(), number)

    def pause(self):
        self.signal(signal.SIGSTOP)
        pid = self.pid()
        until(lambda: process_state(pid) == "T", PATIENCE)
        self.stopped = True

    def resume(self):
        self.signal(signal.SIGCONT)
        self.stopped = False


class FollowReader(StayingReader):
    """`ctail --follow LOG WITNESS`, its output in a pipe."""

    name = "follow"

    def __init__(self, cell):
        super().__init__(cell)
        self.process = None
        self.thread = None
        self.said = cell.base / "said"
        self.prefix = []

    def command(self):
        return [*self.prefix, os.environ["CTAIL"], "--follow",
                *self.cell.options(), *map(str, self.cell.logs()),
                str(self.witness)]

    def start(self):
        with open(self.said, "ab") as said:
            # pylint: disable=consider-using-with
            self.process = subprocess.Popen(
                self.command(), cwd=self.cell.base, stderr=said,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        self.thread = threading.Thread(
            target=self.take, args=(self.process.stdout,), daemon=True)
        self.thread.start()

    def take(self, pipe):
        while line := pipe.readline(OUTPUT_MOST):
            self.told.add(line[:-1] if line.endswith(b"\n") else line)

    def settle(self):
        """The offset files are at the ends of the logs."""
        def stored(log):
            file = pathlib.Path(f"{log}.offset")
            lines = file.read_text().split() if file.exists() else []
            return not log.exists() or (
                len(lines) == 2 and int(lines[1]) == os.stat(log).st_size)

        until(lambda: all(map(stored, [self.cell.log, self.witness])),
              self.patience)

    def pid(self):
        return self.process.pid

    def end(self, number=signal.SIGTERM):
        if not self.process:
            return
        if self.stopped and number != signal.SIGKILL:
            self.resume()
        self.stopped = False
        early = self.process.poll() is not None
        if not early:
            self.process.send_signal(number)
        try:
            status = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.fail("it does not end")
            self.process.kill()
            status = self.process.wait()
        self.thread.join(PATIENCE)
        if self.thread.is_alive():
            self.fail("somebody else holds its output")
        else:
            self.process.stdout.close()
        self.process = None
        if early:
            self.fail(f"it ended by itself with {status}")

    def prove_end(self):
        before = len(self.told.lines)
        self.end()
        done = subprocess.run(
            [os.environ["CTAIL"], *self.cell.options(),
             *map(str, self.cell.logs())], cwd=self.cell.base,
            stdin=subprocess.DEVNULL, capture_output=True, check=False)
        if done.stdout or len(self.told.lines) > before:
            self.failures.append(
                f"a further run repeated lines: {done.stdout[:100]!r}")

    def words(self):
        return self.said.read_bytes() if self.said.exists() else b""

    def gaps(self):
        return count_gaps(self.words())


class AgentReader(StayingReader):
    """ctaild that runs: one of its own, or one for many cells."""

    name = "ctaild"
    is_agent = True
    shared = None

    def __init__(self, cell):
        super().__init__(cell)
        self.own = not (self.shared and cell.shares)
        self.agent = Agent(cell.base / "agent") if self.own else self.shared
        self.set_up()

    def set_up(self):
        cell = self.cell
        self.told = self.agent.add_log(
            cell.name, cell.base, [*cell.patterns(), self.witness],
            cell.settings())

    def start(self):
        if self.own:
            self.agent.start()

    def pid(self):
        return self.agent.process.pid

    def end(self, number=signal.SIGTERM):
        if not self.own or not self.agent.process:
            return
        if self.stopped and number != signal.SIGKILL:
            self.resume()
        self.stopped = False
        early = self.agent.process.poll()
        status = self.agent.end(number)
        if early is not None or (number == signal.SIGTERM and status):
            self.fail(f"ctaild ended with {status}: "
                      f"{self.agent.words()[-300:]!r}")

    def prove_end(self):
        """For the shared one run.py does this for all cells at once."""
        if not self.own:
            return
        before = len(self.told.lines)
        self.end()
        self.agent.once()
        if len(self.told.lines) > before:
            self.failures.append("a further pass repeated lines")

    def words(self):
        return self.agent.words() if self.own else b""

    def gaps(self):
        return sum("lost" in notice for notice in self.told.notices)


class OnceReader(Reader):
    """`ctaild --once` at each look."""

    name = "once"
    is_agent = True

    def __init__(self, cell):
        super().__init__(cell)
        self.agent = Agent(cell.base / "agent")
        self.set_up()

    def set_up(self):
        cell = self.cell
        self.told = self.agent.add_log(cell.name, cell.base, cell.patterns(),
                                       cell.settings())

    def look(self, patience=None):
        status = self.agent.once()
        if status:
            self.failures.append(f"status {status}: "
                                 f"{self.agent.words()[-300:]!r}")

    def prove_end(self):
        before = len(self.told.lines)
        self.look()
        if len(self.told.lines) > before:
            self.failures.append("a further pass repeated lines")

    def words(self):
        return self.agent.words()

    def gaps(self):
        return sum("lost" in notice for notice in self.told.notices)


READERS = {reader.name: reader
           for reader in (CtailReader, FollowReader, AgentReader, OnceReader)}
TITLES = {"ctail": "ctail", "follow": "ctail --follow", "ctaild": "ctaild",
          "once": "ctaild --once"}
