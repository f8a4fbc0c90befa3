"""reference: what a configuration makes of its logs, the slow, obvious way.

Every record in its order through every rule; all matches of a rule and key
that still wait are kept in a list and looked through from end to end.
"""
import re


def python_pattern(pattern):
    return re.compile(pattern.replace("(?<", "(?P<"))


class Reader:
    """One rule and what it remembers."""

    def __init__(self, rule):
        self.rule = rule
        self.match = [python_pattern(p) for p in rule.match]
        self.exclude = [python_pattern(p) for p in rule.exclude]
        self.close = rule.close and python_pattern(rule.close)
        self.waiting = {}       # key -> [(time, value)], since it was met
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
        waiting = self.waiting.setdefault(key, [])
        value = captures.get(self.rule.value)
        newest = max([at for at, _ in waiting], default=record.time_ms)
        if record.time_ms < newest - self.rule.window_ms:
            return 0
        waiting.append((record.time_ms, value))
        self.forget(waiting)
        if self.rule.when == "count":
            enough = len(waiting)
        else:
            enough = len({value for _, value in waiting})
        if enough < self.rule.count:
            return 0
        self.waiting[key] = []
        return len(waiting)

    def forget(self, waiting):
        """What no window up to the newest match reaches.  A value counts from
        its newest match on, with all that were seen of it."""
        newest = max(at for at, _ in waiting)
        oldest = newest - self.rule.window_ms
        if self.rule.when == "count":
            waiting[:] = [w for w in waiting if w[0] >= oldest]
            return
        # The match at hand is the last; a value that had slid out before it
        # came begins anew with it.
        last = waiting.pop()
        recent = {value for at, value in waiting
                  if at >= last[0] - self.rule.window_ms}
        waiting[:] = [w for w in waiting if w[1] in recent] + [last]


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
