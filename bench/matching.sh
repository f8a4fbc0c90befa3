# matching.sh: what searching for few and for many patterns costs, beside what
# others take for the same lines.  Sourced by run; matching_peers.sh knows how
# each of them is called.
#
# Figures are the processor's time as the slope between a large log and a
# small one, so that starting and loading are apart from reading.
# shellcheck shell=sh disable=SC2154

# shellcheck source=bench/matching_peers.sh
. "${srcdir:?}/bench/matching_peers.sh"
# shellcheck source=bench/matching_agent.sh
. "${srcdir:?}/bench/matching_agent.sh"

# --- Logs and rules ----------------------------------------------------------

# matching_cut NAME BYTES: the first lines of the log
matching_cut() {
	head -c "$2" "$place/big.log" | sed '$d' >"$place/$1.log"
}

matching_corpus() {
	mkdir -p "$place/out"
	if [ -n "$corpus" ]; then
		what="the corpus $corpus"
		ln -s "$corpus" "$place/big.log"
	else
		what="a synthetic log"
		awk -v copies=60 -v first="$place/first" -v rest="$place/rest" \
		    -f "$srcdir/bench/lines.awk" "$srcdir/bench/lines.txt"
		"$probes/mix" "$matching_mb" "$place/first" "$place/rest" \
		    >"$place/big.log"
	fi
	: >"$place/empty.log"
	matching_cut 64k 64000
	matching_cut 256k 256000
	matching_cut 1m 1000000
	matching_cut 4m 4000000
	matching_cut 8m 8000000
	matching_cut 20m 20000000
	matching_cut 40m 40000000
}

# The rule files of logcheck in the order of its layers.
matching_rule_files() {
	for root in "$CTAIL_PEERS/root" ""; do
		[ -d "$root/etc/logcheck/ignore.d.server" ] || continue
		for layer in cracking.d violations.d violations.ignore.d \
		    ignore.d.paranoid ignore.d.server ignore.d.workstation; do
			find "$root/etc/logcheck/$layer" -type f
		done
		return
	done
}

# A random order that is the same every time, whichever awk it is.
matching_shuffle() {
	awk 'BEGIN { seed = 20261123 } {
		seed = seed * 16807 % 2147483647
		printf "%010d %s\n", seed, $0
	}' | sort | cut -d ' ' -f 2-
}

# What rg takes of these: it refuses some rules.
# shellcheck disable=SC2086 # words
matching_rg_takes() { # matching_rg_takes RULES
	split -l 40 "$1" "$place/part."
	for part in "$place"/part.*; do
		if rg --no-config $rg_options -f "$part" "$place/empty.log" \
		    >/dev/null 2>&1 || [ $? -eq 1 ]; then
			cat "$part"
			continue
		fi
		while IFS= read -r rule; do
			rg --no-config $rg_options -e "$rule" \
			    "$place/empty.log" >/dev/null 2>&1 ||
			    [ $? -ne 1 ] || printf '%s\n' "$rule"
		done <"$part"
	done
	rm -f "$place"/part.*
}

# Each set three times: all, what rg takes, and what does not make grep -E
# slower still.
matching_set_files() { # matching_set_files SET: its rules from standard input
	cat >"$place/$1.rules"
	grep -v '\\[1-9]' "$place/$1.rules" >"$place/$1.grep"
	grep -Fx -f "$place/rg.taken" "$place/$1.rules" >"$place/$1.rg"
	matching_sec_rules "$place/$1.rules" >"$place/$1.sec"
}

