# trust.t: test, explain and learn: what the rules would tell, what they make of
# a line, and how such lines are excluded.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/agent.sh"
TZ=UTC
export TZ
log=$dir/app.log

run() { # run COMMAND...: $status, $printed, $said
	printed=$("$CTAILCTL" --libexec "$builddir" -c "$dir/try.ini" "$@" \
	    2>"$dir/said")
	status=$?
	said=$(cat "$dir/said")
}

told() {
	printf '%s\n' "$printed" | sed '/^$/,$d'
}

report() {
	printf '%s\n' "$printed" | awk 'behind; /^$/ { behind = 1 }'
}

cat >"$dir/try.ini" <<END
[log app]
path = $log
[log other]
path = $dir/other.log
[rule pair]
log = app other
match = failed for (?<user>\\w+) from (?<ip>\\S+)
        never for \\w+
exclude = from 192\\.0\\.2\\.
close = accepted for \\w+ from (?<ip>\\S+)
when = 2 in 10s
key = \${ip}
throttle = 1h
subject = \${count}x \${user}
[rule quiet]
log = other
match = disk
sink = none
[rule night]
log = app
match = printer
hours = 08:00-18:00 else hold
throttle = none
subject = printer
[rule lost]
log = app
match = backup finished
when = absent 1d
subject = no backup
[file out]
path = $dir/out.jsonl
storm = 3 in 1h
END
sed -i '/never for/d; s/^close.*//' "$dir/try.ini"

# --- What is wrong ------------------------------------------------------------

: >"$log"
run test
is "$status" 64 "test needs a sample"
like "$said" '^usage: ctailctl test' "and says how it is used"
run test --last
is "$status" 64 "--last needs a time"
run test --last soon
like "$status $said" '^64 .*--last' "which must be one"
run test --last 0s
is "$status" 64 "and not nothing"
run test --last 1d "$log"
is "$status" 64 "samples and --last exclude each other"
run test --every "$log"
like "$status $said" '^64 .*no option .--every.' "an unknown option is named"
run test --log nowhere "$log"
like "$status $said" '^66 .*no log .nowhere.; the logs are: app, other' \
    "so is a log that is not there, with those that are"
cp "$log" "$dir/stray"
run test "$dir/stray"
like "$status $said" '^64 .*say --log NAME, one of: app, other' \
    "a sample that could be of several logs is not guessed at"
run test "$log" "$dir/nothing.log"
like "$status $said" '^64 .*cannot open .*/nothing.log: No such file' \
    "and one that is not there is of none"
run test --log app "$dir/nothing.log"
like "$status $said" '^65 .*cannot open .*nothing.log' \
    "a sample that is not there is"
run test --log app "$dir"
like "$status $said" '^65 .*is a directory' "so is a directory"
is "$printed" "" "and nothing else is said"
run test "$log"
is "$status $(told)" "0 " "an empty sample tells nothing, which is no error"
like "$(report)" '^0 lines read' "and says so"
printf '[rule x]\nlog = nowhere\nmatch = (\n' >"$dir/wrong.ini"
"$CTAILCTL" -c "$dir/wrong.ini" test "$log" >"$dir/out" 2>&1
like "$? $(cat "$dir/out")" '^78 .*wrong.ini:' \
    "a configuration that is refused is, with the place"
run test "$log" --json
like "$status $printed" '^0 \{"kind":"report"' "options may follow the samples"
run test "$log" -- --json
like "$status $said" '^64 .*cannot open --json: No such file' \
    "but not behind --"
mkdir "$dir/many"
i=0
while [ "$i" -lt 210 ]; do
	i=$((i + 1))
	echo "a line $i" >"$dir/many/$i.log"
done
printf '[log many]\npath = %s/many/*.log\n[rule all]\nlog = many\n%s\n%s\n' \
    "$dir" "match = ." "sink = none" >"$dir/many.ini"
"$CTAILCTL" -c "$dir/many.ini" test --all --last 7d >"$dir/out" 2>&1
like "$? $(cat "$dir/out")" '^0 .*counted all: its sink is none' \
    "a rule without a sink is said to be one"
like "$(cat "$dir/out")" '^210 lines read, 210 records' \
    "some hundred files are read at once"
