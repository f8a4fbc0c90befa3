# report_crash.t: an agent that is killed while it stores lines of a report, or
# the report, loses none of them and tells none twice.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/agent.sh"
command -v strace >/dev/null || skip_all "strace is not here"
strace -o "$dir/trace" -e inject=pwrite64:signal=KILL:when=1 true 2>/dev/null ||
    skip_all "strace cannot trace here"
log=$dir/app.log

settings() { # settings BATCH
	configure <<-END
	[log app]
	path = $log
	start = start
	[logcheck system]
	log = app
	rules = $dir/logcheck
	batch = $1
	END
}

number=0
write_lines() { # write_lines COUNT
	seq -f 'line %.0f.' $((number + 1)) $((number + $1)) >>"$log"
	number=$((number + $1))
}

# The lines of all reports, a second copy of one left out.
told_lines() {
	[ -e "$out" ] || return 0
	grep '"kind":"report"' "$out" | sort -u -t, -k1,1 |
	    grep -o '"report":"[^"]*"' | sed 's/\\n/\n/g' |
	    sed -n 's/^line \([0-9]*\)\.$/\1/p' | sort -n
}

# killed CALL N: the N-th such call of an agent is its last, if it comes to it.
killed() {
	# shellcheck disable=SC2016 # for the inner shell
	strace -o "$dir/trace" -e trace="$1" \
	    -e inject="$1:signal=KILL:when=$2" sh -c 'echo $$ >"$0"; exec "$@"' \
	    "$dir/pid" "$CTAILD" -c "$conf" --libexec "$builddir" \
	    2>>"$dir/said" &
	traced=$!
	until_true 10 test -s "$dir/pid"
	until_true 10 awake
	write_lines 3
	ctl sweep >/dev/null 2>&1
	ctl sweep >/dev/null 2>&1
	gone "$traced" || kill -KILL "$(cat "$dir/pid")" 2>/dev/null
	wait "$traced" 2>/dev/null
	rm -f "$dir/pid"
}

gone() { # gone PID: also when nobody has asked yet how it ended
	! kill -0 "$1" 2>/dev/null ||
	    [ "$(ps -o stat= -p "$1" 2>/dev/null | cut -c1)" = Z ]
}

awake() {
	gone "$traced" || ctl sweep >/dev/null 2>&1
}

all_told() { # all_told SENTENCE
	seq "$number" >"$dir/want"
	told_lines >"$dir/told"
	cmp -s "$dir/want" "$dir/told"
	ok $? "$1"
	cmp -s "$dir/want" "$dir/told" ||
	    diff "$dir/want" "$dir/told" | head -n 10 | sed 's/^/#  /'
}

mkdir -p "$dir/logcheck/ignore.d.server"
write_lines 5
for batch in 1h 1ms; do
	settings "$batch"
	for n in 1 2 3 4 6 9 12 16 20 25 30 40 50; do
		killed pwrite64 "$n"
	done
	for n in 1 2 3 5 8; do
		killed fdatasync "$n"
	done
	once
	is "$status" 0 "batch = $batch: a pass behind all the kills is good"
	all_told "each line is told, and once"
done
# A pass that is killed is the next one's.
for n in 2 5 9 14 20; do
	write_lines 3
	strace -o "$dir/trace" -e trace=pwrite64 \
	    -e inject="pwrite64:signal=KILL:when=$n" "$CTAILD" -c "$conf" \
	    --libexec "$builddir" --once 2>>"$dir/said"
done
once
all_told "as with passes that are killed"
tap_done