matching_sets() {
	if [ -n "${BENCH_MATCHING_RULES:-}" ]; then
		find "$BENCH_MATCHING_RULES" -type f
	else
		matching_rule_files
	fi >"$place/rule.files"
	tr '\n' '\0' <"$place/rule.files" | xargs -0 -r cat |
	    grep -v '^[[:space:]]*#' | grep '[^[:space:]]' | sort -u |
	    matching_shuffle >"$place/all"
	printf '%s\n' ERROR FATAL failed denied refused segfault panic \
	    'Out of memory' 'timed out' BREAK-IN >"$place/words"
	cp "$place/words" "$place/rg.all"
	printf '%s\n' 'segfault at [0-9a-f]+ ip' >>"$place/rg.all"
	: >"$place/rg.taken"
	if have rg; then
		matching_rg_takes "$place/all" >"$place/taken"
		cat "$place/rg.all" "$place/taken" >"$place/rg.taken"
	fi
	rm -f "$place/rg.all" "$place/taken"
	echo ERROR | matching_set_files literal
	echo 'segfault at [0-9a-f]+ ip' | matching_set_files pattern
	matching_set_files words <"$place/words"
	[ -s "$place/all" ] || return 0
	for count in 10 100 1000; do
		[ "$(wc -l <"$place/all")" -ge "$count" ] || continue
		head -n "$count" "$place/all" | matching_set_files "rules$count"
	done
	matching_set_files rulesall <"$place/all"
}

# --- Measuring ---------------------------------------------------------------

# Runs each tool on the large, the small and the empty log, in turn.
# matching_measure SET RUNS BIG SMALL TOOL...: leaves $place/samples.SET.TOOL,
# with the samples big, small and empty.
matching_measure() {
	set_name=$1 set_runs=$2 big=$3 small=$4
	shift 4
	tools=$*
	set --
	measured=
	for tool in $tools; do
		rm -f "$place/samples.$set_name.$tool"
		matching_has "$tool" || continue
		command=$(matching_command "$tool" "$place/$set_name")
		[ $# -eq 0 ] || set -- "$@" --
		# shellcheck disable=SC2086 # words
		set -- "$@" "$tool.big" $command "$place/$big.log" \
		    -- "$tool.small" $command "$place/$small.log" \
		    -- "$tool.empty" $command "$place/empty.log"
		measured="$measured $tool"
	done
	[ $# -gt 0 ] || return 0
	if ! "$probes/spawn" -o "$place/out" "$set_runs" "$@" \
	    >"$place/samples" 2>>"$dir/matching.err"; then
		matching_apart "$set_runs"
		return
	fi
	for tool in $measured; do
		grep "^$tool\\." "$place/samples" | cut -d . -f 2- \
		    >"$place/samples.$set_name.$tool"
	done
}

# One of them fails: each alone, so that only that one is missing.
matching_apart() {
	for tool in $measured; do
		command=$(matching_command "$tool" "$place/$set_name")
		# shellcheck disable=SC2086 # words
		"$probes/spawn" -o "$place/out" "$1" \
		    "big" $command "$place/$big.log" \
		    -- "small" $command "$place/$small.log" \
		    -- "empty" $command "$place/empty.log" \
		    >"$place/samples.$set_name.$tool" 2>>"$dir/matching.err" ||
		    rm -f "$place/samples.$set_name.$tool"
		for size in big small empty; do
			mv -f "$place/out/$size" "$place/out/$tool.$size"
		done
	done
}

matching_bytes() { # matching_bytes LOG
	stat -L -c %s "$place/$1.log"
}

# slope SET TOOL BIG SMALL: bytes a microsecond
matching_slope() {
	awk -v bytes="$(($(matching_bytes "$3") - $(matching_bytes "$4")))" \
	    -v big="$(sample "$place/samples.$1.$2" big.cpu p50)" \
	    -v small="$(sample "$place/samples.$1.$2" small.cpu p50)" 'BEGIN {
		time = big - small
		printf "%.6f", bytes / (time > 1 ? time : 1)
	}'
}

gigabytes() { # gigabytes BYTES_A_MICROSECOND
	awk -v speed="$1" 'BEGIN {
		places = speed > 99 ? 2 : speed > 9 ? 3 : 4
		printf "%.*f", places, speed / 1000
	}'
}

