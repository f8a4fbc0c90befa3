# queue.t: queue, retry and drop, with an agent and without one; what waits
# keeps its order; dead letters and their reasons; the counts of status.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/agent.sh"
log=$dir/app.log

configure <<END
[exec door]
command = $dir/door
arg = \${what}
timeout = 10s
[log app]
path = $log
start = start
[rule fire]
log = app
match = (?<what>-?fire .*)
throttle = none
sink = door
subject = \${what}
[rule lone]
log = app
match = (?<what>lone \\d+)
key = \${what}
throttle = none
sink = door
subject = \${what}
END

# The door answers what is in door.says; what it takes is in door.out.
cat >"$dir/door" <<END
#!/bin/sh
says=\$(cat $dir/door.says)
[ "\$says" -ne 0 ] || { cat >>$dir/door.out; echo >>$dir/door.out; }
exit "\$says"
END
chmod +x "$dir/door"

answers() { # answers STATUS: the door, from now on
	echo "$1" >"$dir/door.says"
}

run() { # run COMMAND...: $status, $printed; $flat: on one line; $said
	printed=$(ctl "$@" 2>"$dir/ctl.said")
	status=$?
	flat=$(printf '%s\n' "$printed" | tr -s '\n ' ' ')
	said=$(cat "$dir/ctl.said")
}

went_out() { # the subjects that the door took, in order
	[ ! -e "$dir/door.out" ] || arrived subject "$dir/door.out" |
	    tr '\n' ','
}

id_of() { # id_of SUBJECT
	ctl alerts -n 99 | grep -A 1 "  $1\$" |
	    sed -n 's/^    \([0-9a-f]*\).*/\1/p' | head -n 1
}

me=$(id -un)

# --- Without an agent ---------------------------------------------------------

: >"$log"
run queue
is "$status" 0 "queue works before there is any state"
is "$printed" "Nothing waits." "and says that nothing waits"
run retry
is "$printed" "Nothing waits." "retry then has nothing to do"
run retry --dead
is "$printed" "Nothing was given up." "nor has it with --dead"

answers 75
printf '%s\n' 'fire 1' 'fire 2' 'lone 1' 'fire 3' >>"$log"
once
is "$status" 75 "a sink that fails leaves something to be delivered"
run queue
like "$flat" '^door \[exec\] 4 waiting, 2 of them behind an older one of their incident, the oldest for [0-9]+s, next attempt 20' \
    "queue says what waits for a sink, since when and until when"
like "$flat" 'failing since 20[^,]*, [0-9]+ failures? in a row, last: .*75' \
    "and why"
is "$(printf '%s\n' "$printed" |
    sed -n 's/^20.* \([a-z][a-z]*\)  *door  \(.*\)$/\1 \2/p' | tr '\n' ',')" \
    'due fire 1,behind fire 2,due lone 1,behind fire 3,' \
    "then the alerts, oldest first: of an incident one is due"
like "$flat" 'attempts: 1, last: .*75' "with attempts and the last answer"
like "$printed" '^    [0-9a-f]{40}  behind an older one of its incident$' \
    "and the others say why they wait"
run queue -n 1
is "$(printf '%s\n' "$printed" | grep -c '^    [0-9a-f]')" 1 \
    "queue -n limits them"
run queue --sink out
is "$printed" "out  [file] 0 waiting" "a sink can be asked for"
run queue --json
printf '%s' "$printed" | python3 -c '
import json, sys
queue = json.load(sys.stdin)
door = {s["name"]: s for s in queue["sinks"]}["door"]
assert door["waiting"] == 4 and door["behind"] == 2, door
assert door["given_up"] == 0 and door["gone"] is False
assert door["failures"] >= 1 and "75" in door["last_answer"]
assert "waiting_since" in door and "next_attempt" in door
assert [a["subject"] for a in queue["alerts"]] == [
    "fire 1", "fire 2", "lone 1", "fire 3"]
assert queue["alerts"][0]["attempts"] == 1
assert queue["alerts"][1]["state"] == "behind"'
ok $? "queue --json says the same to programs"
run status
like "$flat" 'deliveries: 0 done, 4 waiting \(the oldest for [0-9]+s\), 2 of them behind an older one of their incident, 0 given up' \
    "status counts them"
run status --json
like "$printed" '"deliveries":[{]"done":0,"waiting":4,"behind":2,"given_up":0,"dropped":0,"held":0' \
    "also for programs"
run alerts --due --sink door
is "$(printf '%s\n' "$printed" | grep -c '^    [0-9a-f]')" 4 \
    "alerts --due shows those behind too"

for words in '--xml' 'word' '-n 0' '-n' '--sink' '--dead'; do
	# shellcheck disable=SC2086
	run queue $words
	is "$status" 64 "queue $words is a usage error"
done
run queue --sink dor
is "$status" 66 "a sink that is not there is said"
like "$said" "there is no sink .dor." "by name"

run retry --dead --all
is "$status" 64 "--dead and --all exclude each other"
run retry abc def
is "$status" 64 "retry takes one ID"
run retry ''
is "$status" 64 "and not an empty one"
run retry ffffffffff
is "$status" 66 "and one that is there"
like "$said" 'there is no alert ffffffffff' "in words"
answers 0
run retry
is "$status" 0 "what waits can be made due now"
like "$flat" '^4 alerts are due again[.] No agent is running' \
    "which says how much it is, and that nobody sends it yet"
