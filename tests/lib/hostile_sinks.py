"""hostile_sinks.py DIR: servers that keep every byte they get.

SMTP and HTTP at ports that DIR/ports tells ("smtp 4711").  DIR/smtp gets a
line of JSON for every mail session, DIR/http one for every request; bytes
stand in them as Latin-1.  HTTP answers as the service at /PRESET does; /sour
refuses with words that are hostile themselves, /down is out of order.
"""
import json
import os
import socket
import sys
import threading

SOUR = (b"\x1b[31mno\x1b[0m \x9b\xc2\x9b \xe2\x80\xae" b"\r\x08 \x00 \xff"
        b"<script>alert(1)</script> ${id} =?utf-8?B?Zm9yZ2Vk?=\nnext line")

ANSWERS = {
    "discord": (204, b""),
    "teams": (202, b""),
    "pagerduty": (202, b"{\"status\":\"success\"}"),
    "telegram": (200, b"{\"ok\":true}"),
    "pushover": (200, b"{\"status\":1}"),
    "sour": (400, SOUR),
    "down": (503, SOUR),
}


class Book:
    def __init__(self, path):
        self.file = open(path, "a", encoding="ascii")
        self.lock = threading.Lock()

    def note(self, **what):
        text = json.dumps({
            key: value.decode("latin-1") if isinstance(value, bytes) else value
            for key, value in what.items()})
        with self.lock:
            self.file.write(text + "\n")
            self.file.flush()


def until(stream, end):
    """Bytes up to and with that end; fewer when the peer has gone."""
    got = b""
    while not got.endswith(end):
        more = stream.readline()
        if not more:
            break
        got += more
    return got


def smtp(book, peer):
    stream = peer.makefile("rb")
    commands = b""

    def say(text):
        peer.sendall(text + b"\r\n")

    say(b"220 mx.test")
    while True:
        command = stream.readline()
        commands += command
        verb = command[:4].upper()
        if not command or verb == b"QUIT":
            if commands:
                book.note(commands=commands, data=None)
            if command:
                say(b"221 bye")
            return
        if verb == b"EHLO":
            say(b"250-mx.test\r\n250-8BITMIME\r\n250 PIPELINING")
        elif verb != b"DATA":
            say(b"250 ok")
        elif b"RCPT TO:<sour@" in commands:
            say(b"554 " + SOUR.split(b"\n", 1)[0])
            commands = b""
        else:
            say(b"354 go on")
            data = b"\r\n" + until(stream, b"\r\n.\r\n")
            book.note(commands=commands, data=data[2:])
            commands = b""
            say(b"250 taken")


def http(book, peer):
    stream = peer.makefile("rb")
    while True:
        head = until(stream, b"\r\n\r\n")
        if not head:
            return
        length = 0
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        body = stream.read(length)
        name = head.split(b" ")[1].decode("latin-1").split("/")[1]
        status, words = ANSWERS.get(name, (200, b"ok"))
        book.note(name=name, head=head, body=body)
        peer.sendall(b"HTTP/1.1 %d Said\r\n" % status + (
            b"\r\n" if status == 204 else
            b"Content-Length: %d\r\n\r\n" % len(words) + words))


def listen(serve, book, ports):
    listener = socket.create_server(("127.0.0.1", 0))
    ports.append("%s %d\n" % (serve.__name__, listener.getsockname()[1]))

    def session(peer):
        with peer:
            try:
                serve(book, peer)
            except OSError:
                pass        # that it was cut off, the judge will see

    def accept():
        while True:
            peer = listener.accept()[0]
            threading.Thread(target=session, args=(peer,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def main():
    where = sys.argv[1]
    ports = []
    for serve in smtp, http:
        book = Book(os.path.join(where, serve.__name__))
        listen(serve, book, ports)
    with open(os.path.join(where, "ports.new"), "w", encoding="ascii") as file:
        file.writelines(ports)
    os.rename(os.path.join(where, "ports.new"), os.path.join(where, "ports"))
    threading.Event().wait()


main()
