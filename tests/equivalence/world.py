"""world: a random configuration and random logs for it, from one seed.

A world is a list of files, each with its records in the order in which they
are written; rules over them; and the order of all records in which a reader
that merges files by their time has to see them.  Everything that a test needs
to know of a record (its time as it can be read, its shape) is known because it
was made here, and never found out by looking at the text.
"""
import datetime
import random
import time

ZONES = {"UTC0": 0, "EST5": -300, "XST-05:30": 330, "XET-02": 120}
MONTHS = ("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec").split()
DAYS = "Mon Tue Wed Thu Fri Sat Sun".split()


class Stamp:
    """A way to write a time: how, and how exactly (in ms).  shared: by all
    files of a log, or one would show how to read the other."""

    def __init__(self, name, exact, form, setting="auto", shared=False):
        self.name, self.exact = name, exact
        self.form, self.setting = form, setting
        self.shared = shared or setting != "auto"
        # Those of a family differ in nothing but what varies anyway.
        self.family = name.split("-", 1)[0]


def _micro(t):
    return f"{t.microsecond:06d}"


# Local times but where a zone is written; PLACE puts them into a line.
STAMPS = [
    Stamp("iso-zulu", 1, lambda t, u: u.strftime("%Y-%m-%dT%H:%M:%S.") +
          _micro(u)[:3] + "Z"),
    Stamp("iso-comma", 1, lambda t, u: t.strftime("%Y-%m-%d %H:%M:%S,") +
          _micro(t)[:3]),
    Stamp("iso-offset", 1000, lambda t, u: (u + datetime.timedelta(
        hours=3)).strftime("%Y-%m-%dT%H:%M:%S+03:00")),
    Stamp("rfc3164", 1000, lambda t, u: f"{MONTHS[t.month - 1]} {t.day:2d} "
          + t.strftime("%H:%M:%S")),
    Stamp("common", 1000, lambda t, u: "host - - [" + t.strftime("%d/") +
          MONTHS[t.month - 1] + u.strftime("/%Y:%H:%M:%S +0000]")
          if t.date() == u.date() else "host - - [" + u.strftime("%d/") +
          MONTHS[u.month - 1] + u.strftime("/%Y:%H:%M:%S +0000]")),
    Stamp("nginx", 1000, lambda t, u: t.strftime("%Y/%m/%d %H:%M:%S")),
    Stamp("apache", 1, lambda t, u: f"[{DAYS[t.weekday()]} "
          f"{MONTHS[t.month - 1]} " + t.strftime("%d %H:%M:%S.") + _micro(t) +
          t.strftime(" %Y]")),
    Stamp("epoch", 1000, lambda t, u: str(int(u.timestamp()))),
    Stamp("epoch-ms", 1, lambda t, u: str(
        int(u.timestamp()) * 1000 + u.microsecond // 1000)),
    Stamp("klog", 1, lambda t, u: t.strftime("I%m%d %H:%M:%S.") + _micro(t)),
    Stamp("dayfirst", 1000, lambda t, u: t.strftime("%d/%m/%Y %H:%M:%S"),
          shared=True),
    Stamp("monthfirst", 1000, lambda t, u: t.strftime("%m/%d/%Y %H:%M:%S"),
          shared=True),
    Stamp("german", 1000, lambda t, u: t.strftime("%d.%m.%Y %H:%M:%S"),
          "%d.%m.%Y %H:%M:%S"),
]

USERS = "alice bob root carol".split()
ADDRESSES = ["10.0.0.1", "10.0.0.2", "192.0.2.77", "2001:db8::7"]
DISKS = "sda sdb home".split()
MODULES = "parser network storage".split()


def _failed(r):
    user, ip = r.choice(USERS), r.choice(ADDRESSES)
    verb = r.choice(["Failed login for", "Invalid user"])
    return (f"{verb} {user} from {ip} port {r.randrange(1, 65536)}",
            (verb, user, _kind(ip)))


def _accepted(r):
    user, ip = r.choice(USERS), r.choice(ADDRESSES)
    return f"Accepted login for {user} from {ip}", ("acc", user, _kind(ip))


def _kind(ip):
    return "six" if ":" in ip else "four"


def _disk(r):
    disk = r.choice(DISKS)
    if r.random() < 0.2:
        return f"disk {disk} is fine", ("fine", disk)
    return f"disk {disk} is {r.randrange(50, 60)} percent full", ("disk", disk)


def _module(r):
    module = r.choice(MODULES)
    if r.random() < 0.2:
        return f"module {module} recovered", ("recovered", module)
    return (f"error in module {module}: code {r.randrange(5)}",
            ("error", module))


def _trace(r):
    what = r.choice(["parser", "reader"])
    places = [r.choice(MODULES) for _ in range(r.randrange(1, 4))]
    return (f"Traceback of {what}" + "".join(
        f"\n  at {place} line {r.randrange(1, 900)}" for place in places),
        ("trace", what, *places))


EVENTS = [(_failed, 5), (_accepted, 1), (_disk, 2), (_module, 3)]


class Record:
    """One record of one file."""

    def __init__(self, serial, file, text, time_ms, shape):
        self.serial, self.file = serial, file
        self.text, self.time_ms, self.shape = text, time_ms, shape
        self.rank = self.offset = None


class File:
    """One log file: of which [log], and how its lines look."""

    def __init__(self, log, name, stamp):
        self.log, self.name, self.stamp = log, name, stamp
        self.records = []
        self.tag = None


class Log:
    def __init__(self, name, stamp, joins):
        self.name, self.stamp, self.joins = name, stamp, joins
        self.files = []
        self.many = False


class Rule:
    def __init__(self, name):
        self.name = name
        self.logs, self.match, self.exclude = [], [], []
        self.when, self.count, self.window_ms, self.value = "each", 1, 0, ""
        self.key, self.close, self.stop = "", None, False
        self.flags = ""

    def when_text(self):
        window = f"{self.window_ms // 1000}s"
        if self.when == "count":
            return f"{self.count} in {window}"
        if self.when == "distinct":
            return f"distinct {self.count} {self.value} in {window}"
        return self.when

    def lines(self):
        yield f"[rule {self.name}]"
        yield "log = " + " ".join(log.name for log in self.logs)
        for key, values in (("match", self.match), ("exclude", self.exclude)):
            if values:
                yield f"{key} = " + "\n        ".join(values)
        yield "when = " + self.when_text()
        if self.flags:
            yield "flags = " + self.flags
        if self.key:
            yield "key = " + self.key
        if self.close:
            yield "close = " + self.close
        if self.stop:
            yield "then = stop"
        yield "throttle = none"
        yield "subject = EQ|${rule}|${key}|${count}|${offset}|${line}"


# What a rule may look for: patterns, of which one or more are taken; keys;
# values for distinct; excludes; what closes.
TOPICS = [
    {"match": [r"Failed login for (?<user>\w+) from (?<ip>\S+)",
               r"Invalid user (?<user>\w+) from (?<ip>\S+)"],
     "key": ["", "${ip}", "${user}", "${user} at ${ip}"],
     "value": ["user", "ip"],
     "exclude": [r"from 10\.0\.0\.1\b", r"for root\b", r"port \d+[02468]\b"],
     "close": r"Accepted login for (?<user>\w+) from (?<ip>\S+)"},
    {"match": [r"disk (?<disk>\w+) is (?<percent>\d+) percent"],
     "key": ["", "${disk}"], "value": ["disk", "percent"],
     "exclude": ["disk sda", r"5[0-4] percent"],
     "close": r"disk (?<disk>\w+) is fine"},
    {"match": [r"error in module (?<module>\w+): code (?<code>\d)"],
     "key": ["", "${module}", "${code}"], "value": ["module", "code"],
     "exclude": ["code [01]", "module network"],
     "close": None},
    {"match": [r"module (?<module>\w+)"],
     "key": ["", "${module}"], "value": ["module"],
     "exclude": ["code [23]"],
     "close": r"module (?<module>\w+) recovered"},
]
TRACES = {"match": [r"Traceback of (?<what>\w+)[\s\S]*\n  at (?<place>\w+)"],
          "key": ["", "${what}", "${place}"], "value": ["place"],
          "exclude": [r"at network line \d+\s*$"], "close": None}
ALL = {"match": [r"app\[\d+\]:"], "key": [""], "value": [],
       "exclude": ["disk", "Accepted"], "close": None}


class World:
    """All of it.  together: rules may read several files."""

    def __init__(self, seed):
        self.seed = seed
        self.random = r = random.Random(seed)
        self.zone = r.choice(list(ZONES))
        self.together = r.random() < 0.6
        # min_severity of the sink: delivering costs an fdatasync each.
        self.delivers = False
        self.begin = (time.time() -
                      r.choice([600, 3600, 3 * 3600, 20 * 3600]))
        self.logs = [self.make_log(i) for i in range(r.randrange(1, 5))]
        self.files = [file for log in self.logs for file in log.files]
        self.make_records(r.randrange(60, 500))
        self.rules = [self.make_rule(i) for i in range(r.randrange(1, 7))]
        self.order = self.merged()

    # --- Logs -----------------------------------------------------------

    def make_log(self, index):
        r = self.random
        name = "abcd"[index]
        log = Log(name, r.choice(STAMPS),
                  r.choice([None, None, "continue", "start"]))
        log.many = self.together and r.random() < 0.4
        for number in range(r.randrange(1, 4) if log.many else 1):
            # All files of a log share its `timestamp`, so those that need a
            # format of their own share that as well.
            stamp = log.stamp
            if not stamp.shared and r.random() < 0.5:
                stamp = r.choice([s for s in STAMPS if not s.shared])
            file = File(log, f"{name}-{number}.log" if log.many
                        else f"{name}.log", stamp)
            log.files.append(file)
        return log

    def write_stamp(self, file, at_ms):
        utc = datetime.datetime.fromtimestamp(at_ms / 1000,
                                              datetime.timezone.utc)
        utc = utc.replace(microsecond=at_ms % 1000 * 1000)
        local = utc + datetime.timedelta(minutes=ZONES[self.zone])
        return file.stamp.form(local, utc)

    def make_records(self, count):
        """Bursts and gaps; some stamps a few seconds late."""
        r = self.random
        at = 0.0
        pace = r.choice([0.05, 0.5, 2])
        times = []
        for _ in range(count):
            draw = r.random()
            at += (0 if draw < 0.15 else
                   r.expovariate(1 / pace) if draw < 0.97 else
                   r.uniform(5, 90))
            times.append(at)
        # Nothing may lie in the future.
        begin = min(self.begin, time.time() - at - 5)
        for serial, at in enumerate(times, 1):
            late = r.uniform(0, 4) if r.random() < 0.1 else 0
            self.make_record(serial, int((begin + at - late) * 1000))

    def make_record(self, serial, at_ms):
        r = self.random
        file = r.choice(self.files)
        if file.records and not file.log.joins and r.random() < 0.02:
            # Without a time: as old as the one before.
            file.records.append(Record(
                serial, file, f"nothing to see here #{serial}#", None, None))
            return
        exact = file.stamp.exact
        at_ms -= at_ms % exact
        event, shape = self.make_event(file)
        head, *tail = event.split("\n", 1)
        text = (f"{self.write_stamp(file, at_ms)} app[{r.randrange(1, 9999)}]:"
                f" #{serial}# {head}" + "".join("\n" + t for t in tail))
        file.records.append(Record(serial, file, text, at_ms,
                                   (file.stamp.family, *shape)))

    def make_event(self, file):
        r = self.random
        if file.log.joins and r.random() < 0.3:
            return _trace(r)
        makers, weights = zip(*EVENTS)
        return r.choices(makers, weights)[0](r)

    # --- Rules ----------------------------------------------------------

    def make_rule(self, index):
        r = self.random
        rule = Rule(f"r{index}")
        joined = [log for log in self.logs if log.joins]
        topic = r.choice(TOPICS)
        if joined and r.random() < 0.3:
            topic = TRACES
        elif r.random() < 0.1:
            topic = ALL
        rule.logs = [r.choice(joined if topic is TRACES else self.logs)]
        if self.together and r.random() < 0.6:
            rule.logs = sorted(r.sample(self.logs, r.randrange(
                1, len(self.logs) + 1)), key=lambda log: log.name)
        rule.match = r.sample(topic["match"],
                              r.randrange(1, len(topic["match"]) + 1))
        rule.key = r.choice(topic["key"])
        if r.random() < 0.4:
            rule.exclude = [r.choice(topic["exclude"])]
        rule.close = topic["close"] if r.random() < 0.5 else None
        rule.stop = r.random() < 0.25
        rule.window_ms = r.choice([1, 2, 5, 10, 30, 120, 600]) * 1000
        kinds = ["each", "count", "count", "new"]
        if topic["value"]:
            kinds += ["distinct", "distinct"]
        rule.when = r.choice(kinds)
        if rule.when == "count":
            rule.count = r.choice([1, 2, 2, 3, 4, 7, 12])
        elif rule.when == "distinct":
            rule.value = r.choice(topic["value"])
            rule.count = r.choice([1, 2, 2, 3, 4])
        return rule

    # --- The order ------------------------------------------------------

    def merged(self):
        """All records, the oldest head of all files first; a file's own
        order is kept."""
        heads = {file: 0 for file in self.files}
        when = {file: -1 for file in self.files}
        order = []

        def look(file):
            if heads[file] < len(file.records):
                at = file.records[heads[file]].time_ms
                if at is not None:
                    when[file] = at

        for file in self.files:
            look(file)
        while True:
            live = [f for f in self.files if heads[f] < len(f.records)]
            if not live:
                break
            file = min(live, key=lambda f: (when[f], f.log.name, f.name))
            record = file.records[heads[file]]
            record.rank = len(order)
            order.append(record)
            heads[file] += 1
            look(file)
        return order

    # --- As text --------------------------------------------------------

    def configuration(self, place, delivers):
        yield "[agent]"
        yield f"state_dir = {place}/state"
        yield "reserve = 64k"
        yield "sink = out"
        yield "[file out]"
        yield f"path = {place}/out.jsonl"
        if not delivers:
            yield "min_severity = critical"
        for log in self.logs:
            yield f"[log {log.name}]"
            yield f"path = {place}/logs/{log.name}" + (
                "-*.log" if log.many else ".log")
            yield "start = start"
            yield f"timestamp = {log.stamp.setting}"
            if log.joins == "start":
                yield r"record = start ^\S"
            elif log.joins:
                yield r"record = continue ^\s"
            if log.joins:
                yield "record_limit = 200 lines 64k 100ms"
        for rule in self.rules:
            yield from rule.lines()

    def describe(self):
        kinds = ",".join(sorted({rule.when for rule in self.rules}))
        return (f"{len(self.files)} files of {len(self.logs)} logs, "
                f"{len(self.rules)} rules ({kinds}), "
                f"{len(self.order)} records")
