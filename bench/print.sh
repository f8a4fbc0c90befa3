# print.sh: what ctail(1) costs beside what people use today.  Sourced by run.
#
# Every command reads a log from its first byte: an offset file of its own is
# removed before each round, in the same shell for all of them.
# shellcheck shell=sh disable=SC2154

# beside WHAT OUT NAME: its median and how many times ctail's it is.
beside() {
	median=$(sample "$2" "$3" p50)
	if [ -z "$median" ]; then
		missing "$1" "not installed"
		return
	fi
	record "$1, min / p50 / p99 ms" "$(spread "$2" "$3" 1000)"
}

# multiple OUT NAME: its median as a multiple of ctail's.
multiple() {
	calc "$(sample "$1" "$2" p50) / $(sample "$1" ctail p50)" %.1f
}

# faster WHAT OUT NAME LEAST: a target, where NAME was measured.
faster() {
	[ -n "$(sample "$2" "$3" p50)" ] || return 0
	target_least "$1" "$(multiple "$2" "$3")" "$4" x
}

# reader NAME CONSUMER: the command line of one reader of $log.
reader() {
	case $1 in
	ctail) echo "rm -f o o.fp; '$CTAIL' -o o big.log | $2" ;;
	cat) echo "rm -f o; cat big.log | $2" ;;
	tail) echo "rm -f o; tail -c +1 big.log | $2" ;;
	logtail2) echo "rm -f o; logtail2 -f big.log -o o | $2" ;;
	pygtail) echo "rm -f o; pygtail -o o big.log | $2" ;;
	esac
}

# The quick ones in turn, then the slow ones with ctail beside them.
measure_print() { # measure_print OUT CONSUMER
	"$probes/spawn" "$print_runs" \
	    ctail sh -c "$(reader ctail "$2")" \
	    -- cat sh -c "$(reader cat "$2")" \
	    -- tail sh -c "$(reader tail "$2")" >"$dir/$1" || return 1
	for slow in logtail2 pygtail; do
		have "$slow" || continue
		"$probes/spawn" "$print_slow_runs" \
		    "$slow" sh -c "$(reader "$slow" "$2")" >>"$dir/$1" ||
		    return 1
	done
}

bench_print() {
	cd "$dir" || return
	"$probes/generate" "$print_lines" >big.log
	heading "print: $(($(wc -c <big.log) / 1000000)) MB through a pipe, all of it new, $print_runs runs in turn ($print_slow_runs of logtail2 and pygtail)"
	if ! measure_print print.lines "wc -l" ||
	    ! measure_print print.bytes "wc -c"; then
		broken "print"
		rm -f big.log
		return
	fi
	for name in ctail cat tail logtail2 pygtail; do
		beside "$name | wc -l" "$dir/print.lines" "$name"
	done
	faster "| wc -l: cat / ctail" "$dir/print.lines" cat 5
	faster "| wc -l: logtail2 / ctail" "$dir/print.lines" logtail2 7
	beside "ctail | wc -c" "$dir/print.bytes" ctail
	beside "pygtail | wc -c" "$dir/print.bytes" pygtail
	faster "| wc -c: pygtail / ctail" "$dir/print.bytes" pygtail 60
	target "resident set, ctail or wc, the larger" \
	    "$(calc "$(sample "$dir/print.lines" ctail.rss max) / 1024" \
		%.2f)" 2 MB
	rm -f big.log
}

bench_many() {
	heading "many: $many_files logs in one call, nothing new in any, $start_runs runs"
	mkdir -p "$dir/many"
	cd "$dir/many" || return
	for number in $(seq "$many_files"); do
		echo "the first line of log $number" >"$number.log"
	done
	sleep 1
	"$CTAIL" ./*.log >/dev/null
	if ! "$probes/spawn" "$start_runs" true /bin/true \
	    -- ctail "$CTAIL" ./*.log >"$dir/many.out"; then
		broken "many"
		return
	fi
	record "ctail, min / p50 / p99 ms" "$(spread "$dir/many.out" ctail 1000)"
	target "ctail, median" \
	    "$(calc "$(sample "$dir/many.out" ctail p50) / 1000" %.2f)" 15 ms
}

bench_paranoid() {
	heading "paranoid: the position stored after each of $paranoid_lines lines, $line_runs runs"
	cd "$dir" || return
	"$probes/generate" "$paranoid_lines" >paranoid.log
	set -- ctail sh -c "rm -f p p.fp; '$CTAIL' --paranoid -o p paranoid.log"
	if have pygtail; then
		set -- "$@" -- pygtail sh -c \
		    "rm -f p; pygtail --paranoid -o p paranoid.log"
	fi
	if ! "$probes/spawn" "$line_runs" "$@" >"$dir/paranoid.out"; then
		broken "paranoid"
		return
	fi
	beside "ctail --paranoid" "$dir/paranoid.out" ctail
	beside "pygtail --paranoid" "$dir/paranoid.out" pygtail
	faster "pygtail / ctail" "$dir/paranoid.out" pygtail 20
}