once
is "$status" 0 "the next pass delivers it, whatever the sink had to wait"
is "$(went_out | tr ',' '\n' | grep fire | tr '\n' ',')" \
    'fire 1,fire 2,fire 3,' "and what belongs together arrives in order"
like "$(went_out)" 'lone 1,' "with the others"

# --- Giving up ----------------------------------------------------------------

rm -f "$dir/door.out"
answers 75
printf '%s\n' 'fire 4' 'fire 5' 'fire 6' 'lone 2' >>"$log"
once
run drop
is "$status" 64 "drop wants to be told what"
like "$said" 'an ID, or --all' "and says how"
four=$(id_of 'fire 4')
run drop "$four" --all
is "$status" 64 "an ID and --all are too much"
run drop ffffffffff
is "$status" 66 "what is not there cannot be dropped"
run drop --dead "$four"
is "$status" 66 "nor what waits where the dead are meant"
like "$said" 'is not given up' "in words"
run drop "$four"
is "$printed" "1 alert is dropped." "one alert can be dropped"
run alerts --dropped
like "$printed" ' dropped   door  fire 4$' "it is listed"
like "$printed" "^    $four  dropped by $me\$" "with who did it"
run queue
like "$printed" ' due       door  fire 5$' "the next of its incident is due"
run drop --all --sink door
is "$printed" "3 alerts are dropped." "all of a sink can be dropped"
run drop --all --sink door
is "$printed" "Nothing waits." "then nothing is left"
run status
like "$flat" '0 given up, 4 dropped' "status counts what was dropped"
answers 0
once
is "$(went_out)" '' "and nothing of it arrives"

# --- Dead letters -------------------------------------------------------------

# An argument that begins with a dash is refused, until arg_dash allows it.
run retry --sink door
is "$printed" "Nothing waits." "a retry is also for a sink with nothing"
answers 0
printf '%s\n' '-fire 7' '-fire 8' 'fire 9' >>"$log"
once
is "$(went_out)" 'fire 9,' "which is tried at once then"
run alerts --dead --sink door
like "$printed" ' dead      door  -fire 7$' \
    "a refused alert is a dead letter, and lets the others pass"
like "$flat" 'given up; attempts: 1, last: .*dash' "with the reason"
run queue
like "$flat" '^door \[exec\] 0 waiting, 2 given up' "queue counts them"
run retry --sink door
is "$printed" "Nothing waits." "retry alone leaves them alone"
seven=$(id_of '-fire 7')
run retry "$seven"
is "$status" 66 "also by ID"
like "$said" '[-]-dead means what was given up' "but says how"
sed 's/^arg = .*/&\narg_dash = yes/' "$conf" >"$conf.new"
mv "$conf.new" "$conf"
run retry --dead "$seven"
is "$status" 0 "a dead letter can be tried again"
like "$printed" '^1 alert is due again[.]$' "by ID"
run retry --all --sink door
like "$printed" '^2 alerts are due again[.]$' "--all means both kinds"
once
is "$(went_out)" 'fire 9,-fire 7,-fire 8,' "and they go out in their order"
sed '/^arg_dash/d' "$conf" >"$conf.new"
mv "$conf.new" "$conf"
echo '-fire 10' >>"$log"
once
run drop --dead --all --sink door
is "$printed" "1 alert is dropped." "dead letters can be forgotten"
run alerts --dead --sink door
is "$printed" "No alerts." "all of them"

# --- With an agent ------------------------------------------------------------

fresh
rm -f "$dir/door.out"
answers 75
: >"$log"
start
printf '%s\n' 'fire 1' "$(printf 'fire \033[2J')" 'lone 1' >>"$log"
waits() {
	ctl queue --sink door | tr -s '\n ' ' ' | grep -Eq "$1"
}
until_true 10 waits '3 waiting, 1 .*failures? in a row'
ok $? "the agent says what waits"
run queue
like "$printed" ' behind    door  fire [?]\[2J$' \
    "a line of a log cannot write on a terminal"
one=$(id_of 'fire 1')
run drop "$one"
grep -q "1 delivery ($one) dropped by $me" "$dir/said"
ok $? "who drops something is logged"
run retry --sink door
like "$printed" '^2 alerts are due again[.]$' "what waits can be made due"
answers 0
run retry --sink door
two_out() {
	[ "$(went_out | tr ',' '\n' | grep -c .)" -eq 2 ]
}
until_true 10 two_out
ok $? "and is tried at once, whatever the sink had to wait"
grep -q "2 deliveries (all, sink door) made due by $me" "$dir/said"
ok $? "which is logged too"
until_true 10 waits '^door \[exec\] 0 waiting'
ok $? "then nothing waits"

# A dead letter whose sink is not configured any more.
echo '-fire 11' >>"$log"
dead_letter() {
	ctl alerts --dead | grep -q ' dead      door  -fire 11$'
}
until_true 10 dead_letter
ok $? "an alert is given up"
sed 's/^\[exec door\]/[exec gate]/; s/^sink = door/sink = gate/' "$conf" \
    >"$conf.new"
mv "$conf.new" "$conf"
run reload
rm -f "$out"
run retry --dead
is "$printed" "1 alert is due again." \
    "it can be tried again when its sink is gone"
wait_for 1
is "$(arrived subject)" "-fire 11" "and goes where what waited there went"
stop

tap_done
