"""mails.py FRAMES MBOX: judges the mails that mails.c wrote.

Python's parsers of mail, mailboxes and HTML are the judges; what log text
should have become is said here once more, from its description and not from
ctail's code.  Prints what is wrong, and a line with the numbers at the end.
"""
import codecs
import email.policy
import mailbox
import re
import struct
import sys
from html.parser import HTMLParser

ATTRIBUTES = {
    "html": {"lang"}, "head": set(), "title": set(), "style": set(),
    "meta": {"charset", "name", "content"}, "body": {"style"},
    "div": {"style", "class"}, "p": set(), "mark": {"style"},
    "table": {"style", "role"}, "tr": set(), "td": {"style"},
    "th": {"scope", "style", "class"}, "pre": {"style", "class"},
}
HEADERS = [
    "Date", "From", "To", "Subject", "Message-ID", "References",
    "Auto-Submitted", "X-Ctail-Rule", "X-Ctail-Id", "MIME-Version",
    "Content-Type",
]
URGENT = ["Importance", "X-Priority"]
CONTROLS = {*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, 0x61C, 0x200E,
            0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)}

wrong = []


def fields(data):
    at = 0
    while at < len(data):
        size = data[at]
        name = data[at + 1:at + 1 + size].decode()
        (length,) = struct.unpack_from(">I", data, at + 1 + size)
        at += 5 + size
        yield name, data[at:at + length]
        at += length


def frames(data):
    at = 0
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        yield data[at + 4:at + 4 + length]
        at += 4 + length


def characters(raw):
    """(character, first byte, byte behind) of bytes that may be no text."""
    bad = []

    def note(error):
        bad.append((error.start, error.end))
        return "\ufffd", error.end

    codecs.register_error("noted", note)
    raw.decode("utf-8", "noted")
    found, at = [], 0
    for start, end in bad + [(len(raw), len(raw))]:
        for character in raw[at:start].decode():
            found.append((character, at, at + len(character.encode())))
            at = found[-1][2]
        if end > start:
            found.append(("\ufffd", start, end))
        at = end
    return found


def heading(raw, most=None):
    text = "".join(" " if ord(c) in CONTROLS else c
                   for c in raw.decode("utf-8", "replace")).strip(" ")
    return text if most is None or len(text) <= most else text[:most] + "..."


def spelled(character):
    code = ord(character)
    if character == "\t" or code not in CONTROLS:
        return character
    return f"\\x{code:02X}" if code < 0x100 else f"\\u{{{code:04X}}}"


def shown(raw, match=(0, 0), most=1000):
    """A record as people see it, and what of it is highlighted."""
    lines, at, marked, between = [], 0, "", ""
    for number, line in enumerate(raw.split(b"\n")):
        found = characters(line)
        text = "    " if number else ""
        between += "\n    " if number else ""
        for character, start, end in found[:most]:
            text += spelled(character)
            if at + start < match[1] and at + end > match[0]:
                marked += (between if marked else "") + spelled(character)
                between = ""
        if len(found) > most:
            left = f" [... {len(line) - found[most][1]} more bytes]"
            text += left
            between = left + between
        lines.append(text)
        at += len(line) + 1
    return "\n".join(lines), marked


def one_line(raw):
    return "".join(spelled(c) for c, _, _ in characters(raw))


