"""places: symbolic and hard links, directories that go, permissions."""
import os
import shutil

from table import row
from tools import compress

AGENT_GLOBS = {"ctail": "it is given each path once",
               "follow": "it is given each path once"}


class Pod:
    """Kubernetes' layout: containers/x.log -> pods/x/N.log."""

    def __init__(self, cell):
        self.cell = cell
        self.pod = cell.directory / "pods" / "x"
        self.pod.mkdir(parents=True)
        self.restarts = 0
        self.target.touch()
        os.symlink(self.target, cell.log)

    @property
    def target(self):
        return self.pod / f"{self.restarts}.log"

    def rotate(self, stamp):
        """As kubelet does: the older one is compressed."""
        for old in self.pod.glob(f"{self.target.name}.*"):
            if old.suffix != ".gz":
                compress("gzip", old)
        os.rename(self.target, f"{self.target}.{stamp}")
        self.target.touch()

    def restart(self):
        """The container is started again: the link is swapped."""
        self.restarts += 1
        self.target.touch()
        os.symlink(self.target, self.cell.base / "link")
        os.rename(self.cell.base / "link", self.cell.log)


@row("16", "Kubernetes: the file behind the link is rotated", own=True)
def kubernetes_rotated(cell):
    pod = Pod(cell)
    cell.begin()
    for turn in range(3):
        cell.write(3)
        with cell.down():
            for again in range(turn + 1):
                cell.write(2)
                pod.rotate(f"2026010{turn + 1}-12000{again}")
            cell.write(2)
        cell.look()


@row("16", "Kubernetes: the link is swapped, all had been read")
def kubernetes_restarted(cell):
    pod = Pod(cell)
    cell.begin()
    for _ in range(3):
        cell.write(3)
        cell.look()
        pod.restart()
        cell.write(3)
        cell.look()


@row("16", "Kubernetes: the link is swapped over unread lines", own=True,
     skip={"ctail": "between two runs nothing says what the link was",
           "once": "between two passes nothing says what the link was"})
def kubernetes_swapped(cell):
    pod = Pod(cell)
    cell.begin()
    with cell.unseen():
        cell.write(3)
        pod.restart()
        cell.write(3)
    cell.look()


@row("17", "a link to the newest of dated files")
def dated_link(cell):
    name = cell.log.stem
    days = [cell.log.with_name(f"{name}-2026010{day}.log")
            for day in range(1, 5)]
    days[0].touch()
    os.symlink(days[0], cell.log)
    cell.begin()
    for day in days[1:]:
        cell.write(3)
        cell.look()
        day.touch()
        os.unlink(cell.log)
        os.symlink(day, cell.log)
        cell.write(3)
        cell.look()


@row("17", "a link that dangles and whose file appears late")
def dangling(cell):
    cell.allowed_statuses.add(66)
    target = cell.base / "elsewhere" / "target.log"
    target.parent.mkdir()
    os.symlink(target, cell.log)
    cell.reader.start()
    cell.look()
    cell.write(3)
    cell.look()
    cell.write(3)
    cell.look()


@row("17", "a link to itself becomes a file")
def link_loop(cell):
    cell.allowed_statuses.add(77)
    os.symlink(cell.log.name, cell.log)
    cell.reader.start()
    cell.look()
    os.unlink(cell.log)
    cell.write(3)
    cell.look()
    cell.write(3)
    cell.look()


@row("17", "two hard links and two globs are read once",
     paths=("app*.log", "*.log", "app.log"), skip=AGENT_GLOBS)
def hard_links(cell):
    cell.log.touch()
    os.link(cell.log, cell.directory / "app-too.log")
    cell.begin()
    cell.write(3)
    cell.look()


@row("issue", "copytruncate generations match the log's own glob",
     paths=("app.log*",), arguments=(("copytruncate",),))
@row("issue", "the same, compressed", paths=("app.log*",),
     arguments=(("copytruncate", "compress"),))
@row("issue", "renamed generations match the log's own glob",
     paths=("*",), arguments=(("create", "compress", "delaycompress"),))
def own_glob(cell, how):
    cell.given = [cell.directory / (cell.row.paths[0])]
    cell.more_options = []
    cell.begin()
    for turn in range(6):
        cell.write(3)
        if turn % 2:
            cell.look()
            cell.write(3)
        cell.logrotate("rotate 9", *how)
        if turn % 3:
            cell.write(2)
        cell.look()
    cell.given = None


@row("19", "the directory is renamed and made anew")
def directory_renamed(cell):
    cell.begin()
    cell.write(2)
    cell.look()
    os.rename(cell.directory, cell.base / "moved")
    cell.allowed_statuses.add(66)
    cell.may_gap()
    cell.look()
    cell.directory.mkdir()
    cell.write(3)
    cell.look()
    cell.write(3)
    cell.look()


@row("19", "the directory is moved away and back",)
def directory_back(cell):
    cell.begin()
    cell.allowed_statuses.add(66)
    for _ in range(2):
        os.rename(cell.directory, cell.base / "moved")
        cell.look()
        os.rename(cell.base / "moved", cell.directory)
        cell.write(3)
        cell.look()


@row("19", "the directory is removed and made anew, with its state",
     skip={"ctail": "its offset file is removed as well, so it is new"})
def directory_removed(cell):
    cell.begin()
    cell.may_gap()
    shutil.rmtree(cell.directory)
    cell.look()
    cell.directory.mkdir()
    cell.write(3)
    cell.look()


@row("19", "permission is taken away and given back", own=True)
def permission(cell):
    cell.unprivileged()
    cell.begin()
    cell.allowed_statuses |= {66, 73, 77}
    os.chmod(cell.log, 0)
    cell.look()
    os.chmod(cell.log, 0o644)
    cell.write(3)
    cell.look()
    os.chmod(cell.directory, 0)
    cell.look()
    os.chmod(cell.directory, 0o755)
    cell.write(3)
    cell.look()


@row("19", "the log is removed and comes back")
def returns(cell):
    cell.begin()
    cell.allowed_statuses.add(66)
    cell.may_gap()
    for _ in range(2):
        os.unlink(cell.log)
        cell.look()
        cell.write(3)
        cell.look()


@row("issue", "the log is absent, the rest of its .1 is told", own=True)
def absent(cell):
    cell.begin()
    with cell.unseen():
        cell.write(4)
        cell.shift()
    cell.look()
    cell.look()
    cell.write(2)
    cell.look()
