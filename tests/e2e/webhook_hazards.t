# webhook_hazards.t: what web servers and proxies without manners do to a webhook
# and to Alertmanager's sink.  The worker is spoken to as ctaild does.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/e2e.sh"

# shellcheck disable=SC2046
set -- $(free_ports 2)
port=$1 nobody_port=$2
"$python" "$lib/http_script.py" "$port" "$dir/heads" &
mine $!
until_true 10 listens "$port"
http=http://127.0.0.1:$port
path=T0001/verysecret

hook() { # hook NAME URL LINE...
	printf '[webhook %s]\nurl = %s\ntimeout = 2s\n' "$1" "$2"
	shift 2
	printf '%s\n' "$@"
	echo
}

nodes() { # nodes PATH: sixteen of them
	for node in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
		printf ' %s/%s/%s' "$http" "$1" "$node"
	done
}

configure() {
	printf '[agent]\nstate_dir = %s\nsink = big\n\n' "$state"
	for name in big bomb chunks hundreds hints headers header drops cut \
	    nonsense nolength empty file elsewhere negative huge past future; do
		hook "$name" "$http/$name"
	done
	hook echo "$http/echo/$path" "header = X-Key: topsecretkey" \
	    "authorization = Basic dXNlcjpwYXNzd29yZA=="
	hook proxied "https://localhost:1/$path" "proxy = $http"
	hook tunnel "https://localhost:1/$path" \
	    "proxy = socks5h://127.0.0.1:$nobody_port"
	hook bad-token "$http/big" "preset = gotify" \
	    "token_file = $dir/keys/token"
	hook bad-key "$http/big" "sign = standard-webhooks" \
	    "sign_secret_file = $dir/keys/token"
	printf '[alertmanager hung]\ntimeout = 2s\nurl =%s\n\n' "$(nodes drops)"
	printf '[alertmanager none]\ntimeout = 2s\nurl =%s\n\n' "$(nodes nowhere)" |
	    sed 's/ none/ nowhere/'
}

# ends NAME OUTCOME SENTENCE: bounded, and so
ends() {
	got=$(timeout 30 "$python" "$lib/send.py" "$CTAIL_SEND" "$conf" "$1" \
	    "test:the disk is on fire" 2>&1)
	is "$?" 0 "$3: it is over in time"
	like "$got" "^$2" "$3"
}

floods() {
	ends big "delivered 200" "an answer of 8 MB is success, and is not kept"
	ends bomb "refused 400" "what is packed is not unpacked"
	unlike "$(cat "$dir/heads")" "[Aa]ccept-[Ee]ncoding" "nor asked for"
	ends chunks "doubt 0 .*in time" "chunks for ever"
	ends hundreds "doubt 0" "100 Continue for ever"
	ends hints "doubt 0" "103 Early Hints for ever"
	ends headers "doubt 0" "headers for ever"
	ends header "doubt 0 .*(no HTTP|broke off|in time)" "a header without an end"
	ends drops "doubt 0 .*in time" "an answer that stops in the middle"
	ends cut "doubt 0 .*broke off" "an answer that is cut"
	ends empty "doubt 0 .*broke off" "no answer at all"
}

nonsense() {
	ends nonsense "doubt 0 .*no HTTP" "what speaks another protocol"
	like "$got" "^! .*another kind of server" "and what to do about it"
	ends nolength "(doubt|retry) 0" "a negative length"
	ends file "config 302 .*redirects, which is not followed" \
	    "a redirect to a file"
	ends elsewhere "config 307 .*to there.example$" "a redirect elsewhere"
	unlike "$got" "token" "of which only the host is told"
	for wait in negative huge past future; do
		ends "$wait" "retry 429" "Retry-After: $wait"
	done
}

secrets() {
	ends echo "refused 400 .*\\(400\\): \\(not shown" "an answer that is the request"
	like "$got" "^< \\(not shown: it repeats" "in its headers too"
	unlike "$got" "verysecret|topsecretkey|dXNlcjpwYXNz|password" \
	    "shows no path, header or password to anybody"
	mkdir "$dir/keys"
	(umask 077 && printf 'a\tb\303\244\n' >"$dir/keys/token")
	ends bad-token "config 0 .*control byte|config 0 .*printable" \
	    "a token that would break the header"
	(umask 077 && echo 'whsec_not!base64' >"$dir/keys/token")
	ends bad-key "config 0 .*not base64" "a key that is no base64"
	unlike "$got" "whsec_not" "and is not told"
}

proxies() {
	ends proxied "config 0 .*kept from us by the proxy.*407" \
	    "a proxy that refuses is no doubt"
	like "$got" "^! ask whoever runs the proxy" "and what to do about it"
	unlike "$got" "verysecret" "it is not told where to"
	ends tunnel "retry 0 .*cannot be reached" "a proxy that is not there"
}

clusters() {
	ends hung "doubt 0 .*none of 16 nodes took it" "sixteen nodes that hang"
	ends nowhere "config 404 .*none of 16 nodes" "sixteen wrong paths"
	like "$got" "^! compare url" "and what to do about it"
}

configure >"$conf"
like "$(ctl check 2>&1)" "is good" "the configuration is accepted"
floods
nonsense
secrets
proxies
clusters
finish
