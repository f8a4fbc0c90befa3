# silences.t: silence, silences and unsilence, with an agent and without one;
# what is silenced is told; the counts of status; a sink's cap from end to end.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/agent.sh"
log=$dir/app.log

settings() {
	configure <<END
[exec door]
command = $dir/door
timeout = 10s
storm = 2 in 1h
[log app]
path = $log
start = start
timestamp = arrival
[rule ssh-brute]
log = app
match = failed for (?<user>\\w+) from (?<ip>\\S+)
exclude = from 192\\.0\\.2\\.
key = \${ip}
throttle = none
[rule disk]
log = app
match = disk (?<n>\\d+)
throttle = none
[rule loud]
log = app
match = loud (?<n>\\d+)
throttle = none
sink = door
subject = loud \${n}
END
	printf '#!/bin/sh\ncat >>%s/door.out\necho >>%s/door.out\n' \
	    "$dir" "$dir" >"$dir/door"
	chmod +x "$dir/door"
}

run() { # run COMMAND...: $status, $printed, $said
	printed=$(ctl "$@" 2>"$dir/ctl.said")
	status=$?
	said=$(cat "$dir/ctl.said")
}

me=$(id -un)

# --- Without an agent ---------------------------------------------------------

settings
: >"$log"
run silences
is "$status" 0 "silences works before there is any state"
is "$printed" "Nothing is silenced." "and says that nothing is silenced"
run silence ssh-brute ip=203.0.113.9 8h on purpose
is "$status" 0 "a rule can be silenced without an agent"
like "$printed" '^Silence 1: ssh-brute ip=203.0.113.9 until [0-9]{4}-' \
    "which says its number and until when"
like "$printed" 'told every 24 hours' "and that nothing is hidden"
run silences
like "$printed" "^ +1  [0-9-]+ [0-9:]+ [+-][0-9]+ +0  $me +ssh-brute ip=203.0.113.9  [(]on purpose[)]\$" \
    "it is listed with who and why"
run silences --json
like "$printed" '^\[[{]"id":1,"rule":"ssh-brute","values":[{]"ip":"203.0.113.9"[}],.*"why":"on purpose","held_alerts":0' \
    "also for programs"
run silence ssh-brut 1h
is "$status" 66 "a rule that is not there cannot be silenced"
like "$said" "did you mean .ssh-brute." "and the nearest is proposed"
run silence 'ssh-*' ipp=1 1h
is "$status" 64 "nor a capture that no pattern has"
like "$said" 'no pattern of rule ssh-[*] has a capture .ipp.' "in words"
run silence ssh-brute ip=1 ip=2 1h
is "$status" 64 "nor one with two values"
run silence disk key=1 1h
like "$said" 'rule disk has no key' "a key must be there to be silenced"
run silence disk soon
is "$status" 64 "how long must be a duration"
run silence disk 0s
is "$status" 64 "and not nothing"
run silence disk 400d
is "$status" 64 "and at most a year"
run silence disk
is "$status" 64 "and be said"
run silences --xml
is "$status" 64 "silences has one option"
run unsilence 7
is "$status" 66 "a silence that is not there cannot be ended"
run unsilence soon
is "$status" 64 "it is named by its number"
run unsilence
is "$status" 64 "which must be said"

echo 'failed for root from 203.0.113.9' >>"$log"
echo 'failed for root from 198.51.100.7' >>"$log"
once
is "$(arrived key | tr '\n' ' ')" '198.51.100.7 ' \
    "a pass holds back what is silenced, and nothing else"
run silences
like "$printed" '  1  [^(]*  1  ' "what is held is counted"
run unsilence 1
is "$status" 0 "a silence can be ended"
like "$printed" 'ssh-brute ip=203.0.113.9 is over; it held back 1 alert[.]' \
    "which says what it held"
