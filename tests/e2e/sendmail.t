# sendmail.t: what ctaild has done on this machine: [sendmail] through a
# mailer, [exec] through a command, [file] by itself.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/e2e.sh"

# A mailer and a command that keep what they got in $dir/got/N.*, and end
# with the status in $dir/status.
got=$dir/got
mkdir "$got"
cat >"$dir/mailer" <<END
#!/bin/sh
n=\$(ls $got | grep -c '[.]argv\$')
printf '%s\n' "\$0" "\$@" >$got/\$n.argv
env >$got/\$n.env
cat >$got/\$n.in
[ ! -e $dir/status ] || exit "\$(cat $dir/status)"
END
cp "$dir/mailer" "$dir/command"
cat >"$dir/sleeper" <<END
#!/bin/sh
[ ! -e $dir/awake ] || exit 0
sleep 300 &
echo \$! >$dir/sleeping
echo \$\$ >$dir/sleeper-pid
wait
END
cat >"$dir/leaver" <<END
#!/bin/sh
sleep 300 >/dev/null 2>&1 &
echo \$! >$dir/left
echo done
END
chmod 755 "$dir/mailer" "$dir/command" "$dir/sleeper" "$dir/leaver"

rule() { # rule NAME: lines that begin so go to the sink of that name
	printf '\n[rule %s]\nlog = app\nmatch = ^%s: (?<what>.*)$\n' "$1" "$1"
	printf 'throttle = none\nsink = %s\n' "$1"
}

# Postfix's sendmail(1) and the postdrop(1) that it starts, on a queue of their
# own.  Where Postfix is unpacked only, its libraries lie beside it.
postfix=$dir/postfix
postfix_prepare() {
	for postfix_root in "$CTAIL_PEERS/root" ""; do
		[ -x "$postfix_root/usr/sbin/postdrop" ] && break
	done
	[ -x "$postfix_root/usr/sbin/postdrop" ] || return 1
	mkdir -p "$postfix/conf" "$postfix/data" "$postfix/bin" \
	    "$postfix/queue/maildrop" "$postfix/queue/public"
	for postfix_name in sendmail postdrop postcat; do
		cat >"$postfix/bin/$postfix_name" <<-END
		#!/bin/sh
		LD_LIBRARY_PATH=$postfix_root/usr/lib/postfix
		MAIL_CONFIG=$postfix/conf
		export LD_LIBRARY_PATH MAIL_CONFIG
		exec $postfix_root/usr/sbin/$postfix_name "\$@"
		END
	done
	chmod 755 "$postfix/bin"/*
	cat >"$postfix/conf/main.cf" <<-END
	compatibility_level = 3.6
	queue_directory = $postfix/queue
	data_directory = $postfix/data
	command_directory = $postfix/bin
	mail_owner = daemon
	setgid_group = mail
	myhostname = mx.test.invalid
	END
	: >"$postfix/conf/master.cf"
	echo probe | "$postfix/bin/sendmail" -f ctail@test.invalid -- root \
	    >>"$postfix/log" 2>&1 || return 1
	rm -f "$postfix/queue/maildrop"/*
}
postfix_prepare
postfix_here=$?

case $(mail_servers) in
*exim*)
	tls_make
	mail_prepare exim
	exim_prepare
	;;
esac

{
	cat <<-END
	[agent]
	state_dir = $state
	sink = mail

	[log app]
	path = $log
	start = start

	[sendmail mail]
	command = $dir/mailer
	from = ctail@test.invalid
	to = root, ops@test.invalid

	[exec run]
	command = $dir/command
	arg = --what
	      \${what}
	      x\${what|trunc:3}
	      [\${nothing}]

	[exec dash]
	command = $dir/command
	arg = -v
	      \${what}

	[exec dashes]
	command = $dir/command
	arg = \${what}
	arg_dash = yes

	[exec slow]
	command = $dir/sleeper
	timeout = 1s

	[exec leave]
	command = $dir/leaver

	[exec absent]
	command = $dir/nothing

	[file out]
	path = $dir/later/out.jsonl
	END
	for name in mail dash dashes slow leave absent out; do
		rule "$name"
	done
	# shellcheck disable=SC2016
	rule run | sed 's/^match = .*/match = ^run: (?<what>.*?)(?<nothing>@@@)?$/'
	[ ! -d "${mta:-/nonexistent}" ] || cat <<-END

	[sendmail exim]
	command = $mta/sendmail
	from = ctail@test.invalid
	to = root, ops@test.invalid
	END
	[ ! -d "${mta:-/nonexistent}" ] || rule exim
	[ "$postfix_here" -ne 0 ] || cat <<-END

	[sendmail postfix]
	command = $postfix/bin/sendmail
	from = ctail@test.invalid
	to = root@test.invalid, ops@test.invalid
	END
	[ "$postfix_here" -ne 0 ] || rule postfix
} >"$conf"
: >"$log"
like "$(ctl check 2>&1)" "is good" "the configuration is accepted"
CTAIL_TEST_INHERITED=yes
export CTAIL_TEST_INHERITED
agent_start

