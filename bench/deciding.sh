# deciding.sh: what windows, keys, times and records cost.  Sourced by run.
#
# All of it goes through a whole `ctaild --once'.  The lines carry stamps of
# the last hour, so that the windows run in their time.
# shellcheck shell=sh disable=SC2154

# failures COUNT KEYS: so many lines of as many users, in turn.
failures() {
	awk -v count="$1" -v keys="$2" -v now="$(date +%s)" 'BEGIN {
		for (i = 0; i < count; i++) {
			at = now - 3600 + int(i * 3500 / count)
			if (at != last)
				stamp = strftime("%Y-%m-%dT%H:%M:%SZ", at, 1)
			last = at
			printf "%s db3 sshd[%d]: Failed password for user%d " \
			    "from 10.%d.%d.%d port %d ssh2\n", stamp, \
			    1000 + i % 977, i * 7919 % keys, i % 199, \
			    i % 211, i % 223, 1024 + i % 60000
		}
	}'
}

# rules_conf PLACE LOG [LINE...]: an [agent], a [file] and a [log]; the lines
# of a [log] come first, up to the rules.
rules_conf() {
	conf_place=$1
	mkdir -p "$conf_place"
	{
		printf '%s\n' '[agent]' "state_dir = $1/state" \
		    'sink = out' '[file out]' "path = $1/out.jsonl" \
		    '[log app]' "path = $2" 'start = start'
		shift 2
		[ $# -eq 0 ] || printf '%s\n' "$@"
	} >"$conf_place/ctail.ini"
	chmod 600 "$conf_place/ctail.ini"
}

# a_rule NAME MATCH [LINE...]
a_rule() {
	printf '%s\n' "[rule $1]" 'log = app' "match = $2"
	shift 2
	[ $# -eq 0 ] || printf '%s\n' "$@"
}

who='Failed \w+ for (?<user>\S+) from'

# pass NAME: the command line of one pass over the configuration of that name,
# from nothing; dry NAME: of one that stores nothing, but would go on where a
# stored pass has ended; again NAME: of one that finds nothing new.
pass() {
	printf 'cd %s && rm -rf state out.jsonl && exec %s -c ctail.ini --libexec %s --once' \
	    "$place/$1" "$CTAILD" "$builddir"
}
dry() {
	printf 'cd %s && rm -rf state && exec %s -c ctail.ini --once --dry-run' \
	    "$place/$1" "$CTAILD"
}
again() {
	printf 'cd %s && exec %s -c ctail.ini --libexec %s --once' \
	    "$place/$1" "$CTAILD" "$builddir"
}

# lines_a_second OUT NAME
lines_a_second() {
	calc "$deciding_lines / $(sample "$1" "$2" p50) * 1000000" %.0f
}

# more OUT NAME THAN: ns a line of the difference of two medians
more() {
	calc "($(sample "$1" "$2" p50) - $(sample "$1" "$3" p50)) * 1000 / \
	    $deciding_lines" %.0f
}

deciding_window() {
	rules_conf "$place/keys" "$log" "$(a_rule keys "$who" \
	    'when = 20 in 1h' "key = \${user}")"
	"$probes/spawn" "$deciding_runs" dry sh -c "$(dry keys)" \
	    -- pass sh -c "$(pass keys)" -- again sh -c "$(again keys)" \
	    >"$dir/window.out" 2>"$dir/deciding.err" || return 1
	target_least "20 in 1h, $deciding_keys keys: lines a second" \
	    "$(lines_a_second "$dir/window.out" dry)" 300000 ""
	target_least "  the same, stored" \
	    "$(lines_a_second "$dir/window.out" pass)" 300000 ""
	record "    of the processor's time alone: lines a second" \
	    "$(calc "$deciding_lines / $(sample "$dir/window.out" pass.cpu \
		p50) * 1000000" %.0f)"
	record "    the largest resident set, MB" \
	    "$(calc "$(sample "$dir/window.out" pass.rss p50) / 1024" %.1f)"
	record "  a pass with these keys and nothing new, ms" \
	    "$(calc "$(sample "$dir/window.out" again p50) / 1000" %.0f)"
}

# Each line has a key of its own: as many as may be are kept.
deciding_flood() {
	failures "$deciding_lines" "$deciding_lines" >"$place/flood.log"
	rules_conf "$place/flood" "$place/flood.log" "$(a_rule flood "$who" \
	    'when = 20 in 1h' "key = \${user}")"
	"$probes/spawn" 1 pass sh -c "$(pass flood)" >"$dir/flood.out" \
	    2>"$dir/deciding.err" || return 1
	record "$deciding_lines keys, one a line: lines a second" \
	    "$(lines_a_second "$dir/flood.out" pass)"
	record "  the largest resident set, MB" \
	    "$(calc "$(sample "$dir/flood.out" pass.rss p50) / 1024" %.1f)"
	rm -f "$place/flood.log"
}

# rss KEYS EACH: of an agent that holds so many keys with as many matches, KB
rss() {
	rm -rf "$place/rss"
	failures "$(($1 * $2))" "$1" >"$place/rss.log"
	rules_conf "$place/rss" "$place/rss.log" "$(a_rule keys "$who" \
	    'when = 20 in 1h' "key = \${user}")"
	"$CTAILD" -c "$place/rss/ctail.ini" --libexec "$builddir" \
	    >/dev/null 2>>"$dir/deciding.err" &
	pid=$!
	mine "$pid"
	sleep 1
	until_true 60 is_settled "$pid" || return 1
	memory "$pid" Rss
	end "$pid"
}

deciding_memory() {
	few=$((deciding_keys / 10))
	for each in 1 5; do
		small=$(rss "$few" "$each") && large=$(rss "$deciding_keys" \
		    "$each") || return 1
		record "memory of a key with $each pending, bytes" \
		    "$(calc "($large - $small) * 1024 / \
			($deciding_keys - $few)" %.0f)"
	done
}

deciding_burst() {
	rules_conf "$place/burst" "$log" "$(a_rule burst "$who")"
	"$probes/spawn" "$deciding_runs" pass sh -c "$(pass burst)" \
	    >"$dir/burst.out" 2>"$dir/deciding.err" || return 1
	target "a burst of $deciding_lines matches, throttled: seconds" \
	    "$(calc "$(sample "$dir/burst.out" pass p50) / 1000000" %.2f)" \
	    10 s
}

# The same log and rule, but for one thing each.
deciding_lines() {
	window=$(a_rule window "$who" 'when = 10000 in 1s')
	nothing=$(a_rule nothing 'never to be seen')
	rules_conf "$place/arrival" "$log" 'timestamp = arrival' "$window"
	rules_conf "$place/auto" "$log" 'timestamp = auto' "$window"
	rules_conf "$place/format" "$log" \
	    'timestamp = %Y-%m-%dT%H:%M:%SZ' "$window"
	rules_conf "$place/one" "$log" "$nothing"
	rules_conf "$place/joined" "$log" 'record = start ^\d' "$nothing"
	rules_conf "$place/fifty" "$log" "$(number=0
	while [ "$number" -lt 50 ]; do
		a_rule "n$number" "never seen word$number (?<x>\\d+)"
		number=$((number + 1))
	done)"
	set -- "$deciding_runs" one sh -c "$(dry one)"
	for name in joined fifty arrival auto format; do
		set -- "$@" -- "$name" sh -c "$(dry "$name")"
	done
	"$probes/spawn" "$@" >"$dir/costs.out" 2>"$dir/deciding.err" ||
	    return 1
	record "one rule that does not match, ns a line" \
	    "$(calc "$(sample "$dir/costs.out" one p50) * 1000 / \
		$deciding_lines" %.0f)"
	record "  50 rules that do not match, ns a line more" \
	    "$(more "$dir/costs.out" fifty one)"
	record "  record = start, ns a line more" \
	    "$(more "$dir/costs.out" joined one)"
	record "a window without a key, by arrival, ns a line" \
	    "$(calc "$(sample "$dir/costs.out" arrival p50) * 1000 / \
		$deciding_lines" %.0f)"
	record "  timestamp = auto, ns a line more" \
	    "$(more "$dir/costs.out" auto arrival)"
	record "  timestamp = a format, ns a line more" \
	    "$(more "$dir/costs.out" format arrival)"
}

# peer NAME WHAT COMMAND...: over the first $deciding_slow lines; ctaild's
# time for as many is beside it.
peer() {
	peer_name=$1 peer_what=$2
	shift 2
	if ! have "$peer_name"; then
		missing "$peer_what" "$peer_name is not installed"
		return
	fi
	if ! "$probes/spawn" 3 peer "$@" -- ctaild sh -c "$(dry slow)" \
	    >"$dir/peer.out" 2>"$dir/peer.err"; then
		missing "$peer_what" "$peer_name failed"
		return
	fi
	record "$peer_what, lines a second" \
	    "$(calc "$deciding_slow / $(sample "$dir/peer.out" peer p50) * \
		1000000" %.0f)"
	record "  its median, as a multiple of ctaild's" \
	    "$(calc "$(sample "$dir/peer.out" peer p50) / \
		$(sample "$dir/peer.out" ctaild p50)" %.1f)"
}

deciding_peers() {
	slow=$place/slow.log
	head -n "$deciding_slow" "$log" >"$slow"
	rules_conf "$place/slow" "$slow" "$(a_rule keys "$who" \
	    'when = 20 in 1h' "key = \${user}")"
	printf '%s\n' 'type=SingleWithThreshold' 'ptype=RegExp' \
	    'pattern=Failed \w+ for (\S+) from' "desc=failures of \$1" \
	    "action=write - \$1" 'window=3600' 'thresh=20' >"$place/sec.conf"
	printf '%s\n' 'watchfor /Failed \w+ for (\S+) from/' \
	    "  threshold track_by=\$1,type=both,count=20,seconds=3600" \
	    "  exec true" >"$place/swatch.conf"
	peer sec "sec, SingleWithThreshold" sec --conf="$place/sec.conf" \
	    --input="$slow" --notail --log=/dev/null
	peer fail2ban-regex "fail2ban-regex" fail2ban-regex "$slow" \
	    'Failed \w+ for \S+ from <HOST>'
	peer swatchdog "swatchdog, threshold" swatchdog \
	    -c "$place/swatch.conf" -f "$slow"
}

bench_deciding() {
	place=$dir/deciding
	log=$place/failures.log
	mkdir -p "$place"
	failures "$deciding_lines" "$deciding_keys" >"$log"
	heading "deciding: $deciding_lines lines that match, $deciding_keys keys, $deciding_runs runs"
	for part in window flood memory burst lines peers; do
		"deciding_$part" || {
			cat "$dir/deciding.err" >&2
			broken "deciding: $part"
		}
	done
}