once
is "$(arrived kind | tail -n 1)" silence "and that is told"
like "$(tail -n 1 "$out")" '"count":1,' "with the count"
run alerts -n 1
like "$printed" ' out  \[silence\] ctail on .*ssh-brute ip=203.0.113.9' \
    "alerts shows the kind"
run unsilence all
is "$printed" "Nothing is silenced." "no silence is left"

# --- With an agent ------------------------------------------------------------

fresh
settings
: >"$log"
start
run silence '*' 1h maintenance
is "$status" 0 "the agent can be told to hold back everything"
like "$printed" '^Silence 1: [*] until ' "by a glob"
said "silence 1 of [*] was made by $me: maintenance"
ok $? "which is logged with who and why"
echo 'disk 1' >>"$log"
echo 'disk 2' >>"$log"
held_two() {
	ctl silences | grep -Eq '^ +1 .*  2  '
}
until_true 10 held_two
ok $? "it holds back"
run status
like "$printed" '^Silences in force:$' "status tells of silences"
like "$printed" '^  1  [*], until .* 2 alerts held$' "with what they hold"
like "$printed" '^  disk  2 seen, 2 matched, 0 alerts, 2 held, 2 by silences' \
    "and rules say by what they are held"
stop
start
held_two
ok $? "silences outlive the agent"
run unsilence all
is "$status" 0 "all of them can be ended"
wait_for 1
is "$(arrived kind)" silence "and what was held is told once"
echo 'disk 3' >>"$log"
wait_for 2
is "$(arrived kind | tail -n 1)" match "then alerts come again"
run silence disk 1h
like "$printed" '^Silence 2: ' "a number is never used again"
run unsilence 2
like "$printed" 'held back 0 alerts' "one that held nothing says so"

# --- Counts -------------------------------------------------------------------

fresh
settings
: >"$log"
start
{
	echo 'failed for root from 203.0.113.9'
	echo 'failed for root from 192.0.2.4'
	echo 'nothing'
} >>"$log"
wait_for 1
run status
like "$printed" '^Records, counted since [0-9-]+ [0-9:]+ [+-][0-9]+:$' \
    "status says since when it counts"
like "$printed" '^  app  3 records, 1 matched, 1 unmatched, 1 ignored$' \
    "it counts what no rule saw, and what was excluded"
like "$printed" '^  ssh-brute  3 seen, 1 matched, 1 alert, 0 held, 0 keys, 1 excluded$' \
    "and by rule"
[ "$(printf '%s\n' "$printed" | grep -v "^  /" | awk 'length > 79' | wc -l)" -eq 0 ]
ok $? "no line is longer than 79 columns, but for the names of files"
run status --json
printf '%s\n' "$printed" >"$dir/status.json"
python3 - "$dir/status.json" <<'END'
import json, sys
status = json.load(open(sys.argv[1]))
assert status["agent"]["running"] is True
assert status["logs"][0]["unmatched"] == 1
rule = [r for r in status["rules"] if r["name"] == "ssh-brute"][0]
assert rule["matched"] == 1 and rule["excluded"] == 1 and rule["keys"] == 0
assert status["files"][0]["lines"] == 3
sinks = {s["name"]: s for s in status["sinks"]}
assert sinks["door"]["storm"] == "2 in 1h" and "storm" not in sinks["out"]
assert status["silences"] == []
END
ok $? "status --json says the same to programs"

# What was counted stays counted: over a restart, a reload, passes of --once,
# and where nobody runs.
counted() {
	run status
	printf '%s\n' "$printed" | sed -n '/^Records/,/^S/s/^  \(app\|ssh\)/\1/p'
}
before=$(counted)
stop
is "$(counted)" "$before" "what was counted is there when no agent runs"
start
echo 'failed for root from 192.0.2.4' >>"$log"
until_true 10 eval 'counted | grep -q "4 records"'
is "$(counted)" "app  4 records, 1 matched, 1 unmatched, 2 ignored
ssh-brute  4 seen, 1 matched, 1 alert, 0 held, 0 keys, 2 excluded" \
    "the next one counts on"
