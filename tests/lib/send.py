"""send.py PROGRAM CONF SINK [STEP...]: one run of a worker, spoken to as
ctaild does.

A STEP is an alert of that subject; "test:SUBJECT" is a test alert, whose
conversation is shown; "settled:WORDS" is what the next one has settled, ""
that of the answer before; "run:COMMAND" is run by a shell.  For every alert
a line:

    CLASS CODE SCOPE PARTLY|- SETTLED|- TEXT
"""
import hashlib
import os
import socket
import struct
import subprocess
import sys


def field(name, value):
    value = value.encode("utf-8", "surrogateescape")
    return bytes([len(name)]) + name.encode() + struct.pack(
        ">I", len(value)) + value


def frame(*pairs):
    body = b"".join(field(name, str(value)) for name, value in pairs)
    return struct.pack(">I", len(body)) + body


def fields(body):
    found, at = {}, 0
    while at < len(body):
        end = at + 1 + body[at]
        name = body[at + 1 : end].decode()
        (length,) = struct.unpack(">I", body[end : end + 4])
        at = end + 4 + length
        found.setdefault(name, body[end + 4 : at].decode())
    return found


class Worker:
    def __init__(self, program, conf, sink):
        ours, theirs = socket.socketpair()
        self.process = subprocess.Popen(
            [program, "-c", conf], stdin=theirs, stdout=theirs)
        theirs.close()
        self.socket = ours
        self.file = ours.makefile("rb")
        self.say(("type", "hello"), ("protocol", 2), ("sink", sink),
            ("hostname", "host.test"))
        self.usable = self.hear()["type"] == "ready"

    def say(self, *pairs):
        self.socket.sendall(frame(*pairs))

    def hear(self):
        head = self.file.read(4)
        if len(head) < 4:
            sys.exit("the worker is gone")
        found = fields(self.file.read(struct.unpack(">I", head)[0]))
        if found["type"] == "trace":
            print(found["text"])
            return self.hear()
        if found["type"] != "ready":
            print(found.get("class", found["type"]), found.get("code", 0),
                found.get("scope", "sink"),
                "partly" if "partly" in found else "-",
                found.get("settled", "").replace(" ", ",") or "-",
                found.get("text", ""))
            sys.stdout.flush()
        return found


def alert(subject, settled, kind):
    name = hashlib.sha256(os.fsencode(subject)).hexdigest()[:40]
    return (("type", "alert"), ("settled", settled), ("id", name), ("incident", ""), ("key", ""),
        ("kind", kind), ("severity", "warning"), ("rule", "rule"),
        ("subject", subject), ("hostname", "host.test"), ("log", "app"),
        ("file", "/var/log/app"), ("count", 1), ("first", 10**12),
        ("last", 10**12), ("made", 10**12), ("line", subject))


def main():
    program, conf, sink, *steps = sys.argv[1:]
    worker = Worker(program, conf, sink)
    settled = last = ""
    for step in steps if worker.usable else ():
        word, colon, rest = step.partition(":")
        if colon and word == "run":
            subprocess.run(["sh", "-c", rest], check=True)
        elif colon and word == "settled":
            settled = rest.replace(",", " ") or last
        else:
            is_test = bool(colon) and word == "test"
            worker.say(*alert(rest if is_test else step, settled,
                "test" if is_test else "match"))
            last = worker.hear().get("settled", "")
            settled = ""
    worker.socket.shutdown(socket.SHUT_WR)
    return worker.process.wait()


sys.exit(main())
