# smtp_hazards.t: what mail servers and libcurl do to mail, each hazard by its
# name (the measured ones of delivery.md 1.2 and the outcomes of 1.4), against a
# server that does as told.  The worker is spoken to as ctaild does.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/e2e.sh"

tls_make
secret=hunter2horse
mkdir "$dir/keys"
(umask 077 && echo "$secret" >"$dir/keys/password")
mta=$dir/mx
mkdir "$mta"
# shellcheck disable=SC2046
set -- $(free_ports 3)
port=$1 tls_port=$2 nobody_port=$3
"$python" "$lib/smtp_script.py" "$mta" "$tls" "$port" "$tls_port" \
    >>"$mta/log" 2>&1 &
mine $!
until_true 10 listens "$tls_port"

pin_of() { # pin_of CERTIFICATE
	openssl x509 -in "$1" -pubkey -noout |
	    openssl pkey -pubin -outform der | openssl dgst -sha256 -binary |
	    "$python" -c 'import base64, sys
print("sha256//" + base64.b64encode(sys.stdin.buffer.read()).decode())'
}

sink() { # sink NAME URL LINE...
	printf '[smtp %s]\nurl = %s\nfrom = ctail@test.invalid\n' "$1" "$2"
	printf 'helo = agent.test\ntimeout = 5s\n'
	shift 2
	printf '%s\n' "$@"
	echo
}

one="to = a@test.invalid"
three="to = a@test.invalid, b@test.invalid, c@test.invalid"
eight=$three,d@test.invalid,e@test.invalid,f@test.invalid
eight=$eight,g@test.invalid,h@test.invalid
ca="ca_file = $tls/ca.pem"
login="user = alert
password_file = $dir/keys/password"
cat >"$dir/helper" <<END
#!/bin/sh
echo run >>$dir/helped
cat $dir/keys/password
END
chmod 755 "$dir/helper"

configure() {
	printf '[agent]\nstate_dir = %s\nsink = clear\n\n' "$state"
	sink clear "smtp://localhost:$port" "tls = off" "$one"
	sink three "smtp://localhost:$port" "tls = off" "$three"
	sink eight "smtp://localhost:$port" "tls = off" "$eight"
	sink brief-tls "smtp://localhost:$port" "$one" "$ca" "$login" |
	    sed 's/^timeout.*/timeout = 1s/'
	sink brief "smtp://localhost:$port" "tls = off" "$three" |
	    sed 's/^timeout.*/timeout = 1s/'
	sink patient "smtp://localhost:$port" "tls = off" "$one" |
	    sed 's/^timeout.*/timeout = 10m/'
	sink starttls "smtp://localhost:$port" "$one" "$ca" "$login"
	sink anyone "smtp://localhost:$port" "$one" "$ca"
	sink smtps "smtps://localhost:$tls_port" "$one" "$ca" "$login"
	sink untrusted "smtp://localhost:$port" "$one" \
	    "ca_file = $tls/other.pem"
	sink consent "smtp://localhost:$port" "tls = off" "$one" "$login" \
	    "allow_cleartext = yes"
	sink asked "smtp://localhost:$port" "$one" "$ca" "user = alert" \
	    "password_command = $dir/helper"
	sink certified "smtps://localhost:$tls_port" "$one" "$ca" \
	    "cert_file = $tls/srv.pem" "key_file = $tls/srv.key"
	sink uncertified "smtps://localhost:$tls_port" "$one" "$ca"
	sink strange-key "smtps://localhost:$tls_port" "$one" "$ca" \
	    "cert_file = $tls/srv.pem" "key_file = $tls/ca.key"
	sink pinned "smtps://localhost:$tls_port" "$one" "$ca" \
	    "tls_pin = $(pin_of "$tls/ca.pem");$(pin_of "$tls/srv.pem")"
	sink mispinned "smtps://localhost:$tls_port" "$one" "$ca" \
	    "tls_pin = $(pin_of "$tls/ca.pem")"
	sink local "smtp://mx.test" "socket = $mta/socket" "tls = off" "$one"
	sink local-tls "smtp://localhost" "socket = $mta/socket" "$one" "$ca"
	sink nobody "smtp://localhost:$nobody_port" "tls = off" "$one"
	sink nohost "smtp://no-such-host.invalid" "$one"
	printf '[webhook hook]\nurl = http://127.0.0.1:%s/services/%s/x\n' \
	    "$nobody_port" "$secret"
	printf 'authorization = Bearer %s\n\n' "$secret"
	printf '[exec command]\ncommand = /bin/echo\narg = spoken\n\n'
	printf '[file kept]\npath = %s\n' "$dir/kept.jsonl"
}

