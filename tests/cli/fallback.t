# fallback.t: what people hear of a sink that fails, through its fallback.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/agent.sh"
log=$dir/app.log
desk=$dir/desk.jsonl
came=$dir/came

# phone: a command that ends as $dir/mood says, and notes what came.  desk:
# its fallback, which takes critical alerts only, and one an hour.
settings() {
	configure <<END
[exec phone]
command = $dir/phone
arg = \${subject}
timeout = 5s
fallback = desk
[file desk]
path = $desk
min_severity = critical
storm = 1 in 1h
[log app]
path = $log
start = start
[rule numbered]
log = app
match = line (?<n>\\S+)
throttle = none
subject = \${n}
sink = phone
END
}
cat >"$dir/phone" <<END
#!/bin/sh
read -r mood <$dir/mood
[ "\$mood" -eq 0 ] && echo "\$1" >>$came
echo "mood \$mood"
exit "\$mood"
END
chmod +x "$dir/phone"
mood() {
	echo "$1" >"$dir/mood"
}
heard() { # what the fallback was told, subjects
	arrived subject "$desk" | sed 's/^ctail on [^:]*: //'
}
all_came() { # all_came COUNT
	[ "$(wc -l <"$came")" -ge "$1" ]
}

# --- The key ----------------------------------------------------------------

checked() { # checked ERE SENTENCE
	ctl check >"$dir/printed" 2>&1
	is $? 78 "$2"
	like "$(cat "$dir/printed")" "$1" "and why is said"
}
mood 0
: >"$log"
settings
ctl check >"$dir/printed" 2>&1
is $? 0 "a sink may have a fallback"
sed -i 's/^fallback = .*/fallback = dusk/' "$conf"
checked "ctail.ini:[0-9]+: .exec phone. there is no sink .dusk.; did you mean .desk." \
    "one that is not there is refused"
sed -i 's/^fallback = .*/fallback = phone/' "$conf"
checked "ctail.ini:[0-9]+: .exec phone. .fallback. names the sink itself" \
    "and the sink itself"
settings
sed -i 's/^\[file desk\]/&\nenabled = no/' "$conf"
checked "names the sink .desk., which is switched off" "and one that is off"

# --- A pass -----------------------------------------------------------------

settings
mood 127
echo "line 1" >"$log"
once
is "$status" 75 "a pass whose sink cannot be used leaves work"
is "$(heard)" "sink phone cannot deliver: $dir/phone cannot run (exit status \
127): mood 127" "and the fallback hears in the same pass, whatever its cap"
is "$(arrived kind "$desk")" notice "as a notice"
is "$(arrived severity "$desk")" error "that is an error"
like "$(cat "$desk")" '1 alert waits' "it says how many alerts wait"
like "$(cat "$desk")" '  error: 1"|  warning: 1"' "and which"
echo "line 2" >>"$log"
once
is "$(heard | wc -l)" 1 "the next pass does not say it again"
like "$(ctl status | tr -s '\n ' ' ')" 'phone .*failing since .*last: .*mood 127' "status does"
like "$(ctl status --json)" '"failing_since":"' "for programs as well"

mood 0
sleep_over() { # the waits are over once a pass leaves nothing
	once
	[ "$status" -eq 0 ]
}
ctl retry --sink phone >/dev/null 2>&1
until_true 20 sleep_over
ok $? "a pass of a sink that was mended delivers everything"
is "$(sort "$came" | tr '\n' ' ')" "1 2 " "once each"
is "$(heard | tail -n 1)" "sink phone delivers again" \
    "the fallback hears that it works again"
is "$(heard | wc -l)" 2 "and nothing else"
is "$(arrived kind "$desk" | tail -n 1)" recovery "as a recovery"
like "$(tail -n 1 "$desk")" 'No alert was given up' "with what was lost"
is "$(arrived incident "$desk" | sort -u | wc -l)" 1 \
    "both words are one incident"

# --- Dead letters -----------------------------------------------------------

# An argument that would be an option is refused for good.
printf 'line %s\n' -x -y -z >>"$log"
once
is "$status" 0 "alerts that are refused leave no work"
is "$(ctl alerts --dead | grep -c ' phone ')" 3 "they are dead"
like "$(heard | tail -n 1)" '^sink phone: 1 alert could not be delivered: ' \
    "the fallback hears of the first"
is "$(heard | wc -l)" 3 "and not of each"
unlike "$(ctl status)" 'phone .*failures' "the sink itself is well"

# --- Restarts, reloads, and somebody who cannot wait ------------------------

fresh
rm -f "$desk" "$came"
settings
mood 127
echo "line 1" >"$log"
start
wait_for 1 "$desk"
ok $? "an agent tells the fallback"
like "$(heard)" 'sink phone cannot deliver' "what it is to hear"
stop
start
echo "line 2" >>"$log"
tried() {
	ctl alerts --due | grep -q 'attempts: [0-9]'
}
until_true 10 tried
stop
is "$(heard | wc -l)" 1 "a restart does not say it again"
start
mood 0
kill -HUP "$agent"
until_true 10 all_came 1
ctl send-test phone >"$dir/printed" 2>&1
is $? 0 "send-test does not wait for a sink that was given time"
ctl retry --sink phone >/dev/null 2>&1
until_true 20 all_came 3
ok $? "everything arrives"
wait_for 2 "$desk"
is "$(heard | tail -n 1)" "sink phone delivers again" "and that is told"
stop

# --- Two that name each other -----------------------------------------------

fresh
rm -f "$desk" "$came"
configure <<END
[exec phone]
command = $dir/phone
fallback = pager
[exec pager]
command = $dir/phone
fallback = phone
[log app]
path = $log
start = start
[rule numbered]
log = app
match = line (?<n>\\d+)
throttle = none
subject = \${n}
sink = phone
END
mood 127
echo "line 1" >"$log"
for pass in 1 2 3 4; do
	ctl retry >/dev/null 2>&1
	once
	[ "$status" -eq 75 ] || break
done
is "$status" 75 "two sinks that fail and name each other leave work"
is "$(ctl alerts --due | grep -c ' phone \| pager ')" 3 \
    "one word about each, and no more"
mood 0
ctl retry >/dev/null 2>&1
until_true 20 sleep_over
ok $? "both get everything once they work"
is "$(ctl alerts | grep -c 'delivers again')" 2 "and hear so of each other"

# --- Without a fallback -----------------------------------------------------

fresh
settings
sed -i '/^fallback/d' "$conf"
mood 127
echo "line 1" >"$log"
once
is "$(grep -c 'sink phone: ' "$dir/said")" 1 "the journal hears once"
once
is "$(cat "$dir/said")" "" "and not at every pass"
[ ! -e "$desk" ]
ok $? "nobody else hears of it"

tap_done
