# terminal.t: what ctailctl prints where a person looks at it: lines that fit
# the window, and progress that is in nobody's way.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/agent.sh"
TZ=UTC
TERM=xterm
export TZ TERM
log=$dir/app.log
python=$(command -v python3)

# at_terminal COMMAND...: what a terminal of 80 columns, or $WIDE, is sent, in
# $dir/sent; with $STOP interrupted when progress is shown.
cat >"$dir/at_terminal.py" <<'END'
import fcntl, os, pty, signal, struct, sys, termios
ready, go = os.pipe()
child, terminal = pty.fork()
if child == 0:
    os.read(ready, 1)
    os.execvp(sys.argv[1], sys.argv[1:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24,
    int(os.environ.get("WIDE", "80")), 0, 0))
os.write(go, b"x")
while True:
    try:
        sent = os.read(terminal, 65536)
    except OSError:
        break
    if not sent:
        break
    sys.stdout.buffer.write(sent)
    if b" a second" in sent and os.environ.get("STOP"):
        os.kill(child, signal.SIGINT)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
END

if [ -z "$python" ]; then
	skip_all "there is no python3"
fi
at_terminal() {
	"$python" "$dir/at_terminal.py" "$CTAILCTL" -c "$dir/try.ini" "$@" \
	    >"$dir/sent"
}

# What is left on the screen: a line that was begun anew has its last text.
screen() {
	tr -d '\r' <"$dir/sent" | sed "s/.*$(printf '\033')\\[K//"
}

too_wide() {
	screen | awk 'length > 80'
}

cat >"$dir/try.ini" <<END
[log app]
path = $log
[log other]
path = $dir/other.log
[rule failed-logins-of-everybody]
log = app
match = (?<who>\\w+) failed for (?<user>\\w+) from (?<ip>\\S+) and more of it
key = \${ip}
throttle = none
[rule one-that-reads-another-log]
log = other
match = never
[rule and-another-one-that-reads-it]
log = other
match = never again
[rule and-yet-another-one]
log = other
match = and never again
[file a-file-with-a-long-name]
path = $dir/out.jsonl
[file and-one-more-of-these]
path = $dir/more.jsonl
[agent]
sink = a-file-with-a-long-name and-one-more-of-these
END
awk 'BEGIN { for (i = 0; i < 8300; i++) {
	printf "2026-11-20 %02d:%02d:%02d ", i / 3600, i / 60 % 60, i % 60
	if (i == 4200)
		print "it failed for root from 203.0.113.9 and more of it, much more"
	else
		print "something else happened that nobody has any rule for, ever, in this log"
} }' >"$log"

at_terminal test "$log"
is "$?" 0 "a rehearsal at a terminal"
is "$(too_wide)" "" "no line of it is wider than the terminal"
like "$(screen)" '^2026-11-20 01:10:00 alert failed-logins.*[.][.][.]$' \
    "an alert that is cut says so"
like "$(screen)" '^8300 lines read' "the report is there"
like "$(screen | tr -s '\n ' ' ')" \
    'logs was read: one-that-reads-another-log, and-another-one-that-reads-it, and-yet-another-one ' \
    "what was not read is one list"
like "$(screen | tr -s '\n ' ' ')" \
    'entry .a-file-with-a-long-name., 1 entry .and-one-more-of-these., top key 203.0.113.9 .rule failed-logins-of-everybody, 1.' \
    "the forecast goes on in another line"
like "$(tr '\r' '\n' <"$dir/sent")" '^ *[0-9]+ %  4096 records, ' \
    "the progress is shown"
unlike "$(screen)" ' records, .* a second' "and is gone when it is over"
unlike "$(tr '\033' E <"$dir/sent")" 'a secondE.K2026' \
    "no alert stands behind it"

WIDE=0 at_terminal test "$log"
like "$(screen)" '^2026-11-20 01:10:00 alert .* much more$' \
    "a terminal that does not know its width gets all of a line"
unlike "$(tr '\033' E <"$dir/sent")" 'a second2026' \
    "and no alert behind the progress either"

TERM=dumb at_terminal test "$log"
unlike "$(tr '\033' '~' <"$dir/sent")" ' a second|~' \
    "a terminal that knows no escape sequence is sent none, and no progress"

STOP=1 at_terminal test "$log"
is "$?" 0 "Ctrl-C ends the reading"
unlike "$(screen)" ' records, .* a second' "the progress is gone then"
like "$(screen)" '^[0-9]+ lines read' "and what was read is reported"

awk 'BEGIN { printf "2026-11-20 00:00:00 it failed for root from "
	while (i++ < 80) printf "\346\274\242"
	print " and more of it" }' >"$dir/wide.log"
at_terminal test --log app "$dir/wide.log"
is "$(screen | "$python" -c '
import sys, unicodedata
for line in sys.stdin.buffer.read().decode().split("\n"):
    wide = sum(2 if unicodedata.east_asian_width(c) == "W" else 1 for c in line)
    if wide > 80 or "\ufffd" in line:
        print(wide)')" "" "characters of two columns count as two"
like "$(screen)" '^2026-11-20 00:00:00 alert failed-logins.*[.][.][.]$' \
    "and are cut likewise"

"$CTAILCTL" -c "$dir/try.ini" test "$log" >"$dir/printed" 2>"$dir/said"
like "$(cat "$dir/printed")" 'from 203.0.113.9 and more of it, much more$' \
    "who reads it from a pipe gets all of a line"
like "$(tail -n 1 "$dir/printed")" \
    ': 1 entry .*, 1 entry .*, top key 203.0.113.9 .rule ' \
    "and the forecast as one"
is "$(cat "$dir/said")" "" "and no progress"

at_terminal --state-dir "$dir/state" status
is "$?" 0 "status"
is "$(too_wide | grep -v "^  /\|^No agent")" "" \
    "is as wide as the terminal at most"

tap_done
