"""compressed: generations that are packed, being packed, or badly packed."""
import os
import subprocess

from table import row
from tools import compress, need, run


@row("9", "gzip at once", arguments=("gzip",))
@row("9", "bzip2 at once", arguments=("bzip2",))
@row("9", "xz at once", arguments=("xz",))
@row("9", "zstd at once", arguments=("zstd",))
def at_once(cell, tool):
    need(tool)
    ending = {"gzip": ".gz", "bzip2": ".bz2", "xz": ".xz",
              "zstd": ".zst"}[tool]
    options = ("compressoptions --rm",) if tool == "zstd" else ()
    cell.begin()
    for turn in range(5):
        cell.write(3)
        if turn % 2:
            cell.look()
            cell.write(3)
        cell.logrotate("create", "rotate 30", "compress",
                       f"compresscmd {tool}", f"compressext {ending}",
                       *options)
        cell.write(turn)
        cell.look()


@row("9", "gzip at once, seen by nobody meanwhile", own=True,
     arguments=("gzip",))
@row("9", "bzip2 at once, seen by nobody meanwhile", own=True,
     arguments=("bzip2",))
@row("9", "xz at once, seen by nobody meanwhile", own=True,
     arguments=("xz",))
@row("9", "zstd at once, seen by nobody meanwhile", own=True,
     arguments=("zstd",))
def while_down(cell, tool):
    need(tool)
    cell.begin(40)
    for count in (1, 3):
        with cell.down():
            cell.write(30)
            for _ in range(count):
                cell.shift()
                compress(tool, cell.generation(".1"))
                cell.write(20)
        cell.look()


@row("9", "several members in one .gz", own=True,
     arguments=("gzip", ".gz"))
@row("9", "several streams in one .bz2", own=True,
     arguments=("bzip2", ".bz2"))
@row("9", "several streams in one .xz", own=True, arguments=("xz", ".xz"))
@row("9", "several frames in one .zst", own=True,
     arguments=("zstd", ".zst"))
def members(cell, tool, ending):
    need(tool)
    cell.begin(10)
    with cell.down():
        cell.write(10)
        data = cell.log.read_bytes()
        packed = b"".join(
            subprocess.run([tool, "-c"], input=part, check=True,
                           capture_output=True).stdout
            for part in (data[:301], data[301:307], data[307:]))
        cell.generation(f".1{ending}").write_bytes(packed)
        os.unlink(cell.log)
        cell.write(5)
    cell.look()


@row("9", "a .gz that is still being written, without its original",
     own=True, arguments=(False,))
@row("9", "a .gz that is still being written, beside its original",
     own=True, arguments=(True,))
def unfinished(cell, beside):
    cell.begin(30)
    rotated, packed = cell.generation(".1"), cell.generation(".1.gz")
    for turn in range(2):
        with cell.down():
            cell.write(30)
            os.rename(cell.log, rotated)
            data = run("gzip", "-c", rotated)
            size = os.stat(rotated)
            if not beside:
                os.unlink(rotated)
            packed.write_bytes(data[:len(data) // 2])
            cell.write(3)
        # Without it one has to wait for the rest.
        if beside or not cell.reader.stays:
            cell.look()
        with open(packed, "ab") as file:
            file.write(data[len(data) // 2:])
        os.utime(packed, ns=(size.st_atime_ns, size.st_mtime_ns))
        if beside:
            os.unlink(rotated)
        cell.look()
        cell.write(2)
        cell.look()
        os.rename(packed, cell.generation(f".{turn + 2}.gz"))


@row("9", ".1 becomes .1.gz while it is read", own=True)
def under_the_reader(cell):
    cell.begin()
    for _ in range(4):
        with cell.unseen():
            cell.write(40)
            cell.shift()
            cell.write(2)
        cell.look()
        with cell.unseen():
            cell.write(2)
            compress("gzip", cell.generation(".1"))
        cell.look()
