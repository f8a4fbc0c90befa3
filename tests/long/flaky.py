"""flaky.py DIR PERCENT: a web and a mail server that fail at PERCENT of what
they are asked.

Listens on 127.0.0.1 at the ports that it writes to DIR/web and DIR/mail, and
appends a line to DIR/requests for each request: how it was answered, where it
went to (path, or recipient), the id, the incident, a hash of the body.
"taken" is answered with yes.  "lost-*" was taken too, but its answer does not
arrive: the connection is closed, the answer breaks off, or comes after the
client's patience.  "not-*" was not taken: an error at some stage, or the
connection is closed there.
"""
import asyncio
import email.parser
import hashlib
import json
import os
import pathlib
import random
import sys

directory = pathlib.Path(sys.argv[1])
percent = float(sys.argv[2])
chance = random.Random(int(os.environ["SEED"]))
late = float(os.environ.get("LATE", "2"))
requests = open(directory / "requests", "a", encoding="utf-8", buffering=1)

LOST = ("lost-closed", "lost-cut", "lost-late")
WEB = LOST + ("not-500", "not-503", "not-429", "not-408", "not-read",
              "not-answered")
MAIL = LOST + ("not-421-mail", "not-451-mail", "not-450-rcpt",
               "not-421-rcpt", "not-closed-rcpt", "not-451-data",
               "not-452-end", "not-421-end", "not-closed-data")


def draw(kinds):
    return chance.choice(kinds) if chance.random() * 100 < percent else "taken"


def note(kind, where, known="-", incident="-", body=b""):
    digest = hashlib.sha256(body).hexdigest()[:16]
    requests.write(f"{kind} {where} {known} {incident} {digest}\n")


class GiveUp(Exception):
    """The connection is closed, whatever the other side expects."""


async def finish(kind, writer, yes):
    """The answer to what was taken, or what is left of it."""
    if kind == "lost-cut":
        writer.write(yes[:6])
    if kind in ("lost-closed", "lost-cut"):
        await writer.drain()
        raise GiveUp
    if kind == "lost-late":
        await asyncio.sleep(late)
    writer.write(yes)
    await writer.drain()


# --- The web ----------------------------------------------------------------

async def web_request(reader, writer):
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines if ": " in line)
    headers = {name.lower(): value for name, value in headers.items()}
    known = headers.get("webhook-id", "-")
    where = first.split(" ")[1]
    kind = draw(WEB)
    if kind == "not-read":
        note(kind, where, known)
        raise GiveUp
    body = await reader.readexactly(int(headers["content-length"]))
    note(kind, where, known, json.loads(body)["incident"], body)
    if kind == "taken" or kind in LOST:
        await finish(kind, writer, b"HTTP/1.1 200 OK\r\n"
                     b"Content-Length: 2\r\n\r\nok")
        return
    if kind == "not-answered":
        raise GiveUp
    more = "Retry-After: 1\r\n" if kind == "not-429" else ""
    writer.write(f"HTTP/1.1 {kind[4:]} No\r\n{more}"
                 "Content-Length: 2\r\n\r\nno".encode())
    await writer.drain()


# --- Mail -------------------------------------------------------------------

async def say(writer, text):
    writer.write(text.encode() + b"\r\n")
    await writer.drain()
    if text.startswith("421"):
        raise GiveUp


async def mail_data(reader, writer, kind, where):
    if kind == "not-451-data":
        note(kind, where)
        await say(writer, "451 4.3.0 not now")
        return
    await say(writer, "354 go ahead")
    if kind == "not-closed-data":
        note(kind, where)
        raise GiveUp
    lines = []
    while (line := await reader.readuntil(b"\r\n")) != b".\r\n":
        lines.append(line[1:] if line.startswith(b".") else line)
    body = b"".join(lines)
    message = email.parser.BytesHeaderParser().parsebytes(body)
    incident = (message["References"] or "-").strip("<>").split("@")[0]
    note(kind, where, message["X-Ctail-Id"], incident, body)
    if kind == "taken" or kind in LOST:
        await finish(kind, writer, b"250 2.0.0 taken\r\n")
    else:
        await say(writer, {"not-452-end": "452 4.3.1 no room",
                           "not-421-end": "421 4.3.2 going down"}[kind])


async def mail_command(reader, writer, state):
    line = (await reader.readuntil(b"\r\n")).decode("latin-1").rstrip()
    verb = line.split(" ")[0].upper()
    if verb == "MAIL":
        # Whoever waits between two messages may find the door shut.
        state["kind"] = draw(MAIL)
        if state["kind"] == "not-421-mail":
            note(state["kind"], "-")
            await say(writer, "421 4.3.2 not now")
        refuse = state["kind"] == "not-451-mail"
        if refuse:
            note(state["kind"], "-")
        await say(writer, "451 4.3.0 not now" if refuse else "250 2.1.0 yes")
    elif verb == "RCPT":
        where = line.split("<")[1].split("@")[0]
        state["where"] = where
        kind = state["kind"]
        if kind.endswith("-rcpt"):
            note(kind, where)
        if kind == "not-closed-rcpt":
            raise GiveUp
        await say(writer, {"not-450-rcpt": "450 4.2.0 greylisted",
                           "not-421-rcpt": "421 4.3.2 going down"}.get(
                               kind, "250 2.1.5 yes"))
    elif verb == "DATA":
        await mail_data(reader, writer, state["kind"], state["where"])
    elif verb == "QUIT":
        await say(writer, "221 2.0.0 bye")
        raise GiveUp
    else:
        await say(writer, "250 flaky")


async def mail_dialogue(reader, writer):
    state = {}
    await say(writer, "220 flaky")
    while True:
        await mail_command(reader, writer, state)


async def web_dialogue(reader, writer):
    while True:
        await web_request(reader, writer)


def guarded(dialogue):
    async def run(reader, writer):
        try:
            await dialogue(reader, writer)
        except (GiveUp, asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.transport.abort() if writer.is_closing() else writer.close()
    return run


async def main():
    for name, dialogue in (("web", web_dialogue), ("mail", mail_dialogue)):
        server = await asyncio.start_server(
            guarded(dialogue), "127.0.0.1", 0, backlog=256, limit=1 << 20)
        port = server.sockets[0].getsockname()[1]
        (directory / (name + ".new")).write_text(f"{port}\n")
        (directory / (name + ".new")).rename(directory / name)
    await asyncio.Event().wait()


asyncio.run(main())
