"""renames: rotation by rename, with writers that notice it late or never."""
import os

from table import ONE_SHOT_ONLY, row


@row("7", "renamed, the writer goes on in the old file", arguments=("create",))
@row("7", "renamed, the writer makes the new file", arguments=("nocreate",))
def late_writer(cell, how):
    writer = cell.writer()
    writer.write(5)
    cell.reader.start()
    cell.look()
    for turn in range(6):
        writer.write(3)
        cell.logrotate(how, "rotate 9")
        writer.write(turn, late=True)
        if turn % 2:
            cell.look()
        old, writer = writer, cell.writer()
        old.write(2, late=True)
        cell.look()
        writer.write(3)
        old.write(2, late=True)
        cell.look()
        old.close()
    writer.close()


# Whether an old file is at rest is a run's guess from its time of change.
@row("issue", "a run between rename and reopen, the writer is 0 s late",
     skip=ONE_SHOT_ONLY, arguments=(0,))
@row("issue", "a run between rename and reopen, the writer is 1 s late",
     skip=ONE_SHOT_ONLY, arguments=(1,))
@row("issue", "a run between rename and reopen, the writer is 9 s late",
     skip=ONE_SHOT_ONLY, arguments=(9,))
@row("issue", "a run between rename and reopen, the writer is 11 s late",
     skip=ONE_SHOT_ONLY, arguments=(11,))
@row("issue", "a run between rename and reopen, the writer is 60 s late",
     skip=ONE_SHOT_ONLY, arguments=(60,))
@row("issue", "a run between rename and reopen, the writer is 6 h late",
     skip=ONE_SHOT_ONLY, arguments=(6 * 3600,))
def between(cell, seconds):
    cell.begin()
    for created in (True, False):
        old = cell.writer()
        old.write(2)
        cell.logrotate("create" if created else "nocreate", "rotate 9")
        cell.age(cell.generation(".1"), seconds)
        cell.look()
        old.write(3, late=True)
        cell.age(cell.generation(".1"), seconds)
        cell.look()
        new = cell.writer()
        new.write(2)
        cell.look()
        old.write(3, late=True)
        cell.look()
        cell.age(cell.generation(".1"), seconds)
        cell.look()
        old.write(1, late=True)
        cell.look()
        old.close()
        new.close()


@row("7", "a late writer whose file is rotated once more")
def late_twice(cell):
    cell.begin()
    old = cell.writer()
    cell.logrotate("create", "rotate 9")
    cell.write(2)
    cell.look()
    old.write(2, late=True)
    cell.look()
    cell.logrotate("create", "rotate 9")
    old.write(2, late=True)
    cell.look()
    cell.write(2)
    old.write(2, late=True)
    cell.look()
    old.close()


@row("7", "a late writer while the reader restarts", own=True)
def late_restart(cell):
    cell.begin()
    old = cell.writer()
    cell.logrotate("create", "rotate 9")
    old.write(2, late=True)
    cell.write(2)
    cell.look()
    with cell.down():
        old.write(3, late=True)
    cell.look()
    with cell.down():
        cell.write(3)
        old.write(3, late=True)
    cell.look()
    old.write(1, late=True)
    cell.look()
    old.close()


@row("7", "a late writer whose old file is compressed under it")
def late_then_compressed(cell):
    cell.begin()
    old = cell.writer()
    cell.logrotate("create", "rotate 9")
    cell.write(2)
    cell.look()
    old.write(4, late=True)
    cell.look()
    old.close()
    cell.logrotate("create", "rotate 9", "compress", "delaycompress")
    cell.write(2)
    cell.look()


@row("8", "renamed, the new file comes late", arguments=(True,))
@row("8", "renamed, the new file never comes", arguments=(False,))
def created_late(cell, comes):
    cell.begin()
    cell.write(3)
    cell.shift()
    cell.look()
    old = cell.writer(cell.generation(".1"))
    old.write(2, late=True)
    cell.look()
    old.close()
    if comes:
        cell.write(3)
        cell.look()
    cell.sentinel = comes


@row("8", "the new file stays empty for a while")
def created_empty(cell):
    cell.begin()
    for _ in range(3):
        cell.write(3)
        cell.logrotate("create", "rotate 9")
        cell.look()
        cell.look()
        cell.write(2)
        cell.look()


@row("8", "two empty generations in a row")
def rotated_empty(cell):
    cell.begin()
    cell.write(3)
    for _ in range(3):
        cell.logrotate("create", "rotate 9", "ifempty")
        cell.look()
    cell.write(3)
    cell.look()


@row("8", "two renames within one look", own=True, arguments=(2,))
@row("8", "seven renames within one look", own=True, arguments=(7,))
def several(cell, count):
    cell.begin()
    for _ in range(2):
        with cell.unseen():
            for _ in range(count):
                cell.write(3)
                cell.logrotate("create", "rotate 30")
            cell.write(2)
        cell.look()


@row("8", "two renames while it is down, the first new file empty", own=True)
def several_with_empty(cell):
    cell.begin()
    with cell.down():
        cell.write(2)
        cell.logrotate("create", "rotate 9", "ifempty")
        cell.logrotate("create", "rotate 9", "ifempty")
        cell.write(2)
        cell.logrotate("create", "rotate 9", "ifempty")
    cell.look()
    cell.write(2)
    cell.look()


@row("22", "the last line of a finished file has no newline")
def unfinished_line(cell):
    cell.begin()
    torn = cell.new_line()
    cell.write_raw(torn)
    cell.logrotate("create", "rotate 9")
    cell.write(3)
    if cell.reader.stays:
        # It is at rest for 10 s first.
        cell.ledger.lines[torn].late = True
        cell.look(patience=cell.reader.patience + 15)
    else:
        cell.age(cell.generation(".1"), 60)
        cell.look()


@row("22", "the last line is completed after the rename")
def completed_line(cell):
    cell.begin()
    old = cell.writer()
    half = cell.new_line(late=True)
    old.raw(half[:4])
    cell.logrotate("create", "rotate 9")
    if not cell.reader.stays:
        cell.look()
    cell.write(3)
    if not cell.reader.stays:
        cell.look()
    old.raw(half[4:] + b"\n")
    cell.look()
    old.close()


@row("18", "unlinked while it has unread lines", own=True,
     skip={"ctail": "nothing holds the file open between two runs",
           "once": "nothing holds the file open between two runs"})
def unlinked(cell):
    cell.begin()
    with cell.unseen():
        cell.write(5)
        os.unlink(cell.log)
    cell.look()
    cell.write(3)
    cell.look()
    pid = cell.reader.pid()
    if not cell.wait(lambda: not deleted_files(pid), 15 + 10):
        cell.problem(f"it still holds {deleted_files(pid)}")


def deleted_files(pid):
    """Deleted logs that the process has open."""
    found = []
    for name in os.listdir(f"/proc/{pid}/fd"):
        try:
            target = os.readlink(f"/proc/{pid}/fd/{name}")
        except OSError:
            continue
        if target.endswith("(deleted)") and "/logs/" in target:
            found.append(target)
    return found