# A row for each tool that was measured, and its slope kept.
matching_rows() { # matching_rows SET BIG SMALL TOOL...
	rows_set=$1 rows_big=$2 rows_small=$3
	shift 3
	for tool; do
		samples=$place/samples.$rows_set.$tool
		label="$(matching_label "$tool")"
		if [ ! -s "$samples" ]; then
			missing "$label" "$(matching_why_not "$tool")"
			continue
		fi
		speed=$(matching_slope "$rows_set" "$tool" "$rows_big" \
		    "$rows_small")
		echo "$rows_set $tool $speed" >>"$place/speeds"
		record "$label" "$(printf '%8s GB/s %7s ms %6s MB' \
		    "$(gigabytes "$speed")" \
		    "$(calc "$(sample "$samples" empty.cpu p50) / 1000" %.1f)" \
		    "$(calc "$(sample "$samples" small.rss max) / 1024" %.1f)")"
	done
}

speed_of() { # speed_of SET TOOL
	awk -v set="$1" -v tool="$2" '$1 == set && $2 == tool {
		speed = $3 } END { print speed }' "$place/speeds"
}

# matching_ratio SET TOOL OTHER LEAST: of two speeds; "-": for the record
matching_ratio() {
	mine=$(speed_of "$1" "$2")
	other=$(speed_of "$1" "$3")
	[ -n "$mine" ] && [ -n "$other" ] || return 0
	ratio_what="  $(matching_label "$2") / $(matching_label "$3")"
	ratio=$(calc "$mine / $other" %.2f)
	if [ "$4" = - ]; then
		record "$ratio_what" "$ratio x"
	else
		target_least "$ratio_what" "$ratio" "$4" x
	fi
}

# The lines that ctailctl grep printed, against the other's.
matching_same() { # matching_same SET LOG TOOL
	matching_has ctail && [ -s "$place/samples.$1.$3" ] || return 0
	$(matching_command ctail "$place/$1") "$place/$2.log" \
	    >"$place/out/mine" 2>/dev/null
	$(matching_command "$3" "$place/$1") "$place/$2.log" \
	    >"$place/out/theirs" 2>/dev/null
	same_what="  the lines of both ctailctl and $3"
	if cmp -s "$place/out/mine" "$place/out/theirs"; then
		record "$same_what" "$(wc -l <"$place/out/mine") of $(wc -l \
		    <"$place/$2.log"), the same"
	else
		record "$same_what" "$(diff "$place/out/mine" \
		    "$place/out/theirs" | grep -c '^[<>]') differ"
	fi
}

# --- The table ---------------------------------------------------------------

matching_title() { # matching_title SET
	count=$(($(wc -l <"$place/$1.rules")))
	refused=$((count - $(wc -l <"$place/$1.rg")))
	backwards=$((count - $(wc -l <"$place/$1.grep")))
	printf '\n  %s: slope, start and loading (CPU), memory' "$2"
	! have rg || [ "$refused" -eq 0 ] ||
		printf '; rg without the %d it refuses' "$refused"
	[ "$backwards" -eq 0 ] ||
		printf '; grep without %d that refer back' "$backwards"
	printf '\n'
}

# quick SET RUNS TOOL...; slow SET BIG SMALL TOOL...
matching_quick() {
	quick_set=$1 quick_runs=$2
	shift 2
	matching_measure "$quick_set" "$quick_runs" big 8m "$@"
	matching_rows "$quick_set" big 8m "$@"
}

matching_slow() {
	slow_set=$1 slow_big=$2 slow_small=$3
	shift 3
	matching_measure "$slow_set" "$matching_slow_runs" "$slow_big" \
	    "$slow_small" "$@"
	matching_rows "$slow_set" "$slow_big" "$slow_small" "$@"
}

matching_one() { # matching_one SET TITLE
	matching_title "$1" "$2"
	matching_quick "$1" "$((3 * matching_runs))" ctail portable rg grep \
	    grep-P
	matching_slow "$1" 20m 1m alternation
	matching_ratio "$1" ctail rg 0.7
	matching_ratio "$1" ctail grep 1.4
	matching_ratio "$1" portable rg -
	matching_same "$1" big grep
}