delivered() { # delivered SINK
	until_true 10 ended "$1" && [ "$(attempts "$1")" = "delivered " ]
}

says_out() {
	ctl status | tr -s '\n ' ' ' | grep 'out *\[file\].*failures* in a row.*later'
}

json() { # json FILE KEY...: of the JSON in it
	"$python" - "$@" <<'END'
import json, sys
value = json.load(open(sys.argv[1], "rb"))
for key in sys.argv[2:]:
    value = value[int(key) if isinstance(value, list) else key]
print(value)
END
}

forget() {
	rm -f "$got"/*
}

# --- [sendmail] ----------------------------------------------------------------

text='mail: caf=C3 From here . =?utf-8?q?x?= end'
write "$text"
delivered mail
ok $? "a mailer takes the alert"
is "$(cat "$got/0.argv")" "$dir/mailer
-oi
-f
ctail@test.invalid
--
root
ops@test.invalid" "the mailer's arguments: options, --, recipients"
ok "$(grep -c "$(printf '\r')" "$got/0.in")" "its message has LF line ends"
id=$(ids mail)
is "$(sed '/^Content-Type: text.html/,$d; /^Date: /s/: .*/: DATE/; /^ =?/d
    /^First   /s/ [0-9].*/ TIME/; /^Last    /s/ [0-9].*/ TIME/; /^Subject: =?utf-8?B?/s/: .*/: ENCODED/
    /^exclude /s/=3D .*/=3D HINT/' "$got/0.in")" "Date: DATE
From: ctail@test.invalid
To: root, ops@test.invalid
Subject: ENCODED
Message-ID: <$id@$host>
References: <$(query "SELECT incident FROM alert WHERE id = '$id'")@$host>
Auto-Submitted: auto-generated
X-Ctail-Rule: mail
X-Ctail-Id: $id
MIME-Version: 1.0
Content-Type: multipart/alternative;
 boundary=\"=_ctail-$id\"

--=_ctail-$id
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

WARNING: mail on $host: mail: caf=3DC3 From here . =3D?utf-8?q?x?=3D end

mail: caf=3DC3 From here . =3D?utf-8?q?x?=3D end

Rule    mail
Host    $host
File    $log
Offset  0
Count   1
First   TIME
Last    TIME
Id      $id

To hear of lines like this no more, add to [rule mail]:
exclude =3D HINT

To hear nothing of it for a while, run:
ctailctl -c $conf silence mail 8h

--=_ctail-$id" "the message, byte by byte up to its HTML"
like "$(sed '1,/^Content-Type: text.html/d' "$got/0.in" | tr -d '\n')" \
    "<!DOCTYPE html>.*</html>--=_ctail-$id--\$" "then its HTML and the end"
is "$(grep -c CTAIL_TEST "$got/0.env")" 0 \
    "the mailer inherits nothing of the environment"

forget
echo 75 >"$dir/status"
write "mail: later, please"
until_true 10 waits_for mail
rm "$dir/status"
until_true 15 ended mail
like "$(attempts mail)" "^delivered (retry )+delivered $" \
    "exit status 75 is tried again until it is 0"
is "$(cat "$got"/*.in | grep -c "^Message-ID: <$(ids mail | tail -n 1)@")" \
    "$(find "$got" -name '*.in' | grep -c .)" "each time with the same id"

if [ -d "${mta:-/nonexistent}" ]; then
	write "exim: through a real mailer"
	delivered exim
	until_true 10 mails 2
	is "$(mail ids | sort -u)" "<$(ids exim)@$host>" \
	    "Exim as sendmail delivers it, with its id"
	is "$(mail header Subject)" \
	    "exim on $host: exim: through a real mailer" "and its subject"
	like "$(mail header Return-path)" "ctail@test.invalid" \
	    "and its sender"
	is "$(mail defects)" "" "and a strict parser has nothing to say"
else
	skip "Exim as sendmail delivers it" "exim is not here"
fi

if [ "$postfix_here" -eq 0 ]; then
	write "postfix: . From here =?utf-8?q?x?= $(printf '\r.\r\303\251')"
	delivered postfix
	ok $? "Postfix's sendmail takes it"
	is "$(find "$postfix/queue/maildrop" -type f | grep -c .)" 1 \
	    "as one message in its maildrop"
	find "$postfix/queue/maildrop" -type f \
	    -exec "$postfix/bin/postcat" -e {} \; >"$postfix/envelope"
	is "$(sed -n 's/^sender: //p; s/^recipient: //p' "$postfix/envelope" |
	    tr '\n' ' ')" "ctail@test.invalid root@test.invalid ops@test.invalid " \
	    "with the sender and recipients of the section, no other"
	{
		echo "From ctail Thu Jan  1 00:00:00 1970"
		find "$postfix/queue/maildrop" -type f \
		    -exec "$postfix/bin/postcat" -hb {} \;
	} >"$postfix/mbox"
	is "$("$python" "$lib/mail.py" "$postfix/mbox" ids)" \
	    "<$(ids postfix)@$host>" "with its id"
	is "$("$python" "$lib/mail.py" "$postfix/mbox" defects)" "" \
	    "whole, and without a defect"
	like "$(tail -n 1 "$postfix/mbox")" "^--=_ctail-$(ids postfix)--\$" \
	    "up to its last line"
