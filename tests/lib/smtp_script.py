"""smtp_script.py DIR TLSDIR PORT TLSPORT: a mail server that does as told.

In the foreground, until it is ended.  It also listens at DIR/socket.  What it
does differently from a good server stands in DIR/script, a line each, read
anew for every answer; the first line whose words fit is used:

    STAGE [ARGUMENT] ANSWER

STAGE is greeting, ehlo, starttls, auth, mail, rcpt, data or dot; a rcpt's
ARGUMENT is the address.  ANSWER is a reply (451 not now; \\n parts lines), or

    drop        closes the connection
    hang        says nothing more until the client goes
    lines       answers well, in a reply of 10 MB
    line        answers well, in a line of 1.6 MB
    close       answers well and closes behind it
    once ANSWER only the first time since the script was written

Lines of one word: nostarttls, nopipelining, noauth, needauth, needcert.
"auths WORDS" names the mechanisms to offer; "password WORD" is the good one.
DIR/mails gets a line of JSON per mail, DIR/mbox the mail for mail.py, and
DIR/talk what clients said, with the number of their connection.
"""
import base64
import hashlib
import hmac
import json
import mailbox
import os
import socket
import ssl
import sys
import threading

directory, tls_directory, port, tls_port = sys.argv[1:]
lock = threading.Lock()
used = set()
connections = 0


def path(name):
    return os.path.join(directory, name)


def append(name, text):
    with lock, open(path(name), "a") as file:
        file.write(text + "\n")


class Gone(Exception):
    pass


class Script:
    def __init__(self):
        try:
            with open(path("script")) as file:
                self.lines = [line.split() for line in file if line.strip()]
            self.stamp = os.stat(path("script")).st_mtime_ns
        except FileNotFoundError:
            self.lines, self.stamp = [], 0

    def has(self, word):
        return [word] in self.lines

    def words(self, name, otherwise):
        for line in self.lines:
            if line[0] == name:
                return line[1:]
        return otherwise

    def answer(self, stage, argument=None):
        for number, line in enumerate(self.lines):
            if line[0] != stage or len(line) < 2:
                continue
            rest = line[1:]
            if argument is not None:
                if rest[0] != argument:
                    continue
                rest = rest[1:]
            if rest[0] == "once":
                with lock:
                    if (self.stamp, number) in used:
                        continue
                    used.add((self.stamp, number))
                rest = rest[1:]
            return " ".join(rest)
        return None


