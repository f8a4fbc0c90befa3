"""tools: the real programs that rotate and compress logs, and waiting."""
import os
import pathlib
import shutil
import subprocess
import time

# Where a reader is waited for: generous, only failures take that long.
PATIENCE = float(os.environ.get("PATIENCE", 20))


class Missing(Exception):
    """A tool, or something else that a scenario needs, is not here."""


def need(*names):
    for name in names:
        if not shutil.which(name):
            raise Missing(f"{name} is not here")


def run(*command, **more):
    """A tool that must succeed; its output."""
    need(command[0])
    done = subprocess.run(command, check=False, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          **more)
    if done.returncode:
        raise RuntimeError(f"{command}: {done.returncode}: {done.stdout!r}")
    return done.stdout


def until(condition, seconds):
    """Whether the condition came true within that time."""
    end = time.monotonic() + seconds
    pause = 0.002
    while not condition():
        if time.monotonic() >= end:
            return False
        time.sleep(pause)
        pause = min(pause * 1.5, 0.05)
    return True


def logrotate(log, *directives, status=None):
    """One forced rotation of log by logrotate."""
    base = pathlib.Path(status or f"{log}.logrotate")
    lines = "".join(f"  {directive}\n" for directive in directives)
    base.parent.mkdir(exist_ok=True)
    conf = base.with_name(base.name + ".conf")
    conf.write_text(f'"{log}" {{\n{lines}}}\n')
    conf.chmod(0o644)
    run("logrotate", "-f", "-s", base, conf)


def compress(tool, path):
    """PATH becomes PATH with the tool's ending, which is returned."""
    endings = {"gzip": ".gz", "bzip2": ".bz2", "xz": ".xz", "zstd": ".zst"}
    options = ["-q", "--rm"] if tool == "zstd" else []
    run(tool, *options, path)
    return f"{path}{endings[tool]}"


def process_state(pid):
    """The letter of /proc/PID/stat: T is stopped."""
    with open(f"/proc/{pid}/stat", encoding="ascii",
              errors="replace") as file:
        return file.read().rpartition(")")[2].split()[0]
