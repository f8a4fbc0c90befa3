# deciding.t: deciding through the real programs: what `new' learns, what waits
# over a restart and a reload, what is never kept, what is told only once.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/agent.sh"
log=$dir/app.log

begin() { # begin: fresh, with the configuration of standard input
	fresh
	configure
}

count() { # count ERE: subjects that arrived
	arrived subject | grep -Ec -e "$1"
}

# --- new ---------------------------------------------------------------------

begin <<END
[log app]
path = $log
[rule odd]
log = app
match = .
when = new
throttle = none
subject = odd \${line}
END
printf 'login 1 ok\nlogin 2 ok\nlogout 3\n' >"$log"
once
is "$status $(arrived subject)" "0 " "what stands in a log already is not new"
printf 'login 77 ok\npanic now\n' >>"$log"
once
is "$(arrived subject)" "odd panic now" "what does not is, and only that"
printf 'login 5 ok\n' >"$dir/b.log"
sed "s|^path = $log|&\n       $dir/*.log|; s/odd/strange/" "$conf" >"$conf.new"
mv "$conf.new" "$conf"
once
printf 'panic now\n' >>"$log"
printf 'login 6 ok\nlogout 3\n' >>"$dir/b.log"
once
is "$(count '^strange')" 0 "a rule of another name learns all of it again"
printf 'freeze\n' >"$dir/c.log"
once
is "$(arrived subject | tail -n 1)" "strange freeze" \
    "a log that appears later is read from its beginning"

# What another tool has not read yet is not what is usual.
begin <<END
[log app]
path = $log
offset_file = beside
[rule odd]
log = app
match = .
when = new
throttle = none
subject = odd \${line}
END
printf 'login 1 ok\npanic now\n' >"$log"
printf '%d\n11\n' "$(stat -c %i "$log")" >"$log.offset"
once
is "$(arrived subject)" "odd panic now" \
    "where another tool has read, what stands behind that is new"
rm -f "$log.offset"

# Killed in the midst of learning, it learns again.
begin <<END
[log app]
path = $log
[rule odd]
log = app
match = (?<word>\\S+)
when = new
throttle = none
END
awk 'BEGIN { for (i = 0; i < 60000; i++) {
	s = ""; for (n = i; n; n = int(n / 26)) s = s sprintf("%c", 97 + n % 26)
	print "word-" s " x" } }' >"$log"
"$CTAILD" -c "$conf" --libexec "$builddir" 2>/dev/null &
agent=$!
mine "$agent"
sleep 0.1
kill -9 "$agent"
wait "$agent" 2>/dev/null
agent=
once
once
is "$status $(arrived subject | wc -l)" "0 0" "a kill while it learns changes nothing"

# --- What must never be kept -------------------------------------------------

secret=Tr0ub4dor
begin <<END
[log app]
path = $log
start = start
record = continue ^\\s
redact = (?<=password=)\\S+
         (?<=token )\\w+
[rule login]
log = app
match = user=(?<user>\\S+) password=(?<pass>\\S+)
key = \${user} \${pass}
subject = login \${user} \${pass} \${0}
context = 3 before 2 after
batch = 1s
[rule each]
log = app
match = token (?<token>\\w+)
key = \${token}
throttle = 1h
[rule odd]
log = app
match = password=(?<pass>.*)
when = new
key = \${pass}
[rule two]
log = app
match = password=(?<pass>\\S+)
when = distinct 2 pass in 1h
[rule gone]
log = app
match = password=(?<pass>\\S+)
key = \${pass}
when = absent 1h
[rule late]
log = app
match = password=(?<pass>\\S+)
when = unless gone in 1h
key = \${pass}
hours = 00:00-00:01 else hold
END
: >"$log"
ctl silence login "pass=$secret" 1h >"$dir/printed" 2>&1
sqlite=$(grep -c "$secret" "$state"/ctail.db)
is "${sqlite:-0}" 1 "who silences a value types it himself"
fresh
{
	echo "before password=$secret"
	echo "user=x password=$secret"
	echo "  at token $secret here"
	echo "user=y password=${secret}2 token $secret"
	echo "token $secret"
	echo "token $secret"
	echo "after password=$secret"
} >"$log"
start
wait_for 3
ctl status >"$dir/shown" 2>&1
ctl status --json >>"$dir/shown" 2>&1
ctl alerts >>"$dir/shown" 2>&1
ctl explain "user=x password=$secret" | grep -v '^user=x' >>"$dir/explained"
kill -9 "$agent"
wait "$agent" 2>/dev/null
agent=
once
is "$(cat "$state"/* "$state"/*/* "$out" "$dir/said" "$dir/shown" \
    2>/dev/null | tr '\0' '\n' | grep -ac "$secret")" 0 \
    "not one byte of what is redacted is kept, sent or said"
