# ctaild.t: from lines in logs to alerts in a [file] sink: what is decided,
# where reading begins and goes on, signals, reloading, rotation, kill -9.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/agent.sh"
log=$dir/app.log

numbered() { # the usual configuration: every numbered line is an alert
	configure <<END
[log app]
path = $log
${1-}
[rule numbered]
log = app
match = line (?<n>\\d+)
throttle = none
subject = \${n}
END
}

# --- Command line -----------------------------------------------------------

help=$("$CTAILD" --help)
is $? 0 "--help succeeds"
like "$help" '^usage: ctaild ' "and shows the usage"
is "$("$CTAILD" --version)" "ctaild 0.1.0" "--version names the version"
"$CTAILD" --no-such-option >/dev/null 2>"$dir/said"
is $? 64 "an unknown option is a usage error"
"$CTAILD" -c "$conf" "$log" >/dev/null 2>"$dir/said"
is $? 64 "-c and operands exclude each other"

# --- What is decided --------------------------------------------------------

fresh
configure <<END
[log app]
path = $log
start = start
[rule login]
log = app
match = Failed login for (?<user>\\S+) from (?<ip>\\S+)
exclude = from 192\\.0\\.2\\.
severity = error
subject = \${user} at \${ip}
throttle = none
END
printf '%s\n' 'a quiet line' 'Failed login for eve from 203.0.113.9' \
    'Failed login for bob from 192.0.2.1' >"$log"
once
is "$status" 0 "one pass with an alert ends well"
is "$(wc -l <"$out")" 1 "one line matched, one was excluded"
is "$(arrived rule)" login "the alert names its rule"
is "$(arrived subject)" "eve at 203.0.113.9" "the subject is rendered"
is "$(arrived severity)" error "the severity is the rule's"
is "$(arrived count)" 1 "it stands for one line"
is "$(arrived file)" "$log" "it names the file"
is "$(arrived offset)" 13 "and the offset of the line's first byte"
is "$(arrived log)" app "and the section"
is "$(arrived kind)" match "it is a match"
like "$(cat "$out")" '"lines":\["Failed login for eve from 203.0.113.9"\]' \
    "it shows the line"
like "$(cat "$out")" '"captures":{.*"user":"eve".*"lines"' \
    "and the captures"
like "$(arrived id)" '^[0-9a-f]{40}$' "its id is 40 hexadecimal digits"

fresh
configure <<END
[log app]
path = $log
start = start
[rule brute]
log = app
match = fail from (?<ip>\\S+)
when = 5 in 10m
key = \${ip}
subject = \${count} from \${ip}
END
for ip in a b a a b a c a a; do
	echo "fail from $ip"
done >"$log"
once
is "$(arrived subject)" "5 from a" "5 in 10m alerts at the fifth line of a key"
is "$(arrived key)" a "the alert has the key"
like "$(ctl alerts)" '5 from a' "and is listed"

fresh
configure <<END
[log app]
path = $log
start = start
[rule first]
log = app
match = error
throttle = none
then = stop
subject = first
[rule second]
log = app
match = .
throttle = none
subject = second
END
printf 'an error\nanother line\n' >"$log"
once
is "$(arrived subject | tr '\n' ' ')" "first second " \
    "then = stop keeps a line from the rules below"

fresh
configure <<END
[file calm]
path = $dir/calm.jsonl
min_severity = error
[log app]
path = $log
start = start
[rule low]
log = app
match = low
severity = notice
sink = out calm
subject = low
[rule high]
log = app
match = high
severity = critical
sink = out calm
subject = high
[rule silent]
log = app
match = .
sink = none
END
printf 'low\nhigh\n' >"$log"
once
is "$status" 0 "several sinks: one pass ends well"
is "$(arrived subject | tr '\n' ' ')" "low high " "one sink gets both"
is "$(arrived subject "$dir/calm.jsonl")" high \
    "min_severity keeps the lesser one from the other"

# A throttle holds, and says how much.
fresh
configure <<END
[log app]
path = $log
[rule noisy]
log = app
match = noise
subject = \${line}
END
: >"$log"
start
for i in 1 2 3 4 5; do
	echo "noise $i" >>"$log"
