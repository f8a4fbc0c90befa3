# quarantine.t: a pattern that keeps running into its limits is left alone,
# also by the passes of a cron job, each of which is a process of its own.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/agent.sh"
log=$dir/app.log

settings() { # settings PATTERN
	configure <<-END
	[log app]
	path = $log
	start = start
	[rule slow]
	log = app
	match = $1
	throttle = none
	subject = found
	[rule other]
	log = app
	match = nothing
	throttle = none
	END
}

long=$(awk 'BEGIN { while (length(text) < 900) text = text "a"; print text }')
write() { # write N: so many lines that take too long
	for i in $(seq "$1"); do
		echo "$long!"
	done >>"$log"
}

tried() { # tried N SENTENCE: so many records were not decided since the last
	tried_all=$(grep '"kind":"match"' "$out" 2>/dev/null |
	    grep -c '"rule":"slow"')
	is "$((${tried_all:-0} - tried_before))" "$1" "$2"
	tried_before=${tried_all:-0}
}
tried_before=0

told() { # how often the notice was told
	grep '"kind":"notice"' "$out" | grep -c 'a pattern of rule slow'
}

kept() { # how many patterns the state knows
	"${python:-python3}" "$srcdir/tests/lib/query.py" "$state/ctail.db" \
	    "SELECT count(*) FROM note WHERE kind = 'quarantine'"
}

settings '^(a+)+$'
write 3
once
is "$status" 0 "a pass"
tried 3 "tries the pattern on every record"
is "$(told)" 0 "three times are not too often"
unlike "$(ctl status)" "quarantine:" "nothing is in quarantine"
like "$(ctl status --json)" '"quarantine":\[\]' "in JSON neither"

write 4
once
tried 2 "the next one tries it until that is too often in both together"
is "$(told)" 1 "which is told"
like "$(ctl status | sed -n '/^Patterns in quarantine:$/,/^[^ P]/p')" \
    '^  rule slow \(.*/ctail\.ini:13\)  until 20.* \+0.*: \^\(a\+\)\+\$$' \
    "status says whose it is, until when, and what it says"
like "$(ctl status --json)" \
    '"quarantine":\[\{"whose":"rule slow [^"]*","pattern":"[^"]*","until":"20' \
    "in JSON too"

explained=$(ctl explain aaa)
like "$explained" 'is in quarantine: it is not tried at present' \
    "explain says so of a line that it would find"
like "$explained" 'so +nothing by this pattern at present' \
    "and that nothing comes of it"

for pass in third fourth; do
	write 2
	once
	is "$status" 0 "the $pass pass"
	tried 0 "does not try it again"
	is "$(told)" 1 "and does not tell it again"
done
start
write 1
echo nothing >>"$log"
other_arrived() {
	grep -q '"rule":"other"' "$out"
}
until_true 10 other_arrived
ok $? "an agent reads on"
stop
tried 0 "and does not try it either"
if command -v "${python:-python3}" >/dev/null; then
	is "$(kept)" 1 "the state knows one pattern"
else
	skip "the state knows one pattern" "no python3"
fi

settings '^(?:a+)+$'
write 1
once
tried 1 "one that says something else is tried"
if command -v "${python:-python3}" >/dev/null; then
	is "$(kept)" 1 "the one before is forgotten, it has a strike of its own"
else
	skip "the one before is forgotten" "no python3"
fi

# --- What keeps lines from being told ------------------------------------------

fresh
mkdir -p "$dir/logcheck/ignore.d.server"
echo '^(a+)+$' >"$dir/logcheck/ignore.d.server/local"
configure <<-END
[log app]
path = $log
start = start
[rule all]
log = app
match = .
exclude = ^(a+)+$
sink = none
[logcheck system]
log = app
rules = $dir/logcheck
sink = none
END
write 6
once
explained=$(ctl explain aaa)
is "$(echo "$explained" | grep -A 1 '^    exclude ' | sed -n 's/^ *is in/in/p')" \
    "in quarantine: it is not tried at present" \
    "explain says of an exclude that it is not tried"
is "$(echo "$explained" | grep -A 1 '^    ignore ' | sed -n 's/^ *is in/in/p')" \
    "in quarantine: it is not tried at present" \
    "and of a rule that logcheck would ignore by"
# --- What tells records apart -------------------------------------------------

fresh
: >"$log"
write 7
echo nothing >>"$log"
configure <<-END
[log app]
path = $log
start = start
record = start ^(a+)+$
[rule other]
log = app
match = ^nothing
END
told=$(ctl test "$log" 2>&1)
is "$(echo "$told" | grep -c 'ran into its limits 5 times in a minute')" 1 \
    "test tells a pattern of \`record' that is not tried any more, once"
like "$told" ' other: other on ' "and goes on without it, as the agent does"
once
like "$(cat "$out")" '"rule":"other"' "which tells the same"
tap_done
