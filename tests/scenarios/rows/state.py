"""state: the reader is killed, its state is damaged, two of them meet."""
import contextlib
import os
import signal
import sqlite3
import subprocess
import tempfile

from table import AGENTS, CTAILS, STAY, row, unless
from tools import need, run

OFFSET_FILE = unless(("ctail",), "its state is not an offset file that it "
                     "reads (ctaild), or is read once (--follow)")


@row("25", "killed with SIGKILL after each step", own=True,
     skip=unless(STAY, "a run that ends is not there to be killed; "
                 "tests/cli kills one at each line"))
def killed(cell):
    cell.begin()
    for turn in range(6):
        if turn % 2:
            cell.write(3)
            cell.look()
        # What --follow has told but not stored when it is killed is told
        # again.
        cell.at_rest()
        cell.reader.pause()
        if not turn % 2:
            cell.write(3)
        cell.write(2)
        if turn % 3 == 1:
            cell.logrotate("create", "rotate 9")
        elif turn % 3 == 2:
            cell.logrotate("copytruncate", "rotate 9")
        cell.write(2)
        cell.reader.end(signal.SIGKILL)
        cell.reader.start()
        cell.look()
        cell.at_rest()


def offset_of(cell):
    return cell.log.with_name(cell.log.name + ".offset")


DAMAGES = (
    b"%d\n", b"%d", b"not a number\n", b"%d\n-5\n", b"\0" * 42, b"\n",
    b"%d\n99999999999999999999999\n", b"0x%x\n0x10\n",
)


def damage(cell, content):
    inode = os.stat(cell.log).st_ino
    offset_of(cell).write_bytes(
        content % inode if b"%" in content else content)


@row("27", "a damaged offset file, the fingerprints are there",
     skip=OFFSET_FILE)
def damaged(cell):
    cell.begin(20)
    for content in DAMAGES:
        cell.write(3)
        damage(cell, content)
        cell.look()
        cell.write(2)
        cell.look()


@row("27", "a damaged offset file, nothing else: loud, nothing printed",
     skip=OFFSET_FILE)
def damaged_alone(cell):
    cell.begin(20)
    good = offset_of(cell).read_bytes()
    cell.allowed_statuses.add(65)
    for content in DAMAGES:
        damage(cell, content)
        remove_fingerprints(cell)
        cell.reader.said = b""
        before = len(cell.reader.told.lines)
        cell.look()
        if (cell.reader.statuses[-1] != 65 or not cell.reader.said or
                len(cell.reader.told.lines) > before):
            cell.problem(f"{content}: status {cell.reader.statuses[-1]}, it "
                         f"said {cell.reader.said!r}")
    cell.allowed_statuses.clear()
    offset_of(cell).write_bytes(good)
    cell.look()
    cell.write(2)
    cell.look()


def remove_fingerprints(cell):
    for path in cell.directory.glob("*.fp"):
        path.unlink()


@row("27", "the offset file is empty: as absent, and said",
     skip=OFFSET_FILE)
def emptied(cell):
    cell.begin(20)
    offset_of(cell).write_bytes(b"")
    remove_fingerprints(cell)
    cell.reader.said = b""
    for text in list(cell.ledger.lines):
        cell.ledger.add(text)
    cell.look()
    if not cell.reader.said:
        cell.problem("it says nothing about an empty offset file")
    cell.write(3)
    cell.look()


@row("27", "the fingerprints are damaged", skip=OFFSET_FILE,
     arguments=(b"garbage\n\0\xff",))
@row("27", "the fingerprints are empty", skip=OFFSET_FILE, arguments=(b"",))
@row("27", "the fingerprints are gone", skip=OFFSET_FILE, arguments=(None,))
def fingerprints(cell, content):
    cell.begin(20)
    for turn in range(4):
        cell.write(3)
        for path in cell.directory.glob("*.fp"):
            if content is None:
                path.unlink()
            else:
                path.write_bytes(content)
        if turn == 2:
            cell.logrotate("create", "rotate 9")
            cell.write(2)
        cell.look()


@row("27", "offset files written by pygtail and logtail2 meanwhile",
     skip=OFFSET_FILE)
def meanwhile(cell):
    need("pygtail", "logtail2")
    cell.begin(20)
    for command in (("pygtail",), ("logtail2",), ("logtail",)) * 3:
        cell.write(3)
        output = run(*command, str(cell.log))
        for text in output.splitlines():
            cell.reader.told.add(text)
        cell.write(2)
        cell.look()


@row("27", "the offset lies behind the end of the file", skip=OFFSET_FILE)
def behind_the_end(cell):
    cell.begin(20)
    remove_fingerprints(cell)
    inode = os.stat(cell.log).st_ino
    offset_of(cell).write_text(f"{inode}\n{10**9}\n")
    # As after a truncation: begun anew, and said.
    for text in list(cell.ledger.lines):
        cell.ledger.add(text)
    cell.reader.said = b""
    cell.look()
    if not cell.reader.said:
        cell.problem("it says nothing about it")


@row("27", "the log's directory may not be written to", skip=OFFSET_FILE)
def read_only_directory(cell):
    cell.unprivileged()
    state = cell.base / "offsets"
    cell.more_options += ["--state-dir", str(state)]
    cell.write(5)
    if os.geteuid() == 0:
        os.chown(cell.directory, 0, 0)
    os.chmod(cell.directory, 0o555)
    try:
        for _ in range(3):
            cell.look()
            cell.write(3)
        cell.look()
    finally:
        os.chmod(cell.directory, 0o755)


INJECTED = "rename,renameat,renameat2,pwrite64,fsync,fdatasync"


@row("28", "the state cannot be stored for a while", own=True,
     skip=unless(("ctail", "once"), "tests/cli/disk_full.t"))