matching_words() {
	matching_title words "10 words"
	matching_quick words "$((3 * matching_runs))" ctail portable rg grep
	matching_slow words 8m 1m alternation loop
	matching_slow words 4m 1m sec swatchdog mtail
	matching_ratio words ctail rg 1.1
	matching_ratio words ctail sec 300
	matching_ratio words ctail grep -
	matching_ratio words portable rg -
	matching_same words big rg
}

matching_10() {
	[ -s "$place/rules10.rules" ] || return 0
	matching_title rules10 "10 rules of logcheck"
	matching_quick rules10 "$matching_runs" ctail portable rg grep
	matching_slow rules10 8m 1m alternation
	matching_ratio rules10 ctail rg -
	matching_ratio rules10 ctail grep -
	matching_same rules10 big grep
}

matching_100() {
	[ -s "$place/rules100.rules" ] || return 0
	matching_title rules100 "100 rules of logcheck"
	matching_quick rules100 "$matching_runs" ctail portable rg grep
	matching_slow rules100 1m 256k alternation sec
	matching_ratio rules100 ctail rg 3
	matching_ratio rules100 ctail grep 3
	matching_ratio rules100 portable rg -
	matching_same rules100 big grep
}

matching_1000() {
	[ -s "$place/rules1000.rules" ] || return 0
	matching_title rules1000 "1000 rules of logcheck"
	matching_quick rules1000 "$matching_runs" ctail portable rg
	matching_slow rules1000 40m 8m grep
	matching_slow rules1000 1m 256k loop
	matching_ratio rules1000 ctail rg -
	matching_ratio rules1000 ctail grep -
	matching_same rules1000 8m grep
}

matching_all() {
	matching_title rulesall \
	    "all $(($(wc -l <"$place/rulesall.rules"))) rules of logcheck"
	matching_quick rulesall "$matching_runs" ctail portable rg
	matching_slow rulesall 20m 8m grep
	matching_slow rulesall 256k 64k grep-all
	matching_ratio rulesall ctail rg 1.3
	matching_ratio rulesall ctail grep 200
	matching_ratio rulesall ctail grep-all -
	matching_ratio rulesall portable rg -
	matching_ratio rulesall portable grep -
	matching_same rulesall big rg
	matching_same rulesall 64k grep-all
	matching_goals
}

matching_goals() {
	[ -n "$(speed_of rulesall ctail)" ] || return 0
	target_least "  ctailctl grep, all rules" \
	    "$(gigabytes "$(speed_of rulesall ctail)")" 0.5 GB/s
	record "  ctailctl grep, portable, all rules" \
	    "$(gigabytes "$(speed_of rulesall portable)") GB/s"
	target "  loaded (on an empty log), CPU" \
	    "$(calc "$(sample "$place/samples.rulesall.ctail" empty.cpu p50) \
		/ 1000" %.1f)" 40 ms
	target "  loaded: the largest resident set" \
	    "$(calc "$(sample "$place/samples.rulesall.ctail" empty.rss max) \
		/ 1024" %.1f)" 20 MB
	record "  at the end of the large log" \
	    "$(calc "$(sample "$place/samples.rulesall.ctail" big.rss max) \
		/ 1024" %.1f) MB"
	[ -s "$place/rules10.rules" ] || return 0
	for tool in ctail portable; do
		target "  a byte with all against one with 10, $tool" \
		    "$(calc "$(speed_of rules10 "$tool") / \
			$(speed_of rulesall "$tool")" %.1f)" 12 x
	done
}

# --- logcheck's own way, fail2ban --------------------------------------------

