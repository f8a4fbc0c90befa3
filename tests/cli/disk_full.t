# disk_full.t: no space under state_dir: the reserve is given up for one word
# about it, reading stops, and nothing is lost or doubled when there is space.
#
# Needs a small file system of its own: a tmpfs, mounted by root or in a user
# namespace.
. "${CTAIL_ENV:?}"
if [ -z "${CTAIL_MOUNTED:-}" ]; then
	CTAIL_MOUNTED=1
	export CTAIL_MOUNTED
	probe="mount -t tmpfs -o size=64k tmpfs /mnt"
	if [ "$(id -u)" -eq 0 ] && unshare -m sh -c "$probe" 2>/dev/null; then
		rm -rf "$dir"
		exec unshare -m sh "$0"
	elif unshare -rm sh -c "$probe" 2>/dev/null; then
		rm -rf "$dir"
		exec unshare -rm sh "$0"
	fi
	skip_all "a full disk: no right to mount a small tmpfs"
fi
. "$srcdir/tests/lib/agent.sh"
log=$dir/app.log

small_state() {
	mkdir "$state"
	mount -t tmpfs -o size=6m tmpfs "$state" || exit 99
}

fill() {
	dd if=/dev/zero of="$state/fill" bs=4096 2>/dev/null
	until ! printf x >>"$state/fill" 2>/dev/null; do
		:
	done
}

settings() { # settings RESERVE SINK
	cat >"$conf" <<END
[agent]
state_dir = $state
reserve = $1
sink = $2
[file out]
path = $out
[exec door]
command = $dir/door
[log app]
path = $log
[rule numbered]
log = app
match = line (?<n>\\d+)
throttle = none
subject = \${n}
sink = out
END
	printf '#!/bin/sh\ncat >>%s/came\n' "$dir" >"$dir/door"
	chmod +x "$dir/door"
}

number=0
write_lines() { # write_lines COUNT
	seq -f "line %.0f $(printf '%0200d' 0)" $((number + 1)) \
	    $((number + $1)) >>"$log"
	number=$((number + $1))
}

# Lines until the agent has noticed: what there was room for is stored first.
write_until_noticed() {
	tries=0
	while ! grep -q 'reading of logs stops' "$dir/said" &&
	    [ "$tries" -lt 200 ]; do
		tries=$((tries + 1))
		write_lines 5
		ctl sweep >/dev/null 2>&1
	done
	said 'reading of logs stops'
}

all_arrived() {
	[ "$(arrived subject | grep -c '^[0-9]*$')" -ge "$number" ]
}

each_once() { # each_once SENTENCE
	arrived subject | grep '^[0-9]*$' | sort -n >"$dir/got"
	seq 1 "$number" | cmp -s - "$dir/got"
	ok $? "$1"
}

# --- With a reserve ---------------------------------------------------------

settings 512k out
small_state
: >"$log"
: >"$dir/said"
start
write_lines 3
wait_for 3
ok $? "alerts go out while there is space"
[ -s "$state/reserve" ]
ok $? "space is kept back"
fill
write_until_noticed
ok $? "a full disk stops the reading of logs, and that is said"
[ ! -e "$state/reserve" ]
ok $? "the reserve is given up"
told() {
	arrived subject | grep -q 'the disk is full'
}
until_true 10 told
ok $? "an alert says that the disk is full"
is "$(arrived kind | grep -c notice)" 1 "one"
before=$(arrived subject | wc -l)
write_lines 5
ctl sweep
ctl status >"$dir/printed"
like "$(cat "$dir/printed")" '^TROUBLE: ' "status tells of the trouble"
is "$(arrived subject | wc -l)" "$before" "nothing is read meanwhile"
ctl seek "$log" end >/dev/null 2>&1
is $? 74 "a position cannot be moved now, and is not moved later either"
kill -0 "$agent"
ok $? "the agent lives"
kill -HUP "$agent"
said 'cannot be written at present'
ok $? "and does not take another configuration over now"
rm "$state/fill"
said 'reading goes on'
ok $? "when there is space it goes on"
until_true 10 all_arrived
each_once "nothing is lost and nothing is doubled"
is "$(arrived kind | grep -c notice)" 1 "there was one word about it"
is "$(arrived id | sort -u | wc -l)" "$(arrived id | wc -l)" \
    "every alert was sent once"
[ -s "$state/reserve" ]
ok $? "space is kept back again"

