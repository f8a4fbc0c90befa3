# rotate.t: logs are rotated under writers that go on in the renamed file for
# up to two seconds: no line is lost, none told twice, each file in its order.
#
# ROUNDS=1000 rotations each under an agent and under `ctail --follow',
# ROUNDS/3 under `ctaild --once' now and then and under `ctail' every 50 ms;
# ROUNDS/15 by logrotate where it is here.  Reported, not judged, is what
# nobody can read: what is written between copy and truncation of
# `copytruncate' (see copytruncate.t).
. "${CTAIL_ENV:?}"
. "$srcdir/tests/long/lib.sh"
rounds=${ROUNDS:-1000}
third=$((rounds / 3))
logs=$dir/logs
# At most one rotation of a log between two looks at it: polling looks once a
# second.
pace="LOGS=3 FROM=0.4 TO=1"
[ "$watch_backend" != poll ] || pace="LOGS=10 FROM=1.5 TO=2.5"

configure <<END
[log app]
path = $logs/app-*.log
start = start
[rule numbered]
log = app
match = ^line (?<n>[0-9-]+)
throttle = none
sink = out
subject = \${n}
END
# What was decided is asked from the database; delivering it takes long.
sed "s|^path = $out|&\\nmin_severity = critical|" "$conf" >"$conf.new" &&
    mv "$conf.new" "$conf"

# prepare HOW: nothing there yet
prepare() {
	[ -z "$agent" ] || stop
	rm -rf "$state" "$out" "$logs" "$dir/counted" "$dir/details"
	mkdir "$logs"
	chmod 755 "$logs"
	: >"$dir/said"
}

# rotate SETTING=VALUE... [--run COMMAND...]
rotate() {
	rotate_settings=
	while [ $# -gt 0 ] && [ "$1" != --run ]; do
		rotate_settings="$rotate_settings $1"
		shift
	done
	# shellcheck disable=SC2086
	env $rotate_settings "$python" "$long/rotator.py" "$logs" "$@" \
	    2>>"$dir/rotator"
	is "$?" 0 "the logs were rotated"
	[ ! -s "$dir/rotator" ] || sed 's/^/#  rotator: /' "$dir/rotator"
}

# judge NAME FILE: the figures, and that they are right
judge() {
	"$python" "$long/sequence.py" "$logs" "$2"
	mv "$logs/counted" "$logs/details" "$dir"
	zero lost
	ok $? "$1: no line is lost"
	zero repeated foreign
	ok $? "$1: none is told twice, and nothing else"
	zero out_of_order
	ok $? "$1: each file in its order"
	tell "rotate: $1"
	! [ -s "$dir/details" ] || head -n 20 "$dir/details" | sed 's/^/#  /'
	unlike "$(cat "$dir/said" "$logs/complaints")" \
	    'Sanitizer|runtime error|BUG|stored already' \
	    "$1: no program complained about itself"
}

stored() { # what was decided, in its order
	query "SELECT subject FROM alert WHERE kind = 'match' ORDER BY n" \
	    >"$dir/told"
}

enough_read() { # whether the agent is at the end of all files
	stored
	[ "$(wc -l <"$dir/told")" -ge "$(awk '{ n += $2 } END { print n }' \
	    "$logs/written")" ]
}

# under_agent NAME SETTING=VALUE...
under_agent() {
	under_name=$1
	shift
	prepare
	start
	rotate "$@"
	until_true 30 enough_read
	# A line that is told twice comes late.
	sleep 1
	stop
	is "$status" 0 "$under_name: the agent ends well"
	stored
}

# --- By rename ----------------------------------------------------------------

# shellcheck disable=SC2086
under_agent "agent" $pace ROTATIONS="$rounds" RATE=2000
judge "agent, $rounds renames" "$dir/told"

# under_follow NAME SETTING=VALUE...: as many logs as $pace says
under_follow() {
	under_name=$1
	shift
	prepare
	follow_logs=
	follow_last=$(env $pace sh -c 'echo "$((LOGS - 1))"')
	for follow_n in $(seq 0 "$follow_last"); do
		: >"$logs/app-$follow_n.log"
		follow_logs="$follow_logs $logs/app-$follow_n.log"
	done
	# shellcheck disable=SC2086
	"$CTAIL" --follow $follow_logs >"$dir/told" 2>>"$dir/said" &
	follow=$!
	mine "$follow"
	rotate "$@"
	until_true 30 enough_followed
	sleep 1
	end "$follow"
	is "$status" 0 "$under_name: it ends well"
}

enough_followed() {
	[ "$(wc -l <"$dir/told")" -ge "$(awk '{ n += $2 } END { print n }' \
	    "$logs/written")" ]
}

# shellcheck disable=SC2086
under_follow "follow" $pace ROTATIONS="$rounds" RATE=2000
judge "ctail --follow, $rounds renames" "$dir/told"

prepare
rotate LOGS=15 ROTATIONS="$third" RATE=2000 PAUSE=0.3 \
    --run "$CTAILD" -c "$conf" --libexec "$builddir" --once
stored
judge "--once, $third renames, $(cat "$logs/runs")" "$dir/told"

# ctail_every SETTING=VALUE...: every 50 ms
ctail_every() {
	prepare
	# shellcheck disable=SC2016
	rotate "$@" LOGS=15 RATE=2000 PAUSE=0.05 \
	    --run sh -c 'exec "$0" "$1"/app-*.log' "$CTAIL" "$logs"
}

# report NAME FILE: the figures, of which not all can be right
report() {
	"$python" "$long/sequence.py" "$logs" "$2"
	mv "$logs/counted" "$logs/details" "$dir"
	tell "rotate: $1 (losses are not judged)"
	zero repeated foreign
	ok $? "$1: no line is told twice"
	rm "$dir/details"
}

ctail_every ROTATIONS="$third" NEW=after
judge "ctail, $third renames, $(cat "$logs/runs")" "$logs/output"
ctail_every ROTATIONS="$third"
judge "ctail, $third renames, two writers at once" "$logs/output"

# --- By logrotate ---------------------------------------------------------------

if command -v logrotate >/dev/null; then
	few=$((rounds / 15))
	# shellcheck disable=SC2086
	under_agent "agent" HOW=logrotate $pace ROTATIONS="$few" RATE=2000
	judge "agent, logrotate $few times" "$dir/told"
	ctail_every HOW=logrotate ROTATIONS="$few"
	judge "ctail, logrotate $few times, $(cat "$logs/runs")" \
	    "$logs/output"
	# shellcheck disable=SC2086
	under_agent "agent" HOW=copytruncate $pace ROTATIONS="$few" RATE=2000
	report "agent, copytruncate $few times" "$dir/told"
else
	for what in "agent" "ctail" "copytruncate"; do
		skip "$what under logrotate" "logrotate is not here"
	done
fi
finish rotate