script() { # script LINE...: what the server does differently from now on
	printf '%s\n' "password $secret" "$@" >"$mta/script"
	rm -f "$mta/mails" "$mta/mbox" "$mta/talk"
	: >"$mta/talk"
}

send() { # send SINK STEP...: one run; see send.py
	got=$("$python" "$lib/send.py" "$CTAIL_SEND" "$conf" "$@" 2>&1)
	echo "$got" >>"$dir/runs.log"
}

kept() { # kept EXPRESSION: of every mail m that was taken
	"$python" -c 'import json, os, re, sys
path, expression = sys.argv[1:]
for line in open(path) if os.path.exists(path) else ():
    m = json.loads(line)
    print(eval(expression))' "$mta/mails" "$1"
}

# ends SENTENCE SINK OUTCOME LINE...: the only alert ends so, by such a script
ends() {
	ends_sentence=$1 ends_sink=$2 ends_outcome=$3
	shift 3
	script "$@"
	send "$ends_sink" "the disk is on fire"
	like "$got" "^$ends_outcome" "$ends_sentence"
}

nothing_was_taken() { # nothing_was_taken SENTENCE
	is "$(kept 'm["to"]')" "" "$1"
}

# --- Outcomes (1.4) -----------------------------------------------------------

outcomes_of_commands() {
	ends "success is the 250 behind the message" clear \
	    "delivered 250 alert - - taken by localhost: 2.0.0 kept"
	ends "MAIL 4xx is tried again" clear \
	    "retry 451 sink .*sender was not taken now: 451 4.3.0 not now" \
	    "mail 451 4.3.0 not now"
	ends "MAIL 5xx is for good" clear "refused 550 alert .*550 who" \
	    "mail 550 who"
	ends "RCPT 4xx is tried again, and holds nothing else up" clear \
	    "retry 450 alert .*a@test.invalid \(450 grey\)" \
	    "rcpt a@test.invalid 450 grey"
	ends "RCPT 5xx is for good" clear \
	    "refused 550 alert .*a@test.invalid \(550 no such user\)" \
	    "rcpt a@test.invalid 550 no such user"
	ends "RCPT 452: no room holds the sink up" clear \
	    "retry 452 sink .*no room.*452 full" \
	    "rcpt a@test.invalid 452 full"
	ends "DATA 4xx is tried again" clear "retry 451 alert .*451 not now" \
	    "data 451 not now"
	ends "DATA 5xx is for good" clear "refused 554 alert .*554 no" \
	    "data 554 no"
	nothing_was_taken "and none of these was taken"
}

outcomes_of_messages() {
	ends "end of data 4xx is tried again" clear \
	    "retry 451 alert .*message was not taken now: 451 later" \
	    "dot 451 later"
	ends "end of data 5xx is for good" clear \
	    "refused 554 alert .*message was refused: 554 spam" \
	    "dot 554 spam"
	ends "end of data 421 holds the sink up" clear \
	    "retry 421 sink .*421 closing" "dot 421 closing"
	ends "end of data 452 holds the sink up" clear \
	    "retry 452 sink .*452 full" "dot 452 full"
	ends "greeting 421 is tried again" clear "retry 421 sink .*421 busy" \
	    "greeting 421 busy"
	ends "greeting 450 is tried again" clear "retry 450 sink .*450 busy" \
	    "greeting 450 busy"
	ends "greeting 500 waits for a person" clear \
	    "config 500 sink .*refuses us: 500 you" "greeting 500 you"
	ends "250 instead of 354 is no success" clear \
	    "retry 0 sink .*not sent" "data 250 no need"
	ends "of a reply of several lines the last one counts" clear \
	    "refused 550 alert .*550 no" \
	    'rcpt a@test.invalid 250-fine\n550 no'
	ends "a greeting of several lines is one" clear "delivered 250" \
	    'greeting 220-hello\n220-there\n220 mx'
}

