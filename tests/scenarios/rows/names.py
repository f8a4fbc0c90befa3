"""names: how rotated files are called, and where they lie."""
import datetime
import logging.handlers
import os
import pathlib
import re
import shutil
import tempfile

from table import Skip, row
from tools import compress, run


def backdate(cell):
    """As if a day had gone by: dates in names are moved back."""
    day = datetime.timedelta(days=1)

    def date(found):
        before = datetime.date(int(found[1]), int(found[3]), int(found[5]))
        return (before - day).strftime(f"%Y{found[2]}%m{found[4]}%d")

    for path in sorted(cell.directory.iterdir()):
        new = re.sub(r"(20\d\d)(-?)(\d\d)(-?)(\d\d)", date, path.name)
        new = re.sub(r"-(1\d{9})(?=\D|$)",
                     lambda found: f"-{int(found[1]) - 86400}", new)
        if new != path.name:
            os.rename(path, path.with_name(new))


def down_and_rotated(cell, rotate):
    """Restarts over one, two and three rotations."""
    cell.begin()
    for count in (1, 2, 3):
        cell.write(2)
        with cell.down():
            for _ in range(count):
                cell.write(3)
                rotate()
            cell.write(2)
        cell.look()


def by_logrotate(cell, *how):
    def rotate():
        cell.logrotate("rotate 30", *how)
        if "dateext" in how:
            backdate(cell)
    down_and_rotated(cell, rotate)


for HOW in (
        ("create",),
        ("create", "start 0"),
        ("create", "compress"),
        ("create", "compress", "delaycompress"),
        ("create", "dateext"),
        ("create", "dateext", "compress"),
        ("create", "dateext", "compress", "delaycompress"),
        ("create", "dateext", "dateformat -%Y%m%d%H"),
        ("create", "dateext", "dateformat -%Y%m%d-%s"),
        ("create", "dateext", "dateformat -%Y%m%d-%s", "compress"),
        ("create", "dateext", "dateformat -%Y-%m-%d"),
        ("create", "dateext", "dateformat .%Y-%m-%d"),
        ("create", "dateext", "dateformat .%Y%m%d"),
        ("create", "dateext", "extension .log"),
        ("create", "dateext", "extension .log", "compress"),
        ("create", "extension .log"),
        ("create", "extension .log", "compress"),
        ("copytruncate",),
        ("copytruncate", "dateext"),
        ("copytruncate", "dateext", "compress"),
        ("copytruncate", "extension .log", "compress"),
):
    row("10", f"logrotate while it is down: {', '.join(HOW)}", own=True,
        arguments=HOW)(by_logrotate)


@row("10", "savelog", own=True, arguments=())
@row("10", "savelog -l (not compressed)", own=True, arguments=("-l",))
@row("10", "savelog -j (bzip2)", own=True, arguments=("-j",))
def by_savelog(cell, *options):
    down_and_rotated(cell, lambda: run(
        "savelog", "-q", "-t", "-c", "30", *options, str(cell.log),
        cwd=cell.directory))


@row("10", "olddir", own=True, rotated=("old/%s.*",))
def olddir(cell):
    (cell.directory / "old").mkdir()
    (cell.directory / "old").chmod(0o755)
    by_logrotate(cell, "create", "olddir old")


@row("10", "olddir on another file system", own=True,
     arguments=("renamecopy",))
@row("10", "olddir on another file system, copytruncate, compressed",
     own=True, arguments=("copytruncate", "compress"))
def olddir_elsewhere(cell, *how):
    shared = pathlib.Path("/dev/shm")
    if not (shared.is_dir() and os.access(shared, os.W_OK) and
            os.stat(shared).st_dev != os.stat(cell.directory).st_dev):
        raise Skip("no second file system can be written to")
    old = pathlib.Path(tempfile.mkdtemp(dir=shared, prefix="ctail-test."))
    old.chmod(0o755)
    try:
        cell.rotated(f"{old}/%s.*")
        by_logrotate(cell, *how, f"olddir {old}")
    finally:
        shutil.rmtree(old)


def through_handler(cell, handler, before_rollover):
    """Lines written and files rotated by Python's own logging."""
    def write(count, **_):
        for _ in range(count):
            handler.emit(logging.makeLogRecord(
                {"msg": cell.new_line().decode()}))
    cell.write, plain = write, cell.write

    def rotate():
        before_rollover()
        handler.doRollover()
    try:
        down_and_rotated(cell, rotate)
    finally:
        handler.close()
        cell.write = plain


@row("10", "Python's RotatingFileHandler", own=True)
def python_rotating(cell):
    through_handler(cell, logging.handlers.RotatingFileHandler(
        cell.log, backupCount=30), lambda: None)


@row("10", "Python's TimedRotatingFileHandler, each midnight", own=True,
     arguments=("midnight",))
@row("10", "Python's TimedRotatingFileHandler, each hour", own=True,
     arguments=("H",))
@row("10", "Python's TimedRotatingFileHandler, each minute", own=True,
     arguments=("M",))
@row("10", "Python's TimedRotatingFileHandler, each second", own=True,
     arguments=("S",))
def python_timed(cell, when):
    handler = logging.handlers.TimedRotatingFileHandler(
        cell.log, when=when, backupCount=30)
    # Time goes by here and not on the clock.
    handler.shouldRollover = lambda record: False
    # The name is made of the beginning of the period that ends.
    due = handler.rolloverAt - 40 * handler.interval

    def time_goes_by():
        nonlocal due
        due += handler.interval
        handler.rolloverAt = due
    through_handler(cell, handler, time_goes_by)


@row("10", "blanks and pattern characters in the name", own=True,
     log="my [1] *? {a,b} log.txt", arguments=(None,))
@row("10", "the same, compressed", own=True,
     log="my [1] *? {a,b} log.txt", arguments=("gzip",))
def odd_name(cell, tool):
    def rotate():
        cell.shift()
        if tool:
            compress(tool, cell.generation(".1"))
    down_and_rotated(cell, rotate)


@row("10", "a pattern of one's own for the names", own=True,
     rotated=("%s.saved-*",))
def own_pattern(cell):
    turn = 0

    def rotate():
        nonlocal turn
        turn += 1
        os.rename(cell.log, cell.generation(f".saved-{'xyzabc'[turn % 6]}"))
    cell.begin()
    for _ in range(4):
        cell.write(2)
        with cell.down():
            cell.write(3)
            rotate()
            cell.write(2)
        cell.look()


@row("11", "down over 7 rotations, the anchor is compressed", own=True,
     arguments=(7, 30, False))
@row("11", "down over 20 rotations of which 5 are kept", own=True,
     arguments=(20, 5, True))
def down_long(cell, rotations, keep, loses):
    cell.begin()
    turns = []
    with cell.down():
        turns.append(cell.write(3))
        for _ in range(rotations):
            cell.logrotate("create", f"rotate {keep}", "compress",
                           "delaycompress")
            turns.append(cell.write(3))
        if loses:
            for texts in turns[:-keep - 1]:
                cell.lose(texts)
            cell.want_gap()
    cell.look()
    cell.write(2)
    cell.look()


@row("31", "times of change a year off, in both directions", own=True)
def odd_times(cell):
    year = 365 * 86400
    cell.begin()
    with cell.down():
        for turn in range(6):
            cell.write(3)
            cell.logrotate("create", "rotate 30", "compress",
                           "delaycompress")
        for turn, path in enumerate(sorted(cell.directory.glob("*.log.*"))):
            cell.age(path, year if turn % 2 else -year)
        cell.write(2)
    cell.look()
    cell.write(2)
    cell.look()
