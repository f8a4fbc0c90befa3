"""syslogd.py: a syslog daemon, and a judge of what it got.

    serve OUT PLACE...      unix:PATH, stream:PATH, udp, tcp, tls:CERT:KEY; a
                            line of JSON for each message goes to OUT/messages,
                            the ports to OUT/ports ("udp 4711")
    count OUT [BY]          how many messages came (that way)
    all OUT FIELD [BY]      that field of each, a line each (JSON when it is no
                            text)
    bad OUT                 what is wrong with any message

By the letter of RFC 3164, RFC 5424 and RFC 6587 (octet counting): an
independent reader, so nothing of it comes from ctail.
"""
import json
import os
import re
import socket
import ssl
import sys
import threading

NEW = re.compile(
    rb"<(\d{1,3})>1 (-|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?"
    rb"(?:Z|[+-]\d\d:\d\d)) ([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) "
    rb"([!-~]{1,32}) ", re.S)
OLD = re.compile(
    rb"<(\d{1,3})>([A-Z][a-z][a-z] [ \d]\d \d\d:\d\d:\d\d) "
    rb"(?:([!-~]+) )?([A-Za-z0-9-]{1,32})\[(\d+)\]: (.*)", re.S)
NAME = rb'([!#-<>-\\^-~]{1,32})'
PARAMETER = re.compile(rb' ' + NAME + rb'="((?:[^"\\\]]|\\.)*)"', re.S)


def structured(rest):
    """The elements of the structured data, and what is behind them."""
    data = {}
    if rest.startswith(b"-"):
        return data, rest[1:]
    while rest.startswith(b"["):
        name = re.match(rb"\[" + NAME, rest)
        at = name.end()
        while True:
            parameter = PARAMETER.match(rest, at)
            if not parameter:
                break
            value = re.sub(rb'\\(["\\\]])', rb"\1", parameter[2])
            data[parameter[1].decode()] = value.decode("utf-8")
            at = parameter.end()
        if rest[at:at + 1] != b"]":
            raise ValueError("structured data does not end")
        data["name"] = name[1].decode()
        rest = rest[at + 1:]
    return data, rest


def parse(raw):
    new = NEW.match(raw)
    if new:
        data, rest = structured(raw[new.end():])
        if rest and not rest.startswith(b" "):
            raise ValueError("no blank before the message")
        text = rest[1:]
        bom = text.startswith(b"\xef\xbb\xbf")
        if not bom and not text.isascii():
            raise ValueError("UTF-8 without its mark")
        found = {"form": "rfc5424", "host": new[3].decode(),
                 "app": new[4].decode(), "pid": new[5].decode(),
                 "msgid": new[6].decode(), "data": data,
                 "text": text[3 if bom else 0:].decode("utf-8")}
        pri = new[1]
    else:
        old = OLD.fullmatch(raw)
        if not old:
            raise ValueError("of no form")
        found = {"form": "rfc3164", "host": (old[3] or b"").decode(),
                 "app": old[4].decode(), "pid": old[5].decode(),
                 "text": old[6].decode("utf-8")}
        pri = old[1]
    if int(pri) > 191:
        raise ValueError("priority")
    if re.search("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]", found["text"]):
        raise ValueError("a control byte")
    found["pri"] = int(pri)
    return found


class Judge:
    def __init__(self, out):
        self.file = open(out + "/messages", "a", encoding="ascii")
        self.lock = threading.Lock()

    def take(self, by, raw, most):
        found = {"by": by, "len": len(raw), "raw": raw.decode("latin-1")}
        try:
            found.update(parse(raw))
            if found["form"] == "rfc3164" and most == 2048:
                most = 1024     # a datagram of the old form
            if len(raw) > most:
                raise ValueError("longer than %d" % most)
        except ValueError as error:
            found["bad"] = str(error)
        with self.lock:
            self.file.write(json.dumps(found) + "\n")
            self.file.flush()


def datagrams(judge, by, sock, most):
    while True:
        judge.take(by, sock.recv(65536), most)


def counted(judge, by, stream):
    """RFC 6587, 3.4.1: MSG-LEN SP SYSLOG-MSG."""
    while True:
        length = b""
        while not length.endswith(b" "):
            byte = stream.read(1)
            if not byte:
                if length:
                    judge.take(by, b"cut off: " + length, 0)
                return
            length += byte
            if not re.fullmatch(rb"[1-9]\d{0,5} ?", length):
                judge.take(by, b"no length: " + length, 0)
                return
        judge.take(by, stream.read(int(length)), 8192)


def ended_by_nul(judge, by, stream):
    for raw in stream.read().split(b"\0")[:-1]:
        judge.take(by, raw, 1024)


def connections(judge, by, listener, context, serve):
    while True:
        peer, _ = listener.accept()
        try:
            if context:
                peer = context.wrap_socket(peer, server_side=True)
            threading.Thread(
                target=serve, args=(judge, by, peer.makefile("rb")),
                daemon=True).start()
        except OSError:
            peer.close()


def listen(judge, place, ports):
    by, _, rest = place.partition(":")
    if by in ("unix", "stream"):
        kind = socket.SOCK_DGRAM if by == "unix" else socket.SOCK_STREAM
        sock = socket.socket(socket.AF_UNIX, kind)
        sock.bind(rest)
    else:
        kind = socket.SOCK_DGRAM if by == "udp" else socket.SOCK_STREAM
        sock = socket.socket(socket.AF_INET, kind)
        sock.bind(("127.0.0.1", 0))
        ports.append("%s %d" % (by, sock.getsockname()[1]))
    if kind == socket.SOCK_DGRAM:
        return datagrams, (judge, by, sock, 2048)
    sock.listen(16)
    context = None
    if by == "tls":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*rest.split(":"))
    return connections, (judge, by, sock, context,
                         ended_by_nul if by == "stream" else counted)


def serve(out, places):
    judge = Judge(out)
    ports = []
    threads = [listen(judge, place, ports) for place in places]
    with open(out + "/ports.new", "w", encoding="ascii") as file:
        file.write("\n".join(ports) + "\n")
    os.rename(out + "/ports.new", out + "/ports")
    for target, args in threads:
        threading.Thread(target=target, args=args, daemon=True).start()
    threading.Event().wait()


def messages(out, by=None):
    with open(out + "/messages", encoding="ascii") as file:
        found = [json.loads(line) for line in file if line.endswith("\n")]
    return [one for one in found if by in (None, one["by"])]


def main():
    command, out, *rest = sys.argv[1:]
    if command == "serve":
        serve(out, rest)
    elif command == "count":
        print(len(messages(out, *rest)))
    elif command == "all":
        for one in messages(out, *rest[1:]):
            value = one.get(rest[0])
            print(value if isinstance(value, str) else json.dumps(value))
    elif command == "bad":
        for one in messages(out):
            if "bad" in one:
                print(one["by"], one["bad"], repr(one["raw"]))


if __name__ == "__main__":
    main()
