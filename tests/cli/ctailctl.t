# ctailctl.t: every command, asked of a running agent and of the database, and
# every documented exit status.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/agent.sh"
log=$dir/app.log

settings() {
	configure <<END
[exec door]
command = $dir/door
timeout = 10s
[webhook secret]
url = https://hooks.example.org/T0/B0/s3cr3t
[smtp mail]
url = smtps://mail.example.org
user = alerts
password = swordfish
from = ctail@example.org
to = ops@example.org, oncall@example.org
[log app]
path = $log
[rule numbered]
log = app
match = line (?<n>\\d+)
    \\bword\\s(?<n>\\w+);.*
throttle = none
subject = \${n}
should_match = line 7
should_not = nothing
[rule other]
log = app
match = other
sink = door
END
	printf '#!/bin/sh\n[ -e %s/open ] || { echo shut >&2; exit 75; }\n' \
	    "$dir" >"$dir/door"
	chmod +x "$dir/door"
}

run() { # run COMMAND...: $status, $printed, $said
	printed=$(ctl "$@" 2>"$dir/ctl.said")
	status=$?
	said=$(cat "$dir/ctl.said")
}

# --- Command line -----------------------------------------------------------

settings
cp "$conf" "$conf.kept"
cat >>"$conf" <<END
[smtp open]
url = smtps://mail.test.invalid
user = alert
password = hush-hush
from = a@test.invalid
to = b@test.invalid
END
chmod 644 "$conf"
run check
is "$status" 0 "a password in the configuration is no mistake"
like "$said" 'ctail.ini:[0-9]+: \[smtp open\] everybody may read this password' \
    "but where everybody may read it, check says so"
unlike "$said" hush-hush "and not what it is"
chmod 640 "$conf"
run check
unlike "$said" everybody "nor is it said of a file that is closed"
mv "$conf.kept" "$conf"
run help
is "$status" 0 "help succeeds"
for command in check show status alerts silence silences unsilence send-test \
    seek sweep reload; do
	like "$printed" "^  $command( |\$)" "help names $command"
done
like "$printed" 'Exit: 0 done; 64 usage' "help says the exit statuses"
[ "$(echo "$printed" | wc -l)" -le 24 ] && ! echo "$printed" | grep -q '.\{80\}'
ok $? "all on one screen"
is "$("$CTAILCTL" --help)" "$printed" "--help is the same"
run help grep
like "$status $printed" '^0 usage: ctailctl grep ' "help of one command is its usage"
like "$printed" '^  --with-rule +FILE:LINE: ' "and its options"
is "$("$CTAILCTL" grep --help)" "$printed" "so has its own --help"
run help no-such-command
like "$status $said" '^64 .*no command .no-such-command' \
    "of one that there is not there is none"
is "$("$CTAILCTL" --version)" "ctailctl 0.1.0" "--version names the version"
"$CTAILCTL" >/dev/null 2>"$dir/ctl.said"
is $? 64 "no command is a usage error"
like "$(cat "$dir/ctl.said")" '^usage: ctailctl' "with the usage"
"$CTAILCTL" --no-such-option status >/dev/null 2>&1
is $? 64 "so is an unknown option"
run no-such-command
is "$status" 64 "and an unknown command"
like "$said" "no command .no-such-command." "which is named"

# --- check and show ---------------------------------------------------------

printf '[log one]\npath = %s\n[log two]\npath = %s\n' "$dir/a.log" "$dir/a.log" \
    >"$dir/twice.ini"
run check "$dir/twice.ini"
like "$status $said" 'twice.ini:4: \[log two\] .*/a.log is read as \[log one\]' \
    "a file under two logs is warned of"

cat >"$dir/sinks.ini" <<END
[agent]
sink = far
[log app]
path = $dir/a.log
[smtp far]
url = smtps://mail.example.org
user = ann
password_file = $dir/no.pass
from = a@example.org
to = b@example.org
[webhook phone]
preset = ntfy
url = https://ntfy.example.org/ops
topic = ops
[webhook good]
preset = ntfy
url = https://ntfy.example.org
topic = ops
[exec door]
command = $dir/no-door
[file kept]
path = $dir/no-dir/alerts.jsonl
[webhook open]
url_file = $dir/open.url
[webhook shut]
url_file = $dir/shut.url
END
echo https://hooks.example.org/x >"$dir/open.url"
cp "$dir/open.url" "$dir/shut.url"
chmod 644 "$dir/open.url"
chmod 600 "$dir/shut.url"
run check "$dir/sinks.ini"
is "$status" 0 "what sinks need may come later"
like "$said" 'sinks.ini:8: \[smtp far\] password_file: .*/no.pass is not there' \
    "but a secret that is not there is warned of"
