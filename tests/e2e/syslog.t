# syslog.t: [syslog NAME] against a daemon that reads by the letter, through
# every transport; and what ctail-send gives up while it sends.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/e2e.sh"
tls_make

syslogd() { # syslogd COMMAND [ARGUMENT...]: asks what came
	set -- "$@"
	syslogd_command=$1
	shift
	"$python" "$lib/syslogd.py" "$syslogd_command" "$dir/syslog" "$@"
}
came() { # came COUNT BY
	[ "$(syslogd count "$2")" -ge "$1" ]
}

mkdir "$dir/syslog"
: >"$dir/syslog/messages"
daemon_start() {
	rm -f "$dir/log.sock" "$dir/stream.sock" "$dir/syslog/ports"
	"$python" "$lib/syslogd.py" serve "$dir/syslog" "unix:$dir/log.sock" \
	    "stream:$dir/stream.sock" udp tcp "tls:$tls/srv.pem:$tls/srv.key" \
	    2>>"$dir/syslogd.log" &
	syslogd_pid=$!
	mine "$syslogd_pid"
	until_true 10 test -s "$dir/syslog/ports"
}
daemon_start
port() { # port udp|tcp|tls
	sed -n "s/^$1 //p" "$dir/syslog/ports"
}

section() { # section NAME LINE...: a sink and the rule that feeds it
	section_name=$1
	shift
	printf '[syslog %s]\n' "$section_name"
	printf '%s\n' "$@" ''
	printf '[rule for-%s]\nlog = app\nmatch = ^%s: (?<what>.*)\n' \
	    "$section_name" "$section_name"
	printf 'subject = seen ${what}\nkey = ${what}\nthrottle = none\n'
	printf 'sink = %s\nseverity = critical\n\n' "$section_name"
}
settings() {
	cat <<-END
	[agent]
	state_dir = $state
	sink = here

	[log app]
	path = $log
	start = start

	END
	section here "url = unix:$dir/log.sock" "facility = auth"
	section nul "url = unix:$dir/stream.sock"
	section new "url = unix:$dir/log.sock" "format = rfc5424"
	section udp "url = udp://127.0.0.1:$(port udp)" "facility = local7"
	section old "url = udp://127.0.0.1:$(port udp)" "format = rfc3164"
	section tcp "url = tcp://127.0.0.1:$(port tcp)"
	section tls "url = tls://localhost:$(port tls)" "ca_file = $tls/ca.pem"
	section wrong "url = tls://localhost:$(port tls)" \
	    "ca_file = $tls/other.pem"
	section shut "url = tcp://127.0.0.1:9" "timeout = 5s"
	section closed "url = udp://127.0.0.1:9"
}
settings >"$conf"
: >"$log"
agent_start

# --- Each transport ---------------------------------------------------------

for sink in here nul new udp old tcp tls; do
	write "$sink: plain"
done
for sink in here nul new udp old tcp tls; do
	until_true 15 ended "$sink"
	is "$(attempts "$sink")" "delivered " "$sink: delivered at once"
	like "$(answer "$sink")" 'handed over to .* no answer' \
	    "$sink: and no more is claimed than that it was handed over"
done
# A stream is read to its end.
is "$(syslogd bad)" "" "every message is as its RFC wants it"
is "$(syslogd all form unix | sort | tr '\n' ' ')" "rfc3164 rfc5424 " \
    "a local socket gets RFC 3164, or what format says"
is "$(syslogd all host unix | sort | sed -n 1p)" "" \
    "without a host, as syslog(3) writes it"
is "$(syslogd all form udp | sort | tr '\n' ' ')" "rfc3164 rfc5424 " \
    "the network gets RFC 5424, or what format says"
like "$(syslogd all pri unix)" '^34$' "facility and severity: auth.crit"
like "$(syslogd all pri udp)" '^186$' "or local7.crit"
is "$(syslogd all text tls)" "seen plain: tls: plain" \
    "the text is the subject and the last line"
is "$(syslogd all app | sort -u)" "ctail-alert" "the tag is ctail-alert"
like "$(syslogd all data tcp)" "\"id\": \"$(ids tcp)\"" \
    "the structured data hold the alert's id"
like "$(syslogd all data tcp)" \
    '"rule": "for-tcp", "log": "app", "key": "plain", "count": "1", "name"' \
    "and what it is about"

# --- What fails -------------------------------------------------------------

