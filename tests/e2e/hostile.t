# hostile.t: lines and names of files that try to be more than text, through
# every sink and every preset at once; what arrived is judged byte by byte by
# parsers that are not ctail's.
#
# HOSTILE=REGEX takes only the records of such titles (hostile_corpus.py).
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/e2e.sh"

logs=$dir/logs
got=$dir/got
mkdir "$got" "$got/run" "$dir/syslog"
: >"$dir/syslog/messages"

"$python" "$lib/hostile_sinks.py" "$got" 2>>"$dir/sinks.log" &
mine $!
"$python" "$lib/syslogd.py" serve "$dir/syslog" "unix:$dir/log.sock" udp tcp \
    2>>"$dir/syslogd.log" &
mine $!
until_true 10 test -s "$got/ports" && until_true 10 test -s "$dir/syslog/ports"
ok $? "there are servers that keep every byte"

port() { # port smtp|http|udp|tcp
	sed -n "s/^$1 //p" "$got/ports" "$dir/syslog/ports"
}

# A mailer or command that keeps its arguments, environment and input.
keeper() { # keeper NAME
	mkdir "$got/run/$1"
	cat >"$dir/$1" <<-END
	#!/bin/sh
	kept=\$(mktemp -d "$got/run/$1/unfinished.XXXXXX") || exit 75
	printf '%s\\0' "\$0" "\$@" >"\$kept/argv"
	if [ -r "/proc/\$\$/environ" ]; then
		cat "/proc/\$\$/environ" >"\$kept/env"
	else
		env -0 >"\$kept/env"
	fi
	cat >"\$kept/in"
	mv "\$kept" "$got/run/$1/\${kept##*.}"
	END
	chmod 755 "$dir/$1"
}
for name in mailer command strict; do
	keeper "$name"
done

hook() { # hook NAME LINE...
	hook_name=$1
	shift
	printf '[webhook %s]\nurl = http://127.0.0.1:%s/%s\nstorm = none\n' \
	    "$hook_name" "$(port http)" "$hook_name"
	printf '%s\n' "$@" ''
}

mail_to() { # mail_to SECTION ADDRESSES LINE...
	printf '[%s]\nfrom = ctail@test.invalid\nto = %s\nstorm = none\n' \
	    "$1" "$2"
	shift 2
	printf '%s\n' "$@" ''
}

rule() { # rule NAME LINE...
	printf '[rule %s]\nlog = app multi names\nthrottle = none\n' "$1"
	printf 'match = (?s)^(?<case>\\d{3}) \\w+ (?<none>@@@)?(?<what>.*)$\n'
	shift
	printf '%s\n' "$@" ''
}

log() { # log NAME LINE...
	printf '[log %s]\nstart = start\nrecord_limit = 400ms\n' "$1" |
	    if [ "$1" = multi ]; then cat; else sed 's/^record_limit.*//'; fi
	shift
	printf '%s\n' "$@" ''
}

presets="json slack discord teams mattermost googlechat telegram pagerduty
ntfy gotify pushover"
sinks="mail mailer $(echo "$presets" | tr '\n' ' ')mine words fleet here udp
tcp command strict lines box"

settings() {
	printf '[agent]\nstate_dir = %s\nsink = lines\n\n' "$state"
	log app "path = $logs/app.log"
	log multi "path = $logs/multi.log" 'record = start ^\d{3} '
	log names "path = $logs/names/*"
	mail_to "smtp mail" "ops@test.invalid, root@test.invalid" "tls = off" \
	    "url = smtp://127.0.0.1:$(port smtp)" "helo = agent.test"
	mail_to "smtp sour" "sour@test.invalid" "tls = off" \
	    "url = smtp://127.0.0.1:$(port smtp)" "helo = agent.test"
	mail_to "sendmail mailer" "ops@test.invalid, root@test.invalid" \
	    "command = $dir/mailer"
	for preset in json slack discord teams mattermost googlechat; do
		hook "$preset" "preset = $preset"
	done
	hook telegram "preset = telegram" "chat_id = -100"
	hook pagerduty "preset = pagerduty" "routing_key = rkey"
	hook ntfy "preset = ntfy" "topic = ops" "token = ntoken"
	hook gotify "preset = gotify" "token = gtoken"
	hook pushover "preset = pushover" "token = ptoken" "user_key = ukey"
	# shellcheck disable=SC2016
	hook mine "header = X-Env: prod" 'template = {"text": "${subject}",
	    "what": ${what|json}, "n": ${count|json}, "key": "[${key}]",
	    "short": "${what|trunc:5|upper}", "url": "${what|url}",
	    "html": "${what|html}", "file": "${file}", "none": "${none}",
	    "lines": "${lines}"}'
	# shellcheck disable=SC2016
	hook words "content_type = text/plain" \
	    'template = $$ ${id} [${what}] ${1} [${none}] ${what|url} end'
	hook bad "preset = slack"
	hook down "preset = json" "max_age = 1h"
	printf '[alertmanager fleet]\nurl = http://127.0.0.1:%s\n\n' \
	    "$(port http)"
	printf '[syslog here]\nurl = unix:%s/log.sock\n\n' "$dir"
	printf '[syslog udp]\nurl = udp://127.0.0.1:%s\n\n' "$(port udp)"
	printf '[syslog tcp]\nurl = tcp://127.0.0.1:%s\n\n' "$(port tcp)"
	# shellcheck disable=SC2016
	printf '[exec command]\ncommand = %s\narg_dash = yes\narg = %s\n\n' \
	    "$dir/command" '${what}
	    --x=${what}
	    [${none}]
	    $$'
	# shellcheck disable=SC2016
	printf '[exec strict]\ncommand = %s\narg = ${what}\n\n' "$dir/strict"
	printf '[file lines]\npath = %s\n\n' "$got/lines.jsonl"
	printf '[file box]\npath = %s\nformat = mbox\n' "$got/box.mbox"
	printf '%s\n' "from = ctail@test.invalid" "to = root@test.invalid" ""
	# shellcheck disable=SC2086
	rule plain "sink = $(echo $sinks)"
	# shellcheck disable=SC2016,SC2086
	rule rich "sink = $(echo $sinks)" 'subject = ${what}' 'key = ${what}' \
	    'severity = critical' 'context = 1 before 1 after'
	# shellcheck disable=SC2016
	rule vain 'sink = sour bad down' 'subject = ${what} in ${file}' \
	    'key = ${what}'
}
settings | sed "s|/bad\$|/sour|" >"$conf"
"$python" "$lib/hostile_corpus.py" "$logs" "${HOSTILE:-}"
like "$(ctl check 2>&1)" "is good" "the configuration is accepted"
agent_start

