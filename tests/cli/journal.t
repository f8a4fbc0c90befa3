# journal.t: the systemd journal as a log: every entry once, across kills,
# boots and vacuuming, with journal files made by systemd-journal-remote.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/agent.sh"
remote=
for candidate in /lib/systemd/systemd-journal-remote \
    /usr/lib/systemd/systemd-journal-remote; do
	[ ! -x "$candidate" ] || remote=$candidate
done
[ "$have_journal" = yes ] || skip_all "configured without the journal"
[ -n "$remote" ] || skip_all "systemd-journal-remote is not installed"
command -v python3 >/dev/null 2>&1 || skip_all "python3 is not installed"
journals=$dir/journals
start_at=start
subject='${n}'

entries() { # entries FILE FIRST LAST [NAME=VALUE...]
	entries_file=$1
	shift
	mkdir -p "$journals"
	python3 "$srcdir/tests/lib/journal.py" entries "$@" |
	    "$remote" --output="$journals/$entries_file.journal" - 2>/dev/null
}

ask() { # ask NAME=VALUE...: frames of ctail-journal
	python3 "$srcdir/tests/lib/journal.py" ask "$CTAIL_JOURNAL" \
	    "directory=$journals" "$@"
}

lines() { # lines: the lines of records on standard input
	sed -n 's/^type=record.*	line=\([^	]*\).*/\1/p' | sed 's/.*: //'
}

settings() { # settings WORDS [LINE-OF-RULE...]
	configure <<END
[log units]
journal = $1
start = $start_at
[rule every]
log = units
match = line (?<n>\\d+)
throttle = none
subject = $subject
${2:-}
END
}

pass() { # pass: one pass over the journal files
	once --journal-directory "$journals"
}

forget() {
	fresh
	rm -rf "$journals"
}

# --- ctail-journal ----------------------------------------------------------

entries a 1 2
entries a 3 3 _SYSTEMD_UNIT=nginx.service SYSLOG_IDENTIFIER=nginx PRIORITY=3
entries a 4 4 _SYSTEMD_UNIT=init.scope _PID=1 UNIT=ssh.service
entries a 5 5 _SYSTEMD_UNIT=ctaild.service
entries a 6 6 _SYSTEMD_UNIT=ctail-send@3-7.service SYSLOG_IDENTIFIER=x
entries a 7 7 _EXE=/usr/libexec/ctail/ctail-exec _SYSTEMD_UNIT=cron.service
entries a 8 8 _EXE=/usr/bin/logger SYSLOG_IDENTIFIER=ctaild
entries a 9 9 _SYSTEMD_UNIT=- SYSLOG_IDENTIFIER=ctaild
all=$(ask begin=start follow=no)
is "$(printf '%s\n' "$all" | lines | tr '\n' ' ')" \
    "line 1 line 2 line 3 line 4 line 8 " \
    "every entry is a record, but for ctail's own, which no name can fake"
like "$(printf '%s\n' "$all" | sed -n 3p)" \
    '	line=2023-11-14T..:13:21\.123456[-+]..:.. box sshd\[711\]: line 1' \
    "it looks like a line of a syslog file"
is "$(ask begin=start follow=no unit=ssh.service | lines | tr '\n' ' ')" \
    "line 1 line 2 line 4 line 8 " \
    "a unit is what it wrote and what systemd wrote about it"
is "$(ask begin=start follow=no unit=ssh.service unit=nginx.service |
    lines | wc -l)" 5 "several units are alternatives"
is "$(ask begin=start follow=no unit=ssh.service unit=nginx.service \
    match=PRIORITY=3 match=PRIORITY=2 | lines)" "line 3" \
    "different words must hold together"
cursor=$(printf '%s\n' "$all" | sed -n 's/.*cursor=\([^	]*\)	.*: line 2.*/\1/p')
is "$(ask "cursor=$cursor" follow=no | lines | head -n 1)" "line 3" \
    "behind a cursor the next entry follows"
