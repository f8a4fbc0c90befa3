"""hostile.py write PREFIX >>LOG: lines that try to be more than text.

hostile.py check FORM PREFIX LOG REQUESTS NAME: passes when every such line of
LOG was posted to /NAME once, byte by byte what FORM (json, slack, template)
makes of it; else it prints what differs.

The rule that posts them is  match = ^PREFIX: (?<what>.*)$  with
subject = ${what}  and severity warning.
"""
import json
import re
import sys

from web import requests

# It is not the usual one, so a command has to name it.
CONFIGURATION = r" -c \S+/ctail\.ini"

TEXTS = [
    rb"plain",
    rb'quotes " and \ and \" and \u0041 and "}, {"x": "',
    rb"<!channel> <@U1> & &amp; <script>alert(1)</script>",
    rb"``` *bold* `code` ~strike~ ```",
    rb"${id} ${subject} ${line|json} $$ ${nonsense} %s%n%x {{ .Line }}",
    rb"$(touch pwned) `touch pwned` ; touch pwned | & > <",
    b"tab\there, CR\rthere, CR at the end\r",
    b"controls \x01\x02\x08\x0b\x0c\x1b[31mred\x1b[0m \x7f",
    b"NUL \x00 in the middle",
    "C1 \x85\x9b and caf\u00e9 \u4e2d\u6587 \U0001f525".encode(),
    "separators \u2028 \u2029 bidi \u202e\u2066\u200f".encode(),
    "noncharacters \ufffe \uffff \U0010ffff".encode(),
    b"bytes \xff\xfe\x80\xbf",
    b"cut short \xe2\x82 \xf0\x9f\x94",
    b"overlong \xc0\xaf \xe0\x80\xaf",
    b"surrogates \xed\xa0\x80\xed\xb0\x80",
    b"too far \xf4\x90\x80\x80 \xf8\x88\x80\x80\x80",
    b"ends in half a character \xe4\xb8",
    b"=?utf-8?B?Zm9yZ2Vk?= =?utf-8?q?x?=",
    b"\r.\r",
    b"-rf --help",
    b"  blanks outside  ",
    b"'; DROP TABLE alert; --",
    b"long " + b"0123456789" * 150,
    "long caf\u00e9 ".encode() * 120,
]

CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
)


def text(data):
    return data.decode("utf-8", "replace")


def spelled(match):
    point = ord(match.group())
    if point == 9:
        return "\t"
    return f"\\x{point:02X}" if point < 256 else f"\\u{{{point:04X}}}"


def heading(data, limit):
    clean = CONTROL.sub(" ", text(data)).strip(" ")
    return clean if len(clean) <= limit else clean[:limit] + "..."


def shown(data):
    whole = text(data)
    if len(whole) <= 1000:
        return CONTROL.sub(spelled, whole)
    rest = len(data) - len(whole[:1000].encode())
    return CONTROL.sub(spelled, whole[:1000]) + f" [... {rest} more bytes]"


def entities(words):
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def upper(words):  # of ASCII's letters only
    return re.sub("[a-z]", lambda match: match.group().upper(), words)


def subject(what):
    return text(what.replace(b"\0", "\ufffd".encode()))


class Line:
    def __init__(self, prefix, log, offset, data):
        self.data = data
        self.offset = offset
        self.log = log
        self.rule = "for-" + prefix
        self.what = data[len(prefix) + 2 :]


def want_json(line, got):
    for key in "id", "incident":
        if not re.fullmatch("[0-9a-f]{40}", got.pop(key)):
            return f"{key} is none"
    for key in "first", "last", "made":
        if not re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", got.pop(key)):
            return f"{key} is no time"
    del got["hostname"]
    got["hint_silence"] = re.sub(CONFIGURATION, "", got["hint_silence"])
    hint = got.pop("hint_exclude", "exclude = ^")
    if not hint.startswith("exclude = ^") or not re.fullmatch("[ -~]*", hint):
        return "hint_exclude cannot be pasted"
    return {
        "kind": "match",
        "rule": line.rule,
        "severity": "warning",
        "subject": subject(line.what),
        "log": "app",
        "file": line.log,
        "offset": line.offset,
        "key": "",
        "count": 1,
        "hint_silence": f"ctailctl silence {line.rule} 8h",
        "undecided": False,
        "captures": {
            "what": text(line.what),
            "0": text(line.data),
            "1": text(line.what),
        },
        "lines": [text(line.data)],
        "match": [0, len(text(line.data))],
    }


# What people can paste; log text in it can only be in the first line.
HINTS = re.compile(
    "(\nto exclude such lines: `exclude = \\^[^`\n]*`)?"
    "\nto silence the rule: `ctailctl" + CONFIGURATION + " silence for-slack 8h`$"
)


def plain(words):  # what emphasizes looks alike, and does not
    return entities(words.translate(str.maketrans("*~`", "\u2217\u223c'")))


def want_slack(line, got):
    host = re.search(r"\nrule \S+ on (\S+), ", got["text"])
    when = re.search(r" at \d+, (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4})",
                     got["text"])
    got["text"], hints = HINTS.subn("", got["text"])
    if hints != 1:
        return "there is no hint"
    return {
        "unfurl_links": False,
        "unfurl_media": False,
        "text": f"*warning* {plain(heading(subject(line.what).encode(), 400))}\n"
        f"```\n{entities(shown(line.data).replace('`', chr(39)))}\n```\n"
        f"rule `{line.rule}` on {host and host.group(1)}, `{line.log}`"
        f" at {line.offset}, {when and when.group(1)}"
    }


def want_template(line, got):
    return {
        "text": "about " + text(line.what),
        "n": 1,
        "line": text(line.data),
        "all": "lines: " + text(line.data),
        "short": upper(text(line.what)[:10]),
    }


FORMS = {"json": want_json, "slack": want_slack, "template": want_template}


def lines_of(prefix, log):
    offset = 0
    with open(log, "rb") as file:
        for data in file.read().split(b"\n")[:-1]:
            if data.startswith(prefix.encode() + b": "):
                # One CR before the newline belongs to the line's end.
                yield Line(prefix, log, offset, data.removesuffix(b"\r"))
            offset += len(data) + 1


def check(form, prefix, log, path, name):
    posted = [request["body"] for request in requests(path, name)]
    lines = list(lines_of(prefix, log))
    if len(posted) != len(lines):
        print(f"{len(lines)} lines, but {len(posted)} posts")
    for line, body in zip(lines, posted):
        got = json.loads(body)
        want = FORMS[form](line, got)
        if isinstance(want, str):
            print(want)
            continue
        if got != want:
            for key in sorted({*got, *want}):
                if got.get(key) != want.get(key):
                    print(key, "is", repr(got.get(key))[:300])
                    print("and not", repr(want.get(key))[:300])


def main():
    command, *rest = sys.argv[1:]
    if command == "write":
        for data in TEXTS:
            sys.stdout.buffer.write(rest[0].encode() + b": " + data + b"\n")
    else:
        check(*rest)


if __name__ == "__main__":
    main()