done
wait_for 1
held() {
	ctl status | grep -q 'noisy .*5 matched, 1 alert, 4 held'
}
until_true 10 held
ok $? "a throttle lets one alert out and counts four as held"
is "$(arrived subject)" "noise 1" "the first line was the alert"
# What a rule holds leaves when its life ends.
sed 's/^match = noise/match = noise|nose/' "$conf" >"$conf.new" &&
    mv "$conf.new" "$conf"
kill -HUP "$agent"
wait_for 2
is "$(arrived kind | tail -n 1)" summary \
    "a reload that changes the rule sends what was held"
is "$(arrived count | tail -n 1)" 4 "with its count"
like "$(arrived id | tail -n 1)" '^[0-9a-f]{40}$' "and an id"
stop

# --- --once -----------------------------------------------------------------

fresh
numbered
echo "line 1" >"$log"
once
is "$status" 0 "the first pass ends well"
is "$(arrived subject)" "" "what was there before is not read"
echo "line 2" >>"$log"
once
once
is "$(arrived subject)" 2 "a second pass says nothing twice"
printf 'line 3\n' >>"$log"
mv "$log" "$log.1"
printf 'line 4\nline 5' >"$log"
once
is "$(arrived subject | tr '\n' ' ')" "2 3 4 " \
    "a pass goes on in the renamed file, then in the new one"
printf '\n' >>"$log"
printf 'line 3b\n' >>"$log.1"
once
is "$(arrived subject | sort | tr '\n' ' ')" "2 3 3 4 5 " \
    "a line is read when it is whole, and a late one in the old file too"
is "$(cat "$dir/said")" "" "cron hears nothing when all is well"

fresh
configure <<END
[exec door]
command = $dir/door
[log app]
path = $log
start = start
[rule numbered]
log = app
match = line (?<n>\\d+)
throttle = none
sink = door out
END
printf '#!/bin/sh\n[ -e %s/open ] || exit 75\ncat >>%s/came\n' "$dir" "$dir" \
    >"$dir/door"
chmod +x "$dir/door"
echo "line 1" >"$log"
once
is "$status" 75 "one pass with a sink that is down leaves something: 75"
is "$(wc -l <"$out")" 1 "the other sink has its alert"
like "$(cat "$dir/said")" 'sink door: ' "the sink is named"
: >"$dir/open"
delivers() {
	once
	[ "$status" -eq 0 ]
}
until_true 20 delivers
ok $? "later passes deliver it: 0"
like "$(cat "$dir/came")" '"rule":"numbered"' "the command has it now"
is "$(wc -l <"$out")" 1 "and the other sink still has it once"

# While an agent runs, --once asks it.
fresh
numbered
: >"$log"
start
once
is "$status" 0 "--once beside an agent is a sweep"
is "$(cat "$dir/printed")$(grep already "$dir/said")" "" "and says nothing"
echo "line 1" >>"$log"
once
wait_for 1
is "$(arrived subject)" 1 "the agent does the work"

# --- A second instance ------------------------------------------------------

"$CTAILD" -c "$conf" --libexec "$builddir" >/dev/null 2>"$dir/second"
is $? 69 "a second agent on the same state is refused"
like "$(cat "$dir/second")" "process $agent already runs" \
    "by the first one's process id"
stop
is "$status" 0 "TERM ends an agent well"

# --- --dry-run --------------------------------------------------------------

listing() {
	find "$state" ! -name control.sock -type f -exec cksum {} + | sort
}
echo "line 2" >>"$log"
before=$(listing)
once --dry-run
is "$status" 0 "a dry run ends well"
like "$(cat "$dir/printed")" '^--- alert, to out ---' "it prints the alert"
like "$(cat "$dir/printed")" 'line 2' "with the line"
unlike "$(cat "$dir/printed")" 'line 1' "from where reading stopped"
is "$(listing)" "$before" "it leaves the state as it was"
is "$(arrived subject)" 1 "it sends nothing"
once
is "$(arrived subject | tr '\n' ' ')" "1 2 " "the real run reads it then"
rm -rf "$dir/none"
once --dry-run --state-dir "$dir/none"
[ ! -e "$dir/none" ]
ok $? "a dry run without a state makes none"

# --- Built-in rules ---------------------------------------------------------

