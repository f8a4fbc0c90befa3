#!/usr/bin/python3
"""worker.py DIR PROGRAM ARGUMENT...: stands between ctaild and a worker.

It passes frames on in both directions.  A file DIR/SINK says what to do at
the next alert for that sink; it is removed when that has been done:

    before KILL   kill before the alert gets to the worker
    after KILL    kill when the worker has delivered it, before ctaild knows
    hold          keep the alert until DIR/release is there

KILL is agent (ctaild, our parent) or worker (both of us).
"""
import os
import pathlib
import signal
import socket
import struct
import subprocess
import sys
import time

directory = pathlib.Path(sys.argv[1])
agent = os.getppid()


def read_exactly(fd, length):
    data = b""
    while len(data) < length:
        got = os.read(fd, length - len(data))
        if not got:
            return None
        data += got
    return data


def read_frame(fd):
    head = read_exactly(fd, 4)
    if head is None:
        return None
    rest = read_exactly(fd, struct.unpack(">I", head)[0])
    return rest if rest is None else head + rest


def fields(frame):
    found, at = {}, 4
    while at < len(frame):
        end = at + 1 + frame[at]
        name = frame[at + 1 : end].decode()
        (length,) = struct.unpack(">I", frame[end : end + 4])
        at = end + 4 + length
        found.setdefault(name, frame[end + 4 : at])
    return found


def write_all(fd, data):
    while data:
        data = data[os.write(fd, data) :]


class Worker:
    def __init__(self):
        ours, theirs = socket.socketpair()
        self.process = subprocess.Popen(sys.argv[2:], stdin=theirs, stdout=theirs)
        theirs.close()
        self.socket = ours
        self.sink = None

    def order(self):
        """What to do at this alert; once."""
        path = directory / self.sink
        if not path.exists():
            return []
        words = path.read_text().split()
        path.unlink()
        return words

    def kill(self, whom):
        if whom == "agent":
            os.kill(agent, signal.SIGKILL)
            # The worker ends by itself, as it does when nobody is there.
        else:
            self.process.kill()
            self.process.wait()
            os.kill(os.getpid(), signal.SIGKILL)

    def hold(self):
        (directory / "held").write_text(f"{os.getpid()}\n")
        while not (directory / "release").exists():
            time.sleep(0.02)

    def exchange(self, frame):
        """False when the run is over."""
        said = fields(frame)
        words = []
        if said.get("type") == b"hello":
            self.sink = said["sink"].decode()
        else:
            words = self.order()
        if words[:1] == ["hold"]:
            self.hold()
        if words[:1] == ["before"]:
            self.kill(words[1])
            return False
        self.socket.sendall(frame)
        answer = read_frame(self.socket.fileno())
        if answer is None:
            return False
        if words[:1] == ["after"]:
            self.kill(words[1])
            return False
        write_all(1, answer)
        return fields(answer).get("type") != b"error"

    def serve(self):
        while True:
            frame = read_frame(0)
            if frame is None or not self.exchange(frame):
                break
        self.socket.close()
        self.process.wait()


Worker().serve()
