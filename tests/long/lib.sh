# tests/long/lib.sh: what the long proofs share.  Sourced after env.sh.
#
# SEED chooses what is random (default: the time); every test prints it, and a
# run with the same SEED makes the same choices, though not at the same
# moments of the programs' lives.
. "$srcdir/tests/lib/agent.sh"
# The system's Python, as in tests/lib/e2e.sh.
python=/usr/bin/python3
[ -x "$python" ] || python=python3
command -v "$python" >/dev/null || skip_all "python3 is not here"
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
long=$srcdir/tests/long
SEED=${SEED:-$(date +%s)}
export SEED
began=$(date +%s)

# figure TEXT...: a line of the table that tests/long/run prints last.
figure() {
	printf '# figure: %s\n' "$*"
}

# tell NAME: what a tool has counted (NAME VALUE, a line each) as figures; the
# values are asked for with `counted`.
tell() {
	sed 's/^\([^ ]*\) /\1=/' "$dir/counted" | tr '\n' ' ' |
	    sed "s/^/# figure: $1: /; s/ \$//"
	echo
}

counted() { # counted NAME
	sed -n "s/^$1 //p" "$dir/counted"
}

# zero NAME...: passes when each was counted and is 0.
zero() {
	for zero_name; do
		[ "$(counted "$zero_name")" = 0 ] || return 1
	done
}

# complain: details that the tool found, after a failed test.
complain() {
	[ "$tap_failed" -eq 0 ] && return
	[ ! -s "$dir/details" ] || head -n 40 "$dir/details" | sed 's/^/#  /'
	[ ! -s "$dir/said" ] || tail -n 30 "$dir/said" | sed 's/^/#  said: /'
}

query() { # query SQL: rows of the agent's database
	"$python" "$srcdir/tests/lib/query.py" "$state/ctail.db" "$1"
}

# numbered: a [log app] at $log, and the rule that makes every line N an alert
# with the subject N; further keys of the rule may follow.
numbered() {
	cat <<END
[log app]
path = $log
start = start
[rule numbered]
log = app
match = ^line (?<n>\\d+)
throttle = none
subject = \${n}
END
}

# random_delays COUNT MOST: so many waits in seconds, one in four short.
random_delays() {
	awk -v seed="$SEED" -v count="$1" -v most="$2" 'BEGIN {
		srand(seed)
		for (i = 0; i < count; i++) {
			upper = rand() < 0.25 ? most / 10 : most
			printf "%.3f\n", rand() * upper
		}
	}'
}

# Agents that are killed again and again are not for tap.sh's list: their
# process ids are somebody else's later.
long_cleanup() {
	[ -z "$agent" ] || kill -KILL "$agent" 2>/dev/null
	tap_cleanup
}
trap long_cleanup EXIT

# launch: an agent in the background that nobody waits for.
launch() {
	"$CTAILD" -c "$conf" --libexec "$builddir" >>"$dir/printed" \
	    2>>"$dir/said" &
	agent=$!
}

kill_agent() {
	kill -KILL "$agent"
	# The shell's word about it is of no interest.
	wait "$agent" 2>/dev/null
	agent=
}

nothing_due() { # of a running agent
	ctl status | grep -Eq 'deliveries: .* 0 waiting'
}

# sane: no program complained about itself.
sane() {
	unlike "$(cat "$dir/said")" 'Sanitizer|runtime error|BUG|stored already' \
	    "no program complained about itself"
}

finish() {
	complain
	figure "$1: $(($(date +%s) - began)) s, SEED=$SEED"
	tap_done
}