echo 'kernel: Out of memory: Killed process 42 (hog)' >"$dir/kern.log"
cd "$dir" || exit 99
"$CTAILD" --once kern.log >"$dir/printed" 2>"$dir/said"
is $? 0 "ctaild --once LOG applies built-in rules"
like "$(cat "$dir/printed")" 'out of memory on .*: hog' "and prints the alert"
if [ -c /dev/full ]; then
	"$CTAILD" --once kern.log >/dev/full 2>"$dir/said"
	is $? 74 "an alert that cannot be printed: 74"
	like "$(cat "$dir/said")" 'standard output: ' "and that is said"
else
	skip "an alert that cannot be printed" "no /dev/full"
fi
: >"$dir/kern.log"
"$CTAILD" kern.log >"$dir/printed" 2>"$dir/said" &
agent=$!
mine "$agent"
said 'watching'
echo 'app: ERROR: it broke' >>"$dir/kern.log"
until_true 10 grep -q 'it broke' "$dir/printed"
ok $? "ctaild LOG prints what comes while it watches"
stop

# --- TERM -------------------------------------------------------------------

fresh
configure <<END
[exec hang]
command = $dir/hang
[log app]
path = $log
[rule numbered]
log = app
match = line
sink = hang
END
printf '#!/bin/sh\necho $$ >%s/hanging\nexec sleep 600\n' "$dir" >"$dir/hang"
chmod +x "$dir/hang"
: >"$log"
start
echo "line 1" >>"$log"
until_true 10 test -s "$dir/hanging"
ok $? "a command hangs"
began=$(date +%s)
stop
is "$status" 0 "TERM ends the agent all the same"
[ $(($(date +%s) - began)) -le 5 ]
ok $? "and soon"
gone() {
	! kill -0 "$(cat "$dir/hanging")"
}
until_true 10 gone
ok $? "with the command"
like "$(ctl alerts --due)" 'attempts: 1' "the alert waits for the next run"

# A crash leaves the command behind; that must not hold the state.
rm "$dir/hanging"
start
until_true 10 test -s "$dir/hanging"
kill -9 "$agent"
wait "$agent" 2>/dev/null
left=$(cat "$dir/hanging")
kill -0 "$left"
ok $? "a crash leaves a command behind"
start
ok $? "the next agent starts all the same"
"$CTAILD" -c "$conf" --libexec "$builddir" >/dev/null 2>"$dir/second"
is $? 69 "and refuses a second one"
like "$(cat "$dir/second")" "process $agent already runs" "by its own id"
kill "$left"
stop

# --- HUP --------------------------------------------------------------------

fresh
numbered
: >"$log"
start
echo "line 1" >>"$log"
wait_for 1
cat >>"$conf" <<END
[rule words]
log = app
match = word (?<n>\\w+)
throttle = none
subject = \${n}
END
kill -HUP "$agent"
said 'was read again and is in force'
ok $? "HUP with a good file takes it over"
printf 'word two\nline 3\n' >>"$log"
wait_for 3
is "$(arrived subject | tr '\n' ' ')" "1 two 3 " \
    "the new rule works, and the position was kept"
printf '\n[rule bad]\nlog = app\nmatch = (\n' >>"$conf"
kill -HUP "$agent"
said 'stays in force'
ok $? "HUP with a bad file is refused"
like "$(cat "$dir/said")" 'ctail.ini:24: \[rule bad\] match: .*parenthesis' \
    "the mistake is named with its line"
wait_for 4
is "$(arrived kind | tail -n 1)" notice "and an alert says so"
like "$(arrived subject | tail -n 1)" 'configuration is refused' \
    "in its subject"
echo "line 4" >>"$log"
wait_for 5
is "$(arrived subject | tail -n 1)" 4 "the old rules go on"
kill -0 "$agent"
ok $? "the agent lives"
stop

# A restart that finds the file bad goes on with the copy.
echo "line 5" >>"$log"
once --state-dir "$state"
is "$status" 0 "a restart with the bad file goes on"
like "$(cat "$dir/said")" 'accepted last' "with the copy accepted last"
is "$(arrived subject | sed -n 6,7p | sort | head -n 1)" 5 \
    "and misses nothing"