run explain
is "$status" 64 "explain needs a line"
run explain --log
is "$status" 64 "and --log a name"
run explain --every x
like "$status $said" '^64 .*no option .--every.' "an option it does not know"
run learn --every x
like "$status $said" '^64 .*no option .--every.' "is none for learn either"
run learn -- --every
is "$status $printed" '0 exclude = ^--every$' "but a line may begin so"
run explain --log nowhere x
is "$status" 66 "and a log that is there"
run explain one two
is "$status" 64 "and one line only"
run learn
is "$status" 64 "learn needs a line"

# --- Time, key, merge ---------------------------------------------------------

cat >"$log" <<END
2026-11-20 10:00:00 failed for root from 203.0.113.9
2026-11-20 10:00:20 failed for root from 203.0.113.9
2026-11-20 10:00:24 failed for root from 192.0.2.7
2026-11-20 10:00:25 failed for root from 203.0.113.9
2026-11-20 10:00:26 failed for pi from 203.0.113.9
2026-11-20 10:00:27 failed for pi from 203.0.113.9
2026-11-20 19:00:00 printer on fire
2026-11-20 19:00:01 something else 17
2026-11-20 19:00:02 something else 18
END
before=$(find "$dir" | sort)
run test "$log"
is "$status $said" "0 " "a sample is rehearsed without a word on the side"
is "$(told | sed 's/:[^:]* on [^:]*:/:/')" \
    "2026-11-20 10:00:25 alert pair [203.0.113.9]: 2x root
2026-11-20 11:00:25 summary pair [203.0.113.9]: 2 more in 1h, last: 2026-11-20 10:00:27 failed for pi from 203.0.113.9
2026-11-21 08:00:00 digest night: 1 alert outside of its hours, last: 2026-11-20 19:00:00 printer on fire" \
    "windows, throttles and hours run on its own clock"
is "$(find "$dir" | sort)" "$before" "nothing is made on the disk"
like "$(report)" '^9 lines read, 9 records$' "the report says what was read"
like "$(report)" '^to   2026-11-20 19:00:02 \+0000 \(9 hours\)$' "and its time"
like "$(report)" '^rule pair: 9 records seen, 5 matched, 1 excluded, 2 told, 1 held by throttle,' \
    "what each rule saw, matched and told"
like "$(report)" '^ +6  match .*try.ini:7  failed for' \
    "the hits of a pattern, also of what is excluded"
like "$(report)" '^ +1  exclude .*try.ini:' "and of an exclude"
like "$(report)" '^Rules none of whose logs was read: quiet$' \
    "which rules had nothing to read"
like "$(report)" '^Rules that never matched: lost$' "which never matched"
like "$(report)" '^Records that no rule matched: 2 of 9$' "what nobody matched"
like "$(report)" '^ +2  <time> something else <number>$' "and its shape"
like "$(report)" '^9 hours: 3 entries \(out\), top rule pair \(2\), top key 203.0.113.9 \(rule pair, 2\)$' \
    "and what each sink would have got"
run test --all "$log"
like "$(told)" '^2026-11-20 10:00:20 counted pair \[203.0.113.9\]: 1 pending$' \
    "--all shows what only counted"
like "$(told)" '^2026-11-20 10:00:27 held pair \[203.0.113.9\]: by throttle$' \
    "and what was held, by what"
like "$(told)" '^2026-11-20 19:00:00 held night: by hours$' "by hours as well"
run test --json "$log"
is "$(printf '%s\n' "$printed" | grep -vc '^{.*}$')" 0 \
    "--json prints one object a line"
like "$printed" '^\{"time":"2026-11-20T10:00:25.000Z","kind":"alert","rule":"pair","key":"203.0.113.9","subject":"2x root"' \
    "of each alert"
like "$(printf '%s\n' "$printed" | tail -n 1)" '^\{"kind":"report",.*"records":9,' \
    "and the report last"

run test --unused "$log"
like "$(report)" '^Patterns of sections that never matched:$' \
    "--unused lists what never matched"
like "$(report)" '^ +0  match .*try.ini:[0-9]+  backup finished$' \
    "with its place"