is "$(ask "cursor=$cursor" follow=no unit=nginx.service | lines)" "line 3" \
    "also where the entry of the cursor is not wanted any more"
unlike "$(ask "cursor=$cursor" follow=no unit=nginx.service)" 'type=gap' \
    "and that is no gap"
like "$(ask "cursor=$cursor" follow=no unit=cups.service)" 'type=position.*i=9;' \
    "where nothing is wanted the position moves on all the same"
is "$(ask begin=end follow=no | lines)" "" "the end is behind everything"
like "$(ask cursor=junk follow=no)" 'type=error' "a bad cursor is an error"
like "$(ask begin=nowhere follow=no 2>&1)" 'begin.*nowhere' \
    "so is a request that is none"
"$CTAIL_JOURNAL" </dev/null
is "$?" 0 "without a request there is nothing to do"
"$CTAIL_JOURNAL" x </dev/null 2>/dev/null
is "$?" 64 "it takes no arguments"
printf 'junkjunkjunk' | "$CTAIL_JOURNAL" 2>/dev/null
is "$?" 76 "what is no frame is refused"

# Bytes of any kind, and a lot of them.
forget
entries a 1 1 'MESSAGE=two\nlines \xff\x00end'
entries a 2 2 "MESSAGE=$(awk 'BEGIN {
    for (i = 0; i < 5000; i++) printf "0123456789"; print "END" }')"
entries a 3 3 'SYSLOG_IDENTIFIER=a b\nc' _PID=-
entries a 4 4 MESSAGE=-
entries a 5 5 SYSLOG_IDENTIFIER=- _COMM=mycomm
bytes=$(ask begin=start follow=no max_line=1000)
like "$bytes" 'two\\x0alines \\xff\\x00end' \
    "newlines, NUL and invalid UTF-8 pass unchanged"
is "$(printf '%s\n' "$bytes" | grep -c '	cut=1	')" 1 \
    "an entry beyond max_line is cut and marked"
is "$(printf '%s\n' "$bytes" | sed -n 's/.*cut=1	line=\([^	]*\).*/\1/p' |
    tr -d '\n' | wc -c)" 1000 "at max_line"
like "$(ask begin=start follow=no)" '0123456789END' "but not below it"
like "$bytes" 'box a_b_c: line 3' "a forged name cannot forge a line's head"
like "$bytes" 'box sshd\[711\]: $' "an entry without a message is a record"
like "$bytes" 'box mycomm\[711\]: line 5' "the command names who has no name"

# --- Through ctaild ---------------------------------------------------------

forget
settings 'unit=ssh.service'
entries a 1 5
pass
is "$status" 0 "a pass over the journal ends well"
is "$(arrived subject | tr '\n' ' ')" "1 2 3 4 5 " "every entry is an alert"
is "$(arrived file | sort -u)" "journal:units" "which names the journal"
pass
is "$(arrived subject | wc -l)" 5 "a second pass repeats nothing"
entries a 6 7
entries a 8 9 _SYSTEMD_UNIT=other.service
entries a 10 10 boot=2
entries b 11 12 boot=3
pass
is "$(arrived subject | tr '\n' ' ')" "1 2 3 4 5 6 7 10 11 12 " \
    "a further boot and a further file go on behind"
is "$(arrived id | sort -u | wc -l)" 10 "each alert has an id of its own"
like "$(ctl status)" 'journal:units  \[units\] waiting' \
    "ctailctl status lists the journal"

# Vacuumed.
rm "$journals"/b.journal
entries c 20 21 boot=4
pass
is "$(arrived subject | grep -c '^2[01]$')" 2 \
    "behind an entry that is gone reading goes on"
like "$(arrived subject | tr '\n' ' ')" 'lost' "and a gap is told"
pass
is "$(arrived subject | grep -c lost)" 1 "once"
is "$(arrived subject | grep -c '^[0-9]*$')" 12 "and nothing comes twice"

