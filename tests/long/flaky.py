"""flaky.py DIR PERCENT: a web server that fails at PERCENT of the requests.

Listens on 127.0.0.1 at the port that it writes to DIR/port, and appends a
line to DIR/requests for each request: how it was answered, the id, a hash of
the body.  "taken" is answered with 200.  "lost-*" was taken too, but its
answer does not arrive: the connection is closed, the answer breaks off, or
comes after the client's patience.  "not-*" was not taken: an error, or the
connection is closed before the request was read.
"""
import hashlib
import http.server
import os
import pathlib
import random
import socket
import sys
import threading
import time

directory = pathlib.Path(sys.argv[1])
percent = float(sys.argv[2])
chance = random.Random(int(os.environ["SEED"]))
lock = threading.Lock()
FAILURES = ("lost-closed", "lost-cut", "lost-late", "not-500", "not-503",
            "not-429", "not-read", "not-answered")


def draw():
    with lock:
        if chance.random() * 100 >= percent:
            return "taken"
        return chance.choice(FAILURES)


def note(kind, known, body):
    digest = hashlib.sha256(body).hexdigest()[:16]
    with lock, open(directory / "requests", "a", encoding="utf-8") as file:
        file.write(f"{kind} {known} {digest}\n")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def give_up(self):
        self.close_connection = True
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def do_POST(self):
        kind = draw()
        known = self.headers.get("webhook-id", "-")
        if kind == "not-read":
            note(kind, known, b"")
            self.give_up()
            return
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) < length:
            # The client was killed while it wrote.
            note("not-whole", known, body)
            self.give_up()
            return
        note(kind, known, body)
        try:
            self.finish_as(kind)
        except OSError:
            # It was killed while it waited.
            self.close_connection = True

    def finish_as(self, kind):
        if kind == "taken":
            self.answer(200)
        elif kind.startswith("not-5"):
            self.answer(int(kind[4:]))
        elif kind == "not-429":
            self.answer(429, [("Retry-After", "1")])
        elif kind == "lost-cut":
            self.wfile.write(b"HTTP/1.1 200 O")
            self.wfile.flush()
            self.give_up()
        elif kind == "lost-late":
            time.sleep(2)
            self.answer(200)
        else:
            self.give_up()


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


server = Server(("127.0.0.1", 0), Handler)
(directory / "port.new").write_text(f"{server.server_port}\n")
(directory / "port.new").rename(directory / "port")
server.serve_forever()
