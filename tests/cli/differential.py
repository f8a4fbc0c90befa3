"""differential.py DIR FIRST COUNT: filters and sweeps change no decision.

For each of COUNT seeds from FIRST on: a random configuration; logs that grow
in pieces cut anywhere, rotate, and end in the middle of a line.  After each
piece several agents make a pass over the same files:

  swept  the configuration as it is;
  plain  the same patterns so written that no string of them is known, beside
         a rule that wants each line and excludes it: no filter, no sweep.

Both must have told the same of the same lines.  A third one, late, reads all
of it once at the end: the same lines again.  Then an agent that stays counts
what it sees, each way; and `ctailctl grep' finds what Python finds.
"""
import collections
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import time

PATIENCE = float(os.environ.get("PATIENCE", "60"))
SHOWN = 5
WORDS = ("error failed login kernel disk session timeout denied root cron "
         "sshd oom module reset link down carrier lost retry").split()
# Of a time, or of an agent's own.
VOLATILE = ("id", "incident", "made", "first", "last", "times",
            "hint_silence")


def closed(r):
    """A pattern with strings."""
    a, b = r.choice(WORDS), r.choice(WORDS)
    return r.choice([
        rf"{a} (?<what>\w+) {b}", rf"(?<what>{a}|{b}): \d",
        rf"(?i){a} (?<what>\S+)$", rf"^\w+ (?<what>{a})\b",
        rf"(?<what>[{a[0]}{a[0].upper()}]{a[1:]}).*{b}",
        rf"{a}(?<what>\d\d+)"])


def unknown(r):
    """One without."""
    return r.choice([r"^(?<what>\d+)[a-m]\s", r"(?<what>\d)\d\d\d\d$",
                     r"^(?<what>[A-Z])[^e]*$", r"(?<what>\S)\s\s\S",
                     r"(?<what>[^ -~])"])


class Rule:
    def __init__(self, r, name, logs, all_of_it):
        self.name, self.logs = name, logs
        self.match = ([r"(?<what>.)"] if all_of_it else
                      [closed(r) if r.random() < 0.9 else unknown(r)
                       for _ in range(r.randrange(1, 4))])
        self.exclude = [closed(r) for _ in range(r.choice([0, 0, 1, 3]))]
        if all_of_it:
            self.exclude += [rf"[{w[:2]}]" for w in r.sample(WORDS, 2)]
        self.close = closed(r) if r.random() < 0.2 else None
        when = r.choice(["each", "each", "3 in 1h", "new",
                         "distinct 2 what in 2h"])
        key = r.choice(["", "${what}"])
        if all_of_it and r.random() < 0.7:  # as logcheck's System Events
            self.match = [r.choice([".", "^"])]
            self.exclude = [closed(r) for _ in range(r.choice([3, 12, 40]))]
            self.close = None
            when, key = r.choice(["each", "3 in 1h"]), ""
        if self.close or when != "each":
            self.logs = logs[:1]    # which is read first is open
        self.lines = [
            "when = " + when,
            "key = " + key,
            "flags = " + r.choice(["", "nocase"]),
            "then = " + r.choice(["continue", "continue", "stop"]),
            "throttle = none"]
        # What comes behind is another matter for who reads in one go.
        self.context = (f"context = {r.randrange(4)} before "
                        f"{r.randrange(3)} after"
                        if r.random() < 0.5 else None)

    def write(self, hide):
        yield f"[rule {self.name}]"
        yield "log = " + " ".join(self.logs)
        for key, patterns in (("match", self.match),
                              ("exclude", self.exclude),
                              ("close", [self.close] if self.close else [])):
            if patterns:
                yield f"{key} = " + "\n   ".join(map(hide, patterns))
        yield from (one for one in self.lines if not one.endswith("= "))
        if self.context:
            yield self.context


def hidden(pattern):
    """The second way never matches, and has no string."""
    return f"(?:{pattern})|(?!)"


