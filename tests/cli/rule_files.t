# rule_files.t: rule files that change while an agent runs, lines of them that
# are no expressions, and [logcheck] as check, show, status and silences know
# it.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/agent.sh"
log=$dir/app.log
rules=$dir/logcheck

run() { # run COMMAND...: $status, $printed, $said
	printed=$(ctl "$@" 2>"$dir/ctl.said")
	status=$?
	said=$(cat "$dir/ctl.said")
}

notices() { # notices TEXT: how many alerts of ctail itself have it
	[ -e "$out" ] || { echo 0; return; }
	grep '"rule":"ctail"' "$out" | grep -c -e "$1"
}

has_notices() { # has_notices COUNT TEXT
	[ "$(notices "$2")" -ge "$1" ]
}

mkdir -p "$rules/cracking.d" "$rules/violations.d" "$rules/ignore.d.server" \
    "$dir/ignored"
echo 'attack' >"$rules/cracking.d/kernel"
echo 'denied' >"$rules/violations.d/su"
printf '%s\n' '# usual' 'usual' '(broken' >"$rules/ignore.d.server/local"
printf '%s\n' 'boring' 'broken)(' >"$dir/ignored/local"
echo 'error' >"$dir/matched"
: >"$log"
configure <<END
[log app]
path = $log
timestamp = arrival
[logcheck system]
log = app
rules = $rules
sink = none
[rule errors]
log = app
match_file = $dir/matched
exclude_file = $dir/ignored
throttle = none
END

# --- Without an agent ---------------------------------------------------------

run check
is "$status" 0 "check accepts rule files with a line that is no expression"
like "$printed" 'is good: logs: 1, rules: 1, sinks: 1' "counts sections"
like "$printed" '^\[logcheck system\]: rules: 3, files: 3, level: server$' \
    "and the rules of a [logcheck]"
like "$said" 'ignore.d.server/local:3: \[logcheck system\] rules: this line is skipped: ' \
    "it names file and line"
like "$said" 'ignored/local:2: \[rule errors\] exclude_file: this line is skipped: ' \
    "of an exclude_file, too"
for way in "test $log" "grep --rule system $log" "learn x"; do
	# shellcheck disable=SC2086 # words
	run $way
	like "$said" 'lines of rule files are skipped: 2; see' \
	    "${way%% *} says that there are such lines"
done
run show
like "$printed" "^rules = $rules\$" "show has the section"
run status
printed=$(unfolded)
like "$printed" '^  system  \[logcheck\] 0 seen, 0 Security Alerts, 0 Security Events, 0 System Events,' \
    "status has the section as one"
like "$printed" ', 1 line of rule files skipped$' "what is skipped is counted"
unlike "$printed" 'system/' "and none of its rules"
run status --json
like "$printed" '"logchecks":\[{"name":"system","records":0,"security_alerts":0,' \
    "the JSON has it, too"
like "$printed" '{"name":"system/cracking.d/kernel",' "and its rules"
run silence system 1h
is "$status" 0 "a silence may name the section"
run silence 'system/cracking.d/*' 1h
is "$status" 0 "or one of its rules"
run silence sistem 1h
like "$said" 'did you mean .system.' "which is proposed"

# --- What is skipped is told once ---------------------------------------------

once
is "$status" 0 "a pass with such files is a good one"
is "$(notices 'lines of rule files are skipped')" 1 "which tells of them"
like "$(cat "$out")" 'server/local:3: ' "with file and line"
like "$(cat "$out")" 'ignored/local:2: ' "of each"
once
is "$(notices 'lines of rule files are skipped')" 1 "once"
is "$(cat "$dir/said")" "" "and says nothing the next time"

# --- Files that change --------------------------------------------------------

start
is "$(notices 'lines of rule files are skipped')" 1 \
    "an agent does not tell what a pass has told"