class Session:
    def __init__(self, connection, number, over_tls):
        self.socket = connection
        self.number = number
        self.tls = over_tls
        self.user = None
        self.script = Script()
        self.file = connection.makefile("rb")
        self.sender, self.recipients = None, []

    def say(self, text):
        lines = text.replace("\\n", "\n").split("\n")
        self.socket.sendall(b"".join(line.encode() + b"\r\n" for line in lines))

    def flood(self, first, middle, last):
        self.socket.sendall(first)
        for _ in range(160):
            self.socket.sendall(middle)
        self.socket.sendall(last)

    def line(self):
        line = self.file.readline(65536)
        if not line.endswith(b"\n"):
            raise Gone
        text = line.decode("latin-1").rstrip("\r\n")
        append("talk", f"{self.number} {text}")
        return text

    def hang(self):
        while self.file.read(1):
            pass
        raise Gone

    def reply(self, stage, good, argument=None):
        """True when it went well."""
        self.script = Script()
        answer = self.script.answer(stage, argument)
        if answer == "drop":
            raise Gone
        if answer == "hang":
            self.hang()
        if answer == "lines":
            self.flood(b"", b"250-x\r\n" * 10000, b"250 ok\r\n")
            return True
        if answer == "line":
            self.flood(b"250 ", b"x" * 10000, b"\r\n")
            return True
        self.say(good if answer in (None, "close") else answer)
        if answer == "close":
            raise Gone
        return answer is None or answer.startswith("2")

    def serve(self):
        if not self.reply("greeting", "220 scripted ESMTP"):
            self.wait_for_quit()
        while True:
            line = self.line()
            verb, _, rest = line.partition(" ")
            name = "do_" + verb.lower()
            if not hasattr(self, name):
                self.say("500 what")
                continue
            getattr(self, name)(rest)

    def wait_for_quit(self):
        while self.line() != "QUIT":
            self.say("503 no")
        raise Gone

    def do_quit(self, rest):
        self.reply("quit", "221 bye")
        raise Gone

    def do_helo(self, rest):
        self.do_ehlo(rest)

    def do_ehlo(self, rest):
        offers = ["scripted"]
        if not self.tls and not self.script.has("nostarttls"):
            offers.append("STARTTLS")
        if not self.script.has("noauth"):
            offers.append("AUTH " + " ".join(self.mechanisms()))
        if not self.script.has("nopipelining"):
            offers.append("PIPELINING")
        offers.append("SIZE 1000000")
        lines = ["250-" + offer for offer in offers[:-1]]
        self.reply("ehlo", "\n".join(lines + ["250 " + offers[-1]]))

    def mechanisms(self):
        return self.script.words("auths", ["PLAIN", "LOGIN"])

    def do_starttls(self, rest):
        if not self.reply("starttls", "220 go"):
            return
        self.file.detach()
        self.socket = context(self.script).wrap_socket(
            self.socket, server_side=True
        )
        self.file = self.socket.makefile("rb")
        self.tls = True

    def password(self):
        return self.script.words("password", ["s3cret"])[0]

    def challenge(self, text):
        self.say("334 " + base64.b64encode(text).decode())
        return base64.b64decode(self.line())

    def credentials(self, mechanism, initial):
        if mechanism == "PLAIN":
            if not initial:
                initial = base64.b64encode(self.challenge(b"")).decode()
            _, user, password = base64.b64decode(initial).split(b"\0")
            return user, password == self.password().encode()
        if mechanism == "LOGIN":
            user = base64.b64decode(initial) if initial else None
            user = user or self.challenge(b"Username:")
            password = self.challenge(b"Password:")
            return user, password == self.password().encode()
        if mechanism == "CRAM-MD5":
            nonce = b"<1.2@scripted>"
            user, digest = self.challenge(nonce).rsplit(b" ", 1)
            good = hmac.new(self.password().encode(), nonce, hashlib.md5)
            return user, digest == good.hexdigest().encode()
        return b"", False

    def do_auth(self, rest):
        mechanism, _, initial = rest.partition(" ")
        user, good = self.credentials(mechanism, initial)
        if good and self.reply("auth", "235 2.7.0 in"):
            self.user = user.decode()
        elif not good:
            self.say(f"535 5.7.8 {self.password()} is another")

    def do_mail(self, rest):
        if self.script.has("needauth") and not self.user:
            self.say("530 5.7.0 log in first")
        elif self.reply("mail", "250 2.1.0 ok"):
            self.sender, self.recipients = rest, []

    def do_rcpt(self, rest):
        address = rest.partition("<")[2].partition(">")[0]
        if self.reply("rcpt", "250 2.1.5 ok", address):
            self.recipients.append(address)

    def do_data(self, rest):
        if not self.recipients:
            self.say("554 5.5.1 no recipients")
            return
        if not self.reply("data", "354 go on"):
            return
        lines = []
        while True:
            line = self.file.readline(1 << 20)
            if not line.endswith(b"\n"):
                raise Gone
            if line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b".") else line)
        self.keep(b"".join(lines))
        self.reply("dot", f"250 2.0.0 kept by connection {self.number}")

    def keep(self, data):
        append("mails", json.dumps({
            "connection": self.number, "from": self.sender,
            "to": self.recipients, "tls": self.tls, "user": self.user,
            "data": data.decode("latin-1"),
        }))
        with lock:
            box = mailbox.mbox(path("mbox"))
            box.add(data.replace(b"\r\n", b"\n"))
            box.close()


def context(script):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(
        os.path.join(tls_directory, "srv.pem"),
        os.path.join(tls_directory, "srv.key"),
    )
    if script.has("needcert"):
        made.verify_mode = ssl.CERT_REQUIRED
        made.load_verify_locations(os.path.join(tls_directory, "ca.pem"))
    return made


def run(connection, number, over_tls):
    session = None
    try:
        if over_tls:
            connection = context(Script()).wrap_socket(
                connection, server_side=True
            )
        session = Session(connection, number, over_tls)
        session.serve()
    except (Gone, OSError, ValueError):
        pass
    finally:
        # A socket that was wrapped is another one.
        for one in (session.socket if session else connection, connection):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            one.close()


def listen(server, over_tls):
    global connections
    server.listen()
    while True:
        connection, _ = server.accept()
        with lock:
            connections += 1
            number = connections
        append("talk", f"{number} connects")
        threading.Thread(
            target=run, args=(connection, number, over_tls), daemon=True
        ).start()


def bound(where, family=socket.AF_INET):
    server = socket.socket(family)
    if family == socket.AF_INET:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(where)
    return server


threads = [
    threading.Thread(target=listen, args=(server, over_tls), daemon=True)
    for server, over_tls in (
        (bound(("127.0.0.1", int(port))), False),
        (bound(("127.0.0.1", int(tls_port))), True),
        (bound(path("socket"), socket.AF_UNIX), False),
    )
]
for thread in threads:
    thread.start()
threads[0].join()
