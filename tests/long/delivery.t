# delivery.t: alerts go to web and mail servers that fail at every third
# request, in all the ways that flaky.py knows, while ctaild and ctail-send are
# killed at random: each arrives, in the order of its incident, and second
# copies are no more than the answers that were lost.
#
# TOTAL=100000 alerts of TOTAL/10 incidents for SINKS=32 sinks, half of them
# mail; FAIL=30 percent; AGENT_KILLS=20 and WORKER_KILLS=40.  Waiting after a
# failure cannot be configured: it is up to 1 s after the first, and twice as
# much after each that follows; the sinks wait side by side.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/long/lib.sh"
lines=${TOTAL:-100000}
sinks=${SINKS:-32}
agent_kills=${AGENT_KILLS:-20}
worker_kills=${WORKER_KILLS:-40}
rounds=$((agent_kills + worker_kills))
log=$dir/app.log

"$python" "$long/flaky.py" "$dir" "${FAIL:-30}" &
server=$!
mine "$server"
until_true 10 test -s "$dir/mail"
web=127.0.0.1:$(cat "$dir/web")
mail=127.0.0.1:$(cat "$dir/mail")
{
	printf '[log app]\npath = %s\nstart = start\n' "$log"
	sink=0
	while [ "$sink" -lt "$sinks" ]; do
		if [ $((sink % 2)) -eq 0 ]; then
			echo "[webhook to$sink]"
			echo "url = http://$web/to$sink"
		else
			echo "[smtp to$sink]"
			echo "url = smtp://$mail"
			echo "tls = off"
			echo "from = ctail@test.invalid"
			echo "to = to$sink@test.invalid"
		fi
		cat <<END
timeout = 1s
storm = none
[rule to$sink]
log = app
match = ^line (?<n>\\d+) of (?<who>\\d+) to $sink\$
key = \${who}
throttle = none
sink = to$sink
subject = \${n}
END
		sink=$((sink + 1))
	done
} | configure
: >"$log"
: >"$dir/said"

written=0
write_up_to() { # write_up_to NUMBER
	awk -v from="$((written + 1))" -v to="$1" -v sinks="$sinks" 'BEGIN {
		for (i = from; i <= to; i++)
			printf "line %d of %d to %d\n", i,
			    int(i / sinks / 10), i % sinks
	}' >>"$log"
	written=$1
}

# Any worker of this agent.
kill_one() {
	for worker in $(ps -o pid= --ppid "$agent" | sort -R); do
		kill -KILL "$worker" 2>/dev/null && return
	done
	return 1
}

kill_worker() {
	until_true 1 kill_one
}

start
ok $? "the agent starts"
round=0
agents=0
workers=0
idle=0
for delay in $(random_delays "$rounds" "${MOST:-2.5}"); do
	round=$((round + 1))
	write_up_to $((lines * round / rounds))
	sleep "$delay"
	if [ $((round * agent_kills / rounds)) -gt "$agents" ]; then
		kill_agent
		agents=$((agents + 1))
		launch
	elif kill_worker; then
		workers=$((workers + 1))
	else
		idle=$((idle + 1))
	fi
done
is "$written" "$lines" "all lines were written"
figure "delivery: $(($(date +%s) - began)) s until the last kill," \
    "$(query "SELECT count(*) FROM outbox WHERE state IN (0, 4)") waiting then"

all_decided() {
	[ "$(query "SELECT count(*) FROM alert")" -ge "$lines" ]
}
until_true 120 all_decided
ok $? "all lines were decided"
until_true "${PATIENCE:-3600}" nothing_due
ok $? "nothing waits any more"
stop
is "$status" 0 "the agent ends well"
end "$server"

"$python" "$long/arrivals.py" "$dir" "$state/ctail.db"
is "$(counted alerts)" "$lines" "there is one alert for each line"
is "$(counted never_arrived)" 0 "each has arrived"
zero unknown_ids changed_bodies
ok $? "as it was stored, and nothing else"
zero out_of_order
ok $? "what belongs to one incident came in its order"
zero waiting dead
ok $? "nothing is due, nothing was given up"
# A killed worker takes one answer with it, a killed agent one of each sink.
most=$(($(counted answers_lost) + workers + agents * sinks))
[ "$(counted second_copies)" -le "$most" ]
ok $? "second copies are no more than lost answers"
unlike "$(cat "$dir/said")" 'Sanitizer|runtime error|BUG|stored already' \
    "no program complained about itself"
figure "delivery: killed ctaild=$agents ctail-send=$workers (and $idle times" \
    "none was there); at most $most second copies allowed"
tell delivery
finish delivery
