# cookbook.t: the rules of other tools that ctail-cookbook(7) shows are run by
# these tools, over the lines that it shows: they speak when ctail does.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/page.sh"
. "$srcdir/tests/lib/logcheck.sh"
TZ=UTC
PERL5OPT="-I$srcdir/tests/lib -MLogClock"
PYTHONPATH=$CTAIL_PEERS/root/usr/lib/python3/dist-packages
PYTHONDONTWRITEBYTECODE=1
export TZ PYTHONPATH PYTHONDONTWRITEBYTECODE

# Each of these reads $dir/rules and $dir/sample.log, and prints a line for
# whatever it says, which begins with the time at which it says so.

run_sec() {
	rm -f "$dir/said" "$dir/grows.log"
	: >"$dir/grows.log"
	sed "s,pipe '%s' /usr/bin/mail.*,write $dir/said %u %s," "$dir/rules" \
	    >"$dir/sec.conf"
	CLOCK_FEED=$dir/sample.log CLOCK_LOG=$dir/grows.log \
	    PERL5OPT=$PERL5OPT sec --conf="$dir/sec.conf" \
	    --input="$dir/grows.log" --tail --cleantime=1 \
	    --poll-timeout=0.0000001 >"$dir/tool.log" 2>&1
	while read -r at what; do
		echo "$(date -d "@$at" +%H:%M:%S) $what"
	done <"$dir/said"
}

run_swatchdog() {
	cat >"$dir/mailer" <<-'SCRIPT'
	#!/bin/sh
	exec sed -nE 's/^\w+ +[0-9]+ ([0-9:]{8}) .*/\1/p'
	SCRIPT
	chmod 755 "$dir/mailer"
	sed "s,mail=\([^,]*\),mail mailer=$dir/mailer\,addresses=\1," \
	    "$dir/rules" >"$dir/swatch.conf"
	PERL5OPT=$PERL5OPT swatchdog -c "$dir/swatch.conf" \
	    --script-dir "$dir" -f "$dir/sample.log" 2>"$dir/tool.log" |
	    grep '^[0-9]'
}

# As often as there are lines: what is told is what is new in its answer.
run_check_logfiles() {
	mkdir -p "$dir/seek"
	{
		printf "\$%s='$dir/seek';\n" seekfilesdir protocolsdir
		sed "s,logfile => '[^']*',logfile => '$dir/grows.log'," \
		    "$dir/rules"
	} >"$dir/check.cfg"
	: >"$dir/grows.log"
	before=$(check_logfiles -f "$dir/check.cfg" | sed 's/ in .*//')
	while read -r line; do
		printf '%s\n' "$line" >>"$dir/grows.log"
		after=$(check_logfiles -f "$dir/check.cfg" 2>"$dir/tool.log" |
		    sed 's/ in .*//; s/|.*//')
		[ "$after" = "${before%%|*}" ] ||
			echo "$(echo "$line" | cut -c12-19) $after"
		before=$after
	done <"$dir/sample.log"
}

run_fail2ban() {
	python3 "$srcdir/tests/lib/fail2ban_bans.py" "$dir/rules" \
	    "$dir/sample.log" 2>"$dir/tool.log"
}

have_fail2ban() {
	python3 -c 'import fail2ban.server.filter' 2>/dev/null
}

have() {
	if [ "$1" = fail2ban ]; then
		have_fail2ban
	else
		command -v "$1" >/dev/null 2>&1
	fi
}

# When the original speaks: when ctail tells something that is neither a
# summary nor a digest, but for what the page itself says.
spoken() { # spoken RECIPE
	case $1 in
	# SEC looks at its clock a second after.
	sec-pair-window) echo 14:11:01 ;;
	sec-two-thresholds) printf '%s\n' 10:00:20 10:15:21 ;;
	# Asks by the clock, and knows no recovery.
	sec-absent) echo 06:00:00 ;;
	*) block told "$1" | awk '$2 != "summary" && $2 != "digest" { print $1 }' |
		uniq ;;
	esac
}

for tool in sec swatchdog check_logfiles fail2ban; do
	names=$(blocks "$tool")
	[ -n "$names" ]
	ok $? "the page has rules of $tool"
	for name in $names; do
		if ! have "$tool"; then
			skip "$name: $tool speaks when ctail does" "no $tool here"
			continue
		fi
		block "$tool" "$name" >"$dir/rules"
		block sample "$name" >"$dir/sample.log"
		is "$("run_$tool" | sed 's/ .*//' | uniq)" "$(spoken "$name")" \
		    "$name: $tool speaks when ctail does"
	done
done

# logcheck speaks when cron asks it: what can be compared is what it says.
names=$(blocks logcheck)
[ -n "$names" ]
ok $? "the page has rules of logcheck"
for name in $names; do
	sentence="$name: logcheck reports the lines that ctail reports"
	if lacking=$(logcheck_lacks "$logcheck"); then
		skip "$sentence" "$lacking"
		continue
	fi
	begin
	block logcheck "$name" >"$dir/rules/ignore.d.server/local-recipe"
	block sample "$name" | log syslog
	block recipe "$name" >"$conf"
	theirs
	is "$(cat "$dir/theirs.err")" "status 0" "$name: logcheck is content"
	is "$(sed 1,2d "$dir/want")" \
	    "$("$CTAILCTL" -c "$conf" grep --rule '*' "$dir/logs/syslog")" \
	    "$sentence"
done

tap_done