matching_ignore() {
	printf '\n  %s\n' "the lines that no rule of logcheck's ignore.d.* knows; logcheck's way is one grep -E -v a file"
	mkdir -p "$place/ignore"
	grep '/ignore\.d\.' "$place/rule.files" | while IFS= read -r file; do
		grep -v '^[[:space:]]*#' "$file" | grep '[^[:space:]]' \
		    >"$place/ignore/$(echo "${file##*/ignore.d.}" | tr / -)"
	done
	find "$place/ignore" -size 0 -exec rm -f {} +
	if [ -z "$(ls "$place/ignore")" ]; then
		missing "logcheck's loop" "no rules of logcheck"
		return
	fi
	matching_loop_script >"$place/ignore.loop"
	matching_slow ignore 4m 1m logcheck
	matching_quick ignore 3 ignore
	theirs=$(speed_of ignore logcheck)
	mine=$(speed_of ignore ignore)
	[ -z "$theirs" ] || [ -z "$mine" ] ||
	    record "  ctailctl grep -v / logcheck's loop" \
		"$(calc "$mine / $theirs" %.0f) x"
	sh "$place/ignore.loop" "$place/1m.log" >"$place/out/theirs"
	"$CTAILCTL" grep -v -f "$place/ignore" "$place/1m.log" \
	    >"$place/out/mine" 2>/dev/null
	if cmp -s "$place/out/mine" "$place/out/theirs"; then
		record "  the lines of both" "the same"
	else
		record "  the lines of both" "$(diff "$place/out/mine" \
		    "$place/out/theirs" | grep -c '^[<>]') differ"
	fi
}

matching_fail2ban() {
	printf '\n  the lines of sshd alone\n'
	head -c 40000000 "$place/big.log" | grep -a 'sshd\[' |
	    head -c 4000000 | sed '$d' >"$place/sshd.log"
	head -c 1000000 "$place/sshd.log" | sed '$d' >"$place/sshd1.log"
	if [ "$(matching_bytes sshd)" -lt 2000000 ]; then
		missing "fail2ban-regex" "too few lines"
		return
	fi
	matching_slow sshd sshd sshd1 fail2ban
}

# --- The machine's own logs --------------------------------------------------

matching_own() {
	for log in /var/log/dpkg.log /var/log/apt/term.log \
	    /var/log/apt/history.log /var/log/syslog /var/log/auth.log; do
		[ ! -r "$log" ] || cat "$log"
	done >"$place/own"
	printf '\n  %s\n' "this machine's own logs (dpkg, apt, syslog), repeated"
	if [ "$(wc -c <"$place/own")" -lt 100000 ]; then
		missing "its own logs" "too small"
		return
	fi
	: >"$place/own.log"
	while [ "$(matching_bytes own)" -lt 100000000 ]; do
		cat "$place/own" "$place/own" "$place/own" "$place/own"
	done >>"$place/own.log"
	for set in words rulesall; do
		[ -s "$place/$set.rules" ] || continue
		for kind in rules rg; do
			cp "$place/$set.$kind" "$place/own-$set.$kind"
		done
		printf '  %s rules:\n' "$(wc -l <"$place/$set.rules")"
		matching_measure "own-$set" "$matching_slow_runs" own empty \
		    ctail rg
		matching_rows "own-$set" own empty ctail rg
	done
}

bench_matching() {
	place=$dir/matching
	: >"$dir/matching.err"
	mkdir -p "$place"
	: >"$place/speeds"
	matching_corpus
	matching_sets
	heading "matching: $what, $(($(matching_bytes big) / 1000000)) MB, $(($(wc -l <"$place/big.log"))) lines, $matching_runs runs in turn ($matching_slow_runs of the slow)"
	matching_versions
	matching_one literal "1 literal: ERROR"
	matching_one pattern "1 pattern: segfault at [0-9a-f]+ ip"
	matching_words
	if [ -s "$place/all" ]; then
		matching_10
		matching_100
		matching_1000
		matching_all
		matching_ignore
	else
		missing "logcheck's rules" "not installed"
	fi
	matching_fail2ban
	matching_agent
	matching_hostile
	matching_own
	grep -v '^ctaild: read' "$dir/matching.err" >&2
	rm -rf "$place"
}