like "$(arrived subject | head -n 1)" '[*]{9}' "what stands there is a mask"

# --- Told once ----------------------------------------------------------------

begin <<END
[log app]
path = $log
start = start
max_line = 1k
[rule any]
log = app
match = ^hello
END
long=$(awk 'BEGIN { for (i = 0; i < 3000; i++) printf "x" }')
for i in 1 2 3; do
	echo "$long" >>"$log"
	once
done
is "$(arrived subject | wc -l)" 1 "passes of cron tell of a long line once an hour"
like "$(arrived subject)" 'app.log has a line that is too long' "and of which log"
start
echo "$long" >>"$log"
echo hello >>"$log"
wait_for 2
stop
is "$(arrived subject | grep -c long)" 1 "and so does the agent behind them"

# --- A restart, with everything pending --------------------------------------

pending() {
	cat <<END
[log app]
path = $log
start = start
timestamp = arrival
[file spare]
path = $dir/spare.jsonl
[rule slow]
log = app
match = slow (?<n>\\d+)
throttle = 1h
[rule lot]
log = app
match = lot (?<n>\\d+)
batch = 1h
throttle = none
[rule $1]
log = app
match = night (?<n>\\d+)
hours = $(date -d '+5 hours' +%H:00)-$(date -d '+6 hours' +%H:00) else hold
throttle = none
[rule hush]
log = app
match = hush (?<n>\\d+)
throttle = none
[rule alive]
log = app
match = alive
when = absent 1h
[rule side]
log = app
match = side (?<n>\\d+)
sink = $2
throttle = 1h
END
}

fresh
pending night spare | configure
ctl silence hush 1h >/dev/null
start
for i in 1 2 3; do
	printf 'slow %d\nlot %d\nnight %d\nhush %d\nalive\nside %d\n' \
	    $i $i $i $i $i >>"$log"
done
wait_for 1
wait_for 1 "$dir/spare.jsonl"
is "$(arrived subject | wc -l)" 1 "what is held back is not told"
for i in 1 2 3 4 5; do
	kill -9 "$agent"
	wait "$agent" 2>/dev/null
	start
done
is "$(arrived subject | wc -l)" 1 "nor by five kills"
printf 'slow 4\n' >>"$log"
until_true 10 sh -c '"$0" -c "$1" status | grep -q .' "$CTAILCTL" "$conf"
ctl silences >"$dir/printed"
like "$(cat "$dir/printed")" ' 3 .*hush' "the silence knows what it held"

# The rule with a digest is renamed, the one with a batch changed, a sink goes.
pending dark out | sed 's/lot (/a lot (/' | configure
sed -i '/^.file spare.$/,/^path/d' "$conf"
ctl reload >/dev/null
is $? 0 "a reload that renames, changes and removes"
wait_for 4
is "$(count '^night on .*: 3 ')" 1 "what a renamed rule held is told as its own"
is "$(count '^lot on ')" 1 "and the batch of a changed one"
ctl silences | grep -q ' 3 .*hush'
is $? 0 "the silence stays as it was"
echo 'slow 5' >>"$log"
ctl sweep
until_true 5 sh -c '"$0" -c "$1" status | grep -q slow' "$CTAILCTL" "$conf"
is "$(count '^slow on ')" 1 "an unchanged rule goes on throttling"
n=$(arrived subject | wc -l)
ctl reload >/dev/null
stop
start
is "$(arrived subject | wc -l)" "$n" "another reload and a restart tell nothing twice"
sed -i '/^.rule slow/,/^throttle/d' "$conf"
ctl reload >/dev/null
wait_for $((n + 1))
like "$(arrived subject | tail -n 1)" '^slow on .*: 4 more before its rule ended, last: slow 5' \
    "what a removed rule held is told"
