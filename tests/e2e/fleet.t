# fleet.t: the fleet of ctail-delivery(7), as the page shows it: agents, a
# cluster of three Alertmanagers on loopback, and what people are told, also
# while a node is cut off, comes back, and is killed.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/e2e.sh"
command -v prometheus-alertmanager >/dev/null ||
    skip_all "prometheus-alertmanager is not here"
page=$srcdir/man/ctail-delivery.7

block() { # block KIND: the block under `example: KIND`
	awk -v kind="$1" '
	$0 == ".\\\" example: " kind { marked = 1; next }
	marked && /^\.Bd -literal/ { inside = 1; next }
	/^\.Ed/ { inside = marked = 0; next }
	inside' "$page" | sed 's/\\e/\\/g'
}

notified() { # notified COMMAND WHERE [KEY]
	"$python" "$lib/notified.py" "$@"
}

# --- The cluster ------------------------------------------------------------

mkdir "$dir/people"
"$python" "$lib/notified.py" serve "$dir/people" &
mine $!
until_true 10 test -s "$dir/people/port"
hook=http://127.0.0.1:$(cat "$dir/people/port")/

block fleet.yml | sed "s|http://[a-z.]*example.org/hook|$hook|
    s/group_wait: .*/group_wait: 2s/; s/group_interval: .*/group_interval: 2s/" \
    >"$dir/alertmanager.yml"

# shellcheck disable=SC2046
set -- $(free_ports 6)
nodes="$1 $2 $3"
gossip="$4 $5 $6"

# A node that is declared dead, as on a slow machine one that was only stopped
# would be, takes itself for the only one when it is back, and tells again: so
# they are asked seldom whether they live.
node_start() { # node_start NUMBER: its process is in $node
	set -- "$1" $nodes $gossip
	node_web=$(eval echo "\$$(($1 + 1))")
	node_gossip=$(eval echo "\$$(($1 + 4))")
	prometheus-alertmanager --config.file="$dir/alertmanager.yml" \
	    --storage.path="$dir/node$1" \
	    --web.listen-address="127.0.0.1:$node_web" \
	    --cluster.listen-address="127.0.0.1:$node_gossip" \
	    --cluster.advertise-address="127.0.0.1:$node_gossip" \
	    --cluster.peer="127.0.0.1:$5" --cluster.peer="127.0.0.1:$6" \
	    --cluster.peer="127.0.0.1:$7" --cluster.peer-timeout=4s \
	    --cluster.settle-timeout=1s --cluster.gossip-interval=100ms \
	    --cluster.pushpull-interval=1s --cluster.reconnect-interval=1s \
	    --cluster.probe-interval=60s \
	    >"$dir/node$1.log" 2>&1 &
	node=$!
	mine "$node"
}

node_url() { # node_url NUMBER
	set -- "$1" $nodes
	echo "http://127.0.0.1:$(eval echo "\$$(($1 + 1))")"
}

for number in 1 2 3; do
	node_start "$number"
	eval "node$number=$node"
done
for port in $nodes; do
	until_true 20 listens "$port"
	ok $? "a node listens"
done

# Who comes back tells what he missed unless he hears in time that it was told.
# The first in the cluster's order does not wait for that at all, so the one to
# be cut off is the last, and the one to be killed is another.
order() {
	notified last "$(node_url 1)" "$(node_url 2)" "$(node_url 3)" \
	    >"$dir/last"
}
until_true 30 order
ok $? "the nodes know each other"
away=$(cat "$dir/last")
killed=$((away % 3 + 1))

# --- The agents -------------------------------------------------------------

agent_of() { # agent_of NAME: one more machine; its process is in $agent
	mkdir -p "$dir/$1/state"
	: >"$dir/$1/auth.log"
	# shellcheck disable=SC2086
	set -- "$1" $nodes
	block fleet.ini | sed "s|http://am1:9093|http://127.0.0.1:$2|
	    s|http://am2:9093|http://127.0.0.1:$3|
	    s|http://am3:9093|http://127.0.0.1:$4|
	    s|^label = .*|& agent=$1|
	    s|/var/log/auth.log|$dir/$1/auth.log|
	    s|^\\[sendmail root\\]|[file root]|; s|^to = root|path = $dir/$1/root|
	    s|^\\[agent\\]|&\\nstate_dir = $dir/$1/state|
	    s|^\\[alertmanager fleet\\]|&\\ntimeout = 2s|" >"$dir/$1/ctail.ini"
	"$CTAILD" -c "$dir/$1/ctail.ini" --libexec "${libexec:-$builddir}" \
	    2>>"$dir/$1/said" &
	agent=$!
	mine "$agent"
	until_true 10 "$CTAILCTL" -c "$dir/$1/ctail.ini" sweep
}

