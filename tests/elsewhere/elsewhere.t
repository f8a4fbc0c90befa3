# elsewhere.t: ctaild on another machine: the clock is set back by hours while
# everything that waits on it is open, nobody reads for an hour, the state lies
# on a network's disk, a signal comes in the first millisecond.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/agent.sh"
preloaded=$builddir/tests/elsewhere/elsewhere.so
[ -r "$preloaded" ] || skip_all "elsewhere.so is for Linux, without sanitizers"
LD_PRELOAD=$preloaded "$CTAILD" --version >"$dir/printed" 2>&1 ||
    skip_all "elsewhere.so cannot be loaded into ctaild"
TZ=UTC0
ELSEWHERE_CLOCK=$dir/clock
export TZ ELSEWHERE_CLOCK
log=$dir/app.log

# From here on ctaild and ctailctl are elsewhere.
moved() { # moved NAME PROGRAM
	printf '#!/bin/sh\nLD_PRELOAD=%s exec %s "$@"\n' "$preloaded" "$2" \
	    >"$dir/$1"
	chmod 755 "$dir/$1"
}
moved ctaild "$CTAILD"
moved ctailctl "$CTAILCTL"
CTAILD=$dir/ctaild
CTAILCTL=$dir/ctailctl

# at HH:MM: the clock says that now, of the 23rd of November 2026, a Monday.
at() {
	at_hours=${1%:*}
	at_minutes=${1#*:}
	at_seconds=$((${at_hours#0} * 3600 + ${at_minutes#0} * 60))
	echo "$((1795392000 + at_seconds - $(date +%s)))000" >"$dir/clock.new"
	mv "$dir/clock.new" "$dir/clock"
}

# news: what has arrived since the last look, as "kind rule count".
news() {
	[ -e "$out" ] || return 0
	paste -d ' ' "$dir/kinds" "$dir/rules" "$dir/counts" |
	    tail -n "+$((looked + 1))" | sort | tr '\n' ',' | sed 's/,$//'
}

look() {
	arrived kind >"$dir/kinds"
	arrived rule >"$dir/rules"
	arrived count >"$dir/counts"
	news
	looked=$(wc -l <"$dir/kinds")
}

heard() { # heard WHAT NAME
	look >"$dir/news"
	is "$(cat "$dir/news")" "$1" "$2"
}

# Written there, too: what of a file's times is believed is what that clock
# has reached.
write() {
	printf '%s\n' "$@" >>"$log"
	touch -d "@$((1795392000 + at_seconds))" "$log"
}

clocks() { # everything that waits
	looked=0
	configure <<END
[log app]
path = $log
start = start
timestamp = arrival
[rule throttled]
log = app
match = thr
throttle = 10m
[rule held]
log = app
match = held
throttle = none
hours = 09:00-18:00 else hold
[rule window]
log = app
match = win
throttle = none
when = 3 in 10m
[rule batched]
log = app
match = bat
throttle = none
batch = 5m
[rule gone]
log = app
match = sign
throttle = none
when = absent 1h
[rule done]
log = app
match = done
sink = none
[rule undone]
log = app
match = begun
throttle = none
when = unless done in 30m
[rule silent]
log = app
match = sil
throttle = none
END
}

# --- Set back by five hours, between passes ----------------------------------

fresh
clocks
write thr-1 thr-2 held-1 held-2 win-1 win-2 sign-1 begun-1
at 18:30
once
heard "match throttled 1" \
    "at half past six one alert goes out, all else waits"
ctl silence silent 1h >/dev/null
at 18:32
write sil-1
once
at 13:32
once
heard "digest held 2" \
    "five hours back: within hours again, what they held leaves"
write win-3 thr-3 sil-2
at 13:38
once
heard "match window 3" \
    "a window that was begun goes on"
at 13:43
once
heard "summary throttled 2" \
    "a throttle ends after its length, and tells what it held"
at 14:03
once
heard "match undone 1" \
    "so does the clock of unless"
at 14:33
write sil-3
once
heard \
    "absent gone 0,match silent 1,silence ctail 2" \
    "and that of absent, and a silence"
write sign-2
once
heard "recovery gone 1" "a sign is told"
at 14:50
once
heard "" "nothing is told twice"

# --- Under a daemon's eyes ----------------------------------------------------

swept() {
	ctl sweep && has_arrived "$((looked + $1))"
}
told() { # told N WHAT NAME: sweeps until so many have arrived
	until_true 10 swept "$1"
	heard "$2" "$3"
}

fresh
clocks
: >"$log"
at 18:30
start
write thr-1 thr-2 held-1 held-2 win-1 win-2 bat-1 sign-1 begun-1
told 1 "match throttled 1" "a daemon tells one, all else waits"
at 13:32
told 1 "digest held 2" "five hours back under its eyes: hours are open"
stop
start
at 13:38
write win-3
told 2 "match batched 1,match window 3" \
    "started anew it sends a batch after its length"
at 13:43
told 1 "summary throttled 1" "a throttle ends after its length"
at 14:03
told 1 "match undone 1" "so does the clock of unless"
stop
start
at 14:33
told 1 "absent gone 0" "and that of absent"
stop

# --- A cap, and a log that falls silent ---------------------------------------

fresh
looked=0
cat >"$conf" <<END
[agent]
state_dir = $state
reserve = 64k
sink = out
[file out]
path = $out
storm = 1 in 1h
[log app]
path = $log
start = start
quiet = 2h
[rule each]
log = app
match = each
throttle = none
END
at 18:30
write each-1 each-2 each-3
once
heard "match each 1" "a cap lets one through"
at 13:30
once
at 14:31
once
heard "storm ctail 2" \
    "five hours back the cap tells within an hour what it held"
at 15:31
once
heard "absent quiet 0" "and a log is missed after its time"

# --- Nobody reads for an hour -------------------------------------------------

fresh
configure <<END
[log app]
path = $log
start = start
[rule bad]
log = app
match = bad
context = 1 before 3 after
throttle = none
END
shown() { # shown ERE SENTENCE: the one alert, with these records around it
	wait_for 1
	like "$(cat "$out")" "$1" "$2"
	is "$(wc -l <"$out" | tr -d ' ')" 1 "once"
}
waits() {
	ctl alerts --due | grep -q ' due '
}
at 12:00
write one bad two
start
until_true 10 waits
ok $? "an alert waits for the records behind it"
kill -9 "$agent"
wait "$agent" 2>/dev/null
write three four five
at 13:00
start
shown '"before":\["one"\],"after":\["two","three","four"\]' \
    "what came while nobody read is in it, though it is long due"
stop
fresh
at 12:00
write one bad two
start
until_true 10 waits
kill -9 "$agent"
wait "$agent" 2>/dev/null
at 11:00
start
shown '"before":\["one"\],"after":\["two"\]' \
    "a clock that is set back keeps it from nobody"
stop

fresh
configure <<END
[log app]
path = $log
start = start
[rule slow]
log = app
match = ^(a+)+\$
throttle = none
END
long=$(awk 'BEGIN { while (length(text) < 900) text = text "a"; print text }')
looked=0
at 12:00
write "$long!" "$long!" "$long!" "$long!" "$long!" "$long!"
once
look >"$dir/news"
is "$(grep -c '^slow$' "$dir/rules")" 5 "a pattern goes into quarantine"
at 12:59
write "$long!"
once
heard "" "for the best part of an hour no pass tries it"
at 13:01
write "$long!"
once
heard "match slow 1" "then one does"
write "$long!" "$long!" "$long!" "$long!" "$long!"
once
look >"$dir/news"
at 8:00
once
at 8:59
write "$long!"
once
heard "" "five hours back it is not tried for an hour"
at 9:01
write "$long!"
once
heard "match slow 1" "and no longer"

# --- Signals that come early --------------------------------------------------

fresh
clocks
at 12:00
: >"$log"
ELSEWHERE_SIGNAL=1
export ELSEWHERE_SIGNAL
start
ok $? "HUP in the first millisecond does not end an agent"
said 'was read again and is in force'
ok $? "it is obeyed as soon as that is possible"
unset ELSEWHERE_SIGNAL
stop
is "$status" 0 "and TERM ends the agent well"
ELSEWHERE_SIGNAL=15 "$CTAILD" -c "$conf" --libexec "$builddir" \
    >"$dir/printed" 2>"$dir/said" &
agent=$!
mine "$agent"
wait "$agent"
is $? 0 "TERM in the first millisecond ends it well"
agent=
# Who started the test may ignore INT.
if command -v perl >/dev/null 2>&1; then
	ELSEWHERE_SIGNAL=2 perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' \
	    "$CTAILD" -c "$conf" --libexec "$builddir" \
	    >"$dir/printed" 2>"$dir/said"
	is $? 130 "^C then ends it at once"
else
	skip "^C in the first millisecond" "no perl"
fi

# --- The state on a network's disk --------------------------------------------

fresh
clocks
: >"$log"
ELSEWHERE_DISK=0x6969
export ELSEWHERE_DISK
start
[ -e "$state/ctail.db" ] && [ ! -e "$state/ctail.db-wal" ]
ok $? "on NFS the database has no write-ahead log"
write thr-1
looked=0
told 1 "match throttled 1" "alerts are stored and sent"
kill -9 "$agent"
wait "$agent" 2>/dev/null
unset ELSEWHERE_DISK
write thr-2
start
[ -e "$state/ctail.db-wal" ]
ok $? "the same database has one on a local disk"
ctl sweep
ELSEWHERE_DISK=0x6969
export ELSEWHERE_DISK
kill -9 "$agent"
wait "$agent" 2>/dev/null
at 12:11
start
told 1 "summary throttled 1" "and none on NFS again; nothing was lost"
[ ! -e "$state/ctail.db-wal" ]
ok $? "not even for a moment more"
stop
tap_done
