# kill.t: ctaild is killed (SIGKILL) at random moments while lines are
# written: every line is told exactly once.
#
# ROUNDS=200 kills, TOTAL=100000 lines at RATE=5000 a second in bursts over
# SPAN=100 seconds; an agent lives MOST=0.8 s at most.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/long/lib.sh"
rounds=${ROUNDS:-200}
lines=${TOTAL:-100000}
log=$dir/app.log

numbered | configure
: >"$log"
: >"$dir/said"
"$python" "$long/writer.py" "$log" "$lines" "${RATE:-5000}" \
    "${SPAN:-100}" &
writer=$!
mine "$writer"

kills=0
early=0
for delay in $(random_delays "$rounds" "${MOST:-0.8}"); do
	launch
	sleep "$delay"
	if kill -0 "$agent" 2>/dev/null; then
		kills=$((kills + 1))
		kill_agent
	else
		# It may not end by itself, whatever happened before.
		wait "$agent"
		early=$((early + 1))
	fi
done
is "$early" 0 "no agent ended by itself"
is "$kills" "$rounds" "each was killed"
wait "$writer"
is "$?" 0 "the writer has written everything"
stored_offset() { # stored_offset: how far the log was read
	query "SELECT checkpoint FROM position" |
	    awk '/^position/ { print $5 }'
}
behind=$(($(wc -c <"$log") - $(stored_offset)))

all_read() {
	[ "$(stored_offset)" = "$(wc -c <"$log")" ]
}
start
ok $? "the last agent starts"
until_true "${PATIENCE:-300}" all_read
ok $? "it reads to the end"
until_true "${PATIENCE:-300}" nothing_due
ok $? "and delivers everything"
stop
is "$status" 0 "and ends well"

"$python" "$long/tally.py" "$dir" "$lines" "$state/ctail.db" "$out"
zero lost repeated doubled_ids
ok $? "every line is one alert, every alert has an id of its own"
zero other_words
ok $? "nothing else had to be said"
zero undelivered out_lost out_unknown
ok $? "the sink has every alert, and no other"
zero out_changed
ok $? "second copies are copies"
sane
figure "kill: kills=$kills lines=$lines bytes_behind_after_the_last=$behind"
tell kill
finish kill