# Rule files: which line matched, and which never did.
rules=$dir/rules
mkdir "$rules"
awk 'BEGIN { for (i = 0; i < 30; i++) print "number " i "$" }' </dev/null \
    >"$rules/many"
printf '%s\n' '# a comment' 'failed for (root|pi) from [0-9.]+$' 'a b' \
    >"$rules/few"
cat >"$dir/files.ini" <<END
[log app]
path = $log
[rule some]
log = app
match_file = $rules/few
exclude_file = $rules/many
exclude = never
sink = none
[rule others]
log = app
match = .
exclude_file = $rules/few
sink = none
END
"$CTAILCTL" -c "$dir/files.ini" test "$log" >"$dir/out" 2>&1
like "$(cat "$dir/out")" "^ +6  match $rules/few:2  failed for" \
    "a rule file and the line of it that matched is named"
like "$(cat "$dir/out")" "^ +6  exclude $rules/few:2  failed for" \
    "in each rule that reads it"
unlike "$(cat "$dir/out")" " match $rules/few:3" "and those that did not are not"
like "$(cat "$dir/out")" "^1 of 2 rules of $rules/few never matched:$" \
    "but listed behind, each once"
like "$(cat "$dir/out")" "^  $rules/few:3  a b$" "with its place"
like "$(cat "$dir/out")" \
    "^30 of 30 rules of $rules/many never matched; --unused lists them$" \
    "many are only counted"
like "$(cat "$dir/out")" '^Excludes that never matched: 1$' \
    "those of the section apart from them"
"$CTAILCTL" -c "$dir/files.ini" test --unused "$log" >"$dir/out" 2>&1
like "$(cat "$dir/out")" "^  $rules/many  none of its 30 rules\$" \
    "unless they are asked for, and then those of a whole file are one line"
echo 'failed for' >>"$rules/many"
"$CTAILCTL" -c "$dir/files.ini" test --unused "$log" >"$dir/out" 2>&1
is "$(grep -c "^  $rules/many:[0-9]*  number [0-9]*[\$]\$" "$dir/out")" 30 \
    "of a file that matched something each is one"
sed -i '$d' "$rules/many"
is "$("$CTAILCTL" -c "$dir/files.ini" test --json "$log" | tail -n 1 |
    grep -o '"line":[0-9]*,"pattern":"number [0-9]*$","hits":0' | wc -l)" 30 \
    "--json has all of them"

# logcheck's rules: what would be reported under which heading.
mkdir "$rules/violations.d" "$rules/ignore.d.server" \
    "$rules/violations.ignore.d"
echo 'failed for' >"$rules/violations.d/door"
echo 'from 192\.0\.2\.' >"$rules/violations.ignore.d/door"
printf '%s\n' 'printer on fire$' 'a b' >"$rules/ignore.d.server/local"
cat >"$dir/logcheck.ini" <<END
[log app]
path = $log
[logcheck system]
log = app
rules = $rules
sink = out
[file out]
path = $dir/out.jsonl
END
"$CTAILCTL" -c "$dir/logcheck.ini" test "$log" >"$dir/out" 2>&1
like "$(cat "$dir/out")" '^ +5  Security Events for door$' \
    "how many lines a report would have under each heading"
like "$(cat "$dir/out")" '^ +2  System Events$' "of all of them"
like "$(cat "$dir/out")" "^ +1  exclude $rules/ignore.d.server/local:1  printer" \
    "and by which rule what is left out"
like "$(cat "$dir/out")" "^1 of 4 rules of $rules never matched:$" \
    "which of logcheck's rules never matched"
told_of() {
	"$CTAILCTL" -c "$dir/logcheck.ini" explain "$1"
}
like "$(told_of 'printer on fire  ')" \
    "^logcheck system: ignored by $rules/ignore.d.server/local:1" \
    "explain names the rule that a line is ignored by"
like "$(told_of 'something else')" \
    '^logcheck system: reported under System Events$' "or where it is reported"
like "$(told_of 'failed for x')" \
    '^logcheck system: reported under Security Events for door$' "and whose it is"
like "$(told_of 'failed for x')" "^    match     $rules/violations.d/door:1  " \
    "by which rule"
