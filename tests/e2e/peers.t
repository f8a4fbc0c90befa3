# peers.t: servers that other people wrote: Postfix's smtp-sink, which fails
# where it is told to, Debian's webhook, which checks signatures, and a receiver
# of Standard Webhooks.  Hazards are named as in delivery.md 1.2 and 1.4, which
# measured them.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/e2e.sh"

# smtp-sink does not run as root.
as_nobody=
[ "$(id -u)" -ne 0 ] || as_nobody="-u nobody"
chmod 755 "$dir"

# shellcheck disable=SC2046
set -- $(free_ports 2)
smtp_port=$1
hook_port=$2
mkdir "$dir/standard" "$dir/other" "$dir/secrets"
old_key=whsec_$(printf 'the key of last month, 32 bytes.' | openssl base64)
new_key=whsec_$(printf 'the key of this month, 32 bytes!' | openssl base64)
other=whsec_$(printf 'a key that nobody else has heard' | openssl base64)
github=correct-horse-battery-staple

secret() { # secret NAME WORD...: a file that only we may read
	secret_file=$dir/secrets/$1
	shift
	(umask 077 && printf '%s\n' "$*" >"$secret_file")
}

receiver() { # receiver DIRECTORY SECRET...: its port is in $port
	"$python" "$lib/standard_webhooks.py" "$@" 2>>"$dir/receiver.log" &
	mine $!
	until_true 10 test -s "$1/port"
	port=$(cat "$1/port")
}
receiver "$dir/standard" "$new_key"
standard_port=$port
receiver "$dir/other" "$other"
other_port=$port

section() { # section KIND NAME LINE...: a sink and the rule that feeds it
	printf '[%s %s]\n' "$1" "$2"
	printf '\n[rule for-%s]\nlog = app\nmatch = ^%s: .*\n' "$2" "$2" \
	    >>"$dir/rules"
	printf 'throttle = none\nsink = %s\n' "$2" >>"$dir/rules"
	shift 2
	printf '%s\n' "$@" ''
}

mail_section() { # mail_section NAME LINE...
	mail_name=$1
	shift
	section smtp "$mail_name" "tls = off" "helo = agent.test" \
	    "from = ctail@test.invalid" "to = a@test.invalid, b@test.invalid" \
	    "$@"
}

hook_section() { # hook_section NAME PORT LINE...
	hook_name=$1 hook_at=$2
	shift 2
	section webhook "$hook_name" "sign_secret_file = $dir/secrets/$hook_name" \
	    "url = http://127.0.0.1:$hook_at/hooks/mine" "$@"
}

secret standard "$old_key" "$new_key"
secret stranger "$new_key"
secret github "$github"
secret wrong "not-$github"
{
	printf '[agent]\nstate_dir = %s\nsink = sink\n\n' "$state"
	printf '[log app]\npath = %s\nstart = start\n\n' "$log"
	mail_section sink "url = smtp://127.0.0.1:$smtp_port"
	mail_section brief "url = smtp://127.0.0.1:$smtp_port" "timeout = 2s"
	mail_section local "url = smtp://mx.test" "socket = $dir/mx.sock"
	hook_section github "$hook_port" "sign = github"
	hook_section wrong "$hook_port" "sign = github"
	hook_section standard "$standard_port" "sign = standard-webhooks"
	hook_section stranger "$other_port" "sign = standard-webhooks"
	cat "$dir/rules"
} >"$conf"
: >"$log"
like "$(ctl check 2>&1)" "is good" "the configuration is accepted"

# --- smtp-sink ----------------------------------------------------------------

dump=$dir/dump
mkdir "$dump"
chmod 777 "$dump"

sink_start() { # sink_start [OPTION...]: smtp-sink at $smtp_port
	# shellcheck disable=SC2086
	smtp-sink $as_nobody -h mx.test "$@" -d "$dump/mail." \
	    "127.0.0.1:$smtp_port" 16 2>>"$dir/smtp-sink.log" &
	sink=$!
	mine "$sink"
	until_true 10 listens "$smtp_port"
}

sink_end() {
	end "$sink"
	until_true 10 gone "$sink"
}

# ends SENTENCE SINK OUTCOME OPTION...: an alert ends so there
ends() {
	ends_sentence=$1 ends_sink=$2 ends_outcome=$3
	shift 3
	sink_start "$@"
	got=$("$python" "$lib/send.py" "$CTAIL_SEND" "$conf" "$ends_sink" \
	    "the disk is on fire" 2>&1)
	like "$got" "^$ends_outcome" "$ends_sentence"
	sink_end
}

stages() {
	ends "success is the 250 behind the message" sink "delivered 250"
	for stage in mail rcpt data .; do
		ends "$stage 4xx is tried again" sink "retry 4[0-9][0-9] " \
		    -r "$stage"
		ends "$stage 5xx is for good" sink "refused 5[0-9][0-9] " \
		    -f "$stage"
		ends "$stage 421 holds the sink up" sink "retry 421 sink " \
		    -Q "$stage"
	done
	ends "greeting 421 is tried again" sink "retry 421 sink " -Q connect
	for stage in connect mail rcpt data; do
		ends "drop at $stage was not sent" sink "retry 0 sink " \
		    -q "$stage"
	done
	ends "slow RCPT was not sent, and is bounded by timeout" brief \
	    "retry 0 sink .*no answer in time" -W rcpt:4
	ends "slow end of data is in doubt, and is bounded by timeout" brief \
	    "doubt 0 sink .*no answer in time to the message" -W .:4
	ends "a server without ESMTP is spoken to all the same" sink \
	    "delivered 250" -e
	ends "a server without PIPELINING is, too" sink "delivered 250" -p
}

