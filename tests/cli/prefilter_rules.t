# prefilter_rules.t: the literals of rules that people use are never missed,
# and no filter and no sweep changes what they match: all of Debian's logcheck
# rules and fail2ban's filters, expanded by fail2ban's own tools.
#
# Both are unpacked by `./bootstrap check`, or installed.  CTAIL_LOGS names
# logs that each rule is asked of as well (of each 400 lines, spread over it),
# CTAIL_RANDOM how many random patterns are tried (100000 by default).
. "${CTAIL_ENV:?}"
tests=$builddir/tests/unit
for log in ${CTAIL_LOGS:-}; do
	[ -r "$log" ] || skip_all "$log cannot be read"
done

# judge SENTENCE PROGRAM ARGUMENTS...: what it says is told as it is.
judge() {
	sentence=$1
	shift
	"$@" >"$dir/said" 2>&1
	status=$?
	sed -n 's/^\(# .*\)/\1/p' "$dir/said" | cut -c 1-200
	if grep -q '# SKIP' "$dir/said"; then
		skip "$sentence" "$(sed -n 's/.*# SKIP //p' "$dir/said")"
	else
		ok "$status" "$sentence"
	fi
}

# shellcheck disable=SC2086 # a list of files
judge "logcheck's rules match no line without one of their literals" \
    "$tests/judge_literals_rules" ${CTAIL_LOGS:-}

python=$(command -v python3)
etc=
for root in "$CTAIL_PEERS/root" ""; do
	if [ -z "$etc" ] && [ -d "$root/etc/fail2ban/filter.d" ]; then
		etc=$root/etc/fail2ban
		PYTHONPATH=$root/usr/lib/python3/dist-packages
		export PYTHONPATH
	fi
done
sentence="fail2ban's filters match no line without one of their literals"
if [ -z "$etc" ] || [ -z "$python" ]; then
	skip "$sentence" "fail2ban is not here"
elif ! PYTHONDONTWRITEBYTECODE=1 "$python" \
    "$srcdir/tests/cli/fail2ban_patterns.py" "$etc" >"$dir/patterns" \
    2>"$dir/mistakes"; then
	sed 's/^/# /' "$dir/mistakes"
	skip "$sentence" "fail2ban's own tools do not run here"
else
	# shellcheck disable=SC2086 # a list of files
	judge "$sentence" "$tests/judge_literals_rules" \
	    --patterns "$dir/patterns" ${CTAIL_LOGS:-}
	# shellcheck disable=SC2086 # a list of files
	judge "fail2ban's filters match the same with each engine, by block too" \
	    "$tests/judge_prefilter_rules" \
	    --patterns "$dir/patterns" ${CTAIL_LOGS:-}
	[ "$(wc -l <"$dir/patterns")" -ge 100 ]
	ok $? "these are more than a hundred"
fi

# shellcheck disable=SC2086 # a list of files
judge "logcheck's rules match the same with each engine, by block too" \
    "$tests/judge_prefilter_rules" ${CTAIL_LOGS:-}

judge "random patterns match the same with each engine, by block too" \
    "$tests/judge_sweep_random" 20261123 "${CTAIL_RANDOM:-100000}"

judge "random patterns match no line without one of their literals" \
    "$tests/judge_literals_random" 20261122 "${CTAIL_RANDOM:-100000}"
tap_done
