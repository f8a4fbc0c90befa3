"""identity: other files under the same name or with the same inode."""
import os

from table import Skip, row
from tools import compress, run


def made_with_inode(cell, wanted):
    """Makes the log; whether it has this inode number, which was freed just
    now.  Another process may be quicker."""
    taken = []
    for n in range(50):
        cell.log.touch()
        if os.stat(cell.log).st_ino == wanted:
            break
        # Keeps the number that came instead.
        taken.append(cell.base / f"taken{n}")
        os.rename(cell.log, taken[-1])
    else:
        cell.log.touch()
    for path in taken:
        path.unlink()
    return os.stat(cell.log).st_ino == wanted


def need_any(reused):
    if not any(reused):
        raise Skip("this file system does not give inode numbers back")


@row("13", "removed and made anew with the same inode, longer", own=True,
     arguments=(40,))
@row("13", "removed and made anew with the same inode, shorter", own=True,
     arguments=(1,))
def inode_reused(cell, count):
    cell.begin(10)
    cell.may_gap()
    reused = []
    for _ in range(6):
        with cell.down():
            inode = os.stat(cell.log).st_ino
            os.unlink(cell.log)
            reused.append(made_with_inode(cell, inode))
            cell.write(count)
        cell.look()
        cell.write(3)
        cell.look()
    need_any(reused)


@row("14", "gzip .1 frees the inode that the new file gets", own=True)
def inode_to_new_file(cell):
    cell.begin(10)
    reused = []
    for _ in range(6):
        with cell.down():
            cell.write(10)
            inode = os.stat(cell.log).st_ino
            cell.shift()
            compress("gzip", cell.generation(".1"))
            reused.append(made_with_inode(cell, inode))
            cell.write(30)
        cell.look()
    need_any(reused)


@row("15", "an editor replaces the file, lines are added")
def edited_added(cell):
    cell.begin(20)
    for _ in range(3):
        texts = [cell.new_line() for _ in range(2)]
        new = cell.base / "edited"
        new.write_bytes(cell.log.read_bytes() +
                        b"".join(text + b"\n" for text in texts))
        os.rename(new, cell.log)
        cell.look()
        cell.write(2)
        cell.look()


@row("15", "an editor (sed -i) removes the last line")
def edited_removed(cell):
    cell.may_gap()
    cell.begin(20)
    run("sed", "-i", "$d", cell.log)
    cell.look()
    cell.write(3)
    cell.look()


@row("15", "copied and moved back: another inode, the same content")
def copied_back(cell):
    cell.begin(20)
    for _ in range(3):
        cell.write(2)
        run("cp", "-p", cell.log, cell.base / "copy")
        run("mv", cell.base / "copy", cell.log)
        cell.look()
        cell.write(2)
        cell.look()
