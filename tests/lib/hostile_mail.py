"""What a mail of a hostile record may be, by Python's parsers of mail,
mailboxes and HTML (for hostile_judge.py)."""
import email.policy
import mailbox
import re
from html.parser import HTMLParser

from hostile import CONTROL, heading
from hostile_corpus import MARK

HEADERS = [
    "Date", "From", "To", "Subject", "Message-ID", "References",
    "Auto-Submitted", "X-Ctail-Rule", "X-Ctail-Id", "MIME-Version",
    "Content-Type",
]
URGENT = ["Importance", "X-Priority"]
# Elements, and the attributes each may have.
PAGE = {
    "html": {"lang"}, "head": set(), "title": set(), "style": set(),
    "meta": {"charset", "name", "content"}, "body": {"style"},
    "div": {"style", "class"}, "p": set(), "mark": {"style"},
    "table": {"style", "role"}, "tr": set(), "td": {"style"},
    "th": {"scope", "style", "class"}, "pre": {"style", "class"},
}
SESSION = re.compile(
    r"(EHLO agent\.test\r\n)?(RSET\r\n)?"
    r"MAIL FROM:<ctail@test\.invalid>( SIZE=\d+)?\r\n"
    r"RCPT TO:<ops@test\.invalid>\r\nRCPT TO:<root@test\.invalid>\r\nDATA\r\n")


class Page(HTMLParser):
    """All text of a page, and what is in it that we never write."""

    def __init__(self, source):
        super().__init__(convert_charrefs=True)
        self.open, self.text, self.wrong = [], "", []
        self.feed(source)
        self.close()
        if self.open:
            self.wrong.append(f"{self.open} left open")

    def handle_starttag(self, tag, attrs):
        if tag != "meta":
            self.open.append(tag)
        for name, value in attrs:
            if name not in PAGE.get(tag, ()) or re.search(
                    r"url\(|expression|script|//|" + MARK, value or ""):
                self.wrong.append(f"<{tag} {name}={value}>")
        if tag not in PAGE:
            self.wrong.append(f"<{tag}>")

    def handle_startendtag(self, tag, attrs):
        self.wrong.append(f"<{tag}/>")

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}>")

    def handle_comment(self, data):
        self.wrong.append(f"<!--{data}")

    def unknown_decl(self, data):
        self.wrong.append(f"<![{data}")

    def handle_pi(self, data):
        self.wrong.append(f"<?{data}")

    def handle_data(self, data):
        if "style" in self.open:
            if re.search(r"url\(|@import|<|" + MARK, data):
                self.wrong.append("a style that is not ours")
        else:
            self.text += data
            if CONTROL.search(data.replace("\n", "").replace("\t", "")):
                self.wrong.append("a control character in the page")


def bytes_wrong(raw, newline):
    if re.search(rb"[^\x20-\x7e\r\n\t]", raw):
        yield "it is not 7-bit text"
    if newline == b"\n" and b"\r" in raw:
        yield "a CR where lines end with LF"
    if newline == b"\r\n" and re.search(rb"(?<!\r)\n|\r(?!\n)", raw):
        yield "a bare CR or LF"
    for line in raw.split(newline):
        if len(line) > 998 or re.match(b">*From |\\.$", line):
            yield f"the line {line[:80]!r}"


def headers_wrong(message, told):
    names = [name for name in message.keys() if name not in URGENT]
    if names != HEADERS:
        yield f"its headers are {message.keys()}"
        return
    if (message["Importance"] == "high") != (told.rule == "rich"):
        yield "its importance"
    subject = heading(told.told_subject(), 200)
    if not subject:
        subject = "ctail: " + told.rule
    if str(message["Subject"]) != subject:
        yield f"its subject is {str(message['Subject'])!r}, not {subject!r}"
    if message["X-Ctail-Rule"] != told.rule:
        yield f"its rule is {message['X-Ctail-Rule']!r}"
    for name in "Message-ID", "References", "Date", "Content-Type":
        if MARK in message[name]:
            yield f"log text in {name}"
    if message["Message-ID"] != f"<{told.id}@{told.host}>":
        yield f"its id is {message['Message-ID']}"


def parts_wrong(message, told):
    for part in message.walk():
        defects = [*part.defects]
        for value in part.values():
            defects += getattr(value, "defects", ())
        if defects:
            yield f"defects: {defects}"
    if message.get_content_type() != "multipart/alternative":
        yield message.get_content_type()
        return
    kinds = [part.get_content_type() for part in message.iter_parts()]
    if kinds != ["text/plain", "text/html"]:
        yield f"its parts are {kinds}"
        return
    plain, page = (part.get_content().replace("\r\n", "\n")
                   for part in message.iter_parts())
    if CONTROL.search(plain.replace("\n", "").replace("\t", "")):
        yield "a control character"
    if "\n" + told.block() not in plain:
        yield f"its text lacks {told.block()!r}"
    if plain.count("\nRule    ") != 1 or plain.count("\nId      ") != 1:
        yield "its text has facts that are forged"
    page = Page(page)
    yield from (f"HTML: {what}" for what in page.wrong)
    for line in told.block().split("\n"):
        if line.strip() and line.strip() not in page.text:
            yield f"its HTML lacks {line!r}"
    if told.file_shown() not in page.text:
        yield f"its HTML lacks the file {told.file_shown()!r}"


def mail_wrong(raw, newline, to, told_by_id):
    yield from bytes_wrong(raw, newline)
    message = email.message_from_bytes(raw, policy=email.policy.default)
    told = told_by_id.get(str(message["X-Ctail-Id"]))
    if told is None:
        yield f"nobody knows its id {message['X-Ctail-Id']}"
        return
    addresses = [a.addr_spec for a in message["To"].addresses]
    if addresses != to or message["From"] != "ctail@test.invalid":
        yield f"{told}: it is to {addresses}"
    for what in [*headers_wrong(message, told), *parts_wrong(message, told)]:
        yield f"{told}: {what}"


def session_wrong(session):
    """Of a mail session: the envelope, and dots."""
    if session["data"] is None:
        if session["commands"] not in ("QUIT\r\n", "RSET\r\nQUIT\r\n"):
            yield f"a session without a mail: {session['commands']!r}"
        return
    if not SESSION.fullmatch(session["commands"]):
        yield f"the commands {session['commands']!r}"
    if not session["data"].endswith("\r\n.\r\n"):
        yield "a message that does not end"
    if re.search(r"(^|\r\n)\.(?!\.)", session["data"][:-3]):
        yield "a dot that was not doubled"


def undotted(session):
    data = session["data"][:-3].encode("latin-1")
    return re.sub(rb"(^|\r\n)\.", rb"\1", data)


def box_wrong(path, count, told_by_id):
    with open(path, "rb") as file:
        lines = file.read().split(b"\n")
    froms = [line for line in lines if re.match(b">*From ", line)]
    if len(froms) != count:
        yield f"{len(froms)} lines begin with From"
    for line in froms:
        if not re.fullmatch(rb"From ctail@test\.invalid [A-Z][a-z]{2} "
                            rb"[A-Z][a-z]{2} [ \d]\d [\d:]{8} \d{4}", line):
            yield f"the line {line!r}"
    box = mailbox.mbox(path, create=False)
    if len(box) != count:
        yield f"{len(box)} mails"
    for key in box.keys():
        yield from mail_wrong(
            box.get_bytes(key), b"\n", ["root@test.invalid"], told_by_id)
