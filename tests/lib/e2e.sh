# tests/lib/e2e.sh: an agent and real servers for the end-to-end tests.
#
# Sourced after env.sh.  Servers listen on 127.0.0.1 at ports that were free a
# moment ago; each is one process, whose id tap.sh ends at the latest.
lib=$srcdir/tests/lib
# The system's Python: it is the one that sees Debian's modules.
python=/usr/bin/python3
[ -x "$python" ] || python=python3

# Servers may run as somebody else, and have to get to their directories.
chmod 711 "$dir"
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
log=$dir/app.log
conf=$dir/ctail.ini
state=$dir/state
host=$(uname -n)

free_ports() { # free_ports COUNT: as many numbers
	"$python" - "$1" <<'END'
import socket, sys
sockets = [socket.socket() for _ in range(int(sys.argv[1]))]
for s in sockets:
    s.bind(("127.0.0.1", 0))
print(*[s.getsockname()[1] for s in sockets])
END
}

# Passes once something listens there.
listens() { # listens PORT
	"$python" -c 'import socket, sys
socket.create_connection(("127.0.0.1", int(sys.argv[1])), 2).close()' "$1"
}

# --- Certificates -----------------------------------------------------------

new_key="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"

authority() { # authority FILE: a certificate authority, FILE.pem and FILE.key
	# shellcheck disable=SC2086
	openssl req -x509 $new_key -days 30 -subj "/CN=test ${1##*/}" \
	    -keyout "$1.key" -out "$1.pem" \
	    -addext keyUsage=critical,keyCertSign 2>/dev/null
}

# tls_make: ca.pem signs srv.pem, which is for the name localhost and for no
# address; other.pem signs nothing.
tls_make() {
	tls=$dir/tls
	mkdir "$tls"
	authority "$tls/ca"
	authority "$tls/other"
	# shellcheck disable=SC2086
	openssl req $new_key -subj /CN=localhost -keyout "$tls/srv.key" \
	    -out "$tls/srv.csr" 2>/dev/null
	echo subjectAltName=DNS:localhost >"$tls/names"
	openssl x509 -req -in "$tls/srv.csr" -CA "$tls/ca.pem" \
	    -CAkey "$tls/ca.key" -CAcreateserial -days 30 \
	    -extfile "$tls/names" -out "$tls/srv.pem" 2>/dev/null
	chmod 644 "$tls/srv.key"
}

# tls_client: cli.pem and cli.key, a client that ca.pem vouches for.
tls_client() {
	# shellcheck disable=SC2086
	openssl req $new_key -subj /CN=ctail -keyout "$tls/cli.key" \
	    -out "$tls/cli.csr" 2>/dev/null
	openssl x509 -req -in "$tls/cli.csr" -CA "$tls/ca.pem" \
	    -CAkey "$tls/ca.key" -CAcreateserial -days 30 \
	    -out "$tls/cli.pem" 2>/dev/null
}

tls_pin() { # tls_pin FILE: what tls_pin says of that certificate's key
	openssl x509 -in "$1" -pubkey -noout |
	    openssl pkey -pubin -outform der |
	    openssl dgst -sha256 -binary | openssl base64 |
	    sed 's|^|sha256//|'
}

# --- Mail servers -----------------------------------------------------------
# Both do the same: STARTTLS at $smtp_port, TLS at $smtps_port, the user alert
# with the password s3cret.  Recipients: nouser@ is refused, authonly@ needs a
# login, grey@ waits while $mta/grey is there; $mta/notls and $mta/noauth take
# the offers back, and with $mta/badtls Exim fails at STARTTLS.  What is taken lies in $mta/mbox, with Return-path and
# Envelope-to; "esmtpsa" in Received means TLS and a login.

mail_servers() { # the ones that can run here
	if command -v exim4 >/dev/null && nss_wrapper >/dev/null; then
		echo exim
	fi
	if "$python" -c 'import aiosmtpd.controller' 2>/dev/null; then
		echo aiosmtpd
	fi
}

nss_wrapper() {
	for wrapper_file in /usr/lib/*/libnss_wrapper.so \
	    /usr/lib/libnss_wrapper.so \
	    "$CTAIL_PEERS"/root/usr/lib/*/libnss_wrapper.so; do
		[ -e "$wrapper_file" ] && echo "$wrapper_file" && return
	done
	return 1
}

