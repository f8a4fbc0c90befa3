"""flood_lines: numbered lines that tell when they are torn."""

PADDING = [bytes(65 + (n * 7 + k) % 26 for k in range(n)) for n in range(64)]


def flood_line(number):
    return b"line %d %s.\n" % (number, PADDING[number % 64])


def flood_number(line):
    """The number of a whole line (without its newline), else None."""
    words = line.split(b" ", 2)
    if len(words) == 3 and words[0] == b"line" and words[1].isdigit():
        number = int(words[1])
        if words[2] == PADDING[number % 64] + b".":
            return number
    return None


class Tally:
    """How often each number was seen, what was no whole line, and how often
    a number was not larger than the one before it."""

    def __init__(self):
        self.seen = bytearray()
        self.torn = []
        self.swapped = self.last = 0

    def take(self, line):
        number = flood_number(line)
        if number is None:
            self.torn.append(line)
            return
        if number >= len(self.seen):
            self.seen.extend(bytes(number + 100000 - len(self.seen)))
        if self.seen[number] < 255:
            self.seen[number] += 1
        if number <= self.last:
            self.swapped += 1
        self.last = number

    def has(self, number):
        return number < len(self.seen) and self.seen[number] > 0

    def times(self, number):
        return self.seen[number] if number < len(self.seen) else 0
