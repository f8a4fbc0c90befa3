"""reference: what a configuration makes of its logs, the slow, obvious way.

Every record in its order through every rule; all matches of a rule and key
that still wait are kept in a list and looked through from end to end.
"""
import re


def python_pattern(pattern):
    return re.compile(pattern.replace("(?<", "(?P<"))


DAY_MS = 24 * 60 * 60 * 1000


class Lot:
    """A match of `N in T`, or all of one value."""

    def __init__(self, time_ms, value):
        self.last = time_ms
        self.value = value
        self.matches = 1


class Reader:
    """One rule and what it remembers."""

    def __init__(self, rule):
        self.rule = rule
        self.match = [python_pattern(p) for p in rule.match]
        self.exclude = [python_pattern(p) for p in rule.exclude]
        self.close = rule.close and python_pattern(rule.close)
        self.waiting = {}       # key -> [Lot], since it was met
        self.shapes = set()
        self.told = set()       # keys whose incident is open

    def search(self, text):
        """The captures of a match, or None."""
        for pattern in self.match:
            found = pattern.search(text)
            if found:
                if any(p.search(text) for p in self.exclude):
                    return None
                return found.groupdict()
        return None

    def key(self, captures):
        return re.sub(r"\$\{(\w+)\}", lambda m: captures[m[1]], self.rule.key)

    def read(self, record):
        """The decisions (kind, key, count), and whether later rules see the
        record."""
        captures = self.search(record.text)
        if captures is None:
            return self.read_close(record), True
        key = self.key(captures)
        count = self.feed(record, key, captures)
        decisions = []
        if count:
            decisions.append(("match", key, count))
            self.told.add(key)
        return decisions, not self.rule.stop

    def read_close(self, record):
        found = self.close and self.close.search(record.text)
        if not found:
            return []
        key = self.key(found.groupdict())
        self.waiting.pop(key, None)
        if key not in self.told:
            return []
        self.told.remove(key)
        return [("recovery", key, None)]

    def feed(self, record, key, captures):
        """How many matches met the condition; 0: it is not met."""
        if self.rule.when == "each":
            return 1
        if self.rule.when == "new":
            shape = (record.file.log.name, key, record.shape)
            if shape in self.shapes:
                return 0
            self.shapes.add(shape)
            return 1
        lots = self.waiting.setdefault(key, [])
        start = self.start(lots, record.time_ms)
        if record.time_ms < start:
            return 0
        lots[:] = [lot for lot in lots if lot.last >= start]
        self.count(lots, record.time_ms, captures.get(self.rule.value))
        met = self.met(lots, record.time_ms)
        if met:
            self.waiting[key] = []
        return met

    def start(self, lots, time_ms):
        """What is older has slid out: it is the second newest time that moves
        the window, the match at hand among them; but nothing comes that is
        more than a day behind the newest."""
        times = sorted([lot.last for lot in lots] + [time_ms])
        newest, second = times[-1], times[-2:][0]
        return max(second - self.rule.window_ms,
                   newest - self.rule.window_ms - DAY_MS)

    def count(self, lots, time_ms, value):
        """A match of its own, or one more of its value, where that is near
        enough; else the value begins anew."""
        window = self.rule.window_ms
        same = [lot for lot in lots
                if lot.value == value and abs(lot.last - time_ms) <= window]
        if self.rule.when == "count" or not same:
            lots.append(Lot(time_ms, value))
            return
        lot = max(same, key=lambda lot: lot.last)
        lot.matches += 1
        lot.last = max(lot.last, time_ms)

    def met(self, lots, time_ms):
        """How many matches met the condition, in the window up to the newest
        or in the one up to the second newest; 0: it is not met."""
        times = sorted(lot.last for lot in lots)
        ends = times[-1:]
        if len(times) > 1 and time_ms <= times[-2] < times[-1]:
            ends.append(times[-2])
        for end in ends:
            there = [lot for lot in lots
                     if end - self.rule.window_ms <= lot.last <= end]
            if len(there) >= self.rule.count:
                return sum(lot.matches for lot in there)
        return 0


def decisions(world):
    """(rule, kind, key, count, serial) of everything that is to be told."""
    readers = [Reader(rule) for rule in world.rules]
    told = []
    for record in world.order:
        for reader in readers:
            if record.file.log not in reader.rule.logs:
                continue
            some, goes_on = reader.read(record)
            for kind, key, count in some:
                told.append((reader.rule.name, kind, key, count,
                             record.serial))
            if not goes_on:
                break
    return told