like "$(told_of 'failed for x from 192.0.2.9')" \
    "^logcheck system: ignored by $rules/violations.ignore.d/door:1" \
    "also of those that take it back"
is "$(for line in 'printer on fire' 'something else'; do
	"$CTAILCTL" -c "$dir/logcheck.ini" grep --rule system -e nothing <<END
$line
END
done)" "something else" "grep --rule has what is reported"

printf '%s\n' "2026-11-20 10:00:05 failed for x from 203.0.113.9" \
    >"$dir/other.log"
run test "$log" "$dir/other.log"
like "$(told)" '^2026-11-20 10:00:05 alert pair .203.0.113.9.: 2x x$' \
    "samples of two logs are merged by time"
{ run test --log app -; } <"$log"
is "$(told | grep -c .)" 3 "the standard input can be a sample"
gzip -c "$log" >"$dir/app.log.2.gz"
run test "$dir/app.log.2.gz"
is "$status $(told | wc -l)" "0 3" "an older generation too, compressed, of its log"
rm "$dir/app.log.2.gz"
mkfifo "$dir/pipe"
cat "$log" >"$dir/pipe" &
mine $!
run test --log app "$dir/pipe"
is "$status $(told | wc -l)" "0 3" "and a pipe with a name"

# --- Hostile samples ----------------------------------------------------------

{
	cat "$log"
	printf '2099-01-01 00:00:00 from the future\n'
	printf '2026-11-20 19:00:03 disk\000full failed for a\377\033[2J from 1\n'
	printf '2026-11-20 19:00:04 failed for b from 1\n'
	printf '2026-11-20 19:00:05 failed for b from 1\033[2J\n'
	printf '2026-11-20 19:00:05 failed for b from 1\033[2J'
} >"$dir/hostile"
run test --log app "$dir/hostile"
is "$status" 0 "NUL, bytes that are no text, and a forged date are read"
unlike "$printed" '2099' "one forged date does not move the clock of all"
like "$(told)" '^2026-11-20 19:00:05 alert pair .1 .2J.: 2x b$' \
    "and control bytes do not reach the terminal"

if [ -z "${sanitize_flags:-}" ]; then
	awk 'BEGIN { for (i = 0; i < 400000; i++)
	    printf "2026-11-20 %02d:%02d:%02d number %d failed for user from 10.0.%d.%d\n",
	    i / 20000, i / 400 % 50, i % 60, i, i / 250 % 250, i % 250
	    printf "2026-11-20 20:00:00 "
	    for (i = 0; i < 1000000; i++) printf "0123456789abcdef"
	    print "" }' </dev/null >"$dir/large"
	(
		# shellcheck disable=SC3045 # where it is not there, skipped
		ulimit -v 120000 2>/dev/null
		"$CTAILCTL" -c "$dir/try.ini" test --log app "$dir/large"
	) >"$dir/out" 2>&1
	is $? 0 "a large sample, with a line of 16 MB, is read in bounded memory"
	like "$(cat "$dir/out")" '^400001 lines read, 400001 records, 1 cut$' \
	    "whole"
	rm -f "$dir/large"
else
	skip "a large sample is read in bounded memory" "sanitizers take more"
fi

# Ctrl-C: what was read so far is reported.
mkfifo "$dir/slow"
"$CTAILCTL" -c "$dir/try.ini" test --log app "$dir/slow" \
    >"$dir/out" 2>"$dir/said" &
tester=$!
mine $tester
exec 9>"$dir/slow"
cat "$log" >&9
until_true 10 sh -c "kill -INT $tester; sleep 0.1; ! kill -0 $tester"
wait "$tester"
is "$?" 0 "an interrupted test ends well"
exec 9>&-
like "$(cat "$dir/out")" 'Stopped before the end' "and says that it was"

# --- The forecast -------------------------------------------------------------