through_a_socket() {
	# shellcheck disable=SC2086
	smtp-sink $as_nobody -h mx.test "unix:$dir/mx.sock" 16 \
	    2>>"$dir/smtp-sink.log" &
	mine $!
	until_true 10 test -S "$dir/mx.sock"
	chmod 777 "$dir/mx.sock" 2>/dev/null
	got=$("$python" "$lib/send.py" "$CTAIL_SEND" "$conf" local one 2>&1)
	like "$got" "^delivered 250" "a socket of this machine works"
}

message_ids() {
	cat "$dump"/mail.* 2>/dev/null | grep -ai '^Message-ID:' | tr -d '\r'
}

in_doubt() { # once more with all of ctail, from the log to the second answer
	rm -f "$dump"/*
	sink_start -q .
	write "sink: is it there or not"
	until_true 10 tried sink
	like "$(attempts sink)" "^doubt " "drop after the dot is in doubt"
	sink_end
	sink_start
	until_true 40 ended sink
	like "$(attempts sink)" "^(doubt |retry )+delivered $" \
	    "and tried again until there is an answer"
	is "$(message_ids | sort -u)" "Message-ID: <$(ids sink)@$host>" \
	    "with the same Message-ID"
	[ "$(message_ids | wc -l)" -ge 2 ]
	ok $? "by which a reader knows the second copy"
	sink_end
}

if command -v smtp-sink >/dev/null; then
	stages
	through_a_socket
else
	skip "Postfix's smtp-sink fails at every stage" "it is not here"
fi

# --- Debian's webhook ---------------------------------------------------------

hook_start() {
	cat >"$dir/taken" <<-END
	#!/bin/sh
	printf '%s\n' "\$1" >>$dir/hooked
	END
	chmod 755 "$dir/taken"
	cat >"$dir/hooks.json" <<-END
	[{"id": "mine", "execute-command": "$dir/taken",
	  "pass-arguments-to-command": [{"source": "payload", "name": "id"}],
	  "trigger-rule": {"match": {
	    "type": "payload-hmac-sha256", "secret": "$github",
	    "parameter": {"source": "header", "name": "X-Hub-Signature-256"}}}}]
	END
	webhook -ip 127.0.0.1 -port "$hook_port" -hooks "$dir/hooks.json" \
	    >>"$dir/webhook.log" 2>&1 &
	mine $!
	until_true 10 listens "$hook_port"
}

tried_twice() { # tried_twice SINK
	[ "$(attempts "$1" | wc -w)" -ge 2 ]
}

# The longest wait, in ms, that any attempt there was given.
longest_wait() { # longest_wait SINK
	query "SELECT max(due_ms) - strftime('%s', 'now') * 1000 FROM outbox
	    WHERE sink = '$1'" | cut -d. -f1
}

signed_as_github() {
	hook_start
	write "github: a signature that fits"
	until_true 10 ended github
	is "$(attempts github)" "delivered " \
	    "X-Hub-Signature-256 is one that webhook accepts"
	until_true 10 test -s "$dir/hooked"
	is "$(cat "$dir/hooked")" "$(ids github)" \
	    "and it runs its command, once, with the alert's id"
	write "wrong: a signature that does not fit"
	until_true 30 tried_twice wrong
	like "$(attempts wrong)" "^(retry )+$" \
	    "webhook answers 500 to a wrong secret: that is tried again"
	like "$(answer wrong)" "500" "and it says 500"
	[ "$(longest_wait wrong)" -le 300000 ]
	ok $? "bounded: never more than 5 minutes later"
	secret wrong "$github"
	ctl retry --sink wrong >"$dir/retried" 2>&1
	until_true 30 ended wrong
	like "$(attempts wrong)" "^(retry )+delivered $" \
	    "until the secret is right, which is read for every attempt"
	is "$(sort "$dir/hooked")" "$({ ids github; ids wrong; } | sort)" \
	    "each was taken once"
}

# --- Standard Webhooks --------------------------------------------------------

verdicts() { # verdicts DIRECTORY: "VERDICT SIGNATURES" of each
	cut -d' ' -f3,4 "$1/requests" | sort -u
}

requests_came() { # requests_came COUNT
	[ "$(grep -c . "$dir/standard/requests")" -ge "$1" ]
}

signed_by_standard() {
	: >"$dir/standard/later"
	write "standard: signed with two keys"
	until_true 20 requests_came 2
	rm "$dir/standard/later"
	until_true 30 ended standard
	like "$(attempts standard)" "^(retry )+delivered $" \
	    "Standard Webhooks: a receiver that knows the new key verifies"
	is "$(verdicts "$dir/standard")" "good 2" \
	    "every attempt is signed, once for each key"
	is "$(cut -d' ' -f1 "$dir/standard/requests" | sort -u)" \
	    "$(ids standard)" "the id stays through the attempts"
	[ "$(cut -d' ' -f2 "$dir/standard/requests" | sort -u | wc -l)" -gt 1 ]
	ok $? "the timestamp is the attempt's"
	write "stranger: signed with another key"
	until_true 10 tried stranger
	is "$(attempts stranger) $(verdicts "$dir/other")" "config  bad 1" \
	    "a receiver that does not know the key says so, and a person acts"
}

agent_start
if command -v smtp-sink >/dev/null; then
	in_doubt
else
	skip "drop after the dot is in doubt" "smtp-sink is not here"
fi
if command -v webhook >/dev/null; then
	signed_as_github
else
	skip "X-Hub-Signature-256 is one that webhook accepts" "it is not here"
fi
signed_by_standard

end "$agent"
is "$status" 0 "the agent ends cleanly"
finish