# What is on its way when a reload comes is neither ended nor sent again.
fresh
configure <<END
[exec slow]
command = $dir/slow
[log app]
path = $log
[rule numbered]
log = app
match = line
sink = slow
END
cat >"$dir/slow" <<END
#!/bin/sh
echo >>$dir/slow.began
until [ -e $dir/slow.go ]; do sleep 0.05; done
echo >>$dir/slow.done
END
chmod +x "$dir/slow"
: >"$log"
start
echo "line 1" >>"$log"
until_true 10 test -e "$dir/slow.began"
kill -HUP "$agent"
said 'is in force'
: >"$dir/slow.go"
delivered() {
	ctl status | grep -q 'deliveries: 1 done, 0 waiting'
}
until_true 10 delivered
ok $? "a delivery in flight outlives a reload"
is "$(wc -l <"$dir/slow.began")$(wc -l <"$dir/slow.done")" 11 \
    "and is not made twice"
stop

# --- Rotation while it runs -------------------------------------------------

fresh
numbered
: >"$log"
start
echo "line 1" >>"$log"
wait_for 1
mv "$log" "$log.1"
echo "line 2" >>"$log.1"
echo "line 3" >"$log"
wait_for 3
echo "line 4" >>"$log.1"
wait_for 4
echo "line 5" >>"$log"
wait_for 5
is "$(arrived subject | tr '\n' ' ')" "1 2 3 4 5 " \
    "rename and create: every line once, late ones too"
cp "$log" "$log.2" && : >"$log"
echo "line 6" >>"$log"
wait_for 6
echo "line 7" >>"$log"
wait_for 7
is "$(arrived subject | tr '\n' ' ')" "1 2 3 4 5 6 7 " \
    "copy and truncate: every line once"
is "$(arrived id | sort -u | wc -l)" 7 "each with an id of its own"
stop

# --- Several logs -----------------------------------------------------------

fresh
configure <<END
[log one]
path = $dir/one.log
[log many]
path = $dir/many/*.log
       $dir/deep/**/*.log
[rule numbered]
log = one many
match = line (?<n>\\d+)
throttle = none
subject = \${n}
END
mkdir -p "$dir/many" "$dir/deep"
echo "line 1" >"$dir/one.log"
echo "line 2" >"$dir/many/a.log"
start
echo "line 3" >>"$dir/one.log"
echo "line 4" >>"$dir/many/a.log"
echo "line 5" >"$dir/many/b.log"
mkdir -p "$dir/deep/x/y"
echo "line 6" >"$dir/deep/x/y/c.log"
wait_for 4
is "$(arrived subject | sort | tr '\n' ' ')" "3 4 5 6 " \
    "old files begin at their end, those that appear at their start"
is "$(arrived log | sort | tr '\n' ' ')" "many many many one " \
    "each alert names its section"
stop
rm -rf "$dir/many" "$dir/deep"

# --- Offset files -----------------------------------------------------------

fresh
numbered 'start = start'
printf 'line %d\n' 1 2 3 4 >"$log"
once
file=$(offset_file "$log")
is "$(cat "$file")" "$(printf '%d\n28' "$(stat -c %i "$log")")" \
    "the offset file says inode and offset"
printf '%d\n14\n' "$(stat -c %i "$log")" >"$file"
once
is "$(arrived subject | tr '\n' ' ')" "1 2 3 4 3 4 " \
    "an edited offset file is obeyed"
like "$(cat "$dir/said")" 'offset file was edited' "and that is said"
is "$(arrived id | sort -u | wc -l)" 6 \
    "what is read again on purpose has new ids"
rm "$file"
once
is "$(wc -l <"$out")" 6 "a removed offset file changes nothing"
[ -e "$file" ]
ok $? "and is written again"
is "$(sed -n 2p "$file")" 28 "with the position"

fresh
numbered 'offset_file = beside'
printf 'line %d\n' 1 2 3 4 >"$log"
printf '%d\n21\n' "$(stat -c %i "$log")" >"$log.offset"
once
is "$(arrived subject)" 4 "pygtail's offset file beside the log is taken over"
is "$(cat "$log.offset")" "$(printf '%d\n28' "$(stat -c %i "$log")")" \
    "and kept up to date there"

