"""told: the lines that a reader has told so far, filled by another thread."""
import collections
import threading


class Told:
    """Lines in their order, and the words that were no lines of a log."""

    def __init__(self):
        self.lines = []
        self.counter = collections.Counter()
        self.witness = 0
        self.notices = []
        self.lock = threading.Lock()

    def add(self, text):
        """A line; those of the witness (reader.py) are only counted."""
        with self.lock:
            if text.startswith(b"witness "):
                self.witness = int(text[8:])
            else:
                self.lines.append(text)
                self.counter[text] += 1

    def add_notice(self, text):
        with self.lock:
            self.notices.append(text)

    def snapshot(self):
        with self.lock:
            return list(self.lines)

    def has_all(self, ledger):
        with self.lock:
            return ledger.all_in(self.counter)