printf 'a lot %d\n' 5 6 7 >>"$log"
ctl sweep
sed -i '/^.rule lot/a sink = none' "$conf"
ctl reload >/dev/null
wait_for $((n + 2))
like "$(arrived subject | tail -n 1)" '^lot on ' \
    "and of one that only counts from now on"
stop
# --- Context -------------------------------------------------------------------

begin <<END
[log app]
path = $log
start = start
timestamp = arrival
[rule wide]
log = app
match = boom (?<n>\\d+)
context = 4 before 2 after
throttle = none
[rule narrow]
log = app
match = boom 1\$
context = 1 before
throttle = none
END
printf 'one\ntwo\nthree\n' >"$log"
start
mv "$log" "$log.1"
printf 'four\nboom 1\n' >"$log"
wait_for 1
printf 'five\nsix\nseven\n' >>"$log"
wait_for 2
like "$(grep '"wide"' "$out")" '"before":\["one","two","three","four"\].*"after":\["five","six"\]' \
    "what stands around a record goes over a rotation"
like "$(grep '"narrow"' "$out")" '"before":\["four"\]' \
    "and each rule has as much of it as it wants"
awk 'BEGIN { for (i = 2; i < 3002; i++) print "boom " i }' >>"$log"
until_true 60 has_arrived 3002
is "$(sed -n 's/.*"subject":"[^"]*boom \([0-9]*\)".*/\1/p' "$out" | sort -u |
    wc -l | tr -d ' ')" 3001 "a storm of alerts that wait for more loses none"
stop

# --- One pass ------------------------------------------------------------------

begin <<END
[log app]
path = $log
start = start
record = continue ^\\s
record_limit = 10 lines 4k 300ms
[rule trace]
log = app
match = ^Error
batch = 1h
context = 1 before 2 after
END
printf 'calm\nError one\n  at a\nError two\n  at b\n' >"$log"
once
is "$status" 0 "a pass waits for an open record"
like "$(cat "$out")" 'Error two.n  at b' "and has all of it"
is "$(arrived count)" 2 "a batch leaves at its end"
once
is "$(arrived count)" 2 "once"
printf 'calm\nError one\n  at a\nError two\n  at b\n' >"$log"
"$CTAILD" -c "$conf" --libexec "$builddir" --once --dry-run \
    --state-dir "$dir/none" >"$dir/printed" 2>"$dir/said"
is $? 0 "a dry run"
like "$(cat "$dir/printed")" 'Error two' "shows the batch, too"
[ ! -e "$dir/none" ]
is $? 0 "and leaves nothing"

# What an earlier pass has read is there as context, in what is the same file.
begin <<END
[log app]
path = $log
start = start
record = continue ^\\s
redact = (?<=token=)\\S+
[rule bad]
log = app
match = ^bad
context = 3 before
throttle = none
END
printf 'one\ntwo token=secret\n  more of it\nthree\n' >"$log"
once
printf 'bad 1\n' >>"$log"
once
like "$(tail -n 1 "$out")" \
    "one.*two token=\*\*\*\*\*\*.*more of it.*three" \
    "a pass shows what the one before it has read"
