"""watching: the kernel's hints are late, missing or too many."""
import concurrent.futures
import contextlib
import os
import subprocess

from table import AGENTS, ALL, CTAILS, STAYS_ONLY, Skip, row
from tools import need

POLLS = "this build has no inotify"


def inotify_only():
    if os.environ["watch_backend"] != "inotify":
        raise Skip(POLLS)


def limit(name):
    with open(f"/proc/sys/fs/inotify/{name}", encoding="ascii") as file:
        return int(file.read())


@row("20", "the queue of events overflows", own=True, skip=STAYS_ONLY)
def overflow(cell):
    inotify_only()
    most = limit("max_queued_events")
    if most > 40000:
        raise Skip(f"the queue takes {most} events")
    cell.begin()
    other = os.open(cell.directory / "other.log", os.O_CREAT | os.O_WRONLY |
                    os.O_APPEND)
    with cell.unseen():
        old = cell.writer()
        for n in range(most // 2 + 100):
            # Equal events in a row would be one.
            os.write(other, b"x\n")
            if n % 1000 == 0:
                old.write(1)
            else:
                os.utime(cell.log)
        cell.shift()
        cell.write(3)
    cell.look()
    os.close(other)
    old.close()


@row("20", "no watches are left", own=True, skip=STAYS_ONLY)
def no_watches(cell):
    inotify_only()
    need("unshare")
    script = ('echo 0 >/proc/sys/user/max_inotify_watches && exec "$@"')
    # A user name space has limits of its own.
    prefix = ["unshare", "-Ur", "sh", "-c", script, "sh"]
    if subprocess.run([*prefix, "true"], check=False,
                      capture_output=True).returncode:
        raise Skip("no user name space is allowed here")
    cell.reader.holder().prefix = prefix
    cell.begin()
    for _ in range(2):
        cell.write(3)
        cell.look()
        cell.logrotate("create", "rotate 9")
        cell.write(2)
        cell.look()
    said = cell.reader.words()
    # Once for each of the two directories at most.
    if not 1 <= said.count(b"max_user_watches") <= 2:
        cell.problem(f"the sysctl is named "
                     f"{said.count(b'max_user_watches')} times")


@row("21", "lines between the first look and the watch", own=True,
     skip=STAYS_ONLY)
def race(cell):
    inotify_only()
    need("strace")
    trace = cell.base / "trace"
    cell.reader.holder().prefix = [
        "strace", "-D", "-f", "-qq", "-o", str(trace), "-e",
        "trace=inotify_add_watch", "-e",
        "inject=inotify_add_watch:delay_enter=200000:delay_exit=200000"]
    cell.write(3)
    # An agent answers only when it watches, so this goes on beside.
    with beside(lambda: lines_and_rotation(cell, trace)):
        cell.reader.start()
    cell.look()
    cell.write(2)
    cell.look()


def lines_and_rotation(cell, trace):
    """Before, while and after watches are made."""
    cell.wait(lambda: trace.exists() and trace.stat().st_size > 0, 2)
    for turn in range(6):
        cell.write(2)
        # What is rotated before it is seen at all is nobody's.
        if turn == 2 and cell.wait(lambda: cell.reader.told.lines, 2):
            cell.logrotate("create", "rotate 9")
        cell.wait(lambda: False, 0.1)


@contextlib.contextmanager
def beside(play):
    """Another thread plays meanwhile."""
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        future = pool.submit(play)
        yield
        future.result()


@row("32", "400 files and 64 descriptors", own=True)
def many_files(cell):
    need("prlimit")
    names = [cell.directory / f"many-{n:03d}.log" for n in range(400)]
    for path in names:
        cell.write(1, path, late=True)
    cell.given = [cell.log, *names]
    cell.reader.holder().prefix = ["prlimit", "--nofile=64:64"]
    if cell.reader.is_agent:
        cell.all_paths = ["app.log", "many-*.log"]
        cell.reader.set_up()
    cell.write(2)
    cell.reader.start()
    cell.look()
    for _ in range(3):
        for path in cell.random.sample(names, 60):
            cell.write(1, path, late=True)
        cell.write(2)
        cell.look()
    for path in cell.random.sample(names, 30):
        os.rename(path, f"{path}.1")
        cell.write(1, f"{path}.1", late=True)
        cell.write(1, path, late=True)
    cell.look()


def elsewhere(cell):
    """Is proven in another way; see the reason."""
    raise AssertionError(cell.row.title)


POWER = "needs root, a loop device and minutes; "
row("26", "the power is cut", skip={
    **dict.fromkeys(CTAILS, POWER + "the state is written by rename after "
                    "fsync: tests/unit/base_durable"),
    **dict.fromkeys(AGENTS, POWER + "one SQLite transaction: "
                    "tests/unit/store_crash")})(elsewhere)
row("29", "the sink is down for 24 h", skip={
    **dict.fromkeys(CTAILS, "it has no sink"),
    **dict.fromkeys(AGENTS, "deliveries: tests/long/delivery.t")})(elsewhere)
row("33", "NFS and FUSE", skip=dict.fromkeys(
    ALL, "mounting one needs root; that it is polled: tests/unit, how it is "
    "read then: this table without inotify"))(elsewhere)