outcomes_of_logins() {
	ends "a wrong password waits for a person" starttls \
	    "config 535 sink .*refused the user or the password \(535\)$" \
	    "auth 535 5.7.8 $secret is wrong"
	unlike "$got" "$secret" "and what the server says to it is not told"
	ends "a login that cannot be checked now is tried again" starttls \
	    "retry 454 sink .*cannot check the login now" \
	    "auth 454 4.7.0 wait"
	ends "a mechanism that is not offered waits for a person" starttls \
	    "config 250 sink .*no way to log in" "auths X-NONE"
	ends "530 waits for a person" anyone \
	    "config 530 sink .*wants a login or TLS first" needauth
}

outcomes_in_doubt() {
	ends "drop after the dot is in doubt" clear \
	    "doubt 0 sink - - .*while the message was handed over" "dot drop"
	is "$(kept 'm["to"]')" "['a@test.invalid']" \
	    "for it may have been taken"
	send clear "the disk is on fire"
	is "$(kept 're.search("(?i)message-id: (.*?)\r", m["data"])[1]' |
	    sort -u | wc -l)" 1 \
	    "and the next attempt carries the same Message-ID"
	ends "a slow end of data is in doubt" brief \
	    "doubt 0 sink - - .*no answer in time to the message" "dot hang"
	ends "drop at RCPT was not sent" clear \
	    "retry 0 sink .*the connection broke" "rcpt a@test.invalid drop"
	ends "a slow RCPT was not sent" brief \
	    "retry 0 sink .*no answer in time" "rcpt b@test.invalid hang"
	ends "a greeting that never comes is tried again" brief \
	    "retry 0 sink .*no answer in time" "greeting hang"
	nothing_was_taken "and nothing was taken there"
}

outcomes_of_connections() {
	ends "an untrusted authority waits for a person" untrusted \
	    "config 0 sink .*not trusted"
	ends "no STARTTLS waits for a person, never in clear" anyone \
	    "config 0 sink .*STARTTLS, and nothing is sent in clear" \
	    nostarttls
	unlike "$(cat "$mta/talk")" "MAIL" "and no sender was named"
	ends "STARTTLS that fails for now is tried again" anyone \
	    "retry 454 sink .*no TLS for now: 454" "starttls 454 wait"
	ends "a port where nobody listens is tried again" nobody \
	    "retry 0 sink .*cannot be reached"
	ends "a host without an address is tried again" nohost \
	    "retry 0 sink .*not found"
}

# --- Hazards (1.2) ------------------------------------------------------------

injection() {
	script
	send clear "$(printf 'fire\r\nBcc: x@test.invalid\r\n\r\n.\r\nMAIL')"
	like "$got" "^delivered" "CRLF in log text: it is sent"
	is "$(kept 'm["to"]')" "['a@test.invalid']" \
	    "CRLF in log text: to nobody else"
	is "$(mail header Bcc)" "" "CRLF in log text: as no header"
	is "$(mail defects)" "" "CRLF in log text: and the mail parses"
	is "$(grep -c MAIL "$mta/talk")" 1 "CRLF in log text: as no command"
	number=1
	for bad in 'a@b>\r\nRCPT TO:<x@y' 'a@b c' 'a@b>' '<a@b>,-oQ' \
	    'a\r\n@b'; do
		sed "0,/^to = a@test.invalid/s//to = $bad/" "$conf" \
		    >"$dir/bad.ini"
		"$CTAILCTL" -c "$dir/bad.ini" check >/dev/null 2>&1
		is "$?" 78 "CRLF in MAIL or RCPT: bad address $number is refused"
		number=$((number + 1))
	done
}

clear_and_tls() {
	script
	send clear one
	send anyone two
	is "$(kept 'm["tls"]')" "False
True" "USE_SSL=ALL never uses a connection that was made in clear"
}

unauthenticated() {
	ends "credentials set but AUTH not offered: nothing is sent" starttls \
	    "config [0-9]+ sink .*log in" noauth
	ends "the same without TLS and by consent" consent \
	    "config [0-9]+ sink .*log in" noauth
	nothing_was_taken "no mail went unauthenticated"
}

injected_replies() {
	ends "replies injected before TLS: nothing is sent" starttls \
	    "retry 0 sink " 'starttls 220 go\n250-mx\n250 AUTH PLAIN'
	unlike "$(cat "$mta/talk")" "AUTH|MAIL" \
	    "replies injected before TLS: none of them is believed"
	nothing_was_taken "replies injected before TLS: nor is it taken"
}

