# activation.t: ctaild reaches its workers through sockets, where somebody
# else starts one for each connection; and what the units say.
#
# systemd-socket-activate stands in for the socket units: like them it listens,
# accepts, and starts the program with the connection as input and output.
# The users and the sandbox of the units are not tried here.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/e2e.sh"

units() { # units DIR: as configure would install them, for this build
	mkdir "$1"
	for template in "$srcdir"/etc/systemd/*.in; do
		case $have_journal:$template in
		no:*ctail-journal*) continue ;;	# its program is not built
		esac
		sed -e "s|@sbindir@|$builddir|g" \
		    -e "s|@pkglibexecdir@|$builddir|g" \
		    -e "s|@sysconfdir@|/etc|g" "$template" \
		    >"$1/$(basename "$template" .in)"
	done
}

sentence="systemd finds nothing wrong in the units"
if command -v systemd-analyze >/dev/null; then
	units "$dir/units"
	is "$(systemd-analyze verify --man=no --recursive-errors=no \
	    "$dir"/units/*.service "$dir"/units/*.socket 2>&1)" "" "$sentence"
else
	skip "$sentence" "systemd-analyze is not installed"
fi
unlike "$(cat "$srcdir"/etc/systemd/*.in | sed 's/@sbindir@//g
    s/@pkglibexecdir@//g; s/@sysconfdir@//g')" '@[a-z_]+@' \
    "configure fills in every path of the units"

sentence="deliveries through sockets"
if ! command -v systemd-socket-activate >/dev/null; then
	skip "$sentence" "systemd-socket-activate is not installed"
	finish
fi
tls_make
with_mail=$(mail_servers | head -n 1)
if [ -n "$with_mail" ]; then
	mail_prepare "$with_mail"
	mail_start "$with_mail"
fi
if web_here; then
	web_prepare
	web_start
fi

# The command notes who started the worker that started it.
cat >"$dir/command" <<END
#!/bin/sh
cat >$dir/got
ps -o ppid= -p \$PPID >$dir/starter
END
chmod 755 "$dir/command"

rule() { # rule NAME: lines that begin so go to the sink of that name
	printf '[rule %s]\nlog = app\nmatch = ^%s: \nthrottle = none\n' "$1" "$1"
	printf 'sink = %s\n\n' "$1"
}

{
	cat <<-END
	[agent]
	state_dir = $state
	sink = run

	[log app]
	path = $log
	start = start

	[exec run]
	command = $dir/command

	END
	rule run
	if [ -n "$with_mail" ]; then
		(umask 077 && echo s3cret >"$dir/password")
		rule mail
		cat <<-END
		[smtp mail]
		url = smtp://localhost:$smtp_port
		user = alert
		password_file = $dir/password
		ca_file = $tls/ca.pem
		from = ctail@test.invalid
		to = authonly@test.invalid

		END
	fi
	if web_here; then
		rule hook
		cat <<-END
		[webhook hook]
		url = https://localhost:$https_port/hook
		ca_file = $tls/ca.pem
		END
	fi
} >"$conf"
: >"$log"

activate() { # activate SOCKET PROGRAM
	systemd-socket-activate --accept --inetd --listen="$1" \
	    "$2" -c "$conf" --accepted "$state/accepted.ini" \
	    2>>"$dir/activate.log" &
	activated=$!
	mine "$activated"
	until_true 10 test -S "$1"
}

delivered() { # delivered SINK
	until_true 15 ended "$1" && attempts "$1" | grep -q 'delivered $'
}

failing() { # failing SINK: passes when status has something to say about it
	ctl status | tr -s '\n ' ' ' | grep "$1 .*failures* in a row.*[.]sock"
}

# Nothing but the sockets can lead to a worker.
libexec=$dir/nowhere
agent_start --send-socket "$dir/send.sock" --exec-socket "$dir/exec.sock"
write "run: before there is a socket"
until_true 10 failing run
ok $? "without its socket a sink waits, and status says so"
activate "$dir/exec.sock" "$CTAIL_EXEC"
delivered run
ok $? "a command is run through the socket of ctail-exec"
like "$(cat "$dir/got")" '"lines":\["run: before there is a socket"\]' \
    "with the alert"
is "$(tr -d ' ' <"$dir/starter")" "$activated" \
    "by a worker that ctaild did not start"

activate "$dir/send.sock" "$CTAIL_SEND"
if [ -n "$with_mail" ]; then
	write "mail: through a socket"
	delivered mail && until_true 10 mails 1
	is "$(mail ids)" "<$(ids mail)@$host>" \
	    "mail is sent through the socket of ctail-send"
	like "$(mail header Received)" "with esmtpsa" "with TLS and a login"
else
	skip "mail through the socket" "neither Exim nor aiosmtpd is here"
fi
if web_here; then
	write "hook: through a socket"
	delivered hook
	is "$(web all hook id)" "$(ids hook)" "and so is a webhook"
else
	skip "a webhook through the socket" "nginx is not here"
fi

# A worker that is gone in the middle, as when its unit is stopped.
end "$activated"
rm "$dir/send.sock"
for sink in mail hook; do
	grep -q "^\[rule $sink\]" "$conf" || continue
	write "$sink: while the socket is gone"
	until_true 10 failing "$sink"
done
activate "$dir/send.sock" "$CTAIL_SEND"
for sink in mail hook; do
	grep -q "^\[rule $sink\]" "$conf" || continue
	delivered "$sink"
	ok $? "a socket that was gone and is back delivers ($sink)"
done
end "$agent"
is "$status" 0 "the agent ends cleanly"

# --- The same, however the worker was started -------------------------------
# Every kind of sink, once with workers that ctaild starts and once through the
# sockets: the outcomes are the same, word for word.

same_conf() { # same_conf: a sink of each kind and end, fed by its own rule
	cat <<-END
	[agent]
	state_dir = $state
	sink = exec-done

	[log app]
	path = $log
	start = start

	[exec exec-done]
	command = $dir/says
	arg = 0
	[exec exec-failed]
	command = $dir/says
	arg = 3
	[exec exec-missing]
	command = $dir/missing
	[sendmail sendmail-done]
	command = $dir/mailer
	to = root
	[sendmail sendmail-failed]
	command = $dir/refuses
	to = root, a@test.invalid
	[syslog syslog-done]
	url = unix:$dir/syslog.sock
	[syslog syslog-refused]
	url = udp://127.0.0.1:9
	[syslog syslog-shut]
	url = tcp://127.0.0.1:9
	[alertmanager alertmanager-shut]
	url = http://127.0.0.1:9
	[webhook webhook-shut]
	url = https://127.0.0.1:9/
	[webhook webhook-secret]
	url_file = $dir/secret
	[smtp smtp-shut]
	url = smtps://127.0.0.1:9
	from = ctail@test.invalid
	to = root@test.invalid
	END
	if web_here; then
		cat <<-END
		[webhook webhook-done]
		url = https://localhost:$https_port/hook
		ca_file = $tls/ca.pem
		[webhook webhook-untrusted]
		url = https://localhost:$https_port/hook
		ca_file = $tls/other.pem
		[webhook webhook-fault]
		url = http://127.0.0.1:$http_port/fault
		[webhook webhook-refused]
		url = http://127.0.0.1:$http_port/refuses
		[alertmanager alertmanager-answered]
		url = http://127.0.0.1:$http_port
		END
	fi
	if [ -n "$with_mail" ]; then
		cat <<-END
		[smtp smtp-done]
		url = smtp://localhost:$smtp_port
		user = alert
		password_file = $dir/password
		ca_file = $tls/ca.pem
		from = ctail@test.invalid
		to = authonly@test.invalid
		[smtp smtp-refused]
		url = smtp://localhost:$smtp_port
		ca_file = $tls/ca.pem
		from = ctail@test.invalid
		to = nouser@test.invalid
		END
	fi
}

# What the server calls a mail is its own and new each time; so is how long
# libcurl took.
own='s/id=[^ ]*/id=/; s/[(]pid.*//; s/after [0-9]* ms/after N ms/'
same_outcomes() { # same_outcomes ARGUMENT...: of an agent started so
	: >"$log"
	agent_start "$@"
	for sink in $sinks; do
		echo "$sink: again" >>"$log"
	done
	for sink in $sinks; do
		until_true 20 tried "$sink"
		echo "$sink: $(attempts "$sink" | cut -d' ' -f1):" \
		    "$(answer "$sink" | sed "$own")"
	done
	end "$agent"
	rm -rf "$state"
}

printf '#!/bin/sh\ncat >/dev/null\necho so it says\nexit "$1"\n' >"$dir/says"
printf '#!/bin/sh\ncat >/dev/null\n' >"$dir/mailer"
printf '#!/bin/sh\necho no such user >&2\nexit 1\n' >"$dir/refuses"
chmod 755 "$dir/says" "$dir/mailer" "$dir/refuses"
(umask 077 && echo https://127.0.0.1:9/s3cret-path >"$dir/secret")
if web_here; then
	touch "$web/on/fault" "$web/on/refuses"
fi
"$python" -c 'import socket, sys, time
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
while True:
    s.recv(4096)' "$dir/syslog.sock" &
mine $!
until_true 10 test -S "$dir/syslog.sock"

kept_conf=$conf
kept_state=$state
kept_log=$log
log=$dir/same.log
conf=$dir/same.ini
state=$dir/same
same_conf >"$conf"
sinks=$(sed -n 's/^\[\([a-z]*\) \(\1-[a-z]*\)\]$/\2/p' "$conf")
for sink in $sinks; do
	rule "$sink"
done >"$dir/rules"
cat "$dir/rules" >>"$conf"
libexec=$builddir
same_outcomes >"$dir/started"
systemd_activate() { # systemd_activate SOCKET PROGRAM
	systemd-socket-activate --accept --inetd --listen="$1" \
	    "$2" -c "$conf" --accepted "$state/accepted.ini" \
	    2>>"$dir/activate.log" &
	mine $!
	until_true 10 test -S "$1"
}
systemd_activate "$dir/same-send.sock" "$CTAIL_SEND"
systemd_activate "$dir/same-exec.sock" "$CTAIL_EXEC"
libexec=$dir/nowhere
same_outcomes --send-socket "$dir/same-send.sock" \
    --exec-socket "$dir/same-exec.sock" >"$dir/activated"
is "$(cat "$dir/activated")" "$(cat "$dir/started")" \
    "started directly and through sockets every sink does and says the same"
is "$(cut -d: -f1 "$dir/started" | sed 's/-.*//' | sort -u | tr '\n' ' ')" \
    "alertmanager exec sendmail smtp syslog webhook " "every kind is among them"
like "$(cat "$dir/started")" '^exec-done: delivered: done by .*: so it says$' \
    "a command's words are told"
like "$(cat "$dir/started")" '^exec-failed: retry: .*status 3: so it says$' \
    "also when it fails"
like "$(cat "$dir/started")" '^syslog-done: delivered: ' \
    "a confined ctail-send reaches a socket of this machine"
unlike "$(cat "$dir/started" "$dir/activated")" 's3cret-path|: :' \
    "no secret is told, and no outcome missing"
conf=$kept_conf
state=$kept_state
log=$kept_log

# What was written meanwhile is in a packed file only.  (The journal's socket
# has its case in tests/cli/journal.t.)
sentence="a packed generation is read through the socket of ctail-unpack"
if ! "$CTAIL_UNPACK" --version | grep -qw gzip ||
    ! command -v gzip >/dev/null; then
	skip "$sentence" "there is no gzip, here or in ctail-unpack"
	finish
fi
systemd-socket-activate --accept --inetd --listen="$dir/unpack.sock" \
    "$CTAIL_UNPACK" 2>>"$dir/activate.log" &
mine $!
until_true 10 test -S "$dir/unpack.sock"
echo "run: from a packed file" >>"$log"
gzip -c "$log" >"$log.1.gz"
echo "nobody waits for this" >"$log.new"
mv "$log.new" "$log"
rm -f "$dir/got"
agent_start --send-socket "$dir/send.sock" --exec-socket "$dir/exec.sock" \
    --unpack-socket "$dir/unpack.sock"
from_packed() {
	grep -q '"lines":\["run: from a packed file"\]' "$dir/got"
}
until_true 15 from_packed
ok $? "$sentence"
unlike "$(ctl status)" ' gap' "and nothing is missing"
end "$agent"
finish