# --- A database that is lost ------------------------------------------------

fresh
numbered
: >"$log"
once
printf 'line %d\n' 1 2 >>"$log"
once
rm "$state/ctail.db"
printf 'line %d\n' 3 >>"$log"
once
is "$(arrived subject | tr '\n' ' ')" "1 2 3 " \
    "without its database it goes on where the offset file says"
grep -q "taking over at the offset 14" "$dir/said"
ok $? "and says so"
rm -r "$state"
printf 'line %d\n' 4 >>"$log"
once
is "$(arrived subject | tr '\n' ' ')" "1 2 3 " \
    "without all of its state it begins as at first"

# --- kill -9 ----------------------------------------------------------------

fresh
numbered
echo "line 1" >"$log"
start
kill -9 "$agent"
wait "$agent" 2>/dev/null
echo "line 2" >>"$log"
start
wait_for 1
is "$(arrived subject)" 2 "a crash at once does not begin a log at another end"
stop

fresh
numbered
: >"$log"
start
round=0
while [ "$round" -lt 20 ]; do
	round=$((round + 1))
	seq -f 'line %.0f' $((round * 50 - 49)) $((round * 50)) >>"$log"
	# The point is random on purpose; nothing depends on it.
	sleep "0.0$((($$ + round * 7919) % 97))"
	kill -9 "$agent"
	wait "$agent" 2>/dev/null
	start
done
stop
until_true 10 delivers
ok $? "after 20 times kill -9 everything is delivered"
seq 1 1000 >"$dir/want"
ctl alerts -n 100000 | sed -n 's/.* out  //p' | sort -n >"$dir/stored"
is "$(cmp "$dir/stored" "$dir/want" 2>&1)" "" \
    "every line was decided exactly once"
paste -d ' ' - - <<END >"$dir/ids"
$(sed -n 's/^{"id":"\([^"]*\)".*"subject":"\([^"]*\)".*/\1\n\2/p' "$out")
END
sort -u "$dir/ids" | cut -d ' ' -f 2 | sort -n >"$dir/sent"
is "$(cmp "$dir/sent" "$dir/want" 2>&1)" "" \
    "and every one was sent, a second time only under the same id"

# --- What a power cut leaves of an offset file --------------------------------

fresh
numbered
: >"$log"
start
echo 'line 1' >>"$log"
until_true 10 has_arrived 1
stop
cp -p "$state"/offsets/*.offset "$dir/old"
start
echo 'line 2' >>"$log"
until_true 10 has_arrived 2
stop
start
echo 'line 3' >>"$log"
until_true 10 has_arrived 3
stop
for offset in "$state"/offsets/*.offset; do
	cp -p "$dir/old" "$offset"
done
start
stop
is "$(arrived subject | tr '\n' ' ')" "1 2 3 " \
    "an offset file from before the last commit is no edit: nothing repeats"
like "$(cat "$dir/said")" 'is older than what is stored' "which is said"

# --- A refused configuration with a state_dir of its own ----------------------

echo '[broken' >>"$conf"
once
is "$status" 0 "a restart goes on with what was accepted last"
like "$(cat "$dir/said")" 'accepted last' "and says so"
numbered
echo 'should_match = nothing' >>"$conf"
once
like "$(cat "$dir/said")" 'does not match this line' \
    "samples are tried when the configuration is loaded"
like "$(cat "$dir/said")" 'accepted last' "and refuse it"

numbered
start
sed 's/^reserve = .*/reserve = 96k/' "$conf" >"$conf.new"
mv "$conf.new" "$conf"
ctl reload >/dev/null
is "$(wc -c <"$state/reserve")" 98304 "a reload takes over the reserve's size"
stop

{
	echo 'Nov 22 10:00:00 host ctaild[7]: ERROR: a sink failed'
	echo 'Nov 22 10:00:00 host app[7]: ERROR: ctaild[7]: something'
} >"$dir/own.log"
"$CTAILD" --once "$dir/own.log" >"$dir/printed" 2>"$dir/said"
is "$(grep -c '^--- alert' "$dir/printed")" 1 \
    "what ctail itself said in a syslog is never matched"
like "$(cat "$dir/printed")" 'app.7.: ERROR' "what others said of it is"

tap_done
