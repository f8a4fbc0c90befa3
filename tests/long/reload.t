# reload.t: HUP again and again, with a good, a changed and a bad
# configuration, while lines come in and go out to a file and a command:
# nothing is lost, no id stands for two things, memory does not grow.
#
# ROUNDS=200 reloads, TOTAL=6000 lines over SPAN=60 seconds.  WARM=6000 alerts
# go before them at once: what a burst adds to the heap stays there, and is not to
# be taken for what reloads add.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/long/lib.sh"
rounds=${ROUNDS:-200}
lines=${TOTAL:-6000}
warm=${WARM:-6000}
log=$dir/app.log
settled=$((rounds < 20 ? rounds : 20))

printf '#!/bin/sh\ncat >>%s/door.jsonl\n' "$dir" >"$dir/door"
chmod 755 "$dir/door"

good() { # good [SEVERITY [TIMEOUT [LINE...]]]
	{
		printf '[exec door]\ncommand = %s/door\ntimeout = %s\n' \
		    "$dir" "${2:-10s}"
		numbered
		printf 'sink = out door\nseverity = %s\n' "${1:-warning}"
		cat <<'END'
[rule warm]
log = app
match = ^warm (?<n>\d+)
throttle = none
sink = out
subject = warm ${n}
END
		[ $# -le 2 ] || printf '%s\n' "$3"
	} | configure
	mv "$conf" "$dir/good"
}

# Rules, sinks and logs come and go; what waits for a sink that goes is for
# the default one.
changed() {
	good error 20s "[file extra]
path = $dir/extra.jsonl
[log other]
path = $dir/*.other
[rule also]
log = app other
match = ^line (?<n>\\d+0)\\b
throttle = none
sink = extra
subject = also \${n}
[rule counted]
log = app
match = ^line (?<n>\\d+)
when = 50 in 10m
subject = many lines"
	mv "$dir/good" "$dir/changed"
}

bad() { # bad N: in one of several ways
	good
	case $(($1 % 4)) in
	0) printf '[rule bad]\nlog = app\nmatch = (\n' >>"$dir/good" ;;
	1) sed -i 's/^sink = out door/sink = out dor/' "$dir/good" ;;
	2) printf '[rule cut-sho' >>"$dir/good" ;;
	3) echo '[no such section]' >"$dir/good" ;;
	esac
	mv "$dir/good" "$dir/bad"
}

answers() { # how often it has said what became of a HUP
	grep -Ec 'stays? in force|is in force' "$dir/said"
}

answered() {
	[ "$(answers)" -gt "$before" ]
}

pss() { # kB
	awk '/^Pss:/ { print $2 }' "/proc/$agent/smaps_rollup"
}

good
changed
bad 0
good
cp "$dir/good" "$conf"
seq -f 'warm %.0f' "$warm" >"$log"
: >"$dir/said"
start
until_true 60 has_arrived "$warm"
ok $? "$warm alerts went before"
first_agent=$agent
"$python" "$long/writer.py" "$log" "$lines" 1000 \
    "${SPAN:-60}" &
writer=$!
mine "$writer"

round=0
unanswered=0
sizes=
for delay in $(random_delays "$rounds" "${MOST:-0.5}"); do
	round=$((round + 1))
	case $((round % 3)) in
	0) kind=good ;;
	1) kind=changed ;;
	2) kind=bad && bad "$round" ;;
	esac
	good
	cp "$dir/$kind" "$conf.new" && mv "$conf.new" "$conf"
	before=$(answers)
	kill -HUP "$agent" || break
	# Now and then two at once.
	[ $((round % 7)) -ne 0 ] || kill -HUP "$agent"
	until_true 10 answered || unanswered=$((unanswered + 1))
	sleep "$delay"
	if [ $((round % settled)) -eq 0 ]; then
		sizes="$sizes $(pss)"
		[ "$round" -ne "$settled" ] || settled_size=$(pss)
	fi
done
is "$round $unanswered" "$rounds 0" "every HUP was answered"
wait "$writer"
is "$?" 0 "the writer has written everything"
cp "$dir/good" "$conf.new" && mv "$conf.new" "$conf"
before=$(answers)
kill -HUP "$agent"
until_true 10 answered
ok $? "the last configuration is good"

all_decided() {
	[ "$(query "SELECT count(*) FROM alert WHERE rule = 'numbered'")" -ge \
	    "$lines" ]
}
until_true 60 all_decided
ok $? "all lines were decided"
until_true "${PATIENCE:-300}" nothing_due
ok $? "and everything was delivered"
kill -0 "$first_agent"
ok $? "by one and the same agent"
last_size=$(pss)
figure "reload: reloads=$rounds refused=$(grep -c 'is refused; the' \
    "$dir/said") PSS kB: after $settled: $settled_size, every" \
    "$settled:$sizes, at the end: $last_size"
if [ -n "$sanitize_flags" ]; then
	skip "memory does not grow" "sanitizers keep what was freed"
else
	[ "$last_size" -le $((settled_size + 1536)) ]
	ok $? "memory does not grow by more than 1.5 MB"
fi
stop
is "$status" 0 "it ends well"

"$python" "$long/tally.py" "$dir" "$lines" "$state/ctail.db" "$out" \
    "$dir/door.jsonl"
zero lost repeated doubled_ids
ok $? "every line is one alert, every alert has an id of its own"
zero undelivered out_lost door_lost
ok $? "both sinks have every alert"
zero out_unknown door_unknown out_changed door_changed out_torn door_torn
ok $? "no id stands for two things"
zero out_second_copies door_second_copies
ok $? "and nothing came twice"
sane
tell reload
finish reload
