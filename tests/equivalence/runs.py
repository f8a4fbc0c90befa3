"""runs: the same logs under every way to read them.

A script is what happens to the files: chunks, each of which is a piece of the
merged order, written with whole records, and rotations between them.  Each
run plays it with another reader, in a directory of its own, and yields the
decisions that are in the database at the end.
"""
import json
import os
import pathlib
import re
import signal
import sqlite3
import subprocess
import time

PATIENCE = float(os.environ.get("PATIENCE", "60"))
FENCE = "nothing to see here\n"


class Trouble(Exception):
    """The run itself went wrong."""


class Script:
    """What happens to the files, in chunks of steps."""

    def __init__(self, world):
        r = world.random
        self.rotates = r.random() < 0.5
        marks = sorted(r.sample(range(1, len(world.order)),
                                r.randrange(2, 8)))
        self.chunks = []
        self.offsets = {}       # serial -> in its generation
        size = {file: 0 for file in world.files}
        known = set()           # only such a file's rotations are followed
        for begin, end in zip([0, *marks], [*marks, len(world.order)]):
            steps = []
            for file in world.files:
                if self.rotates and file in known and size[file] and \
                        r.random() < 0.3:
                    steps.append(("rotate", file, b""))
                    size[file] = 0
                text = self.text(world, file, begin, end, size[file])
                if text:
                    steps.append(("write", file, text))
                    size[file] += len(text)
            if not self.chunks:
                known = {file for file in world.files if size[file]}
            self.chunks.append(steps)

    def text(self, world, file, begin, end, at):
        """What the file gets in this chunk."""
        out = b""
        for record in world.order[begin:end]:
            if record.file is file:
                self.offsets[record.serial] = at + len(out)
                out += record.text.encode() + b"\n"
        # A record of several lines stays open at the end of what is there,
        # and is merged only when its time is up.  So that one is harmless.
        if out and file.log.joins:
            out += FENCE.encode()
        return out


class Run:
    """One directory, one configuration, one state."""

    def __init__(self, world, script, place, delivers):
        self.world, self.script = world, script
        self.place = pathlib.Path(place)
        (self.place / "logs").mkdir(parents=True)
        self.conf = self.place / "ctail.ini"
        self.conf.write_text("".join(
            line + "\n" for line in world.configuration(self.place,
                                                      delivers)))
        self.conf.chmod(0o600)
        self.offsets = script.offsets
        self.kills = 0
        self.started = []

    def clean_up(self):
        """Whatever went wrong, nothing goes on running."""
        for process in self.started:
            if process.poll() is None:
                process.kill()
                process.wait()

    # --- The files ------------------------------------------------------

    def do(self, step):
        what, file, text = step
        path = self.place / "logs" / file.name
        if what == "write":
            with open(path, "ab", buffering=0) as out:
                out.write(text)
            return
        for number in range(9, 0, -1):
            old = path.with_name(f"{path.name}.{number}")
            if old.exists():
                old.rename(path.with_name(f"{path.name}.{number + 1}"))
        path.rename(path.with_name(f"{path.name}.1"))
        path.touch()

    def do_all(self, chunks):
        for chunk in chunks:
            for step in chunk:
                self.do(step)

    # --- The programs ---------------------------------------------------

    def command(self, program, *words):
        return [os.environ[program], "-c", str(self.conf), "--libexec",
                os.environ["builddir"], *words]

    def spawn(self, *words):
        with open(self.place / "said", "ab") as said:
            process = subprocess.Popen(
                self.command("CTAILD", *words), stdin=subprocess.DEVNULL,
                stdout=said, stderr=said, env=self.environment())
        self.started.append(process)
        return process

    def environment(self):
        return {**os.environ, "TZ": self.world.zone}

    def once(self):
        status = self.spawn("--once").wait(PATIENCE)
        if status:
            raise Trouble(f"ctaild --once ended with {status}")

    def kill(self, process, after):
        """After so many seconds of its life; whether it lived that long."""
        try:
            status = process.wait(after)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait(PATIENCE)
            self.kills += 1
            return True
        if status:
            raise Trouble(f"ctaild ended with {status}")
        return False

    def status(self):
        done = subprocess.run(
            self.command("CTAILCTL", "status", "--json"), check=False,
            stdin=subprocess.DEVNULL, capture_output=True)
        try:
            return json.loads(done.stdout) if not done.returncode else None
        except ValueError:
            return None

    def caught_up(self):
        status = self.status()
        if not status or not status["agent"]["running"]:
            return False
        at = {file["path"]: file.get("offset") for file in status["files"]}
        return all(at.get(str(path)) == path.stat().st_size
                   for path in (self.place / "logs").glob("*.log"))

    def until_caught_up(self, process):
        end = time.monotonic() + PATIENCE
        asked = False
        while not self.caught_up():
            if process.poll() is not None:
                raise Trouble(f"ctaild ended with {process.returncode}")
            if time.monotonic() > end:
                raise Trouble("ctaild does not catch up")
            if not asked:
                asked = subprocess.run(
                    self.command("CTAILCTL", "sweep"), check=False,
                    stdin=subprocess.DEVNULL,
                    capture_output=True).returncode == 0
            time.sleep(0.01)

    def end(self, process):
        process.terminate()
        status = process.wait(PATIENCE)
        if status:
            raise Trouble(f"ctaild ended with {status} when told to")
        # A record that was open: its time is up now.
        self.once()

    # --- What was decided -------------------------------------------------

    def decisions(self):
        """(rule, kind, key, count, serial, offset), and what should not be
        there."""
        database = sqlite3.connect(
            f"{(self.place / 'state/ctail.db').as_uri()}?mode=ro", uri=True)
        rows = database.execute("SELECT fields FROM alert ORDER BY n")
        told, odd, ids = [], [], {}
        for (fields,) in rows:
            alert = decode(bytes(fields))
            kind = alert["kind"]
            serials = re.findall(r"#(\d+)#", alert.get("line", ""))
            if kind not in ("match", "recovery") or not serials or \
                    alert.get("undecided") == "1":
                odd.append(f"{kind}: {alert['subject']}")
                continue
            told.append((alert["rule"], kind, alert["key"],
                         int(alert["count"]) if kind == "match" else None,
                         int(serials[0]), int(alert["offset"])))
            ids[alert["id"]] = alert["subject"]
        database.close()
        if self.world.delivers:
            odd += self.undelivered(ids)
        return told, odd

    def undelivered(self, ids):
        """Every alert arrives; again only when something was killed."""
        out = self.place / "out.jsonl"
        lines = out.read_text().splitlines() if out.exists() else []
        got = [json.loads(line)["id"] for line in lines]
        odd = [f"not delivered: {ids[one]}" for one in set(ids) - set(got)]
        odd += [f"delivered, but not stored: {one}"
                for one in set(got) - set(ids)]
        if len(got) > len(set(got)) and not self.kills:
            odd.append(f"{len(got) - len(set(got))} delivered twice")
        return odd