mail_prepare() { # mail_prepare NAME: a directory and ports for one server
	mta=$dir/$1
	mkdir "$mta"
	# shellcheck disable=SC2046
	set -- $(free_ports 2)
	smtp_port=$1
	smtps_port=$2
}

mail_start() { # mail_start exim|aiosmtpd
	"$1_start"
	mine "$mail_pid"
	until_true 10 listens "$smtp_port"
}

aiosmtpd_start() {
	"$python" "$lib/smtpd.py" "$mta" "$tls" "$smtp_port" "$smtps_port" \
	    >>"$mta/log" 2>&1 &
	mail_pid=$!
}

# Exim runs as whoever we are; as nobody when that is root, who may not
# deliver.  A copy of the program has no set-user-id bit, which would drop
# the wrapper that makes it an ordinary user's Exim.
exim_prepare() {
	exim=$mta/exim4
	[ -e "$exim" ] && return
	cp -L "$(command -v exim4)" "$exim"
	chmod 755 "$exim"
	exim_uid=$(id -u)
	exim_gid=$(id -g)
	if [ "$exim_uid" -eq 0 ]; then
		exim_uid=65534
		exim_gid=65534
		chown "$exim_uid" "$mta"
	fi
	{
		grep -v ^Debian-exim: /etc/passwd
		echo "Debian-exim:x:$exim_uid:$exim_gid::/nonexistent:/bin/false"
	} >"$mta/nss.passwd"
	{
		grep -v ^Debian-exim: /etc/group
		echo "Debian-exim:x:$exim_gid:"
	} >"$mta/nss.group"
	exim_conf >"$mta/exim.conf"
	cat >"$mta/sendmail" <<-END
	#!/bin/sh
	LD_PRELOAD=$(nss_wrapper)
	LD_LIBRARY_PATH=$CTAIL_PEERS/root/usr/lib/$(uname -m)-linux-gnu
	NSS_WRAPPER_PASSWD=$mta/nss.passwd
	NSS_WRAPPER_GROUP=$mta/nss.group
	export LD_PRELOAD LD_LIBRARY_PATH NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP
	exec $python $lib/as_user.py $exim_uid $exim_gid \
	    $exim -C $mta/exim.conf "\$@"
	END
	chmod 755 "$mta/sendmail"
}

exim_start() {
	exim_prepare
	"$mta/sendmail" -bdf >>"$mta/log" 2>&1 &
	mail_pid=$!
}

exim_conf() {
	cat <<-END
	keep_environment = LD_PRELOAD : LD_LIBRARY_PATH : ^NSS_WRAPPER_
	exim_path = $exim
	primary_hostname = localhost
	spool_directory = $mta/spool
	log_file_path = $mta/%slog
	pid_file_path = $mta/pid
	local_interfaces = <; [127.0.0.1]:$smtp_port ; [127.0.0.1]:$smtps_port
	daemon_smtp_ports = $smtp_port : $smtps_port
	tls_on_connect_ports = $smtps_port
	tls_advertise_hosts = \${if exists{$mta/notls}{}{*}}
	tls_certificate = \${if exists{$mta/badtls}{/}{$tls/srv.pem}}
	tls_privatekey = $tls/srv.key
	qualify_domain = test.invalid
	acl_smtp_rcpt = acl_rcpt
	acl_not_smtp = acl_accept
	begin acl
	acl_accept:
	  accept
	acl_rcpt:
	  defer  local_parts = grey
	         condition = \${if exists{$mta/grey}}
	         message = 4.2.0 greylisted, try later
	  deny   local_parts = nouser
	         message = 5.1.1 no such user
	  deny   local_parts = authonly
	        !authenticated = *
	         message = 5.7.0 authentication required
	  accept domains = test.invalid
	  deny   message = relay not permitted
	begin routers
	all:
	  driver = accept
	  transport = mbox
	begin transports
	mbox:
	  driver = appendfile
	  file = $mta/mbox
	  user = Debian-exim
	  group = Debian-exim
	  mode = 0644
	  no_mode_fail_narrower
	  return_path_add
	  envelope_to_add
	begin authenticators
	plain:
	  driver = plaintext
	  public_name = PLAIN
	  server_prompts = :
	  server_condition = \${if and{{eq{\$auth2}{alert}}{eq{\$auth3}{s3cret}}}}
	  server_set_id = \$auth2
	  server_advertise_condition = \
	      \${if and{{def:tls_in_cipher}{!exists{$mta/noauth}}}}
	END
}