day() { # day N: the date and time N days ago
	date -u -d "@$(($(date +%s) - $1 * 86400))" '+%Y-%m-%d %H:%M:%S'
}
generation() { # generation FILE DAYS: one line of that age
	echo "$(day "$2") failed for day$2 from 198.51.100.$2" >"$1"
	echo "$(day "$2") failed for day$2 from 198.51.100.$2" >>"$1"
	touch -d "@$(($(date +%s) - $2 * 86400))" "$1"
}
generation "$dir/app.log.4" 9
generation "$dir/app.log.3" 5
gzip "$dir/app.log.3"
generation "$dir/app.log.2" 3
bzip2 "$dir/app.log.2"
generation "$dir/app.log.1" 2
generation "$log" 1
run test --last 7d
is "$status $said" "0 " "the logs themselves can be read"
is "$(told | sed -n 's/.*alert pair //p')" "[198.51.100.5]: 2x day5
[198.51.100.3]: 2x day3
[198.51.100.2]: 2x day2
[198.51.100.1]: 2x day1" \
    "with their generations, packed ones too, as far back as was asked for"
like "$(told)" ' absent lost: no backup$' "what is missing in between is told"
like "$(report)" '^7 days: 5 entries \(out\), top rule pair \(4\), top key 198.51.100.1' \
    "and the forecast says of how long"
run test --last 36h --log app
is "$(told | sed -n 's/.*alert pair //p')" "[198.51.100.1]: 2x day1" \
    "of one log, and not as far"
run test --last 1m --log app
like "$status $said" '^0 .*these logs have no record of the last 1m' \
    "that there was nothing to be read is said"
run test --last 7d --log nowhere
is "$status" 66 "which must be there"
rm -f "$dir"/app.log.*

# What is usual is learned from what is older.
cat >"$dir/new.ini" <<END
[log app]
path = $log
[rule new]
log = app
match = .
when = new
throttle = none
subject = \${line|trunc:60}
[file out]
path = $dir/out.jsonl
END
{
	echo "$(day 2) a usual thing 1"
	echo "$(day 0) a usual thing 2"
	echo "$(day 0) an unusual thing"
} >"$log"
is "$("$CTAILCTL" -c "$dir/new.ini" test --last 36h |
    sed '/^$/,$d; s/.*alert new: //')" "an unusual thing" \
    "a rule with new knows what was there before"

# --- The cap of a sink --------------------------------------------------------

i=0
while [ "$i" -lt 8 ]; do
	for n in 0 1; do
		echo "2026-11-20 10:00:0$i failed for x from 10.0.0.$i"
	done
	i=$((i + 1))
done >"$log"
run test "$log"
is "$(told | grep -c ' alert pair ')" 3 \
    "above the cap of its sink a rule is held back"
like "$(told)" '^2026-11-20 11:00:0. storm ' "and the rest as one summary"
like "$(report)" ': 4 entries \(out; 5 more held by storm\)' \
    "which the forecast counts"
run test --all "$log"
is "$(told | grep -c ' held pair .*: by storm$')" 5 "--all shows them"

# --- Explain ------------------------------------------------------------------

line='2026-11-20 10:00:00 failed for root from 203.0.113.9'
STATE_DIRECTORY=$dir/unused
export STATE_DIRECTORY
run explain --log app "$line"
like "$status $printed" '^0 Nothing is stored yet' \
    "without a state explain says that there is none"
[ ! -e "$dir/state" ]
ok $? "and makes none"
run explain --log app "2001-02-03 04:05:06 failed for a from b"
like "$printed" '^  time      2001-.*; a line of now .* at its arrival$' \
    "a time that would not be believed is said to be none"

configure <<END
[log app]
path = $log
start = start
timestamp = arrival
redact = (?<=token=)\\S+
[log other]
path = $dir/other.log
[rule first]
log = app
match = failed for (?<user>\\w+) from (?<ip>\\S+)
exclude = from 192\\.0\\.2\\.
close = accepted from (?<ip>\\S+)
when = 5 in 10h
key = \${ip}
then = stop
[rule second]
log = app
match = failed
[rule loud]
log = app
match = loud
throttle = 1h
[rule closed]
log = app
match = night
hours = mon 00:00-00:01 else drop
[rule seen]
log = app
match = shape
when = new
[rule values]
log = app
match = value (?<v>\\w+)
when = distinct 3 v in 1h
[rule silent]
log = app
match = uncounted
sink = none
[rule mild]
log = app
match = mild
severity = info
[rule pairs]
log = app
match = twin
batch = 1h max 2
END
for i in 1 2 3; do
	echo "failed for root from 203.0.113.9"