class World:
    def __init__(self, seed, place):
        self.random = r = random.Random(seed)
        self.place = place
        self.big = r.random() < 0.3
        self.rotates = r.random() < 0.4
        self.crlf = r.random() < 0.3
        self.logs = "abcd"[:r.randrange(1, 5)]
        self.joined = {log for log in self.logs if r.random() < 0.2}
        self.cut = {log for log in self.logs if r.random() < 0.3}
        self.rules = [
            Rule(r, f"r{i}", r.sample(self.logs,
                                      r.randrange(1, len(self.logs) + 1)),
                 r.random() < 0.15)
            for i in range(r.choice([1, 3, 8, 30]))]
        self.read = {log for rule in self.rules for log in rule.logs}
        (place / "logs").mkdir(parents=True)
        self.pending = {log: b"" for log in self.logs}

    def path(self, log):
        return self.place / "logs" / f"{log}.log"

    def configuration(self, name, plain):
        home = self.place / name
        home.mkdir()
        lines = ["[agent]", f"state_dir = {home}/state", "reserve = 64k",
                 "sink = out", "[file out]", f"path = {home}/out.jsonl"]
        for log in self.logs:
            lines += [f"[log {log}]", f"path = {self.path(log)}",
                      "start = start", "timestamp = arrival"]
            if log in self.joined:
                lines += [r"record = continue ^\s",
                          "record_limit = 20 lines 4k 100ms"]
            if log in self.cut:
                lines.append("max_line = 1k")
        for rule in self.rules:
            lines += rule.write(hidden if plain else str)
        if plain:
            lines += ["[rule wants-all]", "log = " + " ".join(self.logs),
                      "match = ^", "exclude = ^", "sink = none"]
        conf = home / "ctail.ini"
        conf.write_text("\n".join(lines) + "\n")
        conf.chmod(0o600)
        return home

    # --- What is written --------------------------------------------------

    def line(self):
        r = self.random
        kind = r.random()
        text = " ".join(r.choice(WORDS) for _ in range(r.randrange(1, 9)))
        if kind < 0.55:
            text = "-".join("xyzqw"[r.randrange(5)] * r.randrange(1, 9)
                            for _ in range(r.randrange(1, 9)))
        elif kind < 0.6:
            text = text.upper()
        elif kind < 0.65:
            text = f"{r.choice(WORDS)}{r.randrange(99999)} {text}"
        elif kind < 0.68:
            text = "  " + text
        elif kind < 0.7:
            text = ""
        elif kind < 0.72:
            text += " pad" * r.randrange(600) + " " + r.choice(WORDS)
        line = text.encode()
        if r.random() < 0.02:
            line += r.choice([b"\0", b"\r", b"\xff\xfe", b"\xc3\xa9"]) + line
        return line + (b"\r\n" if self.crlf and r.random() < 0.9 else b"\n")

    def quiet(self):
        r = self.random
        return b"".join(
            b"%s of no use, %d\n" % (b"nothing" * r.randrange(1, 5), n)
            for n in range(r.randrange(500, 6000)))

    def step(self, last):
        """Some bytes more of each log, cut anywhere but at last."""
        r = self.random
        for log in self.logs:
            path = self.path(log)
            text = self.pending[log]
            if r.random() < 0.8 or last:
                text += b"".join(self.line() for _ in
                                 range(r.choice([1, 5, 20, 80])))
            if self.big and r.random() < 0.5:
                text += self.quiet() + self.line() + self.quiet()
            cut = len(text) if last or r.random() < 0.3 else \
                r.randrange(len(text) + 1)
            if not self.random.randrange(4) and last:
                text, cut = text[:-1], cut - 1  # never completed
            with open(path, "ab", buffering=0) as out:
                out.write(text[:cut])
            self.pending[log] = text[cut:]

    def rotate(self):
        for log in self.logs:
            path = self.path(log)
            if path.exists() and self.random.random() < 0.5:
                for number in range(8, 0, -1):
                    old = path.with_name(f"{log}.log.{number}")
                    if old.exists():
                        old.rename(path.with_name(f"{log}.log.{number + 1}"))
                path.rename(path.with_name(f"{log}.log.1"))
                path.touch()


# --- Agents ----------------------------------------------------------------

def command(program, home, *words):
    return [os.environ[program], "-c", str(home / "ctail.ini"), "--libexec",
            os.environ["builddir"], *words]


def once(home):
    with open(home / "said", "ab") as said:
        status = subprocess.run(
            command("CTAILD", home, "--once"), stdin=subprocess.DEVNULL,
            stdout=said, stderr=said, timeout=PATIENCE).returncode
    if status:
        raise RuntimeError(f"ctaild --once ended with {status} in {home}")


def status_of(home):
    done = subprocess.run(command("CTAILCTL", home, "status", "--json"),
                          stdin=subprocess.DEVNULL, capture_output=True)
    try:
        return json.loads(done.stdout) if not done.returncode else None
    except ValueError:
        return None


def whole_end(path):
    """Behind the last newline: that far is read."""
    return path.read_bytes().rfind(b"\n") + 1


def live_counts(world, home):
    """What an agent that stays has counted, of logs and of rules."""
    with open(home / "said", "ab") as said:
        process = subprocess.Popen(
            command("CTAILD", home), stdin=subprocess.DEVNULL, stdout=said,
            stderr=said)
    try:
        want = {str(world.path(log)): whole_end(world.path(log))
                for log in world.logs if log not in world.joined}
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            status = status_of(home)
            if status and status["agent"]["running"]:
                at = {f["path"]: f.get("offset") for f in status["files"]}
                if all(at.get(path) == size for path, size in want.items()):
                    return counts(world, status)
            if process.poll() is not None:
                raise RuntimeError(f"ctaild ended: {process.returncode}")
            time.sleep(0.02)
        raise RuntimeError("ctaild does not catch up")
    finally:
        process.terminate()
        process.wait(PATIENCE)


