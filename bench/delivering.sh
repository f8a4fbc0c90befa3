# delivering.sh: how fast alerts leave, and what many that wait cost.  Sourced
# by run.
#
# Alerts are decided and stored while the server is not there; then one pass
# of `ctaild --once' delivers them all through one worker and one connection.
# shellcheck shell=sh disable=SC2154

# waiting NAME SECTION LINE...: an outbox of $delivering_alerts for one sink of
# that section, in $dir/NAME.
waiting() {
	place=$dir/$1
	rm -rf "$place"
	mkdir -p "$place/libexec"
	# Weighs the workers.
	for worker in ctail-send ctail-exec; do
		printf '#!/bin/sh\nexec /usr/bin/time -o %s/kb -a -f %%M %s "$@"\n' \
		    "$place" "$builddir/$worker" >"$place/libexec/$worker"
		chmod 755 "$place/libexec/$worker"
	done
	section=$2
	shift 2
	awk -v count="$delivering_alerts" 'BEGIN {
		for (i = 1; i <= count; i++)
			printf "Nov 22 03:10:%02d db3 app[812]: ERROR %d: " \
			    "request for /orders/%d failed after 30 s\n", \
			    i % 60, i, i * 7919 % 100003
	}' >"$place/app.log"
	cat >"$place/ctail.ini" <<END
[agent]
state_dir = $place/state

[log app]
path = $place/app.log
start = start

[rule bench]
log = app
match = ERROR (?<n>\\d+)
throttle = none
sink = out

[$section out]
storm = none
$(printf '%s\n' "$@")
END
	chmod 600 "$place/ctail.ini"
	once "$place" >/dev/null
	rm -f "$place/kb"
}

once() { # once PLACE: one pass, in milliseconds
	once_from=$(date +%s%N)
	"$CTAILD" -c "$1/ctail.ini" --libexec "$1/libexec" --once 2>"$1/said"
	echo $((($(date +%s%N) - once_from) / 1000000))
}

ask() { # ask PLACE COMMAND...: in milliseconds
	ask_place=$1
	shift
	ask_from=$(date +%s%N)
	"$CTAILCTL" -c "$ask_place/ctail.ini" "$@" >"$ask_place/printed" || return 1
	echo $((($(date +%s%N) - ask_from) / 1000000))
}

# deliver NAME PROTOCOL: all of it, three times from a copy of the state.
deliver() {
	receive 0 "$2" || broken "receiver"
	sed -i "s/127.0.0.1:1\\b/127.0.0.1:$port/" "$place/ctail.ini"
	cp -r "$place/state" "$place/kept"
	rates=
	while [ "$(echo $rates | wc -w)" -lt "$delivering_runs" ]; do
		rm -rf "$place/state"
		cp -r "$place/kept" "$place/state"
		ask "$place" retry --all >/dev/null
		rates="$rates $(calc "$delivering_alerts * 1000 / $(once "$place")" %.0f)"
	done
	ask "$place" status >/dev/null
	grep -q ' 0 waiting' "$place/printed" || broken "$1: all is delivered"
	target_least "$1, median of $(echo $rates), alerts" \
	    "$(printf '%s\n' $rates | sort -n |
		awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }')" \
	    1000 "/s"
	record "$1: the worker at its largest, MB" \
	    "$(sort -n "$place/kb" | tail -n 1 | awk '{ printf "%.1f", $1 / 1024 }')"
	end "$receiver"
}

bench_delivering() {
	heading "delivering: an outbox of $delivering_alerts alerts to a server on the loopback"
	waiting webhook webhook "url = http://127.0.0.1:1/"
	record "the outbox: bytes of the database an alert" \
	    "$(calc "$(stat -c %s "$place/state/ctail.db") / $delivering_alerts" %.0f)"
	record "ctailctl queue, status, retry --all, ms" \
	    "$(ask "$place" queue) / $(ask "$place" status) / $(ask "$place" retry --all)"
	"$CTAILD" -c "$place/ctail.ini" --libexec "$place/libexec" 2>"$place/said" &
	agent=$!
	mine "$agent"
	until_true 10 "$CTAILCTL" -c "$place/ctail.ini" sweep
	record "ctaild with it, PSS in MB" \
	    "$(calc "$(memory "$agent" Pss) / 1024" %.1f)"
	end "$agent"
	deliver "one webhook" http
	waiting smtp smtp "url = smtp://127.0.0.1:1" "tls = off" \
	    "from = ctail@test.invalid" "to = ops@test.invalid"
	deliver "one SMTP connection" smtp
	waiting file file "path = $dir/alerts.jsonl"
	record "a file, with reading and deciding, alerts/s" \
	    "$(calc "$delivering_alerts * 1000 / $(rm -rf "$place/state" \
		"$dir/alerts.jsonl"; once "$place")" %.0f)"
}
