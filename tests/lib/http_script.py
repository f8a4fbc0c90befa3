"""http_script.py PORT LOG: a web server without manners.

In the foreground, until it is ended.  The path says what it does; LOG gets the
head of each request as JSON, a line each.  What is CONNECTed to it is refused
with 407.
"""
import gzip
import json
import re
import socket
import sys
import threading
import time

log = open(sys.argv[2], "a", buffering=1)
bomb = gzip.compress(bytes(16 << 20))


def answer(status, body=b"", *headers):
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(head).encode("latin-1") + body


def for_ever(first, again, pause=0.0):
    def go(connection):
        connection.sendall(first)
        while True:
            connection.sendall(again)
            time.sleep(pause)

    return go


chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
scripts = {
    "big": answer("200 OK", b"x" * (8 << 20)),
    "bomb": answer("400 No", bomb, "Content-Encoding: gzip"),
    "chunks": for_ever(chunked, b"400\r\n" + b"y" * 1024 + b"\r\n", 0.01),
    "hundreds": for_ever(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
    "hints": for_ever(b"", b"HTTP/1.1 103 Early\r\nA: b\r\n\r\n" * 100),
    "headers": for_ever(b"HTTP/1.1 200 OK\r\n", b"X: " + b"b" * 1000 + b"\r\n"),
    "header": for_ever(b"HTTP/1.1 200 OK\r\nX: ", b"b" * 65536),
    "drops": for_ever(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", b"", 0.5),
    "cut": b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nok",
    "nonsense": b"\x00\xff\xfe 220 mx ESMTP\r\n\r\n",
    "nolength": b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nok",
    "empty": b"",
    "file": answer("302 No", b"", "Location: file:///etc/passwd"),
    "elsewhere": answer("307 No", b"", "Location: https://there.example/a?token=t"),
    "negative": answer("429 No", b"", "Retry-After: -5"),
    "huge": answer("429 No", b"", "Retry-After: 99999999999999999999"),
    "past": answer("429 No", b"", "Retry-After: Wed, 21 Oct 2015 07:28:00 GMT"),
    "future": answer("429 No", b"", "Retry-After: Wed, 21 Oct 2099 07:28:00 GMT"),
}


def read(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            raise OSError
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    while length and len(body) < int(length[1]):
        body += connection.recv(65536) or b"x" * int(length[1])
    return head


def serve(connection):
    try:
        head = read(connection)
        log.write(json.dumps(head.decode("latin-1")) + "\n")
        method, path = head.decode("latin-1").split(" ")[:2]
        script = scripts.get(path.strip("/").partition("/")[0])
        if method == "CONNECT":
            script = answer("407 Pay", b"", "Proxy-Authenticate: Basic")
        if path.startswith("/echo"):
            script = answer("400 No", head, "Server: " + path)
        if callable(script):
            script(connection)
        connection.sendall(answer("404 No") if script is None else script)
    except OSError:
        pass
    finally:
        connection.close()


server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", int(sys.argv[1])))
server.listen(64)
while True:
    threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
