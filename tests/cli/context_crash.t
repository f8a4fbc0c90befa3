# context_crash.t: an alert that waits for the records behind its own gets them,
# however often the process is killed meanwhile; one that is stopped sends it
# with what it has.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/agent.sh"
log=$dir/app.log

settings() {
	configure <<-END
	[log app]
	path = $log
	start = start
	[rule bad]
	log = app
	match = ^bad (?<n>\\d+)
	subject = \${n}
	context = 2 before 3 after
	throttle = none
	END
}

# told: what each alert shows, once, in order; that is not when.
told() {
	[ -e "$out" ] || return 0
	sed 's/.*"subject":"\([0-9]*\)"/\1 /
	    s/^\([0-9]* \).*\("before":\[[^]]*\]\)/\1\2/
	    s/"hint_.*//
	    s/^\([0-9]* "before":\[[^]]*\]\).*\("after":\[[^]]*\]\).*/\1 \2/' \
	    "$out" | sort -u | sort -n
}

same() { # same SENTENCE
	told >"$dir/told"
	cmp -s "$dir/want" "$dir/told"
	ok $? "$1"
	cmp -s "$dir/want" "$dir/told" ||
	    diff "$dir/want" "$dir/told" | cut -c 1-300 | head -n 10 |
	    sed 's/^/#  /'
}

waits() { # waits N: so many alerts are stored and not sent yet
	[ "$(ctl alerts --due 2>/dev/null | grep -c ' due ')" -eq "$1" ]
}

query() { # query SQL
	"${python:-python3}" "$srcdir/tests/lib/query.py" "$state/ctail.db" "$1"
}

kill_agent() {
	kill -KILL "$agent"
	wait "$agent" 2>/dev/null
	agent=
}

# --- A daemon ------------------------------------------------------------------

settings
# What is written while nobody reads counts.
fresh
printf 'one\ntwo\nbad 1\nthree\n' >"$log"
start
until_true 10 waits 1
ok $? "an alert is stored, and waits"
kill_agent
if command -v "${python:-python3}" >/dev/null; then
	due=$(query "SELECT due_ms FROM outbox")
	ctl status >"$dir/printed"
	is "$(query "SELECT due_ms FROM outbox")" "$due" \
	    "a question about it puts nothing off"
else
	skip "a question about it puts nothing off" "no python3"
fi
printf 'four\nfive\nsix\n' >>"$log"
start
wait_for 1
is "$(told)" '1 "before":["one","two"] "after":["three","four","five"]' \
    "it has what came behind its record, before the crash and after"
stop

# Nobody knows for how long it is stopped.
fresh
printf 'one\ntwo\nbad 1\nthree\n' >"$log"
start
until_true 10 waits 1
stop
is "$(told)" '1 "before":["one","two"] "after":["three"]' \
    "an agent that is stopped sends what waits with what it has"
printf 'four\nfive\nsix\n' >>"$log"
once
is "$status $(wc -l <"$out" | tr -d ' ')" "0 1" "and not again at the next start"

fresh
printf 'one\ntwo\nbad 1\nthree\n' >"$log"
start
until_true 10 waits 1
kill_agent
mv "$log" "$log.1"
printf 'four\nfive\n' >>"$log.1"
printf 'six\n' >"$log"
start
wait_for 1
is "$(told)" '1 "before":["one","two"] "after":["three","four","five"]' \
    "it goes over a rotation"
stop

fresh
printf 'one\ntwo\nbad 1\nthree\n' >"$log"
start
until_true 10 waits 1
kill_agent
rm "$log"
start
wait_for 1
is "$(told)" '1 "before":["one","two"] "after":["three"]' \
    "where there is nothing more to come it leaves with what it has"
stop

fresh
printf 'one\ntwo\nbad 1\nthree\n' >"$log"
start
until_true 10 waits 1
ctl reload >"$dir/printed" 2>&1
is "$?" 0 "a reload"
printf 'four\nfive\nsix\n' >>"$log"
wait_for 1
is "$(told)" '1 "before":["one","two"] "after":["three","four","five"]' \
    "costs nothing either"
stop

fresh
printf 'one\ntwo\nbad 1\nthree\n' >"$log"
start
until_true 10 waits 1
kill_agent
once
is "$status" 0 "a pass"
is "$(told)" '1 "before":["one","two"] "after":["three"]' \
    "does not wait for more than there is"
if command -v "${python:-python3}" >/dev/null; then
	is "$(query "SELECT count(*) FROM note WHERE kind = 'context'")" 0 \
	    "and nothing is left of the waiting"
else
	skip "and nothing is left of the waiting" "no python3"
fi

# --- Passes that are killed ----------------------------------------------------

if ! command -v strace >/dev/null ||
    ! strace -o "$dir/trace" -e inject=pwrite64:signal=KILL:when=1 true \
	2>/dev/null; then
	skip "passes that are killed" "strace cannot trace here"
	tap_done
	exit
fi

# Lines so long that most commits have an alert that waits.
fresh
awk 'BEGIN {
	for (filler = "x"; length(filler) < 40000;)
		filler = filler filler
	for (i = 1; i <= 240; i++)
		print (i % 5 ? "line " : "bad ") i " " filler
}' >"$dir/long"
cp "$dir/long" "$log"
once
is "$status" 0 "a pass that nobody kills"
told >"$dir/want"
is "$(wc -l <"$dir/want" | tr -d ' ')" 48 "tells every match"

killed_pass() { # killed_pass CALL N; what looks for leaks cannot be traced
	ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 \
	    strace -f -o "$dir/trace" -e trace="$1" \
	    -e inject="$1:signal=KILL:when=$2" "$CTAILD" -c "$conf" \
	    --libexec "$builddir" --once >"$dir/printed" 2>>"$dir/said"
	status=$?
	[ "$status" -eq 0 ]
}

# killed_until_done CALL FIRST STEP: pass after pass ends so, each a little
# later than the one before it, until there is nothing left to kill.
killed_until_done() {
	fresh
	cp "$dir/long" "$log"
	kills=0
	while ! killed_pass "$1" "$(($2 + kills * $3))"; do
		kills=$((kills + 1))
		[ "$kills" -lt 100 ] || break
	done
	is "$status" 0 "$1: passes end some time, behind $kills that were killed"
	same "$1: and alerts are the same, to the byte"
}

killed_until_done pwrite64 40 5
killed_until_done fdatasync 2 1
killed_until_done pread64 30 40
tap_done
