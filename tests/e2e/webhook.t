# webhook.t: alerts reach a real web server, byte by byte, and whatever it
# answers leads to what it should.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/e2e.sh"

web_here || skip_all "nginx is not here"
tls_make
web_prepare
http=http://127.0.0.1:$http_port
(umask 077 && echo "$http/secret-path-0815?token=4711" >"$dir/url" &&
    echo "Bearer hush-hush" >"$dir/authorization")

hook() { # hook NAME URL [LINE...]: a [webhook] and the rule for it
	printf '\n[rule for-%s]\nlog = app\nmatch = ^%s: (?<what>.*)$\n' \
	    "$1" "$1"
	# shellcheck disable=SC2016
	printf 'throttle = none\nsink = %s\nsubject = ${what}\n' "$1"
	printf '\n[webhook %s]\n' "$1"
	[ "$2" = - ] || printf 'url = %s\n' "$2"
	shift 2
	[ $# -eq 0 ] || printf '%s\n' "$@"
}

cat >"$conf" <<END
[agent]
state_dir = $state
sink = json

[log app]
path = $log
start = start
END
{
	for name in json invalid fault refuses unknown moved drop busy \
	    later never told; do
		hook "$name" "$http/$name"
	done
	hook slack "$http/slack" "preset = slack"
	# shellcheck disable=SC2016
	hook template "$http/template" \
	    'template = {"text": "about ${what}", "n": ${count|json},' \
	    '  "line": ${line|json}, "all": "lines: ${lines}",' \
	    '  "short": "${what|trunc:10|upper}"}'
	hook secret - "url_file = $dir/url" "header = X-Env: prod" \
	    "authorization_file = $dir/authorization"
	hook tls "https://localhost:$https_port/tls" "ca_file = $tls/ca.pem"
	hook untrusted "https://localhost:$https_port/untrusted" \
	    "ca_file = $tls/other.pem"
	hook misnamed "https://127.0.0.1:$https_port/misnamed" \
	    "ca_file = $tls/ca.pem"
	hook unknown-ca "https://localhost:$https_port/unknown-ca"
} | sed '/^url = .*invalid$/a preset = slack' >>"$conf"
: >"$log"
like "$(ctl check 2>&1)" "is good: logs: 1, rules: 18, sinks: 18" \
    "the configuration is accepted"

# A proxy named in the environment must not get anything.
http_proxy=http://127.0.0.1:1 https_proxy=http://127.0.0.1:1 \
    ALL_PROXY=socks5://127.0.0.1:1
export http_proxy https_proxy ALL_PROXY
agent_start
unset http_proxy https_proxy ALL_PROXY

arrives() { # arrives NAME COUNT: taken so often, and then nothing waits
	until_true 15 posts "$2" "$1" && until_true 5 ended "$1"
}

# one_id NAME: every request had the id of the one alert, in both headers
one_id() {
	[ "$( (web all "$1" id && web all "$1" key) | sort -u)" = \
	    "$(ids "$1")" ]
}

# --- Down at first, then up -------------------------------------------------

write "json: the disk is on fire"
until_true 10 tried json
like "$(ctl alerts --due)" "attempts: [1-9].*cannot be reached" \
    "the alert waits while the server is down"
web_start
arrives json 1
ok $? "it arrives when the server is up"
like "$(attempts json)" "^(retry )+delivered $" "every attempt is on record"
one_id json
ok $? "webhook-id and Idempotency-Key are the alert's id"
is "$(web all json method) $(web all json type) $(web all json expect)" \
    "POST application/json " "a POST of JSON that waits for no 100"

# --- What arrives is what the log said ---------------------------------------

for form in json slack template; do
	"$python" "$lib/hostile.py" write "$form" >>"$log"
done
# The first json line was above.
arrives json 26 && arrives slack 25 && arrives template 25
ok $? "hostile lines arrive, in three forms"
for form in json slack template; do
	is "$("$python" "$lib/hostile.py" check "$form" "$form" "$log" \
	    "$web/requests" "$form")" "" \
	    "form $form: each body is exactly its line, and no more than text"
done
is "$(ls "$dir"/pwned /pwned pwned 2>/dev/null)" "" "no command was run"

# --- TLS ---------------------------------------------------------------------

write "tls: over https"
arrives tls 1
is "$(web all tls https)" on "https with an authority of our own"
for name in untrusted misnamed unknown-ca; do
	write "$name: never to be seen"
	until_true 10 tried "$name"
	like "$(attempts "$name"): $(answer "$name")" \
	    "^config.*certificate that is not trusted" \
	    "a server that cannot be verified ($name) waits for a person"
	is "$(web count "$name")" 0 "and is told nothing ($name)"
done

# --- Secrets ------------------------------------------------------------------

write "secret: to a hidden place"
until_true 10 ended secret
is "$(web all secret-path-0815 authorization) $(web all secret-path-0815 env)" \
    "Bearer hush-hush prod" "url_file, authorization_file and header work"
# An id may hold any digits.
unlike "$({ cat "$dir/agent.log"; ctl status; ctl alerts -n 99; ctl show; } |
    sed -E 's/[0-9a-f]{12,40}//g')" \
    '0815|4711|hush' "and are repeated nowhere"