all_ended() {
	[ "$(query "SELECT count(DISTINCT alert), sum(state = 0) FROM outbox
	    WHERE sink IN ($(echo "$sinks" | tr -s ' \n' '\n' |
		sed "s/.*/'&'/" | paste -sd,))")" = "$expected|0" ]
}
expected=$("$python" "$lib/hostile_judge.py" "$dir" count "${HOSTILE:-}")
until_true 120 all_ended
ok $? "each is told to every sink"

# --- What arrived -----------------------------------------------------------

judge() { # judge COMMAND SENTENCE
	is "$("$python" "$lib/hostile_judge.py" "$dir" "$1" "${HOSTILE:-}" \
	    2>&1)" "" "$2"
}
judge lines "[file]: JSON that says each record as it stands in its log"
judge posts "webhooks: our headers, the service's form, no command to it"
judge mails "[smtp] and mbox: our envelope, headers and parts, and no other"
judge programs "[sendmail] and [exec]: arguments, environment and input"
judge syslog "[syslog]: one message each, by the letter of its RFC"
is "$(find / . -maxdepth 1 -name pwned; find "$dir" -name pwned)" "" \
    "and nothing in it was run"
ends() { # ends SINK: the ways in which attempts ended there
	attempts "$1" | tr ' ' '\n' | sort -u | paste -sd' '
}
is "$(ends strict)" "delivered refused" \
    "what cannot be an argument is refused, and the rest goes on"
is "$(ends sour) $(ends bad)" "refused refused" \
    "what servers refuse is refused, whatever they say"

if [ -x "$builddir/tests/judged/json_judge" ]; then
	like "$("$python" "$lib/hostile_judge.py" "$dir" bodies |
	    "$builddir/tests/judged/json_judge" 2>&1)" "^[1-9].* bodies\$" \
	    "jansson, too, reads every body as JSON"
else
	skip "jansson, too, reads every body as JSON" "jansson is not here"
fi

# --- What people see --------------------------------------------------------

shows() { # shows ERE COMMAND...: words that are clean, and some of ours
	shows_want=$1
	shift
	shows_what=$(printf '%s ' "$@" | LC_ALL=C tr -cd 'a-z .-')
	"$@" >"$dir/screen" 2>&1
	is "$("$python" "$lib/hostile_judge.py" "$dir" screen <"$dir/screen" \
	    2>&1)" "" "no command to a terminal: $shows_what"
	like "$(cat "$dir/screen")" "$shows_want" "and it says something"
}
shows 'given up' cat "$dir/agent.log"
shows 'names' ctl show
shows 'sour' ctl status
shows 'sour' ctl status --json
shows 'down' ctl queue
shows 'down' ctl queue --json
shows 'delivered' ctl alerts
shows 'sour|refused' ctl alerts --dead
shows 'down' ctl alerts --due
line=$(printf '000 x \033[31mred\033[0m \001\r\177 \302\233 \233 \342\200\256
    \342\200\250 \377 =?utf-8?B?Zm9yZ2Vk?= <b>')
shows 'rich' ctl explain "$line"
shows 'open' ctl test --log app "$line"
shows 'exclude' ctl learn "$line"
shows 'discord' ctl explain --log names "$line"

end "$agent"
is "$status" 0 "the agent ends cleanly"
finish