repeated_secrets() {
	ends "a reply that repeats the password is not told" starttls \
	    "retry 451 alert .*451 \(not shown: it repeats a secret\)$" \
	    "dot 451 is it $secret then"
	ends "nor one that repeats it in base64" starttls \
	    "refused 550 alert .*a@test.invalid \(550 \(not shown" \
	    "rcpt a@test.invalid 550 $(printf '\0alert\0%s' "$secret" | base64)"
}

floods() {
	for of in "ehlo lines" "ehlo line" "rcpt a@test.invalid lines" \
	    "dot line"; do
		script "$of"
		timeout 60 "$python" "$lib/send.py" "$CTAIL_SEND" "$conf" \
		    clear one >"$dir/flood" 2>&1
		is "$?" 0 "a server that says far too much holds nobody ($of)"
		like "$(cat "$dir/flood")" "^(delivered 250|retry|doubt)" \
		    "and the mail has an outcome"
	done
}

hangs() {
	for stage in greeting ehlo starttls auth mail "rcpt a@test.invalid" \
	    data dot quit; do
		script "$stage hang"
		timeout 20 "$python" "$lib/send.py" "$CTAIL_SEND" "$conf" \
		    brief-tls one >"$dir/hang" 2>&1
		is "$?" 0 "a server that hangs at $stage ends with the timeout"
		like "$(cat "$dir/hang")" "^(retry|doubt|delivered)" \
		    "and the mail has an outcome"
	done
}

slow_farewell() {
	script "quit hang"
	timeout 60 "$python" "$lib/send.py" "$CTAIL_SEND" "$conf" patient one \
	    >"$dir/farewell" 2>&1
	is "$?" 0 "QUIT without an answer does not hold for the sink's timeout"
	like "$(cat "$dir/farewell")" "^delivered" "and the mail was sent"
}

stale_reuse() {
	script "rcpt a@test.invalid once 550 no" "dot once 451 no"
	send clear one two three
	is "$(echo "$got" | cut -d' ' -f1 | paste -sd' ')" \
	    "refused retry delivered" "what went wrong with one mail is not left to the next"
	is "$(kept 'm["to"]')" "['a@test.invalid']
['a@test.invalid']" "nor are its recipients"

	script "dot once close"
	send clear one two three
	is "$(echo "$got" | grep -c ^delivered)" 3 \
	    "stale reuse: a peer that closed after 250 costs nothing"
	is "$(kept 'm["connection"]' | sort -u | wc -l)" 2 \
	    "stale reuse: one new connection is made, and kept"
	is "$(kept 'm["to"]' | wc -l)" 3 "stale reuse: nothing is sent twice"

	script
	send clear one "run:echo 'mail once 421 had enough' >>'$mta/script'" two
	is "$(echo "$got" | grep -c ^delivered)" 2 \
	    "stale reuse: nor does 421 to a connection that served its share"
	is "$(kept 'm["to"]' | wc -l)" 2 "stale reuse: once each"
}

layout() {
	script
	send clear . ".hidden" "$(printf 'caf\303\251 \377\001 =?utf-8?q?x?=')"
	is "$(kept 're.search(r"(?<!\r)\n", m["data"]) is None')" "True
True
True" "bare LF: every line ends with CRLF"
	is "$(kept 'm["data"].isascii()')" "True
True
True" "the mail is 7-bit clean, whatever the line holds"
	is "$(mail count)" 3 "a lone dot ends no mail"
	is "$(mail defects)" "" "and Python's parser has nothing to say"
	like "$(mail body .hidden)" '^\.hidden$' "a leading dot is kept"
}

proxies() {
	script
	got=$(ALL_PROXY=http://127.0.0.1:1 "$python" "$lib/send.py" \
	    "$CTAIL_SEND" "$conf" clear one 2>&1)
	like "$got" "^delivered" "ALL_PROXY does not hijack mail"
}

# --- Logins, keys, places -----------------------------------------------------