done >"$log"
echo "loud one" >>"$log"
echo "shape 17" >>"$log"
for i in a a a b; do
	echo "value $i"
done >>"$log"
echo "twin 1" >>"$log"
ask() {
	printed=$(ctl explain "$@" 2>"$dir/said")
	status=$?
}

start
ok $? "an agent runs"
until_true 10 grep -q loud "$out"
until_true 10 grep -q shape "$out"
ask "failed for root from 203.0.113.9"
is "$status" 0 "explain asks it"
like "$printed" '^log app$' "and finds the logs whose rules match"
like "$printed" '^no rule of these logs matches: other$' "and names the others"
like "$printed" '^    match     .*ctail.ini:[0-9]+  failed for' \
    "which pattern of a rule matches"
like "$printed" '^    ip        = 203.0.113.9$' "its captures"
like "$printed" '^    key       203.0.113.9$' "its key"
like "$printed" '^    when      5 in 10h; 3 of 5 pending$' "how far it is"
like "$printed" '^    so        it is counted; nothing is told yet$' \
    "what follows"
like "$printed" '^rule second: does not see the line' "and who does not see it"
ask --log app "failed for root from 203.0.113.9"
like "$printed" '; 3 of 5 pending$' "asking counts nothing"
ask "failed for root from 192.0.2.1"
like "$printed" '^rule first: excluded$' "what is excluded"
like "$printed" '^    exclude   .*from 192' "by which pattern"
ask "accepted from 203.0.113.9"
like "$printed" '^rule first: closes$' "and what closes"
ask "loud two"
like "$printed" '^    throttle  closed until .*; holds 0$' \
    "a throttle that is closed is shown"
like "$printed" '^    so        nothing is told now: the throttle' "and matters"
ask "night"
like "$printed" '^    hours     (closed until .*; dropped|open)' "so are hours"
ask "shape 18"
like "$printed" 'this shape is known: shape <number>$' "and what is known"
ask "other shape"
like "$printed" 'this shape has not been seen' "or new"
ask "other shape of $(printf '\033[2J')"
is "$(printf '%s\n' "$printed" | LC_ALL=C tr -d '[:print:]\n' | wc -c)" 0 \
    "whatever the line holds, the terminal gets text"
ask "value b"
like "$printed" '^    so        it is counted; nothing is told yet$' \
    "distinct counts values, not matches"
ask "value c"
like "$printed" '^    so        it would be told now$' "the last of them counts"
ask "uncounted"
like "$printed" '^    so        it is counted; nobody is told$' \
    "a rule that only counts says so"
ask "twin 2"
like "$printed" '; one more fills it$' "a batch that will be full is told now"
like "$printed" '^    so        it would be told now$' "as explain says"
ask "$(head -c 70000 /dev/zero | tr '\0' x)"
like "$status $(cat "$dir/said")" '^69 .*too long for a running agent' \
    "a line that is too long to ask about is refused with the reason"
ask "failed for a from 1 token=secret"
unlike "$printed" 'secret' "what is redacted does not come back"
like "$printed" '^  redact    failed for a from 1 token=[*]+$' \
    "it is shown as it would be kept"
unlike "$printed" '^nearest' "who knows the line needs no help"
ask --log app "fail token=secret"
like "$printed" '^nearest: rule first$' \
    "of a line that nobody knows the nearest rule is named"
like "$printed" '^    match     .*ctail.ini:[0-9]+  failed for' "its pattern"
like "$printed" '^    matches   .fail.$' "how far that gets"
like "$printed" '^    wants     .ed for [(]' "what would have to come"
like "$printed" '^    finds     . token=[*]+.$' "and what comes, masked"
known=$(printf '%s\n' "$printed" | sed -n '/^nearest/,$p')
ask "fail token=secret"
is "$(printf '%s\n' "$printed" | sed -n '/^nearest/,$p')" "$known" \
    "so it is where no log is named"
ask --log app "fail"
like "$printed" '^    finds     the end of the line$' "or that nothing comes"
ctl silence first ip=203.0.113.9 1h on purpose >/dev/null
ask "failed for root from 203.0.113.9"
like "$printed" '^    silence   #1 of .* until .*: on purpose$' \
    "a silence that was made meanwhile is seen"
