# matching_agent.sh: the whole agent with few and many patterns, and what a
# hostile line costs.  Sourced by matching.sh.
# shellcheck shell=sh disable=SC2154

# --- The whole agent ---------------------------------------------------------

# agent_of NAME [LINE...]: configurations NAME.big, .small and .empty
agent_of() {
	agent_name=$1
	shift
	for size in big 8m empty; do
		agent_place=$place/$agent_name.$size
		mkdir -p "$agent_place"
		printf '%s\n' '[agent]' "state_dir = $agent_place/state" \
		    '[log app]' "path = $place/$size.log" 'start = start' \
		    "$@" >"$agent_place/ctail.ini"
		chmod 600 "$agent_place/ctail.ini"
	done
}

# The list of a key, one value a line.
agent_files() { # agent_files KEY FILE...
	printf '%s = %s' "$1" "$2"
	shift 2
	for file; do
		printf '\n    %s' "$file"
	done
}

matching_agent() {
	printf '\n  the whole agent: ctaild --once --dry-run\n'
	rest='[rule r]
log = app
throttle = 1h
sink = none'
	agent_of agent-one "$rest" 'match = never to be seen'
	agent_of agent-words "$rest" "match_file = $place/words.rules"
	agent_of agent-all "$rest" 'match = .' \
	    "exclude_file = $place/rulesall.rules"
	agent_of agent-logcheck '[logcheck app]' 'log = app' 'sink = none' \
	    "rules = $(sed -n 's,/ignore\.d\.server/.*,,p' \
		"$place/rule.files" | head -n 1)" 'level = workstation'
	set -- agent-one agent-words
	[ ! -s "$place/rulesall.rules" ] || set -- "$@" agent-all agent-logcheck
	for agent; do
		matching_measure_agent "$agent" || {
			missing "$(matching_label "$agent")" "failed"
			continue
		}
		matching_agent_row "$agent"
	done
}

matching_measure_agent() {
	command="$CTAILD --once --dry-run -c"
	# shellcheck disable=SC2086 # words
	"$probes/spawn" -o "$place/out" "$matching_runs" \
	    big $command "$place/$1.big/ctail.ini" \
	    -- small $command "$place/$1.8m/ctail.ini" \
	    -- empty $command "$place/$1.empty/ctail.ini" \
	    >"$place/samples.agent.$1" 2>>"$dir/matching.err"
}

matching_agent_row() {
	speed=$(matching_slope agent "$1" big 8m)
	samples=$place/samples.agent.$1
	echo "agent $1 $speed" >>"$place/speeds"
	record "$(matching_label "$1")" "$(printf '%8s GB/s %7s ms %6s MB' \
	    "$(gigabytes "$speed")" \
	    "$(calc "$(sample "$samples" empty.cpu p50) / 1000" %.1f)" \
	    "$(calc "$(sample "$samples" big.rss max) / 1024" %.1f)")"
	record "  the largest resident set on an empty log" \
	    "$(calc "$(sample "$samples" empty.rss max) / 1024" %.1f) MB"
	record "  lines a second, millions" \
	    "$(calc "$speed * $(wc -l <"$place/big.log") / \
		$(matching_bytes big)" %.2f)"
}

# --- A hostile line ----------------------------------------------------------

# Ten words and one pattern that explodes, over a log with and without the line.
matching_hostile() {
	budget=$(sed -n 's/^#define PATTERN_BUDGET_MS //p' \
	    "$srcdir/src/judge/pattern.h")
	printf '\n  a hostile line: 32 KB for (a+)+$ amid 4 MB, budget %s ms\n' \
	    "$budget"
	{
		cat "$place/words.rules"
		echo '(a+)+$'
	} >"$place/hostile.rules"
	awk 'BEGIN { for (i = 0; i < 32767; i++) printf "a"; print "!" }' \
	    >"$place/hostile.line"
	awk 'BEGIN { for (i = 0; i < 2048; i++) printf "aaaaaaaaaaaaaaa!"
	    print "" }' >"$place/hostile2.line"
	half=$(($(wc -l <"$place/4m.log") / 2))
	for kind in hostile hostile2; do
		{
			head -n "$half" "$place/4m.log"
			cat "$place/$kind.line"
			tail -n "+$((half + 1))" "$place/4m.log"
		} >"$place/$kind.log"
		matching_hostile_grep "$kind"
		matching_hostile_agent "$kind"
	done
}

hostile_name() {
	case $1 in
	hostile) echo "aaa...a!" ;;
	*) echo "a...a!a...a!" ;;
	esac
}

matching_hostile_grep() {
	matching_has ctail || return 0
	command="$CTAILCTL grep -f $place/hostile.rules"
	# shellcheck disable=SC2086 # words
	"$probes/spawn" -o "$place/out" "$matching_runs" \
	    without $command "$place/4m.log" -- with $command \
	    "$place/$1.log" >"$place/hostile" 2>>"$dir/matching.err" || {
		broken "a hostile line"
		return
	}
	hostile_cost "ctailctl grep, $(hostile_name "$1")"
	hostile_others "  lines of the others that are lost"
}

hostile_cost() {
	target "$1: more time" "$(calc "($(sample "$place/hostile" with p50) - \
		$(sample "$place/hostile" without p50)) / 1000" %.1f)" \
	    "$((2 * budget))" ms
}

hostile_others() {
	target "$1" "$(diff "$place/out/without" "$place/out/with" |
	    grep -c '^<')" 0 ""
}

alerts_of() { # alerts_of RULE OUTPUT
	grep -c "^Rule    $1\$" "$place/out/$2"
}

matching_hostile_agent() {
	for log in 4m "$1"; do
		agent_place=$place/hostile.$log
		mkdir -p "$agent_place"
		printf '%s\n' '[agent]' "state_dir = $agent_place/state" \
		    'sink = out' '[file out]' "path = $agent_place/out" \
		    '[log app]' "path = $place/$log.log" 'start = start' \
		    '[rule words]' 'log = app' 'throttle = none' \
		    "match_file = $place/words.rules" \
		    '[rule evil]' 'log = app' 'match = (a+)+$' \
		    >"$agent_place/ctail.ini"
		chmod 600 "$agent_place/ctail.ini"
	done
	command="$CTAILD --once --dry-run -c"
	# shellcheck disable=SC2086 # words
	"$probes/spawn" -o "$place/out" "$matching_runs" \
	    without $command "$place/hostile.4m/ctail.ini" \
	    -- with $command "$place/hostile.$1/ctail.ini" \
	    >"$place/hostile" 2>>"$dir/matching.err" || {
		broken "a hostile line, the agent"
		return
	}
	hostile_cost "ctaild, $(hostile_name "$1")"
	target "  alerts of the other rule that are lost" \
	    "$(($(alerts_of words without) - $(alerts_of words with)))" 0 ""
}
