# webhook.t: alerts reach a real web server, byte by byte, and whatever it
# answers leads to what it should.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/e2e.sh"

web_here || skip_all "nginx is not here"
tls_make
tls_client
web_prepare
mkdir "$dir/resent"
"$python" "$lib/resent.py" "$dir/resent" &
mine $!
until_true 10 test -s "$dir/resent/port"
old_key=whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX
new_key_2=whsec_$(openssl rand -base64 32)
statuses="401 402 403 405 408 410 413 422 425 502 503 504 507"
http=http://127.0.0.1:$http_port
(umask 077 && echo "$http/secret-path-0815?token=4711" >"$dir/url" &&
    echo "Bearer hush-hush" >"$dir/authorization" &&
    echo "$new_key_2 $old_key" >"$dir/whsec" &&
    echo "t0ken-hush" >"$dir/token")

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
	hook pinned "https://localhost:$https_port/pinned" \
	    "ca_file = $tls/ca.pem" "tls_pin = $(tls_pin "$tls/srv.pem")"
	hook pin-wrong "https://localhost:$https_port/pin-wrong" \
	    "ca_file = $tls/ca.pem" "tls_pin = $(tls_pin "$tls/ca.pem")"
	hook mutual "https://localhost:$mtls_port/mutual" \
	    "ca_file = $tls/ca.pem" "cert_file = $tls/cli.pem" \
	    "key_file = $tls/cli.key" "tls_min = 1.3"
	hook nobody "https://localhost:$mtls_port/nobody" \
	    "ca_file = $tls/ca.pem"
	hook no-file "https://localhost:$mtls_port/no-file" \
	    "ca_file = $tls/ca.pem" "cert_file = $dir/missing.pem"
	hook signed "$http/signed" "sign = standard-webhooks" \
	    "sign_secret_file = $dir/whsec"
	hook hub "$http/hub" "sign = github" "sign_secret = some words" \
	    "template = {\"t\": \"\${what}\"}"
	hook bot "$http/bot" "preset = telegram" "chat_id = -100"
	hook gotify "$http/gotify" "preset = gotify" "token_file = $dir/token"
	hook resent "http://127.0.0.1:$(cat "$dir/resent/port")/"
	hook slow "$http/slow" "timeout = 2s"
	hook large "$http/large" | sed '/^\[rule/a context = 5 before'
	for code in $statuses; do
		hook "s$code" "$http/s$code"
	done
} | sed '/^url = .*invalid$/a preset = slack' >>"$conf"
: >"$log"
like "$(ctl check 2>&1)" "is good: logs: 1, rules: 43, sinks: 43" \
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
	    "$(ids "$1" | sort)" ]
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

write "pinned: to the key we know"
arrives pinned 1
ok $? "a server with the public key of tls_pin is fine"
write "pin-wrong: never to be seen"
until_true 10 tried pin-wrong
like "$(attempts pin-wrong): $(answer pin-wrong)" \
    "^config.*another public key than tls_pin says" \
    "another key waits for a person, though the certificate is trusted"
is "$(web count pin-wrong)" 0 "and is told nothing"
write "mutual: we know each other"
arrives mutual 1
ok $? "a server that wants a certificate and TLS 1.3 gets both"
write "nobody: has no certificate"
until_true 10 tried nobody
like "$(attempts nobody): $(answer nobody)" \
    "^config.*client certificate" \
    "without a certificate the alert waits for a person"
write "no-file: has none either"
until_true 10 tried no-file
like "$(attempts no-file): $(answer no-file)" "^config.*cert_file" \
    "so it does with one that cannot be read"

# --- Signatures ----------------------------------------------------------------

for name in signed hub; do
	write "$name: caf$(printf '\303\251') \" and \\ and \${id}"
	write "$name: and another"
	arrives "$name" 2
done
is "$("$python" "$lib/signed.py" "$web/requests" signed standard \
    "$new_key_2 $old_key")" "" \
    "each message is signed with both keys, as Standard Webhooks wants it"
one_id signed
ok $? "and has the alert's id"
is "$("$python" "$lib/signed.py" "$web/requests" hub github "some words")" "" \
    "GitHub's signature is over the bytes that were sent"
printf '%s\n' "$old_key" >"$dir/whsec"
write "signed: with another key"
arrives signed 3
is "$("$python" "$lib/signed.py" "$web/requests" signed standard \
    "$old_key" | wc -l)" 2 "a new key is read for the next alert"