stop
ask "failed for root from 203.0.113.9"
like "$printed" '; 3 of 5 pending$' "without the agent the stored state is asked"
like "$printed" '^    silence   #1 of ' "with its silences"

# --- Learn --------------------------------------------------------------------

printed=$(ctl learn "failed for root from 203.0.113.9" 2>"$dir/said")
is "$? $(cat "$dir/said")" "0 " "a pattern is learned from a line"
like "$printed" '^# for \[rule first\], .*ctail.ini:[0-9]+$' \
    "under which rule it is to be pasted"
like "$printed" '^# for \[rule second\]' "and also"
pattern=$(printf '%s\n' "$printed" | grep '^exclude = ')
is "$(printf '%s\n' "$printed" | grep -c '^exclude = ')" 1 "one exclude"
cat >"$dir/learned.ini" <<END
[log app]
path = $log
[rule all]
log = app
match = .
$pattern
throttle = none
[file out]
path = $dir/out.jsonl
END
printf '%s\n' "failed for root from 198.51.100.77" "another line" >"$log"
is "$("$CTAILCTL" -c "$dir/learned.ini" test "$log" |
    sed '/^$/,$d' | wc -l)" 1 "excludes lines like it, and no others"
is "$(printf '%s\n' 'one 1' 'one 2' '' 'two 1' |
    ctl learn - | grep -c '^exclude = ')" 2 \
    "of many lines each shape is learned once"
is "$(HOME=$dir/nowhere "$CTAILCTL" learn 'x 17' 2>&1)" 'exclude = ^x \d+$' \
    "no configuration is needed"
is "$(ctl learn 'x token=secret y' | tail -n 1)" 'exclude = ^x token=.+ y$' \
    "what redact hides is not in the pattern"
sed 's/^redact = .*/redact = .*/' "$conf" >"$dir/masked.ini"
"$CTAILCTL" -c "$dir/masked.ini" learn 'x 17' >"$dir/out" 2>&1
like "$? $(cat "$dir/out")" '^65 .*nothing is learned from a line' \
    "and where it hides all, there is none"
printf 'bin\000ary \377 7 [x] (y)\n' | ctl learn - >"$dir/out" 2>"$dir/said"
is "$? $(cat "$dir/said")" "0 " "bytes that are no text are learned too"
is "$(LC_ALL=C tr -d '[:print:]\n' <"$dir/out" | wc -c)" 0 \
    "as a line of plain ASCII"
"$CTAILCTL" -c "$dir/wrong.ini" learn x >"$dir/out" 2>&1
is $? 78 "a configuration that is named must be good"

# For a [logcheck] it is a line of a rule file.
learned=$rules/learned
rm -rf "$learned"
mkdir -p "$learned/violations.d" "$learned/ignore.d.server" \
    "$learned/violations.ignore.d" "$learned/cracking.d" \
    "$learned/cracking.ignore.d"
echo 'attack' >"$learned/cracking.d/one"
echo 'denied' | tee "$learned/violations.d/one" >"$learned/violations.d/two"
cat >"$dir/learned.ini" <<END
[agent]
state_dir = $dir/learned.state
[log app]
path = $log
redact = token=\S+
[logcheck system]
log = app
rules = $learned
END
stamp='^(\w{3} [ :[:digit:]]{11}|[0-9T:.+-]{32}) [._[:alnum:]-]+ '
rule_for() { # rule_for LINE: of the [logcheck]
	"$CTAILCTL" -c "$dir/learned.ini" learn "$1" 2>&1
}
is "$(rule_for 'Nov 22 14:00:04 web1 shop[12]: door {3} is "open" #1  ')" \
    "# for $learned/ignore.d.server/local, of [logcheck system]
${stamp}shop\\[[0-9]+\\]: door \\{[0-9]+\\} is \"[^\"\\]*(\\\\.[^\"\\]*)*\" #[0-9]+\$" \
    "for a [logcheck] the pattern is a rule, with its place"
is "$(rule_for 'Nov 22 14:00:04 web1 su: denied 1')" \
    "# for $learned/violations.ignore.d/local, of [logcheck system]