mechanisms() {
	for mechanism in PLAIN LOGIN CRAM-MD5; do
		ends "AUTH $mechanism works" starttls delivered \
		    "auths $mechanism"
		is "$(kept 'm["user"], m["tls"]')" "('alert', True)" \
		    "and it was in TLS ($mechanism)"
	done
	ends "EXTERNAL is not chosen where there is a password" starttls \
	    delivered "auths EXTERNAL PLAIN"
	like "$(cat "$mta/talk")" "AUTH PLAIN" "but PLAIN"
	ends "smtps works" smtps delivered
	ends "a server without PIPELINING works" starttls delivered \
	    nopipelining
}

rotation() {
	script
	send starttls one "run:umask 077; echo new >'$dir/keys/password.new'
	    mv '$dir/keys/password.new' '$dir/keys/password'
	    sed -i 's/^password.*/password new/' '$mta/script'" two
	is "$(echo "$got" | grep -c ^delivered)" 2 \
	    "a password that is rotated between two alerts of a run works"
	is "$(kept 'm["connection"]' | sort -u | wc -l)" 2 \
	    "the second logs in with the new one"

	echo "$secret" >"$dir/keys/password"
	rm -f "$dir/helped"
	script
	send asked one two three
	is "$(echo "$got" | grep -c ^delivered) $(grep -c . "$dir/helped")" \
	    "3 1" "password_command is run once per run"
	rm -f "$dir/helped"
	script "dot close"
	send asked one "run:echo new >'$dir/keys/password'
	    sed -i 's/^password.*/password new/' '$mta/script'" two
	is "$(echo "$got" | grep -c ^delivered) $(grep -c . "$dir/helped")" \
	    "2 2" "and once more when what it said was refused"
	script
	send starttls "run:chmod 644 '$dir/keys/password'" one
	like "$got" "^config 0 sink .*password_file.*chmod 6[04]0" \
	    "a mode that changes during a run is noticed"
	chmod 600 "$dir/keys/password"
	echo "$secret" >"$dir/keys/password"
}

certificates() {
	ends "a client certificate is shown where it is asked for" certified \
	    delivered needcert
	ends "without one such a server takes nothing" uncertified \
	    "retry 0 sink .*(certificate required|handshake failure)" needcert
	ends "a key that does not belong to it waits for a person" \
	    strange-key "config 0 sink .*cert_file or key_file"
	ends "one of two pins is enough" pinned delivered
	ends "another key than the pinned waits for a person" mispinned \
	    "config 0 sink .*not the one in tls_pin"
	ends "a socket of this machine works" local delivered
	like "$(cat "$mta/talk")" "EHLO agent.test" "with our name"
	ends "and with STARTTLS, checked by the name in url" local-tls \
	    delivered
	is "$(kept 'm["tls"]')" True "in TLS"
}

# --- Several recipients -------------------------------------------------------

several() {
	script "rcpt b@test.invalid 550 none" "rcpt c@test.invalid 451 grey"
	send three one "run:rm '$mta/script'" settled: one
	like "$got" "^retry 250 alert - [0-9a-f]{8},[0-9a-f]{8}! taken by .* for 1 of 3 recipients; not now: c@test.invalid \(451 grey\)" \
	    "one takes it, one is refused, one waits: that is settled"
	like "$got" "^delivered 250 alert partly - .*2 of 3 .*b@test.invalid" \
	    "then it is delivered, partly, and says to whom not"
	is "$(kept 'm["to"]')" "['a@test.invalid']
['c@test.invalid']" "nobody is sent it twice"

	script "rcpt b@test.invalid 450 b" "rcpt c@test.invalid 550 c" \
	    "rcpt e@test.invalid 421 e" "rcpt g@test.invalid 553 g"
	send eight one
	like "$got" "^retry 250 alert - ([0-9a-f]{8}!?,){5}[0-9a-f]{8}!? .* 4 of 8 .*b@test.invalid \(450 b\), e@test.invalid \(421 e\)$" \
	    "eight with all kinds of answers: each has its own outcome"
	is "$(kept '"".join(to[0] for to in m["to"])')" adfh \
	    "and who takes it is sent it"
	script "rcpt b@test.invalid 450 b" "rcpt c@test.invalid 550 c" \
	    "rcpt e@test.invalid 421 e" "rcpt f@test.invalid drop"
	send eight one
	like "$got" "^retry [0-9]+ sink - - " \
	    "a connection that drops among them settles nobody"
	nothing_was_taken "and nobody has it"

	script "rcpt a@test.invalid 550 x" "rcpt b@test.invalid 550 y" \
	    "rcpt c@test.invalid 551 z"
	send three one
	like "$got" "^refused 551 alert - - .*550 x.*550 y.*551 z" \
	    "all refused is refused, with the words for each"

	script "rcpt b@test.invalid 451 grey"
	send three one "run:printf 'dot drop\\n' >'$mta/script'" settled: one
	like "$got" "^doubt 0 sink - [0-9a-f]{8},[0-9a-f]{8} " \
	    "an answer that is lost settles nobody, and forgets nobody"
	script "rcpt a@test.invalid 421 x" "rcpt b@test.invalid 421 x" \
	    "rcpt c@test.invalid 550 x"
	send three one
	like "$got" "^retry 421 sink - - " "421 to somebody and no to the rest holds the sink up"
	script "dot 451 later" "rcpt a@test.invalid 550 none"
	send three one
	like "$got" "^retry 451 alert - [0-9a-f]{8}! " \
	    "a message that is not taken now leaves only who was not refused"
}

