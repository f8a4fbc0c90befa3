# refused.t: neither the configuration nor the one that was accepted last is of
# use, since both name a rule file that is bad: that no log is read is told.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/agent.sh"
log=$dir/app.log
rules=$dir/matched

told() { # how often the sink has heard that it does not start
	[ -e "$out" ] || { echo 0; return; }
	grep '"severity":"critical"' "$out" | grep -c 'it does not start'
}

try() { # try: an agent that will not run
	"$CTAILD" -c "$conf" --libexec "$builddir" >"$dir/printed" \
	    2>"$dir/said"
	status=$?
}

break_rules() {
	echo '(broken' >"$rules"
}

mend_rules() {
	echo 'error' >"$rules"
}

configure <<-END
	[log app]
	path = $log
	[rule errors]
	log = app
	match_file = $rules
END
: >"$log"

break_rules
try
is "$status $(told)" "78 0" "who never ran is not missed by anybody"

mend_rules
once
is "$status" 0 "a pass"
break_rules
once
is "$status $(told)" "78 1" "one that is refused is told to the sinks"
like "$(cat "$dir/said")" 'matched:1: ' "which line it is is said"
try
try
is "$status $(told)" "78 1" "not again with each start"
touch -d '2 hours ago' "$state/refused"
try
is "$status $(told)" "78 2" "but each hour"
touch -d '2037-01-01' "$state/refused"
try
is "$status $(told)" "78 3" "a clock that was set back does not silence it"

mend_rules
start
ok $? "it starts when that is mended"
break_rules
try
is "$status $(told)" "78 3" "where another agent runs on nothing is missed"
stop
"$CTAILD" -c "$conf" --dry-run --once >"$dir/printed" 2>"$dir/said"
is "$? $(told)" "78 3" "a dry run tells nobody"
try
is "$status $(told)" "78 4" "what is refused later is told at once"
rm -f "$state/refused"
mkdir "$state/refused"
try
is "$status $(told)" "78 4" "where that cannot be noted nothing is told"
tap_done