write "wrong: plain"
until_true 15 waits_for wrong
is "$(attempts wrong | cut -d' ' -f1)" config \
    "a server that is not trusted waits for a person"
like "$(answer wrong)" 'not trusted' "and it is said why"
write "shut: plain"
write "closed: plain"
until_true 15 waits_for shut
is "$(attempts shut | cut -d' ' -f1)" retry "no connection: tried again"
until_true 15 waits_for closed
is "$(attempts closed | cut -d' ' -f1)" retry "udp refused: tried again"
like "$(answer closed)" 'refused' "and it is said"

# --- What ctail-send gives up -----------------------------------------------

sentence="ctail-send says what it gave up, and status shows it"
if [ -n "$sanitize_flags" ]; then
	skip "$sentence" "built with a sanitizer, which needs it"
else
	like "$(ctl status)" 'confined: no new privileges' "$sentence"
fi

# --- Hostile text -----------------------------------------------------------

further() { # what another form of message could take for its own
	printf '%s\n' '"] [evil@1 x="y"] <0>1 - - - - - -' '\]\"]' '%s%n ]' \
	    '10 <34>1 - x' '<34>Oct 11 22:14:15 host su: x'
	printf '\342\202\254%.0s' $(seq 1000)
	echo
}
for sink in here new udp old tcp tls; do
	"$python" "$lib/hostile.py" write "$sink"
	further | sed "s/^/$sink: /"
done >"$dir/hostile.log"
hostile=$(($(wc -l <"$dir/hostile.log") / 6))
ok "$((hostile < 20))" "there are hostile lines"
cat "$dir/hostile.log" >>"$log"
for sink in here new udp old tcp tls; do
	until_true 30 ended "$sink"
	unlike "$(attempts "$sink")" '(retry|doubt|config|refused)' \
	    "$sink: $hostile hostile lines are delivered at once"
done
all_came() {
	came $((2 * hostile + 2)) unix && came $((2 * hostile + 2)) udp &&
	    came $((hostile + 1)) tcp && came $((hostile + 1)) tls
}
until_true 10 all_came
ok $? "each is one message"
is "$(syslogd bad)" "" "and not one of them is anything but text"
unlike "$(syslogd all data)" 'evil@1"' "no structured data but ours"

# --- The daemon goes and comes back -----------------------------------------

before=$(syslogd count tcp)
end "$syslogd_pid"
write "here: while it is gone"
write "tcp: while it is gone"
until_true 15 waits_for here
ok $? "without its daemon a sink waits"
end "$agent"
daemon_start
settings >"$conf"
agent_start
until_true 20 ended here && until_true 20 ended tcp
ok $? "and goes on with it"
like "$(syslogd all text unix)" 'while it is gone' "the message is there"
is "$(syslogd count tcp)" $((before + 1)) "once"
end "$agent"
is "$status" 0 "the agent ends cleanly"

# --- No feedback ------------------------------------------------------------
# Whatever a daemon writes of our messages into the log that we read: nothing
# matches.

"$python" - "$dir/syslog/messages" >"$dir/back.log" <<'END'
import json, re, sys
for line in open(sys.argv[1]):
    one = json.loads(line)
    text = "".join(c if c.isprintable() else "#" for c in one.get("text", ""))
    print("Nov 22 10:00:00 host %s[%s]: %s" % (one["app"], one["pid"], text))
    print("2026-11-22T10:00:00.1+00:00 host %s[%s]: %s"
          % (one["app"], one["pid"], text))
    if one["form"] == "rfc5424":
        raw = one["raw"].encode("latin-1").decode("utf-8", "replace")
        raw = raw.replace("\n", " ")
        print(raw)
        print(re.sub(r"^<\d+>", "", raw))
END
cat >"$conf" <<END
[agent]
state_dir = $dir/back-state
sink = out

[file out]
path = $dir/back.jsonl

[log back]
path = $dir/back.log
start = start

[rule any]
log = back
match = .
throttle = none
END
echo "Nov 22 10:00:00 host sshd[7]: ctail-alert[7]: not ours" >>"$dir/back.log"
"$CTAILD" -c "$conf" --libexec "$builddir" --once 2>>"$dir/agent.log"
is "$(grep -c . "$dir/back.jsonl")" 1 \
    "what [syslog] wrote never matches when it comes back in a log"
like "$(cat "$dir/back.jsonl")" 'not ours' "what only looks like it does"
finish
