"""cell: one scenario under one reader: a directory, its lines, its steps."""
import contextlib
import os
import random
import re
import shutil
import signal
import sys

from ledger import Ledger
from readers import READERS
from tools import PATIENCE, logrotate, until

NOBODY = 65534


def escape(path):
    """A path as a pattern that means it."""
    return re.sub(r"([][*?\\])", r"\\\1", str(path))


class Writer:
    """A process that keeps its descriptor."""

    def __init__(self, cell, path, flags):
        self.cell = cell
        self.fd = os.open(path, os.O_WRONLY | os.O_CREAT | flags, 0o644)

    def write(self, count=5, late=False):
        """The texts of so many lines, each with one write(2)."""
        texts = [self.cell.new_line(late) for _ in range(count)]
        for text in texts:
            os.write(self.fd, text + b"\n")
        return texts

    def raw(self, data):
        os.write(self.fd, data)

    def close(self):
        os.close(self.fd)


class Cell:
    """What a scenario works with."""

    def __init__(self, base, row, reader, shares):
        self.base, self.row, self.shares = base, row, shares
        self.name = re.sub(r"\W+", "-", f"{base.name}")
        self.directory = base / "logs"
        self.directory.mkdir(parents=True)
        self.log = self.directory / row.log
        self.random = random.Random(row.title)
        self.ledger = Ledger()
        self.allowed_statuses = set()
        self.more_options = []
        self.given = None
        self.sentinel = True
        self.gaps_wanted = None
        self.problems = []
        self.all_paths = row.paths
        self.patterns_of_names = list(row.rotated)
        self.reader = READERS[reader](self)

    # --- What the reader is told to read ------------------------------------

    def logs(self):
        """Arguments for ctail."""
        return self.given or [self.log]

    def options(self):
        """Options for ctail."""
        patterns = [word for pattern in self.patterns_of_names
                    for word in ("--log-pattern", pattern)]
        return [*self.row.options, *patterns, *self.more_options]

    def settings(self):
        """Keys of [log] for ctaild."""
        yield "start = start"
        yield from self.row.settings
        if self.patterns_of_names:
            yield "rotated = " + "\n       ".join(self.patterns_of_names)

    def rotated(self, pattern):
        """One more pattern for generations; before the reader starts."""
        self.patterns_of_names.append(pattern)
        self.reader.set_up()

    def patterns(self):
        """`path` for ctaild."""
        return [self.directory / path for path in self.all_paths] or [
            escape(self.log)]

    # --- Writing ------------------------------------------------------------

    def new_line(self, late=False):
        number = self.ledger.next_number()
        letters = self.random.choices("abcdefgh ", k=self.random.choice(
            (0, 7, 30, 70)))
        text = f"{number:06d} {''.join(letters)}.".encode()
        self.ledger.add(text, number, late)
        return text

    def write(self, count=5, path=None, late=False):
        """Appends lines as `echo >>` does; their texts."""
        texts = [self.new_line(late) for _ in range(count)]
        with open(path or self.log, "ab") as file:
            file.write(b"".join(text + b"\n" for text in texts))
        return texts

    def write_many(self, count):
        """Lines, all in one write(2)."""
        texts = [self.new_line() for _ in range(count)]
        self.write_raw(b"".join(text + b"\n" for text in texts))

    def write_same(self, text):
        """A line that is written more than once."""
        self.ledger.add(text)
        with open(self.log, "ab") as file:
            file.write(text + b"\n")

    def write_raw(self, data, path=None):
        """Bytes that are told elsewhere, or never."""
        with open(path or self.log, "ab") as file:
            file.write(data)

    def writer(self, path=None, flags=os.O_APPEND):
        return Writer(self, path or self.log, flags)

    def lose(self, texts):
        """These are in no file any more."""
        self.ledger.lose(texts)

    # --- The reader ---------------------------------------------------------

    def begin(self, count=5):
        """The usual start: some lines, read."""
        self.write(count)
        self.reader.start()
        self.look()

    def look(self, patience=None):
        self.reader.look(patience)

    def wait(self, condition, seconds=PATIENCE):
        """Whether it came true; at once where something failed before."""
        return until(condition, 0 if self.reader.failures else seconds)

    @contextlib.contextmanager
    def unseen(self):
        """What happens inside is seen by nobody: the reader is stopped."""
        if self.reader.stays:
            self.reader.pause()
        yield
        if self.reader.stays:
            self.reader.resume()

    @contextlib.contextmanager
    def down(self, number=signal.SIGTERM):
        """The reader has ended, or is killed, and is started again."""
        if self.reader.stays:
            self.reader.end(number)
        yield
        if self.reader.stays:
            self.reader.start()

    # --- Rotating -----------------------------------------------------------

    def logrotate(self, *directives):
        logrotate(self.log, *directives, status=self.base / "rotate" / "state")

    def generation(self, suffix):
        return self.log.with_name(self.log.name + suffix)

    def shift(self):
        """Renames as a program does by itself: no new file yet."""
        self.shift_older()
        os.rename(self.log, self.generation(".1"))

    def shift_older(self, endings=("", ".gz", ".bz2", ".xz", ".zst")):
        """Makes room for a .1."""
        for n in range(30, 0, -1):
            for ending in endings:
                if self.generation(f".{n}{ending}").exists():
                    os.rename(self.generation(f".{n}{ending}"),
                              self.generation(f".{n + 1}{ending}"))

    @staticmethod
    def age(path, seconds):
        """As if it had been unchanged for so long."""
        status = os.stat(path)
        when = status.st_mtime_ns - int(seconds * 10**9)
        os.utime(path, ns=(when, when))

    def unprivileged(self):
        """The reader is not root, who may do everything."""
        if os.geteuid() != 0:
            return
        for path in (self.base, self.directory, self.base / "witness.log",
                     self.base / "agent"):
            if path.exists():
                os.chown(path, NOBODY, NOBODY)
        # The private directory of the test may not be passed otherwise.
        os.chmod(self.base.parent.parent, 0o711)
        self.reader.holder().prefix = [
            sys.executable, f"{os.environ['srcdir']}/tests/lib/as_user.py",
            str(NOBODY), str(NOBODY)]

    # --- The end ------------------------------------------------------------

    def problem(self, text):
        self.problems.append(text)

    def tolerate(self, is_harmless):
        """Told texts that are no lines of the ledger, and no mistake."""
        self.ledger.tolerated = is_harmless

    def tolerate_repeats(self):
        """What it has told twice by now was told to be so."""
        for text, count in self.reader.told.counter.items():
            line = self.ledger.lines.get(text)
            if line and count > line.count:
                self.ledger.total += count - line.count
                line.count = count

    def at_rest(self):
        """The reader that stays has stored all that it has told."""
        self.reader.settle()

    def want_gap(self):
        """That it says once that lines are lost."""
        self.gaps_wanted = 1
        # Known loss has a status of its own.
        self.allowed_statuses |= GAP_STATUSES

    def may_gap(self):
        """Nobody can know whether lines are lost: it may say so."""
        self.want_gap()
        self.gaps_wanted = 0

    def finish(self):
        """Tells everything, ends the reader, judges; the mistakes."""
        if self.sentinel:
            self.write(1)
            self.look()
        self.reader.prove_end()
        return self.verdict()

    def verdict(self):
        problems = self.problems + list(
            self.ledger.judge(self.reader.told.snapshot()).words())
        problems += self.reader.failures
        gaps = self.reader.gaps()
        if self.gaps_wanted is not None and gaps < self.gaps_wanted:
            problems.append("nobody is told that lines are lost")
        if self.gaps_wanted is None and gaps:
            problems.append(f"a gap is told that is none ({gaps})")
        return problems

    def clean(self):
        """After everything; also when it broke off."""
        try:
            self.reader.end(signal.SIGKILL)
        finally:
            shutil.rmtree(self.base, ignore_errors=True)


# ctail(1): lines are lost.
GAP_STATUSES = frozenset({79})