mail() { # mail COMMAND [ARGUMENT...]: asks the mailbox; see mail.py
	"$python" "$lib/mail.py" "$mta/mbox" "$@"
}

mails() { # mails COUNT [TEXT]: passes when so many are there
	[ "$(mail count ${2+"$2"})" -eq "$1" ]
}

# --- A web server ------------------------------------------------------------
# nginx at $http_port and, with TLS, at $https_port.  What /NAME answers is in
# web_answers; a file in $web/on turns an answer on.  Every request is a line
# of JSON in $web/requests; see web.py.

web_here() {
	command -v nginx >/dev/null && [ -n "$(nginx -v 2>&1)" ]
}

web_prepare() {
	web=$dir/web
	mkdir "$web" "$web/on"
	# shellcheck disable=SC2046
	set -- $(free_ports 4)
	# TLS 1.3 only, and for clients with a certificate of ca.pem.
	mtls_port=$4
	http_port=$1
	https_port=$2
	# nginx tells a body in its log only when it passes the body on.
	web_inner=$3
	web_conf >"$web/nginx.conf"
}

web_start() {
	# shellcheck disable=SC2094
	nginx -e "$web/log" -c "$web/nginx.conf" >>"$web/log" 2>&1 &
	web_pid=$!
	mine "$web_pid"
	until_true 10 listens "$http_port"
}