# --- send-test ----------------------------------------------------------------

test_of() { # test_of SINK: status and all that is said
	got=$(ctl --state-dir "$dir/fresh" send-test "$1" 2>&1)
	got="$? $got"
}

says() { # says ERE SENTENCE
	like "$got" "$1" "send-test: $2"
}

conversation() {
	script "auths LOGIN"
	test_of starttls
	says "^0 \* " "it begins with the connection"
	says "^\* SSL connection using TLS" "TLS is shown"
	says "^\* subject: CN=localhost" "the certificate is shown"
	says "^\* SSL certificate verify ok" "and whether it is trusted"
	says "^> AUTH LOGIN \(not shown\)" "of the login the mechanism"
	says "^< 235 2.7.0 \(not shown\)" "and its code"
	says "^> RCPT TO:<a@test.invalid>" "the recipients"
	says "^> \([0-9]+ bytes, not shown\)" "of the mail the size"
	says "^sink starttls: delivered: taken by localhost" "and the verdict"
	all=$got
	script "mail 250 hello $secret" "rcpt a@test.invalid 250 $(printf \
	    '\0alert\0%s' "$secret" | base64)" "dot 451 no $secret"
	test_of starttls
	says "^< \(not shown" "a reply that repeats it is withheld"
	all="$all $got"
	script "auth 535 5.7.8 $secret is wrong"
	test_of starttls
	says "^75 " "what is not delivered has its status"
	says "not delivered: .*refused the user or the password" "and its words"
	says "what to check: .*password" "and what to do"
	all="$all $got"
	for of in "nobody host and the port" "nohost name in url" \
	    "untrusted ca_file" "mispinned tls_pin" "anyone tls = off"; do
		script
		[ "${of%% *}" != anyone ] || script nostarttls
		test_of "${of%% *}"
		says "what to check: .*${of#* }" "what to do about ${of%% *}"
		all="$all $got"
	done
	test_of hook
	says "not delivered: .*127.0.0.1" "a webhook that nobody serves"
	all="$all $got"
	unlike "$all" "$secret|$(printf '\0alert\0%s' "$secret" | base64)" \
	    "send-test: no password, path or token is ever shown"
	unlike "$all" "$(printf %s "$secret" | base64)" \
	    "send-test: nor encoded"
	test_of command
	says "^< spoken" "what a command says is shown"
	says "sink command: delivered" "and that it ended well"
	test_of kept
	says "sink kept: delivered: .*$dir/kept.jsonl" "where a file's line is"
	chmod 644 "$dir/keys/password"
	test_of starttls
	says "^75 " "a sink that cannot be used is not waited for"
	says "not delivered: .*password_file.*chmod" "and says why"
	chmod 600 "$dir/keys/password"
}

configure >"$conf"
like "$(ctl check 2>&1)" "is good: .*sinks: 24" "the configuration is accepted"
outcomes_of_commands
outcomes_of_messages
outcomes_of_logins
outcomes_in_doubt
outcomes_of_connections
injection
clear_and_tls
unauthenticated
injected_replies
repeated_secrets
floods
hangs
slow_farewell
stale_reuse
layout
proxies
mechanisms
rotation
certificates
several
conversation
finish
