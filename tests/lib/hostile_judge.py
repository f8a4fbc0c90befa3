"""hostile_judge.py DIR [COMMAND [ONLY]]: judges what every sink got.

DIR is hostile.t's.  Commands, each of which prints what is wrong:

    count       how many alerts each sink should get (that is printed)
    lines posts mails programs syslog
    screen      standard input may be shown on a terminal
    bodies      (prints what came by HTTP, for json_judge)
"""
import collections
import json
import os
import re
import shlex
import sys

import hostile_mail
import hostile_posts
from hostile import CONTROL, heading, shown, text, upper
from hostile_corpus import MARK, records

RULES = ("plain", "rich")
RECIPIENTS = ["ops@test.invalid", "root@test.invalid"]
ID = re.compile("[0-9a-f]{40}")
LINE_BYTES = 8192       # told of a record
CAPTURE_BYTES = 4096
TYPED_BYTES = 256
SUBJECT_BYTES = 2000
KEY_BYTES = 1024        # of a longer one a digest stands at the end


def same(got, data, most):
    """Whether a text is that of the bytes, or of as many as are kept."""
    if len(data) <= most:
        return got == text(data)
    return got.startswith(text(data[:most // 2])[:-1])


def without_nul(data):
    return data.replace(b"\0", "\ufffd".encode())


class Told:
    """An alert: what should have been told of a record by a rule."""

    def __init__(self, record, rule, logs):
        self.record, self.rule = record, rule
        self.host = os.uname().nodename
        self.severity = "critical" if rule == "rich" else "warning"
        self.id = None
        # A CR at the end of a line belongs to its end.
        self.line = record.line.removesuffix(b"\r")
        self.what = self.line.split(b" ", 2)[2]
        self.key = without_nul(self.what) if rule == "rich" else b""
        self.conf = os.path.dirname(logs) + "/ctail.ini"
        self.file = os.fsencode(logs) + b"/" + record.name
        self.subject = without_nul(self.what)
        if rule == "plain":
            start = text(without_nul(self.line))[:120]
            self.subject = f"plain on {self.host}: {start}".encode()

    def __repr__(self):
        return f"{self.record} by {self.rule}"

    def block(self):
        """The record as people see it."""
        raw = self.line.split(b"\n")
        lines = [shown(line) for line in raw]
        if len(self.line) > LINE_BYTES or len(max(raw, key=len)) > 900:
            return lines[0][:900]
        return "\n    ".join(lines)

    def told_subject(self):
        """As the alert has it: cut, when it was long."""
        return self.got["subject"].encode()

    def file_shown(self):
        return CONTROL.sub(lambda m: shown(m[0].encode()), text(self.file))

    def is_key(self, got):
        if len(self.key) <= KEY_BYTES:
            return got == text(self.key)
        return re.fullmatch("~[0-9a-f]{64}", got[-65:]) and same(
            got[:-65], self.key, 900)

    def lacks(self, words):
        """A service that has little room may be sent the beginning."""
        want = self.block()
        if len(want.encode()) > 400:
            want = want[:120]
        want = want.translate(hostile_posts.LOOKS)
        if want not in words.translate(hostile_posts.LOOKS):
            yield f"it lacks {want!r}"

    def lacks_not(self, words):
        return not list(self.lacks(words))


def told_of(logs, only):
    return {(record.number, rule): Told(record, rule, logs)
            for record in records(only) for rule in RULES}


def read(path):
    with open(path, encoding="utf-8", newline="\n") as file:
        return [json.loads(line) for line in file]


def typed(key):
    """Whether a key can be part of a command; else that is for the rule."""
    return key and len(key.encode()) < TYPED_BYTES and not (
        CONTROL.search(key) or "\ufffd" in key)


def judge_alert(got, told):
    """What the alert as JSON says of the record."""
    want = {
        "kind": "match", "rule": told.rule, "severity": told.severity,
        "hostname": told.host, "log": told.record.name.split(b".")[0].split(
            b"/")[0].decode(), "file": text(told.file), "count": 1,
        "undecided": False,
    }
    for key, value in want.items():
        if got[key] != value:
            yield f"{key} is {got[key]!r}, not {value!r}"
    if not same(got["lines"][-1], told.line, LINE_BYTES):
        yield f"its line is {got['lines'][-1]!r}"
    if not same(got["subject"], told.subject, SUBJECT_BYTES):
        yield f"its subject is {got['subject'][:100]!r}"
    if not told.is_key(got["key"]):
        yield f"its key is {got['key'][:100]!r}"
    for name, value in (("what", told.what), ("3", told.what), ("none", b""),
                        ("0", told.line)):
        if not same(got["captures"][name], value, CAPTURE_BYTES):
            yield f"its capture {name} is {got['captures'][name][:100]!r}"
    if not re.fullmatch("[ -~]*", got.get("hint_exclude", "")):
        yield f"hint_exclude cannot be pasted: {got['hint_exclude']!r}"
    hint = got.get("hint_silence")
    want = ["ctailctl", "-c", told.conf, "silence", told.rule, *(
        ["key=" + got["key"]] if typed(got["key"]) else []), "8h"]
    if hint and (CONTROL.search(hint) or shlex.split(hint) != want):
        yield f"hint_silence cannot be pasted: {hint!r}"


def judge_lines(where, told):
    """[file]: which also says which id is of which record."""
    found = read(where + "/got/lines.jsonl")
    for got in found:
        one = told[int(got["captures"]["case"]), got["rule"]]
        if one.id:
            yield f"{one}: it is there twice"
        one.id = got["id"]
        one.got = got
        for what in judge_alert(got, one):
            yield f"{one}: {what}"
    if len(found) != len(told):
        yield f"{len(found)} lines, not {len(told)}"


# --- HTTP ---------------------------------------------------------------------

EXTRA = {
    "words": {"Content-Type": "text/plain"},
    "mine": {"X-Env": "prod"},
    "ntfy": {"Authorization": "Bearer ntoken"},
    "gotify": {"X-Gotify-Key": "gtoken"},
    "googlechat": {"Content-Type": "application/json; charset=UTF-8"},
}


def head_wrong(post, id_, port):
    """Every byte of a request's head is known."""
    name = post["name"]
    path = "/api/v2/alerts" if name == "api" else "/" + name
    want = {"Host": f"127.0.0.1:{port}", "Accept": "*/*",
            "User-Agent": None, "Content-Type": "application/json",
            "Content-Length": str(len(post["body"]))}
    if name != "api":
        want.update({"webhook-id": id_, "Idempotency-Key": id_})
    want.update(EXTRA.get(name, {}))
    first, *lines = post["head"].removesuffix("\r\n\r\n").split("\r\n")
    got = dict(line.split(": ", 1) for line in lines)
    if re.fullmatch(r"ctail/[\d.]+", got.get("User-Agent", "")):
        want["User-Agent"] = got["User-Agent"]
    if first != f"POST {path} HTTP/1.1" or len(got) != len(lines):
        yield f"the request {first!r}"
    if got != want:
        yield f"its headers are {got}, not {want}"


def judge_mine(body, told):
    subject, what = body["text"], body["what"]
    if not same(subject, told.subject, SUBJECT_BYTES) or not same(
            what, told.what, CAPTURE_BYTES):
        yield f"its text is {subject[:100]!r} of {what[:100]!r}"
    want = {
        "n": 1, "none": "", "short": upper(what[:5]), "key": None,
        "file": text(told.file), "text": subject, "what": what,
        "url": None, "html": None, "lines": None,
    }
    got = dict(body)
    if not told.is_key(got["key"][1:-1]):
        yield "its key"
    if not re.fullmatch(r"([\w.~-]|%[0-9A-F]{2})*", got["url"], re.A):
        yield f"its url is {got['url'][:100]!r}"
    if re.search("[<>\"']|&(?!(lt|gt|amp|quot|#39|#x27);)", got["html"]):
        yield f"its html is {got['html'][:100]!r}"
    if not same(got["lines"], told.line, LINE_BYTES):
        yield f"its lines are {got['lines'][:100]!r}"
    got.update(key=None, url=None, html=None, lines=None)
    if got != want:
        yield f"it is {got}, not {want}"


def judge_words(body, told):
    want = b"$ %s [%s] %03d [] " % (
        told.id.encode(), told.what, told.record.number)
    if len(told.what) <= CAPTURE_BYTES and not body.startswith(want):
        yield f"its body is {body[:200]!r}, not {want!r}"
    if not body.endswith(b" end"):
        yield "its body does not end"


def judge_body(post, told):
    raw = post["body"].encode("latin-1")
    name = post["name"]
    if name == "words":
        yield from judge_words(raw, told)
        return
    body = hostile_posts.parse(raw)
    if name == "mine":
        yield from judge_mine(body, told)
    elif name == "json":
        if body != told.got:
            yield "it is not what the file says"
    elif name == "api":
        yield from hostile_posts.alertmanager(body, told)
        yield from hostile_posts.clean_wrong(body)
    else:
        judge, structure = hostile_posts.SERVICES[name]
        found = hostile_posts.shape(body)
        if "payload" in found:  # one that would be too long is left out
            found["payload"]["custom_details"].setdefault("hints", "str")
        if found != structure:
            yield f"its structure is {found}"
            return
        yield from judge(body, told)
        yield from hostile_posts.clean_wrong(body)


def judge_posts(where, told):
    with open(where + "/got/ports", encoding="ascii") as file:
        port = dict(line.split() for line in file)["http"]
    ids = {one.id: one for one in told.values()}
    seen = collections.Counter()
    for post in read(where + "/got/http"):
        if post["name"] in ("sour", "down"):
            continue
        raw = post["body"].encode("latin-1")
        name = post["name"]
        found = ID.search(
            json.loads(raw)[0]["annotations"]["id"] if name == "api"
            else post["head"].split("webhook-id: ")[1])
        one = ids.get(found[0])
        if not one:
            yield f"{name}: nobody knows the id {found[0]}"
            continue
        seen[name, one.id] += 1
        for what in (*head_wrong(post, one.id, port), *judge_body(post, one)):
            yield f"{name}, {one}: {what}"
    for name in {*hostile_posts.SERVICES, "json", "mine", "words", "api"}:
        for id_, one in ids.items():
            if seen[name, id_] != 1:
                yield f"{name}, {one}: {seen[name, id_]} times"


# --- Mail ---------------------------------------------------------------------


def judge_mails(where, told):
    ids = {one.id: one for one in told.values()}
    count = 0
    for session in read(where + "/got/smtp"):
        if "<sour@" in session["commands"]:
            continue
        yield from hostile_mail.session_wrong(session)
        if session["data"] is None:
            continue
        count += 1
        yield from hostile_mail.mail_wrong(
            hostile_mail.undotted(session), b"\r\n", RECIPIENTS, ids)
    if count != len(told):
        yield f"{count} mails by SMTP, not {len(told)}"
    yield from hostile_mail.box_wrong(
        where + "/got/box.mbox", len(told), ids)


# --- Programs -----------------------------------------------------------------

ENVIRONMENT = {"PATH", "LANG", "HOME", "USER", "LOGNAME", "SHELL"}
ALERT = {"CTAIL_RULE", "CTAIL_SUBJECT", "CTAIL_KEY", "CTAIL_ID",
         "CTAIL_SEVERITY", "CTAIL_VAR_CASE", "CTAIL_VAR_NONE",
         "CTAIL_VAR_WHAT", "CTAIL_VAR_0", "CTAIL_VAR_1", "CTAIL_VAR_2",
         "CTAIL_VAR_3"}


def runs(where, name):
    """(arguments, environment, input) of each."""
    top = f"{where}/got/run/{name}"
    for run in os.listdir(top):
        if run.startswith("unfinished"):
            yield None, None, None
            continue
        files = []
        for part in "argv", "env", "in":
            with open(f"{top}/{run}/{part}", "rb") as file:
                files.append(file.read())
        argv, env = (file.split(b"\0")[:-1] for file in files[:2])
        env = [entry.split(b"=", 1) for entry in env]
        env = [(key.decode("latin-1"), value) for key, value in env]
        yield argv, env, files[2]


def names_wrong(env, allowed):
    names = [name for name, _ in env]
    if len(set(names)) != len(names) or set(names) - allowed:
        yield f"the environment has {names}"


def judge_mailer(where, told):
    ids = {one.id: one for one in told.values()}
    want = [os.fsencode(where + "/mailer"), b"-oi", b"-f",
            b"ctail@test.invalid", b"--", *map(str.encode, RECIPIENTS)]
    count = 0
    for argv, env, mail in runs(where, "mailer"):
        count += 1
        if argv != want:
            yield f"its arguments are {argv}"
        yield from names_wrong(env, ENVIRONMENT)
        yield from hostile_mail.mail_wrong(
            mail, b"\n", RECIPIENTS, ids)
    if count != len(told):
        yield f"{count} mails, not {len(told)}"


def arguments_wrong(name, argv, told):
    """Raw bytes, one argument each, or as many as are kept."""
    what = argv[1]
    want = ([what, b"--x=" + what, b"[]", b"$"] if name == "command"
            else [what])
    if argv[1:] != want:
        yield f"its arguments are {argv}"
    if len(told.what) <= CAPTURE_BYTES and what != told.what:
        yield f"its first argument is {what!r}"
    if not told.what.startswith(what[:CAPTURE_BYTES - 4]):
        yield f"its first argument is {what[:100]!r}"


def judge_command(where, name, told):
    ids = {one.id: one for one in told.values()}
    ran = set()
    for argv, env, alert in runs(where, name):
        values = dict(env)
        one = ids.get(values["CTAIL_ID"].decode())
        if one is None or argv[0] != os.fsencode(f"{where}/{name}"):
            yield f"{argv[0]!r} of the alert {values['CTAIL_ID']!r}"
            continue
        ran.add(one.id)
        for what in (*names_wrong(env, ENVIRONMENT | ALERT),
                     *arguments_wrong(name, argv, one)):
            yield f"{one}: {what}"
        if json.loads(alert) != one.got:
            yield f"{one}: its input is another alert"
        if len(one.what) <= CAPTURE_BYTES and not (
                values["CTAIL_VAR_WHAT"] == values["CTAIL_VAR_3"] == one.what):
            yield f"{one}: its environment has {values['CTAIL_VAR_WHAT']!r}"
    for one in told.values():
        may = b"\0" not in one.what and not (
            name == "strict" and one.what.startswith(b"-"))
        if (one.id in ran) != may:
            yield f"{one}: it was {'not ' if may else ''}run"


def judge_programs(where, told):
    judges = {
        "mailer": judge_mailer(where, told),
        "command": judge_command(where, "command", told),
        "strict": judge_command(where, "strict", told),
    }
    for name, judge in judges.items():
        yield from (f"{name}: {what}" for what in judge)


# --- syslog -------------------------------------------------------------------


def judge_syslog(where, told):
    """The forms were judged by syslogd.py; here, what was said."""
    ids = {one.id: one for one in told.values()}
    by = collections.defaultdict(list)
    for got in read(where + "/syslog/messages"):
        by[got["by"]].append(got)
        if "bad" in got:
            yield f"{got['by']}: {got['bad']}: {got['raw'][:200]!r}"
        elif got["form"] == "rfc5424":
            one = ids[got["data"]["id"]]
            want = heading(one.told_subject(), 512)[:400]
            if not got["text"].startswith(want):
                yield f"{got['by']}, {one}: it says {got['text'][:200]!r}"
            key = heading(one.got["key"].encode(), 64)
            if not key.startswith(got["data"].get("key", "")):
                yield f"{one}: its key is {got['data']['key']!r}"
        if MARK in got["raw"].split("ctail-alert")[0]:
            yield f"{got['by']}: log text in {got['raw'][:200]!r}"
    for name in "unix", "udp", "tcp":
        if len(by[name]) != len(told):
            yield f"{len(by[name])} messages by {name}, not {len(told)}"
    start = [sorted(got.get("text", "")[:200] for got in by[name])
             for name in ("unix", "udp")]
    if start[0] != start[1]:
        yield "the local socket was told something else"


def print_bodies(where):
    """Frames of all that should be JSON, for json_judge."""
    for post in read(where + "/got/http"):
        body = post["body"].encode("latin-1")
        if post["name"] != "words":
            sys.stdout.buffer.write(len(body).to_bytes(4, "big") + body)


def judge_screen():
    """Nothing in it is a command to a terminal, or fools its reader."""
    for line in sys.stdin.buffer.read().decode("utf-8").split("\n"):
        if CONTROL.search(line.replace("\t", "")):
            yield ascii(line)[:300]


JUDGES = {"posts": judge_posts, "mails": judge_mails,
          "programs": judge_programs, "syslog": judge_syslog}


def main():
    where, command, *only = sys.argv[1:]
    if command == "bodies":
        print_bodies(where)
        return
    if command == "screen":
        wrong = list(judge_screen())
    else:
        told = told_of(where + "/logs", *only or [""])
        if command == "count":
            print(len(told))
            return
        wrong = list(judge_lines(where, told))
        if command in JUDGES:
            wrong = list(JUDGES[command](where, told))
    print(*wrong[:30], sep="\n", end="\n" if wrong else "")
    if len(wrong) > 30:
        print(f"and {len(wrong) - 30} more")


main()