# A second time, and the agent is stopped and started again while it is full.
: >"$dir/said"
fill
write_until_noticed
ok $? "it is noticed a second time"
until_true 10 eval '[ "$(arrived kind | grep -c notice)" -eq 2 ]'
ok $? "and told a second time"
write_lines 5
stop
is "$status" 0 "an agent without space can be stopped"
rm "$state/fill"
start
until_true 10 all_arrived
each_once "the next one reads on where it stopped"
stop

# --- Without ----------------------------------------------------------------

umount "$state"
rmdir "$state"
rm -f "$out" "$log"
number=0
settings 0 door
small_state
: >"$log"
: >"$dir/said"
start
write_lines 3
wait_for 3
[ ! -e "$state/reserve" ]
ok $? "reserve = 0 keeps nothing back"
fill
write_until_noticed
ok $? "a full disk stops the reading of logs"
until_true 10 test -s "$dir/came"
ok $? "the emergency notice needs no space"
like "$(cat "$dir/came")" '"severity":"critical".*its state cannot be written' \
    "it says what is the matter"
rm "$state/fill"
said 'reading goes on'
ok $? "when there is space it goes on"
until_true 10 all_arrived
each_once "nothing is lost and nothing is doubled"
is "$(wc -l <"$dir/came")" 1 "there was one notice"
stop

# --- A pass of --once, which finds the disk full when it opens its state ----

fill
write_lines 20
rm "$dir/came"
once
is "$status" 73 "a pass without space and reserve: 73"
like "$(cat "$dir/said")" 'no room to write the database' "it is said"
rm "$state/fill"
once
is "$status" 0 "the next pass with space ends well"
each_once "with nothing lost and nothing doubled"

settings 512k door
once
fill
write_lines 3
once
like "$(cat "$dir/came")" '"severity":"critical".*the disk is full' \
    "with a reserve a pass without space tells of it"
once
is "$(wc -l <"$dir/came")" 1 "once"
rm "$state/fill"
once
is "$status" 0 "the next pass with space ends well"
each_once "with nothing lost and nothing doubled"
[ -s "$state/reserve" ]
ok $? "and space is kept back again"

umount "$state"

# --- The offset file of ctail -----------------------------------------------

small=$dir/small
mkdir "$small"
mount -t tmpfs -o size=32k tmpfs "$small" || exit 99
cd "$dir" || exit 99
seq 3 >app.log
"$CTAIL" -o small/offset app.log >/dev/null
dd if=/dev/zero of=small/fill bs=4096 2>/dev/null
seq 4 6 >>app.log
"$CTAIL" -o small/offset app.log >out 2>said
code=$?
[ "$code" -eq 0 ] && seq 4 6 | cmp -s - out
ok $? "ctail stores its position on a full disk, over the one before"
"$CTAIL" -o small/offset app.log >out 2>said
[ ! -s out ] && [ "$(sed -n '2s/^0*//p' small/offset)" = 12 ]
ok $? "and goes on behind it"
"$CTAIL" -o small/other app.log >out 2>said
code=$?
[ "$code" -eq 73 ] && grep -q 'No space left.*printed again' said &&
    [ ! -s small/other ]
ok $? "where there is none before, it says that the lines come again"
umount "$small"

# --- Lines of a report ------------------------------------------------------

# Of the lines of all reports.  One whose delivery could not be stored any more
# is delivered again, with the same id.
told_numbers() {
	[ -e "$out" ] || return 0
	awk 'match($0, /"id":"[^"]*"/) && !seen[substr($0, RSTART, RLENGTH)]++' \
	    "$out" | grep -o '"report":"[^"]*"' | sed 's/\\n/\n/g' |
	    sed -n 's/^line \([0-9]*\) .*/\1/p' | sort -n
}

for batch in 1ms 1h; do
	rmdir "$state"
	rm -rf "$out" "$log" "$dir/logcheck"
	mkdir -p "$dir/logcheck/ignore.d.server"
	number=0
	settings 512k out
	sed -i '/^\[rule/,$d' "$conf"
	cat >>"$conf" <<END
[logcheck system]
log = app
rules = $dir/logcheck
batch = $batch
END
	small_state
	: >"$log"
	: >"$dir/said"
	start
	write_lines 50
	ctl sweep
	fill
	write_until_noticed
	ok $? "batch = $batch: a full disk is noticed while lines wait"
	write_lines 5
	ctl sweep
	stop
	rm "$state/fill"
	once
	is "$status" 0 "a pass with space ends well"
	seq 1 "$number" >"$dir/want"
	told_numbers | cmp -s - "$dir/want"
	ok $? "each line was reported, and once"
	umount "$state"
done

tap_done
