# alertmanager.t: alerts reach every node of an Alertmanager, stay alive there
# and end there; a node that fails costs the others nothing.  The nodes are
# stand-ins that can fail; a real Alertmanager judges at the end where there is
# one.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/e2e.sh"

node_start() { # node_start NAME [PREFIX]
	mkdir "$dir/$1"
	"$python" "$lib/alertmanager.py" serve "$dir/$1" "${2-}" &
	mine $!
	until_true 10 test -s "$dir/$1/port"
}

node() { # node COMMAND NAME [ARGUMENT...]
	node_command=$1 node_name=$2
	shift 2
	"$python" "$lib/alertmanager.py" "$node_command" "$dir/$node_name" "$@"
}

node_at() { # node_at NAME: its host and port
	echo "127.0.0.1:$(cat "$dir/$1/port")"
}

has() { # has COUNT NAME [KEY]: passes when that node took so many
	has_count=$1
	shift
	[ "$(node count "$@")" -eq "$has_count" ]
}

said() { # said ERE: passes when the last answer matches
	answer fleet | grep -Eq "$1"
}

node_start one
node_start two /am
url="http://$(node_at one) http://$(node_at two)/am/"

configure() { # configure URL...
	cat >"$conf" <<-END
	[agent]
	state_dir = $state
	sink = fleet

	[log app]
	path = $log
	start = start

	[rule knock]
	log = app
	match = ^knock: (?<what>.*)\$
	close = ^done: (?<what>.*)\$
	key = \${what}
	throttle = none
	subject = \${what}

	[rule gone]
	log = app
	match = ^gone: (?<what>.*)\$
	when = absent 26h

	[alertmanager fleet]
	url = $*
	label = env=prod team=caf$(printf '\303\251')
	resolve_after = 10m
	timeout = 6s
	END
}

# shellcheck disable=SC2086
configure $url
: >"$log"
like "$(ctl check 2>&1)" "is good: logs: 1, rules: 2, sinks: 1" \
    "the configuration is accepted"
like "$(ctl show)" "url = http://$(node_at one) http://$(node_at two)/\.\.\." \
    "a path is shown to nobody"
agent_start

# --- Every node -----------------------------------------------------------------

write "knock: 203.0.113.9"
until_true 10 has 1 one 203.0.113.9 && until_true 10 has 1 two 203.0.113.9
ok $? "each node gets the alert, also below a prefix"
is "$(node get one 203.0.113.9 labels)" "{\"alertname\": \"knock\", \
\"instance\": \"$host\", \"severity\": \"warning\", \"key\": \"203.0.113.9\", \
\"env\": \"prod\", \"team\": \"caf\\u00e9\"}" \
    "its labels are the incident's, and those of the section"
is "$(node get two 203.0.113.9 labels)" "$(node get one 203.0.113.9 labels)" \
    "and the same everywhere"
is "$(node get one 203.0.113.9 annotations.description)" \
    "knock: 203.0.113.9" "the line stands in an annotation"
is "$(node get one 203.0.113.9 annotations.id)" "$(ids fleet)" \
    "with the alert's id"
like "$(node left one 203.0.113.9)" '^(599|600|601)$' \
    "it is over after resolve_after"
until_true 10 ended fleet
like "$(answer fleet)" "^taken by 2 of 2 nodes$" "and it is delivered"

write "done: 203.0.113.9"
until_true 10 has 2 one 203.0.113.9 && until_true 10 has 2 two 203.0.113.9
ok $? "what is over is told each node"
like "$(node left one 203.0.113.9)" '^(-1|0)$' "as over now"
is "$(node get one 203.0.113.9 labels)" "$(node get two 203.0.113.9 labels)" \
    "under the labels that it had"

# --- Nodes that fail --------------------------------------------------------------

echo 503 >"$dir/two/answer"
write "knock: with one node"
until_true 10 has 1 one "with one node"
until_true 10 said "taken by 1 of 2 nodes"
is "$(attempts fleet)" "delivered delivered delivered " \
    "one node that takes it is enough"
like "$(answer fleet)" \
    "; not all did: $(node_at two) is out of service \(503\): as it was told$" \
    "which did not is told"
rm "$dir/two/answer"

: >"$dir/two/hang"
: >"$dir/one/hang"
write "knock: with nobody there"
until_true 20 said "none of 2 nodes took it"
like "$(answer fleet)" "$(node_at one) did not answer in time.*$(node_at two)" \
    "two that hang share the time of an attempt"
rm "$dir/one/hang" "$dir/two/hang"
until_true 60 has 1 one "with nobody there"
ok $? "it arrives when one is there again"
until_true 10 ended fleet

echo 404 >"$dir/one/answer"
echo 503 >"$dir/two/answer"
asked=$(node asked one)
write "knock: with a wrong path"
until_true 10 said "none of 2 nodes took it"
like "$(attempts fleet)" "retry $" "what may pass goes before what a person mends"
rm "$dir/two/answer"
until_true 20 has 1 two "with a wrong path"
ok $? "so that it is tried again soon"
until_true 10 ended fleet
ok "$((asked == $(node asked one)))" "and the other was asked"
rm "$dir/one/answer"

echo 400 >"$dir/one/answer"
echo 400 >"$dir/two/answer"
write "knock: with a fault"
until_true 10 said "refused the alert"
like "$(attempts fleet)" "delivered refused $" "a 400 is never tried again"
rm "$dir/one/answer" "$dir/two/answer"
end "$agent"

# --- A real one ----------------------------------------------------------------------

name="Alertmanager itself takes hostile lines, and has what is not over"
if ! command -v prometheus-alertmanager >/dev/null; then
	skip "$name" "prometheus-alertmanager is not here"
	finish
	exit
fi

port=$(free_ports 1)
cat >"$dir/alertmanager.yml" <<END
route: { receiver: nobody }
receivers: [ { name: nobody } ]
END
prometheus-alertmanager --config.file="$dir/alertmanager.yml" \
    --storage.path="$dir/real" --web.listen-address="127.0.0.1:$port" \
    --web.route-prefix=/am --cluster.listen-address= >"$dir/real.log" 2>&1 &
mine $!
until_true 20 listens "$port"
configure "http://127.0.0.1:$port/am"
rm -r "$state"
: >"$log"
"$python" "$lib/hostile.py" write knock >>"$log"
agent_start
all_tried() {
	ended fleet && [ "$(ids fleet | wc -l)" -eq 25 ]
}
until_true 20 all_tried
is "$(attempts fleet | grep -o '[a-z]*' | sort | uniq -c | tr -s ' ')" \
    " 25 delivered" "$name"
real_keys() {
	"$python" "$lib/alertmanager.py" keys "http://127.0.0.1:$port/am"
}
is "$(real_keys | wc -l)" 25 "each is an alert of its own"
like "$(real_keys)" '^"\$\{id\} \$\{subject\} \$\{line.json\}' \
    "whose key is what the log said"
write "done: plain"
resolved() {
	! real_keys | grep -qx '"plain"'
}
until_true 10 resolved
ok $? "what is over is over there"
finish
