# logcheck.t: Debian's logcheck runs unchanged on ctail, which it calls by the
# name logtail2, and reports what it reports with the real logtail2.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/logcheck.sh"
logcheck_needs "$CTAIL"

mkdir "$dir/bin" "$dir/rules"
ln -s "$CTAIL" "$dir/bin/logtail2"
# A few of its rules: all of them take seconds for each report.
for rule in cracking.d/tftpd violations.d/su ignore.d.paranoid/cron \
    ignore.d.server/ssh ignore.d.server/cron; do
	mkdir -p "$dir/rules/${rule%/*}"
	[ ! -r "$logcheck_rules/$rule" ] ||
	    cp "$logcheck_rules/$rule" "$dir/rules/$rule"
done
logcheck_prepare "$dir/theirs"
logcheck_prepare "$dir/ours"
echo "LOGTAIL=$dir/bin/logtail2" >>"$dir/ours/conf"
log=$dir/syslog
echo "$log" >"$dir/logfiles"

# check theirs|ours OPTION...: its report and its status.
check() {
	check_tool=$1
	shift
	logcheck_run "$dir/$check_tool" "$dir/rules" "$@" 2>&1
	echo "status $?"
}

# same SENTENCE OPTION...: both report the same, which is in $report.
same() {
	same_sentence=$1
	shift
	report=$(check theirs "$@")
	is "$(check ours "$@")" "$report" "$same_sentence"
}

at() { # at TIME TEXT: into the log
	printf 'Nov 22 %s box %s\n' "$1" "$2" >>"$log"
}

at 10:00:00 'CRON[11]: (root) CMD (true)'
at 10:00:01 'su: FAILED SU (to root) mallory on pts/1'
at 10:00:02 'shop[12]: something that no rule knows'
at 10:00:03 'tftpd[13]: connection from 192.0.2.7 refused'
chmod 644 "$log"
same "the first report is the same" -t
like "$report" 'something that no rule knows' "and is a report"
like "$report" 'FAILED SU' "with a security event"
unlike "$report" 'CRON' "and without what its rules ignore"
same "-t has not moved the position"
like "$report" 'something that no rule knows' "so that it comes again"
same "nothing new is nothing to report"
is "$report" "status 0" "not a word"

at 11:00:00 'shop[12]: before the rotation'
mv "$log" "$log.1"
at 11:00:01 'shop[12]: after the rotation'
chmod 644 "$log"
same "a log that was rotated is reported the same"
like "$report" 'before the rotation' "the rest of the old file"
like "$report" 'after the rotation' "and the new one"

# Either takes over from the other.
at 12:00:00 'shop[12]: one more'
report=$(check theirs)
$as_user sh -c 'cp "$1" "$2"' sh \
    "$dir/theirs/state/$(basename "$(echo "$dir"/theirs/state/offset*)")" \
    "$dir/ours/state/"
is "$(check ours)" "status 0" "what logtail2 has stored is taken over"
at 12:00:01 'shop[12]: and one'
like "$(check ours)" 'and one' "and gone on from"
for file in "$dir"/ours/state/offset*; do
	case $file in
	*.fp | *.lock) ;;
	*) $as_user cp "$file" "$dir/theirs/state/" ;;
	esac
done
is "$(check theirs)" "status 0" "and the other way round"

# What logtail2 loses.
sentence="a log that was rotated twice and packed is reported whole"
if grep -q '^#define GZIP_CODEC &' "$builddir/config.h" &&
    command -v gzip >/dev/null; then
	at 13:00:00 'shop[12]: packed since'
	gzip <"$log" >"$log.2.gz"
	rm -f "$log.1"
	printf 'Nov 22 13:00:01 box shop[12]: in between\n' >"$log.1"
	rm -f "$log"
	at 13:00:02 'shop[12]: at last'
	chmod 644 "$log" "$log.1" "$log.2.gz"
	report=$(CTAIL_UNPACK=$CTAIL_UNPACK check ours)
	is "$(printf '%s\n' "$report" | sed -n 's/.*shop.12.: //p')" \
	    "$(printf '%s\n' 'packed since' 'in between' 'at last')" \
	    "$sentence"
else
	skip "$sentence" "there is no gzip, here or in ctail-unpack"
fi
tap_done