knock() { # knock AGENT ADDRESS: five failed logins
	for try in 1 2 3 4 5; do
		echo "$(date '+%b %d %H:%M:%S') $1 sshd[42]: Failed password for" \
		    "root$try from $2 port 22 ssh2" >>"$dir/$1/auth.log"
	done
}

told_of() { # told_of KEY COUNT: passes when people were told so often
	[ "$(notified count "$dir/people" "$1")" -ge "$2" ]
}

waits() { # waits AGENT: how many alerts wait there
	"$CTAILCTL" -c "$dir/$1/ctail.ini" status --json |
	    "$python" -c 'import json, sys
print(json.load(sys.stdin)["deliveries"]["waiting"])'
}

nothing_waits() {
	[ "$(waits "$1")" = 0 ]
}

agent_of alpha
ok $? "an agent with the configuration of the page starts"
alpha=$agent
agent_of beta
ok $? "and another"

knock alpha 203.0.113.9
knock beta 203.0.113.9
until_true 30 told_of 203.0.113.9 1
ok $? "an address that knocks at two machines is told"
both() {
	[ "$(notified names "$dir/people" 203.0.113.9)" = "alpha beta" ]
}
until_true 15 both
ok $? "in a notification that names both"
is "$(notified labels "$dir/people" 203.0.113.9)" \
    "agent alertname env instance key severity" \
    "known by labels that hold nothing but the rule, the host and the key"
like "$(notified text "$dir/people" 203.0.113.9)" \
    'Failed password for root5 from 203.0.113.9' \
    "the lines stand in its annotations"
before=$(notified count "$dir/people" 203.0.113.9)

for number in 1 2 3; do
	is "$(notified held "$(node_url "$number")")" 203.0.113.9 \
	    "node $number has it"
done

# --- A silence for all of them -----------------------------------------------

notified silence "$(node_url 1)" 203.0.113.66 >"$dir/silence"
ok $? "a silence is made at one node"
until_true 10 grep -q . "$dir/silence"
knock alpha 203.0.113.66
knock beta 203.0.113.66
knock alpha 203.0.113.10
until_true 30 told_of 203.0.113.10 1
ok $? "another address is told"
until_true 10 nothing_waits beta
is "$(notified count "$dir/people" 203.0.113.66)" 0 \
    "the silenced one is not, from either machine"

# --- A node is cut off, and comes back ---------------------------------------

kill -STOP "$(eval echo "\$node$away")"
knock alpha 203.0.113.11
until_true 30 told_of 203.0.113.11 1
ok $? "with a node cut off, people are told"
kill -CONT "$(eval echo "\$node$away")"
knock beta 203.0.113.12
until_true 30 told_of 203.0.113.12 1
ok $? "and when it is back"
back() {
	notified held "$(node_url "$away")" | grep -q 203.0.113.12
}
until_true 20 back
ok $? "the node that was away has what comes now"
is "$(notified count "$dir/people" 203.0.113.11)" 1 \
    "what was told meanwhile is not told again"

# --- A node is killed ---------------------------------------------------------

dead=$(eval echo "\$node$killed")
kill -KILL "$dead"
wait "$dead" 2>/dev/null
knock alpha 203.0.113.13
knock beta 203.0.113.13
until_true 30 told_of 203.0.113.13 1
ok $? "with a node killed, people are told"
until_true 20 nothing_waits alpha
ok $? "and nothing waits for the dead one"
like "$("$CTAILCTL" -c "$dir/alpha/ctail.ini" status |
    tr -s '\n ' ' ')" 'fleet.*127\.0\.0\.1' \
    "status says which node did not take it"

# --- An agent is killed and started again --------------------------------------

kill -KILL "$alpha"
wait "$alpha" 2>/dev/null
"$CTAILD" -c "$dir/alpha/ctail.ini" --libexec "${libexec:-$builddir}" \
    2>>"$dir/alpha/said" &
mine $!
until_true 10 "$CTAILCTL" -c "$dir/alpha/ctail.ini" sweep
knock alpha 203.0.113.14
until_true 30 told_of 203.0.113.14 1
ok $? "an agent that was killed goes on"
is "$(notified count "$dir/people" 203.0.113.9)" "$before" \
    "what was told long ago is not told again"
for address in 203.0.113.10 203.0.113.11 203.0.113.12 203.0.113.14; do
	is "$(notified count "$dir/people" "$address")" 1 \
	    "$address was told once, though each node had it"
done
tap_done
