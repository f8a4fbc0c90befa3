"""truncation: copytruncate, and files emptied or rewritten in place."""
import os

from table import Skip, row
from tools import compress


@row("1", "copytruncate 20 times, by logrotate", arguments=((),))
@row("1", "copytruncate 20 times, compressed at once",
     arguments=(("compress",),))
@row("1", "copytruncate 20 times, compressed one later",
     arguments=(("compress", "delaycompress"),))
def copytruncate(cell, more):
    cell.begin()
    for turn in range(20):
        cell.write(4)
        # (Each look at a polling reader takes a second.)
        if turn % 4 == 1:
            cell.look()
            cell.write(3)
        cell.logrotate("copytruncate", "rotate 30", *more)
        if turn % 3:
            cell.write(turn)
        cell.look()


@row("1", "copytruncate of a log of one short line")
def copytruncate_tiny(cell):
    cell.write(1)
    cell.reader.start()
    cell.look()
    for _ in range(4):
        cell.write(1)
        cell.logrotate("copytruncate", "rotate 9")
        cell.look()
        cell.write(1)
        cell.look()


@row("1", "copytruncate step by step, all looked at", arguments=("",))
@row("1", "copytruncate step by step, compressed, all looked at",
     arguments=(".gz",))
def copytruncate_slowly(cell, ending):
    """What logrotate does, one system call at a time; looks between."""
    cell.begin()
    for turn in range(18):
        cell.write(turn % 3 * 2)
        looks = iter(f"{turn * 7 % 32:05b}")

        def step(looks=looks):
            if next(looks) == "1":
                cell.look()
        cell.shift_older()
        copy = cell.generation(".1")
        copy.touch()
        step()
        data = cell.log.read_bytes()
        cell.write_raw(data[:len(data) // 2], copy)
        step()
        cell.write_raw(data[len(data) // 2:], copy)
        step()
        os.truncate(cell.log, 0)
        step()
        if ending:
            compress("gzip", copy)
        step()
        cell.write(turn % 4)
        if turn % 5:
            cell.look()


@row("2", "stopped over 1 to 5 copytruncate rotations", own=True)
def copytruncate_stopped(cell):
    cell.begin()
    for rotations in range(1, 6):
        cell.write(3)
        with cell.unseen():
            for _ in range(rotations):
                cell.write(4)
                cell.logrotate("copytruncate", "rotate 30")
            cell.write(rotations % 3)
        cell.look()


@row("3", "emptied and longer than before at the next look", own=True,
     arguments=(False,))
@row("3", "copytruncate and longer than before at the next look", own=True,
     arguments=(True,))
def regrown(cell, copied):
    cell.begin(10)
    for _ in range(3):
        with cell.unseen():
            if copied:
                cell.write(4)
                cell.logrotate("copytruncate", "rotate 9")
            else:
                os.truncate(cell.log, 0)
            cell.write(60)
        cell.look()


def fill_exactly(cell, size):
    """Lines that make the log so long."""
    while size > 200:
        text = cell.new_line()
        cell.write_raw(text + b"\n")
        size -= len(text) + 1
    text = cell.new_line()
    padded = text.ljust(size - 1, b"z")
    cell.ledger.replace(text, padded)
    cell.write_raw(padded + b"\n")


@row("4", "emptied and exactly as long at the next look", own=True,
     arguments=(False,))
@row("4", "the same, and its time of change put back", own=True,
     arguments=(True,))
def same_size(cell, same_time):
    cell.begin(20)
    for _ in range(3):
        before = os.stat(cell.log)
        with cell.unseen():
            os.truncate(cell.log, 0)
            fill_exactly(cell, before.st_size)
            assert os.stat(cell.log).st_size == before.st_size
            if same_time:
                os.utime(cell.log, ns=(before.st_atime_ns,
                                       before.st_mtime_ns))
        cell.look()


@row("5", "each generation begins with the same 2000 bytes, copytruncate",
     own=True, arguments=("copytruncate", 2000))
@row("5", "each generation begins with the same 2000 bytes, renamed",
     own=True, arguments=("create", 2000))
@row("5", "each generation begins with the same line, copytruncate",
     own=True, arguments=("copytruncate", 40))
def same_head(cell, how, length):
    header = b"# " + b"h" * (length - 3)
    cell.write_same(header)
    cell.begin()
    for turn in range(6):
        cell.write(3)
        if cell.reader.stays:
            # Stopped in the midst of a read it would see both generations
            # in one.
            cell.look()
        with cell.unseen():
            cell.logrotate(how, "rotate 9")
            cell.write_same(header)
            # Where nothing else was read, nothing tells two generations
            # apart.
            cell.write(turn * 4 + 1)
        cell.look()


@row("6", "the writer leaves a hole after copytruncate", arguments=(True,))
@row("6", "the writer leaves a hole after truncation", arguments=(False,))
def hole(cell, copied):
    writer = cell.writer(flags=0)
    writer.write(5000)
    cell.reader.start()
    cell.look()
    for _ in range(3):
        if copied:
            writer.write(5)
            cell.logrotate("copytruncate", "rotate 9")
        else:
            cell.look()
            os.truncate(cell.log, 0)
        cell.look()
        writer.write(5)
        cell.look()
    writer.close()


@row("6", "a hole of 10 GB is stepped over", own=True)
def large_hole(cell):
    size = 10 << 30
    writer = cell.writer(flags=0)
    try:
        os.truncate(cell.log, size)
    except OSError as error:
        raise Skip(f"no file of 10 GB is possible here: {error}") from None
    if os.stat(cell.log).st_blocks > 1 << 20:
        raise Skip("this file system has no holes")
    os.truncate(cell.log, 0)
    writer.write(5)
    cell.reader.start()
    cell.look()
    os.lseek(writer.fd, size, os.SEEK_SET)
    with cell.unseen():
        os.truncate(cell.log, 0)
        writer.write(5)
    cell.look()
    most = resident(cell.reader)
    if most > 40 << 10:
        cell.problem(f"it took {most} kB of memory")


def resident(reader):
    """The most memory (kB) of a reader that stays, or 0."""
    if not reader.stays:
        return 0
    with open(f"/proc/{reader.pid()}/status", encoding="ascii") as file:
        found = [line.split()[1] for line in file if line.startswith("VmHWM")]
    return int(found[0])


@row("12", "emptied by hand beside a week-old .1")
def stale_copy(cell):
    cell.begin()
    cell.logrotate("copytruncate", "rotate 9")
    cell.look()
    cell.age(cell.generation(".1"), 7 * 86400)
    cell.write(40)
    cell.look()
    os.truncate(cell.log, 0)
    cell.look()
    cell.write(3)
    cell.look()
    with cell.down():
        os.truncate(cell.log, 0)
        cell.write(80)
    cell.look()