like "$said" 'sinks.ini:20: \[exec door\] command: .*/no-door is not there' \
    "so is a program"
like "$said" 'sinks.ini:13: \[webhook phone\] url: .*without a path' \
    "and a topic in ntfy's URL"
like "$said" 'sinks.ini:22: \[file kept\] path: .*/no-dir/ is not there' \
    "and a directory that nobody made"
like "$said" 'sinks.ini:24: .*/open.url can be read or changed by everybody' \
    "and a secret that everybody may read"
like "$said" 'sinks.ini:4: \[log app\] no rule reads this log' \
    "and a log that no rule reads"
is "$(printf '%s\n' "$said" | grep -c 'warning:')" 6 "and nothing else"
like "$said" 'note: .*sinks.ini:4: \[log app\] .* is not there yet; ctaild' \
    "a log that is not there may come: it is a note"
: >"$dir/a.log"
printf '[log a]\npath = %s\nquiet = 1h\n' "$dir/a.log" >"$dir/quiet.ini"
run check "$dir/quiet.ini"
is "$said" '' "a log that is there for its silence needs no rule"
cat >"$dir/paths.ini" <<END
[log comment]
path = $dir/a.log # the log
quiet = 1h
[log line]
path = $dir/a.log, $dir/b.log
quiet = 1h
[log one]
path = $dir/b.log
       $dir/a.log
       $dir/*.log
quiet = 1h
[log void]
path = $dir/c.log
       $dir/d.log
quiet = 1h
[log place]
path = $dir
quiet = 1h
[log wide]
path = $dir/wide
quiet = 1h
[log packed]
path = $dir/packed.gz
quiet = 1h
END
printf 'E\0R\0R\0O\0R\0\n\0' >"$dir/wide"
cp "$dir/wide" "$dir/packed.gz"
run check "$dir/paths.ini"
is "$status $(printf '%s\n' "$said" |
    sed "s,$dir,DIR,g; s/.*paths.ini:[0-9]*: //")" "0 \
[log comment] path: the comment behind this name is taken as a part of it; \
give it a line of its own
[log line] path: this is taken as one name; write each on a line of its own, \
the further ones indented
[log void] none of its 2 files is there yet, beginning with DIR/c.log; ctaild \
waits for them
[log place] path: DIR is a directory; for the files in it write DIR/*
[log wide] path: DIR/wide is no text of single bytes, so that hardly a pattern \
matches; one in UTF-16 has to be converted, as by iconv(1), and of the journal \
write \`journal = all'" \
    "names of logs that are hardly meant are warned of"
: >"$dir/empty.ini"
run check "$dir/empty.ini"
like "$status $said" '^0 .*there is no \[log\] section' \
    "an empty file is good, and hardly meant"
printf '[agent]\ninclude = empty\n' >"$dir/including.ini"
mkdir "$dir/empty"
run check "$dir/including.ini"
like "$status $said" '^78 .*/empty is not a regular file; name a file' \
    "an included directory is refused with the remedy"