web_conf() {
	cat <<-END
	daemon off;
	master_process off;
	worker_processes 1;
	pid $web/pid;
	error_log $web/log warn;
	events { worker_connections 64; }
	http {
	client_body_temp_path $web/tmp;
	proxy_temp_path $web/tmp;
	fastcgi_temp_path $web/tmp;
	uwsgi_temp_path $web/tmp;
	scgi_temp_path $web/tmp;
	client_body_buffer_size 1m;
	keepalive_timeout 5s;
	lingering_close off;
	log_format request escape=json '{"name":"\$uri","status":\$status,'
	    '"time":\$msec,"https":"\$https","type":"\$content_type",'
	    '"method":"\$request_method","id":"\$http_webhook_id",'
	    '"key":"\$http_idempotency_key","env":"\$http_x_env",'
	    '"authorization":"\$http_authorization",'
	    '"expect":"\$http_expect","timestamp":"\$http_webhook_timestamp",'
	    '"signature":"\$http_webhook_signature",'
	    '"hub":"\$http_x_hub_signature_256",'
	    '"gotify":"\$http_x_gotify_key","body":"\$request_body"}';
	default_type text/plain;
	access_log off;
	server {
	    listen 127.0.0.1:$web_inner;
	    location / { return 200 "ok"; }
	    $(web_answers)
	}
	server {
	    listen 127.0.0.1:$http_port;
	    listen 127.0.0.1:$https_port ssl;
	    ssl_certificate $tls/srv.pem;
	    ssl_certificate_key $tls/srv.key;
	    access_log $web/requests request;
	    location / { proxy_pass http://127.0.0.1:$web_inner; }
	    location = /drop {
	        if (-f $web/on/drop) { return 444; }
	        proxy_pass http://127.0.0.1:$web_inner;
	    }
	    location = /large {
	        client_max_body_size 2k;
	        lingering_close always;
	        proxy_pass http://127.0.0.1:$web_inner;
	    }
	    location = /slow {
	        limit_rate 1;
	        proxy_pass http://127.0.0.1:$web_inner;
	    }
	}
	server {
	    listen 127.0.0.1:$mtls_port ssl;
	    ssl_certificate $tls/srv.pem;
	    ssl_certificate_key $tls/srv.key;
	    ssl_protocols TLSv1.3;
	    ssl_client_certificate $tls/ca.pem;
	    ssl_verify_client on;
	    access_log $web/requests request;
	    location / { proxy_pass http://127.0.0.1:$web_inner; }
	}
	}
	END
}

# web_answer NAME DIRECTIVE...: /NAME answers so while $web/on/NAME is there.
web_answer() {
	web_name=$1
	shift
	printf 'location = /%s { if (-f %s/on/%s) { %s } return 200 "ok"; }\n' \
	    "$web_name" "$web" "$web_name" "$*"
}

web_answers() {
	web_answer invalid 'return 200 "invalid_token";'
	web_answer fault 'return 500 "out of order";'
	web_answer refuses 'return 400 "no such field";'
	web_answer unknown 'return 404 "not here";'
	web_answer moved "return 307 http://127.0.0.1:$http_port/stolen;"
	web_answer busy 'add_header Retry-After 2 always; return 429;'
	web_answer later 'add_header Retry-After 30 always; return 429;'
	web_answer never \
	    'add_header Retry-After "Sun, 22 Nov 2099 00:00:00 GMT" always;' \
	    'return 503;'
	web_answer told "return 429 '{\"retry_after\": 41.5}';"
	web_answer bot \
	    "return 429 '{\"ok\":false,\"parameters\":{\"retry_after\":27}}';"
	web_answer slow 'return 200 "so slow that nobody waits for its end";'
	for web_status in 401 402 403 405 408 410 413 422 425 502 503 504 507; do
		web_answer "s$web_status" "return $web_status \"no, s$web_status\";"
	done
}

web() { # web COMMAND [ARGUMENT...]: asks the requests; see web.py
	"$python" "$lib/web.py" "$web/requests" "$@"
}

posts() { # posts COUNT NAME: passes when so many came, however answered
	[ "$(web count "$2")" -eq "$1" ]
}

# --- The agent --------------------------------------------------------------

# agent_start [ARGUMENT...]: nothing can be tested when it does not start.
agent_start() {
	"$CTAILD" -c "$conf" --libexec "${libexec:-$builddir}" "$@" \
	    2>>"$dir/agent.log" &
	agent=$!
	mine "$agent"
	until_true 10 agent_answers && return
	ok 1 "the agent starts"
	finish
}

# Asked only when it listens: else ctailctl would open the state itself.
agent_answers() {
	"$python" -c 'import socket, sys
socket.socket(socket.AF_UNIX).connect(sys.argv[1])' "$state/control.sock" &&
	    ctl status | grep -q "process $agent,"
}

agent_kill() {
	kill -KILL "$agent"
	wait "$agent" 2>/dev/null
}

ctl() {
	"$CTAILCTL" -c "$conf" --libexec "${libexec:-$builddir}" "$@"
}

query() { # query SQL: rows of the agent's database, fields separated by |
	"$python" "$lib/query.py" "$state/ctail.db" "$1"
}

# attempts SINK: how they ended, in their order
attempts() {
	query "SELECT outcome FROM attempt JOIN outbox ON id = outbox
	    WHERE sink = '$1' ORDER BY attempt.rowid" | tr '\n' ' '
}

answer() { # answer SINK: the last one
	query "SELECT last_answer FROM outbox WHERE sink = '$1'
	    ORDER BY id DESC LIMIT 1"
}

tried() { # tried SINK: passes after the first attempt
	[ -n "$(attempts "$1")" ]
}

waits_for() { # waits_for SINK: passes when something there was tried in vain
	ctl alerts --due --sink "$1" | grep 'attempts: [1-9]'
}

ended() { # ended SINK: passes when nothing waits there and something did
	[ "$(query "SELECT count(*), sum(state = 0) FROM outbox
	    WHERE sink = '$1'" | sed 's/^0|.*/none/; s/.*|//')" = 0 ]
}

ids() { # ids SINK: of its alerts, in their order
	query "SELECT alert.id FROM outbox JOIN alert ON n = alert
	    WHERE sink = '$1' ORDER BY outbox.id"
}

write() { # write LINE: to the log that is watched
	printf '%s\n' "$1" >>"$log"
}

# offset_of LINE: of the last such line in the log
offset_of() {
	grep -aFxbe "$1" "$log" | tail -n 1 | cut -d: -f1
}

# Passes when the process is gone, or waits to be reaped by somebody else.
gone() { # gone PID
	! kill -0 "$1" 2>/dev/null ||
	    [ "$(ps -o stat= -p "$1" 2>/dev/null | cut -c1)" = Z ]
}

# explain: what the agent and its servers said, for a failed test.
explain() {
	for explain_file in "$dir/agent.log" "$dir"/*/log "$dir"/*/mainlog; do
		[ -s "$explain_file" ] || continue
		echo "# $explain_file:"
		tail -n 40 "$explain_file" | sed 's/^/#   /'
	done
}

finish() {
	unlike "$(cat "$dir"/*.log 2>/dev/null)" 'Sanitizer|runtime error|BUG' \
	    "no program complained about itself"
	[ "$tap_failed" -eq 0 ] || explain
	tap_done
}
