"""ledger: which lines were written, and whether each was told once.

Lines are compared byte for byte.  A line may be written several times (a
header that every generation begins with): it is then to be told as often.
"""
import collections
import dataclasses


@dataclasses.dataclass
class Line:
    """What is known of all lines with one text."""

    number: int | None = None   # its place in the order; None: has none
    count: int = 0              # how often it was written
    late: bool = False          # by a writer that missed a rotation


class Ledger:
    """The lines of one log, in the order of their writing."""

    def __init__(self):
        self.lines = {}
        self.total = 0
        self.number = 0
        # What is neither a line of the ledger nor a mistake.
        self.tolerated = lambda text: False

    def next_number(self):
        self.number += 1
        return self.number

    def add(self, text, number=None, late=False):
        line = self.lines.setdefault(text, Line(number, late=late))
        line.count += 1
        self.total += 1

    def lose(self, texts):
        """These were destroyed before anybody could read them.

        Whether a reader was quick enough to tell them is its own affair:
        their order no longer counts, nor that they are missing."""
        for text in texts:
            self.lines[text].count -= 1
            self.lines[text].late = True
            self.total -= 1

    def hold(self, text):
        """It has no newline yet: it is not to be told."""
        self.lines[text].count -= 1
        self.total -= 1

    def release(self, text):
        """Now it has one."""
        self.lines[text].count += 1
        self.total += 1

    def replace(self, text, other):
        """The line is another one, at the same place."""
        number = self.lines.pop(text).number
        self.total -= 1
        self.add(other, number)

    def all_in(self, told):
        """Whether each line is in the Counter told as often as it was
        written."""
        return told.total() >= self.total and all(
            told[text] >= line.count for text, line in self.lines.items())

    def judge(self, told):
        """The verdict on what was told, a list in its order."""
        return Verdict(self.lines, [
            text for text in told
            if text in self.lines or not self.tolerated(text)])


class Verdict:
    """Lines lost, repeated, torn (never written so), out of order."""

    def __init__(self, lines, told):
        counter = collections.Counter(told)
        self.lost = [text for text, line in lines.items()
                     for _ in range(line.count - counter[text])]
        self.repeated = [text for text, line in lines.items()
                         if counter[text] > max(line.count, 1)]
        self.torn = [text for text in counter if text not in lines]
        self.disordered = list(self.find_disorder(lines, told))

    @staticmethod
    def find_disorder(lines, told):
        newest, seen = 0, set()
        for text in told:
            line = lines.get(text)
            if line and line.number and not line.late and text not in seen:
                seen.add(text)
                if line.number < newest:
                    yield text
                newest = max(newest, line.number)

    def good(self):
        return not (self.lost or self.repeated or self.torn or
                    self.disordered)

    def words(self):
        """For people, a sentence for each kind of mistake."""
        for kind in ("lost", "repeated", "torn", "disordered"):
            found = getattr(self, kind)
            if found:
                some = b" | ".join(text[:40] for text in found[:4])
                yield f"{kind} {len(found)}: {some.decode(errors='replace')}"