else
	skip "Postfix's sendmail takes it" \
	    "Postfix is not here, or does not run as this user"
fi

# --- [exec] ----------------------------------------------------------------------

forget
# shellcheck disable=SC2016
what='$(touch pwned) `touch pwned`; "x" '"'y'"' & | * ? %s \\n ${id}'
write "run: $what"
delivered run
ok $? "a command takes the alert"
is "$(cat "$got/0.argv")" "$dir/command
--what
$what
x$(printf %.3s "$what")
[]" "its arguments: log text whole, unset captures empty, no shell"
is "$(ls pwned "$dir/pwned" /pwned 2>/dev/null)" "" "nothing in it was run"
is "$(grep '^CTAIL_' "$got/0.env" | LC_ALL=C sort)" "CTAIL_ID=$(ids run)
CTAIL_KEY=
CTAIL_RULE=run
CTAIL_SEVERITY=warning
CTAIL_SUBJECT=run on $host: run: $what
CTAIL_VAR_0=run: $what
CTAIL_VAR_1=$what
CTAIL_VAR_2=
CTAIL_VAR_NOTHING=
CTAIL_VAR_WHAT=$what" "its environment: the alert and nothing inherited"
is "$(json "$got/0.in" lines 0)" "run: $what" "its input: the alert as JSON"
is "$(json "$got/0.in" id) $(json "$got/0.in" captures what)" \
    "$(ids run) $what" "with the id and the captures"

forget
write "dash: -rf"
until_true 10 ended dash
is "$(attempts dash)" "refused " "an argument from the log may be no option"
like "$(answer dash)" "arg 2.*begin with a dash.*arg_dash" "and it says so"
ok "$(find "$got" -name '*.in' | grep -c .)" "nothing was run"
write "dashes: -rf"
delivered dashes
is "$(sed -n 2p "$got/0.argv")" "-rf" "arg_dash = yes lets it"

write "slow: take your time"
until_true 10 tried slow
like "$(attempts slow): $(answer slow)" "^doubt.*took longer than 1000 ms" \
    "a command that takes too long is ended"
until_true 10 gone "$(cat "$dir/sleeper-pid")" &&
    until_true 10 gone "$(cat "$dir/sleeping")"
ok $? "and all it started with it"
: >"$dir/awake"
until_true 20 ended slow
like "$(attempts slow)" "^(doubt )+delivered $" "it is tried again"

write "leave: and go"
delivered leave
ok $? "a command that ends is done, whatever it left running"
left=$(cat "$dir/left")
kill -0 "$left"
ok $? "and that is left alone"
kill "$left"

write "absent: is there nobody?"
until_true 10 tried absent
like "$(attempts absent): $(answer absent)" \
    "^config.*nothing: No such file" "a command that is missing is named"

# --- [file] ------------------------------------------------------------------------

write "out: into a file"
until_true 10 says_out
ok $? "a file in a directory that is missing waits, and status says why"
mkdir "$dir/later"
ctl retry --sink out >/dev/null
until_true 20 ended out
ok $? "and is written when it is there"
is "$(json "$dir/later/out.jsonl" id) $(json "$dir/later/out.jsonl" lines 0)" \
    "$(ids out) out: into a file" "one line of JSON with the alert"
is "$(wc -l <"$dir/later/out.jsonl" | tr -d ' ')" 1 "once"

end "$agent"
is "$status" 0 "the agent ends cleanly"
finish