run reload
is "$(counted)" "app  4 records, 1 matched, 1 unmatched, 2 ignored
ssh-brute  4 seen, 1 matched, 1 alert, 0 held, 0 keys, 2 excluded" \
    "so it does after a reload"
kill -9 "$agent"
wait "$agent" 2>/dev/null
printf '%s\n' 'failed for root from 203.0.113.9' nothing >>"$log"
"$CTAILD" -c "$conf" --libexec "$builddir" --once 2>/dev/null
"$CTAILD" -c "$conf" --libexec "$builddir" --once 2>/dev/null
is "$(counted)" "app  6 records, 2 matched, 2 unmatched, 2 ignored
ssh-brute  6 seen, 2 matched, 2 alerts, 0 held, 0 keys, 2 excluded" \
    "and after a kill, by --once: matched, unmatched and ignored make up all"
start

# --- Caps ---------------------------------------------------------------------

for n in 1 2 3 4 5; do
	echo "loud $n"
done >>"$log"
door_done() {
	[ "$(ctl alerts --sink door -n 9 | grep -c ' delivered ')" -eq 2 ]
}
until_true 10 door_done
ok $? "a capped sink gets so many"
run alerts --held
is "$(printf '%s\n' "$printed" | grep -c ' held  *door  loud ')" 3 \
    "the rest is held, and listed"
like "$printed" "by the sink's cap, told in its summary" "which says why"
run status
like "$(printf '%s' "$printed" | tr -s '\n ' ' ')" \
    ' door \[exec\] ready, cap 2 in 1h, which holds 3 alerts until ' \
    "status tells of the cap"
like "$printed" '^Alerts: .*3 held back by caps' "and counts"
sed 's/^storm = 2 in 1h/storm = none/' "$conf" >"$conf.new"
mv "$conf.new" "$conf"
run reload
door_told() {
	grep -q '"kind":"storm"' "$dir/door.out"
}
until_true 10 door_told
ok $? "a cap that is taken away tells what it held"
like "$(grep '"kind":"storm"' "$dir/door.out")" '"subject":"ctail on [^"]*3 ' \
    "with the count"
stop

# --- Names and values of strangers ----------------------------------------------

fresh
settings
sed "s|^path = $log|path = $dir/*.log|" "$conf" >"$conf.new"
mv "$conf.new" "$conf"
strange=$dir/$(printf 'a\033[2Jb\nForged: c').log
: >"$strange"
start
run status
like "$printed" '^  .*/a[?]\[2Jb[?]Forged: c\.log  \[app\]' \
    "a file's name cannot write on a terminal, nor begin a line"
value=$(printf 'a b="c'\''=\n\033[1m')
run silence ssh-brute "key=$value" 1h "$(printf 'why\nctaild: forged')"
is "$status" 0 "a value may have blanks, quotes, = and newlines"
like "$printed" "^Silence 1: ssh-brute key=a b=\"c'=[?][?]\\[1m until " \
    "and is shown on one line"
said 'made by .*: why.x0actaild: forged'
ok $? "a reason begins no line of the journal"
run silences
is "$(printf '%s\n' "$printed" | wc -l)" 2 "nor of the list"
run silences --json
printf '%s' "$printed" | VALUE=$value python3 -c '
import json, os, sys
(silence,) = json.load(sys.stdin)
assert silence["values"] == {"key": os.environ["VALUE"]}
assert silence["why"] == "why\nctaild: forged"'
ok $? "and programs see them as they are"
stop
start
run silences --json
printf '%s' "$printed" | VALUE=$value python3 -c '
import json, os, sys
(silence,) = json.load(sys.stdin)
assert silence["values"] == {"key": os.environ["VALUE"]}'
ok $? "also behind a restart"
stop
rm -f "$strange"

tap_done