def not_stored(cell):
    need("strace")
    cell.begin()
    holder = cell.reader.holder()
    cell.write(3)
    trace = tempfile.mktemp(dir=cell.base)
    for error in ("ENOSPC", "EIO", "EDQUOT"):
        holder.prefix = ["strace", "-f", "-qq", "-o", trace, "-e",
                         f"trace={INJECTED}", "-e",
                         f"inject={INJECTED}:error={error}"]
        cell.look()
        cell.write(2)
    holder.prefix = []
    failures, cell.reader.failures = cell.reader.failures, []
    if len(failures) != 3:
        cell.problem(f"three runs were to fail: {failures}")
    cell.look()
    if not cell.reader.is_agent:
        # Printed, and its position not stored: again, which the status said.
        cell.tolerate_repeats()


@row("30", "a second one beside it", own=True,
     skip={"once": "it asks the running agent for a sweep, see ctaild"})
def two_at_once(cell):
    cell.begin()
    if cell.reader.name == "ctaild":
        second = subprocess.run(
            [*map(str, cell.reader.agent.command())], check=False,
            capture_output=True, timeout=30)
        if second.returncode == 0:
            cell.problem("a second agent ran")
        asked = cell.reader.agent.once()
        if asked != 0:
            cell.problem(f"--once beside the agent ended with {asked}")
    else:
        with lock_holder(cell):
            second = subprocess.run(
                [os.environ["CTAIL"], str(cell.log)], check=False,
                capture_output=True, timeout=30)
        if second.returncode != 75 or second.stdout:
            cell.problem(f"a second run: {second}")
    cell.write(3)
    cell.look()


@contextlib.contextmanager
def lock_holder(cell):
    """A reader that has the lock of the offset file."""
    if cell.reader.stays:
        yield
        return
    # It hangs on a full pipe.
    cell.write_raw(b"")
    texts = [cell.new_line() for _ in range(40000)]
    cell.write_raw(b"".join(text + b"\n" for text in texts))
    # pylint: disable=consider-using-with
    process = subprocess.Popen([os.environ["CTAIL"], str(cell.log)],
                               stdout=subprocess.PIPE)
    first = process.stdout.readline()
    try:
        yield
    finally:
        rest = process.communicate()[0]
    for text in (first + rest).splitlines():
        cell.reader.told.add(text)


@row("34", "SIGTERM in the middle of much, then on", own=True,
     skip=unless(STAY, "a run ends by itself"))
def terminated(cell):
    cell.begin()
    for _ in range(3):
        cell.write_many(20000)
        cell.reader.end(signal.SIGTERM)
        cell.write(10)
        cell.reader.start()
        cell.look()


@row("34", "SIGHUP with another glob repeats nothing", own=True,
     skip=unless(("ctaild",), "it has no configuration, or reads it anew "
                 "each time"))
def reloaded(cell):
    cell.begin()
    agent = cell.reader.agent
    for pattern in ("*.log", "app*", "ap?.log", "**/*.log"):
        cell.write(3)
        agent.add_log(cell.name, cell.base,
                      [cell.directory / pattern, cell.reader.witness],
                      cell.settings())
        agent.write_conf()
        before = agent.words().count(b"reload") + agent.words().count(b"conf")
        agent.signal(signal.SIGHUP)
        cell.look()
        answer = agent.control("reload")
        if answer.returncode:
            cell.problem(f"reload: {answer.stderr!r} {before}")
        cell.write(3)
        cell.look()


@row("issue", "a pattern over 400 old files is added by reload", own=True,
     skip=unless(("ctaild",), "only an agent's configuration is reloaded"))
def many_added(cell):
    cell.begin()
    agent = cell.reader.agent
    old = cell.directory / "old"
    old.mkdir()
    for n in range(400):
        (old / f"old-{n:03d}.log").write_text(f"old line of {n}\n" * 50)
    settings = [key for key in cell.settings() if "start" not in key]
    agent.add_log(cell.name, cell.base,
                  [*cell.patterns(), cell.reader.witness, old / "*.log"],
                  settings)
    agent.write_conf()
    answer = agent.control("reload")
    if answer.returncode:
        cell.problem(f"reload: {answer.stderr!r}")
    cell.look()
    # It has seen them all when it has looked twice.
    agent.control("sweep")
    cell.look()
    for n in range(0, 400, 7):
        cell.write(1, old / f"old-{n:03d}.log", late=True)
    cell.look()
    cell.write(2, old / "new.log", late=True)
    cell.write(2)
    cell.look()


@row("35", "a database of a newer ctail is refused, and not changed",
     own=True, skip=unless(AGENTS, "it has no database"))
def newer_database(cell):
    cell.begin()
    agent = cell.reader.agent
    cell.reader.end()
    path = agent.state / "ctail.db"

    def set_version(version):
        database = sqlite3.connect(path)
        old, = database.execute("PRAGMA user_version").fetchone()
        database.execute(f"PRAGMA user_version = {version}")
        database.commit()
        database.close()
        return old
    old = set_version(9999)
    cell.write(3)
    status = agent.once()
    if status == 0 or b"newer" not in agent.words():
        cell.problem(f"status {status}: {agent.words()[-300:]!r}")
    set_version(old)
    cell.reader.start()
    cell.look()


@row("35", "an offset file of pygtail or logtail is taken over",
     skip=unless(CTAILS, "takeover is tests/cli's"))
def taken_over(cell):
    need("logtail2")
    cell.write(10)
    for text in run("logtail2", str(cell.log)).splitlines():
        cell.reader.told.add(text)
    cell.write(3)
    cell.logrotate("create", "rotate 9")
    cell.write(3)
    cell.reader.start()
    cell.look()