# The end, and what is added behind it while nobody runs.
forget
start_at=end
settings all
entries a 1 3
pass
is "$(arrived subject)" "" "a journal begins at its end"
entries a 4 4
pass
is "$(arrived subject)" 4 "what came since is read by the next pass"
start_at=start

# Captures.
forget
subject='${unit} ${pid} ${identifier} ${n}'
settings all 'key = ${unit}'
entries a 1 1
entries a 2 2 _SYSTEMD_UNIT=-
pass
is "$(arrived subject | head -n 1)" "ssh.service 711 sshd 1" \
    "fields of the entry can be used in subjects"
is "$(arrived key | head -n 1)" "ssh.service" "and in keys"
is "$(arrived subject | tail -n 1)" " 711 sshd 2" "one that is not there is empty"
subject='${cmdline}'
settings all
"$CTAILCTL" -c "$conf" check >/dev/null 2>&1
is "$?" 78 "a field that does not come along is refused at load"
subject='${n}'
configure <<END
[log app]
path = $dir/app.log
[rule every]
log = app
match = x
subject = \${unit}
END
"$CTAILCTL" -c "$conf" check >/dev/null 2>&1
is "$?" 78 "and so is one in a rule for files"
configure <<END
[log app]
path = $dir/app.log
journal = all
END
like "$("$CTAILCTL" -c "$conf" check 2>&1)" 'path stands beside .journal' \
    "path and journal exclude each other"

# --- The agent, followed and killed -----------------------------------------

# helper: the process of ctail-journal that the agent has started
helper() {
	pgrep -P "$agent" -x ctail-journal
}

forget
settings all
entries a 1 3
start --journal-directory "$journals"
wait_for 3
entries a 4 6
wait_for 6
is "$(arrived subject | tr '\n' ' ')" "1 2 3 4 5 6 " \
    "an agent reads what comes as it comes"
like "$(ctl status)" 'journal:units  \[units\] journal, 6 lines' \
    "its status counts"
kill -9 "$(helper)"
entries b 7 9 boot=2
wait_for 9
is "$(arrived subject | tr '\n' ' ')" "1 2 3 4 5 6 7 8 9 " \
    "a helper that was killed is started again behind the last entry"
is "$(cat "$dir/said")" "" "and one that did its work is not worth a word"
kill -9 "$agent"
wait "$agent" 2>/dev/null
entries b 10 12 boot=2
start --journal-directory "$journals"
wait_for 12
is "$(arrived subject | sort -n | tr '\n' ' ')" \
    "1 2 3 4 5 6 7 8 9 10 11 12 " \
    "an agent that was killed loses nothing and repeats nothing"
ctl reload >/dev/null
entries b 13 13 boot=2
wait_for 13
is "$(arrived subject | sort -n | tail -n 1)" 13 "a reload goes on behind it"
stop

# Killed again and again while thousands are read.
forget
settings all
entries a 1 3000
round=0
while [ $round -lt 5 ]; do
	start --journal-directory "$journals"
	kill -9 "$agent"
	wait "$agent" 2>/dev/null
	round=$((round + 1))
done
pass
until_true 30 has_arrived 3000
is "$(arrived subject | sort -n | uniq | wc -l)" 3000 \
    "kills while thousands are read lose nothing"
is "$(arrived id | sort -u | wc -l)" 3000 \
    "and decide nothing twice"

# --- A socket, and a helper that is not there -------------------------------

forget
settings all
entries a 1 2
mkdir "$dir/empty"
"$CTAILD" -c "$conf" --libexec "$dir/empty" --once >/dev/null 2>"$dir/said"
like "$(cat "$dir/said")" 'ctail-journal' \
    "a helper that is not installed is named"