: >"$dir/whsec"
write "signed: without a key"
until_true 10 waits_for signed
like "$(answer signed)" "sign_secret is empty" \
    "without a key nothing is sent"
is "$(web count signed)" 3 "not even once"

# --- Secrets ------------------------------------------------------------------

write "secret: to a hidden place"
until_true 10 ended secret
is "$(web all secret-path-0815 authorization) $(web all secret-path-0815 env)" \
    "Bearer hush-hush prod" "url_file, authorization_file and header work"
write "gotify: with a token"
arrives gotify 1
is "$(web all gotify gotify)" "t0ken-hush" \
    "a preset's token stands in its header"
# An id may hold any digits.
unlike "$({ cat "$dir/agent.log"; ctl status; ctl alerts -n 99; ctl show; } |
    sed -E 's/[0-9a-f]{12,40}//g')" \
    '0815|4711|hush|some words|AAECAwQF' "and are repeated nowhere"

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

answers invalid retry 'but not as preset slack says yes \(200\)'
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

# row STATUS CLASS: what is left of it as long as the answer is on
row() {
	: >"$web/on/s$1"
	write "s$1: will you take it?"
	until_true 10 tried "s$1"
	like "$(attempts "s$1")" "^($2 )+$" "$1 counts as $2"
	like "$(answer "s$1")" "127\.0\.0\.1 .*\($1\): no, s$1$" \
	    "and says what the server said ($1)"
}

row 401 config
row 402 refused
row 403 config
row 405 config
row 408 retry
row 410 gone
row 413 refused
row 422 refused
row 425 retry
row 502 retry
row 503 retry
row 504 retry
row 507 retry
is "$(web count s410)" 1 "what is gone is not asked again"
is "$(web count s413)" 1 "what cannot be shorter is not sent again"

for number in 1 2 3; do
	write "$(head -c 1000 /dev/zero | tr '\0' x) $number"
done
write "large: with what stood before"
until_true 10 ended large
is "$(attempts large)" "delivered " "what is too large is sent shorter at once"
is "$(web count large 413) $(web count large 200)" "1 1" "and is taken then"
one_id large
ok $? "with the same id"

# --- Servers that hang -----------------------------------------------------------

: >"$web/on/slow"
write "slow: one byte a second"
write "json: is not kept waiting"
until_true 15 tried slow
like "$(attempts slow): $(answer slow)" "^doubt .*did not answer in time" \
    "an answer that never ends is bounded by timeout"
like "$(ctl status)" "json " "and costs nobody else anything"
rm "$web/on/slow"

# --- What libcurl sends again -----------------------------------------------------

printf 'resent: %s\n' first second >>"$log"
until_true 10 ended resent
is "$(attempts resent)" "delivered delivered " \
    "a connection that dies unanswered is made anew in the same attempt"
is "$(cat "$dir/resent/ids")" "$(ids resent | sed -n '1p; 2p; 2p')" \
    "and the request comes again with the same id"

# --- Retry-After ---------------------------------------------------------------

# waits NAME SECONDS SENTENCE: the sink's wait is stored, up to 3 s longer
waits() {
	: >"$web/on/$1"
	write "$1: will you take it?"
	until_true 10 tried "$1"
	is "$(query "SELECT CAST(CAST(value AS TEXT) AS INTEGER) - at_ms
	    BETWEEN $2 * 1000 AND ($2 + 3) * 1000
	    FROM meta, outbox JOIN attempt ON outbox = id
	    WHERE name = 'sink $1' AND sink = '$1'")" 1 \
	    "$3"
}

waits later 30 "429 with Retry-After: 30 waits 30 s"
like "$(ctl status)" "later .*waiting until" "status shows that the sink waits"
waits never 3600 "a date in 2099 counts as an hour"
waits told 41.5 "without the header, retry_after in the body counts"
waits bot 27 "where the service has it"
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
arrives json 28
ok $? "and arrives after a restart of both"
is "$(web all json id | sort | uniq -d)" "" "nothing came twice"
end "$agent"

# --- Without an agent ------------------------------------------------------------

once() {
	"$CTAILD" -c "$conf" --libexec "$builddir" --once 2>>"$dir/agent.log"
}

once_takes() {
	once
	posts 29 json
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
posts 30 json
ok $? "--once delivers what it finds"
end "$web_pid"
finish
