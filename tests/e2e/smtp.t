# smtp.t: alerts reach real mail servers, whole and only as they should.
#
# The same for every server that can run here: Exim, and aiosmtpd.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/e2e.sh"

tls_make
(umask 077 && echo s3cret >"$dir/password" && echo wrong >"$dir/wrong")
echo s3cret >"$dir/open"
chmod 644 "$dir/open"

sink() { # sink NAME SCHEME TO LINE...: an [smtp] and the rule for it
	case $2 in
	smtp) sink_port=$smtp_port ;;
	smtps) sink_port=$smtps_port ;;
	esac
	printf '\n[rule for-%s]\nlog = app\nmatch = ^%s: (?<what>.*)$\n' \
	    "$1" "$1"
	printf 'throttle = none\nsink = %s\n' "$1"
	printf '\n[smtp %s]\nurl = %s://localhost:%s\nuser = alert\n' \
	    "$1" "$2" "$sink_port"
	printf 'from = ctail@test.invalid\nto = %s\nhelo = agent.test\n' "$3"
	shift 3
	printf '%s\n' "$@"
}

configure() {
	cat <<-END
	[agent]
	state_dir = $state
	sink = starttls

	[log app]
	path = $log
	start = start

	[rule three]
	log = app
	match = ^three: (?<who>\S+)
	when = 3 in 10m
	key = \${who}
	throttle = none
	severity = critical
	sink = starttls
	subject = \${count} for \${who}
	END
	good="password_file = $dir/password"
	ca="ca_file = $tls/ca.pem"
	sink starttls smtp authonly@test.invalid "$good" "$ca"
	sink smtps smtps "authonly@test.invalid, ops@test.invalid" "$good" "$ca"
	sink grey smtp grey@test.invalid "$good" "$ca"
	sink nouser smtp nouser@test.invalid "$good" "$ca"
	sink untrusted smtp ops@test.invalid "$good" "ca_file = $tls/other.pem"
	sink untrusted-s smtps ops@test.invalid "$good" \
	    "ca_file = $tls/other.pem"
	sink misnamed smtp ops@test.invalid "$good" "$ca" |
	    sed 's/localhost/127.0.0.1/'
	sink openfile smtp ops@test.invalid "password_file = $dir/open" "$ca"
	sink refused smtp ops@test.invalid "password_file = $dir/wrong" "$ca"
	sink bare smtp ops@test.invalid "$good" "$ca"
	sink nologin smtp ops@test.invalid "$good" "$ca"
}

message_id() { # message_id SINK: of its last alert
	echo "<$(ids "$1" | tail -n 1)@$host>"
}

body_of() { # body_of TEXT: of that mail, without its times
	mail body "$1" | sed 's/^\(First\|Last\)    *[0-9].*/\1 TIME/'
}

# is_kept_back SINK CLASS ANSWER SENTENCE: tried, and nothing got through.
is_kept_back() {
	write "$1: never to be seen"
	until_true 10 tried "$1"
	like "$(attempts "$1")" "^$2 " "$server: $4"
	like "$(answer "$1")" "$3" "$server: and it says why ($1)"
}

server_comes_late() {
	write "starttls: the disk is on fire"
	until_true 10 tried starttls
	ok $? "$server: an alert is tried while the server is down"
	like "$(ctl alerts --due)" "attempts: [1-9].*cannot be reached" \
	    "$server: alerts shows that it waits, and the last answer"
	mail_start "$server"
	until_true 20 mails 1
	ok $? "$server: it arrives when the server is up"
	until_true 10 ended starttls
	like "$(attempts starttls)" "^(retry )+delivered $" \
	    "$server: every attempt is on record"
	is "$(mail ids)" "$(message_id starttls)" \
	    "$server: once, and its Message-ID is the alert's id"
}