${stamp}su: denied [0-9]+\$" "which is another for each layer"
is "$(rule_for 'Nov 22 14:00:04 web1 su: attack 1')" \
    "# for $learned/cracking.ignore.d/local with cracking_ignore = yes, of [logcheck system]
${stamp}su: attack [0-9]+\$" "with what it needs to count there"
is "$(rule_for 'Nov 22 14:00:04 web1 x: a token=secret b')" \
    "# for $learned/ignore.d.server/local, of [logcheck system]
${stamp}x: a .+ b\$" "what redact hides is not in a rule"
is "$(rule_for 'no time 17')" "# for $learned/ignore.d.server/local, of [logcheck system]
^no time [0-9]+\$" "a line of another form is learned as it is"
like "$(rule_for 'two
lines')" 'a record of several lines is beyond rule files' \
    "several lines are no rule"
like "$(rule_for 'a "quoted
piece"')" 'a record of several lines is beyond' "also where one is quoted"
printf 'Nov 22 14:00:04 web1 a: \303\244 \033[1m x%s 7  \n' 1 2 >"$log"
"$CTAILCTL" -c "$dir/learned.ini" learn - <"$log" \
    >"$learned/ignore.d.server/local" 2>"$dir/said"
is "$? $(cat "$dir/said")" "0 " "what is learned is a rule file"
is "$("$CTAILCTL" -c "$dir/learned.ini" grep --rule system "$log")" "" \
    "after which nothing of it is reported"
grep -v '^#' "$learned/ignore.d.server/local" >"$dir/learned.rules"
is "$(sed 's/[[:space:]]*$//' "$log" |
    LC_ALL=C grep -E --text -v -f "$dir/learned.rules" 2>&1)" "" "nor by logcheck"
like "$(rule_for "$(head -n 1 "$log")" | head -n 1)" \
    '^# no \[logcheck\] reports it at present$' "as it says of such a line"

# --- The foot of an alert, taken at its word ----------------------------------

# The lines of every alert are pasted as they stand: the command into a shell,
# the exclude behind the key of its rule.
rm -rf "$state" "$out"
hostile="$dir/hostile.log"
foot() { # foot [EXCLUDE]: the configuration, with what is pasted
	configure <<END
[log app]
path = $hostile
start = start
redact = (?<=token=)\\S+
[rule bad]
log = app
match = bad (?<what>.*) end
key = \${what}
throttle = none
$1
END
}
foot
write_hostile() {
	printf '%s\n' "bad it's \"\$(touch $dir/pwned)\" \`x\` end" \
	    'bad (a|b)* [c] {2} \d ; # end' 'bad  token=hidden ü end' \
	    'bad --x=y *? end'
	printf 'bad nul\000 end\nbad esc\033[31m end\nbad \377 end\n'
} >>"$hostile"
write_hostile
once
is "$(wc -l <"$out")" 7 "hostile lines are told"
for id in $(arrived id); do
	ctl alerts "$id"
done | sed -n '/^Host/,$p' >"$dir/feet"
excludes=$(grep '^exclude = ' "$dir/feet")
is "$(printf '%s\n' "$excludes" | wc -l)" 7 "each with its exclude line"
PATH=${CTAILCTL%/*}:$PATH sh -e <<END >"$dir/out" 2>&1
$(sed -n 's/^ *\(ctailctl .*silence .*\)$/\1/p' "$dir/feet")
END
is "$? $(grep -c '^Silence' "$dir/out")" "0 7" \
    "and a command that a shell runs as it stands"
like "$(cat "$dir/feet")" '^ *ctailctl -c .*ctail.ini silence bad 8h$' \
    "of the whole rule where the key cannot be typed"
[ ! -e "$dir/pwned" ]
ok $? "with nothing for the shell to expand"
write_hostile
once
is "$(wc -l <"$out")" 7 "then nothing more is heard"
ctl unsilence all >"$dir/out"
foot "$excludes"
ctl check >"$dir/out" 2>&1
is "$?" 0 "the exclude lines can be pasted as they are"
write_hostile
once
is "$(arrived rule | grep -c bad)" 7 "and then such lines are excluded"

tap_done