is "$(grep -c secret "$out")" 0 "masked"
printf 'x\nbad 2\n' >>"$log"
once
like "$(grep '"subject":"[^"]*bad 2"' "$out")" \
    '"before":\["three","bad 1","x"\]' "together with what it reads itself"
mv "$log" "$log.1"
printf 'bad 3\n' >"$log"
once
like "$(grep '"subject":"[^"]*bad 3"' "$out")" \
    '"before":\["bad 1","x","bad 2"\]' \
    "and, at the beginning of a file, the end of the one before it"
mv "$log.1" "$log.2"
mv "$log" "$log.1"
printf 'y\nbad 4\n' >"$log"
once
like "$(grep '"subject":"[^"]*bad 4"' "$out")" '"before":\["bad 3","y"\]' \
    "but not the one before that"
rm "$log.1"
printf 'another\nfile\n' >"$log.1"
touch -t 202001010000 "$log.1"
printf 'bad 5\n' >>"$log"
once
like "$(grep '"subject":"[^"]*bad 5"' "$out")" '"before":\["y","bad 4"\]' \
    "and nothing of another file"

# --- What is missing -----------------------------------------------------------

begin <<END
[log gone]
path = $dir/gone.log
[log silent]
path = $log
[rule gone]
log = gone
match = x
when = absent 200ms
[rule silent]
log = silent
match = x
when = absent 200ms
END
echo other >"$log"
start
wait_for 2
stop
like "$(arrived subject | grep '^gone')" "the log $dir/gone.log is missing" \
    "a file that is not there is told from"
like "$(arrived subject | grep '^silent')" "$log was last written 2" \
    "one in which nothing came"

# --- check ---------------------------------------------------------------------

begin <<END
[log app]
path = $log
[rule a]
log = app
match = x
then = stop
[rule b]
log = app
match = x
END
ctl check >"$dir/printed" 2>"$dir/said"
is "$? $(grep -c warnings: "$dir/said")" "0 1" "warnings alone are no failure"
like "$(cat "$dir/printed")" 'is good' "which is said"
echo 'should_match = y' >>"$conf"
ctl check >"$dir/printed" 2>"$dir/said"
is "$? $(cat "$dir/printed")" "78 " "a mistake is"

# --- Hostile lines ---------------------------------------------------------------

begin <<END
[log app]
path = $log
start = start
[rule any]
log = app
match = (?<word>.*)
key = \${word}
subject = \${word} \${line}
context = 2 before
throttle = none
END
printf 'a\0b\n\377\376\n${rule} ${key|json}\n{"a":"\\u0000\\"}\n<b>x</b>&amp;\nx\ry\n\033[31mred\n\342\200\256evil\n' >"$log"
awk 'BEGIN { for (i = 0; i < 1100000; i++) printf "y"; print "" }' >>"$log"
printf 'last\n' >>"$log"
once
is "$status" 0 "hostile lines harm nothing"
is "$(wc -l <"$out" | tr -d " ")" 11 "each is an alert, and the long one told of"
if command -v python3 >/dev/null; then
	python3 -c 'import json, sys
for line in open(sys.argv[1], encoding="utf-8"):
    json.loads(line)' "$out"
	is $? 0 "all of it is JSON"
else
	skip "all of it is JSON" "no python3"
fi
grep -qF '${rule} ${key|json}' "$out"
is $? 0 "log text is never expanded"

# --- What a pass leaves for the next one ---------------------------------------

# ago SECONDS: a stamp
ago() {
	"${python:-python3}" -c 'import sys, time
print(time.strftime("%Y-%m-%dT%H:%M:%SZ",
                    time.gmtime(time.time() - int(sys.argv[1]))))' "$1"
}

fresh
configure <<END
[log app]
path = $log
start = start
[rule often]
log = app
match = often (?<n>\\d)
when = 2 in 10m
throttle = none
[rule newest]
log = app
match = the newest
when = 9 in 1m
[rule held]
log = app
match = held (?<n>\\d)
throttle = 1h
END
if command -v python3 >/dev/null; then
	echo "$(ago 60) the newest" >"$log"
	once
	printf '%s\n' "$(ago 270000) often 1" "$(ago 260000) often 2" >>"$log"
	once
	is "$(arrived rule)" often "times far behind the newest that an \
earlier pass has read are not believed"
else
	skip "times far behind an earlier pass's newest" "python3 is not here"
fi
printf 'held %s\n' 1 2 3 >>"$log"
once
sed 's/match = held/match = HELD/' "$conf" >"$conf.new"
mv "$conf.new" "$conf"
once
is "$(arrived kind | tail -n 1) $(arrived count | tail -n 1)" "summary 2" \
    "what a rule held that was changed between passes is told by the next"
once
is "$(arrived kind | grep -c summary)" 1 "and not again"

tap_done