message_is_exact() {
	text='starttls: the disk is on fire'
	is "$(body_of "$text")" "WARNING: for-starttls on $host: $text

$text

Rule    for-starttls
Host    $host
File    $log
Offset  $(offset_of "$text")
Count   1
First TIME
Last TIME
Id      $(ids starttls)

To hear of lines like this no more, add to [rule for-starttls]:
exclude = ^starttls: the disk is on fire\$

To hear nothing of it for a while, run:
ctailctl -c $conf silence for-starttls 8h" "$server: the body is exactly the alert"
	is "$(mail header From)" "ctail@test.invalid" "$server: From"
	is "$(mail header To)" "authonly@test.invalid" "$server: To"
	is "$(mail header Subject)" "for-starttls on $host: $text" \
	    "$server: Subject"
	like "$(mail header Date)" \
	    '^[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} [+-][0-9]{4}$' \
	    "$server: Date"
	is "$(mail header Auto-Submitted) $(mail header X-Ctail-Rule)" \
	    "auto-generated for-starttls" "$server: Auto-Submitted, the rule"
	is "$(mail header Return-path) $(mail header Envelope-to)" \
	    "<ctail@test.invalid> authonly@test.invalid" \
	    "$server: sender and recipient are the envelope's"
	like "$(mail header Received)" "agent\.test.* with esmtpsa" \
	    "$server: after STARTTLS and a login, under the name in helo"
	is "$(mail defects)" "" "$server: a strict parser has nothing to say"
}

several_lines_of_a_key() {
	for who in ann bob ann ann; do
		write "three: $who"
	done
	until_true 10 mails 1 "3 for ann"
	is "$(body_of "3 for ann")" "CRITICAL: 3 for ann

three: ann
three: ann
three: ann

Rule    three
Host    $host
File    $log
Offset  $(offset_of "three: ann")
Count   3
First TIME
Last TIME
Key     ann
Id      $(ids starttls | tail -n 1)

To hear of lines like this no more, add to [rule three]:
exclude = ^three: ann\$

To hear nothing of it for a while, run:
ctailctl -c $conf silence three key=ann 8h" \
	    "$server: N in T makes one mail with the lines, the count, the key"
}

# Encoded words forged in the log, other alphabets, bytes that are none, a
# lone dot, a line for mailboxes, a header injection; at both ends of TLS.
hostile_lines() {
	printf '%b\n' 'smtps: caf\0303\0251 =?utf-8?B?Zm9yZ2Vk?= "<b>" \0303\0344 \0033[31m end\r\r' >>"$log"
	until_true 10 mails 2 '[31m end'
	want=$(printf 'smtps: caf\303\251 =?utf-8?B?Zm9yZ2Vk?= "<b>" ')
	unlike "$(mail raw Subject '[31m end')" 'Zm9yZ2Vk' \
	    "$server: no encoded word of the log stands in the subject"
	is "$(mail header Subject '[31m end')" \
	    "$(printf 'for-smtps on %s: %s\357\277\275\357\277\275  [31m end' \
	    "$host" "$want")" \
	    "$server: the subject decodes to the line, cleaned"
	is "$(mail body '[31m end' | sed -n 3p)" \
	    "$(printf '%s\357\277\275\357\277\275 \\x1B[31m end\\x0D' "$want")" \
	    "$server: the body shows the line, its control bytes spelled out"
	is "$(mail ids '[31m end' | sort -u)" "$(message_id smtps)" \
	    "$server: two recipients get one mail"
	is "$(mail defects '[31m end')" "" "$server: and it parses"

	long=$(awk 'BEGIN { for (i = 0; i < 900; i++) printf "x." }')
	write "smtps: $long"
	until_true 10 mails 2 x.x.x
	like "$(mail body x.x.x | sed -n 3p)" '^smtps: (x\.)+.*more bytes\]$' \
	    "$server: a long line is cut, and says how much"
}

# The sink cannot be used at all, so no alert is tried.
open_password() {
	write "openfile: never to be seen"
	until_true 10 says_openfile
	like "$(ctl status | tr -s '\n ' ' ')" "openfile .*password_file .*/open .*chmod 6[04]0" \
	    "$server: a password that all may read is refused, with the remedy"
	like "$(ctl alerts --due)" "openfile .*never to be seen" \
	    "$server: the alert waits"
}

says_openfile() {
	ctl status | tr -s '\n ' ' ' | grep 'openfile .*password_file'
}