# --- Answers -------------------------------------------------------------------

# answers NAME CLASS ANSWER: while the answer is on, and after
answers() {
	: >"$web/on/$1"
	write "$1: will you take it?"
	until_true 10 tried "$1"
	like "$(attempts "$1")" "^($2 )+$" "/$1 counts as $2"
	like "$(answer "$1")" "$3" "and the answer is told (/$1)"
	rm "$web/on/$1"
}

taken_later() { # taken_later NAME CLASS SENTENCE
	until_true 20 ended "$1"
	like "$(attempts "$1")" "^($2 )+delivered $" "$3"
	one_id "$1"
	ok $? "and every attempt had the same id (/$1)"
}

answers fault retry '127\.0\.0\.1 has a fault \(500\): out of order'
taken_later fault retry "500 is tried again until it is taken"

answers invalid retry 'answered 200, but not as preset slack says yes'
taken_later invalid retry "Slack's 200 without ok is no success"

answers drop doubt 'broke off without an answer'
taken_later drop doubt "a connection that is dropped leaves a doubt, and a copy"

answers moved config 'redirects.*\(307\): to 127\.0\.0\.1$'
is "$(web count stolen)" 0 "a redirect is not followed"
answers unknown config 'does not know the URL \(404\)'

: >"$web/on/refuses"
write "refuses: will you take it?"
until_true 10 ended refuses
is "$(attempts refuses)" "refused " "400 is not tried again"
like "$(ctl alerts --dead)" "dead +refuses" "but among the dead letters"
like "$(ctl alerts --dead)" "refused the alert \(400\): no such field" \
    "with the server's words"

# --- Retry-After ---------------------------------------------------------------

# waits NAME SECONDS: the wait is stored, a little below it and 3 s above
waits() {
	: >"$web/on/$1"
	write "$1: will you take it?"
	until_true 10 tried "$1"
	is "$(query "SELECT due_ms - at_ms BETWEEN $2 * 1000 AND ($2 + 3) * 1000
	    FROM outbox JOIN attempt ON outbox = id WHERE sink = '$1'")" 1 \
	    "$3"
}

waits later 30 "429 with Retry-After: 30 waits 30 s"
like "$(ctl status)" "later .*waiting until" "status shows that the sink waits"
waits never 3600 "a date in 2099 counts as an hour"
waits told 42 "without the header, retry_after in the body counts"
answers busy retry 'too many requests \(429\)'
write "busy: so does the next one"
arrives busy 3
web apart busy 2
ok $? "no request came before its time"
like "$(attempts busy)" "^retry delivered delivered $" \
    "after its time a sink goes on"

# --- Up, down, up ---------------------------------------------------------------

end "$web_pid"
write "json: while it is down"
until_true 10 waits_for json
ok $? "an alert waits while the server is gone"
end "$agent"
is "$status" 0 "the agent ends"
agent_start
web_start
arrives json 27
ok $? "and arrives after a restart of both"
is "$(web all json id | sort | uniq -d)" "" "nothing came twice"
end "$agent"

# --- Without an agent ------------------------------------------------------------

once() {
	"$CTAILD" -c "$conf" --libexec "$builddir" --once 2>>"$dir/agent.log"
}

once_takes() {
	once
	posts 28 json
}

end "$web_pid"
write "json: for cron"
once
is "$?" 75 "--once ends with 75 when something has to wait"
web_start
until_true 10 once_takes
ok $? "and a later one delivers it"
write "json: and another"
once
posts 29 json
ok $? "--once delivers what it finds"
end "$web_pid"
finish
