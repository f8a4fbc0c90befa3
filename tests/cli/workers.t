# workers.t: ctaild against workers that misbehave, and the workers against
# bytes that are no frames.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/agent.sh"
log=$dir/app.log
fake=$dir/fake
mkdir "$fake"

settings() {
	configure <<END
[exec door]
command = $dir/door
timeout = 1s
[webhook hook]
url = http://127.0.0.1:9/
timeout = 1s
[log app]
path = $log
start = start
[rule numbered]
log = app
match = line (?<n>\\d+)
throttle = none
subject = \${n}
sink = ${1:-door out}
END
}
printf '#!/bin/sh\ncat >>%s/came\n' "$dir" >"$dir/door"
chmod +x "$dir/door"

worker() { # worker [NAME]: standard input becomes a fake worker
	{
		cat <<'END'
#!/bin/sh
heard() { # waits for what ctaild says and prints the id in it
	dd bs=65536 count=1 2>/dev/null | tr -cs '0-9a-f' '\n' |
	    grep -E '^[0-9a-f]{40}$' | head -n 1
}
u32() {
	printf "\\000\\000\\$(printf %03o $(($1 / 256)))\\$(printf %03o \
	    $(($1 % 256)))"
}
field() { # field NAME VALUE
	printf "\\$(printf %03o ${#1})%s" "$1"
	u32 ${#2}
	printf %s "$2"
}
ready() {
	u32 14
	field type ready
}
outcome() { # outcome ID CLASS
	u32 $((16 + 7 + ${#1} + 10 + ${#2}))
	field type outcome
	field id "$1"
	field class "$2"
}
END
		cat
	} >"$fake/${1:-ctail-exec}"
	chmod +x "$fake/${1:-ctail-exec}"
}

# An agent with a worker that never answers, to be looked at later: that takes
# the sink's timeout and more.
settings door
mute_state=$dir/mute
worker ctail-mute <<'END'
echo $$ >>"$(dirname "$0")/mute.pids"
exec sleep 600
END
mkdir "$fake/mute"
mv "$fake/ctail-mute" "$fake/mute/ctail-exec"
echo "line 1" >"$log"
cp "$conf" "$dir/mute.ini"
"$CTAILD" -c "$dir/mute.ini" --state-dir "$mute_state" --libexec "$fake/mute" \
    >/dev/null 2>"$dir/mute.said" &
mute=$!
mine "$mute"

# pass: one pass with the fake worker, from the beginning.
pass() {
	rm -rf "$state" "$out"
	printf 'line %d\n' 1 2 >"$log"
	"$CTAILD" -c "$conf" --libexec "$fake" --once >/dev/null 2>"$dir/said"
	status=$?
}

survives() { # survives ERE SENTENCE: what the last pass says of the worker
	is "$status" 75 "$2: the alerts wait"
	like "$(cat "$dir/said")" "sink door: .*($1)" "and it is said"
	is "$(arrived subject | tr '\n' ' ')" "1 2 " "the other sink has its own"
	is "$(ctl alerts --due | grep -c ' door ')" "${3:-2}" \
	    "nothing counts as delivered that was not"
}

# --- Fake workers -----------------------------------------------------------

settings
rm -f "$fake/ctail-exec"
pass
survives 'ctail-exec is not there; install ctail, or say with --libexec' \
    "no worker"

echo 'exit 0' | worker
pass
survives 'worker ended' "a worker that ends at once"

echo 'kill -9 $$' | worker
pass
survives 'worker ended' "a worker that is killed"

echo 'heard; echo "HTTP/1.1 400 Bad Request"; sleep 600' | worker
pass
survives 'broken frame' "a worker that speaks another language"

printf '%s\n' 'printf "\\177\\377\\377\\377"; cat /dev/zero' | worker
pass
survives 'broken frame' "a worker with a huge frame"

printf '%s\n' 'heard >/dev/null; ready; ready; heard >/dev/null' \
    'sleep 600' | worker
pass
survives 'out of turn|more than it was asked' "a worker that is ready twice"

printf '%s\n' 'heard >/dev/null; ready; heard >/dev/null; exit 1' | worker
pass
survives 'ended without an answer' "a worker that ends with an alert in hand"
like "$(ctl alerts --due)" 'attempts: 1' "the attempt is recorded"

printf '%s\n' 'heard >/dev/null; ready; id=$(heard)' \
    '{ outcome "$id" delivered; outcome "$id" delivered; } | cat' \
    'heard >/dev/null; sleep 600' | worker
pass
survives 'more than it was asked|not understood' \
    "a worker that answers twice" 1

printf '%s\n' 'heard >/dev/null; ready; heard >/dev/null' \
    'outcome 0123456789012345678901234567890123456789 delivered' \
    'sleep 600' | worker
pass
survives 'not understood' "a worker that answers for another alert"

printf '%s\n' 'heard >/dev/null; ready; id=$(heard)' \
    'outcome "$id" wonderful; sleep 600' | worker
pass
survives 'not understood' "a worker with an outcome of its own"

printf '%s\n' 'heard >/dev/null; u32 32; field type error' \
    'field text complaint; sleep 600' | worker
pass
survives 'complain' "a worker that complains"

printf '%s\n' 'heard >/dev/null; ready; id=$(heard)' \
    'outcome "$id" delivered; id=$(heard); outcome "$id" refused' \
    'heard >/dev/null' | worker
pass
is "$status" 0 "a worker that takes one and refuses one is heard"
is "$(ctl alerts --dead | grep -c ' door ')" 1 "the refused one is given up"

# Two programs, one of them bad: an agent goes on with the good one.
settings 'door hook out'
rm -f "$dir/came"
cp "$CTAIL_EXEC" "$fake/ctail-exec"
echo 'exit 1' | worker ctail-send
rm -rf "$state" "$out"
"$CTAILD" -c "$conf" --libexec "$fake" 2>"$dir/said" &
agent=$!
mine "$agent"
wait_for 2
until_true 10 test -s "$dir/came"
ok $? "one sink's bad worker does not keep another's from working"
said 'sink hook: .*worker ended'
ok $? "and is said"
tried_again() {
	ctl alerts --due --sink hook | grep -q 'attempts: [0-9]'
	ctl status | tr -s '\n ' ' ' |
	    grep -Eq 'hook .*, ([2-9]|[0-9]{2}) failures in a row'
}
until_true 20 tried_again
ok $? "it is tried again"
is "$(grep -c 'sink hook: ' "$dir/said")" 1 "and said once"
stop
is "$status" 0 "the agent lived through it"

settings
until_delivered() {
	once
	[ "$status" -eq 0 ]
}
rm -f "$dir/came"
echo 'exit 1' | worker
pass
until_true 20 until_delivered
ok $? "with the real worker everything is delivered"
is "$(grep -o '"subject":"."' "$dir/came" | sort | tr -dc '12')" 12 "once each"

# --- The workers ------------------------------------------------------------

# The functions of the fake ones, to speak to the real ones with.
echo 'return 0' | worker lines
. "$fake/lines"
frame() { # frame: standard input as one frame
	cat >"$dir/fields"
	u32 "$(wc -c <"$dir/fields")"
	cat "$dir/fields"
}
hello() {
	{
		field type hello
		field protocol 2
		field sink "$1"
		field hostname here
	} | frame
}
id=0123456789abcdef0123456789abcdef01234567
alert() {
	{
		field type alert
		field id $id
		field incident $id
		field kind test
		field severity info
		for name in rule subject hostname log file key; do
			field $name "$name"
		done
		field line "a line"
		field capture n
		field value 7
	} | frame
}

speak() { # speak PROGRAM: standard input to it; $status, answer in $dir/answer
	timeout 10 "$1" -c "$conf" >"$dir/answer" 2>"$dir/said"
	status=$?
}
texts() {
	tr -cs '[:print:]' ' ' <"$dir/answer"
}

rm -f "$dir/came"
{ hello door; alert; } >"$dir/session"
speak "$CTAIL_EXEC" <"$dir/session"
is "$status" 0 "ctail-exec serves a whole session"
like "$(texts)" "ready.*outcome.*$id.*delivered" "and answers"
[ -s "$dir/came" ]
ok $? "the command ran"
speak "$CTAIL_EXEC" </dev/null
is "$status" 0 "nothing at all is a clean end"
hello nobody >"$dir/one"
speak "$CTAIL_EXEC" <"$dir/one"
is "$status" 0 "a sink that is not in the configuration ends cleanly"
like "$(texts)" 'outcome.*config.*nobody' "and is said in the outcome"
hello door >"$dir/one"
speak "$CTAIL_SEND" <"$dir/one"
like "$(texts)" 'outcome.*config.*not carried out by this program' \
    "ctail-send does not run commands"
hello out >"$dir/one"
speak "$CTAIL_EXEC" <"$dir/one"
like "$(texts)" 'outcome.*config.*not carried out' "nor a worker a file sink"
alert >"$dir/one"
speak "$CTAIL_EXEC" <"$dir/one"
is "$status" 76 "an alert before the hello: 76"
like "$(texts)" 'error' "and an error frame"
{ hello door; hello door; } >"$dir/one"
speak "$CTAIL_EXEC" <"$dir/one"
is "$status" 76 "a second hello: 76"
for program in "$CTAIL_EXEC" "$CTAIL_SEND"; do
	name=$(basename "$program")
	{
		printf '\177\377\377\377'
		head -c 100000 /dev/zero
	} >"$dir/one"
	speak "$program" <"$dir/one"
	is "$status" 76 "$name refuses a huge frame: 76"
	head -c 4096 /dev/urandom >"$dir/one"
	speak "$program" <"$dir/one"
	is "$status" 76 "$name refuses noise: 76"
done

# ctail-send has given up what it does not need before it says that it is
# ready; the system tells whether that is so.
speak_slowly() { # keeps the connection open until $dir/enough is there
	hello hook
	until_true 20 test -e "$dir/enough"
}
ready_now() {
	texts | grep -q ready
}
rm -f "$dir/enough"
mkfifo "$dir/talk"
"$CTAIL_SEND" -c "$conf" <"$dir/talk" >"$dir/answer" 2>"$dir/said" &
sender=$!
mine "$sender"
speak_slowly >"$dir/talk" &
until_true 10 ready_now
ok $? "ctail-send is ready"
proc=/proc/$sender/status
sentence="ctail-send may gain no rights, and its calls are filtered"
if [ -n "$sanitize_flags" ]; then
	skip "$sentence" "built with a sanitizer"
elif ! grep -q '^NoNewPrivs' "$proc" 2>/dev/null; then
	skip "$sentence" "the system does not tell"
elif ! texts | grep -q seccomp; then
	skip "$sentence" "there is no filter here"
else
	like "$(texts)" 'confined.*no new privileges.*seccomp' \
	    "ctail-send says what it gave up"
	like "$(cat "$proc")" '^NoNewPrivs:.1' "it can gain no rights"
	like "$(cat "$proc")" '^Seccomp:.2' "its calls are filtered"
	like "$(cat "/proc/$sender/limits")" '^Max core file size +0 +0 ' \
	    "it leaves no core"
fi
: >"$dir/enough"
wait "$sender"
is $? 0 "and it ends cleanly"

# Cut off everywhere, and with a byte changed everywhere: a clean exit status,
# no command run, no crash.
rm -f "$dir/came"
size=$(wc -c <"$dir/session")
bad=
at=1
while [ "$at" -lt "$size" ]; do
	head -c "$at" "$dir/session" >"$dir/one"
	speak "$CTAIL_EXEC" <"$dir/one"
	case $status in
	0 | 76) ;;
	*) bad="$bad $at:$status" ;;
	esac
	at=$((at + 3))
done
is "$bad" "" "a session that is cut off anywhere ends cleanly"
[ ! -e "$dir/came" ]
ok $? "and no command runs for half an alert"
bad=
at=0
while [ "$at" -lt "$size" ]; do
	{
		head -c "$at" "$dir/session"
		printf '\377'
		tail -c +$((at + 2)) "$dir/session"
	} >"$dir/one"
	speak "$CTAIL_EXEC" <"$dir/one"
	case $status in
	0 | 76) ;;
	*) bad="$bad $at:$status" ;;
	esac
	at=$((at + 3))
done
is "$bad" "" "a session with a changed byte anywhere ends cleanly"
for program in "$CTAIL_EXEC" "$CTAIL_SEND"; do
	name=$(basename "$program")
	"$program" </dev/null >/dev/null 2>&1
	is $? 64 "$name without a configuration: 64"
	"$program" -c "$conf" operand </dev/null >/dev/null 2>&1
	is $? 64 "$name with an operand: 64"
done

# --- The one that never answers ---------------------------------------------

until_true 30 grep -q 'did not answer in time' "$dir/mute.said"
ok $? "a worker that never answers is ended in the end"
like "$(cat "$dir/mute.said")" 'sink door: ' "and the sink is named"
ended() {
	! kill -0 "$(head -n 1 "$fake/mute/mute.pids")"
}
until_true 10 ended
ok $? "its process is gone"
"$CTAILCTL" -c "$dir/mute.ini" --state-dir "$mute_state" status >"$dir/printed"
like "$(tr -s '\n ' ' ' <"$dir/printed")" 'door .* failures? in a row' "status tells"
end "$mute"
is "$status" 0 "the agent lived through it"

tap_done
