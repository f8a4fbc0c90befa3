# crash.t: ctaild and its workers are killed at the worst moments, between
# real servers: every alert arrives, a second copy has the same id, no line is
# told as something new.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/e2e.sh"

server=$(mail_servers | head -n 1)
[ -n "$server" ] || skip_all "neither Exim nor aiosmtpd is here"
web_here || skip_all "nginx is not here"
tls_make
web_prepare
mail_prepare "$server"
mail_start "$server"
web_start

# Between ctaild and ctail-send stands a program that kills at a word in
# $orders/SINK.
orders=$dir/orders
libexec=$dir/libexec
mkdir "$orders" "$libexec"
printf '#!/bin/sh\nexec %s %s %s %s "$@"\n' "$python" "$lib/worker.py" \
    "$orders" "$CTAIL_SEND" >"$libexec/ctail-send"
chmod 755 "$libexec/ctail-send"

cat >"$conf" <<END
[agent]
state_dir = $state
sink = mail

[log app]
path = $log
start = start

[rule to-mail]
log = app
match = ^mail: (?<what>.*)$
throttle = none
sink = mail

[rule to-hook]
log = app
match = ^hook: (?<what>.*)$
throttle = none
sink = hook

[smtp mail]
url = smtp://localhost:$smtp_port
ca_file = $tls/ca.pem
from = ctail@test.invalid
to = ops@test.invalid

[webhook hook]
url = https://localhost:$https_port/hook
ca_file = $tls/ca.pem
END
: >"$log"
agent_start

order_done() {
	[ ! -e "$orders/$1" ]
}

lines=0
# killed SINK WHEN WHOM COPIES: one alert, a kill, and what came of it
killed() {
	lines=$((lines + 1))
	text="$1: line $lines, $3 killed $2"
	echo "$2 $3" >"$orders/$1"
	write "$text"
	until_true 10 order_done "$1"
	ok $? "$1: $3 is killed $2 the delivery"
	if [ "$3" = agent ]; then
		until_true 10 gone "$agent"
		wait "$agent" 2>/dev/null
		is "$(ctl alerts -n 1 | grep -c " due .*$text")" 1 \
		    "$1: the alert was stored, and waits"
		# What is written meanwhile is not lost either.
		write "$1: while nobody looked ($lines)"
		agent_start
	fi
	until_true 15 copies_of_text "$1" "$4"
	until_true 10 ended "$1"
	is "$(arrived_text "$1")" "$(repeat "$4" "$(id_of "$text")")" \
	    "$1: $4 arrived, with the id of the alert"
}

id_of() { # id_of LINE: of the one alert about that line
	query "SELECT id FROM alert WHERE subject LIKE '%: $1'"
}

# arrived_text SINK: ids of the copies of $text that the server took
arrived_text() {
	if [ "$1" = mail ]; then
		mail ids "$text" | sed 's/^<\(.*\)@.*>$/\1/;/^no mail$/d'
	else
		web about hook "$text"
	fi
}

copies_of_text() {
	[ "$(arrived_text "$1" | wc -l)" -eq "$2" ]
}

repeat() { # repeat COUNT TEXT
	repeat_left=$1
	while [ "$repeat_left" -gt 0 ]; do
		printf '%s\n' "$2"
		repeat_left=$((repeat_left - 1))
	done
}

for sink in mail hook; do
	killed "$sink" before worker 1
	killed "$sink" after worker 2
	killed "$sink" before agent 1
	killed "$sink" after agent 2
done

# --- What a kill leaves behind -------------------------------------------------

lines=$((lines + 1))
text="hook: line $lines, held"
echo hold >"$orders/hook"
write "$text"
until_true 10 test -s "$orders/held"
orphan=$(cat "$orders/held")
"$CTAILD" -c "$conf" --libexec "$libexec" 2>"$dir/second"
is "$?" 69 "a second agent is refused, by its exit status"
like "$(cat "$dir/second")" "process $agent " "and by the first's process id"

agent_kill
ok "$(gone "$orphan" && echo 1 || echo 0)" \
    "the agent is killed, its worker lives on"
first=$agent
agent_start
ok $? "another agent starts although the worker is still there"
"$CTAILD" -c "$conf" --libexec "$libexec" 2>"$dir/second"
is "$?" 69 "a second one beside it is refused"
like "$(cat "$dir/second")" "process $agent " "by the id of the one that runs"
unlike "$(cat "$dir/second")" "process ($first|$orphan) " \
    "and not by one that is dead, or a worker"

until_true 10 copies_of_text hook 1
ok $? "the new agent delivers what was being delivered"
: >"$orders/release"
until_true 10 copies_of_text hook 2
until_true 10 gone "$orphan"
ok $? "the orphan delivers too, and ends"
is "$(arrived_text hook | sort -u)" "$(id_of "$text")" \
    "both copies have the same id"

# --- The sum -------------------------------------------------------------------

until_true 10 ended mail && until_true 10 ended hook
ok $? "nothing waits"
is "$(query "SELECT count(*), count(DISTINCT id) FROM alert
    WHERE kind = 'match'")" \
    "$(grep -c . "$log")|$(grep -c . "$log")" \
    "there is one alert for each line, none twice and none missing"
is "$(query "SELECT count(*) FROM alert WHERE kind <> 'match'")" 0 \
    "and nothing else had to be said"
is "$( (mail ids | sed 's/^<\(.*\)@.*>$/\1/'; web all hook id) | sort -u)" \
    "$(query "SELECT id FROM alert ORDER BY id")" \
    "the servers have all of them, and no others"
is "$(query "SELECT checkpoint FROM position" | awk '/^position/ { print $5 }')" \
    "$(wc -c <"$log" | tr -d ' ')" \
    "the position is the end of the log"
end "$agent"
is "$status" 0 "the agent ends cleanly"
end "$mail_pid"
end "$web_pid"
finish