sentence="a journal is read through a socket"
if command -v systemd-socket-activate >/dev/null; then
	systemd-socket-activate --inetd -a -l "$dir/journal.sock" \
	    "$CTAIL_JOURNAL" 2>/dev/null &
	activator=$!
	mine "$activator"
	until_true 10 test -S "$dir/journal.sock"
	rm -rf "$state" "$out"
	once --journal-socket "$dir/journal.sock" \
	    --journal-directory "$journals"
	is "$(arrived subject | tr '\n' ' ')" "1 2 " "$sentence"
	end "$activator"
else
	skip "$sentence" "systemd-socket-activate is not installed"
fi

# --- A journald of our own ---------------------------------------------------

# In a mount namespace that hides the machine's own /run and /var/log: rotated
# and vacuumed behind the reader's back, which journal files made by hand
# cannot show.
cat >"$dir/real" <<'END'
mount -t tmpfs none /run && mount -t tmpfs none /var/log || exit 77
mkdir -p /run/systemd/journal /run/log/journal
"$journald" >/dev/null 2>&1 &
daemon=$!
say() { # say FIRST LAST
	python3 -c '
import socket, sys
journal = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
journal.connect("/run/systemd/journal/socket")
for i in range(int(sys.argv[1]), int(sys.argv[2]) + 1):
    journal.send(b"MESSAGE=line %d\nSYSLOG_IDENTIFIER=t\n" % i)
' "$1" "$2"
}
there() { journalctl -q -t t -o cat | grep -qx "line $1"; }
talk() { python3 "$srcdir/tests/lib/journal.py" ask "$CTAIL_JOURNAL" "$@"; }
. "$srcdir/tests/tap.sh"
mine "$daemon"
until_true 10 test -S /run/systemd/journal/socket || exit 77
say 1 5
until_true 10 there 5 || exit 77
talk begin=start follow=no match=SYSLOG_IDENTIFIER=t >"$1/first"
cursor() { sed -n "s/^type=record.*cursor=\([^	]*\)	.*: line $2\$/\1/p" "$1/first"; }
talk "cursor=$(cursor "$1" 5)" follow=yes match=SYSLOG_IDENTIFIER=t \
    until=3000 >"$1/followed" 2>&1 &
follower=$!
mine "$follower"
until_true 10 grep -q idle "$1/followed"
journalctl -q --rotate && journalctl -q --vacuum-files=1 --vacuum-time=1us
talk "cursor=$(cursor "$1" 5)" follow=no >"$1/proved"
talk "cursor=$(cursor "$1" 2)" follow=no >"$1/lost"
say 6 1500
journalctl -q --rotate
say 1501 3005
wait "$follower"
exit 0
END
real_journal() {
	export journald=/lib/systemd/systemd-journald
	[ "$(id -u)" -eq 0 ] && [ -x "$journald" ] && [ -r /etc/machine-id ] &&
	    command -v unshare >/dev/null 2>&1 &&
	    command -v journalctl >/dev/null 2>&1 || return 77
	timeout 60 unshare -m --propagation private sh "$dir/real" "$dir" \
	    >/dev/null 2>&1
}
if real_journal; then
	is "$(lines <"$dir/first" | tr '\n' ' ')" \
	    "line 1 line 2 line 3 line 4 line 5 " "a real journal is read"
	unlike "$(cat "$dir/proved")" 'type=gap' \
	    "an entry that was vacuumed with all before it is no gap"
	is "$(grep -c 'type=gap' "$dir/lost")" 1 \
	    "one that was vacuumed with some behind it is"
	is "$(lines <"$dir/followed" | awk '$2 != NR + 5 { print; exit }
	    END { print NR }')" 3000 \
	    "rotations while it is followed lose and repeat nothing"
	unlike "$(cat "$dir/followed")" 'type=gap' "and are no gap"
else
	skip "a real journal is rotated and vacuumed while it is read" \
	    "needs root, unshare and systemd-journald"
fi

tap_done