greylisting() {
	: >"$mta/grey"
	write "grey: please wait"
	until_true 10 tried grey
	like "$(attempts grey)" "^(retry )+$" "$server: 4xx is tried again"
	like "$(answer grey)" "45[01].*greylisted" \
	    "$server: with the server's words"
	rm "$mta/grey"
	until_true 20 mails 1 "please wait"
	is "$(mail ids "please wait")" "$(message_id grey)" \
	    "$server: and arrives once with its id when it is taken"
}

dead_letter() {
	write "nouser: into the void"
	until_true 10 ended nouser
	is "$(attempts nouser)" "refused " "$server: 5xx is not tried again"
	like "$(ctl alerts --dead)" "dead +nouser .*into the void" \
	    "$server: it is among the dead letters"
	like "$(ctl alerts --dead)" "550.*no such user" \
	    "$server: with the server's words"
	unlike "$(ctl alerts --due)" "into the void" \
	    "$server: and waits no more"
}

send_test() {
	tested=$(ctl send-test smtps 2>&1)
	is "$?" 0 "$server: send-test ends well"
	like "$tested" "^> AUTH [A-Z-]+ \(not shown\)" \
	    "$server: it shows the conversation, and of the login little"
	unlike "$tested" "s3cret|$(printf '\0alert\0s3cret' | base64)" \
	    "$server: nothing of the password"
	like "$tested" "^sink smtps: delivered: taken by localhost: " \
	    "$server: and says that it was taken"
	until_true 10 mails 2 "test of sink smtps"
	is "$(mail header Subject "test of sink")" \
	    "test of sink smtps on $host" "$server: and it arrives"
}

# A server that has no TLS for the moment is no server without TLS.
no_tls_now() {
	[ "$server" = exim ] || return
	: >"$mta/badtls"
	write "starttls: at a bad moment"
	until_true 10 waits_for starttls
	like "$(answer starttls)" "no TLS for now: 454" \
	    "$server: TLS that fails for the moment is tried again"
	rm "$mta/badtls"
	until_true 20 mails 1 "at a bad moment"
	is "$(mail ids "at a bad moment")" "$(message_id starttls)" \
	    "$server: and the mail arrives when it works"
	like "$(mail header Received "at a bad moment")" esmtpsa \
	    "$server: and not in clear"
}

never_without_trust() {
	is_kept_back untrusted config "not trusted" \
	    "STARTTLS with an unknown authority waits for a person"
	is_kept_back untrusted-s config "not trusted" \
	    "so does smtps"
	is_kept_back misnamed config "not trusted" \
	    "so does a certificate for another name"
	is_kept_back refused config "refused the user or the password" \
	    "so is a wrong password"
	: >"$mta/noauth"
	is_kept_back nologin config "log in" \
	    "nothing is sent where no login is offered"
	: >"$mta/notls"
	is_kept_back bare config "STARTTLS.*in clear" \
	    "nothing is sent where TLS is not offered"
	is "$(mail count "never to be seen")" 0 "$server: none of them arrived"
	unlike "$(cat "$dir/agent.log"; ctl status; ctl alerts -n 99)" s3cret \
	    "$server: the password is in no message"
}

run() { # run SERVER
	server=$1
	state=$dir/state-$server
	log=$dir/app-$server.log
	: >"$log"
	mail_prepare "$server"
	configure >"$conf"
	like "$(ctl check 2>&1)" "is good: logs: 1, rules: 12, sinks: 11" \
	    "$server: the configuration is accepted"
	agent_start
	server_comes_late
	message_is_exact
	several_lines_of_a_key
	hostile_lines
	greylisting
	dead_letter
	no_tls_now
	send_test
	open_password
	never_without_trust
	end "$agent"
	is "$status" 0 "$server: the agent ends cleanly"
	rm "$mta/notls" "$mta/noauth"
	ctl --state-dir "$dir/fresh-$server" send-test refused \
	    >"$dir/refused" 2>&1
	is "$?" 75 "$server: send-test fails where it has to, without an agent"
	like "$(cat "$dir/refused")" "not delivered: .*refused the user" \
	    "$server: and says why"
	end "$mail_pid"
}

for server in exim aiosmtpd; do
	case " $(mail_servers | tr '\n' ' ')" in
	*" $server "*) run "$server" ;;
	*) skip "mail through $server" "$server is not here" ;;
	esac
done
finish