class Page(HTMLParser):
    """What stands in which element; complains about all that is not ours."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.stack, self.texts, self.marks, self.hints = [], [], [], []
        self.in_hint = False
        self.errors = []
        self.feed(text)
        self.close()
        if self.stack:
            self.errors.append(f"left open: {self.stack}")

    def handle_starttag(self, tag, attrs):
        if tag not in ATTRIBUTES:
            self.errors.append(f"<{tag}>")
        for name, value in attrs:
            if name not in ATTRIBUTES.get(tag, ()):
                self.errors.append(f"{name} in <{tag}>")
            if re.search(r"url|expression|import|javascript|//", value or ""):
                self.errors.append(f"{name}={value}")
        if tag == "meta":
            return
        self.stack.append(tag)
        self.in_hint = tag == "pre" and ("class", "hint") in attrs
        if tag in ("div", "td", "th", "p", "title", "pre"):
            self.texts.append("")
        if self.in_hint:
            self.hints.append("")
        if tag == "mark":
            self.marks.append("")

    def handle_startendtag(self, tag, attrs):
        self.errors.append(f"<{tag}/>")

    def handle_endtag(self, tag):
        if not self.stack or self.stack.pop() != tag:
            self.errors.append(f"</{tag}>")

    def handle_comment(self, data):
        self.errors.append("a comment")

    def handle_pi(self, data):
        self.errors.append("a processing instruction")

    def unknown_decl(self, data):
        self.errors.append("a declaration")

    def handle_data(self, data):
        if "style" in self.stack:
            if re.search(r"url|@import|<", data):
                self.errors.append("a style that fetches")
            return
        if any(ord(c) in CONTROLS and c not in "\t\n" for c in data):
            self.errors.append("a control character")
        if self.texts:
            self.texts[-1] += data
        if "mark" in self.stack:
            self.marks[-1] += data
        if self.in_hint and "pre" in self.stack:
            self.hints[-1] += data


def check_bytes(mail, complain):
    if re.search(rb"[^\x20-\x7e\r\n\t]", mail):
        complain("it is not 7-bit text")
    if re.search(rb"(?<!\r)\n|\r(?!\n)", mail):
        complain("a bare CR or LF")
    for line in mail.split(b"\r\n"):
        long = len(line) > (78 if not b"@" in line else 250)
        if long or line == b"." or re.match(b">*From ", line):
            complain(f"a line: {line!r}")
    for body in mail.split(b"\r\n--=_")[1:]:
        if any(len(line) > 76 for line in body.split(b"\r\n")[1:]):
            complain("a long line in a part")
    if mail.count(b"\r\n--=_ctail-") != 3:
        complain("boundaries")


def check_headers(message, alert, complain):
    urgent = (alert["severity"] == [b"critical"]
              and alert["kind"] != [b"recovery"])
    names = [name for name in message.keys()
             if not urgent or name not in URGENT]
    if names != HEADERS or (urgent and message["Importance"] != "high"):
        complain(f"headers {message.keys()}")
    rule, subject = heading(alert["rule"][0]), heading(alert["subject"][0], 200)
    if not subject:
        subject = heading(b"ctail: " + heading(alert["rule"][0], 200).encode())
    if str(message["Subject"]) != subject:
        complain(f"subject {message['Subject']!r} not {subject!r}")
    if str(message["X-Ctail-Rule"]).strip() != rule:
        complain(f"rule {message['X-Ctail-Rule']!r} not {rule!r}")
    if message["Message-ID"].split("@")[0] != "<" + alert["id"][0].decode():
        complain("message id")
    if [a.addr_spec for a in message["To"].addresses] != [
            "ops@example.org", "oncall@example.org"]:
        complain("recipients")


def check_parts(message, record, complain):
    for part in message.walk():
        complaints = [*part.defects]
        for value in part.values():
            complaints += getattr(value, "defects", ())
        if complaints:
            complain(f"defects {complaints}")
    if message.get_content_type() != "multipart/alternative":
        complain(message.get_content_type())
    parts = list(message.iter_parts())
    for part, kind in zip(parts, ("plain", "html"), strict=True):
        content = part.get_payload(decode=True).replace(b"\r\n", b"\n")
        if part.get_content_type() != "text/" + kind or content != record[kind]:
            complain(f"the part {kind}")


def check_page(record, alert, lines, complain):
    page = Page(record["html"].decode())
    for error in page.errors:
        complain(f"HTML: {error}")
    texts = [text.strip("\n") for text in page.texts]
    marks = list(page.marks)
    for raw, match in lines:
        text, marked = shown(raw, match)
        if match != (0, 0) and not marked:
            first = raw[match[0]:match[1]]
            marked = one_line(first)[:200]
        if match == (0, 0) and text.strip("\n") not in texts:
            complain(f"HTML lacks {text!r}")
        elif match != (0, 0) and not any(
                seen.startswith(text.strip("\n")) for seen in texts):
            complain(f"HTML lacks {text!r}")
        if marked and not any(mark.startswith(marked) for mark in marks):
            complain(f"nothing marks {marked!r} in {raw!r}, but {marks!r}")
    if not any(match != (0, 0) for _, match in lines) and marks:
        complain("a mark without a match")
    for name in ("file", "key"):
        value = one_line(alert[name][0]).strip("\n")
        if value and value not in texts:
            complain(f"HTML lacks the {name} {value!r}")
    hints = [heading(alert[name][0])
             for name in ("hint_exclude", "hint_silence") if alert[name][0]]
    if page.hints != hints:
        complain(f"hints {page.hints!r} not {hints!r}")


def alert_of(data):
    alert, lines = {}, []
    for name, value in fields(data):
        alert.setdefault(name, []).append(value)
        if name in ("line", "before", "after"):
            lines.append((value, (0, 0)))
        elif name == "match":
            start, length = map(int, value.split())
            lines[-1] = (lines[-1][0], (start, start + length))
    return alert, lines


def main():
    count = marks = 0
    box = open(sys.argv[2], "wb")
    mails = []
    for count, frame in enumerate(frames(open(sys.argv[1], "rb").read()), 1):
        record = dict(fields(frame))
        alert, lines = alert_of(record["alert"])
        marks += sum(match != (0, 0) for _, match in lines)

        def complain(what, number=count):
            wrong.append(f"mail {number}: {what}")

        message = email.message_from_bytes(
            record["mail"], policy=email.policy.default)
        check_bytes(record["mail"], complain)
        check_headers(message, alert, complain)
        check_parts(message, record, complain)
        check_page(record, alert, lines, complain)
        mails.append(record["mail"].replace(b"\r\n", b"\n"))
        box.write(record["mbox"])
    box.close()
    kept = mailbox.mbox(sys.argv[2], create=False)
    if [kept.get_bytes(key) for key in kept.keys()] != mails:
        wrong.append("the mailbox does not hold the mails")
    if any(kept[key].get_from() != "ctail@example.org Tue Nov 14 22:13:20 2023"
           for key in kept.keys()):
        wrong.append("a From line of the mailbox")
    print(*wrong[:20], sep="\n", end="\n" if wrong else "")
    print(f"{count} mails, {'no' if not marks else 'some'} matches, "
          f"{len(wrong)} wrong")


main()