def counts(world, status):
    """Ignored lines are unmatched ones where nothing excludes them."""
    out = {}
    for log in status["logs"]:
        if log["name"] in world.read - world.joined:
            out["log", log["name"]] = (
                log["records"], log["unmatched"] + log["ignored"],
                log.get("cut", 0))
    if not world.joined:
        for rule in status["rules"]:
            if rule["name"] != "wants-all":
                out["rule", rule["name"]] = tuple(
                    rule.get(key, 0) for key in
                    ("matched", "excluded", "undecided", "closed"))
    return out


def told(home, brief, but=()):
    """All alerts, without what is of an agent's own."""
    out = home / "out.jsonl"
    alerts = []
    for line in out.read_text().splitlines() if out.exists() else ():
        alert = json.loads(line)
        for name in VOLATILE:
            alert.pop(name, None)
        alert["subject"] = re.sub(r"is over after \d+\w", "is over",
                                  alert["subject"])
        if alert.get("log") in but:
            continue
        if brief:
            for name in ("before", "after", "lines"):
                alert.pop(name, None)
        alerts.append(json.dumps(alert, sort_keys=True))
    return collections.Counter(alerts)


def play(seed, place):
    world = World(seed, place)
    swept = world.configuration("swept", False)
    plain = world.configuration("plain", True)
    agents = [swept, plain]
    steps = world.random.randrange(2, 7)
    for number in range(steps):
        if world.rotates and number and world.random.random() < 0.4:
            world.rotate()
        world.step(number == steps - 1)
        for home in agents:
            once(home)
    problems = compare("swept", told(swept, False), told(plain, False))
    if not world.rotates:
        late = world.configuration("late", False)
        once(late)
        problems += compare(
            "late", told(late, True, world.joined),
            told(plain, True, world.joined))
    problems += grep_problems(world)
    stays = world.configuration("stays", False)
    counted = world.configuration("counted", True)
    one, other = live_counts(world, stays), live_counts(world, counted)
    for name in one:
        if one[name] != other.get(name):
            problems.append(f"counts of {name}: {one[name]}, without a "
                            f"sweep {other.get(name)}")
    return problems, sum(told(swept, False).values()), world


def pythonic(pattern):
    return re.compile(pattern.replace("(?<what>", "(").encode(), re.ASCII)


def grep_problems(world):
    """`ctailctl grep' beside Python's own regular expressions, which mean the
    same by these patterns; a CR before the newline is nobody's."""
    r = world.random
    problems = []
    for log in world.logs:
        patterns = [closed(r) if r.random() < 0.7 else unknown(r)
                    for _ in range(r.choice([1, 2, 30]))]
        lines = world.path(log).read_bytes().split(b"\n")
        lines = lines if lines[-1] else lines[:-1]
        for inverse in (False, True):
            words = [word for one in patterns for word in ("-e", one)]
            done = subprocess.run(
                [os.environ["CTAILCTL"], "grep", *(["-v"] * inverse), *words,
                 str(world.path(log))], stdin=subprocess.DEVNULL,
                capture_output=True, timeout=PATIENCE)
            ours = [pythonic(one) for one in patterns]
            want = [line for line in lines if inverse != any(
                one.search(line.removesuffix(b"\r")) for one in ours)]
            if done.stdout.removesuffix(b"\n") != b"\n".join(want) or \
                    done.returncode != (not want):
                problems.append(f"ctailctl grep of {log}.log, -v {inverse}, "
                                f"ended with {done.returncode}: {words}")
    return problems


def compare(name, got, want):
    problems = []
    for what, some in (("missing", want - got), ("too much", got - want)):
        problems += [f"{name}: {what}: {one[:600]}"
                     for one in sorted(some.elements())[:SHOWN]]
    return problems


def main():
    top, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    failed = 0
    for number in range(count):
        seed = first + number
        place = pathlib.Path(top) / str(seed)
        what, alerts = "no world", 0
        try:
            problems, alerts, world = play(seed, place)
            what = (f"{len(world.rules)} rules over {len(world.logs)} logs")
        except Exception as trouble:  # pylint: disable=broad-except
            problems = [repr(trouble)]
        print(f"{'not ok' if problems else 'ok'} {number + 1} - seed {seed}: "
              f"{what}: {alerts} alerts, the same with and without a sweep",
              flush=True)
        for problem in problems:
            print(f"#  {problem}")
        failed += bool(problems)
        if problems:
            print(f"#  again: CTAIL_SEED={seed} CTAIL_SEEDS=1; kept: {place}")
        else:
            shutil.rmtree(place, ignore_errors=True)
    print(f"1..{count}")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