run check
is "$status" 0 "check accepts a good file"
like "$printed" 'is good: logs: 1, rules: 2, sinks: 4' "and counts"
run check "$dir/none.ini"
is "$status" 78 "check refuses a file that is not there"
like "$said" 'none.ini' "and names it"
run check a b
is "$status" 64 "check takes one file"
cat >"$dir/bad.ini" <<END
[log app]
path = relative.log
[rule one]
log = ap
match = (
sevrity = warning
[rule two]
log = app
match = good
sink = nobody
should_match = bad
END
run check "$dir/bad.ini"
is "$status" 78 "check refuses a bad file"
like "$said" 'bad.ini:[12]: .*path .*absolute' "the relative path is named with its line"
like "$said" 'bad.ini:6: .*sevrity.*severity' "the unknown key, with a proposal"
like "$said" 'bad.ini:10?: .*nobody' "and the unknown sink, all at once"
sed 's/^should_match = .*/should_match = nothing like it/' "$conf" \
    >"$dir/sample.ini"
run check "$dir/sample.ini"
is "$status" 78 "check refuses a sample that does not match"
like "$said" 'sample.ini:[0-9]+: \[rule numbered\] should_match' \
    "and names rule and line"

run show
is "$status" 0 "show succeeds"
unlike "$printed" 's3cr3t|swordfish' "it hides secrets"
like "$printed" '^throttle = 10m double max 4h' "it shows defaults"
printf '%s\n' "$printed" >"$dir/shown.ini"
run check "$dir/shown.ini"
is "$status" 0 "what show prints is accepted"
"$CTAILCTL" -c "$dir/shown.ini" show >"$dir/shown.again"
is "$(grep -v '^#' "$dir/shown.again")" "$(grep -v '^#' "$dir/shown.ini")" \
    "and shows the same"
run show something
is "$status" 64 "show takes no argument"

# --- Without an agent -------------------------------------------------------

run alerts
is "$status" 0 "alerts works before there is any state"
is "$printed" "No alerts." "and says that there are none"
run status
is "$status" 0 "so does status"
like "$printed" "No agent is running on $state" "which says that none runs"
like "$printed" "$log  \[app\] missing" "and that a log is not there"
mkdir "$log"
run status
like "$printed" "$log  \[app\] not a file" "or is no file"
rmdir "$log"
run sweep
is "$status" 69 "sweep needs an agent"
run reload
is "$status" 69 "and so does reload"
like "$said" 'no agent is running' "which is said"

rm -rf "$state"
printf 'line %d\n' 1 2 3 4 5 6 7 8 9 >"$log"
once
run seek "$log" start
is "$status" 0 "seek without an agent works"
once
is "$(arrived subject | tr '\n' ' ')" "1 2 3 4 5 6 7 8 9 " \
    "and the next pass begins there"
run seek "$log" 49
once
is "$(arrived subject | sed 1,9d | tr '\n' ' ')" "8 9 " "at an offset"
run seek "$log" start
run seek "$log" end
once
is "$(arrived subject | wc -l)" 11 "at the end"
run seek "$dir/none.log" end
is "$status" 66 "seek needs a log that is followed"
like "$said" 'none.log' "and names it"
run seek "$log" soon
is "$status" 64 "seek wants start, end or an offset"
run seek "$log"
is "$status" 64 "and both its arguments"
run seek "$log" -5
is "$status" 64 "and no negative offset"

run alerts
is "$status" 0 "alerts lists"
is "$(printf '%s\n' "$printed" | grep -c ' out ')" 11 "all of them"
like "$(printf '%s\n' "$printed" | head -n 1)" 'delivered out  9$' \
    "the newest first"
run alerts -n 2
is "$(printf '%s\n' "$printed" | grep -c ' out ')" 2 "alerts -n limits"
run alerts --rule other
is "$printed" "No alerts." "alerts --rule selects"
run alerts --due --dead
is "$status" 64 "alerts --due and --dead exclude each other"
run alerts aa bb
is "$status" 64 "alerts takes one ID"
run alerts --sink out -n 1
id=$(printf '%s\n' "$printed" | sed -n 2p | awk '{ print $1 }')
run alerts "$id"
is "$status" 0 "alerts ID shows one"
like "$printed" 'line 9' "with its lines"
run alerts 0123
is "$status" 66 "alerts ID needs one that exists"
run alerts -n 0
is "$status" 64 "alerts -n wants a number"
run alerts --sunk out
is "$status" 64 "alerts refuses an unknown option"

run send-test door
is "$status" 75 "send-test says when a sink does not take it"
like "$said" 'sink door: not delivered: .*' "with the sink's answer"
like "$said" 'goes on waiting.*ctailctl drop [0-9a-f]{40}' \
    "and that the test goes on waiting"
test=$(printf '%s\n' "$said" | sed -n 's/.*ctailctl drop \([0-9a-f]*\).*/\1/p')
run alerts "$(printf '%.12s' "$test")"
is "$status" 0 "alerts takes how an ID begins"
like "$printed" "$test" "and shows the whole one"
run alerts ''
is "$status" 64 "unless several begin so"
run alerts --due
like "$printed" 'due +door' "alerts --due shows what waits"
like "$printed" 'attempts: 1' "and how often it was tried"
run send-test door
is "$status" 75 "a second test is tried as well, not left to wait"
: >"$dir/open"
run send-test door
is "$status" 0 "send-test succeeds when the sink takes it"
like "$printed" 'sink door: delivered' "and says so"
run send-test out
is "$status" 0 "a file sink can be tested too"
is "$(arrived kind | tail -n 1)" test "the alert is a test"
run send-test nobody
is "$status" 66 "send-test needs a sink that exists"
run send-test
is "$status" 64 "and its name"

# --- With an agent ----------------------------------------------------------

rm -f "$dir/open"
rm -rf "$state" "$out"
start
run status
is "$status" 0 "status asks the agent"
like "$printed" "ctaild 0.1.0, process $agent, running for" \
    "which answers with its process id"
like "$printed" "^  $log  \[app\] .*at 63 of 63" "its logs"
like "$printed" '^  numbered  ' "its rules"
like "$printed" '^  door  \[exec\] ready' "and its sinks"
run status now
is "$status" 64 "status takes no argument but --json"
run seek "$log" 49
is "$status" 0 "seek asks the agent"
wait_for 2
is "$(arrived subject | tr '\n' ' ')" "8 9 " "which reads on from there"
run alerts -n 1
like "$printed" ' out  9$' "alerts asks the agent"
run alerts "$(printf '%s\n' "$printed" | sed -n 2p | awk '{ print $1 }')"
like "$printed" 'line 9' "also for a whole alert"
run sweep
is "$status" 0 "sweep asks the agent"
run send-test out
is "$status" 0 "send-test asks the agent"
run send-test door
is "$status" 75 "and waits for the outcome"
: >"$dir/open"
run send-test door
is "$status" 0 "also for a good one"
run send-test nobody
is "$status" 66 "the agent's exit status is ours"
sed 's/^subject = .*/subject = new ${n}/' "$conf" >"$conf.new"
mv "$conf.new" "$conf"
run reload
is "$status" 0 "reload asks the agent"
like "$printed" 'was reloaded' "and says so"
count=$(arrived subject | wc -l)
echo "line 10" >>"$log"
wait_for $((count + 1))
is "$(arrived subject | tail -n 1)" "new 10" "the new rules are in force"
cp "$conf" "$conf.good"
echo 'nonsense = 1' >>"$conf"
run --state-dir "$state" reload
is "$status" 78 "reload says when the file is refused"
like "$said" 'is refused' "in words"
run status
is "$status" 0 "with a bad file the agent that runs is found all the same"
run --state-dir "$state" status
is "$status" 0 "and with --state-dir"
cp "$conf.good" "$conf"

# An agent that is stopped holds the state and answers nothing.
kill -STOP "$agent"
run status
is "$status" 69 "an agent that does not answer holds the state: 69"
like "$said" "process $agent holds the state" "and is named"
kill -CONT "$agent"
stop
is "$(ls "$state/control.sock" 2>/dev/null)" "" \
    "an agent that ends takes its socket away"

# --- What status says about a log ---------------------------------------------

configure <<END
[log app]
path = $log
start = start
[log version]
path = /proc/version
[rule one]
log = app version
match = line
throttle = none
END
# What was not read of it is in a packed file, whose last line is torn.
packed() {
	grep -q '^#define GZIP_CODEC &' "$builddir/config.h" &&
	    command -v gzip >/dev/null
}
fresh
echo "line 1" >"$log"
start
wait_for 1
stop
if packed; then
	printf 'line 2\nline 3' >>"$log"
	gzip -c "$log" >"$log.1.gz"
	echo "line 4" >"$log.new"
	mv "$log.new" "$log"
	start
	wait_for 4
	run status
	like "$(unfolded)" "  $log  \[app\] .* 3 lines, .* 1 without a newline" \
	    "status counts lines that never got their newline"
	unlike "$printed" ' gap' "and no gap, where nothing is missing"
	stop
	rm -f "$log.1.gz"
else
	skip "status counts lines that never got their newline" \
	    "there is no gzip, here or in ctail-unpack"
	skip "and no gap, where nothing is missing" "the same"
fi
echo "line 5" >>"$log"
echo "line 6 of another file" >"$log.new"
mv "$log.new" "$log"
start
told_gap() {
	arrived kind | grep -qx gap
}
until_true 10 told_gap
ok $? "an alert says that lines are lost"
run status
like "$(unfolded)" "  $log  \[app\] .*, 1 gap" "status counts it"
if [ "$watch_backend" = inotify ] && [ "$(stat -f -c %T /proc)" = proc ]; then
	like "$printed" '  /proc/version  \[version\] polling: proc' \
	    "status says that a log is polled, and why"
else
	skip "status says that a log is polled, and why" \
	    "everything is, in this build, or /proc is not procfs"
fi
stop

# --- Who only asks changes nothing --------------------------------------------

fresh
settings
cp "$conf" "$dir/whole"
: >"$log"
rm -f "$dir/open"
start
echo other >>"$log"
door_waits() {
	ctl alerts --due | grep -q ' door '
}
until_true 10 door_waits
stop
run status
like "$printed" '^  door  \[exec\].* 1 waiting' \
    "status says what waits for a sink"
sed -e '/^\[exec door\]/,/^timeout/d' -e '/^sink = door/d' "$dir/whole" \
    >"$conf"
run status
is "$status" 0 "status without an agent, and without a sink that has rows"
run alerts --due
like "$printed" ' door ' "leaves what waits for the sink where it is"
cp "$dir/whole" "$conf"
run sweep now
is "$status" 64 "sweep takes no argument"
ctl status >/dev/full 2>"$dir/said"
is $? 74 "output that nobody takes is a failure"
start
echo '[broken' >>"$conf"
run status
is "$status" 0 "while the file is refused the agent that runs can be asked"
like "$printed" 'running for' "and answers"
like "$said" 'no closing bracket' "beside what is wrong with the file"
stop
run status
is "$status" 78 "without an agent the refused file is an error"

# --- check and ctaild are of one mind ------------------------------------------

# Every line is left out, said twice, cut short, indented, and given a value
# of another kind.
cat >"$dir/mind.ini" <<END
[agent]
sink = out
[log app]
path = $dir/mind.log
record = start ^\\d
record_limit = 20 lines 64k 2s
redact = (?<=pw=)\\S+
[rule one]
log = app
match = failed for (?<user>\\w+)
exclude = for nobody
when = 5 in 10m
key = \${user}
hours = mon-fri 08:00-18:00 else hold
throttle = 1h double max 4h
subject = \${count|trunc:8} \${user|upper}
should_match = failed for root
should_not = failed for nobody
[rule two]
log = app
match = done
when = absent 1d
[file out]
path = $dir/mind.jsonl
storm = 5 in 1h
END
verdicts=0 differ=
for change in '{n}d' '{n}p' '{n}s/..$//' '{n}s/^/ /' '{n}s/= .*/= (x/' \
    '{n}s/= .*/= 1h/' '{n}s/}/|json|json|json|json|json|json}/'; do
	n=0
	while [ "$n" -lt 25 ]; do
		n=$((n + 1))
		edit=$n${change#*\}}
		sed "$edit" "$dir/mind.ini" >"$dir/changed.ini"
		"$CTAILCTL" -c "$dir/changed.ini" check >/dev/null 2>&1
		checked=$?
		"$CTAILD" -c "$dir/changed.ini" --dry-run --once >/dev/null 2>&1
		[ "$checked" -eq $? ] || differ="$differ $edit"
		[ "$checked" -eq 0 ] || verdicts=$((verdicts + 1))
	done
done
is "$differ" "" "they accept and refuse the same"
[ "$verdicts" -gt 20 ] && [ "$verdicts" -lt 155 ]
ok $? "some of each"

# --- Completion in bash -----------------------------------------------------

cat >"$dir/complete.ini" <<END
[log app]
path = $log
[rule brute]
log = app
match = x
[file kept]
path = $dir/kept.jsonl
END
cat >"$dir/complete" <<'END'
. "$srcdir/completions/ctailctl"
compopt() { :; }
ctailctl() { "$CTAILCTL" "$@"; }
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_ctailctl
echo "${COMPREPLY[*]}"
END

completes() { # completes WANTED NAME WORD...
	wanted=$1 name=$2
	shift 2
	is "$(cd "$dir" && bash complete ctailctl "$@")" "$wanted" "$name"
}

if command -v bash >/dev/null; then
	completes "silence silences" "commands are completed" sil
	completes brute "rules too, of the file behind -c" \
	    -c complete.ini silence br
	completes brute "of that behind --config=, as bash divides it" \
	    --config = complete.ini silence br
	completes brute "or does not" --config=complete.ini silence br
	completes complete.ini "and the file itself" --config = complete.i
	completes kept "sinks" -c complete.ini send-test ''
	completes app "logs" -c complete.ini explain --log ''
	completes "$log" "and their files" -c complete.ini \
	    --state-dir "$dir/state" seek ''
else
	skip "completion" "there is no bash"
fi

tap_done
