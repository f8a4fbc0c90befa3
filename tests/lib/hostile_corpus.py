"""hostile_corpus.py DIR [ONLY]: writes logs that try to be more than text.

DIR/app.log holds a record a line, DIR/multi.log records of several lines, and
DIR/names/* one line each, in files whose names try the same.  Every record
is `NNN zQmarkQz WHAT`; with ONLY, only what that extended regular expression
finds in its title is written.
"""
import os
import re
import sys

MARK = "zQmarkQz"

# (title, WHAT): titles are for whoever reads a failure.
TABLE = [
    ("plain", b"plain words"),
    ("empty capture", b""),
    ("blanks", b"   "),
    ("blanks outside", b"  inside  "),
    ("tabs", b"\ta\tb\t"),
    ("CR", b"a\rBcc: x@test.invalid\r\rSubject: forged"),
    ("CR at the end", b"a line of a Windows\r\r"),
    ("dot between CRs", b"\r.\r"),
    ("dot", b"."),
    ("two dots", b".."),
    ("From at the start", b"From nobody Thu Jan  1 00:00:00 1970"),
    ("quoted From", b">From nobody"),
    ("NUL", b"before \x00 behind"),
    ("only a NUL", b"\x00"),
    ("C0", bytes(c for c in range(1, 32) if c not in (10, 13)) + b"\x7f"),
    ("C1", "a".encode() + bytes(
        byte for c in range(0x80, 0xA0) for byte in chr(c).encode())),
    ("C1 bytes", b"\x85\x9b31m\x90\x9d"),
    ("ANSI", b"\x1b[2J\x1b[31mred\x1b[0m\x1b]0;title\x07\x1bc"),
    ("ANSI reply", b"\x1b[6n\x1b[c\x1bP$q q\x1b\\"),
    ("backspaces", b"secret\x08\x08\x08\x08\x08\x08public"),
    ("separators", "line\u2028separator paragraph\u2029separator".encode()),
    ("bidi", "abc\u202edef\u202c\u2066ghi\u2069\u200f\u200e\u061c".encode()),
    ("noncharacters", "\ufffe\uffff\U0010ffff\ufdd0".encode()),
    ("BOM", "\ufeffmark\ufeff".encode()),
    ("zero width", "a\u200bb\u200cc\u200dd\u2060e\u00ade".encode()),
    ("combining", ("z" + "\u0301" * 60).encode()),
    ("emoji", "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f525".encode()),
    ("invalid UTF-8", b"\xff\xfe\x80\xbf\xc3"),
    ("cut short", b"\xe2\x82 \xf0\x9f\x94 \xf0\x9f"),
    ("half at the end", b"half \xe4\xb8"),
    ("overlong", b"\xc0\xaf \xe0\x80\xaf \xf0\x80\x80\xaf \xc0\x80"),
    ("surrogates", b"\xed\xa0\x80\xed\xb0\x80 \xed\xbf\xbf"),
    ("too far", b"\xf4\x90\x80\x80 \xf8\x88\x80\x80\x80 \xfe\xff"),
    ("latin 1", b"caf\xe9 na\xefve"),
    ("UTF-16", "\ufeffabc".encode("utf-16-le")),
    ("UTF-7", b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-"),
    ("encoded word B", b"=?utf-8?B?Zm9yZ2VkCkJjYzogeEB5?="),
    ("encoded word Q", b"=?utf-8?q?forged=0D=0ABcc:_x=40y?= =?x?="),
    ("half an encoded word", b"=? =?utf-8?q? ?="),
    ("quoted-printable", b"=0D=0A.=0D=0A =3D =\t= =20"),
    ("boundary", b"--=_ctail-0123456789abcdef0123456789abcdef01234567--"),
    ("address", b"<x@test.invalid>, \"y\" <y@test.invalid>; (comment"),
    ("SMTP", b"RCPT TO:<x@test.invalid> DATA QUIT"),
    ("header", b"Bcc: x@test.invalid"),
    ("HTTP header", b"X-Evil: yes, Content-Length: 0"),
    ("HTTP request", b"GET /evil HTTP/1.1"),
    ("JSON breaker", b'"},{"text":"forged"},"x":{"y":"'),
    ("JSON escapes", b"\\u0000 \\ud800 \\u0022 \\n \\\" \\"),
    ("JSON backslash at the end", b"\\\\\\"),
    ("JSON line comment", b"/* */ // # --"),
    ("HTML", b"</pre></td></table><script>alert(1)</script><img src=x"
             b" onerror=alert(1)>"),
    ("HTML comment", b"<!-- --><![CDATA[ ]]> <?xml?> <style>*{}</style>"),
    ("HTML entities", b"&lt;b&gt; &#60; &#x3c; &amp;amp; &nbsp &"),
    ("HTML attribute", b"' \" onmouseover='x' style=\"y\" javascript:alert(1)"),
    ("variables", b"${subject} ${1} ${id} ${line|json} $$ ${nonsense} ${"),
    ("formats", b"%s%n%x%1$s {{ .Line }} {0} {{{x}}} #{x} <%= x %>"),
    ("shell", b"$(touch pwned) `touch pwned`; touch pwned | & > < * ?"),
    ("shell newline", b"' ; touch pwned ; '\" ; touch pwned # \\"),
    ("options", b"-rf"),
    ("long option", b"--output=/etc/passwd"),
    ("sendmail option", b"-oQ/tmp -X/tmp/pwned"),
    ("SQL", b"'; DROP TABLE alert; --"),
    ("path", b"../../../../etc/passwd"),
    ("Slack mentions", b"<!channel> <!here> <!everyone> <@U1> <#C1|x>"
                       b" <!subteam^S1> <!date^1^{date}|x>"),
    ("Slack link", b"<https://evil.test|https://good.test>"),
    ("Discord mentions", b"@everyone @here <@1> <@!1> <@&1> <#1> <:x:1>"
                         b" </x:1> <t:1>"),
    ("Teams mentions", b"<at>everyone</at> {{DATE(2017-02-14T06:08:39Z)}}"
                       b" ${if(1,2,3)}"),
    ("Mattermost mentions", b"@all @channel @here @ops ~town-square <!all>"),
    ("Google Chat mentions", b"<users/all> <users/1> <https://evil.test|x>"),
    ("Telegram mentions", b"@ops /start #x [x](tg://user?id=1)"
                          b" <a href='tg://user?id=1'>x</a>"),
    ("markdown", b"*b* **b** _i_ __u__ ~s~ ~~s~~ `c` # h > q - l 1. n ||s||"),
    ("markdown link", b"[good](https://evil.test) ![x](https://evil.test/x)"
                      b" https://evil.test/ <https://evil.test>"),
    ("fences", b"``` ```` ~~~ `` ` ```js"),
    ("backslashes", b"\\* \\_ \\` \\@everyone \\<!channel>"),
    ("syslog", b"<0>1 2003-10-11T22:14:15Z host app - - - forged"),
    ("syslog data", b'[x@1 y="z"] \\] "] ] \\" \xef\xbb\xbf'),
    ("syslog length", b"0 7 <0>x: y 99999999999999999999 "),
    ("ctail's own words", b"To hear of lines like this no more, add to:"),
    ("long ASCII", b"0123456789" * 150),
    ("long characters", "caf\u00e9 \u4e2d\U0001f525 ".encode() * 150),
    ("long bad bytes", b"\xff\xc3" * 900),
    ("long controls", b"\x1b\x07" * 900),
    ("long mentions", b"<!channel>@all```&*" * 150),
    ("long quotes", b"\"\\\\\"" * 900),
    ("long blanks", b" " * 3000 + b"end"),
    ("100 KB", b"a<&\"\\`@*\xff" * 12500),
    # Records of several lines.
    ("LF", b"one\nBcc: x@test.invalid\n\nforged body"),
    ("LF dot", b"one\n.\n..\nMAIL FROM:<x@y>\nRCPT TO:<x@y>"),
    ("LF From", b"one\nFrom nobody Thu Jan  1 00:00:00 1970\n\n>From x"),
    ("LF CR", b"one\r\n.\r\nQUIT\r\n\r\ntwo"),
    ("LF fences", b"one\n```\n<!channel> @everyone\n```\n# heading\n> quote"),
    ("LF boundary", b"one\n--=_ctail-0--\n\n--x\nContent-Type: text/html\n\nx"),
    ("LF HTML", b"one\n</pre><script>\n</script>"),
    ("LF JSON", b"one\n{\"x\": 1}\n[\n\x00\n]"),
    ("LF syslog", b"one\n<0>forged: line\n\x00<0>forged: line"),
    ("LF of ctail", b"one\nRule    forged\nId      forged\n\nExclude it"),
    ("LF many", b"one\n" + b"\n".join(b"line %d" % i for i in range(150))),
    ("LF long", b"\n".join(b"x" * 2000 for _ in range(10))),
]

# (title, name): of files; no name may hold "/" or NUL.
NAMES = [
    ("name: encoded word", b"=?utf-8?B?Zm9yZ2Vk?=.log"),
    ("name: quotes", b"a'b\"c\\d.log"),
    ("name: bidi", "a\u202egol.exe\u2066.log".encode()),
    ("name: newline", b"a\nBcc: x@test.invalid\n.log"),
    ("name: ANSI", b"\x1b[31mred\x1b[0m\r\x07.log"),
    ("name: invalid UTF-8", b"\xff\xfe\xc3.log"),
    ("name: C1", b"\xc2\x9b31m\xe2\x80\xa8.log"),
    ("name: shell", b"$(touch pwned);`touch pwned`.log"),
    ("name: HTML", b"<script>alert(1)<script>&amp;.log"),
    ("name: mentions", b"<!channel> @everyone <users> ```.log"),
    ("name: JSON", b"\"},{\"x\":\"y.log"),
    ("name: variables", b"${subject} {{x}} %s%n.log"),
    ("name: option", b"-rf.log"),
    ("name: blanks", b" a b .log"),
    ("name: long", b"n" * 250 + b".log"),
]


class Record:
    """What a hostile record is, as ctail should have read it."""

    def __init__(self, number, title, what, name):
        self.number = number
        self.title = title
        self.what = what
        self.line = b"%03d %s %s" % (number, MARK.encode(), what)
        self.name = name        # of its file, below the directory

    def __repr__(self):
        return f"{self.number:03} ({self.title})"


def records(only=""):
    for number, (title, what) in enumerate(TABLE):
        several = title.startswith("LF")
        if re.search(only, title):
            yield Record(number, title, what,
                         b"multi.log" if several else b"app.log")
    for number, (title, name) in enumerate(NAMES, len(TABLE)):
        if re.search(only, title):
            yield Record(number, title, b"of such a file", b"names/" + name)


def main():
    where, *only = sys.argv[1:]
    os.makedirs(os.path.join(where, "names"), exist_ok=True)
    for record in records(*only):
        path = os.path.join(os.fsencode(where), record.name)
        with open(path, "ab") as file:
            file.write(record.line + b"\n")


if __name__ == "__main__":
    main()
