"""logcheck_random.py: rule files and logs as people have them, by chance.

    logcheck_random.py SEED RULES LOGS

Fills the directories RULES and LOGS.  A rule is put together from pieces in
which extended expressions of grep, of Perl and of nobody differ; one that
grep refuses, or that nearly every line matches, is left out, since logcheck
tells nothing more where there is one.  File names are some that count and one
that does not; some files have comments, blank lines, and no newline at their
end.
"""
import os
import random
import re
import subprocess
import sys

LAYERS = """cracking.d cracking.ignore.d violations.d violations.ignore.d
ignore.d.paranoid ignore.d.server ignore.d.workstation""".split()
NAMES = """a su ssh logcheck logcheck-su logcheck-ssh logcheck-logcheck local
local-x local- logchecking logchec log Zeta _x -y 0""".split()
NO_NAMES = ["a.b", "a~", ".h", "a b", "su.dpkg-new", "ssh.dpkg-dist", "#a#",
            ".a.swp", "local.bak"]
WORDS = """alpha beta login failed root from port x y 1 22 a.b [z] (q) {1} \\s
ok \xe9 deni ab aa abba cabac a-b ^a b$ #x""".split()
PIECES = r"""a b c ab foo . ^ $ ( ) ( ) | * + ? {2} {1,2} {,3} {2,} { } {1 {0}
[ab] [^ab] [a-c] []a] [^]] [^]a] [a-] [-a] [a\] [\.a] [\w] [\]] [^\[]
[[:space:]]* [[:alpha:]] [^[:space:]] [[:alnum:]._-]+ [[:digit:]]{1,3} [[.-.]]
[[=a=]] [a[.b.]-c] [[:upper:] [:alpha:] [z-a] [ ] \ \. \* \< \> \b \B \w \W \s
\S \` \' \( \) \{ \} \[ \] \| \\ \/ \1 \n \t \d \: \- \^ \+ - / # 1 _ (ab|c)
(a*) (a)\1 (.)(.)\2\1 (|a) () (^a|b$) (a|b)*c\1 (?i) (?=a) *+ ++ ?? *? a{1}{2}
a{2}{3} \Qa\E .* ^.*$ .{3}""".split() + [
    " ", "  ", "\t", "\xe9", "[\xe9]", "[^\xc3]", "[\x80-\xff]", "\x01", '"',
    "'", "`", "~", "!", "%", ";", ":", "=", ",", "<", ">"]
FEW_LINES = 12

# A sign where nothing can be repeated: what grep makes of it depends on the
# engine that it takes, and so on the other rules (tests/unit/judge_posix.c
# has those of one engine).
MISPLACED = re.compile(rb"(^|[|(^$]|\\[<>bB`'])[*+?{]")


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lines = [self.stamp() + self.text() for _ in range(50)]
        sample = [line.rstrip(b" \t") for line in self.lines]
        self.sample = b"\n".join(sample) + b"\n"

    def some(self, items, most):
        count = self.random.randrange(1, most + 1)
        return [self.random.choice(items) for _ in range(count)]

    def stamp(self):
        if self.random.random() < .5:
            return b"Nov 22 10:0%d:0%d box " % (self.random.randrange(3),
                                                self.random.randrange(10))
        return (b"2026-11-22T10:0%d:00.000000+00:00 box "
                % self.random.randrange(10))

    def text(self):
        text = " ".join(self.some(WORDS, 4)).encode("latin-1")
        return text + self.random.choice([b"", b"", b"", b" ", b"\t "])

    def rule(self):
        kind = self.random.random()
        if kind < .1:
            return self.random.choice(["", " ", "\t", "# x", "#", "  # x"])
        if kind < .6:
            rule = " ".join(self.some(WORDS, 2))
            return (self.random.choice(["", "", "^.*", " "]) + rule +
                    self.random.choice(["", "", "$", ".*", "  "]))
        return "".join(self.some(PIECES, 5))

    def suits(self, rule):
        """No rule at all, or one that grep takes and that spares lines."""
        if not rule.strip(b" \t") or rule.startswith(b"#"):
            return True
        if MISPLACED.search(rule):
            return False
        grep = subprocess.run(["grep", "-E", "--text", "-c", "-e", rule],
                              input=self.sample, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL,
                              env=dict(os.environ, LC_ALL="C"), check=False)
        return grep.returncode < 2 and int(grep.stdout) <= FEW_LINES

    def file(self, path, rules):
        end = b"\n" if self.random.random() < .8 else b""
        with open(path, "wb") as file:
            file.write(b"\n".join(rules) + end)

    def layer(self, path):
        os.makedirs(path, exist_ok=True)
        for name in self.random.sample(NAMES, self.random.randrange(2, 8)):
            rules = [self.rule().encode("latin-1")
                     for _ in range(self.random.randrange(9))]
            self.file(os.path.join(path, name),
                      [rule for rule in rules if self.suits(rule)])
        self.file(os.path.join(path, self.random.choice(NO_NAMES)), [b"."])

    def logs(self, path):
        for name in ["syslog", "auth.log"][:self.random.randrange(1, 3)]:
            with open(os.path.join(path, name), "ab") as file:
                for line in self.random.sample(self.lines, 45):
                    file.write(line + b"\n")


def main():
    maker = Maker(int(sys.argv[1]))
    for layer in LAYERS:
        maker.layer(os.path.join(sys.argv[2], layer))
    maker.logs(sys.argv[3])


main()