printf '%s\n' '# usual' 'usual' >"$rules/ignore.d.server/local"
ctl sweep
said 'rule files have changed'
ok $? "a changed file is noticed"
said 'rule files were read again and are in force'
ok $? "and read again"
printf '%s\n' '# usual' '[[:nothing:]]' >"$rules/ignore.d.server/new"
: >"$dir/said"
ctl sweep
said 'rule files were read again and are in force'
ok $? "a new file, too"
until_true 10 has_notices 2 'lines of rule files are skipped'
ok $? "whose bad line is told"
echo 'failure' >"$dir/matched"
: >"$dir/said"
ctl sweep
said 'rule files were read again and are in force'
ok $? "and a match_file"
echo 'a failure' >>"$log"
until_true 10 grep -q 'a failure' "$out"
ok $? "whose rules count"

echo '(bad' >"$dir/matched"
: >"$dir/said"
ctl sweep
said 'is refused'
ok $? "what is refused is refused"
until_true 10 has_notices 1 'configuration is refused'
ok $? "which is told"
: >"$dir/said"
ctl sweep
echo 'another failure' >>"$log"
until_true 10 grep -q 'another failure' "$out"
ok $? "the rules of before stay in force"
is "$(grep -c refused "$dir/said") $(notices 'configuration is refused')" \
    "0 1" "and it is not tried again as long as it is the same"
echo 'breakdown' >"$dir/matched"
ctl sweep
said 'rule files were read again and are in force'
ok $? "until it is mended"

# --- What nobody has asked for --------------------------------------------------

good=$dir/good.ini
cp "$conf" "$good"
printf '%s\n' '[rule half' 'match =' >>"$conf"
conf=$good
echo 'collapse' >"$dir/matched"
: >"$dir/said"
ctl sweep
said 'rule files were read again and are in force'
ok $? "rule files count while the configuration is half written"
echo 'a collapse' >>"$log"
until_true 10 grep -q 'a collapse' "$out"
ok $? "with the one that is in force"
ctl reload >"$dir/printed" 2>&1
is "$?" 78 "which a reload would look at"
stop

# --- What a [logcheck] has counted ----------------------------------------------

# Over passes and a kill: each record is under one heading, or ignored.
fresh
conf=$dir/ctail.ini
: >"$log"
echo '# usual' >"$rules/ignore.d.server/new"
configure <<END
[log app]
path = $log
start = start
timestamp = arrival
[logcheck system]
log = app
rules = $rules
sink = none
END
counted() {
	run status
	unfolded | sed -n 's/^  \(app  [0-9].*\)/\1/p
	    s/^  system  .logcheck. //p'
}
printf '%s\n' 'an attack' 'su: denied' 'usual one' 'usual two' strange >"$log"
once
is "$(counted)" "app  5 records, 3 matched, 0 unmatched, 2 ignored
5 seen, 1 Security Alerts, 1 Security Events, 1 System Events, 2 ignored" \
    "each record has one heading, or is ignored"
printf '%s\n' 'usual three' 'stranger' >>"$log"
start
until_true 10 eval 'counted | grep -q "^7 seen"'
kill -9 "$agent"
wait "$agent" 2>/dev/null
agent=
echo 'another attack' >>"$log"
once
once
is "$(counted)" "app  8 records, 5 matched, 0 unmatched, 3 ignored
8 seen, 2 Security Alerts, 1 Security Events, 2 System Events, 3 ignored" \
    "over passes and a kill, too"

# --- Rules that leave out everything ---------------------------------------------

# The classic: an alternative that is empty.
fresh
: >"$log"
echo 'usual|' >"$rules/ignore.d.server/local"
run check
is "$status" 0 "a rule that matches every line is a rule"
like "$said" 'ignore.d.server/local:1: \[logcheck system\] rules: this rule matches every line$' \
    "but check names it"
once
like "$(cat "$dir/said")" 'rules match every line: 1; see .ctailctl check' \
    "so does a pass"
is "$(notices 'rules match every line')" 1 "in an alert"
like "$(cat "$out")" 'server/local:1: this rule matches every line' \
    "with file and line"
once
is "$(notices 'rules match every line') $(cat "$dir/said")" "1 " "once"
echo 'usual' >"$rules/ignore.d.server/local"
once
echo 'usual|' >"$rules/ignore.d.server/local"
once
is "$(notices 'rules match every line')" 2 "and again when it comes back"

tap_done
