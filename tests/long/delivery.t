# delivery.t: alerts go to a web server that fails at every third request, in
# eight ways, while ctaild and ctail-send are killed at random: each arrives,
# and second copies are no more than the answers that were lost.
#
# TOTAL=2000 alerts for SINKS=8 sinks; FAIL=30 percent; AGENT_KILLS=20 and
# WORKER_KILLS=40.  Waiting after a failure cannot be configured: it is up to
# 1 s after the first, and twice as much after each that follows; several
# sinks wait side by side.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/long/lib.sh"
lines=${TOTAL:-2000}
sinks=${SINKS:-8}
agent_kills=${AGENT_KILLS:-20}
worker_kills=${WORKER_KILLS:-40}
rounds=$((agent_kills + worker_kills))
log=$dir/app.log

"$python" "$long/flaky.py" "$dir" "${FAIL:-30}" &
server=$!
mine "$server"
until_true 10 test -s "$dir/port"
url=http://127.0.0.1:$(cat "$dir/port")
{
	printf '[log app]\npath = %s\nstart = start\n' "$log"
	sink=0
	while [ "$sink" -lt "$sinks" ]; do
		cat <<END
[webhook hook$sink]
url = $url/$sink
timeout = 1s
[rule to$sink]
log = app
match = ^line (?<n>\\d+) to $sink\$
throttle = none
sink = hook$sink
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
			printf "line %d to %d\n", i, i % sinks
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
    "$(query "SELECT count(*) FROM outbox WHERE state = 0") waiting then"

all_decided() {
	[ "$(query "SELECT count(*) FROM alert")" -ge "$lines" ]
}
until_true 60 all_decided
ok $? "all lines were decided"
until_true "${PATIENCE:-300}" nothing_due
ok $? "nothing waits any more"
stop
is "$status" 0 "the agent ends well"
end "$server"

"$python" "$long/arrivals.py" "$dir" "$state/ctail.db"
is "$(counted alerts)" "$lines" "there is one alert for each line"
is "$(counted never_arrived)" 0 "each has arrived"
zero unknown_ids changed_bodies
ok $? "as it was stored, and nothing else"
zero due dead
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