def decode(fields):
    """base/fields.h; of a name that comes several times the last."""
    out, at = {}, 0
    while at < len(fields):
        end = at + 1 + fields[at]
        name = fields[at + 1:end].decode()
        size = int.from_bytes(fields[end:end + 4], "big")
        out[name] = fields[end + 4:end + 4 + size].decode(errors="replace")
        at = end + 4 + size
    return out


# --- Ways to read ---------------------------------------------------------

def play_once(run, _random):
    """One pass after each chunk."""
    for chunk in run.script.chunks:
        run.do_all([chunk])
        run.once()


def begin(run):
    """Something was read before, so that rotations are followed."""
    if not run.script.rotates:
        return run.script.chunks
    run.do_all(run.script.chunks[:1])
    run.once()
    return run.script.chunks[1:]


def play_daemon(run, _random):
    """Everything is there when the agent starts."""
    run.do_all(begin(run))
    process = run.spawn()
    run.until_caught_up(process)
    run.end(process)


def play_live(run, random):
    """Everything comes under the agent's eyes."""
    process = run.spawn()
    for chunk in run.script.chunks:
        run.do_all([chunk])
        if random.random() < 0.5 or chunk is run.script.chunks[0]:
            run.until_caught_up(process)
    run.until_caught_up(process)
    run.end(process)


def delay(random):
    """A start takes some ms, a pass some more."""
    return random.uniform(0, random.choice([0.01, 0.03, 0.1, 0.3]))


def play_killed(run, random):
    """The agent is killed now and then."""
    rest = begin(run)
    together = run.world.together
    if together:
        run.do_all(rest)
    for chunk in rest:
        if not together:
            run.do_all([chunk])
        for _ in range(random.randrange(1, 3)):
            run.kill(run.spawn(), delay(random))
    process = run.spawn()
    run.until_caught_up(process)
    run.end(process)


def play_killed_once(run, random):
    """Passes are killed, and made again."""
    for chunk in run.script.chunks:
        run.do_all([chunk])
        for _ in range(random.randrange(0, 4)):
            if not run.kill(run.spawn("--once"), delay(random)):
                break
        run.once()


def play_whole(run, _random):
    """For readers that begin at the beginning: each log in one piece."""
    sizes = {}
    whole = {}
    for chunk in run.script.chunks:
        for what, file, text in chunk:
            if what == "write":
                whole[file] = whole.get(file, b"") + text
    for file, text in whole.items():
        run.do(("write", file, text))
        sizes[file] = text
    run.offsets = {}
    for file, text in whole.items():
        for found in re.finditer(rb"^[^\n]*#(\d+)#", text, re.M):
            run.offsets[int(found[1])] = found.start()


WAYS = {
    "--once": play_once,
    "daemon": play_daemon,
    "live": play_live,
    "killed": play_killed,
    "killed --once": play_killed_once,
}


def rehearse(run):
    """What ctaild --once --dry-run prints: the subjects of the alerts."""
    play_whole(run, None)
    done = subprocess.run(
        run.command("CTAILD", "--once", "--dry-run"), check=False,
        stdin=subprocess.DEVNULL, capture_output=True,
        env=run.environment(), timeout=PATIENCE)
    if done.returncode:
        raise Trouble(f"ctaild --dry-run ended with {done.returncode}: "
                      f"{done.stderr.decode()}")
    return subjects(done.stdout.decode())


def subjects(text):
    """EQ|rule|key|count|offset|line"""
    told = []
    for line in re.findall(r"EQ\|.*", text):
        _, rule, key, count, offset, rest = line.split("|", 5)
        serial = int(re.search(r"#(\d+)#", rest)[1])
        told.append((rule, "match", key, int(count), serial, int(offset)))
    return told
